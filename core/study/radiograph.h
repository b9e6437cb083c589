#pragma once
// What is known about a radiograph (CR, DX, RF, XA): it has pixels, no place in the patient, and lengths only
// as far as somebody calibrated it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spondyl {

/// What a length measured on the picture means.
enum class Calibration : std::uint8_t {
  None,      ///< no spacing at all: pixels only, never mm
  Detector,  ///< mm on the detector: in the patient everything is smaller by an unknown factor
  Magnified, ///< mm on the detector divided by the stated magnification: right in the plane it was stated for
  Stated,    ///< the file gives mm and does not say in which plane
  Calibrated ///< mm in the patient, by geometry or by an object of known size (`calibrationMethod`)
};

/// The enumerator's name ("Detector"), for JSON and tests.
const char* calibrationName(Calibration calibration);

/// Values of a VOI LUT: shown = table[clamp(value - first)], of `bits` bits.
struct VoiLut {
  int first = 0, bits = 16;
  std::vector<std::uint16_t> table;
  std::string explanation;
  bool operator==(const VoiLut&) const = default;
};

struct Radiograph {
  Calibration calibration = Calibration::None;
  /// mm between rows, between columns, in the plane that `calibration` names; absent: pixels only. The grid
  /// of the stack has these steps, or, without them, steps of one pixel that must never be shown as mm.
  std::optional<std::array<double, 2>> spacingMm;
  std::optional<double> magnification; ///< stated, or source-detector over source-patient distance
  std::string calibrationMethod;       ///< "GEOMETRY", "FIDUCIAL" and the file's own words
  /// Letters of the direction of growing column and of growing row ("L", "F", "LA" ...); empty: not stated.
  /// Only if both are there and fit together (`isOriented`) do the grid's steps point to the patient's sides.
  std::string columnLetters, rowLetters;
  bool isOriented = false;
  std::string view, laterality; ///< "AP", "LL" ...; "R", "L"
  bool lowIsBright = false;     ///< MONOCHROME1 or an inverse presentation: invert when showing
  std::optional<VoiLut> voiLut; ///< of rescaled values
  bool operator==(const Radiograph&) const = default;
};

} // namespace spondyl
