#pragma once
// What every command shares: common options, where progress goes, how it stops, how errors become words and
// codes.

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/study/study.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace spondyl::app {

struct CommonOptions {
  std::string device = "auto";
  int threads = 0;
  double memoryLimitGiB = 0;
  std::string logFile, configFile;
  std::string progressMode = "auto"; ///< auto: on a terminal; json: one object a line; none
  bool quiet = false;
};

class Session {
 public:
  Session();
  CommonOptions common;
  /// The chosen command's work; set while the words are parsed. Returns the exit code.
  std::function<int(Session&)> run;

  JobContext job() const;
  void requestStop() { m_stop.request_stop(); }
  bool stopped() const { return m_stop.stop_requested(); }

  /// Prints the sentence of an error to stderr and gives its exit code.
  int refuse(const Error& error) const;
  /// A remark on stderr, unless --quiet.
  void note(const std::string& sentence) const;
  void warn(const std::vector<Warning>& warnings) const;
  /// Ends the progress line, if one is shown.
  void endProgress() const;

 private:
  std::stop_source m_stop;
  std::shared_ptr<struct ProgressLine> m_line;
};

/// Adds --device, --threads, … to a command.
void addCommonOptions(CLI::App& command, Session& session);
/// Options of the contract that this version does not have: using one ends with exit 2, "not yet".
void addNotYet(CLI::App& command, const std::vector<std::string>& names);
/// Thrown by a not-yet option while parsing (CLI11 reports by exceptions; it is caught in main).
struct NotYetOption {
  std::string name;
};

/// Where a result goes: refuses an existing one without --force (ResultExists), makes the parent folder.
Status prepareOutput(const Path& target, bool force);

/// A result that is a folder: made beside the target under a temporary name, and put in its place by
/// commit(), which replaces what stood there (prepareOutput has asked before). Without commit() nothing is
/// left.
class OutputFolder {
 public:
  explicit OutputFolder(Path target);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  /// Does not exist yet: for writers that make their folder.
  const Path& temporary() const { return m_temporary; }
  Status commit();

 private:
  Path m_target, m_temporary;
};

/// "1.234 s" of a stage, for run.json and the summary line.
class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;

 private:
  long long m_startNs;
};

} // namespace spondyl::app
