#include "inference/worker/job_runner.h"

#include "core/base/process.h"
#include "inference/engine/allocator.h"
#include "inference/pipelines/naming.h"
#include "inference/pipelines/run_package.h"
#include "inference/worker/job_voxels.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spondyl::inference {
namespace {

constexpr double mibPerGib = 1024.0;

} // namespace

JobId JobRunner::Job::id() const {
  return std::visit([](const auto& c) { return c.job; }, command);
}

JobRunner::JobRunner(WakeUp& wake)
    : m_wake(wake), m_thread([this](const std::stop_token& end) { loop(end); }) {}

JobRunner::~JobRunner() {
  {
    const std::lock_guard lock(m_mutex);
    for (Job& job : m_jobs)
      job.stop.request_stop();
  }
  m_thread.request_stop();
  m_changed.notify_all();
}

void JobRunner::add(ConnectionId from, SegmentCommand command, Descriptor voxels) {
  const std::lock_guard lock(m_mutex);
  m_jobs.push_back({from, std::move(command), std::move(voxels), {}});
  m_changed.notify_all();
}

void JobRunner::add(ConnectionId from, RenameCommand command) {
  const std::lock_guard lock(m_mutex);
  m_jobs.push_back({from, std::move(command), std::nullopt, {}});
  m_changed.notify_all();
}

void JobRunner::add(ConnectionId from, MapCommand command, Descriptor voxels) {
  const std::lock_guard lock(m_mutex);
  m_jobs.push_back({from, std::move(command), std::move(voxels), {}});
  m_changed.notify_all();
}

void JobRunner::cancel(ConnectionId from, std::optional<JobId> job) {
  const std::lock_guard lock(m_mutex);
  const auto meant = [&](const Job& j) { return j.from == from && (!job || j.id() == *job); };
  if (m_running && meant(m_jobs.front()))
    m_jobs.front().stop.request_stop();
  const auto firstWaiting = m_jobs.begin() + (m_running ? 1 : 0);
  for (auto j = firstWaiting; j != m_jobs.end(); ++j)
    if (meant(*j))
      m_out.push_back({from, JobFailed{j->id(), fail(ErrorCode::Cancelled, {}, "worker")}, std::nullopt});
  m_jobs.erase(std::remove_if(firstWaiting, m_jobs.end(), meant), m_jobs.end());
  m_wake.signal();
}

std::vector<Outgoing> JobRunner::takeOutgoing() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_out, {});
}

bool JobRunner::isIdle() {
  const std::lock_guard lock(m_mutex);
  return m_jobs.empty() && m_out.empty();
}

std::vector<ConnectionId> JobRunner::waiting() {
  const std::lock_guard lock(m_mutex);
  std::vector<ConnectionId> ids;
  for (const Job& job : m_jobs)
    ids.push_back(job.from);
  return ids;
}

std::optional<JobRunner::Running> JobRunner::running() {
  const std::lock_guard lock(m_mutex);
  if (!m_running)
    return std::nullopt;
  const Job& job = m_jobs.front();
  return Running{job.from, job.id(), m_model, m_steps, job.stop.stop_requested()};
}

void JobRunner::send(Outgoing out) {
  const std::lock_guard lock(m_mutex);
  ++m_steps;
  m_out.push_back(std::move(out));
  m_wake.signal();
}

void JobRunner::loop(const std::stop_token& end) {
  while (true) {
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, end, [&] { return !m_jobs.empty(); }))
      return;
    m_running = true;
    m_model.clear();
    ++m_steps;
    Job& job = m_jobs.front(); // stays in place: others are only added and taken behind it
    lock.unlock();
    run(job);
    lock.lock();
    m_jobs.pop_front();
    m_running = false;
  }
}

void JobRunner::run(Job& job) {
  try {
    if (auto* command = std::get_if<SegmentCommand>(&job.command)) {
      segment(job, *command);
      releaseCachedMemory();
    } else if (auto* asked = std::get_if<MapCommand>(&job.command)) {
      map(job, *asked);
      releaseCachedMemory();
    } else {
      auto& rename = std::get<RenameCommand>(job.command);
      rename.previous.warnings.clear();
      nameLevels(rename.previous, rename.anchor);
      send({job.from, JobDone{rename.job, std::move(rename.previous), false}, std::nullopt});
    }
  } catch (const std::bad_alloc&) {
    const std::string allowed = std::to_string(std::lround(availableMemoryMiB()));
    send({job.from,
          JobFailed{job.id(), fail(ErrorCode::OutOfMemory, {"more than " + allowed, allowed}, "worker")},
          std::nullopt});
  } catch (const std::exception& problem) {
    send(
        {job.from, JobFailed{job.id(), fail(ErrorCode::Internal, {problem.what()}, "worker")}, std::nullopt});
  }
}

