#include "core/report/report.h"

#include "core/measure/formulas.h"
#include "core/report/text_format.h"

#include <algorithm>
#include <map>

namespace spondyl {
namespace {

bool isReviewed(const Measurement& m) {
  return m.status == MeasurementStatus::Ok || m.status == MeasurementStatus::Overridden;
}

std::string gradeWords(int grade) {
  static const char* words[] = {"normal", "mild", "moderate", "severe"};
  return grade >= 0 && grade <= 3 ? words[grade] : "";
}

std::string sentenceOf(const Finding& f) {
  std::string s = f.kind;
  if (f.abstained)
    return s + " possible: cannot tell, " + fixed(100 * f.probability, 0) + " %";
  if (f.grade && f.kind == "fracture")
    s += ", Genant grade " + std::to_string(*f.grade) + " (" + gradeWords(*f.grade) + ")";
  else if (f.grade)
    s += ", grade " + std::to_string(*f.grade);
  if (!f.shape.empty())
    s += ", " + f.shape;
  return s;
}

/// A confirmed grade refers to the value it was confirmed for.
std::string staleness(const Finding& f, const std::vector<Measurement>& all) {
  if (f.kind != "fracture" || !f.grade)
    return {};
  for (const Measurement& m : all)
    if (m.instance == f.instance && m.id == "body.height.loss" && m.value)
      if (const int now = genantGrade(*m.value / 100); now != *f.grade)
        return "the present height loss of " + fixed(*m.value, 0) + " % gives grade " + std::to_string(now);
  return {};
}

const Landmark* find(const std::vector<Landmark>& all, InstanceId instance, const char* site) {
  for (const Landmark& l : all)
    if (l.instance == instance && l.site == site)
      return &l;
  return nullptr;
}

using Outline = std::array<std::array<double, 2>, 4>;
std::optional<Outline> outline(const std::vector<Landmark>& all, InstanceId instance,
                               const std::array<const char*, 4>& sites, bool sagittal) {
  Outline out{};
  for (std::size_t n = 0; n < 4; ++n) {
    const Landmark* l = find(all, instance, sites[n]);
    if (!l)
      return std::nullopt;
    out[n] = {sagittal ? l->position.y : l->position.x, l->position.z};
  }
  return out;
}

void addOutlines(ReportLevel& level, const std::vector<Landmark>& all) {
  level.sagittal =
      outline(all, level.instance,
              {"superior.anterior", "superior.posterior", "inferior.posterior", "inferior.anterior"}, true);
  level.coronal = outline(all, level.instance,
                          {"superior.right", "superior.left", "inferior.left", "inferior.right"}, false);
  if (!level.sagittal)
    level.sagittal =
        outline(all, level.instance,
                {"endplate.anterior", "endplate.posterior", "endplate.posterior", "endplate.anterior"}, true);
}

void addSource(std::map<std::string, ReportSource>& sources, const Provenance& p) {
  const auto add = [&](const std::string& key, ReportSource s) {
    auto [it, isNew] = sources.try_emplace(key, std::move(s));
    ++it->second.items;
  };
  const char* origins[] = {"person", "model", "import"};
  if (!p.name.empty())
    add(p.source() + p.weightsSha256,
        {p.source(), origins[std::size_t(p.origin)], p.name, p.version, p.weightsSha256, p.inputDigest, 0});
  for (const std::string& person : p.editedBy)
    add("person:" + person, {"person:" + person, "person", person, {}, {}, {}, 0});
}

void addStudy(const Case& c, const std::string& seriesUid, Report& r) {
  const Study* study = nullptr;
  const Series* series = nullptr;
  for (const Study& s : c.studies)
    for (const Series& candidate : s.series)
      if (candidate.uid == seriesUid || !study) {
        study = &s;
        series = &candidate;
      }
  if (!study)
    return;
  r.studyUid = study->uid;
  r.studyDate = study->date;
  r.studyDescription = study->description;
  r.accession = study->accession;
  r.institution = study->institution;
  if (r.referrer.empty())
    r.referrer = displayName(Patient{study->referringPhysician, {}, {}, {}});
  r.modality = series->modality;
  r.seriesDescription = series->description;
  const auto add = [&](const std::string& text) {
    if (!text.empty())
      r.technique += (r.technique.empty() ? "" : ", ") + text;
  };
  add(series->modality);
  add(series->description);
  if (series->kvp)
    add(fixed(*series->kvp, 0) + " kVp");
  if (!series->kernel.empty())
    add("kernel " + series->kernel);
  if (!series->stacks.empty() && series->stacks.front().sliceThicknessMm)
    add(fixed(*series->stacks.front().sliceThicknessMm, 1) + " mm slices");
  add(series->patientPosition);
}

void addNotices(const LevelChain& chain, Report& r) {
  if (chain.naming == Naming::Assumed) {
    std::string text =
        "The numbering of the levels is assumed from one anchor (" + anchorName(chain.anchor) + ").";
    for (const NamingAlternative& a : chain.alternatives)
      if (a.probability >= 0.05)
        text += " Other reading: " +
                (a.variant.empty() ? "all names shifted by " + std::to_string(a.shift) : a.variant) + " (" +
                fixed(100 * a.probability, 0) + " %).";
    r.notices.push_back(text);
  }
  if (chain.naming == Naming::Ask && !chain.entries.empty())
    r.notices.push_back("The levels are not named: no anchor is in view. V1, V2 … count from above.");
  if (chain.variant && !chain.variant->empty())
    r.notices.push_back("Anatomical variant: " + *chain.variant + ".");
  if (r.nothingReviewed)
    r.notices.push_back("Nothing of this case has been reviewed. This report therefore shows no result.");
  else if (r.leftOut > 0)
    r.notices.push_back(std::to_string(r.leftOut) + " items that nobody has reviewed are left out.");
  if (r.includeProposed && r.confirmed < r.total)
    r.notices.push_back(
        "Items marked \"not reviewed\" are proposals of a program that no person has confirmed.");
}

} // namespace

const Measurement* Report::measurement(InstanceId instance, std::string_view id) const {
  for (const ReportMeasurement& m : measurements)
    if (m.value.instance == instance && m.value.id == id)
      return &m.value;
  return nullptr;
}

std::string shownValue(const Measurement& m) {
  if (!m.value)
    return "—";
  const MeasurementDefinition* d = measurementDefinition(m.id);
  const int decimals = d ? d->decimals : 1;
  const bool isSigned =
      m.id.starts_with("slip.") || m.id == "body.rotation" || m.id == "balance.coronal" || m.id == "sva";
  return isSigned ? fixedSigned(*m.value, decimals) : fixed(*m.value, decimals);
}

Report makeReport(const Case& c, const ReportInput& input) {
  const EffectiveCase e = effective(c, true);
  Report r;
  r.programVersion = SPONDYL_VERSION;
  r.created = input.created;
  r.patient = c.patient;
  r.referrer = c.report.referrer;
  r.reader = c.report.reader;
  r.impression = c.report.impression;
  r.includeProposed = input.includeProposed;
  r.chain = e.chain;
  addStudy(c, input.seriesUid, r);

  std::map<std::string, ReportSource> sources;
  std::map<InstanceId, bool> reviewed; // all its structures are confirmed
  for (const Structure& s : e.structures.all()) {
    const bool confirmed = s.state == ItemState::Confirmed;
    ++r.total;
    r.confirmed += confirmed ? 1 : 0;
    if (s.instance) {
      auto [it, isNew] = reviewed.try_emplace(s.instance, confirmed);
      it->second = it->second && confirmed;
    }
    if (confirmed || input.includeProposed)
      addSource(sources, s.provenance);
  }
  for (const Finding& f : e.findings) {
    const bool confirmed = f.state == ItemState::Confirmed;
    ++r.total;
    r.confirmed += confirmed ? 1 : 0;
    if (!confirmed && !input.includeProposed)
      continue;
    r.findings.push_back({f, e.chain.displayName(f.instance), sentenceOf(f), confirmed,
                          confirmed ? staleness(f, input.measurements) : std::string()});
    addSource(sources, f.provenance);
  }
  for (const Measurement& m : input.measurements) {
    const bool byReader = m.status == MeasurementStatus::Overridden;
    const bool levelShown = input.includeProposed || (reviewed.count(m.instance) && reviewed[m.instance]);
    const bool shown =
        m.status == MeasurementStatus::Missing ? levelShown : input.includeProposed || isReviewed(m);
    if (byReader) {
      ++r.total;
      ++r.confirmed;
    }
    if (shown)
      r.measurements.push_back({m, isReviewed(m)});
  }
  for (const ChainEntry& entry : e.chain.entries) {
    const bool isReviewedLevel = reviewed.count(entry.instance) && reviewed[entry.instance];
    const bool hasReviewedItem =
        std::any_of(
            r.measurements.begin(), r.measurements.end(),
            [&](const ReportMeasurement& m) { return m.value.instance == entry.instance && m.reviewed; }) ||
        std::any_of(r.findings.begin(), r.findings.end(),
                    [&](const ReportFinding& f) { return f.finding.instance == entry.instance; });
    if (!input.includeProposed && !isReviewedLevel && !hasReviewedItem)
      continue;
    ReportLevel level{entry.instance,
                      e.chain.displayName(entry.instance),
                      entry.level.has_value(),
                      isReviewedLevel,
                      entry.whole,
                      entry.note,
                      {},
                      {}};
    addOutlines(level, input.landmarks);
    r.levels.push_back(std::move(level));
  }
  r.nothingReviewed = !input.includeProposed && r.confirmed == 0;
  r.leftOut = input.includeProposed ? 0 : r.total - r.confirmed;
  if (!r.nothingReviewed)
    r.keyImages = c.keyImages;
  for (auto& [key, source] : sources)
    r.provenance.push_back(std::move(source));
  addNotices(e.chain, r);
  return r;
}

} // namespace spondyl
