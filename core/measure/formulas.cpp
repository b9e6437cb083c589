#include "core/measure/formulas.h"

#include "core/geometry/units.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

double degrees(double radians) {
  return fromRadians(radians).value;
}

/// Genant's mild grade begins at a fifth; the same fraction of the posterior height decides who may be a
/// reference.
constexpr double intactRatio = 0.80;

} // namespace

bool isIntactByRatio(const BodyHeights& h) {
  return h.posterior > 0 && h.anterior >= intactRatio * h.posterior && h.middle >= intactRatio * h.posterior;
}

double HeightLoss::largest() const {
  return std::max({anterior, middle, posterior});
}

std::optional<HeightLoss> heightLoss(std::span<const std::optional<BodyHeights>> chain,
                                     std::span<const std::optional<Level>> levels, std::size_t at) {
  if (at >= chain.size() || !chain[at])
    return std::nullopt;
  const auto crossesNeck = [&](std::size_t other) {
    if (!levels[at] || !levels[other])
      return false;
    return (region(*levels[at]) == Region::Cervical) != (region(*levels[other]) == Region::Cervical);
  };
  HeightLoss out;
  for (const std::ptrdiff_t step : {-1, 1})
    for (std::ptrdiff_t k = std::ptrdiff_t(at) + step; k >= 0 && k < std::ptrdiff_t(chain.size());
         k += step) {
      const std::size_t n = std::size_t(k);
      if (crossesNeck(n) || levels[n] == Level::Sacrum)
        break;
      if (!chain[n] || !isIntactByRatio(*chain[n]))
        continue;
      out.from.push_back(n);
      out.reference.anterior += chain[n]->anterior;
      out.reference.middle += chain[n]->middle;
      out.reference.posterior += chain[n]->posterior;
      break;
    }
  if (out.from.empty())
    return std::nullopt;
  const double count = double(out.from.size());
  out.reference = {out.reference.anterior / count, out.reference.middle / count,
                   out.reference.posterior / count};
  const BodyHeights& h = *chain[at];
  out.anterior = 1 - h.anterior / out.reference.anterior;
  out.middle = 1 - h.middle / out.reference.middle;
  out.posterior = 1 - h.posterior / out.reference.posterior;
  return out;
}

int genantGrade(double loss) {
  return loss < 0.20 ? 0 : loss < 0.25 ? 1 : loss <= 0.40 ? 2 : 3;
}

std::string genantShape(const HeightLoss& loss) {
  // All three lost alike, or most behind: crush.
  const double least = std::min({loss.anterior, loss.middle, loss.posterior});
  if (loss.posterior >= loss.largest() || (least >= 0.20 && loss.largest() - loss.posterior < 0.10))
    return "crush";
  return loss.anterior >= loss.middle ? "wedge" : "biconcave";
}

DiscHeights discHeights(const DiscCorners& c) {
  const VectorLps upper = c.upperAnterior - c.upperPosterior, lower = c.lowerAnterior - c.lowerPosterior;
  const VectorLps bisector = normalized(normalized(upper) + normalized(lower));
  const VectorLps across =
      midpoint(c.upperAnterior, c.upperPosterior) - midpoint(c.lowerAnterior, c.lowerPosterior);
  DiscHeights d;
  d.perpendicular = normalized(across - bisector * dot(across, bisector));
  d.anterior = d.between(c.upperAnterior, c.lowerAnterior);
  d.posterior = d.between(c.upperPosterior, c.lowerPosterior);
  d.depth = length(upper);
  d.angleDeg = degrees(std::acos(std::clamp(dot(normalized(upper), normalized(lower)), -1.0, 1.0)));
  return d;
}

double discHeightIndex(double discHeight, double upperBodyHeight, double lowerBodyHeight) {
  return discHeight / ((upperBodyHeight + lowerBodyHeight) / 2);
}

Slip slip(PointLps upperInferiorPosterior, PointLps lowerSuperiorPosterior, PointLps lowerSuperiorAnterior) {
  const VectorLps plate = lowerSuperiorAnterior - lowerSuperiorPosterior;
  const double width = length(plate);
  const double mm = dot(upperInferiorPosterior - lowerSuperiorPosterior, plate) / width;
  return {mm, 100 * mm / width};
}

int meyerdingGrade(double percent) {
  const double p = std::abs(percent);
  return p <= 25 ? 1 : p <= 50 ? 2 : p <= 75 ? 3 : p <= 100 ? 4 : 5;
}

double cobbAngle(double upperTiltDeg, double lowerTiltDeg) {
  return std::abs(upperTiltDeg - lowerTiltDeg);
}

double axialRotationDeg(PointLps bodyCentre, PointLps dorsal, VectorLps left, VectorLps posterior) {
  const VectorLps back = dorsal - bodyCentre;
  return degrees(std::atan2(-dot(back, left), dot(back, posterior)));
}

double sacralSlopeDeg(const SacrumLine& s1) {
  const VectorLps d = s1.posterior - s1.anterior;
  return degrees(std::atan2(d.z, d.y));
}

double pelvicTiltDeg(const SacrumLine& s1, PointLps hipAxis) {
  const VectorLps d = midpoint(s1.anterior, s1.posterior) - hipAxis;
  return degrees(std::atan2(d.y, d.z));
}

double pelvicIncidenceDeg(const SacrumLine& s1, PointLps hipAxis) {
  return pelvicTiltDeg(s1, hipAxis) + sacralSlopeDeg(s1);
}

double t1SpinopelvicInclinationDeg(PointLps t1, PointLps hipAxis) {
  const VectorLps d = t1 - hipAxis;
  return degrees(std::atan2(-d.y, d.z));
}

double t1PelvicAngleDeg(const SacrumLine& s1, PointLps hipAxis, PointLps t1) {
  return pelvicTiltDeg(s1, hipAxis) + t1SpinopelvicInclinationDeg(t1, hipAxis);
}

double sagittalVerticalAxis(PointLps c7, const SacrumLine& s1) {
  return s1.posterior.y - c7.y;
}

} // namespace spondyl
