#include "inference/client/client.h"

namespace spondyl::inference {
namespace {

Anchor anchorFrom(const std::string& name) {
  for (const Anchor anchor : {Anchor::Sacrum, Anchor::Dens, Anchor::FirstRib, Anchor::LastRib,
                              Anchor::Localizer, Anchor::Labels, Anchor::Reader})
    if (anchorName(anchor) == name)
      return anchor;
  return Anchor::None;
}

Naming namingFrom(const std::string& name) {
  if (name == "certain")
    return Naming::Certain;
  return name == "assumed" ? Naming::Assumed : Naming::Ask;
}

InstanceId instanceAt(int place) {
  return InstanceId{std::uint32_t(place)};
}

LevelChain chainFrom(const SegmentResult& result) {
  LevelChain chain;
  for (const ResultVertebra& v : result.vertebrae)
    chain.entries.push_back({instanceAt(v.place), v.isSacrum ? std::optional(Level::Sacrum) : v.level,
                             v.confidence, v.centroid, v.whole, v.note});
  chain.naming = namingFrom(result.naming);
  chain.anchor = anchorFrom(result.anchor);
  for (const std::string& name : result.anchors)
    chain.anchors.push_back(anchorFrom(name));
  chain.variant = result.variant;
  for (const ResultAlternative& a : result.alternatives)
    chain.alternatives.push_back({a.shift, a.variant, a.probability, a.levels});
  return chain;
}

} // namespace

Proposal toProposal(const SegmentOutcome& outcome, const std::string& seriesUid,
                    const std::string& frameOfReferenceUid, const std::string& inputDigest) {
  const SegmentResult& result = outcome.result;
  Proposal proposal;
  proposal.seriesUid = seriesUid;
  proposal.frameOfReferenceUid = frameOfReferenceUid;
  proposal.inputDigest = inputDigest;
  proposal.provenance = {Provenance::Origin::Model,
                         result.modelName,
                         result.modelVersion,
                         result.weightsSha256,
                         inputDigest,
                         utcNow(),
                         {}};
  // The client has checked that the labels run 1, 2, ...: a new table gives out the same ids.
  for (const ResultStructure& s : result.structures) {
    Structure structure;
    structure.instance = instanceAt(s.vertebra);
    structure.part = s.part;
    structure.label = s.part == Part::Canal ? 61 : s.part == Part::Cord ? 60 : 0;
    structure.confidence = s.confidence;
    structure.note = s.note;
    structure.provenance = proposal.provenance;
    proposal.structures.add(std::move(structure));
  }
  proposal.chain = chainFrom(result);
  const auto add = [&](std::uint32_t id, LayerKind kind, const LabelMap& map) {
    proposal.layers.push_back({LayerId{id}, kind, frameOfReferenceUid, seriesUid, map});
  };
  add(1, LayerKind::BoneAndDisc, outcome.boneAndDisc);
  add(2, LayerKind::CanalContents, outcome.canal);
  proposal.warnings = result.warnings;
  return proposal;
}

} // namespace spondyl::inference
