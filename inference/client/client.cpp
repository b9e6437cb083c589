#include "inference/client/client.h"

#include "core/base/shared_memory.h"
#include "inference/client/connection.h"
#include "inference/protocol/awake_time.h"
#include "inference/protocol/model_package.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

namespace spondyl::inference {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
constexpr auto pollInterval = 50ms;
constexpr auto cancelPatience = 500ms;
constexpr JobId onlyJob = 1; ///< a connection carries one job

Status checkRequest(SegmentRequest& request, const Volume& volume) {
  SPONDYL_TRY(const ModelPackage package, findModelPackage(request.modelFolder, request.modality));
  SPONDYL_CHECK(checkTrusted(package));
  SPONDYL_CHECK(checkSuitable(package, volume.grid().spacing()));
  SPONDYL_CHECK(verifyNetworkFile(package));
  std::error_code failed;
  const Path folder = std::filesystem::canonical(package.folder, failed);
  const auto landmarks = findLandmarkPackage(request.modelFolder);
  request.modelFolder = (failed ? package.folder : folder).string();
  const Path landmarkFolder = landmarks ? std::filesystem::canonical(landmarks->folder, failed) : Path();
  request.landmarkFolder = landmarkFolder.string();
  return {};
}

/// The voxels, and behind them the bytes that mark a structure.
Result<Descriptor> shareVoxels(const Volume& volume, std::span<const std::uint8_t> structure = {}) {
  SPONDYL_TRY(SharedMemory memory, SharedMemory::create(volume.byteCount() + structure.size()));
  std::memcpy(memory.writable(), volume.data(), volume.byteCount());
  if (!structure.empty())
    std::memcpy(memory.writable() + volume.byteCount(), structure.data(), structure.size());
  return std::move(memory).seal();
}

/// What an honest worker sends: structures numbered 1, 2, ... and vertebrae placed from above.
bool isSound(const SegmentResult& result) {
  for (std::size_t n = 0; n < result.structures.size(); ++n) {
    const ResultStructure& s = result.structures[n];
    if (s.label != n + 1 || s.vertebra < 0 || std::size_t(s.vertebra) > result.vertebrae.size())
      return false;
  }
  for (std::size_t n = 0; n < result.vertebrae.size(); ++n)
    if (result.vertebrae[n].place != int(n) + 1)
      return false;
  for (const ResultLandmark& l : result.landmarks)
    if (l.vertebra < 1 || std::size_t(l.vertebra) > result.vertebrae.size() || l.site.empty())
      return false;
  return std::all_of(result.alternatives.begin(), result.alternatives.end(),
                     [&](const auto& a) { return a.levels.size() == result.vertebrae.size(); });
}

/// Waits for the job's end on one connection. `stage` is kept up to date for the message if it dies.
class Waiting {
 public:
  Waiting(Channel& channel, const JobContext& job, std::chrono::seconds silence, double& reached,
          std::string& stage)
      : m_channel(channel), m_job(job), m_silence(silence), m_reached(reached), m_stage(stage) {}

  Result<Incoming> end() {
    AwakeTime awake;
    Clock::duration silent{0};
    std::optional<Clock::time_point> cancelled;
    while (true) {
      const std::array waits{m_channel.descriptor()};
      waitReadable(waits, pollInterval);
      silent += awake.tick();
      SPONDYL_CHECK(m_channel.receive());
      while (auto incoming = m_channel.next()) {
        silent = Clock::duration::zero();
        if (const auto* progress = std::get_if<ProgressEvent>(&incoming->message))
          report(*progress);
        else if (const auto* failed = std::get_if<JobFailed>(&incoming->message))
          return failed->error;
        else if (std::holds_alternative<JobDone>(incoming->message) ||
                 std::holds_alternative<MapDone>(incoming->message))
          return std::move(*incoming);
        else if (const auto* refused = std::get_if<Refused>(&incoming->message))
          return fail(ErrorCode::WorkerRefused, {refused->reason}, "segment");
        else if (!std::holds_alternative<Heartbeat>(incoming->message))
          return fail(ErrorCode::ProtocolViolation, {"unexpected message"}, "segment");
      }
      if (m_job.stopRequested() && !cancelled) {
        cancelled = Clock::now();
        if (!m_channel.send(CancelCommand{onlyJob}))
          return fail(ErrorCode::Cancelled, {}, "segment");
      }
      // The worker drops a job whose connection closes: no need to wait for it longer.
      if (cancelled && Clock::now() - *cancelled > cancelPatience)
        return fail(ErrorCode::Cancelled, {}, "segment");
      if (silent > m_silence) {
        m_channel.socket().killPeer();
        return fail(ErrorCode::WorkerDied, {m_stage}, "segment");
      }
    }
  }

