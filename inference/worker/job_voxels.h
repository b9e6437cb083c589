#pragma once
// The voxels that come with a command.

#include "core/base/shared_memory.h"
#include "core/image/volume.h"
#include "inference/protocol/message.h"

namespace spondyl::inference {

/// A copy of our own, so that what comes from the client is let go at once; the voxels lie at the memory's
/// beginning, which must have header.byteCount() bytes at least. Errors: OutOfMemory.
Result<VolumePtr> volumeFrom(const VoxelHeader& header, const SharedMemory& memory);

} // namespace spondyl::inference
