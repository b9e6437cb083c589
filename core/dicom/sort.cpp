#include "core/dicom/sort.h"

#include "core/dicom/radiograph_stack.h"
#include "core/dicom/split.h"
#include "core/dicom/stack_geometry.h"
#include "core/dicom/transfer_syntax.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace spondyl::dicom {
namespace {

bool samePlaneAndMatrix(const ImageHeader& a, const ImageHeader& b) {
  if (a.radiograph || b.radiograph)
    return false; // each picture by itself
  if (a.layout.rows != b.layout.rows || a.layout.columns != b.layout.columns)
    return false;
  if (a.position.has_value() != b.position.has_value())
    return false;
  if (a.pixelSpacing.has_value() != b.pixelSpacing.has_value() ||
      a.orientation.has_value() != b.orientation.has_value())
    return false;
  if (a.series.frameOfReferenceUid != b.series.frameOfReferenceUid)
    return false;
  if (a.pixelSpacing)
    for (std::size_t k = 0; k < 2; ++k)
      if (std::abs((*a.pixelSpacing)[k] - (*b.pixelSpacing)[k]) > 1e-4 * (*a.pixelSpacing)[k])
        return false;
  if (a.orientation)
    for (std::size_t k = 0; k < 6; ++k)
      if (std::abs((*a.orientation)[k] - (*b.orientation)[k]) > 1e-3)
        return false;
  return true;
}

std::string planeName(const ImageHeader& h) {
  const auto frame = sliceFrame(h);
  if (!frame)
    return {};
  const VectorLps n = frame->normal;
  const double x = std::abs(n.x), y = std::abs(n.y), z = std::abs(n.z);
  const double largest = std::max({x, y, z});
  const std::string name = largest == z ? "axial" : largest == x ? "sagittal" : "coronal";
  return largest > 0.94 ? name : "oblique " + name; // 20° off
}

// Images of one matrix, spacing and orientation.
std::vector<Members> planesOf(const Members& headers) {
  std::vector<Members> planes;
  for (const ImageHeader* h : headers) {
    const auto at = std::find_if(planes.begin(), planes.end(),
                                 [&](const Members& m) { return samePlaneAndMatrix(*m.front(), *h); });
    if (at == planes.end())
      planes.push_back({h});
    else
      at->push_back(h);
  }
  return planes;
}

// The same object twice (a copied file) is one object.
Members withoutCopies(const Members& headers, int& copies) {
  std::set<std::pair<std::string, int>> seen;
  Members out;
  for (const ImageHeader* h : headers) {
    const bool isNew =
        h->source.sopInstanceUid.empty() || seen.insert({h->source.sopInstanceUid, h->source.frame}).second;
    if (isNew)
      out.push_back(h);
    else
      ++copies;
  }
  return out;
}

// A lone discriminator value says nothing to a reader where only the planes differ.
std::string labelOf(const std::string& plane, const std::string& split, bool severalPlanes) {
  if (!severalPlanes)
    return split;
  return split.empty() ? plane : plane + ", " + split;
}

void noteIdentity(const Study& a, const Study& b, std::set<std::string>& mixed) {
  if (a.patient.name != b.patient.name)
    mixed.insert("PatientName");
  if (a.patient.birthDate != b.patient.birthDate)
    mixed.insert("PatientBirthDate");
  if (a.patient.sex != b.patient.sex)
    mixed.insert("PatientSex");
}

// Without a UID, what lies together in a folder and a frame of reference and is called the same is one
// series.
std::string seriesKey(const ImageHeader& h) {
  if (!h.series.uid.empty())
    return h.series.uid;
  return h.source.file.parent_path().string() + "|" + h.series.frameOfReferenceUid + "|" +
         h.series.description + "|" + std::to_string(h.series.number.value_or(0));
}

std::string patientKey(const Patient& p) {
  return p.id.empty() ? "name:" + p.name : "id:" + p.id;
}

} // namespace

std::vector<Stack> sortIntoStacks(const Members& headers) {
  int copies = 0;
  const std::vector<Members> planes = planesOf(withoutCopies(headers, copies));
  std::vector<Stack> stacks;
  std::set<std::string> names;
  for (const Members& plane : planes)
    names.insert(planeName(*plane.front()));
  for (const Members& plane : planes) {
    if (plane.front()->radiograph) {
      stacks.push_back(radiographStack(*plane.front()));
      continue;
    }
    auto groups = splitPlane(plane);
    for (auto& [split, members] : groups) {
      stacks.push_back(
          buildStack(std::move(members), labelOf(planeName(*plane.front()), split, planes.size() > 1)));
      if (groups.size() > 1)
        stacks.back().warnings.push_back(
            {WarningCode::SeveralStacks, {std::to_string(groups.size()), split}});
      if (names.size() > 1)
        stacks.back().warnings.push_back({WarningCode::SeveralOrientations, {std::to_string(planes.size())}});
    }
  }
  if (copies > 0)
    stacks.front().warnings.push_back({WarningCode::DuplicateSlices, {std::to_string(copies)}});
  std::stable_sort(stacks.begin(), stacks.end(),
                   [](const Stack& a, const Stack& b) { return a.slices.size() > b.slices.size(); });
  return stacks;
}

StudyListing sortIntoStudies(const std::vector<ImageHeader>& headers) {
  // Ordered by key, so that the listing does not depend on the folder's order.
  std::map<std::pair<std::string, std::string>, std::map<std::string, Members>> tree;
  std::set<std::string> patients, undecodable;
  for (const ImageHeader& h : headers) {
    const std::string patient = patientKey(h.study.patient);
    patients.insert(patient);
    tree[{h.study.uid, patient}][seriesKey(h)].push_back(&h);
    if (h.undecodableText)
      undecodable.insert(h.study.uid);
  }
  StudyListing listing;
  std::set<std::string> mixed;
  for (auto& [key, seriesOfStudy] : tree) {
    Study study = seriesOfStudy.begin()->second.front()->study;
    for (auto& [seriesName, members] : seriesOfStudy) {
      std::stable_sort(members.begin(), members.end(), [](const ImageHeader* a, const ImageHeader* b) {
        return std::tie(a->source.instanceNumber, a->source.file, a->source.frame) <
               std::tie(b->source.instanceNumber, b->source.file, b->source.frame);
      });
      for (const ImageHeader* h : members)
        noteIdentity(study, h->study, mixed);
      Series series = members.front()->series;
      series.lossy =
          std::any_of(members.begin(), members.end(), [](const ImageHeader* h) { return h->series.lossy; });
      series.sliceCount = static_cast<int>(members.size());
      series.stacks = sortIntoStacks(members);
      study.series.push_back(std::move(series));
    }
    std::stable_sort(study.series.begin(), study.series.end(), [](const Series& a, const Series& b) {
      return a.number.value_or(1 << 30) < b.number.value_or(1 << 30);
    });
    listing.studies.push_back(std::move(study));
  }
  if (patients.size() > 1)
    listing.warnings.push_back({WarningCode::SeveralPatients, {std::to_string(patients.size())}});
  for (const std::string& attribute : mixed)
    listing.warnings.push_back({WarningCode::StudyIdentityMixed, {attribute}});
  if (!undecodable.empty())
    listing.warnings.push_back({WarningCode::TextUndecodable, {"PatientName"}});
  return listing;
}

} // namespace spondyl::dicom
