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

/// Where a slice lies within a mosaic, cells.
struct Tile {
  int rows = 0, columns = 0; ///< of the whole mosaic
  int top = 0, left = 0;
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
  PixelLayout layout; ///< of this slice
  std::optional<Tile> tile;
  std::optional<Radiograph> radiograph;
  double pixelAspect = 1; ///< height over width of a pixel without a size
  std::optional<Rescale> rescale;
  std::optional<ModalityLut> lut;
  std::optional<double> padding;
  std::string lossyRatio;
  bool undecodableText = false;
  DicomHeader raw; ///< transfer syntax and place of the pixels
};

/// The images of a file: one CT, MR or radiograph, the frames of an enhanced (multi-frame) CT or MR, or the
/// slices of a Siemens mosaic. Errors: those of walkDicom; UnsupportedObject (anything else, by name),
/// UnsupportedTransferSyntax, UnsupportedPixels, Malformed, Truncated (no or too few pixels).
Result<std::vector<ImageHeader>> readImageHeaders(const Path& path);
/// One of them. Errors also: GridMismatch (no such frame).
Result<ImageHeader> readImageHeader(const Path& path, int frame = 0);

} // namespace spondyl::dicom
