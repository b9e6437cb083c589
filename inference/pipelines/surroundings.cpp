#include "inference/pipelines/surroundings.h"

#include "inference/pipelines/components.h"

#include <algorithm>
#include <cmath>

namespace spondyl::inference {
namespace {

constexpr double ribReachMm = 6, sacrumReachMm = 16, skullReachMm = 40, skullHalfWidthMm = 70;
constexpr double canalThreshold = 0.5, ribThreshold = 0.4, otherBoneThreshold = 0.5;
constexpr double discMinimumMl = 0.3, canalMinimumMl = 0.5, canalReachMm = 45;
constexpr double discFragmentShare = 0.15;
constexpr double discSidewaysMm = 40; ///< from the line between the two body centres
constexpr double discBelowMl = 0.5;   ///< as much of a disc counts as seen

FieldPoint operator-(const FieldPoint& a, const FieldPoint& b) {
  return {a.z - b.z, a.y - b.y, a.x - b.x};
}
FieldPoint along(const FieldPoint& a, const FieldPoint& d, double t) {
  return {a.z + d.z * t, a.y + d.y * t, a.x + d.x * t};
}
double dotOf(const FieldPoint& a, const FieldPoint& b) {
  return a.z * b.z + a.y * b.y + a.x * b.x;
}
double norm(const FieldPoint& a) {
  return std::sqrt(dotOf(a, a));
}

std::vector<std::uint32_t> above(std::span<const std::uint8_t> probability, double threshold) {
  std::vector<std::uint32_t> voxels;
  for (std::size_t n = 0; n < probability.size(); ++n)
    if (probability[n] > threshold * 255.0)
      voxels.push_back(std::uint32_t(n));
  return voxels;
}

/// Steps to all voxels within a distance, nearest first.
struct Ball {
  struct Step {
    int z, y, x;
    double mm;
  };
  std::vector<Step> steps;
  Ball(double radiusMm, double spacing) {
    const int r = int(radiusMm / spacing);
    for (int z = -r; z <= r; ++z)
      for (int y = -r; y <= r; ++y)
        for (int x = -r; x <= r; ++x)
          if (const double mm = spacing * std::sqrt(double(z * z + y * y + x * x)); mm <= radiusMm)
            steps.push_back({z, y, x, mm});
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.mm < b.mm; });
  }
};

/// The vertebra (from 0) nearest to a voxel within the ball; -1 if none.
int nearestVertebra(const SpineField& field, const std::vector<std::uint8_t>& owner, std::uint32_t index,
                    const Ball& ball) {
  const auto [z, y, x] = field.place(index);
  const Shape& size = field.size();
  for (const auto& step : ball.steps) {
    const int a = z + step.z, b = y + step.y, c = x + step.x;
    if (a < 0 || b < 0 || c < 0 || a >= size[0] || b >= size[1] || c >= size[2])
      continue;
    const std::uint8_t o =
        owner[(std::size_t(a) * std::size_t(size[1]) + std::size_t(b)) * std::size_t(size[2]) +
              std::size_t(c)];
    if (isVertebraOwner(o))
      return o - 1;
  }
  return -1;
}

/// The line through each disc: from a body's centre to what lies below it.
std::vector<FieldPoint> linesDown(const SpineField& field, const Decoded& decoded) {
  std::vector<FieldPoint> lines;
  const auto& v = decoded.vertebrae;
  for (std::size_t n = 0; n + 1 < v.size(); ++n)
    lines.push_back(v[n + 1].centre - v[n].centre);
  if (v.empty())
    return lines;
  const FieldPoint last = v.back().centre;
  if (!decoded.sacrum.empty()) {
    // Towards the part of the sacrum that is nearest: its upper end plate.
    double least = 1e300;
    for (const std::uint32_t index : decoded.sacrum)
      least = std::min(least, norm(field.position(index) - last));
    FieldPoint sum;
    double count = 0;
    for (const std::uint32_t index : decoded.sacrum)
      if (const FieldPoint p = field.position(index); norm(p - last) < least + 12.0) {
        sum = {sum.z + p.z, sum.y + p.y, sum.x + p.x};
        ++count;
      }
    lines.push_back(FieldPoint{sum.z / count, sum.y / count, sum.x / count} - last);
  } else {
    lines.push_back(lines.empty() ? FieldPoint{-DecodeParameters().expectedSpacing(v.back().level), 0, 0}
                                  : lines.back());
  }
  return lines;
}

