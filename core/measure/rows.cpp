#include "core/measure/rows.h"

#include <algorithm>

namespace spondyl {

std::string bodyProblem(Facts& facts, const ChainEntry& entry) {
  const LevelShape* s = facts.shape(entry.instance);
  if (!s)
    return "the vertebra is not labelled";
  if (!s->geometry->hasBody)
    return s->geometry->whyNoBody;
  if (!s->geometry->isBodyWhole(entry.whole))
    return cutReason;
  return {};
}

std::optional<std::vector<PointFact>> needPoints(Facts& facts, const ChainEntry& entry,
                                                 const std::vector<std::string>& sites, Measurement& row) {
  std::vector<PointFact> points;
  bool allByPerson = true;
  for (const std::string& site : sites) {
    const auto p = facts.point(entry.instance, site);
    if (!p) {
      std::string why = bodyProblem(facts, entry);
      if (why.empty() && entry.level == Level::C2)
        why = "the dens hides the upper end plate of C2";
      setMissing(row, why.empty() ? "landmark " + site + " is missing" : why);
      return std::nullopt;
    }
    allByPerson = allByPerson && p->byPerson;
    points.push_back(*p);
  }
  // On a cut vertebra only what a person placed holds.
  if (!allByPerson && entry.level != Level::Sacrum) {
    const LevelShape* s = facts.shape(entry.instance);
    if (s ? !s->geometry->isBodyWhole(entry.whole) : !entry.whole) {
      setMissing(row, cutReason);
      return std::nullopt;
    }
  }
  for (const PointFact& p : points) {
    row.from.push_back(p.name);
    row.confidence = std::min(row.confidence, p.confidence);
    if (!p.confirmed)
      row.status = MeasurementStatus::Unconfirmed;
  }
  return points;
}

void setValue(Measurement& row, double value) {
  row.value = value;
  if (row.status == MeasurementStatus::Missing)
    row.status = MeasurementStatus::Ok;
}

void setMissing(Measurement& row, std::string reason) {
  row.value.reset();
  row.status = MeasurementStatus::Missing;
  row.reason = std::move(reason);
  row.confidence = 0;
  row.from.clear();
  row.lines.clear();
  row.normalLow.reset();
  row.normalHigh.reset();
  row.normalSource.clear();
}

void addLine(Measurement& row, PointLps from, PointLps to) {
  row.lines.push_back({from, to});
  PointLps sum{};
  for (const MeasurementLine& l : row.lines)
    sum = sum + (midpoint(l.from, l.to) - PointLps{});
  row.at = PointLps{} + (sum - PointLps{}) / double(row.lines.size());
}

std::string postureNote(Facts& facts) {
  const Series* s = facts.series();
  const std::string position = s ? s->patientPosition : std::string();
  if (position.ends_with("S"))
    return "supine: standing thresholds do not apply";
  if (position.ends_with("P"))
    return "prone: standing thresholds do not apply";
  return "posture not stated: standing thresholds do not apply";
}

std::string upperPlateSite(const ChainEntry& entry, const char* place) {
  return std::string(entry.level == Level::Sacrum ? "endplate." : "superior.") + place;
}

} // namespace spondyl
