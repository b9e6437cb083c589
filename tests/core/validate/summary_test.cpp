#include "core/validate/summary.h"
#include "tests/support/json_schema.h"

#include <catch2/catch.hpp>

using namespace spondyl;

namespace {

StructureResult vertebra(int label, double dice, NameVerdict name, std::optional<double> confidence = {}) {
  StructureResult s;
  s.label = label;
  s.kind = StructureKind::Vertebra;
  s.predicted = dice > 0 ? label : 0;
  s.dice = dice;
  s.found = dice >= 0.5;
  s.name = name;
  s.confidence = confidence;
  if (s.found) {
    s.centroidMm = 1.5;
    s.meanSurfaceMm = 0.4;
    s.hausdorff95Mm = 2;
  }
  return s;
}

std::vector<CaseResult> cases() {
  CaseResult a, b;
  a.name = "a|b";
  a.structures = {vertebra(22, 0.9, NameVerdict::Right, 0.8), vertebra(23, 0.7, NameVerdict::Wrong, 0.95),
                  vertebra(24, 0, NameVerdict::None)};
  a.unmatched = {{25, StructureKind::Vertebra, 3, false}, {21, StructureKind::Vertebra, 3, true}};
  a.unionDice = 0.8;
  b.name = "=cmd";
  b.structures = {vertebra(24, 1.0, NameVerdict::Abstained)};
  b.unionDice = 1.0;
  b.notes = {"resampled"};
  return {a, b};
}

const Figure& of(const std::vector<Figure>& figures, const std::string& id) {
  for (const Figure& f : figures)
    if (f.id == id)
      return f;
  FAIL("no figure " << id);
  return figures.front();
}

} // namespace

TEST_CASE("figures are means over what was counted, not over means of cases") {
  const auto figures = figuresOf(cases(), {});
  CHECK(*of(figures, "dice.vertebra").estimate.value == Approx((0.9 + 0.7 + 0 + 1) / 4));
  CHECK(of(figures, "dice.vertebra").estimate.count == 4);
  CHECK(*of(figures, "dice.union").estimate.value == Approx(0.9));
  CHECK(*of(figures, "found.vertebra").estimate.value == Approx(75));
  CHECK(*of(figures, "invented.vertebra").estimate.value == Approx(0.5));
  CHECK(*of(figures, "beyond.vertebra").estimate.value == Approx(0.5));
  CHECK(*of(figures, "name.right").estimate.value == Approx(100.0 / 3));
  CHECK(*of(figures, "name.wrong").estimate.value == Approx(100.0 / 3));
  CHECK(*of(figures, "name.abstained").estimate.value == Approx(100.0 / 3));
  CHECK(*of(figures, "name.wrong.confident").estimate.value == Approx(100.0 / 3));
  CHECK(*of(figures, "centroid").estimate.value == Approx(1.5));
  CHECK(std::none_of(figures.begin(), figures.end(), [](const Figure& f) { return f.id == "dice.disc"; }));
}

TEST_CASE("an interval is drawn over cases, seeded, and one case has none") {
  const Estimate two = bootstrap({{0, 1}, {1, 1}});
  CHECK(*two.value == 0.5);
  CHECK(*two.low == 0); // a quarter of all draws are twice the same case
  CHECK(*two.high == 1);
  const Estimate same = bootstrap({{3, 4}, {3, 4}, {3, 4}});
  CHECK(*same.low == Approx(0.75));
  CHECK(*same.high == Approx(0.75));
  const Estimate one = bootstrap({{3, 4}, {0, 0}});
  CHECK(*one.value == 0.75);
  CHECK(one.cases == 1);
  CHECK_FALSE(one.low);
  CHECK_FALSE(bootstrap({{0, 0}}).value);
  std::vector<CaseShare> many;
  for (int n = 0; n < 12; ++n)
    many.push_back({0.1 * n * n, double(1 + n % 3)});
  const Estimate a = bootstrap(many, {2000, 7}), b = bootstrap(many, {2000, 7}),
                 c = bootstrap(many, {2000, 8});
  CHECK(*a.low == *b.low);
  CHECK(*a.high == *b.high);
  CHECK(*a.low != *c.low);
  CHECK(*a.low < *a.value);
  CHECK(*a.high > *a.value);
  // Worked out by an independent program (tests/cli/validate.py has it): SplitMix64, numpy.quantile.
  CHECK(*a.low == Approx(1.09989583333).epsilon(1e-9));
  CHECK(*a.high == Approx(3.23348214286).epsilon(1e-9));
}

TEST_CASE("the files of a validation are as their schema says and hold every case") {
  Validation v;
  v.created = "2026-01-01T00:00:00Z";
  v.programVersion = "0";
  v.truth = "truth";
  v.predictions = "out";
  v.labelScheme = "codes";
  v.cases = cases();
  v.failed = {{"c", "Truncated", "c is incomplete"}};
  v.unused = {"d"};
  const std::string text = validationJson(v);
  CHECK(text.rfind("{\n  \"schema\": \"spondyl.validation/1\"", 0) == 0);
  const auto problems = spondyl::test::schemaProblems(SPONDYL_SCHEMA_FOLDER, "validation", text);
  for (const std::string& problem : problems)
    UNSCOPED_INFO(problem);
  CHECK(problems.empty());
  const auto json = nlohmann::json::parse(text);
  CHECK(json["cases"][0]["missing"] == nlohmann::json{"L5"});
  CHECK(json["cases"][0]["invented"][0]["name"] == "L6");
  CHECK(json["cases"][0]["structures"][2]["predicted_label"].is_null());
  CHECK(json["cases"][1]["structures"][0]["naming"] == "abstained");
  CHECK(json["failed"][0]["name"] == "c");
  const std::string csv = validationCsv(v);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 4 + 2 + 1);
  CHECK(csv.find("'=cmd") != std::string::npos);
  const std::string md = validationMarkdown(v);
  CHECK(md.find("| a\\|b | 0.533 | 0.800 | 2 of 3 | L5 | 1 | 1 | 1 | 0 |") != std::string::npos);
  CHECK(md.find("## Not compared") != std::string::npos);
  CHECK(md.find("Predictions without a reference: d") != std::string::npos);
}
