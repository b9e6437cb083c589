#pragma once
// What a reader drew on the images: distances, angles, regions, arrows, and lengths that calibrate a
// radiograph. Kept in patient space (a radiograph's: on its own plane), so that every plane that holds a mark
// shows it.

#include "core/geometry/plane.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spondyl {

enum class MarkKind : unsigned char {
  Distance, ///< two points
  Angle,    ///< three; the vertex is the second
  Cobb,     ///< four: two lines
  Ellipse,  ///< two opposite corners of the box around it, along the plane's axes
  Region,   ///< the corners of a closed outline
  Arrow     ///< tail and tip, or one point: words alone
};
/// The enumerator's name ("Distance"), for files and tests.
const char* markKindName(MarkKind kind);

struct Mark {
  std::uint32_t id = 0; ///< from 1, within the case
  MarkKind kind = MarkKind::Distance;
  std::string seriesUid, frameOfReferenceUid;
  Plane plane; ///< it was drawn on
  std::vector<PointLps> points;
  std::string words; ///< of an arrow
  std::string where; ///< "Axial · L3": for lists
  std::string value; ///< what it measured when it was last drawn or changed: "24.3 mm"
  bool operator==(const Mark&) const = default;
};
using Marks = std::vector<Mark>;

/// A reader's word on a radiograph: a line on it is so long in the patient.
struct LineCalibration {
  std::string seriesUid;
  int stack = 0;
  double mmPerUnit = 0; ///< mm in the patient for one unit of the stack's grid, which are pixels or mm
  double lineMm = 0;    ///< the length that was given
  std::string by, when; ///< ISO 8601 UTC
  bool operator==(const LineCalibration&) const = default;
};

} // namespace spondyl
