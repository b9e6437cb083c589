#pragma once
// The exact relation between the pixels of a plane view and patient space. Everything that draws on a slice
// or reads the pointer goes through this one value.

#include "viewer/state/view_state.h"

namespace spondyl::viewer {

struct ScreenPoint {
  double x = 0, y = 0; ///< logical pixels; (0, 0) is the view's upper left corner, pixel centres at halves
  bool operator==(const ScreenPoint&) const = default;
};

struct SliceGeometry {
  Plane plane;           ///< origin: the point shown in the middle of the view
  double mmPerPixel = 1; ///< logical pixels
  double width = 1, height = 1;

  PointLps at(ScreenPoint p) const {
    return plane.at((p.x - width / 2) * mmPerPixel, (p.y - height / 2) * mmPerPixel);
  }
  /// Of the point's projection on the plane.
  ScreenPoint position(PointLps p) const {
    return {plane.rightOf(p) / mmPerPixel + width / 2, plane.downOf(p) / mmPerPixel + height / 2};
  }
};

/// The middle of the volume's section with the plane: on the grid's line through its centre along the axis
/// closest to the normal. What a view without pan shows in its middle.
PointLps sectionCentre(const Plane& plane, const Grid& grid);
/// mm per logical pixel at which every section of the volume parallel to the plane fits.
double fittingMmPerPixel(const Plane& plane, const Grid& grid, double width, double height);
/// `view` is one of the three planes; sizes in logical pixels, at least 1.
SliceGeometry sliceGeometry(const ViewState& state, ViewKind view, const Grid& grid, double width,
                            double height);

/// As zoomedAt and panned of view_state.h, for a view whose pixels are known (curved ones too).
ViewState zoomedIn(ViewState state, ViewKind view, const SliceGeometry& before, ScreenPoint about,
                   double factor);
ViewState pannedIn(ViewState state, ViewKind view, double mmPerPixel, double dx, double dy);

/// Number of the slice at the crosshair along a view's normal and how many there are, both from 1, along the
/// grid's closest axis.
struct SliceNumber {
  int number = 1, count = 1;
  bool parallel = true; ///< to the acquired slices (within 1 degree); else a number says little
};
SliceNumber sliceNumber(const Plane& plane, const Grid& grid);
/// The plane holds no row of voxel centres: oblique to the grid, or between its slices.
bool isInterpolated(const Plane& plane, const Grid& grid);
/// Distance from one slice to the next along the normal, mm.
double sliceStepMm(const Plane& plane, const Grid& grid);

/// Orientation letters of a direction, up to three in order of dominance: "A", "AL", "RPF". Components below
/// `smallest` of the unit vector are left out.
std::string orientationLetters(VectorLps direction, double smallest = 0.1);

} // namespace spondyl::viewer
