#include "core/phantom/spine_plan.h"

#include "core/geometry/units.h"

#include <algorithm>

namespace spondyl {

namespace {

double radians(double degrees) {
  return toRadians(Deg(degrees));
}

void spread(std::vector<double>& into, const SpineDescription& d, double low, double high, double total,
            auto weightOf) {
  double sum = 0;
  for (const PhantomVertebra& v : d.vertebrae)
    if (v.position >= low && v.position <= high)
      sum += weightOf(v.position);
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n) {
    const double p = d.vertebrae[n].position;
    if (p >= low && p <= high)
      into[n] += total * weightOf(p) / sum;
  }
}

/// First and last index of the vertebrae in which an asked curve shall be measurable.
std::pair<std::size_t, std::size_t> curveRange(const SpineDescription& d) {
  std::size_t first = d.vertebrae.size(), last = 0;
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n) {
    const Level level = d.vertebrae[n].level;
    if (rank(level) < std::max(rank(d.options.from), rank(Level::T1)) || rank(level) > rank(d.options.to))
      continue;
    first = std::min(first, n);
    last = n;
  }
  if (first >= last || last - first < 2)
    return {7, d.vertebrae.size() - 1};
  return {first, last};
}

void drawFractures(SpinePlan& plan, const SpineDescription& d, Random& random) {
  for (std::size_t n = 0; n < d.vertebrae.size(); ++n)
    for (const FractureRequest& f : d.options.fractures)
      if (f.level == d.vertebrae[n].level)
        plan.fractures.push_back({n, f.shape, f.percent / 100, .75});
  if (!d.options.pathology || !d.options.fractures.empty())
    return;
  const double rate = random.chance(.15) ? .35 : .02;
  for (std::size_t n = 2; n < d.vertebrae.size(); ++n) {
    if (!random.chance(d.vertebrae[n].level <= Level::C7 ? rate * .2 : rate))
      continue;
    const int kind = random.below(3);
    const double loss = kind == 0   ? random.uniform(.2, .55)
                        : kind == 1 ? random.uniform(.2, .5)
                                    : random.uniform(.35, .7);
    plan.fractures.push_back({n, FractureShape(kind), loss, random.uniform(.3, 1)});
  }
}

void drawCoronal(SpinePlan& plan, const SpineDescription& d, Random& random) {
  const PhantomOptions& o = d.options;
  if (o.scoliosisDeg) {
    const auto [first, last] = curveRange(d);
    const double count = double(last - first + 1);
    plan.coronalLength = std::min(16.0, count);
    plan.coronalApex =
        count > 12 ? double(first) + std::min(7.0, count / 2) : (double(first) + double(last)) / 2;
    plan.coronalAmplitudeDeg = *o.scoliosisDeg / 2;
  } else if (o.pathology) {
    const double u = random.uniform(-1, 1);
    plan.coronalAmplitudeDeg = random.chance(.2) ? random.uniform(-35, 35) : 18 * u * u * u;
    plan.coronalLength = 2 * random.uniform(6, 14);
    plan.coronalApex = random.uniform(9, 22);
  }
  const double deviation = o.scoliosisDeg ? 0 : o.pathology ? 1.2 : o.variation ? .3 : 0;
  for (double& noise : plan.coronalNoise)
    noise = deviation * random.normal();
}

/// Coronal tilt at a place of the chain, radians; raises the left end.
double tiltAt(const SpinePlan& p, double index, double scale) {
  const double u = (index - p.coronalApex) / p.coronalLength;
  if (std::abs(u) >= .5)
    return 0;
  return radians(p.coronalAmplitudeDeg * scale) * std::sin(2 * std::numbers::pi * u);
}
double twistAt(const SpinePlan& p, double index, double scale) {
  const double u = (index - p.coronalApex) / p.coronalLength;
  if (std::abs(u) >= .5)
    return 0;
  return -.35 * radians(p.coronalAmplitudeDeg * scale) * (1 + std::cos(2 * std::numbers::pi * u)) / 2;
}

void setPlates(BodyShape& body, double anterior, double middle, double posterior) {
  body.top = {anterior / 2, middle / 2, posterior / 2, 0};
  body.bottom = {-anterior / 2, -middle / 2, -posterior / 2, 0};
}

struct Heights {
  double anterior, middle, posterior;
};
Heights heightsOf(const BodyShape& b) {
  return {b.top.anterior - b.bottom.anterior, b.top.middle - b.bottom.middle,
          b.top.posterior - b.bottom.posterior};
}

