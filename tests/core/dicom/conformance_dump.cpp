// Hidden: writes what is read of every file of the data, for check_conformance.py to compare with pydicom.
#include "core/dicom/slice_values.h"
#include "core/formats/open.h"
#include "tests/support/test_data.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace spondyl;
using Json = nlohmann::ordered_json;

namespace {

Json toJson(VectorLps v) {
  return {v.x, v.y, v.z};
}

Json toJson(const Error& error, const std::string& folder) {
  Json arguments = Json::array();
  for (std::string a : error.arguments) {
    if (a.starts_with(folder))
      a = std::filesystem::path(a).filename().string();
    arguments.push_back(a);
  }
  return {{"code", errorCodeName(error.code)}, {"arguments", arguments}};
}

Json stackJson(const Stack& stack, const std::string& folder) {
  Json out{{"tellsApart", stack.tellsApart}, {"slices", Json::array()}, {"warnings", Json::array()}};
  for (const SliceSource& s : stack.resampledFrom.empty() ? stack.slices : stack.resampledFrom)
    out["slices"].push_back(s.isMissing() ? -1 : s.frame);
  for (const Warning& w : stack.warnings)
    out["warnings"].push_back(warningCodeName(w.code));
  if (stack.refusal)
    out["refusal"] = toJson(*stack.refusal, folder);
  if (stack.grid)
    out["grid"] = {{"size", {stack.grid->size().i, stack.grid->size().j, stack.grid->size().k}},
                   {"origin", toJson(stack.grid->origin() - PointLps{})},
                   {"stepI", toJson(stack.grid->stepI())},
                   {"stepJ", toJson(stack.grid->stepJ())},
                   {"stepK", toJson(stack.grid->stepK())}};
  if (stack.radiograph) {
    const Radiograph& r = *stack.radiograph;
    out["radiograph"] = {{"calibration", calibrationName(r.calibration)}, {"oriented", r.isOriented}};
    if (r.spacingMm)
      out["radiograph"]["spacing"] = {(*r.spacingMm)[0], (*r.spacingMm)[1]};
  }
  return out;
}

// Stored numbers of every image, int32, one after the other.
Json imagesJson(const std::filesystem::path& file, std::ofstream& raw) {
  Json out = Json::array();
  const auto headers = dicom::readImageHeaders(file);
  if (!headers)
    return out;
  for (const dicom::ImageHeader& h : *headers) {
    std::vector<double> values(static_cast<std::size_t>(h.layout.rows) *
                               static_cast<std::size_t>(h.layout.columns));
    const auto status = dicom::decodeValues<double>(h, {VoxelType::Float64, {}, std::nullopt, false}, values);
    const Rescale rescale = h.rescale.value_or(Rescale{});
    Json image{{"rows", h.layout.rows},          {"columns", h.layout.columns}, {"slope", rescale.slope},
               {"intercept", rescale.intercept}, {"lossy", h.series.lossy},     {"lut", h.lut.has_value()}};
    if (!status)
      image["error"] = errorCodeName(status.error().code);
    const std::vector<std::int32_t> words(values.begin(), values.end());
    raw.write(reinterpret_cast<const char*>(words.data()), static_cast<std::streamsize>(4 * words.size()));
    out.push_back(std::move(image));
  }
  return out;
}

} // namespace

TEST_CASE("conformance dump", "[.conformance]") {
  SPONDYL_NEED_DATA(data);
  const char* target = std::getenv("SPONDYL_CONFORMANCE_OUT");
  if (!target)
    return; // run by name without check_conformance.py: nothing to write to
  const std::filesystem::path root = data / "dicom_loader", out = target;
  std::ifstream index(root / "INDEX.csv");
  std::ofstream lines(out / "files.jsonl"), raw(out / "values.raw", std::ios::binary);
  std::string line;
  std::getline(index, line);
  while (std::getline(index, line)) {
    const std::string name = line.substr(0, line.find(','));
    const std::filesystem::path file = root / name;
    const std::string folder = file.parent_path().string();
    Json entry{{"file", name}, {"offset", static_cast<std::uint64_t>(raw.tellp())}};
    // A DICOMDIR stands for its folder; here each file is looked at for itself.
    const auto listing = openStudies(file, {});
    if (!listing) {
      entry["refused"] = toJson(listing.error(), folder);
    } else {
      entry["studies"] = listing->studies.size();
      entry["patient"] = listing->studies[0].patient.name;
      entry["stacks"] = Json::array();
      for (const Study& study : listing->studies)
        for (const Series& series : study.series)
          for (const Stack& stack : series.stacks)
            entry["stacks"].push_back(stackJson(stack, folder));
      if (listing->studies.size() == 1 && listing->studies[0].series.size() == 1)
        entry["images"] = imagesJson(file, raw);
    }
    lines << entry.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  }
  CHECK(lines);
  CHECK(raw);
}