void findDiscs(const SpineField& field, Decoded& decoded, double discThreshold) {
  const std::vector<FieldPoint> lines = linesDown(field, decoded);
  std::vector<std::vector<std::uint32_t>> discs(lines.size());
  for (const std::uint32_t index : above(field.probability(SpineClass::Disc), discThreshold)) {
    if (decoded.owner[index] != 0)
      continue;
    const FieldPoint p = field.position(index);
    double least = discSidewaysMm;
    std::size_t which = lines.size();
    for (std::size_t n = 0; n < lines.size(); ++n) {
      const FieldPoint d = p - decoded.vertebrae[n].centre;
      const double t = dotOf(d, lines[n]) / dotOf(lines[n], lines[n]);
      if (t < 0.1 || t > 1.0)
        continue;
      if (const double sideways = norm(d - along({}, lines[n], t)); sideways < least) {
        least = sideways;
        which = n;
      }
    }
    if (which < lines.size())
      discs[which].push_back(index);
  }
  for (std::size_t n = 0; n < discs.size(); ++n) {
    const auto parts = componentsOf(discs[n], field.size(), Neighbours::Corner);
    if (parts.empty() || double(parts.front().size()) * field.voxelMl() < discMinimumMl)
      continue;
    for (const auto& part : parts)
      if (double(part.size()) >= discFragmentShare * double(parts.front().size()))
        for (const std::uint32_t index : part)
          decoded.owner[index] = discOwner(n);
  }
}

std::vector<std::uint32_t> findCanal(const SpineField& field, const Decoded& decoded) {
  std::vector<std::uint32_t> canal;
  for (const auto& part : componentsOf(above(field.probability(SpineClass::Canal), canalThreshold),
                                       field.size(), Neighbours::Corner)) {
    if (double(part.size()) * field.voxelMl() < canalMinimumMl)
      break; // largest first
    std::size_t near = 0;
    for (const std::uint32_t index : part) {
      const FieldPoint p = field.position(index);
      if (std::any_of(decoded.vertebrae.begin(), decoded.vertebrae.end(),
                      [&](const auto& v) { return norm(p - v.centre) < canalReachMm; }))
        ++near;
    }
    if (2 * near >= part.size())
      canal.insert(canal.end(), part.begin(), part.end());
  }
  std::sort(canal.begin(), canal.end());
  return canal;
}

} // namespace

Surroundings findSurroundings(const SpineField& field, Decoded& decoded, double discThreshold) {
  Surroundings out;
  findDiscs(field, decoded, discThreshold);
  out.canal = findCanal(field, decoded);
  const auto& v = decoded.vertebrae;
  const double ml = field.voxelMl();
  out.evidence.resize(v.size());
  for (std::size_t n = 0; n < v.size(); ++n) {
    LevelEvidence& e = out.evidence[n];
    e.levelNumber = v[n].level;
    e.bodyMl = v[n].bodyMl;
    e.archMl = v[n].volumeMl - v[n].bodyMl;
    if (n + 1 < v.size())
      e.toNextMm = norm(v[n + 1].centre - v[n].centre);
    const auto disc = std::count(decoded.owner.begin(), decoded.owner.end(), discOwner(n));
    e.discBelow = double(disc) * ml >= discBelowMl;
  }
  const Ball ribBall(ribReachMm, field.spacingMm());
  for (const std::uint32_t index : above(field.probability(SpineClass::Rib), ribThreshold))
    if (const int n = nearestVertebra(field, decoded.owner, index, ribBall); n >= 0) {
      LevelEvidence& e = out.evidence[std::size_t(n)];
      // x grows to the patient's left.
      (field.position(index).x > v[std::size_t(n)].centre.x ? e.ribLeftMl : e.ribRightMl) += ml;
    }
  const Ball sacrumBall(sacrumReachMm, field.spacingMm());
  FieldPoint sum;
  for (const std::uint32_t index : decoded.sacrum) {
    const FieldPoint p = field.position(index);
    sum = {sum.z + p.z, sum.y + p.y, sum.x + p.x};
    if (const int n = nearestVertebra(field, decoded.owner, index, sacrumBall); n >= 0)
      out.evidence[std::size_t(n)].sacrumContactMl += ml;
  }
  if (const auto count = double(decoded.sacrum.size()); count > 0)
    out.sacrumCentre = {sum.z / count, sum.y / count, sum.x / count};
  if (!v.empty()) {
    const FieldPoint top = v.front().centre;
    for (const std::uint32_t index : above(field.probability(SpineClass::OtherBone), otherBoneThreshold))
      if (const FieldPoint d = field.position(index) - top;
          d.z > 0 && d.z < skullReachMm && std::hypot(d.y, d.x) < skullHalfWidthMm)
        out.evidence.front().skullAboveMl += ml;
  }
  return out;
}

} // namespace spondyl::inference
