#include "core/store/library.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace spondyl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t mostRecent = 50;
constexpr const char* schema = "spondyl.recent/1";

Path environmentPath(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? Path(value) : Path();
}

} // namespace

Path Library::defaultFolder() {
  if (const Path own = environmentPath("SPONDYL_DATA_DIR"); !own.empty())
    return own;
  if (const Path data = environmentPath("XDG_DATA_HOME"); data.is_absolute())
    return data / "spondyl";
  const Path home = environmentPath("HOME");
  return (home.empty() ? Path(".") : home) / ".local" / "share" / "spondyl";
}

Result<Library> Library::open(const Path& folder) {
  SPONDYL_CHECK(createPrivateFolder(folder / "journals"));
  return Library(folder);
}

Path Library::journalFor(const std::string& caseId) const {
  return m_folder / "journals" / (caseId + ".journal");
}

std::vector<RecentCase> Library::recent() const {
  std::vector<RecentCase> out;
  const auto text = readFile(m_folder / "recent.json", std::uint64_t(16) << 20);
  if (!text.ok())
    return out;
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("cases") || !json["cases"].is_array())
    return out;
  for (const Json& entry : json["cases"])
    if (entry.is_object())
      out.push_back({entry.value("id", ""), entry.value("title", ""), entry.value("when", ""),
                     Path(entry.value("opened", ""))});
  return out;
}

Status Library::writeRecent(const std::vector<RecentCase>& entries) const {
  Json cases = Json::array();
  for (const RecentCase& e : entries)
    cases.push_back({{"id", e.caseId}, {"title", e.title}, {"when", e.when}, {"opened", e.opened.string()}});
  const Json json{{"schema", schema}, {"cases", cases}};
  return writeFileWhole(m_folder / "recent.json", json.dump(1, ' ', false, Json::error_handler_t::replace));
}

Status Library::remember(const RecentCase& entry) {
  std::vector<RecentCase> entries = recent();
  std::erase_if(entries, [&](const RecentCase& e) {
    return e.caseId == entry.caseId || (e.opened == entry.opened && !entry.opened.empty());
  });
  entries.insert(entries.begin(), entry);
  if (entries.size() > mostRecent)
    entries.resize(mostRecent);
  return writeRecent(entries);
}

Status Library::forget(const std::string& caseId) {
  std::vector<RecentCase> entries = recent();
  if (!std::erase_if(entries, [&](const RecentCase& e) { return e.caseId == caseId; }))
    return {};
  return writeRecent(entries);
}

std::vector<RecoverableCase> Library::recoverable() const {
  std::vector<RecoverableCase> out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(m_folder / "journals", failed)) {
    if (entry.path().extension() != ".journal")
      continue;
    JournalSummary summary = summariseJournal(entry.path());
    if (summary.inUse)
      continue;
    out.push_back({entry.path(), std::move(summary)});
  }
  std::sort(out.begin(), out.end(), [](const RecoverableCase& a, const RecoverableCase& b) {
    return a.summary.when > b.summary.when;
  });
  return out;
}

Status Library::discard(const Path& journal) {
  for (const char* suffix : {"", "-wal", "-journal", ".copy", ".copy-wal"}) {
    Path file = journal;
    file += suffix;
    std::error_code failed;
    std::filesystem::remove(file, failed);
    if (failed)
      return fail(ErrorCode::FileNotWritable, {file.string(), failed.message()}, "Library::discard");
  }
  return {};
}

} // namespace spondyl
