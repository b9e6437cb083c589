#pragma once
// Maps of uncertainty and saliency for a study in view: what the worker is asked, taken from the case.

#include "app/workflow/input.h"
#include "inference/client/client.h"

namespace spondyl::app {

struct MapOptions {
  Path models; ///< empty: the installed ones
  std::string device = "auto";
  int threads = 0;
  double memoryLimitGiB = 0;
  std::string modality; ///< "ct" or "mr"; empty: the series'
};

/// The box round everything labelled on this series (or in its frame of reference), 15 mm wider; LPS, mm.
/// None: nothing is labelled.
std::optional<inference::BoxLps> spineBox(const EffectiveCase& shown, const Series& series);

/// Entropy of the network's classes in the spine's box; where nothing is labelled, in the whole image.
/// Errors: ModalityUndecided, those of the worker.
Result<inference::ScalarMapOutcome> uncertaintyOf(const Input& input, const EffectiveCase& shown,
                                                  const MapOptions& options, const JobContext& job);

/// What the probability of a vertebra (or sacrum) rests on, or of the disc below it.
/// Errors: as above, and UnknownItem (nothing of it is labelled on this series).
Result<inference::ScalarMapOutcome> saliencyOf(const Input& input, const EffectiveCase& shown,
                                               InstanceId instance, bool disc, const MapOptions& options,
                                               const JobContext& job);

/// The map as float32, 0 to 1, for files: the same numbers, in a type that every reader takes.
Result<VolumePtr> asFloats(const Volume& map);

} // namespace spondyl::app
