#pragma once
// This process and others: where the program lies, a child program, private folders, locking down, memory.

#include "core/base/file.h"

#include <optional>

namespace spondyl {

/// The running program's file, links resolved; empty if the system does not tell.
Path executablePath();
/// First of `<folder of the program>/<relative>` that exists; empty if none.
Path findBesideExecutable(std::span<const Path> relative);

/// Makes `folder` (and what leads to it) or takes it if it is this user's own directory that nobody else may
/// enter (mode 0700). Errors: FileNotWritable.
Status makePrivateFolder(const Path& folder);
/// $SPONDYL_RUNTIME_DIR, else $XDG_RUNTIME_DIR/spondyl, else spondyl-<user number> in the temp folder; made
/// private.
Result<Path> runtimeFolder();

/// A program started beside this one. It inherits no descriptor; its stdout and stderr are appended to `log`
/// (mode 0600; begun anew when larger than 1 MiB; empty or not writable: thrown away). It is in a session of
/// its own and goes on when this program ends.
class ChildProcess {
 public:
  ChildProcess() = default;
  /// `environment`: "NAME=value" beside our own. Errors: FileNotFound; WorkerNotStarted.
  static Result<ChildProcess> start(const Path& program, const std::vector<std::string>& arguments,
                                    const Path& log, const std::vector<std::string>& environment = {});
  int id() const { return m_id; }
  /// Also takes the ended child's entry from the process table.
  bool isRunning();
  /// What it ended with, if isRunning() has found it ended: exit code, or minus the signal.
  std::optional<int> ending() const { return m_ending; }

 private:
  int m_id = 0;
  std::optional<int> m_ending;
};

/// Loads a shared library for everything that is loaded after it; false if it or something it needs is
/// missing.
bool loadLibrary(const std::string& name);

/// No core dumps, no new privileges, no debugger of other users, no sockets but local ones (Linux; false
/// where the kernel refused one of them).
bool lockDownThisProcess();

double peakMemoryMiB();      ///< of this process so far
double availableMemoryMiB(); ///< that the machine can still give; 0 if unknown
/// Memory in 2 MiB pages where the system has them. `bytes` must be a multiple of 2 MiB. nullptr if there is
/// none.
void* allocateHugePages(std::size_t bytes);
void freeHugePages(void* block, std::size_t bytes);

} // namespace spondyl
