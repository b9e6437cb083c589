#include "core/case/label_exchange.h"
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

void takeAnchor(Proposal& proposal, const ReaderAnchor& anchor) {
  InstanceId instance;
  for (const LabelLayer& layer : proposal.layers)
    if (const Structure* s =
            proposal.structures.find(layer.map.at(nearestIndex(layer.map.grid().toIjk(anchor.at))));
        s && isVertebral(s->part))
      instance = s->instance;
  const auto renamed = renamedFrom(proposal.chain, instance, anchor.level);
  if (renamed)
    proposal.chain = *renamed;
  else
    proposal.warnings.push_back(
        "The reader's anchor lies in no vertebra that was found, or leaves no possible "
        "sequence of levels: levels are not named from it.");
}

/// As if the network's numbers had come in a file.
Proposal proposalOfCodes(const SegmentOutcome& outcome, LabelImport import,
                         const std::optional<ReaderAnchor>& anchor) {
  std::vector<std::uint16_t> codes = outcome.boneAndDisc.dense();
  for (std::uint16_t& code : codes)
    if (code > 0)
      code = std::uint16_t(outcome.result.structures[code - 1u].code);
  import.labels = codes;
  import.grid = outcome.boneAndDisc.grid();
  auto proposal = proposalFromLabels(import);
  if (!proposal) // only arrays of a wrong size are refused, and this one is the grid's own
    return {};
  if (anchor)
    takeAnchor(*proposal, *anchor);
  auto warnings = outcome.result.warnings;
  warnings.insert(warnings.end(), proposal->warnings.begin(), proposal->warnings.end());
  proposal->warnings = std::move(warnings);
  return std::move(*proposal);
}

void addLandmarks(Proposal& proposal, const SegmentResult& result) {
  const Provenance provenance{Provenance::Origin::Model,
                              result.landmarkModelName,
                              result.landmarkModelVersion,
                              result.landmarkWeightsSha256,
                              proposal.inputDigest,
                              proposal.provenance.when,
                              {}};
  for (const ResultLandmark& l : result.landmarks)
    proposal.landmarks.push_back(
        {instanceAt(l.vertebra), l.site, l.at, l.confidence, ItemState::Proposed, provenance});
}

} // namespace

Proposal toProposal(const SegmentOutcome& outcome, const std::string& seriesUid,
                    const std::string& frameOfReferenceUid, const std::string& inputDigest,
                    const std::optional<ReaderAnchor>& anchor) {
  const SegmentResult& result = outcome.result;
  const Provenance provenance{Provenance::Origin::Model,
                              result.modelName,
                              result.modelVersion,
                              result.weightsSha256,
                              inputDigest,
                              utcNow(),
                              {}};
  if (!result.structures.empty() && result.structures.front().code > 0) {
    LabelImport import;
    import.seriesUid = seriesUid;
    import.frameOfReferenceUid = frameOfReferenceUid;
    import.provenance = provenance;
    Proposal proposal = proposalOfCodes(outcome, import, anchor);
    proposal.inputDigest = inputDigest;
    return proposal;
  }
  Proposal proposal;
  proposal.seriesUid = seriesUid;
  proposal.frameOfReferenceUid = frameOfReferenceUid;
  proposal.inputDigest = inputDigest;
  proposal.provenance = provenance;
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
  addLandmarks(proposal, result);
  proposal.warnings = result.warnings;
  return proposal;
}

} // namespace spondyl::inference
