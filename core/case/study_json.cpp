#include "core/case/json_values.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace spondyl::detail {
namespace {

using detail::toJson; // the overloads of this file stand beside those of the header

bool isUtf8(const std::string& text) {
  for (std::size_t a = 0; a < text.size();) {
    const auto c = static_cast<unsigned char>(text[a]);
    const std::size_t more = c < 0x80 ? 0 : (c >> 5) == 6 ? 1 : (c >> 4) == 14 ? 2 : (c >> 3) == 30 ? 3 : 9;
    if (more == 9 || a + more >= text.size())
      return false;
    std::uint32_t code = more == 0 ? c : c & (0x3fu >> more);
    for (std::size_t b = 1; b <= more; ++b) {
      const auto next = static_cast<unsigned char>(text[a + b]);
      if ((next & 0xc0) != 0x80)
        return false;
      code = (code << 6) | (next & 0x3f);
    }
    constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      return false;
    a += more + 1;
  }
  return true;
}

Json toJson(const std::optional<double>& value) {
  return value ? numberToJson(*value) : Json(nullptr);
}
std::optional<double> optionalFromJson(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(numberFromJson(json));
}

Json toJson(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const std::string& text : texts)
    out.push_back(textToJson(text));
  return out;
}
std::vector<std::string> textsFromJson(const Json& json) {
  std::vector<std::string> out;
  for (const Json& text : json)
    out.push_back(textFromJson(text));
  return out;
}

/// The enumerator whose name this is; names go to files, so that enumerators may be moved.
template <class Enum>
Enum enumFromName(const std::string& name, const char* (*nameOf)(Enum)) {
  for (int value = 0; value < 1000; ++value)
    if (name == nameOf(static_cast<Enum>(value)))
      return static_cast<Enum>(value);
  return static_cast<Enum>(0);
}

Json toJson(const std::vector<SliceSource>& sources) {
  Json out = Json::array();
  for (const SliceSource& s : sources)
    out.push_back({textToJson(s.file.string()), s.sopClassUid, s.sopInstanceUid, s.frame, s.instanceNumber});
  return out;
}
std::vector<SliceSource> sourcesFromJson(const Json& json) {
  std::vector<SliceSource> out;
  for (const Json& s : json)
    out.push_back({textFromJson(s.at(0)), s.at(1), s.at(2), s.at(3), s.at(4)});
  return out;
}

Json toJson(const Radiograph& r) {
  Json out{{"calibration", calibrationName(r.calibration)},
           {"magnification", toJson(r.magnification)},
           {"calibrationMethod", textToJson(r.calibrationMethod)},
           {"letters", {textToJson(r.columnLetters), textToJson(r.rowLetters)}},
           {"oriented", r.isOriented},
           {"view", textToJson(r.view)},
           {"laterality", textToJson(r.laterality)},
           {"lowIsBright", r.lowIsBright}};
  if (r.spacingMm)
    out["spacing"] = {numberToJson((*r.spacingMm)[0]), numberToJson((*r.spacingMm)[1])};
  if (r.voiLut)
    out["voiLut"] = {{"first", r.voiLut->first},
                     {"bits", r.voiLut->bits},
                     {"table", r.voiLut->table},
                     {"explanation", textToJson(r.voiLut->explanation)}};
  return out;
}

Radiograph radiographFromJson(const Json& json) {
  Radiograph r;
  r.calibration = enumFromName<Calibration>(json.at("calibration"), &calibrationName);
  r.magnification = optionalFromJson(json.at("magnification"));
  r.calibrationMethod = textFromJson(json.at("calibrationMethod"));
  r.columnLetters = textFromJson(json.at("letters").at(0));
  r.rowLetters = textFromJson(json.at("letters").at(1));
  r.isOriented = json.at("oriented");
  r.view = textFromJson(json.at("view"));
  r.laterality = textFromJson(json.at("laterality"));
  r.lowIsBright = json.at("lowIsBright");
  if (json.contains("spacing"))
    r.spacingMm = {numberFromJson(json.at("spacing").at(0)), numberFromJson(json.at("spacing").at(1))};
  if (json.contains("voiLut")) {
    const Json& lut = json.at("voiLut");
    r.voiLut = VoiLut{lut.at("first").get<int>(), lut.at("bits").get<int>(),
                      lut.at("table").get<std::vector<std::uint16_t>>(), textFromJson(lut.at("explanation"))};
  }
  return r;
}

