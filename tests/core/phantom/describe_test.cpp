#include "tests/core/phantom/phantom_fixture.h"

#include "core/phantom/truth_json.h"

using namespace spondyl;

namespace {

/// Angle of the line right to left corner of an end plate in the coronal plane, from the landmarks alone.
double coronalTilt(const SpineDescription& d, Level level, const char* plate) {
  const std::string name = levelName(level) + "." + plate;
  const VectorLps v = landmark(d, name + ".left") - landmark(d, name + ".right");
  return std::atan2(v.z, v.x) * 180 / std::numbers::pi;
}
double sagittalTilt(const SpineDescription& d, const std::string& anterior, const std::string& posterior) {
  const VectorLps v = landmark(d, posterior) - landmark(d, anterior);
  return std::atan2(v.z, v.y) * 180 / std::numbers::pi;
}

} // namespace

TEST_CASE("the asked Cobb angle is what the end plates' corners measure, to either side") {
  for (const double asked : {12.0, 25.0, 48.0, -33.0}) {
    PhantomOptions o;
    o.scoliosisDeg = asked;
    const SpineDescription d = described(o);
    double largest = 0;
    const auto levels = levelsOf(o.variant);
    for (std::size_t u = 7; u < levels.size(); ++u)
      for (std::size_t l = u + 1; l < levels.size(); ++l)
        largest = std::max(
            largest, std::abs(coronalTilt(d, levels[u], "superior") - coronalTilt(d, levels[l], "inferior")));
    CHECK(largest == Approx(std::abs(asked)).margin(0.5));
    CHECK(d.truth.cobbDeg == Approx(std::abs(asked)).margin(0.01));
    // Convex to the asked side: the apex lies there (right is -x).
    double apex = 0;
    for (const PhantomVertebra& v : d.vertebrae)
      if (v.level > Level::C7 && std::abs(v.frame.origin.x) > std::abs(apex))
        apex = v.frame.origin.x;
    CHECK(apex * asked < 0);
  }
}

TEST_CASE("a curve asked of a part of the spine lies in that part") {
  PhantomOptions o;
  o.from = Level::T10;
  o.scoliosisDeg = 20;
  const SpineDescription d = described(o);
  CHECK(d.truth.cobbDeg == Approx(20).margin(0.01));
  CHECK(rank(d.truth.cobbUpper) >= rank(Level::T10));
}

TEST_CASE("the asked kyphosis is what T4 and T12 measure") {
  for (const double asked : {20.0, 45.0, 70.0}) {
    PhantomOptions o;
    o.kyphosisDeg = asked;
    const SpineDescription d = described(o);
    const double measured = sagittalTilt(d, "T4.superior.anterior", "T4.superior.posterior") -
                            sagittalTilt(d, "T12.inferior.anterior", "T12.inferior.posterior");
    CHECK(measured == Approx(asked).margin(0.05));
    CHECK(*d.truth.kyphosisT4T12Deg == Approx(measured).margin(1e-6));
  }
}

TEST_CASE("an asked fracture has exactly the asked Genant loss of the named height") {
  const auto shape = GENERATE(FractureShape::Wedge, FractureShape::Biconcave, FractureShape::Crush);
  const double percent = GENERATE(22.0, 35.0, 60.0);
  PhantomOptions o;
  o.fractures = {{Level::L1, shape, percent}, {Level::T8, shape, percent}};
  const SpineDescription d = described(o);
  for (const Level level : {Level::L1, Level::T8}) {
    const auto height = [&](Level l, const std::string& place) {
      return distance(landmark(d, levelName(l) + ".superior." + place),
                      landmark(d, levelName(l) + ".inferior." + place));
    };
    const Level above = level == Level::L1 ? Level::T12 : Level::T7,
                below = level == Level::L1 ? Level::L2 : Level::T9;
    const auto loss = [&](const std::string& place) {
      return 100 * (1 - height(level, place) * 2 / (height(above, place) + height(below, place)));
    };
    const double a = loss("anterior"), m = loss("middle"), p = loss("posterior");
    const PhantomLevelTruth& t = levelTruth(d, level);
    CHECK(t.lossAnterior == Approx(a).margin(1e-6));
    CHECK(t.lossMiddle == Approx(m).margin(1e-6));
    CHECK(t.lossPosterior == Approx(p).margin(1e-6));
    CHECK(t.fracture == shape);
    if (shape == FractureShape::Wedge)
      CHECK((a == Approx(percent).margin(1e-6) && a > m && a > p));
    if (shape == FractureShape::Biconcave)
      CHECK((m == Approx(percent).margin(1e-6) && m > a && m > p));
    if (shape == FractureShape::Crush)
      CHECK((a == Approx(percent).margin(1e-6) && m == Approx(percent).margin(1e-6) &&
             p == Approx(percent).margin(1e-6)));
  }
}

