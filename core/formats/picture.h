#pragma once
// Radiographs as PNG or JPEG: pixels without a length and without a side. They are opened as what they are:
// uncalibrated, orientation unknown.

#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

bool isPicture(const Path& path); ///< PNG or JPEG by its first bytes

/// A study with one series of one stack, a radiograph; no pixel is decoded. Errors: FileUnreadable,
/// Malformed, DeclaredTooLarge (more than 30000 pixels along a side, 400 million in all or more than its
/// bytes can hold), UnsupportedPixels (four colours).
Result<Study> describePicture(const Path& path);

/// One slice of UInt16: 8 or 16 bit grey as stored. Colour is taken where every pixel is grey, and else
/// refused (UnsupportedPixels), as is what shines through. Errors: those of describePicture, ProjectionImage
/// unless a radiograph is accepted, Truncated, OutOfMemory, Cancelled.
Result<LoadedVolume> readPicture(const Path& path, const JobContext& context, const LoadOptions& options);

} // namespace spondyl