Json toJson(const Stack& stack) {
  Json warnings = Json::array();
  for (const Warning& w : stack.warnings)
    warnings.push_back({{"code", warningCodeName(w.code)}, {"arguments", toJson(w.arguments)}});
  Json out{{"tellsApart", textToJson(stack.tellsApart)},
           {"slices", toJson(stack.slices)},
           {"warnings", warnings},
           {"resampledFrom", toJson(stack.resampledFrom)},
           {"sliceThickness", toJson(stack.sliceThicknessMm)}};
  if (stack.grid)
    out["grid"] = toJson(*stack.grid);
  if (stack.radiograph)
    out["radiograph"] = toJson(*stack.radiograph);
  if (stack.refusal)
    out["refusal"] = {{"code", errorCodeName(stack.refusal->code)},
                      {"arguments", toJson(stack.refusal->arguments)},
                      {"where", textToJson(stack.refusal->where)}};
  return out;
}

Stack stackFromJson(const Json& json) {
  Stack stack;
  stack.tellsApart = textFromJson(json.at("tellsApart"));
  stack.slices = sourcesFromJson(json.at("slices"));
  stack.resampledFrom = sourcesFromJson(json.at("resampledFrom"));
  for (const Json& w : json.at("warnings"))
    stack.warnings.push_back(
        {enumFromName<WarningCode>(w.at("code"), &warningCodeName), textsFromJson(w.at("arguments"))});
  stack.sliceThicknessMm = optionalFromJson(json.at("sliceThickness"));
  if (json.contains("grid"))
    stack.grid = gridFromJson(json.at("grid"));
  if (json.contains("radiograph"))
    stack.radiograph = radiographFromJson(json.at("radiograph"));
  if (json.contains("refusal")) {
    const Json& r = json.at("refusal");
    stack.refusal = Error{enumFromName<ErrorCode>(r.at("code"), &errorCodeName),
                          textsFromJson(r.at("arguments")), textFromJson(r.at("where"))};
  }
  return stack;
}

/// The plain texts of a series and their names in files: one list for both directions.
constexpr std::pair<const char*, std::string Series::*> seriesTexts[] = {
    {"uid", &Series::uid},
    {"modality", &Series::modality},
    {"description", &Series::description},
    {"protocol", &Series::protocol},
    {"bodyPart", &Series::bodyPart},
    {"date", &Series::date},
    {"time", &Series::time},
    {"patientPosition", &Series::patientPosition},
    {"frameOfReference", &Series::frameOfReferenceUid},
    {"manufacturer", &Series::manufacturer},
    {"model", &Series::model},
    {"kernel", &Series::kernel},
    {"contrastAgent", &Series::contrastAgent},
    {"sequenceName", &Series::sequenceName},
    {"transferSyntax", &Series::transferSyntaxUid}};
constexpr std::pair<const char*, std::optional<double> Series::*> seriesNumbers[] = {
    {"kvp", &Series::kvp},
    {"echoTimeMs", &Series::echoTimeMs},
    {"repetitionTimeMs", &Series::repetitionTimeMs}};
constexpr std::pair<const char*, std::string Study::*> studyTexts[] = {
    {"uid", &Study::uid},
    {"name", &Study::name},
    {"date", &Study::date},
    {"time", &Study::time},
    {"description", &Study::description},
    {"accession", &Study::accession},
    {"id", &Study::id},
    {"referringPhysician", &Study::referringPhysician},
    {"institution", &Study::institution},
    {"patientAge", &Study::patientAge}};

Json toJson(const Series& series) {
  Json out;
  out["origin"] = series.origin == SeriesOrigin::Nifti ? "nifti" : "dicom";
  for (const auto& [name, member] : seriesTexts)
    out[name] = textToJson(series.*member);
  for (const auto& [name, member] : seriesNumbers)
    out[name] = toJson(series.*member);
  out["number"] = series.number ? Json(*series.number) : Json(nullptr);
  out["lossy"] = series.lossy;
  out["sliceCount"] = series.sliceCount;
  out["windows"] = Json::array();
  for (const WindowPreset& w : series.windows)
    out["windows"].push_back({textToJson(w.name), numberToJson(w.centre), numberToJson(w.width)});
  out["stacks"] = Json::array();
  for (const Stack& stack : series.stacks)
    out["stacks"].push_back(toJson(stack));
  return out;
}

