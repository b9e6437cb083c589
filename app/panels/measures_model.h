#pragma once
// The Measures panel as rows: one group per level. No widgets.

#include "core/measure/measure.h"

#include <string>
#include <vector>

namespace spondyl::app {

struct MeasureRow {
  std::string id;
  InstanceId instance;
  std::string level, name;
  std::string value;            ///< "27.1"; "—" when missing
  std::optional<double> number; ///< the same, exactly
  std::string unit;             ///< for people: "mm", "°", "%", "cm³", "HU"
  bool missing = false, outOfRange = false, unconfirmed = false, overridden = false;
  std::string note;     ///< reason, normal range with its source, what it was before
  std::string previous; ///< the value before the last edit, if it changed
  std::vector<MeasurementLine> lines;
  PointLps at;
};

struct MeasureGroup {
  InstanceId instance;
  std::string level;
  std::vector<MeasureRow> rows;
};

struct MeasuresModel {
  std::vector<MeasureGroup> groups; ///< from cranial to caudal
  const MeasureRow* find(const std::string& id, InstanceId instance) const;
};

/// UCUM to what people read; an unknown unit stays as it is.
std::string unitForPeople(const std::string& ucum);
/// With the definition's decimals; signed kinds (slip, balance, rotation) show their sign; minus is "−".
std::string valueForPeople(const std::string& id, double value, int decimals);

/// `before`: the model shown until now, to tell what changed.
MeasuresModel buildMeasures(const std::vector<Measurement>& measurements,
                            const MeasuresModel* before = nullptr);

} // namespace spondyl::app
