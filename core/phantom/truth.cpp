#include "core/anatomy/codes.h"
#include "core/geometry/units.h"
#include "core/phantom/description.h"

#include <algorithm>

namespace spondyl {

namespace {

double degrees(double radians) {
  return fromRadians(radians).value;
}

struct PlateAngles {
  double coronal =
      0; ///< of the line right to left corner in the patient's coronal plane, left end up positive
  double sagittal = 0; ///< of the line anterior to posterior corner, posterior end up positive
};
PlateAngles anglesOf(const BoneFrame& f, VectorLps left, VectorLps right, VectorLps anterior,
                     VectorLps posterior) {
  const VectorLps across = f.rotated(left - right), along = f.rotated(posterior - anterior);
  return {degrees(std::atan2(across.z, across.x)), degrees(std::atan2(along.z, along.y))};
}
PlateAngles upper(const PhantomVertebra& v) {
  const BodyCorners c = cornersOf(v.body);
  return anglesOf(v.frame, c.superiorLeft, c.superiorRight, c.superiorAnterior, c.superiorPosterior);
}
PlateAngles lower(const PhantomVertebra& v) {
  const BodyCorners c = cornersOf(v.body);
  return anglesOf(v.frame, c.inferiorLeft, c.inferiorRight, c.inferiorAnterior, c.inferiorPosterior);
}

bool asked(const SpineDescription& d, Level level) {
  return rank(level) >= rank(d.options.from) && rank(level) <= rank(d.options.to);
}

void addLandmarks(const SpineDescription& d, const PhantomVertebra& v, PhantomTruth& truth) {
  const std::string name = levelName(v.level);
  const auto add = [&](const std::string& id, VectorLps local) {
    truth.landmarks.push_back({name + "." + id, v.level, drawnAt(d, v.frame.toOuter(local))});
  };
  const BodyCorners c = cornersOf(v.body);
  if (v.level > Level::C2) {
    add("superior.anterior", c.superiorAnterior);
    add("superior.middle", c.superiorMiddle);
    add("superior.posterior", c.superiorPosterior);
    add("superior.left", c.superiorLeft);
    add("superior.right", c.superiorRight);
  }
  if (v.level != Level::C1) {
    add("inferior.anterior", c.inferiorAnterior);
    add("inferior.middle", c.inferiorMiddle);
    add("inferior.posterior", c.inferiorPosterior);
    add("inferior.left", c.inferiorLeft);
    add("inferior.right", c.inferiorRight);
  }
  add("centre", {});
  if (v.level > Level::C2) {
    const VectorLps pedicle = pedicleCentre(v);
    add("pedicle.left", pedicle);
    add("pedicle.right", {-pedicle.x, pedicle.y, pedicle.z});
    if (!v.laminectomy)
      add("spinous", spinousTip(v));
  }
}

void measureHeights(const SpineDescription& d, PhantomTruth& truth) {
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n) {
    const PhantomVertebra& v = d.vertebrae[n];
    PhantomLevelTruth t;
    t.level = v.level;
    t.label = labelOf(v.level);
    t.centre = drawnAt(d, v.frame.origin);
    t.rotationDeg = degrees(std::atan2(-v.frame.y.x, v.frame.y.y));
    t.width = v.body.width;
    if (v.level > Level::C2) {
      const BodyCorners c = cornersOf(v.body);
      t.heightAnterior = length(c.superiorAnterior - c.inferiorAnterior);
      t.heightMiddle = length(c.superiorMiddle - c.inferiorMiddle);
      t.heightPosterior = length(c.superiorPosterior - c.inferiorPosterior);
      t.depth = (length(c.superiorAnterior - c.superiorPosterior) +
                 length(c.inferiorAnterior - c.inferiorPosterior)) /
                2;
    }
    if (v.fractured)
      t.fracture = v.fracture;
    if (v.level != Level::C1) {
      const bool lowest = n + 1 == d.vertebrae.size();
      const BoneFrame& base = lowest ? d.sacrum : d.vertebrae[n + 1].frame;
      const BodyCorners b = cornersOf(lowest ? d.sacralBody : d.vertebrae[n + 1].body);
      const PointLps front = base.toOuter(b.superiorAnterior), back = base.toOuter(b.superiorPosterior);
      const PointLps corner = v.frame.toOuter(cornersOf(v.body).inferiorPosterior);
      t.slipMm = dot(corner - back, normalized(front - back));
      t.slipPercent = 100 * t.slipMm / distance(front, back);
    }
    truth.levels.push_back(t);
  }
}

void measureLosses(const SpineDescription& d, PhantomTruth& truth) {
  for (std::size_t n = 2; n < truth.levels.size(); ++n) {
    PhantomLevelTruth& t = truth.levels[n];
    double a = 0, m = 0, p = 0;
    int count = 0;
    for (const std::ptrdiff_t step : {-1, 1})
      for (std::ptrdiff_t k = std::ptrdiff_t(n) + step; k >= 2 && k < std::ptrdiff_t(truth.levels.size());
           k += step) {
        const PhantomLevelTruth& other = truth.levels[std::size_t(k)];
        if ((other.level <= Level::C7) != (t.level <= Level::C7))
          break;
        if (d.vertebrae[std::size_t(k)].fractured)
          continue;
        a += other.heightAnterior;
        m += other.heightMiddle;
        p += other.heightPosterior;
        ++count;
        break;
      }
    if (!count)
      continue;
    t.lossAnterior = 100 * (1 - t.heightAnterior * count / a);
    t.lossMiddle = 100 * (1 - t.heightMiddle * count / m);
    t.lossPosterior = 100 * (1 - t.heightPosterior * count / p);
  }
}

void measureCobb(const SpineDescription& d, PhantomTruth& truth) {
  std::vector<const PhantomVertebra*> part;
  for (const PhantomVertebra& v : d.vertebrae)
    if (v.level >= Level::C3 && asked(d, v.level) && v.level > Level::C7)
      part.push_back(&v);
  if (part.size() < 3) {
    part.clear();
    for (const PhantomVertebra& v : d.vertebrae)
      if (v.level > Level::C7)
        part.push_back(&v);
  }
  truth.cobbDeg = -1;
  for (std::size_t u = 0; u < part.size(); ++u)
    for (std::size_t l = u + 1; l < part.size(); ++l) {
      const double angle = std::abs(upper(*part[u]).coronal - lower(*part[l]).coronal);
      if (angle <= truth.cobbDeg)
        continue;
      truth.cobbDeg = angle;
      truth.cobbUpper = part[u]->level;
      truth.cobbLower = part[l]->level;
    }
}

} // namespace