 private:
  void report(const ProgressEvent& progress) {
    m_stage = progress.stage;
    m_reached = std::max(m_reached, std::clamp(progress.fraction, 0.0, 1.0));
    m_job.progress.report(m_stage, m_reached);
  }
  Channel& m_channel;
  const JobContext& m_job;
  std::chrono::seconds m_silence;
  double& m_reached;
  std::string& m_stage;
};

Result<LabelMap> mapFrom(const Grid& grid, const SharedMemory& memory, std::size_t which,
                         std::size_t structures) {
  const std::size_t count = grid.size().count();
  const std::span ids(reinterpret_cast<const std::uint16_t*>(memory.data()) + which * count, count);
  if (std::any_of(ids.begin(), ids.end(), [&](std::uint16_t id) { return id > structures; }))
    return fail(ErrorCode::ProtocolViolation, {"a voxel of no structure"}, "segment");
  return LabelMap::fromDense(grid, ids);
}

} // namespace

struct WorkerClient::Private {
  explicit Private(ClientOptions options) : workers(std::move(options)) {}

  /// Sends and waits; a worker that dies on the way is replaced once.
  Result<Incoming> run(const Message& command, const Descriptor* voxels, const JobContext& job) {
    double reached = 0;
    std::string stage = "start";
    job.progress.report(stage, 0);
    for (int attempt = 0;; ++attempt) {
      SPONDYL_TRY(Channel channel, workers.connect(job.stop));
      auto sent = channel.send(command, voxels);
      Result<Incoming> result =
          sent ? Waiting(channel, job, std::chrono::seconds(workers.options().silenceSeconds), reached, stage)
                     .end()
               : Result<Incoming>(sent.error());
      if (result || result.error().code != ErrorCode::WorkerDied)
        return result;
      if (job.stopRequested())
        return fail(ErrorCode::Cancelled, {}, "segment");
      if (attempt == 1)
        return fail(ErrorCode::WorkerDied, {stage}, "segment");
    }
  }

  Workers workers;
};

WorkerClient::WorkerClient(ClientOptions options) : m(std::make_unique<Private>(std::move(options))) {}
WorkerClient::~WorkerClient() = default;

Result<SegmentOutcome> WorkerClient::segment(const VolumePtr& volume, const SegmentRequest& request,
                                             const JobContext& job) {
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "segment");
  SegmentCommand command{
      onlyJob, request, {volume->grid(), volume->voxelType(), volume->rescale(), volume->padding()}};
  SPONDYL_CHECK(checkRequest(command.request, *volume));
  SPONDYL_TRY(const Descriptor voxels, shareVoxels(*volume));
  SPONDYL_TRY(Incoming done, m->run(command, &voxels, job));
  if (!std::holds_alternative<JobDone>(done.message))
    return fail(ErrorCode::ProtocolViolation, {"result"}, "segment");
  auto& answer = std::get<JobDone>(done.message);
  if (!done.voxels || !isSound(answer.result))
    return fail(ErrorCode::ProtocolViolation, {"result"}, "segment");
  const std::size_t bytes = 2 * sizeof(std::uint16_t) * volume->size().count();
  SPONDYL_TRY(const SharedMemory maps, SharedMemory::open(std::move(*done.voxels), bytes));
  const std::size_t structures = answer.result.structures.size();
  SPONDYL_TRY(LabelMap bones, mapFrom(volume->grid(), maps, 0, structures));
  SPONDYL_TRY(LabelMap canal, mapFrom(volume->grid(), maps, 1, structures));
  return SegmentOutcome{std::move(answer.result), std::move(bones), std::move(canal)};
}