Series seriesFromJson(const Json& json) {
  Series series;
  series.origin = json.at("origin") == "nifti" ? SeriesOrigin::Nifti : SeriesOrigin::Dicom;
  for (const auto& [name, member] : seriesTexts)
    series.*member = textFromJson(json.at(name));
  for (const auto& [name, member] : seriesNumbers)
    series.*member = optionalFromJson(json.at(name));
  if (!json.at("number").is_null())
    series.number = json.at("number").get<int>();
  series.lossy = json.at("lossy");
  series.sliceCount = json.at("sliceCount");
  for (const Json& w : json.at("windows"))
    series.windows.push_back({textFromJson(w.at(0)), numberFromJson(w.at(1)), numberFromJson(w.at(2))});
  for (const Json& stack : json.at("stacks"))
    series.stacks.push_back(stackFromJson(stack));
  return series;
}

} // namespace

Json textToJson(const std::string& text) {
  if (isUtf8(text))
    return text;
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  return {{"bytes", hex}};
}

std::string textFromJson(const Json& json) {
  if (json.is_string())
    return json.get<std::string>();
  const std::string hex = json.at("bytes");
  const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
  std::string text;
  for (std::size_t a = 0; a + 1 < hex.size(); a += 2)
    text += static_cast<char>(digit(hex[a]) * 16 + digit(hex[a + 1]));
  return text;
}

Json numberToJson(double value) {
  if (std::isfinite(value))
    return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double numberFromJson(const Json& json) {
  if (json.is_number())
    return json.get<double>();
  const double infinite = std::numeric_limits<double>::infinity();
  if (json == "inf")
    return infinite;
  return json == "-inf" ? -infinite : std::numeric_limits<double>::quiet_NaN();
}

Json toJson(const PointLps& p) {
  return {numberToJson(p.x), numberToJson(p.y), numberToJson(p.z)};
}

PointLps pointFromJson(const Json& json) {
  return {numberFromJson(json.at(0)), numberFromJson(json.at(1)), numberFromJson(json.at(2))};
}

Json toJson(const Grid& grid) {
  const auto vector = [](VectorLps v) { return Json{v.x, v.y, v.z}; };
  return {{"size", {grid.size().i, grid.size().j, grid.size().k}},
          {"origin", toJson(grid.origin())},
          {"steps", {vector(grid.stepI()), vector(grid.stepJ()), vector(grid.stepK())}}};
}

Grid gridFromJson(const Json& json) {
  const Json &size = json.at("size"), &steps = json.at("steps");
  const auto vector = [&](std::size_t a) { return pointFromJson(steps.at(a)) - PointLps{}; };
  auto grid = Grid::create({size.at(0), size.at(1), size.at(2)}, pointFromJson(json.at("origin")), vector(0),
                           vector(1), vector(2));
  return grid.ok() ? *grid : Grid{}; // only the empty grid is not creatable
}

Json toJson(const Patient& patient) {
  return {{"name", textToJson(patient.name)},
          {"id", textToJson(patient.id)},
          {"birthDate", textToJson(patient.birthDate)},
          {"sex", textToJson(patient.sex)}};
}

Patient patientFromJson(const Json& json) {
  return {textFromJson(json.at("name")), textFromJson(json.at("id")), textFromJson(json.at("birthDate")),
          textFromJson(json.at("sex"))};
}

Json toJson(const Study& study) {
  Json out{{"patient", toJson(study.patient)}, {"series", Json::array()}};
  for (const auto& [name, member] : studyTexts)
    out[name] = textToJson(study.*member);
  for (const Series& series : study.series)
    out["series"].push_back(toJson(series));
  return out;
}

Study studyFromJson(const Json& json) {
  Study study;
  study.patient = patientFromJson(json.at("patient"));
  for (const auto& [name, member] : studyTexts)
    study.*member = textFromJson(json.at(name));
  for (const Json& series : json.at("series"))
    study.series.push_back(seriesFromJson(series));
  return study;
}

} // namespace spondyl::detail
