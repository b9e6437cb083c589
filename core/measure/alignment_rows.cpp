// Angles between levels, and where the pelvis is seen, its parameters and the balance above it.

#include "core/geometry/units.h"
#include "core/measure/formulas.h"
#include "core/measure/rows.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

double degrees(double radians) {
  return fromRadians(radians).value;
}

std::string plateSite(const ChainEntry& entry, bool upper, const char* place) {
  return upper ? upperPlateSite(entry, place) : std::string("inferior.") + place;
}

struct Tilt {
  double degrees = 0;
  PointFact first, second;
};
/// Of an end plate in the patient's coronal plane (right to left corner, left end up positive) or sagittal
/// plane (anterior to posterior corner, posterior end up positive).
std::optional<Tilt> tiltOf(Facts& facts, const ChainEntry& entry, bool upper, bool coronal,
                           Measurement& row) {
  const auto p = needPoints(facts, entry,
                            {plateSite(entry, upper, coronal ? "right" : "anterior"),
                             plateSite(entry, upper, coronal ? "left" : "posterior")},
                            row);
  if (!p)
    return std::nullopt;
  const SpineFrame& f = facts.frame();
  const VectorLps along = (*p)[1].at - (*p)[0].at;
  return Tilt{degrees(std::atan2(dot(along, f.superior), dot(along, coronal ? f.left : f.posterior))),
              (*p)[0], (*p)[1]};
}

bool isCoronal(const std::string& id) {
  return id.starts_with("cobb.");
}

/// C2's upper end plate lies under the dens: its curves begin at the lower one.
bool beginsAtUpperPlate(const ChainEntry& upper) {
  return upper.level != Level::C2;
}

} // namespace

const std::vector<MeasurementDefinition>& angleDefinitions() {
  static const std::vector<MeasurementDefinition> rows = {
      {"cobb.coronal", "Cobb angle", "deg", 1, 1},
      {"lordosis", "Lordosis", "deg", 1, 1},
      {"kyphosis", "Kyphosis", "deg", 1, 1},
  };
  return rows;
}

void computeAngle(Facts& facts, const AngleRequest& request, Measurement& row) {
  const ChainEntry *upper = facts.chain().find(request.upper), *lower = facts.chain().find(request.lower);
  if (!upper || !lower)
    return setMissing(row, "the level is not in the chain");
  const bool coronal = isCoronal(request.id);
  const auto plate = [&](const ChainEntry& entry, bool isUpper) {
    auto tilt = tiltOf(facts, entry, isUpper, coronal, row);
    if (!tilt)
      row.reason = facts.chain().displayName(entry.instance) + ": " + row.reason;
    return tilt;
  };
  const auto above = plate(*upper, beginsAtUpperPlate(*upper));
  if (!above)
    return;
  const auto below = plate(*lower, lower->level == Level::Sacrum);
  if (!below)
    return;
  addLine(row, above->first.at, above->second.at);
  addLine(row, below->first.at, below->second.at);
  row.note = postureNote(facts);
  if (coronal) {
    const double turn = above->degrees - below->degrees;
    row.note = (turn >= 0 ? "convex to the left, " : "convex to the right, ") + row.note;
    setValue(row, cobbAngle(above->degrees, below->degrees));
  } else {
    setValue(row,
             request.id == "kyphosis" ? above->degrees - below->degrees : below->degrees - above->degrees);
  }
}

std::vector<AngleRequest> defaultAngles(Facts& facts) {
  std::vector<AngleRequest> out;
  const LevelChain& chain = facts.chain();
  const auto between = [&](const char* id, Level upper, Level lower) {
    const ChainEntry *u = chain.find(upper), *l = chain.find(lower);
    if (u && l)
      out.push_back({id, u->instance, l->instance});
  };
  between("lordosis", Level::C2, Level::C7);
  between("kyphosis", Level::T4, Level::T12);
  between("lordosis", Level::L1, Level::Sacrum);

  // The largest lateral curve: upper end plates against lower ones, from T1 down; unnamed levels all count.
  struct Tilts {
    InstanceId instance;
    double upper = 0, lower = 0;
  };
  std::vector<Tilts> tilts;
  for (const ChainEntry& e : chain.entries) {
    if (e.level && (region(*e.level) == Region::Cervical || region(*e.level) == Region::Sacral))
      continue;
    Measurement scratch;
    const auto upper = tiltOf(facts, e, true, true, scratch), lower = tiltOf(facts, e, false, true, scratch);
    if (upper && lower)
      tilts.push_back({e.instance, upper->degrees, lower->degrees});
  }
  if (tilts.size() < 3)
    return out;
  double largest = -1;
  AngleRequest best{"cobb.coronal", {}, {}};
  for (std::size_t u = 0; u < tilts.size(); ++u)
    for (std::size_t l = u + 1; l < tilts.size(); ++l)
      if (const double angle = cobbAngle(tilts[u].upper, tilts[l].lower); angle > largest) {
        largest = angle;
        best.upper = tilts[u].instance;
        best.lower = tilts[l].instance;
      }
  out.push_back(best);
  return out;
}

