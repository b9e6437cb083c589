#pragma once
// The parts of an image header that single images, frames and radiographs read alike.

#include "core/dicom/image_header.h"

namespace spondyl::dicom {

/// "1.5", "80": as short as three decimals allow.
std::string shortNumber(double value);

void readGeometry(const DicomHeader& raw, ImageHeader& h);
std::optional<Rescale> rescaleOf(const DicomHeader& raw);
/// CT is read in Hounsfield units: maps of a scanner with two energies (effective atomic number, iodine) are
/// refused rather than measured as if they were. `values`: the image's or the frame's own attributes.
/// Errors: UnsupportedPixels.
Status checkUnit(const DicomHeader& file, const DicomHeader& values);
/// `explanation`: the joined names, UTF-8.
std::vector<WindowPreset> windowsOf(const DicomHeader& raw, const std::string& explanation);

/// A look-up table of the walk; nullopt if it is not whole. `isSigned`: of the values that are looked up.
struct LutWords {
  int first = 0, bits = 16;
  std::vector<std::uint16_t> table;
};
std::optional<LutWords> lutOf(const AttributeMap& lut, bool bigEndian, bool isSigned);

/// The frames of a multi-frame CT or MR object, each with its own place, rescale and pixels. `common` is what
/// all share. Errors: Malformed (groups, fragments and frames do not fit), FileUnreadable.
Result<std::vector<ImageHeader>> splitFrames(const DicomHeader& raw, const ImageHeader& common, int frames);

/// The pixels of each frame of encapsulated data. Errors: Malformed, FileUnreadable.
Result<std::vector<std::vector<ByteRange>>> fragmentsOfFrames(const DicomHeader& raw, int frames);

/// The slices of a Siemens mosaic, placed by its CSA header. Errors: UnsupportedObject (which says what of
/// the geometry is missing), Malformed.
Result<std::vector<ImageHeader>> splitMosaic(const DicomHeader& raw, const ImageHeader& whole);

/// Calibration, orientation and presentation of a radiograph.
Radiograph radiographOf(const DicomHeader& raw, const PixelLayout& layout);

} // namespace spondyl::dicom
