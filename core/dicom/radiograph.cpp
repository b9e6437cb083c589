// What a radiograph's header says about lengths, sides and presentation (PS3.3 10.7, C.7.6.1.1.1).
#include "core/dicom/radiograph_stack.h"

#include "core/dicom/header_parts.h"
#include "core/dicom/transfer_syntax.h"

#include <algorithm>
#include <cmath>

namespace spondyl::dicom {
namespace {

using Spacing = std::array<double, 2>;

std::optional<Spacing> spacingOf(const DicomHeader& raw, tag::Tag t) {
  const auto values = raw.numbers(t);
  const auto sound = [](double v) { return v > 1e-4 && v < 100; };
  if (values.size() < 2 || !sound(values[0]) || !sound(values[1]))
    return std::nullopt;
  return Spacing{values[0], values[1]};
}

std::optional<double> magnificationOf(const DicomHeader& raw) {
  constexpr double largest = 5;
  const auto stated = raw.number(tag::Magnification);
  if (stated && *stated >= 1 && *stated <= largest)
    return stated;
  const auto detector = raw.number(tag::SourceToDetector), patient = raw.number(tag::SourceToPatient);
  if (!detector || !patient || !(*patient > 0) || *detector <= *patient || *detector > largest * *patient)
    return std::nullopt;
  return *detector / *patient;
}

bool same(const Spacing& a, const Spacing& b) {
  return std::abs(a[0] - b[0]) <= 1e-4 * a[0] && std::abs(a[1] - b[1]) <= 1e-4 * a[1];
}

void calibrate(const DicomHeader& raw, Radiograph& r) {
  const auto stated = spacingOf(raw, tag::PixelSpacing);
  auto detector = spacingOf(raw, tag::ImagerPixelSpacing);
  if (!detector)
    detector = spacingOf(raw, tag::NominalScannedSpacing);
  const std::string type = raw.text(tag::CalibrationType);
  r.magnification = magnificationOf(raw);
  if (stated && (!type.empty() || (detector && !same(*stated, *detector)))) {
    r.calibration = Calibration::Calibrated;
    r.spacingMm = stated;
    const std::string words = raw.text(tag::CalibrationDescription);
    r.calibrationMethod = type + (type.empty() || words.empty() ? "" : ": ") + words;
  } else if (stated && !detector) {
    r.calibration = Calibration::Stated;
    r.spacingMm = stated;
  } else if (detector && r.magnification) {
    r.calibration = Calibration::Magnified;
    r.spacingMm = Spacing{(*detector)[0] / *r.magnification, (*detector)[1] / *r.magnification};
  } else if (detector) {
    r.calibration = Calibration::Detector;
    r.spacingMm = detector;
  }
}

// "L", "FP": the sum of the letters' directions; zero for anything else.
VectorLps directionOf(const std::string& letters) {
  VectorLps sum;
  for (const char c : letters)
    switch (c) {
    case 'L':
      sum.x += 1;
      break;
    case 'R':
      sum.x -= 1;
      break;
    case 'P':
      sum.y += 1;
      break;
    case 'A':
      sum.y -= 1;
      break;
    case 'H':
      sum.z += 1;
      break;
    case 'F':
      sum.z -= 1;
      break;
    default:
      return {};
    }
  return normalized(sum);
}

// The two directions perpendicular to each other, as the grid needs them; nullopt if they are not nearly so.
std::optional<std::pair<VectorLps, VectorLps>> sidesOf(const Radiograph& r) {
  const VectorLps column = directionOf(r.columnLetters), row = directionOf(r.rowLetters);
  const double cosine = dot(column, row);
  if (length(column) < 0.5 || length(row) < 0.5 || std::abs(cosine) > 0.3)
    return std::nullopt;
  return std::pair{column, normalized(row - column * cosine)};
}

std::string labelOf(const ImageHeader& h) {
  const Radiograph& r = *h.radiograph;
  std::string label = r.view;
  if (!r.laterality.empty())
    label += (label.empty() ? "" : " ") + r.laterality;
  return label.empty() ? "image " + std::to_string(h.source.instanceNumber) : label;
}

void addWarnings(const Radiograph& r, std::vector<Warning>& warnings) {
  switch (r.calibration) {
  case Calibration::None:
    warnings.push_back({WarningCode::RadiographUncalibrated, {}});
    break;
  case Calibration::Detector:
    warnings.push_back({WarningCode::RadiographAtDetector, {}});
    break;
  case Calibration::Magnified:
    warnings.push_back({WarningCode::RadiographMagnified, {shortNumber(*r.magnification)}});
    break;
  case Calibration::Stated:
    warnings.push_back({WarningCode::RadiographSpacingUnsure, {}});
    break;
  case Calibration::Calibrated:
    break;
  }
  if (!r.isOriented)
    warnings.push_back({WarningCode::OrientationUnknown, {}});
}

} // namespace

Radiograph radiographOf(const DicomHeader& raw, const PixelLayout& layout) {
  Radiograph r;
  calibrate(raw, r);
  const auto sides = raw.texts(tag::PatientOrientation);
  if (sides.size() == 2) {
    r.columnLetters = sides[0];
    r.rowLetters = sides[1];
  }
  r.isOriented = sidesOf(r).has_value();
  r.view = raw.text(tag::ViewPosition);
  r.laterality = raw.text(tag::ImageLaterality);
  if (r.laterality.empty())
    r.laterality = raw.text(tag::Laterality);
  r.lowIsBright =
      raw.text(tag::Photometric) == "MONOCHROME1" || raw.text(tag::PresentationLutShape) == "INVERSE";
  if (auto lut = lutOf(raw.voiLut, raw.bigEndian, layout.isSigned))
    r.voiLut = VoiLut{lut->first, lut->bits, std::move(lut->table), {}};
  return r;
}

Stack radiographStack(const ImageHeader& h) {
  const Radiograph& r = *h.radiograph;
  Stack stack;
  stack.tellsApart = labelOf(h);
  stack.slices = {h.source};
  stack.radiograph = r;
  const std::string name = !h.series.description.empty() ? h.series.description : labelOf(h);
  stack.refusal = fail(ErrorCode::ProjectionImage, {name}, "radiographStack");
  addWarnings(r, stack.warnings);
  if (h.series.lossy)
    stack.warnings.push_back({WarningCode::Lossy, {nameOfUid(h.raw.transferSyntax), h.lossyRatio}});
  const auto sides = sidesOf(r).value_or(std::pair{VectorLps{1, 0, 0}, VectorLps{0, 1, 0}});
  const Spacing spacing = r.spacingMm.value_or(Spacing{h.pixelAspect, 1.0});
  auto grid = Grid::create({h.layout.columns, h.layout.rows, 1}, {}, sides.first * spacing[1],
                           sides.second * spacing[0], cross(sides.first, sides.second));
  if (grid)
    stack.grid = *grid;
  else
    stack.refusal = grid.error();
  return stack;
}

} // namespace spondyl::dicom
