#include "core/phantom/draw.h"

#include "core/base/parallel.h"
#include "core/phantom/brick.h"
#include "core/phantom/scene.h"
#include "core/phantom/warp.h"

#include <algorithm>
#include <array>

namespace spondyl {

namespace {

constexpr int edge = 4;       // voxels of a brick
constexpr int blockEdge = 16; // voxels of a block of bricks

/// Voxel indices to patient coordinates, before the warp.
struct ToPatient {
  PointLps origin;
  VectorLps i, j, k;

  ToPatient(const Grid& g, const BoneFrame& pose) {
    origin = PointLps{} + pose.toLocal(g.origin());
    const auto turn = [&](VectorLps v) { return VectorLps{dot(v, pose.x), dot(v, pose.y), dot(v, pose.z)}; };
    i = turn(g.stepI());
    j = turn(g.stepJ());
    k = turn(g.stepK());
  }
  PointLps at(double a, double b, double c) const { return origin + i * a + j * b + k * c; }
};

/// The warp of one brick: exact at every fourth voxel, linear between.
struct BrickWarp {
  static constexpr int coarse = 4, nodes = edge / coarse + 1;
  std::array<VectorLps, std::size_t(nodes) * nodes * nodes> at{};
  bool on = false;

  void prepare(const Warp& warp, const ToPatient& map, IndexIjk low) {
    on = !warp.isIdentity();
    for (int c = 0; on && c < nodes; ++c)
      for (int b = 0; b < nodes; ++b)
        for (int a = 0; a < nodes; ++a)
          at[std::size_t((c * nodes + b) * nodes + a)] =
              warp.displacement(map.at(low.i + a * coarse, low.j + b * coarse, low.k + c * coarse));
  }
  VectorLps shift(int a, int b, int c) const {
    VectorLps sum;
    const double ta = a % coarse / double(coarse), tb = b % coarse / double(coarse),
                 tc = c % coarse / double(coarse);
    for (int n = 0; n < 8; ++n) {
      const int ia = a / coarse + (n & 1), ib = b / coarse + ((n >> 1) & 1), ic = c / coarse + ((n >> 2) & 1);
      const double w = ((n & 1) ? ta : 1 - ta) * ((n & 2) ? tb : 1 - tb) * ((n & 4) ? tc : 1 - tc);
      sum = sum + at[std::size_t((ic * nodes + ib) * nodes + ia)] * w;
    }
    return sum;
  }
};

void countInstances(const PhantomScene& scene, const SpineDescription& d, PhantomVolumes& out) {
  struct Tally {
    std::size_t voxels = 0;
    bool cut = false;
  };
  std::vector<Tally> tally(scene.instances.size() + 1);
  const GridSize size = out.grid.size();
  std::size_t at = 0;
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j)
      for (int i = 0; i < size.i; ++i, ++at) {
        const TissueClass c = TissueClass(out.classes[at]);
        if (c != TissueClass::Body && c != TissueClass::Arch && c != TissueClass::Sacrum)
          continue;
        Tally& t = tally[out.instances[at]];
        ++t.voxels;
        if (i == 0 || j == 0 || k == 0 || i == size.i - 1 || j == size.j - 1 || k == size.k - 1)
          t.cut = true;
      }
  for (const PhantomInstance& instance : scene.instances) {
    const Tally& t = tally[instance.number];
    if (t.voxels > 0)
      out.drawn.push_back({instance.level, instance.number, drawnAt(d, instance.centre), t.voxels, !t.cut});
  }
}

} // namespace

PhantomVolumes drawPhantom(const SpineDescription& d, const Grid& grid, DrawOptions options) {
  const PhantomScene scene = buildScene(d, options.context);
  const Warp warp(d.seed, d.warpAmplitude, d.warpCell);
  const ToPatient map(grid, d.pose);
  PhantomVolumes out;
  out.grid = grid;
  const GridSize size = grid.size();
  out.classes.assign(size.count(), 0);
  out.instances.assign(size.count(), 0);
  out.tissue.assign(size.count(), 0);
  out.boneDistance.assign(size.count(), std::int8_t(farAway));
  if (options.labels) {
    out.labels.assign(size.count(), 0);
    out.parts.assign(size.count(), 0);
  }
  const auto blocksOf = [](int n) { return (n + blockEdge - 1) / blockEdge; };
  const int bi = blocksOf(size.i), bj = blocksOf(size.j), bk = blocksOf(size.k);
  const auto radiusOf = [&](int voxels) { // of a sheared grid too, and warped
    const double half = (voxels - 1) / 2.0;
    double diagonal = 0;
    for (const double s : {-1.0, 1.0})
      for (const double t : {-1.0, 1.0})
        diagonal = std::max(diagonal, length(map.i * half + map.j * (s * half) + map.k * (t * half)));
    return diagonal + warp.amplitude() * 1.75 + .1;
  };
  const double brickRadius = radiusOf(edge), blockRadius = radiusOf(blockEdge);
  parallelFor(std::size_t(bi) * bj * bk, 8, [&](std::size_t begin, std::size_t end) {
    BlockScene block;
    BrickScene brick;
    BrickWarp shift;
    const auto centreOf = [&](IndexIjk low, int voxels) {
      const double half = (voxels - 1) / 2.0;
      return map.at(low.i + half, low.j + half, low.k + half);
    };
    const auto drawBrick = [&](IndexIjk low) {
      brick.collect(scene, block, centreOf(low, edge), brickRadius);
      if (brick.isEmpty())
        return;
      shift.prepare(warp, map, low);
      for (int c = 0; c < std::min(edge, size.k - low.k); ++c)
        for (int b = 0; b < std::min(edge, size.j - low.j); ++b)
          for (int a = 0; a < std::min(edge, size.i - low.i); ++a) {
            PointLps p = map.at(low.i + a, low.j + b, low.k + c);
            if (shift.on)
              p = p + shift.shift(a, b, c);
            const VoxelValue v = evaluate(scene, brick, p);
            const std::size_t at = grid.offset({low.i + a, low.j + b, low.k + c});
            out.classes[at] = std::uint8_t(v.tissueClass);
            out.instances[at] = v.instance;
            out.tissue[at] = v.tissue;
            out.boneDistance[at] = v.distance;
            if (!options.labels)
              continue;
            out.labels[at] = v.label;
            out.parts[at] = v.part;
          }
    };
    for (std::size_t n = begin; n < end; ++n) {
      const IndexIjk low{int(n % std::size_t(bi)) * blockEdge,
                         int(n / std::size_t(bi) % std::size_t(bj)) * blockEdge,
                         int(n / (std::size_t(bi) * bj)) * blockEdge};
      block.collect(scene, centreOf(low, blockEdge), blockRadius);
      for (int c = low.k; c < std::min(low.k + blockEdge, size.k); c += edge)
        for (int b = low.j; b < std::min(low.j + blockEdge, size.j); b += edge)
          for (int a = low.i; a < std::min(low.i + blockEdge, size.i); a += edge)
            drawBrick({a, b, c});
    }
  });
  countInstances(scene, d, out);
  return out;
}

} // namespace spondyl
