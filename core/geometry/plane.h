#pragma once
// A plane in patient space with its own right and down, as a picture is drawn on a screen.

#include "core/geometry/frames.h"

namespace spondyl {

/// `right` and `down` are perpendicular unit vectors: the directions of a picture's columns and rows.
struct Plane {
  PointLps origin; ///< any point on the plane
  VectorLps right{1, 0, 0};
  VectorLps down{0, 1, 0};

  VectorLps normal() const { return cross(right, down); }
  double signedDistance(PointLps p) const { return dot(p - origin, normal()); }
  PointLps project(PointLps p) const { return p - normal() * signedDistance(p); }
  PointLps at(double rightMm, double downMm) const { return origin + right * rightMm + down * downMm; }
  double rightOf(PointLps p) const { return dot(p - origin, right); }
  double downOf(PointLps p) const { return dot(p - origin, down); }
  bool operator==(const Plane&) const = default;
};

/// Radiological convention. Axial: the patient's right at the left, anterior up (seen from the feet).
inline Plane axialPlane(PointLps through) {
  return {through, {1, 0, 0}, {0, 1, 0}};
}
/// Coronal: the patient's right at the left, head up.
inline Plane coronalPlane(PointLps through) {
  return {through, {1, 0, 0}, {0, 0, -1}};
}
/// Sagittal: anterior at the left, head up.
inline Plane sagittalPlane(PointLps through) {
  return {through, {0, 1, 0}, {0, 0, -1}};
}

} // namespace spondyl
