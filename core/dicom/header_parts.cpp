#include "core/dicom/header_parts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spondyl::dicom {

std::string shortNumber(double value) {
  char buffer[48];
  const double rounded = std::abs(value) < 1e12 ? std::round(value * 1000) / 1000 : value;
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, rounded).ptr;
  return {buffer, end};
}

void readGeometry(const DicomHeader& raw, ImageHeader& h) {
  const auto position = raw.numbers(tag::ImagePosition), orientation = raw.numbers(tag::ImageOrientation);
  const auto spacing = raw.numbers(tag::PixelSpacing);
  if (position.size() == 3)
    h.position = PointLps{position[0], position[1], position[2]};
  if (orientation.size() == 6)
    std::copy_n(orientation.begin(), 6, h.orientation.emplace().begin());
  if (spacing.size() >= 2 && spacing[0] > 0 && spacing[1] > 0)
    h.pixelSpacing = {spacing[0], spacing[1]};
  if (raw.has(tag::SliceThickness))
    h.sliceThickness = raw.number(tag::SliceThickness);
  if (raw.has(tag::SpacingBetweenSlices))
    h.spacingBetweenSlices = raw.number(tag::SpacingBetweenSlices);
}

std::optional<Rescale> rescaleOf(const DicomHeader& raw) {
  const auto slope = raw.number(tag::RescaleSlope), intercept = raw.number(tag::RescaleIntercept);
  if (!slope && !intercept)
    return std::nullopt;
  return Rescale{slope && *slope != 0 ? *slope : 1.0, intercept.value_or(0.0)};
}

Status checkUnit(const DicomHeader& file, const DicomHeader& values) {
  const std::string unit = values.text(tag::RescaleType);
  // "US", unspecified, is what many scanners write of plain Hounsfield units; HU_MOD are corrected ones.
  if (file.text(tag::Modality) != "CT" || unit.empty() || unit == "HU" || unit == "HU_MOD" || unit == "US")
    return {};
  return fail(ErrorCode::UnsupportedPixels,
              {file.path.string(), "its values are \"" + unit + "\", not Hounsfield units"}, "checkUnit");
}

std::vector<WindowPreset> windowsOf(const DicomHeader& raw, const std::string& explanation) {
  const auto centres = raw.numbers(tag::WindowCentre), widths = raw.numbers(tag::WindowWidth);
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= explanation.size() && !explanation.empty();) {
    const std::size_t end = std::min(explanation.find('\\', at), explanation.size());
    names.push_back(explanation.substr(at, end - at));
    at = end + 1;
  }
  std::vector<WindowPreset> out;
  for (std::size_t k = 0; k < std::min(centres.size(), widths.size()); ++k)
    if (widths[k] >= 1)
      out.push_back({k < names.size() ? names[k] : std::string(), centres[k], widths[k]});
  return out;
}

std::optional<LutWords> lutOf(const AttributeMap& lut, bool bigEndian, bool isSigned) {
  const auto descriptor = lut.find(tag::LutDescriptor), data = lut.find(tag::LutData);
  if (descriptor == lut.end() || data == lut.end() || descriptor->second.size() < 6)
    return std::nullopt;
  const auto word = [&](const std::string& bytes, std::size_t k) {
    return readU16(reinterpret_cast<const std::byte*>(bytes.data()) + 2 * k, bigEndian);
  };
  const std::size_t entries = word(descriptor->second, 0) == 0 ? 65536 : word(descriptor->second, 0);
  const std::uint16_t first = word(descriptor->second, 1);
  LutWords out;
  out.bits = word(descriptor->second, 2);
  out.first = isSigned ? static_cast<std::int16_t>(first) : first;
  const std::string& bytes = data->second;
  if (bytes.size() >= 2 * entries) {
    for (std::size_t k = 0; k < entries; ++k)
      out.table.push_back(word(bytes, k));
  } else if (out.bits <= 8 && bytes.size() >= entries) {
    for (std::size_t k = 0; k < entries; ++k)
      out.table.push_back(static_cast<unsigned char>(bytes[k]));
  } else {
    return std::nullopt;
  }
  return out;
}

} // namespace spondyl::dicom
