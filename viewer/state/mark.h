#pragma once
// What marks measure and how they are drawn. Values come from their points and the volume alone.

#include "viewer/state/overlay.h"

#include "core/image/volume.h"
#include "core/study/study.h"

#include <string>
#include <vector>

namespace spondyl::viewer {

using spondyl::Mark;
using spondyl::MarkKind;
using spondyl::Marks;

/// What lengths and values of a series mean.
struct MarkUnits {
  std::string length = "mm";    ///< "px": a radiograph that nobody calibrated
  std::string lengthRemark;     ///< "at the detector": mm that are not the patient's
  std::string value = "signal"; ///< "HU" on CT
  double perUnit = 1;           ///< of `length` for one unit of the grid
};
/// `document` (may be none) knows what its reader calibrated.
MarkUnits markUnits(const Series& series, int stack, const Volume& volume, const Case* document);

/// What a mark's frameOfReferenceUid is for: the series' own. A radiograph shares its space with nothing, not
/// with the other pictures of its series either: its frame is the picture.
std::string markFrame(const Series& series, int stack);
/// The mark may be shown and dragged on this stack.
bool liesIn(const Mark& mark, const Series& series, int stack);

/// Of the voxels whose centres lie within the outline and no farther from its plane than half a slice.
struct RegionValues {
  std::size_t voxels = 0;
  double mean = 0, sd = 0, least = 0, most = 0; ///< rescaled; sd of the voxels themselves (n - 1)
  double area = 0;                              ///< of the outline, exact; grid units squared
};
RegionValues regionValues(const Mark& mark, const Volume& volume);

double distanceOf(const Mark& mark); ///< in grid units
/// At the vertex, or between the two lines of a Cobb angle (0 to 90); degrees, in the plane it was drawn on.
double angleOf(const Mark& mark);
/// Corners of the outline; an ellipse as 72 of them.
std::vector<PointLps> outlineOf(const Mark& mark);

/// "24.3 mm", "31.2°", "Mean 212 HU, SD 34\nMin −20, max 612\n3.1 cm², 412 voxels". Unfinished marks: empty.
std::string markValue(const Mark& mark, const Volume& volume, const MarkUnits& units);
/// "Distance", "Cobb angle" …
std::string markName(MarkKind kind);
/// As lines, handles and value chips. `active`: its handles are drawn.
void addMark(Overlay& overlay, const Mark& mark, bool active);

} // namespace spondyl::viewer
