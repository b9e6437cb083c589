#pragma once
// A lumbar phantom as a case, measured once.

#include "core/report/report.h"
#include "tests/support/phantom_case.h"

#include <catch2/catch.hpp>

namespace spondyl::test {

struct ReportFixture {
  PhantomCase phantom;
  std::vector<Measurement> measurements;
  std::vector<Landmark> landmarks;
  std::vector<Finding> findings;
};

inline const ReportFixture& fixture() {
  static const ReportFixture f = [] {
    PhantomOptions o;
    o.seed = 41;
    o.from = Level::L1;
    o.spacingMm = 1.5;
    o.fractures = {{Level::L2, FractureShape::Wedge, 36}};
    ReportFixture out;
    PhantomCaseOptions how;
    how.state = ItemState::Proposed;
    out.phantom = phantomCase(o, defaultGrid(describeSpine(o).value(), 1.5, 24).value(), how);
    Case& c = out.phantom.value;
    for (Structure s : c.structures.all()) {
      s.provenance = {Provenance::Origin::Model, "spine-ct", "1.0", std::string(64, 'a'), "digest",
                      "2026-05-04T09:00:00Z",    {}};
      c.structures.update(s);
    }
    out.measurements = measure(c, PhantomCase::seriesUid, nullptr);
    out.findings = fractureFindings(c.chain, out.measurements);
    for (const Finding& finding : out.findings)
      c.findings.push_back(finding);
    out.landmarks = allLandmarks(effective(c), PhantomCase::seriesUid);
    return out;
  }();
  return f;
}

inline Report reportOf(const Case& c, bool includeProposed) {
  ReportInput input;
  input.seriesUid = PhantomCase::seriesUid;
  input.includeProposed = includeProposed;
  input.created = "2026-05-04T10:20:30Z";
  input.measurements = measure(c, PhantomCase::seriesUid, nullptr);
  input.landmarks = fixture().landmarks;
  return makeReport(c, input);
}

/// As the edit that confirms a level does.
inline Case confirmed(Case c, InstanceId instance) {
  for (Structure s : c.structures.all())
    if (s.instance == instance) {
      s.state = ItemState::Confirmed;
      c.structures.update(s);
    }
  for (Finding& f : c.findings)
    if (f.instance == instance)
      f.state = ItemState::Confirmed;
  return c;
}

} // namespace spondyl::test
