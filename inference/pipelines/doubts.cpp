#include "inference/pipelines/doubts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spondyl::inference {

std::vector<PointLps> metalIn(const Grid& grid, std::span<const float> hounsfield) {
  std::vector<PointLps> metal;
  const GridSize size = grid.size();
  for (std::size_t n = 0; n < hounsfield.size(); ++n)
    if (hounsfield[n] > float(metalHounsfield)) {
      const auto row = std::size_t(size.i), slice = row * std::size_t(size.j);
      metal.push_back(grid.toLps(IndexIjk{int(n % row), int(n % slice / row), int(n / slice)}));
    }
  return metal;
}

std::vector<bool> besideMetal(const SpineField& field, const Decoded& decoded,
                              std::span<const PointLps> metal) {
  std::vector<bool> beside(decoded.vertebrae.size(), false);
  if (metal.empty())
    return beside;
  // Voxels of each vertebra near a metal voxel's place: the reach is a cube, which is near enough for a
  // doubt.
  const int reach = int(metalReachMm / field.spacingMm());
  const Shape& size = field.size();
  std::vector<std::size_t> voxels(beside.size(), 0);
  std::vector<bool> seen(beside.size());
  for (const PointLps& p : metal) {
    const PointIjk at = field.grid().toIjk(p);
    const std::array<int, 3> centre{int(std::lround(at.k)), int(std::lround(at.j)), int(std::lround(at.i))};
    std::fill(seen.begin(), seen.end(), false);
    const auto from = [&](std::size_t a) { return std::max(0, centre[a] - reach); };
    const auto to = [&](std::size_t a) { return std::min(size[a], centre[a] + reach + 1); };
    for (int z = from(0); z < to(0); ++z)
      for (int y = from(1); y < to(1); ++y)
        for (int x = from(2); x < to(2); ++x) {
          const std::uint8_t owner =
              decoded.owner[(std::size_t(z) * std::size_t(size[1]) + std::size_t(y)) * std::size_t(size[2]) +
                            std::size_t(x)];
          if (isVertebraOwner(owner))
            seen[std::size_t(owner - 1)] = true;
        }
    for (std::size_t n = 0; n < beside.size(); ++n)
      voxels[n] += seen[n];
  }
  for (std::size_t n = 0; n < beside.size(); ++n)
    beside[n] = double(voxels[n]) * field.voxelMl() >= metalLeastMl;
  return beside;
}

double coronalBendDeg(std::span<const DecodedVertebra> vertebrae) {
  double least = 1e9, most = -1e9;
  for (std::size_t n = 0; n + 1 < vertebrae.size(); ++n) {
    const FieldPoint a = vertebrae[n].centre, b = vertebrae[n + 1].centre;
    const double tilt = std::atan2(b.x - a.x, a.z - b.z) * 180.0 / std::numbers::pi;
    least = std::min(least, tilt);
    most = std::max(most, tilt);
  }
  return vertebrae.size() < 3 ? 0.0 : most - least;
}

void tellDoubts(SegmentResult& result, const std::vector<bool>& besideMetal, double coronalBendDeg) {
  std::size_t count = 0;
  for (std::size_t n = 0; n < besideMetal.size(); ++n) {
    if (!besideMetal[n])
      continue;
    ResultVertebra& v = result.vertebrae[n];
    if (v.note.empty())
      v.note = "metal beside it: its borders are uncertain";
    ++count;
  }
  // No names: a reader's anchor may change them, this text stays.
  if (count > 0)
    result.warnings.push_back("There is metal beside " +
                              (count == 1 ? "one vertebra" : std::to_string(count) + " vertebrae") +
                              ": borders and what is measured there are uncertain.");
  if (coronalBendDeg > strongCurveDeg)
    result.warnings.push_back(
        "The spine is strongly curved; the network has seen few such spines. Check every level.");
}

} // namespace spondyl::inference
