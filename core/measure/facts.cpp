#include "core/measure/facts.h"

#include "core/measure/rows.h"

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

std::uint64_t revisionOf(const std::string& text) {
  std::uint64_t h = 1469598103934665603ull;
  for (const char c : text)
    h = combine(h, std::uint64_t(static_cast<unsigned char>(c)));
  return h;
}

bool isPerson(const Landmark& l) {
  return l.provenance.origin == Provenance::Origin::Person || !l.provenance.editedBy.empty();
}

bool isNetworks(const Landmark& l) {
  return l.provenance.origin == Provenance::Origin::Model && l.provenance.editedBy.empty();
}

} // namespace

Facts::Facts(const EffectiveCase& c, const SpineShapes& shapes, const Volume* image, const Series* series)
    : m_case(c), m_shapes(shapes), m_image(image), m_series(series) {
  for (const ChainEntry& e : c.chain.entries) {
    m_chainRevision = combine(m_chainRevision, e.instance.value);
    m_chainRevision = combine(m_chainRevision, e.level ? std::uint64_t(*e.level) : 0);
    m_chainRevision = combine(m_chainRevision, e.whole ? 1 : 0);
  }
}

void Facts::record(FactRead::Kind kind, InstanceId instance, std::string site) {
  FactRead read{kind, instance, std::move(site), 0};
  read.revision = revisionNow(read);
  m_reads.push_back(std::move(read));
}

std::optional<PointFact> Facts::findPoint(InstanceId instance, const std::string& site) const {
  PointFact p;
  p.name = landmarkName(Landmark{instance, site, {}, 1, ItemState::Proposed, {}}, m_case.chain);
  // Measurements rest on surfaces fitted to the masks; a network's point is only shown until a person moves
  // it.
  if (const Landmark* l = m_case.landmark(instance, site); l && !isNetworks(*l)) {
    p.at = l->position;
    p.confidence = l->confidence;
    p.confirmed = l->state == ItemState::Confirmed;
    p.byPerson = isPerson(*l);
    return p;
  }
  if (!instance) {
    const auto hip = site == "hip.left" ? m_shapes.hipLeft : m_shapes.hipRight;
    if (!hip)
      return std::nullopt;
    p.at = *hip;
    return p;
  }
  const LevelShape* s = m_shapes.find(instance);
  const SiteLandmark* l = s ? s->geometry->landmark(site) : nullptr;
  if (!l)
    return std::nullopt;
  p.at = l->position;
  p.fromMask = true;
  p.confidence = std::min(l->confidence, s->confidence);
  p.confirmed = s->state == ItemState::Confirmed;
  return p;
}

std::optional<PointFact> Facts::point(InstanceId instance, const std::string& site) {
  record(FactRead::Kind::Point, instance, site);
  return findPoint(instance, site);
}

const LevelShape* Facts::shape(InstanceId instance) {
  record(FactRead::Kind::Shape, instance);
  return m_shapes.find(instance);
}

const SpineFrame& Facts::frame() {
  record(FactRead::Kind::Frame);
  return m_shapes.frame;
}

const Series* Facts::series() {
  record(FactRead::Kind::Series);
  return m_series;
}

const AttenuationFact& Facts::attenuation(InstanceId instance) {
  const auto known = m_attenuation.find(instance);
  if (known == m_attenuation.end())
    m_attenuation[instance] = computeAttenuation(instance);
  record(FactRead::Kind::Attenuation, instance);
  return m_attenuation[instance];
}

AttenuationFact Facts::computeAttenuation(InstanceId instance) const {
  AttenuationFact a;
  if (!m_image) {
    a.whyMissing = "no image";
    return a;
  }
  const bool isCt = m_image->meaning() == VolumeMeaning::CtHounsfield ||
                    (m_image->meaning() == VolumeMeaning::Unknown && m_series && m_series->modality == "CT");
  if (!isCt) {
    a.whyMissing = "the image is not CT: its values are not Hounsfield units";
    return a;
  }
  const LevelShape* s = m_shapes.find(instance);
  if (!s || !s->geometry->hasBody) {
    a.whyMissing = s ? s->geometry->whyNoBody : "the vertebra is not labelled";
    return a;
  }
  std::vector<double> values;
  for (const PointLps p : s->geometry->trabecular)
    if (const auto v = m_image->valueAt(p))
      values.push_back(*v);
  a.samples = values.size();
  if (values.empty()) {
    a.whyMissing = "no spongy bone 3 mm away from cortex and end plates";
    return a;
  }
  double sum = 0;
  std::size_t metal = 0, impossible = 0;
  for (const double v : values) {
    sum += v;
    metal += v > 2500 ? 1u : 0u;
    impossible += v < -1100 || v > 20000 ? 1u : 0u;
  }
  if (impossible > 0)
    a.whyMissing = "values outside the Hounsfield scale";
  else if (double(metal) > 0.002 * double(values.size()))
    a.whyMissing = "metal in the vertebral body";
  if (!a.whyMissing.empty())
    return a;
  a.mean = sum / double(values.size());
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  a.median = *middle;
  return a;
}

bool Facts::isMr() const {
  if (!m_image)
    return m_series && m_series->modality == "MR";
  return m_image->meaning() == VolumeMeaning::MrSignal ||
         (m_image->meaning() == VolumeMeaning::Unknown && m_series && m_series->modality == "MR");
}

const DiscSignal& Facts::discSignal(InstanceId instance) {
  if (!m_discSignal.contains(instance))
    m_discSignal[instance] = computeDiscSignal(instance);
  record(FactRead::Kind::DiscSignal, instance);
  return m_discSignal[instance];
}

