#include "app/workflow/scalar_map.h"

#include "app/workflow/analysis.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <limits>

namespace spondyl::app {
namespace {

constexpr double marginMm = 15;

inference::BoxLps nothing() {
  constexpr double inf = std::numeric_limits<double>::infinity();
  return {{inf, inf, inf}, {-inf, -inf, -inf}};
}
void include(inference::BoxLps& box, PointLps p) {
  box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y), std::min(box.low.z, p.z)};
  box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y), std::max(box.high.z, p.z)};
}

/// Labelled voxels, brick by brick: most of a map is empty.
void includeLabelled(inference::BoxLps& box, const LabelMap& map) {
  const auto bricks = map.bricks();
  std::array<std::uint16_t, LabelBrick::edge> row{};
  for (std::size_t b = 0; b < bricks.size(); ++b) {
    if (!bricks[b])
      continue;
    const IndexBox in = brickBox(map.grid(), map.brickCounts(), b);
    const std::span ids(row.data(), std::size_t(in.high.i - in.low.i + 1));
    for (int k = in.low.k; k <= in.high.k; ++k)
      for (int j = in.low.j; j <= in.high.j; ++j) {
        map.readRow(in.low.i, j, k, ids);
        for (std::size_t n = 0; n < ids.size(); ++n)
          if (ids[n] != 0)
            include(box, map.grid().toLps(IndexIjk{in.low.i + int(n), j, k}));
      }
  }
}

Result<inference::ScalarMapRequest> requestFor(const Input& input, const MapOptions& options) {
  inference::ScalarMapRequest request;
  SPONDYL_TRY(request.network.modality, modalityFor(input, options.modality));
  request.network.modelFolder = options.models.string();
  request.network.device = options.device;
  request.network.threads = options.threads > 0 ? options.threads : threadCount();
  request.network.memoryLimitGiB = options.memoryLimitGiB;
  return request;
}

/// One byte per voxel of the volume, 1 where one of the structures is.
std::vector<std::uint8_t> marked(const Grid& grid, const LabelMap& map, const std::vector<StructureId>& ids) {
  inference::BoxLps box = nothing();
  for (const StructureId id : ids)
    if (const IndexBox in = map.boundsOf(id); !in.isEmpty())
      for (const int i : {in.low.i, in.high.i})
        for (const int j : {in.low.j, in.high.j})
          for (const int k : {in.low.k, in.high.k})
            include(box, map.grid().toLps(IndexIjk{i, j, k}));
  std::vector<std::uint8_t> out(grid.size().count(), 0);
  if (box.low.x > box.high.x)
    return out;
  IndexBox part; // of the volume's grid: the box's corners, and a voxel for rounding
  for (const double x : {box.low.x, box.high.x})
    for (const double y : {box.low.y, box.high.y})
      for (const double z : {box.low.z, box.high.z})
        part.include(nearestIndex(grid.toIjk(PointLps{x, y, z})));
  const GridSize n = grid.size();
  for (int k = std::max(0, part.low.k - 1); k <= std::min(n.k - 1, part.high.k + 1); ++k)
    for (int j = std::max(0, part.low.j - 1); j <= std::min(n.j - 1, part.high.j + 1); ++j)
      for (int i = std::max(0, part.low.i - 1); i <= std::min(n.i - 1, part.high.i + 1); ++i) {
        const StructureId at = map.at(nearestIndex(map.grid().toIjk(grid.toLps(IndexIjk{i, j, k}))));
        out[grid.offset({i, j, k})] = std::find(ids.begin(), ids.end(), at) != ids.end();
      }
  return out;
}

} // namespace

std::optional<inference::BoxLps> spineBox(const EffectiveCase& shown, const Series& series) {
  inference::BoxLps box = nothing();
  for (const LabelLayer& layer : shown.layers)
    if (layer.seriesUid == series.uid ||
        (!series.frameOfReferenceUid.empty() && layer.frameOfReferenceUid == series.frameOfReferenceUid))
      includeLabelled(box, layer.map);
  if (box.low.x > box.high.x)
    return std::nullopt;
  const VectorLps margin{marginMm, marginMm, marginMm};
  return inference::BoxLps{box.low - margin, box.high + margin};
}

Result<inference::ScalarMapOutcome> uncertaintyOf(const Input& input, const EffectiveCase& shown,
                                                  const MapOptions& options, const JobContext& job) {
  SPONDYL_TRY(inference::ScalarMapRequest request, requestFor(input, options));
  request.kind = inference::ScalarMapKind::Uncertainty;
  request.box = spineBox(shown, input.series);
  return inference::WorkerClient().map(input.volume, request, {}, job);
}

Result<inference::ScalarMapOutcome> saliencyOf(const Input& input, const EffectiveCase& shown,
                                               InstanceId instance, bool disc, const MapOptions& options,
                                               const JobContext& job) {
  SPONDYL_TRY(inference::ScalarMapRequest request, requestFor(input, options));
  request.kind = inference::ScalarMapKind::Saliency;
  request.target = disc ? inference::SaliencyTarget::Disc : inference::SaliencyTarget::Vertebra;
  std::vector<StructureId> ids;
  for (const Structure& s : shown.structures.all()) {
    if (s.instance != instance || s.state == ItemState::Rejected)
      continue;
    if (disc ? s.part == Part::Disc : isVertebral(s.part) || s.part == Part::Sacrum)
      ids.push_back(s.id);
    if (!disc && s.part == Part::Sacrum)
      request.target = inference::SaliencyTarget::Sacrum;
  }
  const LabelLayer* layer =
      shown.layerFor(input.series.uid, input.series.frameOfReferenceUid, LayerKind::BoneAndDisc);
  const std::string name = shown.chain.displayName(instance);
  if (!layer || ids.empty())
    return fail(ErrorCode::UnknownItem, {disc ? "disc below" : "label of", name}, "saliencyOf");
  const std::vector<std::uint8_t> structure = marked(input.volume->grid(), layer->map, ids);
  return inference::WorkerClient().map(input.volume, request, structure, job);
}

Result<VolumePtr> asFloats(const Volume& map) {
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(map.grid(), VoxelType::Float32));
  const auto out = builder.voxels<float>();
  const double slope = map.rescale().slope, intercept = map.rescale().intercept;
  visitVoxels(map, [&](auto stored) {
    for (std::size_t n = 0; n < out.size(); ++n)
      out[n] = float(double(stored[n]) * slope + intercept);
    return 0;
  });
  return std::move(builder).freeze();
}

} // namespace spondyl::app
