#include "core/measure/measure.h"

#include "core/measure/landmarks.h"
#include "core/measure/rows.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>

namespace spondyl {
namespace {

bool listed(RowScope scope, const ChainEntry& entry, bool isMr) {
  switch (scope) {
  case RowScope::Sacrum:
    return entry.level == Level::Sacrum;
  case RowScope::FirstThoracic:
    return entry.level == Level::T1;
  case RowScope::DiscOfMr:
    if (!isMr)
      return false;
    break;
  case RowScope::Body:
  case RowScope::Disc:
    break;
  }
  return entry.level != Level::Sacrum && entry.level != Level::Coccyx;
}

/// The reader's value or confirmation on top of what was computed.
void applyReview(const Case& c, Measurement& row, int decimals) {
  for (const MeasurementOverride& o : c.overrides) {
    if (o.measurementId != row.id || o.instance != row.instance)
      continue;
    row.value = o.value;
    row.status = MeasurementStatus::Overridden;
    row.reason = o.reason.empty() ? "entered by " + o.by : o.reason;
    row.confidence = 1;
    return;
  }
  if (row.status != MeasurementStatus::Unconfirmed)
    return;
  for (const MeasurementConfirmation& k : c.confirmations) {
    if (k.measurementId != row.id || k.instance != row.instance)
      continue;
    // Stale once the value that is shown differs from the one that was confirmed.
    if (std::abs(k.value - *row.value) <= 0.5 * std::pow(10.0, -decimals))
      row.status = MeasurementStatus::Ok;
    else
      row.note += (row.note.empty() ? "" : ", ") + std::string("changed since it was confirmed");
  }
}

struct RowKey {
  std::string id;
  InstanceId instance, lower;
  auto operator<=>(const RowKey&) const = default;
};
struct KnownRow {
  int version = 0;
  std::vector<FactRead> reads;
  Measurement row;
};

} // namespace

std::string measurementStatusName(MeasurementStatus status) {
  switch (status) {
  case MeasurementStatus::Ok:
    return "ok";
  case MeasurementStatus::Missing:
    return "missing";
  case MeasurementStatus::Unconfirmed:
    return "unconfirmed";
  case MeasurementStatus::Overridden:
    break;
  }
  return "overridden";
}

bool Measurement::isOutOfRange() const {
  return value && ((normalLow && *value < *normalLow) || (normalHigh && *value > *normalHigh));
}

const std::vector<MeasurementDefinition>& measurementCatalogue() {
  static const std::vector<MeasurementDefinition> all = [] {
    std::vector<MeasurementDefinition> rows;
    for (const auto* group : {&bodyRows(), &discRows(), &alignmentRows()})
      for (const RowDefinition& r : *group)
        rows.push_back(r.shown);
    rows.insert(rows.end(), angleDefinitions().begin(), angleDefinitions().end());
    return rows;
  }();
  return all;
}

const MeasurementDefinition* measurementDefinition(std::string_view id) {
  for (const MeasurementDefinition& d : measurementCatalogue())
    if (d.id == id)
      return &d;
  for (const MeasurementDefinition& d : angleDefinitions())
    if (id.starts_with(d.id + "."))
      return &d;
  return nullptr;
}

struct MeasurementCache::State {
  std::mutex mutex;
  GeometryStore geometry;
  std::map<RowKey, KnownRow> rows;
  std::uint64_t chainRevision = 0;
  std::string seriesUid;
  Work work;

  SpineShapes shapes(const EffectiveCase& c, const std::string& uid, const Volume* image) {
    const std::size_t before = geometry.computed();
    SpineShapes out = geometry.update(c, uid, image);
    work = {geometry.computed() - before, 0, {}};
    return out;
  }

