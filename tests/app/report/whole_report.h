#pragma once
// A report of a whole spine as a value, made up: 24 levels, some reviewed, one fracture, values missing and
// out of range, texts in several scripts.

#include "core/report/report.h"

#include <cmath>
#include <string>

namespace spondyl::test {

inline const std::vector<std::string>& wholeSpine() {
  static const std::vector<std::string> names = {"C2",  "C3",  "C4", "C5", "C6", "C7", "T1", "T2",
                                                 "T3",  "T4",  "T5", "T6", "T7", "T8", "T9", "T10",
                                                 "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"};
  return names;
}

inline Measurement value(const char* id, InstanceId instance, const std::string& level, double number,
                         const char* unit) {
  Measurement m;
  m.id = id;
  m.instance = instance;
  m.level = level;
  m.value = number;
  m.unit = unit;
  m.status = MeasurementStatus::Ok;
  return m;
}

inline Report wholeReport() {
  Report r;
  r.programVersion = "0.1.0";
  r.created = "2026-05-04T10:20:30Z";
  r.patient = {"Müller-Øst^Anna Łucja^^Dr.", "PID-4711", "1958-03-14", "F"};
  r.studyUid = "2.25.3141592653589793";
  r.studyDate = "2026-05-03";
  r.studyDescription = "CT whole spine";
  r.accession = "A-2026-118";
  r.institution = "大学病院 放射線科";
  r.modality = "CT";
  r.technique = "CT, spine bone 1.0, 120 kVp, kernel Br64, 1.0 mm slices, HFS";
  r.referrer = "Иванов Пётр";
  r.reader = "J. Doe";
  r.impression = "Moderate wedge fracture of T12.\nAttenuation below 100 HU from L2 to L4.";
  r.includeProposed = true;
  r.confirmed = 12;
  r.total = 25;
  r.notices = {"Items marked \"not reviewed\" are proposals of a program that no person has confirmed."};
  r.chain.naming = Naming::Certain;
  r.chain.anchor = Anchor::Sacrum;
  r.chain.anchors = {Anchor::Sacrum, Anchor::FirstRib};
  r.chain.alternatives = {{1, {}, 0.02, {}}};

  const auto& names = wholeSpine();
  double z = 0, y = 0;
  std::vector<std::array<PointLps, 2>> plates;
  for (std::size_t n = 0; n < names.size(); ++n) {
    const InstanceId instance{std::uint32_t(n + 1)};
    const bool isSacrum = n + 1 == names.size(), isFractured = names[n] == "T12", reviewed = n >= 12;
    const double f = double(n) / double(names.size() - 1), height = 13 + 15 * f, depth = 15 + 19 * f;
    const double tilt = 0.5 * std::sin(6.2 * f - 1.2); // lordosis, kyphosis, lordosis
    const double x = 9 * std::sin(5 * f), roll = 0.2 * std::cos(5 * f);
    ReportLevel level{instance, names[n], true, reviewed, true, {}, {}, {}};
    const double front = isFractured ? height * 0.68 : height;
    const auto at = [&](double forward, double up) { // in the vertebra's own sagittal plane
      return std::array<double, 2>{y - forward * std::cos(tilt) + up * std::sin(tilt),
                                   z + up * std::cos(tilt) + forward * std::sin(tilt)};
    };
    const auto across = [&](double left, double up) {
      return std::array<double, 2>{x + left, z + up - left * roll};
    };
    if (isSacrum) {
      level.sagittal = {at(depth / 2, 0), at(-depth / 2, 0), at(-depth / 2, 0), at(depth / 2, 0)};
    } else {
      level.sagittal = {at(depth / 2, front - height / 2), at(-depth / 2, height / 2),
                        at(-depth / 2, -height / 2), at(depth / 2, -height / 2)};
      const double w = depth * 0.65;
      level.coronal = {across(-w, height / 2), across(w, height / 2), across(w, -height / 2),
                       across(-w, -height / 2)};
    }
    plates.push_back({PointLps{x, (*level.sagittal)[0][0], (*level.sagittal)[0][1]},
                      PointLps{x, (*level.sagittal)[1][0], (*level.sagittal)[1][1]}});
    r.levels.push_back(level);
    r.chain.entries.push_back({instance, {}, 0.9, {x, y, z}, true, {}});
    z -= height + 5;
    y -= (height + 5) * std::sin(tilt);
    if (isSacrum)
      continue;
    const auto add = [&](Measurement m) { r.measurements.push_back({std::move(m), reviewed}); };
    add(value("body.height.anterior", instance, names[n], front, "mm"));
    add(value("body.height.middle", instance, names[n], height - 1, "mm"));
    add(value("body.height.posterior", instance, names[n], height, "mm"));
    Measurement loss = value("body.height.loss", instance, names[n], isFractured ? 32 : 3, "%");
    loss.normalHigh = 20;
    loss.normalSource = "Genant 1993";
    add(loss);
    add(value("slip.mm", instance, names[n], names[n] == "L4" ? 3.6 : -0.4, "mm"));
    Measurement disc = value("disc.index.dabbs", instance, names[n], 5 + 6 * f, "mm");
    if (n < 3) {
      disc.value.reset();
      disc.status = MeasurementStatus::Missing;
      disc.reason = "the end plates are not in view";
    }
    add(disc);
    Measurement hu = value("body.hu.mean", instance, names[n], 150 - 80 * f, "[hnsf'U]");
    hu.normalLow = 100;
    hu.normalSource = "Pickhardt 2013";
    add(hu);
  }
  const auto angle = [&](const char* id, std::size_t from, std::size_t to, double degrees, const char* note) {
    Measurement m = value(id, InstanceId{std::uint32_t(from + 1)}, names[from], degrees, "deg");
    m.note = note;
    m.lines = {{plates[from][0], plates[from][1]}, {plates[to][0], plates[to][1]}};
    r.measurements.push_back({m, true});
  };
  angle("kyphosis.T4-T12", 9, 17, 34.2, "lying");
  angle("lordosis.L1-S1", 18, 23, 46.4, "lying");
  Measurement cobb = value("cobb.coronal.T6-L2", InstanceId{12}, "T6", 17.5, "deg");
  cobb.note = "convex to the left, lying";
  cobb.normalHigh = 10;
  cobb.normalSource = "SRS";
  for (const std::size_t n : {std::size_t(11), std::size_t(19)}) {
    const auto& c = *r.levels[n].coronal;
    cobb.lines.push_back({{c[0][0], 0, c[0][1]}, {c[1][0], 0, c[1][1]}});
  }
  r.measurements.push_back({cobb, false});

  ReportFinding fracture;
  fracture.finding = {
      "fracture.T12", InstanceId{18}, "fracture", 2, "wedge", 0.93, false, {}, ItemState::Confirmed, {}};
  fracture.level = "T12";
  fracture.sentence = "fracture, Genant grade 2 (moderate), wedge";
  fracture.reviewed = true;
  ReportFinding possible;
  possible.finding = {
      "fracture.T7", InstanceId{13}, "fracture", {}, {}, 0.44, true, {}, ItemState::Proposed, {}};
  possible.level = "T7";
  possible.sentence = "fracture possible: cannot tell, 44 %";
  r.findings = {fracture, possible};
  r.provenance = {{"model:spine-ct@1.0", "model", "spine-ct", "1.0", std::string(64, 'a'), "in", 24},
                  {"person:J. Doe", "person", "J. Doe", {}, {}, {}, 12}};
  return r;
}

} // namespace spondyl::test