namespace {

constexpr const char* noSacrum = "the sacrum's end plate is not in view";
constexpr const char* noHips = "the femoral heads are not in view";

/// Axes for values against the vertical: upright as the table runs, sideways as the pelvis lies, so that a
/// patient who is turned on the table is not measured across. x left, y posterior, z superior.
struct UprightAxes {
  VectorLps left, posterior;
  PointLps operator()(PointLps p) const {
    return {dot(p - PointLps{}, left), dot(p - PointLps{}, posterior), p.z};
  }
};
UprightAxes uprightAxes(Facts& facts) {
  const VectorLps left = facts.frame().left, flat = normalized({left.x, left.y, 0});
  if (length(flat) < 0.5)
    return {{1, 0, 0}, {0, 1, 0}};
  return {flat, cross({0, 0, 1}, flat)};
}
SacrumLine upright(const SacrumLine& s1, const UprightAxes& axes) {
  return {axes(s1.anterior), axes(s1.posterior)};
}

std::optional<SacrumLine> sacrumLine(Facts& facts, const ChainEntry& sacrum, Measurement& row) {
  const auto p = needPoints(facts, sacrum, {"endplate.anterior", "endplate.posterior"}, row);
  if (!p) {
    setMissing(row, noSacrum);
    return std::nullopt;
  }
  addLine(row, (*p)[0].at, (*p)[1].at);
  return SacrumLine{(*p)[0].at, (*p)[1].at};
}

std::optional<PointLps> hipAxis(Facts& facts, Measurement& row) {
  const auto left = facts.point({}, "hip.left"), right = facts.point({}, "hip.right");
  if (!left || !right) {
    setMissing(row, noHips);
    return std::nullopt;
  }
  for (const auto& p : {left, right}) {
    row.from.push_back(p->name);
    row.confidence = std::min(row.confidence, p->confidence);
    if (!p->confirmed)
      row.status = MeasurementStatus::Unconfirmed;
  }
  return midpoint(left->at, right->at);
}

struct Pelvis {
  SacrumLine s1;
  PointLps hips;
};
std::optional<Pelvis> pelvisOf(Facts& facts, const ChainEntry& sacrum, Measurement& row) {
  const auto s1 = sacrumLine(facts, sacrum, row);
  if (!s1)
    return std::nullopt;
  const auto hips = hipAxis(facts, row);
  return hips ? std::optional(Pelvis{*s1, *hips}) : std::nullopt;
}

std::optional<PointFact> centreOf(Facts& facts, Level level, Measurement& row) {
  const ChainEntry* e = facts.chain().find(level);
  if (e)
    if (const auto p = needPoints(facts, *e, {"centre"}, row))
      return (*p)[0];
  setMissing(row, levelName(level) + " is not in view");
  return std::nullopt;
}

/// S1's line and C7 above it.
struct Trunk {
  SacrumLine s1;
  PointFact c7;
};
std::optional<Trunk> trunkOf(Facts& facts, const ChainEntry& sacrum, Measurement& row) {
  const auto s1 = sacrumLine(facts, sacrum, row);
  if (!s1)
    return std::nullopt;
  const auto c7 = centreOf(facts, Level::C7, row);
  if (!c7)
    return std::nullopt;
  row.note = postureNote(facts);
  return Trunk{*s1, *c7};
}

void sacralSlope(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto s1 = sacrumLine(facts, entry, row);
  if (!s1)
    return;
  row.note = postureNote(facts);
  setValue(row, sacralSlopeDeg(upright(*s1, uprightAxes(facts))));
}

/// The angle in the plane across the hip axis: it does not depend on how the patient lies.
void pelvicIncidence(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto pelvis = pelvisOf(facts, entry, row);
  if (!pelvis)
    return;
  const VectorLps left = facts.frame().left;
  const auto inPlane = [&](VectorLps v) { return v - left * dot(v, left); };
  const VectorLps plate = normalized(inPlane(pelvis->s1.posterior - pelvis->s1.anterior));
  const VectorLps toHips =
      normalized(inPlane(pelvis->hips - midpoint(pelvis->s1.anterior, pelvis->s1.posterior)));
  const VectorLps down = cross(plate, left); // perpendicular to the plate, into the sacrum
  const double angle = degrees(std::atan2(-dot(toHips, plate), dot(toHips, down)));
  addLine(row, midpoint(pelvis->s1.anterior, pelvis->s1.posterior), pelvis->hips);
  row.note = "supine values lie within about 4 degrees of standing ones";
  setValue(row, angle);
  row.normalLow = 32;
  row.normalHigh = 74;
  row.normalSource = "Mac-Thiong 2011";
}

void pelvicTilt(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto pelvis = pelvisOf(facts, entry, row);
  if (!pelvis)
    return;
  addLine(row, midpoint(pelvis->s1.anterior, pelvis->s1.posterior), pelvis->hips);
  row.note = postureNote(facts);
  const UprightAxes axes = uprightAxes(facts);
  setValue(row, pelvicTiltDeg(upright(pelvis->s1, axes), axes(pelvis->hips)));
}

void verticalAxis(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto trunk = trunkOf(facts, entry, row);
  if (!trunk)
    return;
  const UprightAxes axes = uprightAxes(facts);
  const double mm = sagittalVerticalAxis(axes(trunk->c7.at), upright(trunk->s1, axes));
  addLine(row, trunk->s1.posterior, trunk->s1.posterior - axes.posterior * mm);
  setValue(row, mm);
}

void coronalBalance(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto trunk = trunkOf(facts, entry, row);
  if (!trunk)
    return;
  setValue(row, dot(midpoint(trunk->s1.anterior, trunk->s1.posterior) - trunk->c7.at,
                    uprightAxes(facts).left)); // to the patient's right positive
}

void t1PelvicAngle(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto pelvis = pelvisOf(facts, entry, row);
  if (!pelvis)
    return;
  const auto t1 = centreOf(facts, Level::T1, row);
  if (!t1)
    return;
  addLine(row, pelvis->hips, t1->at);
  row.note = postureNote(facts);
  const UprightAxes axes = uprightAxes(facts);
  setValue(row, t1PelvicAngleDeg(upright(pelvis->s1, axes), axes(pelvis->hips), axes(t1->at)));
}

void incidenceMinusLordosis(Facts& facts, const ChainEntry& entry, Measurement& row) {
  pelvicIncidence(facts, entry, row);
  if (!row.value)
    return;
  const double incidence = *row.value;
  row.normalLow.reset();
  row.normalHigh.reset();
  row.normalSource.clear();
  const ChainEntry* l1 = facts.chain().find(Level::L1);
  if (!l1)
    return setMissing(row, "L1 is not in view");
  Measurement lordosis;
  computeAngle(facts, {"lordosis", l1->instance, entry.instance}, lordosis);
  if (!lordosis.value)
    return setMissing(row, lordosis.reason);
  row.confidence = std::min(row.confidence, lordosis.confidence);
  if (lordosis.status == MeasurementStatus::Unconfirmed)
    row.status = MeasurementStatus::Unconfirmed;
  row.note = postureNote(facts);
  setValue(row, incidence - *lordosis.value);
}

void t1Slope(Facts& facts, const ChainEntry& entry, Measurement& row) {
  const auto p = needPoints(facts, entry, {"superior.anterior", "superior.posterior"}, row);
  if (!p)
    return;
  addLine(row, (*p)[0].at, (*p)[1].at);
  row.note = postureNote(facts);
  setValue(row, sacralSlopeDeg(upright({(*p)[0].at, (*p)[1].at}, uprightAxes(facts))));
}

} // namespace

const std::vector<RowDefinition>& alignmentRows() {
  static const std::vector<RowDefinition> rows = {
      {{"t1.slope", "T1 slope", "deg", 1, 1}, RowScope::FirstThoracic, &t1Slope},
      {{"sacral.slope", "Sacral slope", "deg", 1, 1}, RowScope::Sacrum, &sacralSlope},
      {{"pelvic.incidence", "Pelvic incidence", "deg", 1, 1}, RowScope::Sacrum, &pelvicIncidence},
      {{"pelvic.tilt", "Pelvic tilt", "deg", 1, 1}, RowScope::Sacrum, &pelvicTilt},
      {{"pi-ll", "Incidence minus lordosis", "deg", 1, 1}, RowScope::Sacrum, &incidenceMinusLordosis},
      {{"tpa", "T1 pelvic angle", "deg", 1, 1}, RowScope::Sacrum, &t1PelvicAngle},
      {{"sva", "Sagittal vertical axis", "mm", 0, 1}, RowScope::Sacrum, &verticalAxis},
      {{"balance.coronal", "Coronal balance", "mm", 0, 1}, RowScope::Sacrum, &coronalBalance},
  };
  return rows;
}

} // namespace spondyl
