#include "core/store/case_file.h"

#include "core/store/delta.h"
#include "core/store/rows.h"
#include "core/store/voxels.h"

#include <set>

namespace spondyl {
namespace {

using detail::Database;
using detail::OpenMode;
using detail::Statement;

/// Calls f(series, file) for every source file, each once.
template <class F>
Status forEachSource(const Case& c, F&& f) {
  for (const Study& study : c.studies)
    for (const Series& series : study.series) {
      std::set<Path> seen;
      for (const Stack& stack : series.stacks)
        for (const auto* sources : {&stack.slices, &stack.resampledFrom})
          for (const SliceSource& slice : *sources)
            if (!slice.isMissing() && seen.insert(slice.file).second)
              SPONDYL_CHECK(f(series, slice.file));
    }
  return {};
}

/// `path` as seen from the folder of `file`; empty if they have nothing in common (another drive).
Path relativeTo(const Path& path, const Path& file) {
  std::error_code failed;
  const Path folder = std::filesystem::absolute(file, failed).parent_path();
  const Path relative = std::filesystem::absolute(path, failed)
                            .lexically_normal()
                            .lexically_relative(folder.lexically_normal());
  return failed ? Path() : relative;
}

Status writeSources(Database& database, const Case& c, const Path& file, const SaveOptions& options) {
  SPONDYL_CHECK(
      database.execute("CREATE TABLE source(series TEXT NOT NULL, path BLOB NOT NULL, absolute BLOB NOT NULL,"
                       " relative BLOB NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL)"));
  SPONDYL_TRY(Statement put,
              database.prepare("INSERT INTO source(series, path, absolute, relative, bytes, sha256)"
                               " VALUES(?,?,?,?,?,?)"));
  return forEachSource(c, [&](const Series& series, const Path& source) -> Status {
    if (options.job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "saveCaseFile");
    std::error_code failed;
    const auto size = std::filesystem::file_size(source, failed);
    std::string digest;
    if (options.digestSources && !failed)
      if (auto read = sha256OfFile(source); read.ok())
        digest = std::move(*read);
    const std::int64_t bytes = failed ? -1 : std::int64_t(size);
    const std::string path = source.string(),
                      absolute = std::filesystem::absolute(source, failed).lexically_normal().string();
    const std::string relative = relativeTo(source, file).string();
    put.bind(1, series.uid)
        .bindBlob(2, path)
        .bindBlob(3, absolute)
        .bindBlob(4, relative)
        .bind(5, bytes)
        .bind(6, digest);
    SPONDYL_CHECK(put.run());
    put.reset();
    return {};
  });
}

Status writeAudit(Database& database, const std::vector<AuditEntry>& audit) {
  SPONDYL_CHECK(database.execute(
      "CREATE TABLE audit(number INTEGER NOT NULL, kind INTEGER NOT NULL, verb TEXT NOT NULL,"
      " person TEXT NOT NULL, at TEXT NOT NULL)"));
  SPONDYL_TRY(Statement put,
              database.prepare("INSERT INTO audit(number, kind, verb, person, at) VALUES(?,?,?,?,?)"));
  for (const AuditEntry& e : audit) {
    put.bind(1, e.number).bind(2, std::int64_t(e.kind)).bind(3, e.verb).bind(4, e.person).bind(5, e.when);
    SPONDYL_CHECK(put.run());
    put.reset();
  }
  return {};
}

Status writeAll(Database& database, const Case& c, const Path& file, const SaveOptions& options) {
  // Nobody reads the file before it is complete: no journal of its own is needed.
  SPONDYL_TRY(const std::string mode, database.pragma("PRAGMA journal_mode = OFF"));
  SPONDYL_CHECK(database.execute("PRAGMA synchronous = OFF; BEGIN"));
  SPONDYL_CHECK(detail::createSchema(database));
  detail::Row row;
  row.entry = {AuditEntry::Kind::Snapshot, 1, "", "", utcNow()};
  detail::DeltaEncoder encoder;
  row.content = encoder.encode(std::make_shared<const Case>(c));
  row.hash = detail::hashOf(row);
  SPONDYL_CHECK(detail::insertRow(database, row));
  SPONDYL_CHECK(detail::setMeta(database, "case", c.id));
  SPONDYL_CHECK(detail::setMeta(database, "title", detail::titleOf(c)));
  SPONDYL_CHECK(detail::setMeta(database, "changed", row.entry.when));
  SPONDYL_CHECK(detail::setMeta(database, "program", SPONDYL_VERSION));
  SPONDYL_CHECK(writeSources(database, c, file, options));
  SPONDYL_CHECK(writeAudit(database, options.audit));
  SPONDYL_CHECK(detail::createVoxelTables(database));
  for (const EmbeddedVolume& embedded : options.embed)
    if (embedded.volume)
      SPONDYL_CHECK(detail::writeVolume(database, embedded, options.job));
  SPONDYL_CHECK(database.execute("COMMIT"));
  return database.close();
}

struct Source {
  std::string series, digest;
  Path path, relative; ///< path: absolute, whatever folder the program runs in
  std::int64_t bytes = -1;
};

SourceState examine(Source& source, const Path& folder, bool checkDigest) {
  std::error_code failed;
  bool moved = false;
  if (!std::filesystem::exists(source.path, failed)) {
    const Path beside = (folder / source.relative).lexically_normal();
    if (source.relative.empty() || !std::filesystem::exists(beside, failed))
      return SourceState::Missing;
    source.path = beside;
    moved = true;
  }
  const auto size = std::filesystem::file_size(source.path, failed);
  if (failed)
    return SourceState::Missing;
  if (source.bytes >= 0 && std::int64_t(size) != source.bytes)
    return SourceState::Changed;
  if (checkDigest && !source.digest.empty()) {
    const auto digest = sha256OfFile(source.path);
    if (!digest.ok() || *digest != source.digest)
      return SourceState::Changed;
  }
  return moved ? SourceState::Moved : SourceState::Present;
}

void relocate(Case& c, const std::map<Path, Path>& moved) {
  for (Study& study : c.studies.edit())
    for (Series& series : study.series)
      for (Stack& stack : series.stacks)
        for (auto* sources : {&stack.slices, &stack.resampledFrom})
          for (SliceSource& slice : *sources)
            if (const auto it = moved.find(slice.file); it != moved.end())
              slice.file = it->second;
}

Status readSources(Database& database, const Path& file, const OpenOptions& options, Case& c,
                   OpenedCase& out) {
  std::map<std::string, std::size_t> place;
  for (const Study& study : c.studies)
    for (const Series& series : study.series) {
      place.emplace(series.uid, out.sources.size());
      out.sources.push_back({series.uid, 0, 0, 0, 0, false});
    }
  std::error_code failed;
  const Path folder = std::filesystem::absolute(file, failed).parent_path();
  std::map<Path, Path> moved;
  SPONDYL_TRY(Statement all,
              database.prepare("SELECT series, path, absolute, relative, bytes, sha256 FROM source"));
  for (;;) {
    if (options.job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "openCaseFile");
    SPONDYL_TRY(const bool more, all.step());
    if (!more)
      break;
    Source source{all.text(0), all.text(5), all.text(2), all.text(3), all.integer(4)};
    const auto at = place.find(source.series);
    if (at == place.end())
      continue;
    const Path was = all.text(1);
    const SourceState state = examine(source, folder, options.checkDigests);
    if (state != SourceState::Missing && source.path != was)
      moved[was] = source.path;
    SourceReport& report = out.sources[at->second];
    ++report.files;
    report.moved += state == SourceState::Moved;
    report.changed += state == SourceState::Changed;
    report.missing += state == SourceState::Missing;
  }
  for (const EmbeddedVolume& v : out.volumes)
    if (const auto at = place.find(v.seriesUid); at != place.end())
      out.sources[at->second].embedded = true;
  out.relocated = !moved.empty();
  if (out.relocated)
    relocate(c, moved);
  return {};
}

Status readAudit(Database& database, std::vector<AuditEntry>& audit) {
  SPONDYL_TRY(Statement all,
              database.prepare("SELECT number, kind, verb, person, at FROM audit ORDER BY rowid"));
  for (;;) {
    SPONDYL_TRY(const bool more, all.step());
    if (!more)
      return {};
    audit.push_back({static_cast<AuditEntry::Kind>(all.integer(1)), all.integer(0), all.text(2), all.text(3),
                     all.text(4)});
  }
}

Result<OpenedCase> readAll(const Path& file, const OpenOptions& options) {
  SPONDYL_TRY(Database database, Database::open(file, OpenMode::ReadOnly));
  SPONDYL_CHECK(detail::checkSchema(database, file, true));
  SPONDYL_TRY(const std::optional<detail::Row> row, detail::readRow(database, 1));
  if (!row || detail::hashOf(*row) != row->hash)
    return fail(ErrorCode::CaseDamaged, {file.string(), "its checksum does not hold"}, "openCaseFile");
  Case c;
  SPONDYL_CHECK(detail::applyDelta(c, row->content));
  OpenedCase out;
  if (options.loadVolumes) {
    SPONDYL_TRY(out.volumes, detail::readVolumes(database, options.job));
  }
  SPONDYL_CHECK(readSources(database, file, options, c, out));
  SPONDYL_CHECK(readAudit(database, out.audit));
  out.state = std::make_shared<const Case>(std::move(c));
  return out;
}

} // namespace

Status saveCaseFile(const Case& c, const Path& file, const SaveOptions& options) {
  SPONDYL_TRY(AtomicFile whole, AtomicFile::create(file));
  const auto named = [&](Status status) -> Status { // the temporary name means nothing to anyone
    if (status.ok() || status.error().arguments.empty())
      return status;
    Error error = status.error();
    if (error.arguments[0] == whole.temporaryPath().string())
      error.arguments[0] = file.string();
    return error;
  };
  auto database = Database::open(whole.temporaryPath(), OpenMode::Create);
  if (!database.ok())
    return named(database.error());
  SPONDYL_CHECK(named(writeAll(*database, c, file, options)));
  return whole.commit();
}

Result<OpenedCase> openCaseFile(const Path& file, const OpenOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return fail(ErrorCode::FileNotFound, {file.string()}, "openCaseFile");
  auto opened = readAll(file, options);
  if (opened.ok())
    return opened;
  Error error = opened.error();
  if (!error.arguments.empty() && error.arguments[0].empty())
    error.arguments[0] = file.string();
  return error;
}

} // namespace spondyl