TEST_CASE("two broken neighbours refer to the nearest intact levels") {
  PhantomOptions o;
  o.fractures = {{Level::L1, FractureShape::Wedge, 30}, {Level::L2, FractureShape::Wedge, 40}};
  const SpineDescription d = described(o);
  CHECK(levelTruth(d, Level::L1).lossAnterior == Approx(30).margin(1e-6));
  CHECK(levelTruth(d, Level::L2).lossAnterior == Approx(40).margin(1e-6));
}

TEST_CASE("an asked slip is measured along the lower end plate, anterior positive") {
  PhantomOptions o;
  o.slips = {{Level::L4, 25}, {Level::L2, -10}, {Level::L5, 40}};
  const SpineDescription d = described(o);
  const auto percent = [&](const std::string& upper, const std::string& front, const std::string& back) {
    const PointLps a = landmark(d, front), p = landmark(d, back);
    return 100 * dot(landmark(d, upper) - p, normalized(a - p)) / distance(a, p);
  };
  CHECK(percent("L4.inferior.posterior", "L5.superior.anterior", "L5.superior.posterior") ==
        Approx(25).margin(1e-6));
  CHECK(percent("L2.inferior.posterior", "L3.superior.anterior", "L3.superior.posterior") ==
        Approx(-10).margin(1e-6));
  CHECK(percent("L5.inferior.posterior", "S1.endplate.anterior", "S1.endplate.posterior") ==
        Approx(40).margin(1e-6));
  CHECK(percent("L3.inferior.posterior", "L4.superior.anterior", "L4.superior.posterior") ==
        Approx(0).margin(1e-6));
  CHECK(landmark(d, "L4.centre").y < landmark(d, "L5.centre").y); // anterior is -y
}

TEST_CASE("left, right, up, down, front and back are the patient's") {
  const SpineDescription d = described({});
  CHECK(landmark(d, "hip.left").x > landmark(d, "hip.right").x + 100);
  CHECK(landmark(d, "L3.pedicle.left").x > landmark(d, "L3.pedicle.right").x + 20);
  CHECK(landmark(d, "L3.superior.left").x > landmark(d, "L3.superior.right").x + 30);
  CHECK(landmark(d, "L3.superior.middle").z > landmark(d, "L3.inferior.middle").z + 15);
  CHECK(landmark(d, "L3.spinous").y > landmark(d, "L3.superior.posterior").y + 30);
  CHECK(landmark(d, "L3.superior.posterior").y > landmark(d, "L3.superior.anterior").y + 25);
  CHECK(landmark(d, "C2.centre").z > landmark(d, "S1.endplate.anterior").z + 400);
}

