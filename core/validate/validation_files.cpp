#include "core/report/text_format.h"
#include "core/validate/summary.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace spondyl {
namespace {

using Json = nlohmann::ordered_json;

// A millionth is below everything that these figures can tell.
Json number(double value) {
  return std::isfinite(value) ? Json(std::round(value * 1e6) / 1e6) : Json(nullptr);
}
Json number(const std::optional<double>& value) {
  return value ? number(*value) : Json(nullptr);
}

Json nameJson(const StructureResult& s) {
  if (s.name == NameVerdict::None)
    return nullptr;
  return nameVerdictName(s.name);
}

Json toJson(const StructureResult& s) {
  return {{"label", s.label},
          {"name", structureNameOf(s.label)},
          {"kind", structureKindName(s.kind)},
          {"whole", s.whole},
          {"predicted_label", s.predicted == 0 ? Json(nullptr) : Json(s.predicted)},
          {"predicted_name", s.predicted == 0 ? Json(nullptr) : Json(structureNameOf(s.predicted))},
          {"found", s.found},
          {"dice", number(s.dice)},
          {"dice_same_label", number(s.labelDice)},
          {"body_dice", number(s.bodyDice)},
          {"centroid_mm", number(s.centroidMm)},
          {"mean_surface_mm", number(s.meanSurfaceMm)},
          {"hd95_mm", number(s.hausdorff95Mm)},
          {"naming", nameJson(s)},
          {"name_confidence", number(s.confidence)},
          {"reference_ml", number(s.referenceMl)},
          {"predicted_ml", number(s.predictedMl)}};
}

Json toJson(const CaseResult& c) {
  Json structures = Json::array(), invented = Json::array(), beyond = Json::array(), missing = Json::array();
  for (const StructureResult& s : c.structures) {
    structures.push_back(toJson(s));
    if (!s.found && s.kind != StructureKind::Other)
      missing.push_back(structureNameOf(s.label));
  }
  for (const UnmatchedResult& u : c.unmatched)
    (u.beyond ? beyond : invented)
        .push_back({{"label", u.label},
                    {"name", structureNameOf(u.label)},
                    {"kind", structureKindName(u.kind)},
                    {"ml", number(u.ml)}});
  return {{"name", c.name},
          {"dice_union", number(c.unionDice)},
          {"dice_body_union", number(c.unionBodyDice)},
          {"structures", std::move(structures)},
          {"missing", std::move(missing)},
          {"invented", std::move(invented)},
          {"beyond", std::move(beyond)},
          {"notes", c.notes}};
}

std::string cell(const std::optional<double>& value) {
  return value ? fixed(*value, 4) : std::string();
}

std::string figureText(const Figure& f) {
  const int digits = f.unit == "1" ? 3 : f.unit == "/case" ? 2 : 1;
  std::string out = fixed(*f.estimate.value, f.unit == "mm" ? 2 : digits);
  if (f.unit == "%")
    out += " %";
  else if (f.unit == "mm")
    out += " mm";
  return out;
}

std::string intervalText(const Figure& f) {
  const int digits = f.unit == "1" ? 3 : f.unit == "%" ? 1 : 2;
  return f.estimate.low ? fixed(*f.estimate.low, digits) + " to " + fixed(*f.estimate.high, digits)
                        : std::string("one case");
}

// A case's name is a file's: its bars and line ends must not build a table of their own.
std::string tableText(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == '|' ? "\\|" : c == '\n' || c == '\r' ? std::string(" ") : std::string(1, c);
  return out;
}

std::string caseLine(const CaseResult& c) {
  int vertebrae = 0, found = 0, right = 0, wrong = 0, abstained = 0, invented = 0;
  double sum = 0;
  std::string missing;
  for (const StructureResult& s : c.structures) {
    if (s.kind != StructureKind::Vertebra)
      continue;
    ++vertebrae;
    sum += s.dice;
    found += s.found;
    right += s.name == NameVerdict::Right;
    wrong += s.name == NameVerdict::Wrong;
    abstained += s.name == NameVerdict::Abstained;
    if (!s.found)
      missing += (missing.empty() ? "" : " ") + structureNameOf(s.label);
  }
  for (const UnmatchedResult& u : c.unmatched)
    invented += u.kind == StructureKind::Vertebra && !u.beyond;
  const auto count = [](int n) { return std::to_string(n); };
  return "| " + tableText(c.name) + " | " + (vertebrae ? fixed(sum / vertebrae, 3) : "–") + " | " +
         (c.unionDice ? fixed(*c.unionDice, 3) : "–") + " | " + count(found) + " of " + count(vertebrae) +
         " | " + missing + " | " + count(invented) + " | " + count(right) + " | " + count(wrong) + " | " +
         count(abstained) + " |\n";
}

} // namespace