PhantomTruth measureTruth(const SpineDescription& d) {
  PhantomTruth truth;
  for (const PhantomVertebra& v : d.vertebrae)
    if (asked(d, v.level))
      addLandmarks(d, v, truth);
  const BodyCorners s1 = cornersOf(d.sacralBody);
  const PointLps front = d.sacrum.toOuter(s1.superiorAnterior), back = d.sacrum.toOuter(s1.superiorPosterior);
  if (rank(d.options.to) >= rank(Level::Sacrum)) {
    truth.landmarks.push_back({"S1.endplate.anterior", Level::Sacrum, drawnAt(d, front)});
    truth.landmarks.push_back({"S1.endplate.posterior", Level::Sacrum, drawnAt(d, back)});
    truth.landmarks.push_back(
        {"hip.left", std::nullopt, drawnAt(d, d.hipAxis.toOuter({d.hipHalfSpan, 0, 0}))});
    truth.landmarks.push_back(
        {"hip.right", std::nullopt, drawnAt(d, d.hipAxis.toOuter({-d.hipHalfSpan, 0, 0}))});
  }
  measureHeights(d, truth);
  measureLosses(d, truth);
  std::erase_if(truth.levels, [&](const PhantomLevelTruth& t) { return !asked(d, t.level); });
  measureCobb(d, truth);

  const double slope = degrees(std::atan2((back - front).z, (back - front).y));
  const PhantomVertebra* l1 = d.find(Level::L1);
  truth.lordosisL1S1Deg = slope - upper(*l1).sagittal;
  const PhantomVertebra* last = d.find(d.find(Level::T12) ? Level::T12 : Level::T11);
  truth.kyphosisT4T12Deg = upper(*d.find(Level::T4)).sagittal - lower(*last).sagittal;
  const VectorLps toHips = d.hipAxis.origin - midpoint(front, back);
  truth.sacralSlopeDeg = slope;
  truth.pelvicTiltDeg = degrees(std::atan2(-toHips.y, -toHips.z));
  truth.pelvicIncidenceDeg = degrees(std::acos(std::clamp(dot(normalized(toHips), -d.sacrum.z), -1.0, 1.0)));
  return truth;
}

} // namespace spondyl