TEST_CASE("a usual spine has usual measures, and pelvic incidence is tilt plus slope") {
  PhantomOptions o;
  o.variation = false;
  const SpineDescription d = described(o);
  const PhantomTruth& t = d.truth;
  CHECK(t.pelvicIncidenceDeg == Approx(t.pelvicTiltDeg + t.sacralSlopeDeg).margin(0.01));
  CHECK((t.sacralSlopeDeg > 30 && t.sacralSlopeDeg < 45));
  CHECK((t.lordosisL1S1Deg > 38 && t.lordosisL1S1Deg < 62));
  CHECK((*t.kyphosisT4T12Deg > 20 && *t.kyphosisT4T12Deg < 45));
  CHECK(t.cobbDeg < 0.01);
  const PhantomLevelTruth& l3 = levelTruth(d, Level::L3);
  CHECK((l3.heightAnterior > 25 && l3.heightAnterior < 29));
  CHECK(l3.heightMiddle < l3.heightAnterior);
  // From the atlas to the sacrum an adult's spine is half a metre high or a little more.
  const double tall = landmark(d, "C1.centre").z - landmark(d, "S1.endplate.posterior").z;
  CHECK((tall > 500 && tall < 640));
}

TEST_CASE("variants have their chain of levels") {
  const auto chain = [](AnatomyVariant variant) {
    PhantomOptions o;
    o.variant = variant;
    std::vector<std::string> names;
    for (const PhantomVertebra& v : described(o).vertebrae)
      names.push_back(levelName(v.level));
    return names;
  };
  const auto has = [](const std::vector<std::string>& names, const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  CHECK(chain(AnatomyVariant::None).size() == 24);
  const auto l6 = chain(AnatomyVariant::L6), l4 = chain(AnatomyVariant::L4), t13 = chain(AnatomyVariant::T13),
             t11 = chain(AnatomyVariant::T11);
  CHECK((l6.size() == 25 && l6.back() == "L6"));
  CHECK((l4.size() == 23 && l4.back() == "L4"));
  CHECK((t13.size() == 25 && t13[19] == "T13" && t13[18] == "T12" && t13[20] == "L1"));
  CHECK((t11.size() == 23 && !has(t11, "T12") && t11[18] == "L1"));
}

TEST_CASE("impossible wishes are refused with a usage error") {
  const auto refused = [](auto change) {
    PhantomOptions o;
    change(o);
    const auto d = describeSpine(o);
    return !d.ok() && d.error().code == ErrorCode::Usage;
  };
  CHECK(refused([](PhantomOptions& o) { o.fractures = {{Level::L6, FractureShape::Wedge, 30}}; }));
  CHECK(refused([](PhantomOptions& o) { o.fractures = {{Level::L1, FractureShape::Wedge, 130}}; }));
  CHECK(refused([](PhantomOptions& o) {
    o.fractures = {{Level::L1, FractureShape::Wedge, 30}, {Level::L1, FractureShape::Crush, 30}};
  }));
  CHECK(refused([](PhantomOptions& o) { o.slips = {{Level::T13, 20}}; }));
  CHECK(refused([](PhantomOptions& o) { o.scoliosisDeg = 200; }));
  CHECK(refused([](PhantomOptions& o) { std::swap(o.from, o.to); }));
  CHECK(refused([](PhantomOptions& o) { o.spacingMm = 0; }));
}

TEST_CASE("the truth file names its schema, all asked levels and landmarks") {
  PhantomOptions o = lumbar();
  const std::string json = truthJson(described(o));
  CHECK(json.find("\"schema\": \"spondyl.phantom-truth/1\"") != std::string::npos);
  CHECK(json.find("L3.superior.anterior") != std::string::npos);
  CHECK(json.find("L5.superior.anterior") == std::string::npos);
  CHECK(json.find("hip.left") == std::string::npos);
}

TEST_CASE("a pose turns the whole patient and changes no length") {
  PhantomOptions o;
  o.scoliosisDeg = 30;
  const SpineDescription straight = described(o);
  o.poseRotationDeg = {30, -25, 20};
  const SpineDescription turned = described(o);
  const auto& a = straight.truth.landmarks;
  const auto& b = turned.truth.landmarks;
  REQUIRE(a.size() == b.size());
  for (std::size_t n = 1; n < a.size(); ++n)
    CHECK(distance(a[n].lps, a[0].lps) == Approx(distance(b[n].lps, b[0].lps)).margin(1e-9));
  CHECK(distance(a[0].lps, b[0].lps) > 50);
  CHECK(turned.truth.cobbDeg == Approx(30).margin(0.01)); // of the patient, not of the room
}
