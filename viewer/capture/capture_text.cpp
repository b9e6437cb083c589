#include "core/base/number.h"
#include "viewer/capture/capture.h"

#include <QGuiApplication>

namespace spondyl::viewer {
std::optional<CaptureView> captureViewFromName(std::string_view name) {
  if (name == "sagittal")
    return CaptureView::Sagittal;
  if (name == "coronal")
    return CaptureView::Coronal;
  if (name == "axial")
    return CaptureView::Axial;
  if (name == "3d")
    return CaptureView::Scene3d;
  if (name == "grid")
    return CaptureView::Grid;
  if (name == "cpr")
    return CaptureView::Curved;
  if (name == "cpr-coronal")
    return CaptureView::CurvedCoronal;
  return std::nullopt;
}

std::optional<Slab> slabFromText(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto mm = finiteNumber(text.substr(0, colon));
  const std::string_view mode = text.substr(colon + 1);
  if (!mm || *mm < 0)
    return std::nullopt;
  Slab slab;
  slab.thicknessMm = *mm;
  if (mode == "mip")
    slab.mode = SlabMode::Maximum;
  else if (mode == "min")
    slab.mode = SlabMode::Minimum;
  else if (mode == "mean")
    slab.mode = SlabMode::Mean;
  else
    return std::nullopt;
  return slab;
}

std::optional<Windowing> windowingFromText(std::string_view text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos)
    return presetByName(text);
  const auto centre = finiteNumber(text.substr(0, comma)), width = finiteNumber(text.substr(comma + 1));
  if (!centre || !width || !(*width > 0))
    return std::nullopt;
  return Windowing{*centre, *width};
}

struct OffscreenApplication::Impl {
  int count = 1;
  char name[8] = "spondyl";
  char* arguments[2] = {name, nullptr};
  std::unique_ptr<QGuiApplication> application;
};

OffscreenApplication::OffscreenApplication() : m_impl(std::make_unique<Impl>()) {
  if (QCoreApplication::instance())
    return;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  // A program for scripts: Qt's remarks about its surroundings are not for its users.
  qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
  m_impl->application = std::make_unique<QGuiApplication>(m_impl->count, m_impl->arguments);
}

OffscreenApplication::~OffscreenApplication() = default;

} // namespace spondyl::viewer
