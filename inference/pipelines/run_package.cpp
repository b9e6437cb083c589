#include "inference/pipelines/run_package.h"

#include "inference/pipelines/label_map.h"

namespace spondyl::inference {

NetworkSpec networkSpecOf(const ModelPackage& package) {
  const ModelCard& card = package.card;
  const Path file = package.folder / card.networkFile;
  if (card.labels) // scores as they are: they are interpolated before they are compared
    return {card.name, file, card.networkSha256, 0, int(card.labels->codes.size())};
  if (card.landmarks) // its maps fill one channel of the window's size
    return {card.name, file, card.networkSha256, 0, 1};
  const int classes = int(card.classes.size());
  return {card.name, file, card.networkSha256, classes, 4, card.mirror, classes + int(card.offsetOrder[2])};
}

Result<SegmentResult> runPipeline(Network& network, const ModelCard& card, const Volume& volume,
                                  const SegmentOptions& options, const JobContext& job,
                                  const LabelMaps& maps) {
  return card.labels ? segmentLabels(network, card, volume, options, job, maps)
                     : segmentSpine(network, card, volume, options, job, maps);
}

} // namespace spondyl::inference
