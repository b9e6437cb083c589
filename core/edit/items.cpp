#include "core/case/case_json.h"
#include "core/case/merge.h"
#include "core/edit/draft.h"

#include <cmath>

namespace spondyl::detail {
namespace {

const Landmark* proposedLandmark(const Case& c, InstanceId instance, const std::string& site) {
  for (auto p = c.proposals.rbegin(); p != c.proposals.rend(); ++p)
    for (const Landmark& landmark : (*p)->landmarks)
      if (landmark.site == site && (*p)->inCase(landmark.instance) == instance &&
          (*p)->itemsWait(landmark.instance))
        return &landmark;
  return nullptr;
}

std::optional<Finding> proposedFinding(const Case& c, const FindingId& id) {
  for (auto p = c.proposals.rbegin(); p != c.proposals.rend(); ++p)
    for (const Finding& finding : (*p)->findings)
      if (finding.id == id && (*p)->itemsWait(finding.instance)) {
        Finding found = finding;
        found.instance = (*p)->inCase(finding.instance);
        return found;
      }
  return std::nullopt;
}

/// Replaces the item that `same` finds, or adds it; false if it is there already.
template <class T, class F>
bool put(std::vector<T>& items, const T& item, F&& same) {
  const auto at = std::find_if(items.begin(), items.end(), same);
  if (at == items.end())
    items.push_back(item);
  else if (*at == item)
    return false;
  else
    *at = item;
  return true;
}

template <class T>
auto sameMeasurement(const T& item) {
  return [&item](const T& other) {
    return other.measurementId == item.measurementId && other.instance == item.instance;
  };
}

bool isNobody(const Patient& p) {
  return p == Patient{};
}

/// Confirms what is not rejected and fulfils `wanted(instance)`.
void confirm(Draft& draft, const std::function<bool(InstanceId)>& wanted) {
  const auto confirmItem = [&](auto& item, bool& changed) {
    if (!wanted(item.instance) || item.state == ItemState::Confirmed || item.state == ItemState::Rejected)
      return;
    item.state = ItemState::Confirmed;
    draft.noteInstance(item.instance);
    changed = true;
  };
  for (Structure s : std::vector(draft.next.structures.all())) {
    bool changed = false;
    confirmItem(s, changed);
    if (!changed)
      continue;
    draft.next.structures.update(s);
    draft.changes.structures = true;
  }
  for (Landmark& l : draft.next.landmarks)
    confirmItem(l, draft.changes.landmarks);
  for (Finding& f : draft.next.findings)
    confirmItem(f, draft.changes.findings);
}

} // namespace

Status edit(Draft& draft, const AddStudy& e) {
  Case& next = draft.next;
  const Patient& patient = e.patient;
  if (!next.patient.id.empty() && !patient.id.empty() && next.patient.id != patient.id)
    return invalid("AddStudy", "the images are of another patient");
  if (isNobody(next.patient) && !isNobody(patient)) {
    next.patient = patient;
    draft.changes.studies = true;
  }
  const auto& present = next.studies.get();
  const auto at = std::find_if(present.begin(), present.end(), [&](const Study& s) {
    return s.uid == e.study.uid && (!s.uid.empty() || s.name == e.study.name);
  });
  if (at == present.end()) {
    next.studies.push_back(e.study);
    draft.changes.studies = true;
    return {};
  }
  Study merged = e.study;
  for (const Series& series : at->series) { // series that are not read again stay
    const auto sameUid = [&](const Series& s) { return s.uid == series.uid; };
    if (std::none_of(e.study.series.begin(), e.study.series.end(), sameUid))
      merged.series.push_back(series);
  }
  if (studyJson(merged) == studyJson(*at))
    return {};
  const auto place = at - present.begin();
  next.studies.edit()[std::size_t(place)] = std::move(merged);
  draft.changes.studies = true;
  return {};
}

Status edit(Draft& draft, const MoveLandmark& e) {
  auto& landmarks = draft.next.landmarks;
  const auto at = std::find_if(landmarks.begin(), landmarks.end(), [&](const Landmark& l) {
    return l.instance == e.instance && l.site == e.site;
  });
  Landmark moved;
  if (at != landmarks.end() && at->state != ItemState::Rejected) {
    moved = *at;
  } else if (const Landmark* proposed = proposedLandmark(draft.next, e.instance, e.site);
             proposed && at == landmarks.end()) {
    moved = *proposed;
  } else {
    moved.site = e.site;
    moved.provenance = draft.byPerson();
  }
  if (e.instance && !effectiveChain(draft.next).find(e.instance))
    return unknown("vertebra", e.instance.value);
  if (at != landmarks.end() && at->state != ItemState::Rejected && moved.position == e.to)
    return {};
  moved.instance = e.instance;
  moved.position = e.to;
  moved.confidence = 1.0;
  if (moved.state != ItemState::Confirmed)
    moved.state = ItemState::Edited;
  draft.addEditor(moved.provenance);
  if (at == landmarks.end())
    landmarks.push_back(std::move(moved));
  else
    *at = std::move(moved);
  draft.noteInstance(e.instance);
  draft.changes.landmarks = true;
  return {};
}

Status edit(Draft& draft, const RemoveLandmark& e) {
  auto& landmarks = draft.next.landmarks;
  const auto at = std::find_if(landmarks.begin(), landmarks.end(), [&](const Landmark& l) {
    return l.instance == e.instance && l.site == e.site;
  });
  const Landmark* proposed = proposedLandmark(draft.next, e.instance, e.site);
  if (at == landmarks.end() && !proposed)
    return fail(ErrorCode::UnknownItem, {"landmark", e.site}, "RemoveLandmark");
  if (at != landmarks.end() && at->state == ItemState::Rejected)
    return {};
  // One that a model gave is kept as rejected, so that its next run does not bring it back.
  Landmark removed = at != landmarks.end() ? *at : *proposed;
  const bool byPerson = removed.provenance.origin == Provenance::Origin::Person && !proposed;
  removed.instance = e.instance;
  removed.state = ItemState::Rejected;
  draft.addEditor(removed.provenance);
  if (at == landmarks.end())
    landmarks.push_back(std::move(removed));
  else if (byPerson)
    landmarks.erase(at);
  else
    *at = std::move(removed);
  draft.noteInstance(e.instance);
  draft.changes.landmarks = true;
  return {};
}

Status edit(Draft& draft, const ConfirmLevel& e) {
  SPONDYL_CHECK(adoptInstance(draft, e.instance, ItemState::Confirmed));
  confirm(draft, [&](InstanceId instance) { return instance == e.instance; });
  return {};
}

Status edit(Draft& draft, const ConfirmAll&) {
  for (const ProposalPtr& p : std::vector(draft.next.proposals))
    if (p->isOpen())
      SPONDYL_CHECK(edit(draft, AcceptProposal{p->id, {}, false}));
  confirm(draft, [](InstanceId) { return true; });
  return {};
}

Status edit(Draft& draft, const SetFindingState& e) {
  auto& findings = draft.next.findings;
  auto at =
      std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.id == e.finding; });
  if (at == findings.end()) {
    std::optional<Finding> proposed = proposedFinding(draft.next, e.finding);
    if (!proposed)
      return fail(ErrorCode::UnknownItem, {"finding", e.finding}, "SetFindingState");
    findings.push_back(std::move(*proposed));
    at = findings.end() - 1;
  } else if (at->state == e.state) {
    return {};
  }
  at->state = e.state;
  draft.addEditor(at->provenance);
  draft.noteInstance(at->instance);
  draft.changes.findings = true;
  return {};
}

