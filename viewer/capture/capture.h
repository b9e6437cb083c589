#pragma once
// Pictures of a case without a window: `snapshot`, key images, contact sheets. Works with or without an X
// server.

#include "viewer/scene/scene_picture.h"
#include "viewer/slice/render_slice.h"

#include "core/base/file.h"

#include <QImage>

namespace spondyl::viewer {

enum class CaptureView : unsigned char { Sagittal, Coronal, Axial, Scene3d, Grid, Curved, CurvedCoronal };
/// "sagittal", "coronal", "axial", "3d", "grid", "cpr", "cpr-coronal".
std::optional<CaptureView> captureViewFromName(std::string_view name);
/// "MM:mip", "MM:mean", "MM:min".
std::optional<Slab> slabFromText(std::string_view text);
/// A preset's name or "C,W".
std::optional<Windowing> windowingFromText(std::string_view text);

struct CaptureRequest {
  CaptureView view = CaptureView::Sagittal;
  std::optional<PointLps> at;         ///< what the planes go through
  std::optional<Level> level;         ///< or this vertebra: axial along its endplates
  InstanceId instance;                ///< or this one, named or not
  int width = 1024, height = 1024;    ///< device pixels
  double devicePixelRatio = 1;        ///< 2: texts twice as large
  std::optional<Windowing> windowing; ///< none: the state's, or the default of the series
  LabelDisplay labels = LabelDisplay::FillAndOutline;
  CurvedMode curvedMode = CurvedMode::Straightened; ///< of the curved views
  CurvedAlong curvedAlong = CurvedAlong::Bodies;
  double slabMm = 0;
  SlabMode slabMode = SlabMode::Mean;
  AnnotationDisplay annotations = AnnotationDisplay::Full;
  bool crosshair = false;
  bool includeProposed = true;
  std::optional<double> fieldOfViewMm; ///< height of the picture; none: everything fits
  std::shared_ptr<const Overlay> overlay;
  ScalarOverlayPtr scalar; ///< a map over the slices, with its legend
  std::optional<SceneCamera> scene;
  std::optional<ViewState> state; ///< what a window shows; the fields above win
};

/// Takes pictures of one case; keeps surfaces and the GL context between them. One thread at a time; a
/// QGuiApplication must exist (see OffscreenApplication).
class Photographer {
 public:
  Photographer(VolumePtr volume, CasePtr document, std::string seriesUid, std::size_t stack = 0);
  ~Photographer();
  /// Of a radiograph any plane view is its own plane. Errors: ProjectionImage (another view of one),
  /// UnknownItem (level, series, a point outside the volume, a centre line that is not known),
  /// DeviceUnavailable (3D).
  Result<QImage> take(const CaptureRequest& request);
  /// Name of the OpenGL renderer; empty until a 3D picture was taken.
  std::string rendererName() const;

 private:
  Result<ViewState> stateFor(const CaptureRequest& request, const EffectiveCase& shown) const;
  Result<QImage> scenePicture(const CaptureRequest& request, const ViewState& state, const ShownPtr& shown,
                              int width, int height);
  Result<QImage> curvedPicture(const CaptureRequest& request, const ViewState& state, const ShownPtr& shown);
  SliceInput sliceInput(const CaptureRequest& request, const ViewState& state, ViewKind view,
                        const ShownPtr& shown, int width, int height) const;
  QImage slicePicture(const CaptureRequest& request, const ViewState& state, ViewKind view,
                      const ShownPtr& shown, int width, int height) const;
  VolumePtr m_volume;
  CasePtr m_document;
  std::string m_seriesUid;
  std::size_t m_stack;
  SceneBuilder m_builder;
  std::unique_ptr<SceneRenderer> m_renderer;
};

/// Pictures side by side with thin gaps, row by row; all cells as large as the largest.
QImage contactSheet(const std::vector<QImage>& pictures, int columns, int gap = 4);

/// Written whole or not at all. Errors: FileNotWritable, DiskFull.
Status savePng(const QImage& picture, const Path& path);

/// The QGuiApplication of a program without a window: off-screen, silent. Does nothing if there is one
/// already.
class OffscreenApplication {
 public:
  OffscreenApplication();
  ~OffscreenApplication();

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

} // namespace spondyl::viewer
