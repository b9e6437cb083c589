#include "core/phantom/description.h"

#include "core/phantom/random.h"
#include "core/phantom/spine_plan.h"

#include <algorithm>
#include <set>

namespace spondyl {

std::vector<Level> levelsOf(AnatomyVariant variant) {
  std::vector<Level> levels;
  for (const Level level : allLevels()) {
    if (level == Level::Sacrum || level == Level::Coccyx)
      continue;
    if (level == Level::T13 && variant != AnatomyVariant::T13)
      continue;
    if (level == Level::T12 && variant == AnatomyVariant::T11)
      continue;
    if (level == Level::L6 && variant != AnatomyVariant::L6)
      continue;
    if (level == Level::L5 && variant == AnatomyVariant::L4)
      continue;
    levels.push_back(level);
  }
  return levels;
}

const PhantomVertebra* SpineDescription::find(Level level) const {
  const auto it = std::find_if(vertebrae.begin(), vertebrae.end(),
                               [&](const PhantomVertebra& v) { return v.level == level; });
  return it == vertebrae.end() ? nullptr : &*it;
}

namespace {

Error usage(std::string what) {
  return fail(ErrorCode::Usage, {std::move(what), ""}, "describeSpine");
}

Status checkOptions(const PhantomOptions& o, const std::vector<Level>& levels) {
  const auto present = [&](Level level) {
    return std::find(levels.begin(), levels.end(), level) != levels.end();
  };
  std::set<Level> seen;
  for (const FractureRequest& f : o.fractures) {
    if (!present(f.level) || rank(f.level) < rank(Level::C3))
      return usage("fracture of " + levelName(f.level));
    if (!(f.percent >= 0 && f.percent <= 90))
      return usage("fracture percent " + std::to_string(f.percent));
    if (!seen.insert(f.level).second)
      return usage("two fractures of " + levelName(f.level));
  }
  seen.clear();
  for (const SlipRequest& s : o.slips) {
    if (!present(s.level) || rank(s.level) < rank(Level::C2))
      return usage("slip of " + levelName(s.level));
    if (!(std::abs(s.percent) <= 100))
      return usage("slip percent " + std::to_string(s.percent));
    if (!seen.insert(s.level).second)
      return usage("two slips of " + levelName(s.level));
  }
  if (rank(o.from) > rank(o.to))
    return usage("levels from " + levelName(o.from) + " to " + levelName(o.to));
  if (o.scoliosisDeg && std::abs(*o.scoliosisDeg) > 90)
    return usage("scoliosis " + std::to_string(*o.scoliosisDeg));
  if (o.kyphosisDeg && (*o.kyphosisDeg < 0 || *o.kyphosisDeg > 100))
    return usage("kyphosis " + std::to_string(*o.kyphosisDeg));
  if (!(o.spacingMm > 0.1 && o.spacingMm <= 20))
    return usage("spacing " + std::to_string(o.spacingMm));
  if (std::abs(o.gantryTiltDeg) > 40)
    return usage("tilt " + std::to_string(o.gantryTiltDeg));
  return {};
}

/// Finds the scale at which `measure` gives `wanted`: secant steps, the function is close to linear.
template <class Measure>
double solveScale(double first, double wanted, Measure measure) {
  double a = 0, fa = measure(a) - wanted, b = first, fb = measure(b) - wanted;
  for (int n = 0; n < 40 && std::abs(fb) > 1e-4 && fb != fa; ++n) {
    const double next =
        b - std::clamp(fb * (b - a) / (fb - fa), -2.0 * std::abs(first), 2.0 * std::abs(first));
    a = b;
    fa = fb;
    b = next;
    fb = measure(b) - wanted;
  }
  return b;
}

void drawVertebra(PhantomVertebra& v, const SpineDescription& d, Random& random) {
  const PhantomOptions& o = d.options;
  const double spread = o.variation ? 1 : 0;
  VertebraSizes s = usualSizes(v.position);
  const auto vary = [&](double& value, double deviation) {
    value *= d.size * (1 + spread * random.normal(0, deviation));
  };
  vary(s.width, .02);
  vary(s.depth, .02);
  vary(s.height, .015);
  vary(s.canalHalfWidth, .04);
  vary(s.canalHalfDepth, .04);
  vary(s.pedicleHalfWidth, .06);
  vary(s.pedicleHalfHeight, .04);
  vary(s.spinousLength, .08);
  vary(s.transverseHalfSpan, .04);
  s.discBelow *= d.size * (1 + spread * random.uniform(-.1, .1));
  s.spinousDropDeg += spread * random.normal(0, 4);
  const double wear =
      o.pathology ? std::clamp(d.age + random.normal(0, .25), 0.0, 1.0) : 0.3 * spread * random.uniform();
  if (o.pathology)
    s.discBelow *= random.uniform(.8, 1.2);
  if (o.pathology && random.chance(.35 * (.3 + d.age))) {
    s.discBelow *= random.uniform(.25, .75);
    v.nucleus = random.uniform(0, .4);
  } else {
    v.nucleus = 1 - wear * random.uniform(.5, 1);
  }
  v.sizes = s;
  v.wear = wear;
  v.sacralised = o.pathology && v.position > 22.9 && random.chance(.05);
  v.discBulge = spread * random.uniform(0, 1.2) + (o.pathology && wear > .6 ? random.uniform(0, 3) : 0);
  v.body.width = s.width;
  v.body.depth = s.depth;
  v.body.backWall = spread > 0 ? random.uniform(.78, .95) : .88;
  v.body.squareness = v.level <= Level::C7 ? .55 : (spread > 0 ? random.uniform(.08, .5) : .25);
  v.body.waist = spread > 0 ? random.uniform(.06, .16) : .1;
  v.body.osteophyte = o.pathology && random.chance(wear * .7) ? random.uniform(.5, 4.0) : spread * .3;
  v.body.uncus = v.level >= Level::C3 && v.level <= Level::C7 ? 3.5 * d.size : 0;
  v.laminectomy = o.pathology && random.chance(.012);
  const bool lumbar = region(v.level) == Region::Lumbar, thoracic = region(v.level) == Region::Thoracic;
  for (double& rib : v.ribLength)
    rib = thoracic ? 1 : 0;
  if (v.level == Level::T13)
    for (double& rib : v.ribLength)
      rib = random.uniform(.3, .9);
  if (o.variant == AnatomyVariant::CervicalRib && v.level == Level::C7) {
    v.ribLength[0] = random.uniform(.3, 1);
    v.ribLength[1] = o.pathology && random.chance(.4) ? 0 : random.uniform(.3, 1);
  }
  if (lumbar && v.position < 19.5 && o.pathology && random.chance(.04)) {
    v.ribLength[random.below(2)] = random.uniform(.15, .5);
    if (random.chance(.6))
      v.ribLength[0] = v.ribLength[1] = random.uniform(.15, .5);
  }
}

double positionOf(Level level, int thoracicCount, int lumbarCount) {
  const int n = static_cast<int>(level);
  switch (region(level)) {
  case Region::Cervical:
    return n - 1;
  case Region::Thoracic:
    return 7 + 11.0 * ((level == Level::T13 ? 13 : n - 7) - 1) / (thoracicCount - 1);
  default:
    return 19 + 4.0 * (n - 20) / (lumbarCount - 1);
  }
}

} // namespace

Result<SpineDescription> describeSpine(const PhantomOptions& asked) {
  SpineDescription d;
  d.options = asked;
  d.seed = asked.seed;
  PhantomOptions& o = d.options;
  Random random(asked.seed, 1);
  const double spread = o.variation ? 1 : 0;
  if (o.pathology && o.variant == AnatomyVariant::None) {
    const double u = random.uniform();
    o.variant = u < .05   ? AnatomyVariant::L6
                : u < .08 ? AnatomyVariant::L4
                : u < .11 ? AnatomyVariant::T11
                : u < .14 ? AnatomyVariant::T13
                : u < .16 ? AnatomyVariant::CervicalRib
                          : AnatomyVariant::None;
  }
  const std::vector<Level> levels = levelsOf(o.variant);
  SPONDYL_CHECK(checkOptions(o, levels));

  d.size = 1 + spread * std::clamp(random.normal(0, o.pathology ? .09 : .04), -.25, .25);
  if (o.pathology && random.chance(.06))
    d.size *= .75;
  d.age = spread > 0 ? random.uniform() : .35;
  d.habitus = spread > 0 ? random.uniform(.6, o.pathology ? 2.2 : 1.4) : 1;
  const auto count = [&](Region r) {
    return int(std::count_if(levels.begin(), levels.end(), [&](Level l) { return region(l) == r; }));
  };
  for (const Level level : levels) {
    PhantomVertebra v;
    v.level = level;
    v.position = positionOf(level, count(Region::Thoracic), count(Region::Lumbar));
    Random own(asked.seed, 1000 + std::uint64_t(level));
    drawVertebra(v, d, own);
    d.vertebrae.push_back(v);
  }

  if (o.pathology && random.chance(.06)) {
    const int first = 9 + random.below(8), length = 3 + random.below(6);
    for (int n = first; n < std::min(first + length, int(d.vertebrae.size())); ++n)
      d.vertebrae[std::size_t(n)].bridging = true;
  }
  SpinePlan plan = drawPlan(d, random);
  double coronalScale = 1, kyphosisScale = 1;
  // The two angles hardly depend on each other: a few rounds settle both.
  for (int round = 0; round < 4; ++round) {
    if (o.kyphosisDeg)
      kyphosisScale = solveScale(1, *o.kyphosisDeg, [&](double scale) {
        realisePlan(d, plan, coronalScale, scale);
        return measureTruth(d).kyphosisT4T12Deg.value_or(*o.kyphosisDeg);
      });
    if (o.scoliosisDeg && *o.scoliosisDeg != 0)
      coronalScale = solveScale(1, std::abs(*o.scoliosisDeg), [&](double scale) {
        realisePlan(d, plan, scale, kyphosisScale);
        return measureTruth(d).cobbDeg;
      });
  }
  realisePlan(d, plan, coronalScale, kyphosisScale);
  d.truth = measureTruth(d);
  return d;
}

} // namespace spondyl
