#include "core/phantom/description.h"
#include "core/phantom/warp.h"

#include <algorithm>

namespace spondyl {

BodyCorners cornersOf(const BodyShape& b) {
  const double half = b.depth / 2, side = b.halfWidth(), y = b.ellipseCentreY();
  return {{0, -half, b.topZ(0, -half)},   {0, 0, b.topZ(0, 0)},          {0, half, b.topZ(0, half)},
          {side, y, b.topZ(side, y)},     {-side, y, b.topZ(-side, y)},  {0, -half, b.bottomZ(0, -half)},
          {0, 0, b.bottomZ(0, 0)},        {0, half, b.bottomZ(0, half)}, {side, y, b.bottomZ(side, y)},
          {-side, y, b.bottomZ(-side, y)}};
}

namespace {

double chordPitch(const EndPlate& plate, double depth) {
  return std::atan((plate.posterior - plate.anterior) / depth);
}
double chordMiddle(const EndPlate& plate) {
  return (plate.posterior + plate.anterior) / 2;
}

} // namespace

void buildChain(SpineDescription& d, const std::vector<DiscAngles>& discs) {
  BoneFrame below = d.sacrum; // on the upper end plate of the level below: origin its middle, y along it
  PointLps belowAnterior = d.sacrum.toOuter(cornersOf(d.sacralBody).superiorAnterior);
  PointLps belowPosterior = d.sacrum.toOuter(cornersOf(d.sacralBody).superiorPosterior);
  for (std::size_t n = d.vertebrae.size(); n-- > 0;) {
    PhantomVertebra& v = d.vertebrae[n];
    const DiscAngles& disc = discs[n];
    if (v.level == Level::C1) {
      // The ring sits round the dens of the axis, whose body has no end plate above.
      const PhantomVertebra& axis = d.vertebrae[n + 1];
      v.frame = axis.frame.pitched(disc.pitch)
                    .at(axis.frame.toOuter({0, -axis.body.depth * .08, axis.body.top.anterior + 8 * d.size}));
      continue;
    }
    const BodyShape& body = v.body;
    const BoneFrame bottom = below.twisted(disc.twist).pitched(disc.pitch).rolled(disc.roll);
    v.frame =
        bottom.rolled(-std::atan(body.bottom.lateralSlope)).pitched(-chordPitch(body.bottom, body.depth));
    const PointLps middle = below.origin + normalized(below.z + bottom.z) * v.sizes.discBelow;
    v.frame.origin = middle - v.frame.rotated({0, 0, chordMiddle(body.bottom)});
    // Slip: the foot of the posterior-inferior corner on the line of the end plate below, from its posterior
    // corner.
    const VectorLps forward = normalized(belowAnterior - belowPosterior);
    const double length = distance(belowAnterior, belowPosterior);
    const double now = dot(v.frame.toOuter(cornersOf(body).inferiorPosterior) - belowPosterior, forward);
    v.frame.origin = v.frame.origin + forward * (length * disc.slipPercent / 100 - now);
    belowAnterior = v.frame.toOuter(cornersOf(body).superiorAnterior);
    belowPosterior = v.frame.toOuter(cornersOf(body).superiorPosterior);
    below = v.frame.pitched(chordPitch(body.top, body.depth)).rolled(std::atan(body.top.lateralSlope));
    below.origin = v.frame.toOuter({0, 0, chordMiddle(body.top)});
  }
}

PointLps drawnAt(const SpineDescription& d, PointLps patient) {
  return d.pose.toOuter(Warp(d.seed, d.warpAmplitude, d.warpCell).drawn(patient) - PointLps{});
}

Result<Grid> defaultGrid(const SpineDescription& d, double spacing, double margin) {
  PointLps low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
  const auto add = [&](PointLps patient, double r) {
    const PointLps p = drawnAt(d, patient);
    low = {std::min(low.x, p.x - r), std::min(low.y, p.y - r), std::min(low.z, p.z - r)};
    high = {std::max(high.x, p.x + r), std::max(high.y, p.y + r), std::max(high.z, p.z + r)};
  };
  for (const PhantomVertebra& v : d.vertebrae) {
    if (rank(v.level) < rank(d.options.from) || rank(v.level) > rank(d.options.to))
      continue;
    const double reach = v.sizes.height / 2 + 4;
    add(v.frame.origin, reach);
    add(v.frame.toOuter({v.sizes.transverseHalfSpan, v.body.depth / 2 + 25, 0}), 2);
    add(v.frame.toOuter({-v.sizes.transverseHalfSpan, v.body.depth / 2 + 25, 0}), 2);
    add(v.frame.toOuter({0, v.body.depth / 2 + 2 * v.sizes.canalHalfDepth + v.sizes.spinousLength, 0}), 4);
  }
  if (rank(d.options.to) >= rank(Level::Sacrum)) {
    for (const double side : {-1.0, 1.0})
      add(d.hipAxis.toOuter({side * d.hipHalfSpan, 0, 0}), d.femoralHeadRadius + 4);
    add(d.sacrum.toOuter({0, 20, -100 * d.size}), 10);
    add(d.sacrum.origin, 10);
  }
  const VectorLps extent = (high - low) + VectorLps{2 * margin, 2 * margin, margin};
  const GridSize size{int(std::ceil(extent.x / spacing)), int(std::ceil(extent.y / spacing)),
                      int(std::ceil(extent.z / spacing))};
  const PointLps origin = low - VectorLps{margin, margin, margin / 2};
  // A tilted gantry shears the stack: the table still moves along z while the slices lean in y.
  const double tilt = d.options.gantryTiltDeg * std::numbers::pi / 180;
  const VectorLps row{0, spacing * std::cos(tilt), spacing * std::sin(tilt)};
  const PointLps start = origin - VectorLps{0, 0, extent.y / 2 * std::sin(tilt)};
  return Grid::create(size, start, {spacing, 0, 0}, row, {0, 0, spacing});
}

} // namespace spondyl