  template <class Compute>
  Measurement row(Facts& facts, const RowKey& key, const MeasurementDefinition& shown, Compute&& compute) {
    const auto known = rows.find(key);
    if (known != rows.end() && known->second.version == shown.version &&
        facts.stillHolds(known->second.reads))
      return known->second.row;
    Measurement m;
    m.id = shown.id;
    m.instance = key.instance;
    m.level = facts.chain().displayName(key.instance);
    m.unit = shown.unit;
    if (key.lower)
      m.id += "." + m.level + "-" + facts.chain().displayName(key.lower);
    facts.startRecording();
    compute(m);
    const ChainEntry* entry = facts.chain().find(key.instance);
    if (entry && m.lines.empty() && m.at == PointLps{})
      m.at = entry->centroid;
    rows[key] = {shown.version, facts.takeReads(), m};
    ++work.rows;
    work.recomputed.emplace_back(m.id, key.instance);
    return m;
  }
};

MeasurementCache::MeasurementCache() : m_state(std::make_unique<State>()) {}
MeasurementCache::~MeasurementCache() = default;
MeasurementCache::MeasurementCache(MeasurementCache&&) noexcept = default;
MeasurementCache& MeasurementCache::operator=(MeasurementCache&&) noexcept = default;
const MeasurementCache::Work& MeasurementCache::lastWork() const {
  return m_state->work;
}

std::vector<Measurement> MeasurementCache::measure(const Case& c, const std::string& seriesUid,
                                                   const Volume* image,
                                                   const std::vector<AngleRequest>& angles,
                                                   bool includeProposed) {
  State& s = *m_state;
  const std::scoped_lock lock(s.mutex);
  const EffectiveCase e = effective(c, includeProposed);
  const SpineShapes shapes = s.shapes(e, seriesUid, image);
  Facts facts(e, shapes, image, c.series(seriesUid));
  if (facts.chainRevision() != s.chainRevision || seriesUid != s.seriesUid)
    s.rows.clear();
  s.chainRevision = facts.chainRevision();
  s.seriesUid = seriesUid;

  std::vector<Measurement> out;
  for (const ChainEntry& entry : e.chain.entries)
    for (const auto* group : {&bodyRows(), &discRows(), &alignmentRows()})
      for (const RowDefinition& d : *group) {
        if (!listed(d.scope, entry, facts.isMr()))
          continue;
        out.push_back(s.row(facts, {d.shown.id, entry.instance, {}}, d.shown,
                            [&](Measurement& m) { d.compute(facts, entry, m); }));
      }
  std::vector<AngleRequest> requests = defaultAngles(facts);
  requests.insert(requests.end(), angles.begin(), angles.end());
  std::set<RowKey> seen;
  for (const AngleRequest& request : requests) {
    const RowKey key{request.id, request.upper, request.lower};
    const MeasurementDefinition* shown = measurementDefinition(request.id);
    if (!shown || !seen.insert(key).second)
      continue;
    out.push_back(s.row(facts, key, *shown, [&](Measurement& m) { computeAngle(facts, request, m); }));
  }
  for (Measurement& m : out) {
    const MeasurementDefinition* shown = measurementDefinition(m.id);
    applyReview(c, m, shown ? shown->decimals : 1);
  }
  return out;
}

std::vector<Landmark> MeasurementCache::allLandmarks(const EffectiveCase& c, const std::string& seriesUid,
                                                     const Volume* image) {
  const std::scoped_lock lock(m_state->mutex);
  return allLandmarksOf(c, m_state->shapes(c, seriesUid, image));
}

std::optional<LevelPlanes> MeasurementCache::levelPlanes(const EffectiveCase& c, const std::string& seriesUid,
                                                         const Volume* image, InstanceId instance) {
  const std::scoped_lock lock(m_state->mutex);
  return planesOf(c.chain, m_state->shapes(c, seriesUid, image), instance);
}

std::vector<Measurement> measure(const Case& c, const std::string& seriesUid, const Volume* image,
                                 const std::vector<AngleRequest>& angles, bool includeProposed) {
  MeasurementCache once;
  return once.measure(c, seriesUid, image, angles, includeProposed);
}

std::vector<Landmark> landmarksFromMasks(const EffectiveCase& c, const std::string& seriesUid,
                                         const Volume* image) {
  GeometryStore store;
  return landmarksOf(c, store.update(c, seriesUid, image));
}

std::vector<Landmark> allLandmarks(const EffectiveCase& c, const std::string& seriesUid,
                                   const Volume* image) {
  MeasurementCache once;
  return once.allLandmarks(c, seriesUid, image);
}

std::optional<LevelPlanes> levelPlanes(const EffectiveCase& c, const std::string& seriesUid,
                                       const Volume* image, InstanceId instance) {
  MeasurementCache once;
  return once.levelPlanes(c, seriesUid, image, instance);
}

} // namespace spondyl
