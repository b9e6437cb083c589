#include "app/panels/measures_model.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace spondyl::app {
namespace {

const MeasurementDefinition* definitionOf(const std::string& id) {
  const MeasurementDefinition* best = nullptr;
  for (const MeasurementDefinition& d : measurementCatalogue()) {
    if (d.id == id)
      return &d;
    // "lordosis.L1-S1" is described by "lordosis".
    if (id.size() > d.id.size() && id.compare(0, d.id.size(), d.id) == 0 && id[d.id.size()] == '.' &&
        (!best || d.id.size() > best->id.size()))
      best = &d;
  }
  return best;
}

bool showsSign(const std::string& id) {
  return id.rfind("slip", 0) == 0 || id.rfind("balance", 0) == 0 || id == "body.rotation" || id == "sva" ||
         id == "pi-ll" || id.rfind("motion", 0) == 0;
}

std::string noteOf(const Measurement& m, const MeasureRow& row, int decimals) {
  std::vector<std::string> parts;
  if (!m.reason.empty())
    parts.push_back(row.overridden ? "entered by the reader: " + m.reason : m.reason);
  if (m.normalLow || m.normalHigh) {
    const auto side = [&](const std::optional<double>& v) {
      return v ? valueForPeople(m.id, *v, decimals) : std::string("…");
    };
    std::string range =
        (row.outOfRange ? "outside " : "normal ") + side(m.normalLow) + " to " + side(m.normalHigh);
    if (!row.unit.empty())
      range += " " + row.unit;
    if (!m.normalSource.empty())
      range += " (" + m.normalSource + ")";
    parts.push_back(range);
  }
  if (row.unconfirmed)
    parts.push_back("rests on items that are not reviewed");
  if (!row.previous.empty())
    parts.push_back("was " + row.previous);
  std::string note;
  for (const std::string& part : parts)
    note += (note.empty() ? "" : "\n") + part;
  return note;
}

} // namespace

std::string unitForPeople(const std::string& ucum) {
  if (ucum == "deg")
    return "°";
  if (ucum == "[hnsf'U]")
    return "HU";
  if (ucum == "cm3")
    return "cm³";
  if (ucum == "mm3")
    return "mm³";
  if (ucum == "mm2")
    return "mm²";
  if (ucum == "cm2")
    return "cm²";
  if (ucum == "1" || ucum == "{ratio}")
    return "";
  return ucum;
}

std::string valueForPeople(const std::string& id, double value, int decimals) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", std::clamp(decimals, 0, 6), std::fabs(value));
  const bool zero = std::string(text).find_first_not_of("0.") == std::string::npos;
  if (zero)
    return text;
  if (value < 0)
    return "−" + std::string(text);
  return showsSign(id) ? "+" + std::string(text) : std::string(text);
}

const MeasureRow* MeasuresModel::find(const std::string& id, InstanceId instance) const {
  for (const MeasureGroup& group : groups)
    if (group.instance == instance)
      for (const MeasureRow& row : group.rows)
        if (row.id == id)
          return &row;
  return nullptr;
}

MeasuresModel buildMeasures(const std::vector<Measurement>& measurements, const MeasuresModel* before) {
  MeasuresModel model;
  for (const Measurement& m : measurements) {
    auto group = std::find_if(model.groups.begin(), model.groups.end(), [&](const MeasureGroup& g) {
      return g.instance == m.instance && g.level == m.level;
    });
    if (group == model.groups.end()) {
      model.groups.push_back({m.instance, m.level, {}});
      group = std::prev(model.groups.end());
    }
    const MeasurementDefinition* definition = definitionOf(m.id);
    const int decimals = definition ? definition->decimals : 1;
    MeasureRow row;
    row.id = m.id;
    row.instance = m.instance;
    row.level = m.level;
    row.name = definition ? definition->name : m.id;
    row.unit = unitForPeople(m.unit);
    row.missing = !m.value.has_value();
    row.number = m.value;
    row.value = m.value ? valueForPeople(m.id, *m.value, decimals) : "—";
    row.unconfirmed = m.status == MeasurementStatus::Unconfirmed;
    row.overridden = m.status == MeasurementStatus::Overridden;
    row.outOfRange =
        m.value && ((m.normalLow && *m.value < *m.normalLow) || (m.normalHigh && *m.value > *m.normalHigh));
    if (before)
      if (const MeasureRow* old = before->find(m.id, m.instance); old && old->value != row.value)
        row.previous = old->value;
    row.note = noteOf(m, row, decimals);
    row.lines = m.lines;
    row.at = m.at;
    group->rows.push_back(std::move(row));
  }
  return model;
}

} // namespace spondyl::app
