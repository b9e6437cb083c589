#pragma once
// What a reader drew on a picture: distances, angles, regions, arrows. Kept in patient space, so that every
// plane that holds it shows it; its values come from the points and the volume alone.

#include "viewer/state/overlay.h"

#include "core/geometry/plane.h"
#include "core/image/volume.h"
#include "core/study/study.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spondyl::viewer {

enum class MarkKind : unsigned char {
  Distance, ///< two points
  Angle,    ///< three; the vertex is the second
  Cobb,     ///< four: two lines
  Ellipse,  ///< two opposite corners of the box around it, along the plane's axes
  Region,   ///< the corners of a closed outline
  Arrow     ///< tail and tip, or one point: words alone
};

struct Mark {
  std::uint32_t id = 0;
  MarkKind kind = MarkKind::Distance;
  std::string seriesUid, frameOfReferenceUid;
  Plane plane; ///< it was drawn on
  std::vector<PointLps> points;
  std::string words; ///< of an arrow
  std::string where; ///< "Axial · L3": for the list
  std::string value; ///< markValue() as of its last change
  bool operator==(const Mark&) const = default;
};
using Marks = std::vector<Mark>;

/// What lengths and values of a series mean.
struct MarkUnits {
  std::string length = "mm";    ///< "px": a radiograph that nobody calibrated
  std::string lengthRemark;     ///< "at the detector": mm that are not the patient's
  std::string value = "signal"; ///< "HU" on CT
};
MarkUnits markUnits(const Series& series, int stack, const Volume& volume);

/// Of the voxels whose centres lie within the outline and no farther from its plane than half a slice.
struct RegionValues {
  std::size_t voxels = 0;
  double mean = 0, sd = 0, least = 0, most = 0; ///< rescaled; sd of the voxels themselves (n - 1)
  double area = 0;                              ///< of the outline, exact; mm² or px²
};
RegionValues regionValues(const Mark& mark, const Volume& volume);

double distanceOf(const Mark& mark);
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
