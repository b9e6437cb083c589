#pragma once
// Which pipeline a package's card asks for, and how its network is loaded for it.

#include "inference/engine/session.h"
#include "inference/pipelines/segment.h"

namespace spondyl::inference {

NetworkSpec networkSpecOf(const ModelPackage& package);

/// segmentSpine or segmentLabels, as the card says.
Result<SegmentResult> runPipeline(Network& network, const ModelCard& card, const Volume& volume,
                                  const SegmentOptions& options, const JobContext& job,
                                  const LabelMaps& maps);

} // namespace spondyl::inference
