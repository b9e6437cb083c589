#pragma once
// Points and vectors, each in a frame of its own: mixing them does not compile.
//   PointLps / VectorLps   DICOM patient space: +x left, +y posterior, +z superior; mm; double
//   IndexIjk               voxel: i column, j row, k slice; integer
//   PointIjk               the same, continuous; voxel centres at whole numbers
//   PointDetector          radiograph: column, row in pixels; continuous; no LPS

#include <cmath>
#include <compare>

namespace spondyl {

struct VectorLps {
  double x = 0, y = 0, z = 0;
  constexpr VectorLps operator+(VectorLps o) const { return {x + o.x, y + o.y, z + o.z}; }
  constexpr VectorLps operator-(VectorLps o) const { return {x - o.x, y - o.y, z - o.z}; }
  constexpr VectorLps operator-() const { return {-x, -y, -z}; }
  constexpr VectorLps operator*(double s) const { return {x * s, y * s, z * s}; }
  constexpr VectorLps operator/(double s) const { return {x / s, y / s, z / s}; }
  constexpr bool operator==(const VectorLps&) const = default;
};
constexpr VectorLps operator*(double s, VectorLps v) {
  return v * s;
}
constexpr double dot(VectorLps a, VectorLps b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr VectorLps cross(VectorLps a, VectorLps b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double length(VectorLps v) {
  return std::sqrt(dot(v, v));
}
/// The zero vector stays zero.
inline VectorLps normalized(VectorLps v) {
  const double n = length(v);
  return n > 0 ? v / n : v;
}

struct PointLps {
  double x = 0, y = 0, z = 0;
  constexpr PointLps operator+(VectorLps v) const { return {x + v.x, y + v.y, z + v.z}; }
  constexpr PointLps operator-(VectorLps v) const { return {x - v.x, y - v.y, z - v.z}; }
  constexpr VectorLps operator-(PointLps o) const { return {x - o.x, y - o.y, z - o.z}; }
  constexpr bool operator==(const PointLps&) const = default;
};
inline double distance(PointLps a, PointLps b) {
  return length(a - b);
}
constexpr PointLps midpoint(PointLps a, PointLps b) {
  return a + (b - a) * 0.5;
}

struct IndexIjk {
  int i = 0, j = 0, k = 0;
  constexpr bool operator==(const IndexIjk&) const = default;
};

struct PointIjk {
  double i = 0, j = 0, k = 0;
  constexpr bool operator==(const PointIjk&) const = default;
};
constexpr PointIjk toPoint(IndexIjk v) {
  return {double(v.i), double(v.j), double(v.k)};
}
inline IndexIjk nearestIndex(PointIjk p) {
  return {int(std::lround(p.i)), int(std::lround(p.j)), int(std::lround(p.k))};
}

struct PointDetector {
  double column = 0, row = 0;
  constexpr bool operator==(const PointDetector&) const = default;
};

} // namespace spondyl
