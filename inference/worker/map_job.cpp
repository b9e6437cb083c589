// Uncertainty and saliency maps, computed on the worker's one thread like any job.
#include "core/base/process.h"
#include "inference/engine/allocator.h"
#include "inference/pipelines/saliency.h"
#include "inference/pipelines/uncertainty.h"
#include "inference/worker/job_runner.h"
#include "inference/worker/job_voxels.h"

namespace spondyl::inference {

void JobRunner::map(Job& job, MapCommand& command) {
  deliver(job, [&]() -> Result<Outgoing> {
    const JobContext context = contextOf(job);
    context.progress.report("start", 0);
    const ScalarMapRequest& request = command.request;
    setComputeThreads(request.network.threads);
    SPONDYL_TRY(const SharedMemory memory, SharedMemory::open(std::move(*job.voxels), command.byteCount()));
    SPONDYL_TRY(const VolumePtr volume, volumeFrom(command.voxels, memory));
    SPONDYL_TRY(const ModelPackage package, readModelPackage(request.network.modelFolder));
    SPONDYL_TRY(LoadedNetwork* const network, session(package, request.network.device));
    const ModelCard& card = package.card;
    SPONDYL_CHECK(checkSuitable(package, volume->grid().spacing()));
    if (card.labels)
      return fail(ErrorCode::ModelUnsuitable,
                  {card.name, "such maps need a network that gives the classes of a spine"}, "map");
    const std::size_t count = volume->size().count();
    SPONDYL_TRY(SharedMemory shared, SharedMemory::create(sizeof(std::uint16_t) * count));
    const std::span map(reinterpret_cast<std::uint16_t*>(shared.writable()), count);
    constexpr double mibPerGib = 1024.0;
    const double limitMiB = request.network.memoryLimitGiB * mibPerGib;
    setTensorMemoryLimit(std::size_t(limitMiB * mibPerGib * mibPerGib));
    const auto computed = [&] {
      if (request.kind == ScalarMapKind::Uncertainty)
        return uncertaintyMap(*network, card, *volume, request.box, limitMiB, context, map);
      const std::span structure(
          reinterpret_cast<const std::uint8_t*>(memory.data()) + command.voxels.byteCount(), count);
      return saliencyMap(*network, card, *volume, structure, request.target, limitMiB, context, map);
    };
    SPONDYL_TRY(ScalarMapResult result, computed());
    result.modelName = card.name;
    result.modelVersion = card.version;
    result.weightsSha256 = card.networkSha256;
    result.device = network->device().name();
    result.warnings.insert(result.warnings.end(), network->notices().begin(), network->notices().end());
    SPONDYL_TRY(Descriptor sealed, std::move(shared).seal());
    return Outgoing{job.from, MapDone{command.job, std::move(result)}, std::move(sealed)};
  }());
}

} // namespace spondyl::inference
