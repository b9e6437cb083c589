#pragma once
// Asks spondyl-inference, the worker process, to segment. Starts it when needed, watches it, starts it once
// more if it dies. No Qt, no LibTorch. Calls block: make them in a job's thread. One client may be used from
// several threads.

#include "core/base/progress.h"
#include "core/case/case.h"
#include "core/image/volume.h"
#include "inference/protocol/scalar_map.h"

#include <memory>
#include <span>

namespace spondyl::inference {

struct ClientOptions {
  Path worker;        ///< empty: spondyl-inference beside this program, or in ../bin
  Path runtimeFolder; ///< empty: $SPONDYL_RUNTIME_DIR, else $XDG_RUNTIME_DIR/spondyl, else a private one in
                      ///< /tmp
  Path log;           ///< the worker's stdout and stderr; empty: $XDG_STATE_HOME/spondyl/inference.log
  int idleSeconds = 120; ///< a worker that this client starts ends itself after so long without work
  int silenceSeconds =
      30;                ///< a worker that sends not even a heartbeat for so long is ended and counts as dead
  int stepSeconds = 180; ///< a worker that this client starts gives up a network that computes so long at one
                         ///< window
};

/// The result's label maps are on the volume's grid; their values are ResultStructure::label.
struct SegmentOutcome {
  SegmentResult result;
  LabelMap boneAndDisc;
  LabelMap canal;
};

/// `map`: uint16 on the volume's grid with the rescale that makes it 0 to 1.
struct ScalarMapOutcome {
  ScalarMapResult result;
  VolumePtr map;
};

class WorkerClient {
 public:
  explicit WorkerClient(ClientOptions options = {});
  ~WorkerClient();

  /// Checks request and model package before any process is started. Progress stages: "start", "resample",
  /// "segment", "decode", "label". A volume without a spine is a result: empty, with a warning.
  /// Errors: Cancelled (at most 1 s after the stop), ModelNotFound, ModelUntrusted, ModelDamaged,
  /// ModelUnsuitable, DeviceUnavailable, OutOfMemory, WorkerNotStarted, WorkerRefused, WorkerDied,
  /// ProtocolViolation.
  Result<SegmentOutcome> segment(const VolumePtr& volume, const SegmentRequest& request,
                                 const JobContext& job);

  /// Names the vertebrae of an earlier result again, with the reader's anchor (or without); voxels stay.
  Result<SegmentResult> rename(const SegmentResult& previous, const std::optional<ReaderAnchor>& anchor,
                               const JobContext& job);

  /// An uncertainty or saliency map (inference/protocol/scalar_map.h). `structure`, for saliency alone: one
  /// byte per voxel of the volume's grid, not 0 where the structure is. Progress stages: "start", "resample",
  /// "segment", "label". Errors: as segment(), and UnknownItem (a box or structure outside the image).
  Result<ScalarMapOutcome> map(const VolumePtr& volume, const ScalarMapRequest& request,
                               std::span<const std::uint8_t> structure, const JobContext& job);

  /// Ends the worker of this build as soon as it has no work; waits a few seconds for that. Nothing happens
  /// if none runs.
  void shutdownWorker();
  /// The worker that answered last; 0 before the first.
  int workerProcessId() const;

 private:
  struct Private;
  std::unique_ptr<Private> m;
};

/// SHA-256 over grid, rescale and voxels: what a proposal's `inputDigest` begins with.
std::string volumeDigest(const Volume& volume);

/// A proposal as Document's AddProposal takes it (its id is given there). `inputDigest` names volume, model
/// and anchor. The result of a network that gives label maps becomes what a label file with its numbers
/// becomes (proposalFromLabels); names that came with `anchor` are in all other results already.
Proposal toProposal(const SegmentOutcome& outcome, const std::string& seriesUid,
                    const std::string& frameOfReferenceUid, const std::string& inputDigest,
                    const std::optional<ReaderAnchor>& anchor = {});

} // namespace spondyl::inference
