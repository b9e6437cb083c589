#include "app/cli/session.h"

#include "app/wording/error_text.h"
#include "app/wording/warning_text.h"
#include "core/base/id.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <unistd.h>

namespace spondyl::app {

/// Draws progress on stderr: a line that is written over, or one JSON object a line.
struct ProgressLine {
  std::mutex mutex;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now(), last{};
  std::string mode = "auto", stage;
  bool quiet = false, shown = false;

  void show(const ProgressReport& report) {
    const std::lock_guard lock(mutex);
    if (quiet || mode == "none")
      return;
    const bool terminal = ::isatty(STDERR_FILENO) != 0;
    if (mode == "auto" && !terminal)
      return;
    const auto now = std::chrono::steady_clock::now();
    if (report.stage == stage && now - last < std::chrono::milliseconds(100) && report.fraction < 1)
      return;
    last = now;
    stage = report.stage;
    const double elapsed = std::chrono::duration<double>(now - start).count();
    const double left = report.fraction > 0.02 ? elapsed * (1 / report.fraction - 1) : -1;
    if (mode == "json") {
      std::fprintf(stderr, "{\"stage\":\"%s\",\"fraction\":%.4f,\"seconds_left\":%s}\n", report.stage.c_str(),
                   report.fraction, left >= 0 ? std::to_string(left).c_str() : "null");
      return;
    }
    shown = true;
    std::fprintf(stderr, "\r\033[K%s %3.0f %%", report.stage.c_str(), report.fraction * 100);
    if (left >= 0)
      std::fprintf(stderr, " · %.0f s left", left);
    std::fflush(stderr);
  }

  void end() {
    const std::lock_guard lock(mutex);
    if (shown)
      std::fputs("\r\033[K", stderr);
    shown = false;
  }
};

Session::Session() : m_line(std::make_shared<ProgressLine>()) {}

JobContext Session::job() const {
  m_line->mode = common.progressMode;
  m_line->quiet = common.quiet;
  return {m_stop.get_token(), Progress([line = m_line](const ProgressReport& r) { line->show(r); })};
}

void Session::endProgress() const {
  m_line->end();
}

int Session::refuse(const Error& error) const {
  m_line->end();
  std::fprintf(stderr, "spondyl-cli: %s\n", errorSentence(error).c_str());
  return exitCodeFor(error);
}

void Session::note(const std::string& sentence) const {
  if (common.quiet)
    return;
  m_line->end();
  std::fprintf(stderr, "%s\n", sentence.c_str());
}

void Session::warn(const std::vector<Warning>& warnings) const {
  for (const Warning& warning : warnings)
    note("warning: " + warningSentence(warning));
}

void addCommonOptions(CLI::App& command, Session& session) {
  CommonOptions& c = session.common;
  command.add_option("--device", c.device, "auto, cpu or cuda[:N]")->capture_default_str();
  command.add_option("--threads", c.threads, "threads to use; 0: all")->check(CLI::NonNegativeNumber);
  command.add_option("--memory-limit", c.memoryLimitGiB, "GiB that may be used; 0: no limit")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--log", c.logFile, "file for the log");
  command.add_option("--config", c.configFile, "settings file");
  command.add_option("--progress", c.progressMode, "auto, json or none")
      ->check(CLI::IsMember({"auto", "json", "none"}));
  command.add_flag("--quiet", c.quiet, "no progress and no remarks on stderr");
}

void addNotYet(CLI::App& command, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    command
        .add_option_function<std::vector<std::string>>(
            name, [name](const std::vector<std::string>&) { throw NotYetOption{name}; }, "not yet")
        ->expected(0, 1)
        ->group("");
}

Status prepareOutput(const Path& target, bool force) {
  std::error_code error;
  if (std::filesystem::exists(target, error) && !force)
    return fail(ErrorCode::ResultExists, {target.string()});
  const Path parent = std::filesystem::absolute(target, error).parent_path();
  std::filesystem::create_directories(parent, error);
  if (error)
    return fail(ErrorCode::FileNotWritable, {target.string(), error.message()});
  return {};
}

OutputFolder::OutputFolder(Path target)
    : m_target(std::move(target)),
      m_temporary(std::filesystem::absolute(m_target).parent_path() / (".spondyl-" + newUuid() + ".part")) {
  if (m_target.filename().empty())
    m_target = m_target.parent_path(); // "name/"
  m_temporary = std::filesystem::absolute(m_target).parent_path() / m_temporary.filename();
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!m_temporary.empty())
    std::filesystem::remove_all(m_temporary, ignored);
}

Status OutputFolder::commit() {
  // The old result steps aside first, so that at no time half of each stands there.
  std::error_code error;
  const Path aside = m_temporary.string() + "-old";
  const bool replaces = std::filesystem::exists(m_target, error);
  if (replaces)
    std::filesystem::rename(m_target, aside, error);
  if (!error)
    std::filesystem::rename(m_temporary, m_target, error);
  if (error) {
    std::error_code ignored;
    if (replaces && !std::filesystem::exists(m_target, ignored))
      std::filesystem::rename(aside, m_target, ignored);
    return fail(ErrorCode::FileNotWritable, {m_target.string(), error.message()});
  }
  m_temporary.clear();
  if (replaces)
    std::filesystem::remove_all(aside, error);
  return {};
}

namespace {
long long nowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
} // namespace

Stopwatch::Stopwatch() : m_startNs(nowNs()) {}
double Stopwatch::seconds() const {
  return double(nowNs() - m_startNs) * 1e-9;
}

} // namespace spondyl::app
