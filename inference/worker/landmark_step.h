#pragma once
// After the segmentation: landmarks by the package that the request names, if it names one.

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "inference/engine/session.h"
#include "inference/protocol/segmentation.h"

#include <memory>
#include <span>

namespace spondyl::inference {

/// Keeps its network, some megabytes, between jobs. Not thread-safe.
class LandmarkStep {
 public:
  /// `labels`: the result's bone-and-disc map on the volume's grid. A package that does not work costs its
  /// landmarks and is a warning of the result, no error. Errors: Cancelled.
  Status addTo(SegmentResult& result, const SegmentRequest& request, const Volume& volume,
               std::span<const std::uint16_t> labels, const JobContext& job);

 private:
  std::unique_ptr<Session> m_session;
};

} // namespace spondyl::inference