Status edit(Draft& draft, const SetFinding& e) {
  if (e.finding.id.empty())
    return invalid("SetFinding", "no id");
  if (!put(draft.next.findings, e.finding, [&](const Finding& f) { return f.id == e.finding.id; }))
    return {};
  draft.noteInstance(e.finding.instance);
  draft.changes.findings = true;
  return {};
}

Status edit(Draft& draft, const SetOverride& e) {
  if (e.value.measurementId.empty() || e.value.reason.empty())
    return invalid("SetOverride", "an override needs a reason");
  if (!put(draft.next.overrides, e.value, sameMeasurement(e.value)))
    return {};
  draft.noteInstance(e.value.instance);
  draft.changes.measurements = true;
  return {};
}

Status edit(Draft& draft, const ClearOverride& e) {
  const auto removed = std::erase_if(draft.next.overrides, [&](const MeasurementOverride& o) {
    return o.measurementId == e.measurementId && o.instance == e.instance;
  });
  if (!removed)
    return {};
  draft.noteInstance(e.instance);
  draft.changes.measurements = true;
  return {};
}

Status edit(Draft& draft, const ConfirmMeasurement& e) {
  if (!put(draft.next.confirmations, e.value, sameMeasurement(e.value)))
    return {};
  draft.noteInstance(e.value.instance);
  draft.changes.measurements = true;
  return {};
}

