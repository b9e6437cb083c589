#include "app/panels/findings_model.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace spondyl::app {
namespace {

std::string titleOf(const Finding& finding) {
  std::string title = finding.kind;
  if (!title.empty())
    title[0] = char(std::toupper(static_cast<unsigned char>(title[0])));
  if (finding.grade)
    title += (finding.kind == "fracture" ? ", Genant " : ", grade ") + std::to_string(*finding.grade);
  if (!finding.shape.empty())
    title += ", " + finding.shape;
  return title;
}

std::string detailOf(const Finding& finding) {
  if (finding.abstained)
    return "The model cannot tell here";
  std::string detail;
  if (finding.provenance.origin == Provenance::Origin::Model && finding.probability > 0)
    detail = "Probability " + std::to_string(std::lround(finding.probability * 100)) + " %";
  if (!finding.evidence.empty()) {
    detail += detail.empty() ? "Rests on " : ", rests on ";
    for (std::size_t n = 0; n < finding.evidence.size(); ++n)
      detail += (n ? ", " : "") + finding.evidence[n];
  }
  return detail;
}

} // namespace

FindingsModel buildFindings(const Case& c, const EffectiveCase& e) {
  FindingsModel model;
  for (const Finding& finding : e.findings) {
    FindingRow row;
    row.id = finding.id;
    row.instance = finding.instance;
    row.level = e.chain.displayName(finding.instance);
    row.title = titleOf(finding);
    row.detail = detailOf(finding);
    row.state = finding.state;
    row.abstained = finding.abstained;
    row.inCase = std::any_of(c.findings.begin(), c.findings.end(),
                             [&](const Finding& f) { return f.id == finding.id; });
    if (const ChainEntry* entry = e.chain.find(finding.instance))
      row.at = entry->centroid;
    if (row.state == ItemState::Confirmed)
      ++model.confirmed;
    else if (row.state == ItemState::Rejected)
      ++model.rejected;
    else
      ++model.open;
    model.rows.push_back(std::move(row));
  }
  const auto rankOf = [](const FindingRow& row) {
    return row.state == ItemState::Rejected ? 2 : row.state == ItemState::Confirmed ? 1 : 0;
  };
  std::stable_sort(model.rows.begin(), model.rows.end(),
                   [&](const FindingRow& a, const FindingRow& b) { return rankOf(a) < rankOf(b); });
  return model;
}

} // namespace spondyl::app