DiscSignal Facts::computeDiscSignal(InstanceId instance) const {
  const auto missing = [](const char* why) {
    DiscSignal s;
    s.whyMissing = why;
    return s;
  };
  if (!m_image)
    return missing("no image");
  // Spin echo: T2 shows from an echo time of about 60 ms, if T1 has had time to vanish.
  constexpr double longEchoMs = 60, longRepetitionMs = 1500;
  if (!m_series || !m_series->echoTimeMs || !m_series->repetitionTimeMs)
    return missing("it is not known whether the series is T2-weighted");
  if (*m_series->echoTimeMs < longEchoMs || *m_series->repetitionTimeMs < longRepetitionMs)
    return missing("the series is not T2-weighted");
  const ChainEntry* entry = m_case.chain.find(instance);
  const ChainEntry* below = m_case.chain.below(instance);
  if (!entry || !below)
    return missing("the level below is not in view");
  DiscPlace place;
  const std::array<std::pair<PointLps*, std::pair<InstanceId, std::string>>, 6> wanted{
      {{&place.upperAnterior, {instance, "inferior.anterior"}},
       {&place.upperMiddle, {instance, "inferior.middle"}},
       {&place.upperPosterior, {instance, "inferior.posterior"}},
       {&place.lowerAnterior, {below->instance, upperPlateSite(*below, "anterior")}},
       {&place.lowerMiddle, {below->instance, upperPlateSite(*below, "middle")}},
       {&place.lowerPosterior, {below->instance, upperPlateSite(*below, "posterior")}}}};
  for (const auto& [to, from] : wanted) {
    const auto point = findPoint(from.first, from.second);
    if (!point)
      return missing("the end plates of the disc were not found");
    *to = point->at;
  }
  const LabelLayer* layer =
      m_case.layerFor(m_series->uid, m_series->frameOfReferenceUid, LayerKind::CanalContents);
  if (!layer)
    return missing("the spinal canal is not labelled");
  bool confirmed = true;
  const auto isFluid = [&](PointLps p) {
    const PointIjk at = layer->map.grid().toIjk(p);
    const StructureId id =
        layer->map.at({int(std::lround(at.i)), int(std::lround(at.j)), int(std::lround(at.k))});
    const Structure* s = m_case.structures.find(id);
    if (!s || (s->part != Part::Canal && s->part != Part::Csf) || s->state == ItemState::Rejected)
      return false;
    confirmed = confirmed && s->state == ItemState::Confirmed;
    return true;
  };
  const auto marrowOf = [&](InstanceId of) {
    const LevelShape* s = m_shapes.find(of);
    return s ? std::span<const PointLps>(s->geometry->trabecular) : std::span<const PointLps>();
  };
  DiscSignal signal =
      spondyl::discSignal(*m_image, place, isFluid, {marrowOf(instance), marrowOf(below->instance)});
  signal.isConfirmed = confirmed;
  return signal;
}

std::uint64_t Facts::revisionNow(const FactRead& read) {
  switch (read.kind) {
  case FactRead::Kind::Point: {
    const auto p = findPoint(read.instance, read.site);
    if (!p)
      return 0;
    std::uint64_t h = combine(spondyl::revisionOf(p->at), spondyl::revisionOf(p->confidence));
    return combine(h, (p->confirmed ? 1u : 0u) + (p->byPerson ? 2u : 0u) + (p->fromMask ? 4u : 0u));
  }
  case FactRead::Kind::Shape: {
    const LevelShape* s = m_shapes.find(read.instance);
    if (!s)
      return 0;
    return combine(combine(s->geometry->revision, std::uint64_t(s->state)),
                   spondyl::revisionOf(s->confidence));
  }
  case FactRead::Kind::Frame: {
    const SpineFrame& f = m_shapes.frame;
    std::uint64_t h = f.fromPelvis ? 1 : 0;
    for (const VectorLps v : {f.left, f.posterior, f.superior})
      h = combine(h, spondyl::revisionOf(PointLps{v.x, v.y, v.z}));
    return h;
  }
  case FactRead::Kind::Attenuation: {
    if (!m_attenuation.count(read.instance))
      m_attenuation[read.instance] = computeAttenuation(read.instance);
    const AttenuationFact& a = m_attenuation[read.instance];
    return combine(
        combine(spondyl::revisionOf(a.mean.value_or(-1e9)), spondyl::revisionOf(a.median.value_or(-1e9))),
        revisionOf(a.whyMissing));
  }
  case FactRead::Kind::DiscSignal: {
    if (!m_discSignal.contains(read.instance))
      m_discSignal[read.instance] = computeDiscSignal(read.instance);
    const DiscSignal& s = m_discSignal[read.instance];
    return combine(spondyl::revisionOf(s.ratio.value_or(-1e9)),
                   combine(revisionOf(s.whyMissing), s.isConfirmed ? 1 : 0));
  }
  case FactRead::Kind::Series:
    break;
  }
  if (!m_series)
    return 0;
  std::uint64_t h = combine(revisionOf(m_series->modality), revisionOf(m_series->patientPosition));
  h = combine(h, combine(revisionOf(m_series->kernel), revisionOf(m_series->contrastAgent)));
  return combine(h, spondyl::revisionOf(m_series->kvp.value_or(-1)));
}

bool Facts::stillHolds(const std::vector<FactRead>& reads) {
  return std::all_of(reads.begin(), reads.end(),
                     [&](const FactRead& r) { return r.revision == revisionNow(r); });
}

} // namespace spondyl