Status edit(Draft& draft, const AddKeyImage& e) {
  draft.changes.keyImages =
      put(draft.next.keyImages, e.image, [&](const KeyImage& k) { return k.id == e.image.id; });
  return {};
}

Status edit(Draft& draft, const RemoveKeyImage& e) {
  if (!std::erase_if(draft.next.keyImages, [&](const KeyImage& k) { return k.id == e.id; }))
    return fail(ErrorCode::UnknownItem, {"key image", e.id}, "RemoveKeyImage");
  draft.changes.keyImages = true;
  return {};
}

Status edit(Draft& draft, const PutMark& e) {
  if (e.mark.id == 0 || e.mark.points.empty())
    return invalid("PutMark", "no id or no point");
  for (const PointLps p : e.mark.points)
    if (!std::isfinite(p.x) || !std::isfinite(p.y) || !std::isfinite(p.z))
      return invalid("PutMark", "a point that is nowhere");
  draft.changes.marks = put(draft.next.marks, e.mark, [&](const Mark& m) { return m.id == e.mark.id; });
  return {};
}

Status edit(Draft& draft, const RemoveMark& e) {
  if (!std::erase_if(draft.next.marks, [&](const Mark& m) { return m.id == e.id; }))
    return unknown("mark", e.id);
  draft.changes.marks = true;
  return {};
}

namespace {

Status replaceMarks(Draft& draft, const Marks& marks) {
  for (const Mark& mark : marks) {
    const auto at = std::find_if(draft.next.marks.begin(), draft.next.marks.end(),
                                 [&](const Mark& m) { return m.id == mark.id; });
    if (at == draft.next.marks.end())
      return unknown("mark", mark.id);
    draft.changes.marks = draft.changes.marks || !(*at == mark);
    *at = mark;
  }
  return {};
}

} // namespace

Status edit(Draft& draft, const SetCalibration& e) {
  const LineCalibration& k = e.value;
  if (!std::isfinite(k.mmPerUnit) || k.mmPerUnit <= 0 || !std::isfinite(k.lineMm) || k.lineMm <= 0)
    return invalid("SetCalibration", "a length that is not above zero");
  const Series* series = draft.next.series(k.seriesUid);
  if (!series || k.stack < 0 || std::size_t(k.stack) >= series->stacks.size() ||
      !series->stacks[std::size_t(k.stack)].radiograph)
    return invalid("SetCalibration", "only a radiograph is calibrated by a line");
  draft.changes.marks = put(draft.next.calibrations, k, [&](const LineCalibration& other) {
    return other.seriesUid == k.seriesUid && other.stack == k.stack;
  });
  return replaceMarks(draft, e.revalued);
}

Status edit(Draft& draft, const ClearCalibration& e) {
  draft.changes.marks = std::erase_if(draft.next.calibrations, [&](const LineCalibration& k) {
                          return k.seriesUid == e.seriesUid && k.stack == e.stack;
                        }) > 0;
  return replaceMarks(draft, e.revalued);
}

Status edit(Draft& draft, const SetReportText& e) {
  draft.changes.report = !(draft.next.report == e.text);
  draft.next.report = e.text;
  return {};
}

} // namespace spondyl::detail
