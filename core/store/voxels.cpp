#include "core/store/voxels.h"

#include "core/store/delta.h"

#include <cstring>
#include <nlohmann/json.hpp>

namespace spondyl::detail {
namespace {

constexpr std::size_t bytesPerRow = std::size_t(16) << 20;
constexpr std::uint64_t largestVolume = std::uint64_t(32) << 30;

using Json = nlohmann::json;

Json describe(const Volume& v) {
  const Grid& g = v.grid();
  const auto triple = [](const auto& p) { return Json{p.x, p.y, p.z}; };
  return {{"size", {g.size().i, g.size().j, g.size().k}},
          {"origin", triple(g.origin())},
          {"steps", {triple(g.stepI()), triple(g.stepJ()), triple(g.stepK())}},
          {"type", static_cast<int>(v.voxelType())},
          {"slope", v.rescale().slope},
          {"intercept", v.rescale().intercept},
          {"meaning", static_cast<int>(v.meaning())},
          {"padding", v.padding() ? Json(*v.padding()) : Json(nullptr)}};
}

Result<VolumeBuilder> builderFor(const std::string& text) {
  try {
    const Json j = Json::parse(text);
    const auto vector = [](const Json& p) { return VectorLps{p.at(0), p.at(1), p.at(2)}; };
    const Json &size = j.at("size"), &steps = j.at("steps");
    SPONDYL_TRY(const Grid grid,
                Grid::create({size.at(0), size.at(1), size.at(2)}, PointLps{} + vector(j.at("origin")),
                             vector(steps.at(0)), vector(steps.at(1)), vector(steps.at(2))));
    const int type = j.at("type"), meaning = j.at("meaning");
    if (type < 0 || type > static_cast<int>(VoxelType::Float64))
      return fail(ErrorCode::CaseDamaged, {"", "voxel type"}, "readVolumes");
    const auto voxelType = static_cast<VoxelType>(type);
    const std::uint64_t bytes = std::uint64_t(grid.size().count()) * bytesPerVoxel(voxelType);
    if (bytes > largestVolume)
      return fail(ErrorCode::DeclaredTooLarge, {"", std::to_string(bytes), std::to_string(largestVolume)},
                  "readVolumes");
    const Json& padding = j.at("padding");
    return VolumeBuilder::create(grid, voxelType, {j.at("slope"), j.at("intercept")},
                                 static_cast<VolumeMeaning>(meaning),
                                 padding.is_null() ? std::nullopt : std::optional(padding.get<double>()));
  } catch (const Json::exception& e) {
    return fail(ErrorCode::CaseDamaged, {"", e.what()}, "readVolumes");
  }
}

std::byte* bytesOf(VolumeBuilder& builder) {
  switch (builder.peek().voxelType()) {
  case VoxelType::Int16:
    return reinterpret_cast<std::byte*>(builder.voxels<std::int16_t>().data());
  case VoxelType::UInt16:
    return reinterpret_cast<std::byte*>(builder.voxels<std::uint16_t>().data());
  case VoxelType::Float32:
    return reinterpret_cast<std::byte*>(builder.voxels<float>().data());
  case VoxelType::Float64:
    break;
  }
  return reinterpret_cast<std::byte*>(builder.voxels<double>().data());
}

} // namespace

Status createVoxelTables(Database& database) {
  return database.execute(
      "CREATE TABLE volume(id INTEGER PRIMARY KEY, series TEXT NOT NULL, stack INTEGER NOT NULL, about TEXT "
      "NOT NULL);"
      "CREATE TABLE voxels(volume INTEGER NOT NULL, start INTEGER NOT NULL, content BLOB NOT NULL,"
      " PRIMARY KEY(volume, start)) WITHOUT ROWID;");
}

Status writeVolume(Database& database, const EmbeddedVolume& embedded, const JobContext& job) {
  SPONDYL_TRY(Statement next, database.prepare("SELECT coalesce(max(id), 0) + 1 FROM volume"));
  SPONDYL_TRY(const bool counted, next.step());
  const std::int64_t id = counted ? next.integer(0) : 1;
  SPONDYL_TRY(Statement add,
              database.prepare("INSERT INTO volume(id, series, stack, about) VALUES(?,?,?,?)"));
  add.bind(1, id)
      .bind(2, embedded.seriesUid)
      .bind(3, std::int64_t(embedded.stack))
      .bind(4, describe(*embedded.volume).dump());
  SPONDYL_CHECK(add.run());
  SPONDYL_TRY(Statement put, database.prepare("INSERT INTO voxels(volume, start, content) VALUES(?,?,?)"));
  const std::size_t total = embedded.volume->byteCount();
  for (std::size_t start = 0; start < total; start += bytesPerRow) {
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "saveCaseFile");
    const std::string_view piece(reinterpret_cast<const char*>(embedded.volume->data()) + start,
                                 std::min(bytesPerRow, total - start));
    const std::string content = compress(piece, 1);
    put.bind(1, id).bind(2, std::int64_t(start)).bindBlob(3, content);
    SPONDYL_CHECK(put.run());
    put.reset();
    job.progress.report("save", double(start + piece.size()) / double(total));
  }
  return {};
}

Result<std::vector<EmbeddedVolume>> readVolumes(Database& database, const JobContext& job) {
  std::vector<EmbeddedVolume> out;
  SPONDYL_TRY(Statement all, database.prepare("SELECT id, series, stack, about FROM volume ORDER BY id"));
  for (;;) {
    SPONDYL_TRY(const bool more, all.step());
    if (!more)
      return out;
    SPONDYL_TRY(VolumeBuilder builder, builderFor(all.text(3)));
    const std::size_t total = builder.peek().byteCount();
    SPONDYL_TRY(Statement pieces,
                database.prepare("SELECT start, content FROM voxels WHERE volume = ? ORDER BY start"));
    pieces.bind(1, all.integer(0));
    std::size_t filled = 0;
    for (;;) {
      if (job.stopRequested())
        return fail(ErrorCode::Cancelled, {}, "openCaseFile");
      SPONDYL_TRY(const bool piece, pieces.step());
      if (!piece)
        break;
      SPONDYL_TRY(const std::string bytes, decompress(pieces.blob(1), bytesPerRow));
      if (std::size_t(pieces.integer(0)) != filled || bytes.size() > total - filled)
        break;
      std::memcpy(bytesOf(builder) + filled, bytes.data(), bytes.size());
      filled += bytes.size();
    }
    if (filled != total)
      return fail(ErrorCode::CaseDamaged, {"", "voxels are missing"}, "openCaseFile");
    for (int k = 0; k < builder.peek().size().k; ++k)
      builder.markReady(k);
    out.push_back({all.text(1), std::size_t(all.integer(2)), std::move(builder).freeze()});
  }
}

} // namespace spondyl::detail
