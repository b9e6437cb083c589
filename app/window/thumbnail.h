#pragma once
// Small grey pictures of series for the series column.

#include "core/base/progress.h"
#include "core/study/study.h"

#include <QImage>

namespace spondyl::app {

/// The middle sagittal plane of a loaded volume; a radiograph in its own.
QImage thumbnailOf(const Series& series, int stack, const VolumePtr& volume);
/// The middle slice as acquired; reading ends as soon as it is there. Errors: those of loadVolume.
Result<QImage> readThumbnail(const Series& series, std::size_t stack, const JobContext& job);

} // namespace spondyl::app
