#pragma once
// Model packages made by a test: networks of a few lines, trusted through a trust file of the test's own.

#include "core/base/file.h"

#include <string>

namespace spondyl::test {

/// A private folder with everything a worker touches (runtime folder, trust file, log); removed at the end.
class WorkerFolder {
 public:
  WorkerFolder();
  ~WorkerFolder();
  Path path;
  Path runtime() const { return path / "run"; }
  /// Writes a package whose network is `forward` (the body of a TorchScript forward(self, x)) and trusts it.
  Path package(const std::string& name, const std::string& forward, bool trusted = true) const;
  /// Writes the card anew for the network's file as it is now, and trusts it.
  void writeCard(const Path& package, const std::string& sha256, bool trusted) const;
};

/// Finds `count` bodies (1200 HU in 300 HU tissue) whose centres lie at voxel z = first + step * n, y, x of
/// the 2 mm grid.
std::string knownAnswer(double first, double step, int count, double y, double x);
/// Multiplies matrices for some tenths of a second a window, then finds nothing.
std::string slow(int rounds);

} // namespace spondyl::test