Result<LoadedNetwork*> JobRunner::session(const ModelPackage& package, const std::string& device) {
  SPONDYL_CHECK(checkTrusted(package));
  {
    const std::lock_guard lock(m_mutex);
    m_model = package.card.name;
  }
  const NetworkSpec spec = networkSpecOf(package);
  if (!m_network || m_loaded != std::pair(spec, device)) {
    m_network.reset();
    SPONDYL_TRY(std::vector<Device> devices, devicesFor(device, device == "cpu" ? 0 : usableGpus()));
    m_network = std::make_unique<LoadedNetwork>(
        std::move(devices), spec.classes,
        [spec](const Device& on, Precision precision) -> Result<std::unique_ptr<Network>> {
          SPONDYL_TRY(std::unique_ptr<Network> loaded, Session::load(spec, on, precision));
          return loaded;
        });
    m_loaded = {spec, device};
  }
  // A label map's network has one size of window.
  const Status begun =
      m_network->begin(package.card.labels ? std::numeric_limits<std::size_t>::max() : leastWindowVoxels);
  if (!begun) {
    m_network.reset();
    return begun.error();
  }
  return m_network.get();
}

JobContext JobRunner::contextOf(const Job& job) {
  return {job.stop.get_token(), Progress([this, &job](const ProgressReport& report) {
            send({job.from, ProgressEvent{job.id(), report.stage, report.fraction}, std::nullopt});
          })};
}

void JobRunner::segment(Job& job, SegmentCommand& command) {
  deliver(job, [&]() -> Result<Outgoing> {
    const JobContext context = contextOf(job);
    context.progress.report("start", 0);
    setComputeThreads(command.request.threads);
    SPONDYL_TRY(const SharedMemory memory,
                SharedMemory::open(std::move(*job.voxels), command.voxels.byteCount()));
    SPONDYL_TRY(const VolumePtr volume, volumeFrom(command.voxels, memory));
    SPONDYL_TRY(const ModelPackage package, readModelPackage(command.request.modelFolder));
    SPONDYL_TRY(LoadedNetwork* const network, session(package, command.request.device));
    const ModelCard& card = package.card;
    SPONDYL_CHECK(checkSuitable(package, volume->grid().spacing()));
    const std::size_t count = volume->size().count();
    SPONDYL_TRY(SharedMemory labels, SharedMemory::create(2 * sizeof(std::uint16_t) * count));
    auto* const ids = reinterpret_cast<std::uint16_t*>(labels.writable());
    const SegmentOptions options{command.request.anchor, command.request.memoryLimitGiB * mibPerGib};
    setTensorMemoryLimit(std::size_t(command.request.memoryLimitGiB * mibPerGib * mibPerGib * mibPerGib));
    SPONDYL_TRY(SegmentResult result,
                runPipeline(*network, card, *volume, options, context, {{ids, count}, {ids + count, count}}));
    SPONDYL_CHECK(m_landmarks.addTo(result, command.request, *volume, {ids, count}, context));
    result.modelName = card.name;
    result.modelVersion = card.version;
    result.weightsSha256 = card.networkSha256;
    result.device = network->device().name();
    result.precision = network->precision();
    result.warnings.insert(result.warnings.end(), network->notices().begin(), network->notices().end());
    result.threads = computeThreads();
    result.peakMemoryMiB = peakMemoryMiB();
    SPONDYL_TRY(Descriptor sealed, std::move(labels).seal());
    return Outgoing{job.from, JobDone{command.job, std::move(result), true}, std::move(sealed)};
  }());
}

void JobRunner::deliver(const Job& job, Result<Outgoing> answer) {
  // A model whose output once was wrong is loaded anew next time.
  if (!answer && answer.error().code == ErrorCode::ModelDamaged)
    m_network.reset();
  if (answer)
    send(std::move(answer).value());
  else
    send({job.from, JobFailed{job.id(), answer.error()}, std::nullopt});
}

} // namespace spondyl::inference
