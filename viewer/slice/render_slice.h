#pragma once
// One plane view as a picture: a pure function that the widget, `snapshot`, report key images and golden
// tests share. Safe on any thread (with a cache of its own per thread).

#include "viewer/slice/reslice.h"
#include "viewer/state/curved_sheet.h"
#include "viewer/state/overlay.h"
#include "viewer/state/scalar_overlay.h"
#include "viewer/state/slice_geometry.h"

#include <QImage>

namespace spondyl::viewer {

/// Interactive: nearest voxel, at half resolution where that is a gain. Full: linear, what is reported and
/// saved.
enum class SliceQuality : unsigned char { Interactive, Full };

using ShownPtr = std::shared_ptr<const EffectiveCase>;

struct SliceInput {
  VolumePtr volume;                 ///< none: an empty view
  std::uint64_t volumeRevision = 0; ///< raise while slices still arrive
  CasePtr document;                 ///< for the corner texts; may be none
  ShownPtr shown;                   ///< effective(*document); may be none
  ViewState state;
  ViewKind view = ViewKind::Sagittal;
  int width = 0, height = 0; ///< logical pixels
  double devicePixelRatio = 1;
  SliceQuality quality = SliceQuality::Full;
  std::shared_ptr<const Overlay> overlay;   ///< measurement lines, landmarks; may be none
  ScalarOverlayPtr scalar;                  ///< a map of numbers under labels and lines; may be none
  std::optional<PaintStroke> stroke;        ///< in progress: shown as the voxels that it would change
  CentreLinePtr line;                       ///< with curved views; none: it is not known
  std::shared_ptr<const CurvedSheet> sheet; ///< if this view is curved and the line is known
  bool crosshair = true; ///< false: hidden whatever the state says (pictures that are saved)
};

/// What renders in a row can share: values, label ids. Opaque; one per view.
class SliceCache {
 public:
  SliceCache();
  ~SliceCache();
  struct Content;
  Content& content() { return *m_content; }

 private:
  std::unique_ptr<Content> m_content;
};

/// RGB32, width × height × devicePixelRatio pixels.
QImage renderSlice(const SliceInput& input, SliceCache* cache = nullptr);

/// Sets `line` and `sheet` as state and labels want them.
void prepareCurved(SliceInput& input);
/// Its geometry: pixel ↔ patient space.
SliceGeometry geometryOf(const SliceInput& input);

/// Layers whose labels are shown on this series: same series or same frame of reference, from below to above.
std::vector<const LabelLayer*> shownLayers(const EffectiveCase& shown, const Series* series,
                                           const std::string& seriesUid);

} // namespace spondyl::viewer