Result<SegmentResult> WorkerClient::rename(const SegmentResult& previous,
                                           const std::optional<ReaderAnchor>& anchor, const JobContext& job) {
  SPONDYL_TRY(Incoming done, m->run(RenameCommand{onlyJob, previous, anchor}, nullptr, job));
  if (!std::holds_alternative<JobDone>(done.message))
    return fail(ErrorCode::ProtocolViolation, {"result"}, "rename");
  auto& answer = std::get<JobDone>(done.message);
  if (done.voxels || !isSound(answer.result))
    return fail(ErrorCode::ProtocolViolation, {"result"}, "rename");
  return std::move(answer.result);
}

Result<ScalarMapOutcome> WorkerClient::map(const VolumePtr& volume, const ScalarMapRequest& request,
                                           std::span<const std::uint8_t> structure, const JobContext& job) {
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "map");
  MapCommand command{
      onlyJob, request, {volume->grid(), volume->voxelType(), volume->rescale(), volume->padding()}};
  SPONDYL_CHECK(checkRequest(command.request.network, *volume));
  const std::size_t voxelCount = volume->size().count();
  if (structure.size() != (request.kind == ScalarMapKind::Saliency ? voxelCount : 0))
    return fail(ErrorCode::UnknownItem, {"structure", "of this image"}, "map");
  SPONDYL_TRY(const Descriptor voxels, shareVoxels(*volume, structure));
  SPONDYL_TRY(Incoming done, m->run(command, &voxels, job));
  auto* const answer = std::get_if<MapDone>(&done.message);
  if (!answer || !done.voxels || answer->result.kind != request.kind)
    return fail(ErrorCode::ProtocolViolation, {"result"}, "map");
  SPONDYL_TRY(const SharedMemory memory,
              SharedMemory::open(std::move(*done.voxels), sizeof(std::uint16_t) * voxelCount));
  SPONDYL_TRY(VolumeBuilder builder,
              VolumeBuilder::create(volume->grid(), VoxelType::UInt16, {1 / scalarMapOne, 0}));
  std::memcpy(builder.voxels<std::uint16_t>().data(), memory.data(), sizeof(std::uint16_t) * voxelCount);
  return ScalarMapOutcome{std::move(answer->result), std::move(builder).freeze()};
}

void WorkerClient::shutdownWorker() {
  // Nobody listening, or gone already: what was wanted.
  if (auto channel = m->workers.connectToRunning()) {
    if (!channel->send(ShutdownCommand{}))
      return;
    const auto limit = Clock::now() + 5s;
    while (Clock::now() < limit && channel->receive()) {
      const std::array waits{channel->descriptor()};
      waitReadable(waits, pollInterval);
    }
  }
}

int WorkerClient::workerProcessId() const {
  return m->workers.lastWorker();
}

std::string volumeDigest(const Volume& volume) {
  const Grid& g = volume.grid();
  std::ostringstream text;
  text.precision(17);
  text << g.size().i << ' ' << g.size().j << ' ' << g.size().k;
  for (const VectorLps v : {g.origin() - PointLps{}, g.stepI(), g.stepJ(), g.stepK()})
    text << ' ' << v.x << ' ' << v.y << ' ' << v.z;
  text << ' ' << volume.rescale().slope << ' ' << volume.rescale().intercept << ' ' << int(volume.voxelType())
       << ' ' << sha256Hex(std::span(volume.data(), volume.byteCount()));
  return sha256Hex(std::string_view(text.str()));
}

} // namespace spondyl::inference