std::string validationJson(const Validation& v) {
  Json figures = Json::array(), cases = Json::array(), failed = Json::array();
  for (const Figure& f : figuresOf(v.cases, v.bootstrap))
    figures.push_back({{"id", f.id},
                       {"text", f.text},
                       {"unit", f.unit},
                       {"value", number(f.estimate.value)},
                       {"low", number(f.estimate.low)},
                       {"high", number(f.estimate.high)},
                       {"cases", f.estimate.cases},
                       {"count", number(f.estimate.count)}});
  for (const CaseResult& c : v.cases)
    cases.push_back(toJson(c));
  for (const auto& f : v.failed)
    failed.push_back({{"name", f.name}, {"code", f.code}, {"text", f.text}});
  const Json out = {
      {"schema", "spondyl.validation/1"},
      {"created", v.created},
      {"program_version", v.programVersion},
      {"truth", v.truth},
      {"predictions", v.predictions},
      {"label_scheme", v.labelScheme},
      {"bodies_only", v.bodiesOnly},
      {"bootstrap",
       {{"unit", "case"}, {"level", 0.95}, {"resamples", v.bootstrap.resamples}, {"seed", v.bootstrap.seed}}},
      {"summary", std::move(figures)},
      {"cases", std::move(cases)},
      {"failed", std::move(failed)},
      {"unused_predictions", v.unused}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string validationCsv(const Validation& v) {
  std::string out =
      csvLine({"case", "label", "name", "kind", "result", "predicted_label", "predicted_name", "dice",
               "dice_same_label", "body_dice", "centroid_mm", "mean_surface_mm", "hd95_mm", "naming",
               "name_confidence", "whole", "reference_ml", "predicted_ml"});
  for (const CaseResult& c : v.cases) {
    for (const StructureResult& s : c.structures)
      out += csvLine({c.name, std::to_string(s.label), structureNameOf(s.label), structureKindName(s.kind),
                      s.found ? "found" : "missing", s.predicted ? std::to_string(s.predicted) : "",
                      s.predicted ? structureNameOf(s.predicted) : "", fixed(s.dice, 4),
                      fixed(s.labelDice, 4), cell(s.bodyDice), cell(s.centroidMm), cell(s.meanSurfaceMm),
                      cell(s.hausdorff95Mm), nameVerdictName(s.name), cell(s.confidence),
                      s.whole ? "yes" : "no", fixed(s.referenceMl, 3), fixed(s.predictedMl, 3)});
    for (const UnmatchedResult& u : c.unmatched)
      out += csvLine({c.name, "", "", structureKindName(u.kind), u.beyond ? "beyond" : "invented",
                      std::to_string(u.label), structureNameOf(u.label), "", "", "", "", "", "", "", "", "",
                      "", fixed(u.ml, 3)});
  }
  for (const auto& f : v.failed)
    out += csvLine(
        {f.name, "", "", "", "not compared: " + f.code, "", "", "", "", "", "", "", "", "", "", "", "", ""});
  return out;
}

std::string validationMarkdown(const Validation& v) {
  std::string out =
      "# Validation\n\n" + std::to_string(v.cases.size()) + " cases compared, " +
      std::to_string(v.failed.size()) + " not. References: " + tableText(v.truth) +
      (v.bodiesOnly ? ", vertebral bodies alone" : "") + ", numbers of " + v.labelScheme +
      ". Predictions: " + tableText(v.predictions) + ". Spondyl " + v.programVersion + ", " + v.created +
      ".\n\nIntervals: 95 %, bootstrap over cases, " + std::to_string(v.bootstrap.resamples) +
      " times, seed " + std::to_string(v.bootstrap.seed) +
      ".\n\n| figure | value | interval | counted | cases | what it is |\n|---|---|---|---|---|---|\n";
  for (const Figure& f : figuresOf(v.cases, v.bootstrap))
    out += "| " + f.id + " | " + figureText(f) + " | " + intervalText(f) + " | " +
           fixed(f.estimate.count, 0) + " | " + std::to_string(f.estimate.cases) + " | " + f.text + " |\n";
  out += "\n| case | vertebra Dice | union Dice | found | missing | invented | name right | wrong | left "
         "open |\n"
         "|---|---|---|---|---|---|---|---|---|\n";
  for (const CaseResult& c : v.cases)
    out += caseLine(c);
  for (const CaseResult& c : v.cases)
    for (const std::string& note : c.notes)
      out += "\n" + tableText(c.name) + ": " + tableText(note) + ".\n";
  if (!v.failed.empty())
    out += "\n## Not compared\n\n| case | why |\n|---|---|\n";
  for (const auto& f : v.failed)
    out += "| " + tableText(f.name) + " | " + tableText(f.text) + " |\n";
  if (!v.unused.empty()) {
    out += "\nPredictions without a reference:";
    for (const std::string& name : v.unused)
      out += " " + tableText(name);
    out += "\n";
  }
  return out;
}

} // namespace spondyl
