// The files of analyze and measure, against their schemas.
#include "core/report/result_files.h"
#include "core/report/text_format.h"
#include "report_fixture.h"
#include "tests/support/json_schema.h"

using namespace spondyl;
using nlohmann::json;
using test::fixture;

namespace {

void checkSchema(const std::string& name, const std::string& text) {
  for (const std::string& problem : test::schemaProblems(SPONDYL_SCHEMA_FOLDER, name, text))
    FAIL_CHECK(name << problem);
}

RunRecord someRun() {
  RunRecord run;
  run.inputDigest = "abc";
  run.seriesUid = "1.2.3.4";
  run.models = {{"spine-ct", "1.0", std::string(64, 'b')}};
  run.stages = {{"read", 0.51}, {"segment", 12.0}};
  run.peakMemoryMiB = 812.5;
  run.warnings = {{"GantryTilt", "The gantry was tilted by 12 degrees.", {"12"}}};
  return run;
}

} // namespace

TEST_CASE("every file of analyze keeps its schema") {
  const auto& f = fixture();
  const LevelChain& chain = f.phantom.value.chain;
  checkSchema("landmarks", landmarksJson(f.landmarks, chain));
  checkSchema("findings", findingsJson(f.findings, chain));
  checkSchema("measurements", measurementsJson(f.measurements, chain));
  checkSchema("levels", levelsJson(chain));
  checkSchema("run", runJson(someRun()));
}

TEST_CASE("a schema notices what is missing or misspelt") {
  json j = json::parse(levelsJson(fixture().phantom.value.chain));
  j["naming"] = "sure";
  j["levels"][0].erase("label");
  CHECK(test::schemaProblems(SPONDYL_SCHEMA_FOLDER, "levels", j.dump()).size() >= 2);
  json m = json::parse(measurementsJson(fixture().measurements, fixture().phantom.value.chain));
  m["measurements"][0]["value"] = nullptr; // without being "missing"
  CHECK_FALSE(test::schemaProblems(SPONDYL_SCHEMA_FOLDER, "measurements", m.dump()).empty());
}

TEST_CASE("landmarks carry level, patient coordinates and source") {
  const auto& f = fixture();
  const json j = json::parse(landmarksJson(f.landmarks, f.phantom.value.chain));
  bool seen = false;
  for (const json& l : j.at("landmarks")) {
    if (l.at("id") != "L3.superior.anterior")
      continue;
    seen = true;
    CHECK(l.at("level") == "L3");
    CHECK(l.at("lps_mm").size() == 3);
    CHECK(l.at("source").get<std::string>().starts_with("model:"));
    CHECK(l.at("confidence").get<double>() > 0.5);
  }
  CHECK(seen);
  CHECK(landmarksJson(f.landmarks, f.phantom.value.chain).find("\"S1.endplate.anterior\"") !=
        std::string::npos);
}

TEST_CASE("a proposal's measurements are unconfirmed, and a missing one has null and its reason") {
  const auto& f = fixture();
  const json j = json::parse(measurementsJson(f.measurements, f.phantom.value.chain));
  int unconfirmed = 0, missing = 0;
  for (const json& m : j.at("measurements")) {
    CHECK(m.at("status") != "ok");
    if (m.at("status") == "missing") {
      ++missing;
      CHECK(m.at("value").is_null());
      CHECK_FALSE(m.at("reason").get<std::string>().empty());
    } else {
      ++unconfirmed;
      CHECK(m.at("value").is_number());
      CHECK(m.at("reason").is_null());
    }
  }
  CHECK(unconfirmed > 100);
  CHECK(missing > 5);
}

TEST_CASE("unnamed levels have null names, V ids and the numbers beyond 900") {
  const auto& f = fixture();
  LevelChain chain = f.phantom.value.chain;
  for (ChainEntry& e : chain.entries)
    if (e.level != Level::Sacrum)
      e.level.reset();
  chain.naming = Naming::Ask;
  chain.anchor = Anchor::None;
  const json levels = json::parse(levelsJson(chain));
  CHECK(levels.at("naming") == "ask");
  CHECK(levels.at("anchor") == "none");
  CHECK(levels.at("levels").at(1).at("name").is_null());
  CHECK(levels.at("levels").at(1).at("vertebra") == "V2");
  CHECK(levels.at("levels").at(1).at("label") == 902);
  CHECK(levels.at("levels").back().at("label") == 26);
  checkSchema("levels", levelsJson(chain));
  Case c = f.phantom.value;
  c.chain = chain;
  const EffectiveCase e = effective(c);
  const std::string landmarks = landmarksJson(allLandmarks(e, test::PhantomCase::seriesUid), e.chain);
  const json parsed = json::parse(landmarks);
  int unnamed = 0;
  for (const json& l : parsed.at("landmarks"))
    if (l.at("id").get<std::string>().starts_with("V")) {
      ++unnamed;
      CHECK(l.at("level").is_null());
    }
  CHECK(unnamed > 50);
  const auto rows = measure(c, test::PhantomCase::seriesUid, nullptr);
  checkSchema("measurements", measurementsJson(rows, e.chain));
  checkSchema("landmarks", landmarks);
}

TEST_CASE("an assumed naming lists its alternatives") {
  LevelChain chain = fixture().phantom.value.chain;
  chain.naming = Naming::Assumed;
  chain.alternatives = {{1, "L6", 0.07, {}}};
  const json j = json::parse(levelsJson(chain));
  CHECK(j.at("alternatives").at(0).at("shift") == 1);
  CHECK(j.at("alternatives").at(0).at("variant") == "L6");
  CHECK(j.at("alternatives").at(0).at("probability") == 0.07);
  checkSchema("levels", levelsJson(chain));
}

TEST_CASE("measurements as CSV have one line each and quoted cells where needed") {
  auto rows = fixture().measurements;
  rows.resize(2);
  rows[0].status = MeasurementStatus::Overridden;
  rows[0].value = 21.5;
  rows[0].reason = "=HYPERLINK(\"x\"), two\nlines";
  const std::string csv = measurementsCsv(rows, fixture().phantom.value.chain);
  CHECK(csv.starts_with("id,level,vertebra,value,unit,status,reason,note,confidence,normal_low,normal_high,"
                        "normal_source,from\r\n"));
  CHECK(csv.find("21.500,mm,overridden,\"'=HYPERLINK(\"\"x\"\"), two\nlines\"") != std::string::npos);
}

TEST_CASE("numbers are written the same in every locale and without a false minus") {
  CHECK(fixed(27.06, 1) == "27.1");
  CHECK(fixed(-0.04, 1) == "0.0");
  CHECK(fixedSigned(0.04, 1) == "0.0");
  CHECK(fixedSigned(3.2, 1) == "+3.2");
  CHECK(fixedSigned(-3.2, 1) == "-3.2");
  CHECK(csvLine({"-3.2", "-x", "a,b"}) == "-3.2,'-x,\"a,b\"\r\n");
}