void applyFracture(SpineDescription& d, const PlannedFracture& f, const std::vector<Heights>& intact) {
  PhantomVertebra& v = d.vertebrae[f.vertebra];
  const Heights own = intact[f.vertebra];
  // The reference of Genant's loss: the same height of the nearest intact levels above and below.
  Heights sum{0, 0, 0};
  int count = 0;
  const auto tryAdd = [&](std::ptrdiff_t step) {
    for (std::ptrdiff_t n = std::ptrdiff_t(f.vertebra) + step;
         n >= 2 && n < std::ptrdiff_t(d.vertebrae.size()); n += step) {
      const PhantomVertebra& other = d.vertebrae[std::size_t(n)];
      if ((other.level <= Level::C7) != (v.level <= Level::C7))
        return;
      if (other.fractured)
        continue;
      const Heights h = intact[std::size_t(n)];
      sum = {sum.anterior + h.anterior, sum.middle + h.middle, sum.posterior + h.posterior};
      ++count;
      return;
    }
  };
  tryAdd(-1);
  tryAdd(1);
  const Heights ref = count ? Heights{sum.anterior / count, sum.middle / count, sum.posterior / count} : own;
  Heights h = own;
  const double p = f.loss;
  switch (f.shape) {
  case FractureShape::Wedge:
    h = {(1 - p) * ref.anterior, (1 - .6 * p) * ref.middle, own.posterior};
    break;
  case FractureShape::Biconcave:
    h = {(1 - .3 * p) * ref.anterior, (1 - p) * ref.middle, (1 - .15 * p) * ref.posterior};
    break;
  case FractureShape::Crush:
    h = {(1 - p) * ref.anterior, (1 - p) * ref.middle, (1 - p) * ref.posterior};
    break;
  }
  const double up = f.shape == FractureShape::Biconcave ? .5 : f.upperShare;
  EndPlate &t = v.body.top, &b = v.body.bottom;
  const auto split = [&](double& top, double& bottom, double height) {
    const double lost = (top - bottom) - height;
    top -= lost * up;
    bottom += lost * (1 - up);
  };
  split(t.anterior, b.anterior, h.anterior);
  split(t.middle, b.middle, h.middle);
  split(t.posterior, b.posterior, h.posterior);
  // A broken body is wider: its rim is pushed out.
  v.body.osteophyte = std::max(v.body.osteophyte, 3 * p);
  const double middle = (t.anterior + t.posterior + b.anterior + b.posterior) / 4;
  for (EndPlate* plate : {&t, &b}) {
    plate->anterior -= middle;
    plate->middle -= middle;
    plate->posterior -= middle;
  }
}

void placePelvis(SpineDescription& d, const SpinePlan& plan) {
  const double tilt = radians(plan.pelvicTiltDeg), reach = 108 * d.size;
  d.hipAxis = BoneFrame{};
  d.hipAxis.origin = PointLps{0, -reach * std::sin(tilt), -reach * std::cos(tilt)};
  d.hipHalfSpan = 88 * d.size;
  d.femoralHeadRadius = 23.5 * d.size;
}

} // namespace

