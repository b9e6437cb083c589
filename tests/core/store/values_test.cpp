// The codec writes every member of the values that it knows. When one is added, this file no longer compiles:
// add it to the codec, then here.
#include "core/case/case_json.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

[[maybe_unused]] void membersAreKnown(const Series& s, const Stack& t, const Study& u, const SliceSource& v,
                                      const Case& c, const Proposal& p, const Radiograph& r, const VoiLut& l,
                                      const Mark& m, const LineCalibration& k) {
  [[maybe_unused]] const auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9] = m;
  [[maybe_unused]] const auto& [k1, k2, k3, k4, k5, k6] = k;
  [[maybe_unused]] const auto& [r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11] = r;
  [[maybe_unused]] const auto& [l1, l2, l3, l4] = l;
  [[maybe_unused]] const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17,
                                s18, s19, s20, s21, s22, s23, s24, s25] = s;
  [[maybe_unused]] const auto& [t1, t2, t3, t4, t5, t6, t7, t8] = t;
  [[maybe_unused]] const auto& [u1, u2, u3, u4, u5, u6, u7, u8, u9, u10, u11, u12] = u;
  [[maybe_unused]] const auto& [v1, v2, v3, v4, v5] = v;
  [[maybe_unused]] const auto& [c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17,
                                c18] = c;
  [[maybe_unused]] const auto& [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13] = p;
}

} // namespace

TEST_CASE("texts of any bytes and numbers of any kind come back exactly") {
  Case c = test::caseOn(test::obliqueGrid());
  Series& series = c.studies.edit()[0].series[0];
  series.description = "quoted \" \\ \n \x01 \xc3\xa4 \xe6\xa4\x8e";
  series.stacks[0].slices[0].file = std::string("latin-\xe4\xff/\xc3");
  series.kvp = 0.1 + 0.2;
  series.echoTimeMs = std::numeric_limits<double>::denorm_min();
  series.repetitionTimeMs = std::numeric_limits<double>::infinity();
  series.windows = {{"bone", 1.0 / 3, -0.0}};
  series.stacks[0].sliceThicknessMm = 1e300;
  series.stacks[0].warnings = {{WarningCode::Lossy, {"jpeg", "10"}}};
  series.stacks[0].refusal = fail(ErrorCode::UnevenSlices, {"a", "b"}, "where");
  series.stacks[0].radiograph = Radiograph{Calibration::Magnified,
                                           std::array{0.1, 0.3},
                                           1.25,
                                           "FIDUCIAL",
                                           "L",
                                           "FP",
                                           true,
                                           "LL",
                                           "R",
                                           true,
                                           VoiLut{-5, 12, {0, 4095, 7}, "NORMAL"}};
  c.marks = {{7,
              MarkKind::Region,
              "1.2.3",
              "9.9",
              sagittalPlane({0.1 + 0.2, 1.0 / 3, -0.0}),
              {{1.0 / 3, 2, 3}, {4, -5e-300, 6}},
              "\xc3\xa4 \"\\",
              "Sagittal · L3",
              "Mean 3 HU\n2 mm²"}};
  c.calibrations = {{"1.2.3", 1, 1.0 / 7, 25.4, "reader", "2026-01-01T00:00:00Z"}};
  c.report.impression = std::string("nul \0 inside", 12);
  Case back;
  for (const CaseItem& item : caseItems(c))
    REQUIRE(readCaseItem(back, item).ok());
  const Series& r = back.studies[0].series[0];
  CHECK(caseItems(back) == caseItems(c));
  CHECK(back.marks == c.marks);
  CHECK(back.calibrations == c.calibrations);
  CHECK(r.description == series.description);
  CHECK(r.stacks[0].slices[0].file == series.stacks[0].slices[0].file);
  CHECK(*r.kvp == *series.kvp);
  CHECK(*r.echoTimeMs == *series.echoTimeMs);
  CHECK(std::isinf(*r.repetitionTimeMs));
  CHECK(std::signbit(r.windows[0].width));
  CHECK(r.stacks[0].warnings == series.stacks[0].warnings);
  CHECK(r.stacks[0].refusal->code == ErrorCode::UnevenSlices);
  CHECK(r.stacks[0].radiograph == series.stacks[0].radiograph);
  CHECK(*r.stacks[0].grid == *series.stacks[0].grid);
  CHECK(back.report == c.report);
}

TEST_CASE("text that is no part of a case is refused, not believed") {
  Case c;
  for (const CaseItem& item :
       {CaseItem{"chain", "{"}, CaseItem{"chain", "[]"}, CaseItem{"chain", "{\"entries\":5}"},
        CaseItem{"studies", "[{\"series\":[1]}]"}, CaseItem{"nothing", "{}"}, CaseItem{"proposal/1", "{}"}}) {
    const Status status = readCaseItem(c, item);
    REQUIRE(!status.ok());
    CHECK(status.error().code == ErrorCode::CaseDamaged);
  }
}
