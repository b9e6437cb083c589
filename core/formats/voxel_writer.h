#pragma once
// Voxels on their way into a file, in the smallest type that keeps every value.

#include "core/base/progress.h"
#include "core/formats/gzip_file.h"
#include "core/image/volume.h"

namespace spondyl {

enum class StoredType : std::uint8_t { UInt8, Int16, UInt16, Float32, Float64 };

/// The smallest type that holds every rescaled value exactly.
StoredType smallestExactType(const Volume& volume);

/// Rescaled values in the grid's order and this machine's byte order. Errors: those of the file, Cancelled.
Status writeVoxels(OutputFile& file, const Volume& volume, StoredType type, const JobContext& context);
/// `type` is UInt8 (numbers up to 255) or UInt16.
Status writeLabelVoxels(OutputFile& file, const Grid& grid, std::span<const std::uint16_t> numbers,
                        StoredType type, const JobContext& context);

} // namespace spondyl
