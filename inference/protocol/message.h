#pragma once
// What client and worker say to each other (docs/schemas/worker-protocol.schema.json). One message is one
// JSON text whose first member is the protocol's version. Decoding believes nothing: size, depth, types and
// ranges are checked.

#include "core/image/volume.h"
#include "inference/protocol/scalar_map.h"

#include <variant>

namespace spondyl::inference {

constexpr int protocolVersion = 1;
constexpr std::size_t messageLimitBytes = std::size_t(4) << 20;
constexpr int messageDepthLimit = 16;

using JobId = std::uint64_t;

/// Both sides' first message. `build` names the worker program; another one is refused.
struct Hello {
  std::string build;
  int processId = 0;
};
/// How to read the voxels whose shared memory travels with the message.
struct VoxelHeader {
  Grid grid;
  VoxelType type = VoxelType::Int16;
  Rescale rescale;
  std::optional<double> padding;
  std::size_t byteCount() const { return grid.size().count() * bytesPerVoxel(type); }
};
/// client → worker, with one descriptor: the voxels.
struct SegmentCommand {
  JobId job = 0;
  SegmentRequest request;
  VoxelHeader voxels;
};
/// client → worker: name these again; the answer is a JobDone without voxels.
struct RenameCommand {
  JobId job = 0;
  SegmentResult previous;
  std::optional<ReaderAnchor> anchor;
};
/// client → worker, with one descriptor: the voxels; for saliency one byte per voxel behind them, not 0 where
/// the structure is.
struct MapCommand {
  JobId job = 0;
  ScalarMapRequest request;
  VoxelHeader voxels;
  std::size_t byteCount() const {
    return voxels.byteCount() +
           (request.kind == ScalarMapKind::Saliency ? voxels.grid.size().count() : std::size_t(0));
  }
};
struct CancelCommand {
  JobId job = 0;
};
struct ShutdownCommand {};

struct ProgressEvent {
  JobId job = 0;
  std::string stage;
  double fraction = 0;
};
struct Heartbeat {};
/// worker → client; `hasVoxels`: with one descriptor, two uint16 maps of the input's grid: bone and disc,
/// then canal.
struct JobDone {
  JobId job = 0;
  SegmentResult result;
  bool hasVoxels = false;
};
/// worker → client, always with one descriptor: the map, uint16 on the input's grid.
struct MapDone {
  JobId job = 0;
  ScalarMapResult result;
};
struct JobFailed {
  JobId job = 0;
  Error error;
};
/// worker → client: the connection ends here.
struct Refused {
  std::string reason;
};

using Message = std::variant<Hello, SegmentCommand, RenameCommand, MapCommand, CancelCommand, ShutdownCommand,
                             ProgressEvent, Heartbeat, JobDone, MapDone, JobFailed, Refused>;

std::string encodeMessage(const Message& message);
/// Errors: ProtocolViolation.
Result<Message> decodeMessage(std::string_view text);
/// Whether a message of this kind travels with a descriptor.
bool carriesVoxels(const Message& message);

} // namespace spondyl::inference
