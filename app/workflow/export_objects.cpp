#include "app/workflow/export_objects.h"

#include "core/case/label_exchange.h"
#include "core/dicom/seg.h"

#include <map>

namespace spondyl::app {
namespace {

/// What goes out: without proposed items only what a person confirmed.
EffectiveCase exported(const Case& c, bool includeProposed) {
  EffectiveCase e = effective(c, includeProposed);
  if (includeProposed)
    return e;
  for (const Structure& s : std::vector<Structure>(e.structures.all()))
    if (s.state != ItemState::Confirmed)
      e.structures.remove(s.id);
  return e;
}

dicom::SegAlgorithm algorithmOf(const Structure& s) {
  if (s.provenance.origin == Provenance::Origin::Person)
    return dicom::SegAlgorithm::Manual;
  const bool edited = s.state == ItemState::Edited || !s.provenance.editedBy.empty();
  return edited ? dicom::SegAlgorithm::SemiAutomatic : dicom::SegAlgorithm::Automatic;
}

/// One segment a label number; a vertebra's body and posterior elements share theirs.
std::vector<dicom::SegSegment> segmentsOf(const EffectiveCase& e) {
  std::map<int, dicom::SegSegment> byNumber;
  for (const Structure& s : e.structures.all()) {
    const int number = exportLabel(s, e.chain);
    if (number == 0)
      continue;
    auto [at, isNew] = byNumber.try_emplace(number, dicom::segmentForLabel(number));
    dicom::SegSegment& segment = at->second;
    const dicom::SegAlgorithm algorithm = algorithmOf(s);
    // Parts of different origin make a segment that a person had a hand in.
    segment.algorithm =
        isNew || segment.algorithm == algorithm ? algorithm : dicom::SegAlgorithm::SemiAutomatic;
    if (s.provenance.origin != Provenance::Origin::Person || segment.algorithmName.empty()) {
      segment.algorithmName = s.provenance.name.empty() ? "Spondyl" : s.provenance.name;
      segment.algorithmVersion = s.provenance.version.empty() ? SPONDYL_VERSION : s.provenance.version;
    }
    if (s.state == ItemState::Proposed)
      segment.description = structureName(s, e.chain) + " (not reviewed)";
  }
  std::vector<dicom::SegSegment> segments;
  for (auto& [number, segment] : byNumber)
    segments.push_back(std::move(segment));
  return segments;
}

} // namespace

Status exportSeg(const Input& input, bool includeProposed, const Path& file, const JobContext& job) {
  if (input.series.origin != SeriesOrigin::Dicom)
    return fail(ErrorCode::NoSourceIdentity, {input.path.filename().string()}, "exportSeg");
  const EffectiveCase e = exported(input.existing, includeProposed);
  const auto segments = segmentsOf(e);
  if (segments.empty())
    return fail(ErrorCode::NothingToWrite,
                {includeProposed ? "analyse or label the study first"
                                 : "add --include proposed to write what is proposed"},
                "exportSeg");
  const LabelArray labels{input.volume->grid(), exportLabels(e, input.volume->grid()).labels};
  dicom::SegDescription description;
  description.contentLabel = "SPINE";
  description.contentDescription = "Not for diagnostic use";
  description.seriesDescription =
      includeProposed ? "Spondyl spine labels, may hold items not reviewed" : "Spondyl spine labels";
  return dicom::writeSeg(labels, segments, input.study, input.series, input.stack, description, file, job);
}

} // namespace spondyl::app
