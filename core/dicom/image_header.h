#pragma once
// The facts of one image file that sorting and decoding need; text in UTF-8.

#include "core/dicom/walk.h"
#include "core/study/study.h"

#include <array>

namespace spondyl::dicom {

struct PixelLayout {
  int rows = 0, columns = 0, samples = 1;
  int bitsAllocated = 16, bitsStored = 16, highBit = 15;
  bool isSigned = false;
  bool operator==(const PixelLayout&) const = default;
};

/// Values of a Modality LUT: value = table[clamp(stored - first)].
struct ModalityLut {
  int first = 0;
  std::vector<std::uint16_t> table;
  bool operator==(const ModalityLut&) const = default;
};

struct ImageHeader {
  Study study;   ///< without series
  Series series; ///< without stacks
  SliceSource source;
  std::optional<PointLps> position;
  std::optional<std::array<double, 6>>
      orientation; ///< direction of growing column, of growing row; as stated
  std::optional<std::array<double, 2>> pixelSpacing; ///< between rows, between columns, mm
  std::optional<double> sliceThickness, spacingBetweenSlices;
  /// What may tell stacks of one series apart, in the order of trying: name, value.
  std::vector<std::pair<std::string, std::string>> discriminators;
  PixelLayout layout;
  std::optional<Rescale> rescale;
  std::optional<ModalityLut> lut;
  std::optional<double> padding;
  std::string lossyRatio;
  bool undecodableText = false;
  DicomHeader raw; ///< transfer syntax and place of the pixels
};

/// Single-frame CT and MR images. Errors: those of walkDicom; UnsupportedObject (anything else, by name),
/// UnsupportedTransferSyntax, UnsupportedPixels, Malformed, Truncated (no or too few pixels).
Result<ImageHeader> readImageHeader(const Path& path);
Result<ImageHeader> toImageHeader(DicomHeader raw);

} // namespace spondyl::dicom
