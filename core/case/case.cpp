#include "core/case/case.h"

#include "core/case/case_json.h"

namespace spondyl {
namespace {

const LabelLayer* findLayer(const std::vector<LabelLayer>& layers, const std::string& seriesUid,
                            const std::string& frameOfReferenceUid, LayerKind kind) {
  for (const LabelLayer& layer : layers)
    if (layer.kind == kind && layer.seriesUid == seriesUid)
      return &layer;
  if (frameOfReferenceUid.empty())
    return nullptr;
  for (const LabelLayer& layer : layers)
    if (layer.kind == kind && layer.frameOfReferenceUid == frameOfReferenceUid)
      return &layer;
  return nullptr;
}

const Landmark* findLandmark(const std::vector<Landmark>& landmarks, InstanceId instance,
                             std::string_view site) {
  for (const Landmark& landmark : landmarks)
    if (landmark.instance == instance && landmark.site == site)
      return &landmark;
  return nullptr;
}

void mixIn(std::uint64_t& hash, std::string_view text) {
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull; // FNV-1a
  hash = (hash ^ text.size()) * 0x100000001b3ull;
}

void mixIn(std::uint64_t& hash, const std::vector<LabelLayer>& layers) {
  for (const LabelLayer& layer : layers) {
    hash = (hash ^ layer.map.contentHash()) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
  }
}

bool sameMaps(const std::vector<LabelLayer>& a, const std::vector<LabelLayer>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const LabelLayer& x, const LabelLayer& y) { return x.map == y.map; });
}

} // namespace

std::string landmarkName(const Landmark& landmark, const LevelChain& chain) {
  const std::string level = chain.displayName(landmark.instance);
  return level.empty() ? landmark.site : level + "." + landmark.site;
}

bool Proposal::itemsWait(InstanceId instance) const {
  bool hasStructures = false;
  for (const Structure& structure : structures.all()) {
    if (structure.instance != instance || !instance)
      continue;
    hasStructures = true;
    if (isWaiting(structure.id))
      return true;
  }
  return !hasStructures && !decided.count(StructureId{});
}

bool Proposal::isOpen() const {
  for (const Structure& structure : structures.all())
    if (!decided.count(structure.id))
      return true;
  if (decided.count(StructureId{}))
    return false;
  return std::any_of(landmarks.begin(), landmarks.end(),
                     [&](const Landmark& l) { return itemsWait(l.instance); }) ||
         std::any_of(findings.begin(), findings.end(),
                     [&](const Finding& f) { return itemsWait(f.instance); });
}

const LabelLayer* Case::layer(LayerId wanted) const {
  for (const LabelLayer& l : layers)
    if (l.id == wanted)
      return &l;
  return nullptr;
}

const LabelLayer* Case::layerFor(const std::string& seriesUid, LayerKind kind) const {
  const Series* of = series(seriesUid);
  return findLayer(layers, seriesUid, of ? of->frameOfReferenceUid : std::string(), kind);
}

const Series* Case::series(const std::string& seriesUid) const {
  for (const Study& study : studies)
    for (const Series& s : study.series)
      if (s.uid == seriesUid)
        return &s;
  return nullptr;
}

const Proposal* Case::proposal(ProposalId wanted) const {
  for (const ProposalPtr& p : proposals)
    if (p->id == wanted)
      return p.get();
  return nullptr;
}

const Landmark* Case::landmark(InstanceId instance, std::string_view site) const {
  return findLandmark(landmarks, instance, site);
}

const LineCalibration* Case::calibration(const std::string& seriesUid, int stack) const {
  for (const LineCalibration& c : calibrations)
    if (c.seriesUid == seriesUid && c.stack == stack)
      return &c;
  return nullptr;
}

const LabelLayer* EffectiveCase::layerFor(const std::string& seriesUid,
                                          const std::string& frameOfReferenceUid, LayerKind kind) const {
  return findLayer(layers, seriesUid, frameOfReferenceUid, kind);
}

const Landmark* EffectiveCase::landmark(InstanceId instance, std::string_view site) const {
  return findLandmark(landmarks, instance, site);
}

std::uint64_t contentHash(const Case& c) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const CaseItem& item : caseItems(c)) {
    mixIn(hash, item.name);
    mixIn(hash, item.json);
  }
  mixIn(hash, c.layers);
  for (const ProposalPtr& p : c.proposals)
    mixIn(hash, p->layers);
  return hash;
}

bool sameContent(const Case& a, const Case& b) {
  if (caseItems(a) != caseItems(b) || !sameMaps(a.layers, b.layers))
    return false;
  return std::equal(
      a.proposals.begin(), a.proposals.end(), b.proposals.begin(), b.proposals.end(),
      [](const ProposalPtr& x, const ProposalPtr& y) { return x == y || sameMaps(x->layers, y->layers); });
}

} // namespace spondyl
