#pragma once
// Where one looks: layout, planes, crosshair, window, what is visible. A value without widgets and without
// VTK; nothing of it is part of the case.

#include "core/case/case.h"
#include "core/geometry/plane.h"
#include "core/image/volume.h"
#include "viewer/state/windowing.h"

#include <array>
#include <map>
#include <optional>

namespace spondyl::viewer {

enum class ViewKind : unsigned char { Sagittal, Coronal, Axial, Scene3d };
enum class LabelDisplay : unsigned char { Off, Outline, FillAndOutline };
/// Full; without what identifies the patient; nothing but orientation letters and "not for diagnostic use".
enum class AnnotationDisplay : unsigned char { Full, Anonymous, None };
enum class SlabMode : unsigned char { Mean, Maximum, Minimum };
/// How the views share the window: two by two; one large and three beside it; sagittal and axial side by
/// side.
enum class Layout : unsigned char { Four, OneAndThree, Two };
/// A view along the spine's centre line in place of a plane. Straightened: every row is a cross-section, the
/// line is a vertical; lengths are true along the line alone. Stretched: the bends in one direction are kept,
/// those across it are unrolled.
enum class CurvedMode : unsigned char { Off, Straightened, Stretched };
enum class CurvedAlong : unsigned char { Bodies, Canal };

/// "Sagittal", "Coronal", "Axial", "3D".
std::string viewName(ViewKind view);

/// How one plane view looks at the plane through the crosshair.
struct SliceCamera {
  double mmPerPixel = 0; ///< logical pixels; 0: fit to the view
  double panRightMm = 0,
         panDownMm = 0; ///< of the view's centre from the middle of the volume's section
  bool operator==(const SliceCamera&) const = default;
};

/// Orbit around the middle of what is shown. Azimuth 0, elevation 0 looks from anterior to posterior
/// (patient's right at the left); azimuth grows towards the patient's left side, elevation towards the head.
struct SceneCamera {
  double azimuthDeg = 40, elevationDeg = 12, zoom = 1; ///< zoom 1: everything fits
  double panX = 0, panY = 0;                           ///< fractions of the view's height
  bool operator==(const SceneCamera&) const = default;
};

struct ViewState {
  std::string seriesUid;
  int stack = 0;
  PointLps crosshair;
  std::array<Plane, 3> planes; ///< by ViewKind: sagittal, coronal, axial; origins follow the crosshair
  std::array<SliceCamera, 3> cameras;
  SceneCamera scene;
  Windowing windowing;
  double slabMm = 0; ///< 0: one plane
  SlabMode slabMode = SlabMode::Mean;
  LabelDisplay labels = LabelDisplay::FillAndOutline;
  bool labelNames = true;
  bool crosshairVisible = true;
  bool referenceLines = false; ///< lines of the other planes with their names, ends of the stack
  double labelOpacity = 0.25;  ///< fill of accepted structures; proposals have 0.6 of it
  double scalarOpacity = 0.7;  ///< of a map over the slices; 0: hidden
  AnnotationDisplay annotations = AnnotationDisplay::Full;
  std::array<CurvedMode, 3> curved{}; ///< by ViewKind
  CurvedAlong curvedAlong = CurvedAlong::Bodies;
  Layout layout = Layout::Four;
  ViewKind large = ViewKind::Sagittal; ///< the large one of OneAndThree
  std::optional<ViewKind> maximised;
  /// A radiograph's own plane: there is no other, no slab and nothing in 3D. See kept().
  std::optional<Plane> ownPlane;
  InstanceId selected; ///< the vertebra in focus
  std::map<StructureId, bool> hidden;

  const Plane& plane(ViewKind view) const { return planes[std::size_t(view)]; }
  const SliceCamera& camera(ViewKind view) const { return cameras[std::size_t(view)]; }
  bool isCurved(ViewKind view) const {
    return view != ViewKind::Scene3d && curved[std::size_t(view)] != CurvedMode::Off;
  }
  bool anyCurved() const { return curved != std::array<CurvedMode, 3>{}; }
  bool isHidden(StructureId id) const {
    const auto it = hidden.find(id);
    return it != hidden.end() && it->second;
  }
  bool operator==(const ViewState&) const = default;
};

/// State for a freshly opened volume: the patient's axes through its centre, everything fits, windowing as
/// defaultWindowing() says.
ViewState initialState(const Series& series, const Volume& volume, int stack = 0);
/// The view that shows a radiograph: Sagittal where its plane is known to be one, else Coronal.
ViewKind radiographView(const Plane& ownPlane);
/// What a radiograph cannot show is taken out again: the one plane, alone, without slab, curve and crosshair.
/// Any other state as it is.
ViewState kept(ViewState state);
/// The same state looking at a point.
ViewState movedTo(ViewState state, PointLps crosshair);
/// `steps` slices along the plane's normal (axial: cranial; coronal: posterior; sagittal: towards the
/// patient's right). A step is one voxel of the grid's closest axis and lands on slice centres; stops at the
/// first and last.
ViewState scrolled(ViewState state, ViewKind view, int steps, const Volume& volume);
/// To the first (-1) or last (+1) slice along the normal.
ViewState scrolledToEnd(ViewState state, ViewKind view, int end, const Volume& volume);
/// Back to the patient's axes through the crosshair.
ViewState unaligned(ViewState state);
/// Goes to a vertebra: selected, crosshair in its body, planes along its own axes (mid-body) as far as
/// landmarks or neighbours tell. Unchanged if the vertebra is unknown.
ViewState levelAligned(ViewState state, const EffectiveCase& shown, InstanceId instance);
/// The next (+1, caudal) or previous (-1) vertebra of the chain, aligned.
ViewState neighbourLevel(ViewState state, const EffectiveCase& shown, int direction);
/// Zoom about a point that stays where it is on the screen. `factor` > 1 enlarges.
ViewState zoomedAt(ViewState state, ViewKind view, const Grid& grid, double width, double height, double x,
                   double y, double factor);
ViewState panned(ViewState state, ViewKind view, const Grid& grid, double width, double height, double dx,
                 double dy);
/// Everything fits again, in one view or (Scene3d included) in all.
ViewState fitted(ViewState state, std::optional<ViewKind> view = std::nullopt);

/// A vertebra's own axes, unit vectors: `superior` from the endplates (or the curve through the neighbours),
/// `anterior` in its mid-sagittal plane, `left` completing them.
struct VertebraFrame {
  PointLps centre;
  VectorLps superior{0, 0, 1}, anterior{0, -1, 0}, left{1, 0, 0};
};
std::optional<VertebraFrame> vertebraFrame(const EffectiveCase& shown, InstanceId instance);

} // namespace spondyl::viewer
