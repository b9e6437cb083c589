#include "inference/worker/job_voxels.h"

#include <cstring>

namespace spondyl::inference {

Result<VolumePtr> volumeFrom(const VoxelHeader& header, const SharedMemory& memory) {
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(header.grid, header.type, header.rescale,
                                                           VolumeMeaning::Unknown, header.padding));
  const auto copy = [&](auto voxelsOut) { std::memcpy(voxelsOut.data(), memory.data(), header.byteCount()); };
  switch (header.type) {
  case VoxelType::Int16:
    copy(builder.voxels<std::int16_t>());
    break;
  case VoxelType::UInt16:
    copy(builder.voxels<std::uint16_t>());
    break;
  case VoxelType::Float32:
    copy(builder.voxels<float>());
    break;
  case VoxelType::Float64:
    copy(builder.voxels<double>());
    break;
  }
  return std::move(builder).freeze();
}

} // namespace spondyl::inference
