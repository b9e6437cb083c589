#pragma once
// The pipeline for networks that give a label map: volume in, the number of codes.csv of every voxel out.
// What they mean (vertebrae and their names) is told by label import, as for a file with these numbers.

#include "inference/pipelines/segment.h"

namespace spondyl::inference {

/// The network's winning channel at every voxel of the volume's grid, equal to what nnU-Net's predictor gives
/// where the card asks for its interpolation. Windows keep the card's size. Errors: as segmentLabels.
Result<std::vector<std::uint16_t>> winningChannels(Network& network, const LabelRule& rule,
                                                   const ModelCard& card, const Volume& volume,
                                                   const JobContext& job);

/// Most memory that it will need beside the volume itself, MiB.
double estimatedLabelMemoryMiB(const Grid& input, const ModelCard& card);

/// As segmentSpine, for a card that has `labels`. The result has one structure for each of our numbers
/// (`code`), all in `maps.boneAndDisc`, and no vertebrae. A vertebra's number in two places stays at the
/// larger one, with a warning. Progress stages: "resample", "segment", "label". Errors: Cancelled,
/// ModelDamaged, OutOfMemory (before any work if it is foreseeable).
Result<SegmentResult> segmentLabels(Network& network, const ModelCard& card, const Volume& volume,
                                    const SegmentOptions& options, const JobContext& job,
                                    const LabelMaps& maps);

} // namespace spondyl::inference
