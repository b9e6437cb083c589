#include "inference/worker/landmark_step.h"

#include "inference/pipelines/landmark_heatmaps.h"
#include "inference/pipelines/run_package.h"

#include <chrono>

namespace spondyl::inference {

Status LandmarkStep::addTo(SegmentResult& result, const SegmentRequest& request, const Volume& volume,
                           std::span<const std::uint16_t> labels, const JobContext& job) {
  if (request.landmarkFolder.empty() || result.vertebrae.empty())
    return {};
  const auto start = std::chrono::steady_clock::now();
  const Status done = [&]() -> Status {
    SPONDYL_TRY(const ModelPackage package, readModelPackage(request.landmarkFolder));
    SPONDYL_CHECK(checkTrusted(package));
    const ModelCard& card = package.card;
    if (!card.landmarks)
      return fail(ErrorCode::ModelUnsuitable, {card.name, "it finds no landmarks"}, "LandmarkStep");
    if (const NetworkSpec spec = networkSpecOf(package); !m_session || m_session->spec() != spec) {
      m_session.reset();
      SPONDYL_TRY(m_session, Session::load(spec, Device{})); // small: a GPU would gain nothing
    }
    SPONDYL_TRY(result.landmarks,
                findLandmarks(*m_session, card, volume, request.modality == "mr", result, labels, job));
    if (result.landmarks.empty())
      return {};
    result.landmarkModelName = card.name;
    result.landmarkModelVersion = card.version;
    result.landmarkWeightsSha256 = card.networkSha256;
    return {};
  }();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.times.push_back({"landmarks", taken.count()});
  if (done)
    return {};
  m_session.reset();
  if (done.error().code == ErrorCode::Cancelled)
    return done;
  result.warnings.push_back("The landmark network did not work; landmarks are those of the masks.");
  return {};
}

} // namespace spondyl::inference
