#include "app/report/report_pictures.h"

#include "viewer/capture/capture.h"

#include <algorithm>
#include <cmath>

namespace spondyl::app {
namespace {

using viewer::CaptureRequest;
using viewer::CaptureView;

constexpr int pictureWidth = 1000, uprightHeight = 1160;

std::string windowText(const viewer::Windowing& w) {
  return "level " + std::to_string(std::lround(w.centre)) + ", window " +
         std::to_string(std::lround(w.width));
}

std::string viewTitle(CaptureView view) {
  switch (view) {
  case CaptureView::Sagittal:
    return "Sagittal";
  case CaptureView::Coronal:
    return "Coronal";
  case CaptureView::Axial:
    return "Axial";
  case CaptureView::Scene3d:
    return "3D";
  case CaptureView::Curved:
  case CaptureView::CurvedCoronal:
    return "Curved";
  case CaptureView::Grid:
    break;
  }
  return "Views";
}

/// The vertebra whose centre is nearest.
std::string levelAt(const LevelChain& chain, PointLps at) {
  const auto nearest = std::min_element(chain.entries.begin(), chain.entries.end(),
                                        [&](const ChainEntry& a, const ChainEntry& b) {
                                          return length(a.centroid - at) < length(b.centroid - at);
                                        });
  return nearest == chain.entries.end() ? std::string() : chain.displayName(nearest->instance);
}

const ReportFinding* worstFinding(const Report& report) {
  const auto weight = [](const ReportFinding& f) {
    return f.finding.abstained ? f.finding.probability
                               : 1 + f.finding.grade.value_or(0) + f.finding.probability;
  };
  const auto worst =
      std::max_element(report.findings.begin(), report.findings.end(),
                       [&](const ReportFinding& a, const ReportFinding& b) { return weight(a) < weight(b); });
  return worst == report.findings.end() || !worst->finding.instance ? nullptr : &*worst;
}

/// nullopt: a view that there is not.
std::optional<CaptureRequest> keyRequest(const KeyImage& k) {
  const auto view = viewer::captureViewFromName(k.view);
  if (!view)
    return std::nullopt;
  CaptureRequest r;
  r.view = *view;
  r.at = k.at;
  if (k.windowWidth > 0)
    r.windowing = viewer::Windowing{k.windowCentre, k.windowWidth};
  return r;
}

CaptureRequest printed(const Report& report, CaptureRequest r) {
  r.width = pictureWidth;
  r.height = uprightHeight;
  r.devicePixelRatio = 2; // the corner texts stay readable on paper
  r.annotations = viewer::AnnotationDisplay::Anonymous;
  r.includeProposed = report.includeProposed;
  return r;
}

CaptureRequest request(const Report& report, CaptureView view) {
  CaptureRequest r;
  r.view = view;
  return printed(report, std::move(r));
}

struct Shot {
  CaptureRequest request;
  std::string caption;
};

std::vector<Shot> keptShots(const Report& report, const std::string& seriesUid) {
  std::vector<Shot> shots;
  for (const KeyImage& k : report.keyImages) {
    const auto wanted = keyRequest(k);
    if (!wanted || (!k.seriesUid.empty() && k.seriesUid != seriesUid))
      continue;
    Shot shot{printed(report, *wanted), k.caption};
    std::string where = viewTitle(wanted->view);
    if (const std::string level = levelAt(report.chain, k.at); !level.empty())
      where += " at " + level;
    shot.caption += (shot.caption.empty() ? "" : " · ") + where;
    if (shot.request.windowing && wanted->view != CaptureView::Scene3d)
      shot.caption += " · " + windowText(*shot.request.windowing);
    shots.push_back(std::move(shot));
  }
  return shots;
}

std::vector<Shot> usualShots(const Report& report, const viewer::Windowing& windowing) {
  const std::string window = " · " + windowText(windowing);
  const auto& entries = report.chain.entries;
  const std::string middle =
      entries.empty() ? "" : " through " + report.chain.displayName(entries[entries.size() / 2].instance);
  std::vector<Shot> shots = {{request(report, CaptureView::Sagittal), "Sagittal" + middle + window},
                             {request(report, CaptureView::Coronal), "Coronal" + middle + window}};
  if (const ReportFinding* worst = worstFinding(report);
      worst && report.chain.find(worst->finding.instance)) {
    Shot axial{request(report, CaptureView::Axial),
               "Axial at " + worst->level + " (" + worst->sentence + ")" + window};
    axial.request.instance = worst->finding.instance;
    shots.push_back(std::move(axial));
  }
  if (!entries.empty())
    shots.push_back({request(report, CaptureView::Scene3d), "3D, from the left and front"});
  return shots;
}

} // namespace

Result<QImage> keyImagePicture(const KeyImage& image, const VolumePtr& volume, const CasePtr& document,
                               const std::string& seriesUid, QSize pixels, std::size_t stack) {
  std::optional<CaptureRequest> request = keyRequest(image);
  if (!request)
    return fail(ErrorCode::UnknownItem, {"view", image.view}, "keyImagePicture");
  request->width = pixels.width();
  request->height = pixels.height();
  request->annotations = viewer::AnnotationDisplay::None;
  return viewer::Photographer(volume, document, seriesUid, stack).take(*request);
}

Result<std::vector<ReportImage>> reportPictures(const Report& report, const VolumePtr& volume,
                                                const CasePtr& document, const std::string& seriesUid,
                                                std::size_t stack) {
  std::vector<ReportImage> pictures;
  const Series* series = document ? document->series(seriesUid) : nullptr;
  if (!volume || !series || report.nothingReviewed)
    return pictures;
  viewer::Photographer photographer(volume, document, seriesUid, stack);
  std::vector<Shot> shots = keptShots(report, seriesUid);
  if (shots.empty())
    shots = viewer::radiographOf(*series, int(stack))
                ? std::vector<Shot>{{request(report, CaptureView::Coronal), "Radiograph"}}
                : usualShots(report, viewer::defaultWindowing(*series, *volume, int(stack)));
  for (const Shot& shot : shots) {
    Result<QImage> picture = photographer.take(shot.request);
    if (!picture && picture.error().code == ErrorCode::DeviceUnavailable)
      continue;
    if (!picture)
      return std::move(picture).error();
    pictures.push_back({shot.caption, std::move(picture).value()});
  }
  return pictures;
}

} // namespace spondyl::app