SpinePlan drawPlan(SpineDescription& d, Random& random) {
  const PhantomOptions& o = d.options;
  const std::size_t count = d.vertebrae.size();
  const double wide = o.pathology ? 1 : 0, some = o.variation ? 1 : 0;
  const auto range = [&](double usual, double normal, double extreme) {
    return usual + some * random.uniform(-1, 1) * (normal + wide * (extreme - normal));
  };
  SpinePlan plan;
  plan.sacralSlopeDeg = range(37, 7, 15);
  if (o.pathology && random.chance(.15))
    plan.sacralSlopeDeg = random.uniform(5, 65);
  plan.pelvicTiltDeg = range(13, 5, 12);
  const double lordosis = plan.sacralSlopeDeg * range(1.25, .1, .2);
  // A patient who fits a scanner: the first thoracic vertebra leans forward by some 8 to 46 degrees.
  const double upright = lordosis - plan.sacralSlopeDeg;
  const double kyphosis = std::clamp(range(40, 10, 22), upright + 8, upright + 46);
  // The neck brings the head upright again, whatever is below it.
  const double t1Slope = plan.sacralSlopeDeg - lordosis + kyphosis;
  const double cervical = std::clamp(t1Slope - range(14, 5, 14), -15.0, 42.0);
  plan.lordotic.assign(count, 0);
  plan.kyphotic.assign(count, 0);
  spread(plan.lordotic, d, 18, 30, lordosis,
         [](double p) { return p < 18.5 ? .06 : .07 + .0575 * (p - 18.6); });
  spread(plan.kyphotic, d, 6.5, 18.2, -kyphosis,
         [](double p) { return .25 + std::sin((p - 6.5) / 11.9 * std::numbers::pi); });
  spread(plan.lordotic, d, .5, 6.2, cervical, [](double) { return 1.0; });
  plan.sagittalNoise.assign(count, 0);
  plan.coronalNoise.assign(count, 0);
  plan.slipPercent.assign(count, 0);
  plan.concavity.assign(count, 0);
  for (std::size_t n = 0; n < count; ++n) {
    plan.sagittalNoise[n] = some * random.normal(0, .4 + 1.1 * wide);
    plan.concavity[n] = d.vertebrae[n].level <= Level::C7 ? .08 : range(.1, .03, .06);
    if (o.pathology && random.chance(.02))
      plan.slipPercent[n] = random.uniform(-10, 30);
    for (const SlipRequest& s : o.slips)
      if (s.level == d.vertebrae[n].level)
        plan.slipPercent[n] = s.percent;
  }
  drawFractures(plan, d, random);
  drawCoronal(plan, d, random);
  d.sacralCurveDeg = range(60, 12, 25);
  BodyShape& s1 = d.sacralBody;
  const VertebraSizes& last = d.vertebrae.back().sizes;
  s1.width = last.width * range(1.0, .02, .06);
  s1.depth = last.depth * range(.94, .02, .05);
  s1.backWall = .8;
  s1.squareness = .2;
  s1.waist = .05;
  s1.taper = .26;
  const double height = 30 * d.size;
  s1.top = {0, -1.5 * d.size, 0, 0};
  s1.bottom = {-height, -height, -height * .85, 0};
  if (o.warp) {
    d.warpAmplitude = random.uniform(.6, 2.2);
    d.warpCell = random.uniform(14, 30);
  }
  // The asked pose turns about the S1 end plate.
  const VectorLps turn = o.poseRotationDeg;
  d.pose = BoneFrame{}.twisted(radians(turn.z)).rolled(radians(turn.y)).pitched(radians(turn.x));
  return plan;
}

void realisePlan(SpineDescription& d, const SpinePlan& plan, double coronalScale, double kyphosisScale) {
  const std::size_t count = d.vertebrae.size();
  std::vector<DiscAngles> discs(count);
  std::vector<Heights> intact(count);
  for (std::size_t n = 0; n < count; ++n) {
    PhantomVertebra& v = d.vertebrae[n];
    const double total = plan.lordotic[n] + kyphosisScale * plan.kyphotic[n];
    const double bodyShare = v.level <= Level::C7                  ? .15
                             : region(v.level) == Region::Thoracic ? .6
                                                                   : (v.position - 18) * .075;
    const double wedge = radians(total * bodyShare);
    const double half = v.body.depth * std::tan(wedge / 2);
    const double h = v.sizes.height;
    setPlates(v.body, h + half, h * (1 - plan.concavity[n]), h - half);
    v.fractured = false;
    intact[n] = heightsOf(v.body);
    const double i = double(n), end = .33;
    const double bodyRoll = tiltAt(plan, i - end, coronalScale) - tiltAt(plan, i + end, coronalScale);
    v.body.top.lateralSlope = std::tan(bodyRoll / 2);
    v.body.bottom.lateralSlope = -std::tan(bodyRoll / 2);
    discs[n].pitch = -radians(total * (1 - bodyShare) + plan.sagittalNoise[n]);
    discs[n].roll = tiltAt(plan, i + end, coronalScale) - tiltAt(plan, i + 1 - end, coronalScale) +
                    radians(plan.coronalNoise[n]);
    discs[n].twist = twistAt(plan, i, coronalScale) - twistAt(plan, i + 1, coronalScale);
    discs[n].slipPercent = plan.slipPercent[n];
  }
  for (const PlannedFracture& f : plan.fractures) {
    d.vertebrae[f.vertebra].fractured = f.loss > 0;
    d.vertebrae[f.vertebra].fracture = f.shape;
  }
  for (const PlannedFracture& f : plan.fractures)
    if (f.loss > 0)
      applyFracture(d, f, intact);
  d.sacrum = BoneFrame{}.pitched(radians(plan.sacralSlopeDeg));
  placePelvis(d, plan);
  buildChain(d, discs);
}

} // namespace spondyl
