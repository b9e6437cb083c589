#pragma once
// Bones as signed distances: mm, negative inside, in the frame of the bone (x left, y posterior, z superior).
// Distances are exact to first order near the surface, which is where they are used (cortex, partial volume).

#include "core/geometry/frames.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

namespace spondyl {

/// Right-handed orthonormal frame inside another: x left, y posterior, z superior of the thing it belongs to.
struct BoneFrame {
  PointLps origin;
  VectorLps x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};

  VectorLps toLocal(PointLps p) const {
    const VectorLps d = p - origin;
    return {dot(d, x), dot(d, y), dot(d, z)};
  }
  VectorLps rotated(VectorLps v) const { return x * v.x + y * v.y + z * v.z; }
  PointLps toOuter(VectorLps v) const { return origin + rotated(v); }
  /// Turned about its own x: positive leans forward (the upper side moves anterior).
  BoneFrame pitched(double radians) const;
  /// Turned about its own y: positive raises the left end.
  BoneFrame rolled(double radians) const;
  /// Turned about its own z: positive turns the left end to posterior.
  BoneFrame twisted(double radians) const;
  BoneFrame at(PointLps newOrigin) const { return {newOrigin, x, y, z}; }
};

inline double smoothMin(double a, double b, double k) {
  const double h = std::max(k - std::abs(a - b), 0.0);
  return std::min(a, b) - h * h / (4 * k);
}
inline double smoothMax(double a, double b, double k) {
  return -smoothMin(-a, -b, k);
}

enum class PrimitiveKind : std::uint8_t { Capsule, Triangle, Ellipsoid };

/// A capsule with two radii and, if asked, a stretched cross-section; a thick triangle; an ellipsoid along
/// the axes.
struct Primitive {
  PrimitiveKind kind = PrimitiveKind::Capsule;
  bool ofBody = false;  ///< belongs to the vertebral body (the dens), not to the posterior elements
  double shellHalf = 0; ///< > 0: only a shell of this half thickness
  VectorLps a, b, c;    ///< ends of the axis; corners; centre and half axes (a, b) of the ellipsoid
  double radiusA = 1, radiusB = 1;
  VectorLps stretchAxis; ///< unit; half size along it is radius / stretch
  double stretch2 = 0;   ///< stretch² - 1; 0 = round
  VectorLps ab;          ///< derived: b - a
  double abAxis = 0, abInverse = 0;
  VectorLps centre; ///< derived: bounding sphere
  double reach = 0;

  static Primitive capsule(VectorLps a, VectorLps b, double ra, double rb);
  static Primitive capsule(VectorLps a, VectorLps b, double r) { return capsule(a, b, r, r); }
  /// Half size `radius` across and `along` in the direction of `axis`.
  static Primitive plate(VectorLps a, VectorLps b, double ra, double rb, VectorLps axis,
                         double alongPerRadius);
  static Primitive triangle(VectorLps a, VectorLps b, VectorLps c, double radius);
  static Primitive ellipsoid(VectorLps centre, VectorLps halfAxes);
  Primitive asShell(double half) const {
    Primitive p = *this;
    p.shellHalf = half;
    p.reach += half;
    return p;
  }
  Primitive asBody() const {
    Primitive p = *this;
    p.ofBody = true;
    return p;
  }
};
double distanceTo(const Primitive& primitive, VectorLps p);

/// z of an end plate over the body's frame: a plane through the anterior and posterior corner, sunk in the
/// middle.
struct EndPlate {
  double anterior = 0, middle = 0, posterior = 0; ///< z, mm, in the mid-sagittal plane
  double lateralSlope = 0;                        ///< dz/dx
};

/// A vertebral body: superellipse cylinder with a flat back wall, a waist and two sunk end plates.
struct BodyShape {
  double width = 40, depth = 30; ///< of the end plates, mm
  double backWall = 0.88;        ///< where the back wall cuts the ellipse, of its half depth
  double squareness = 0.3;       ///< 0 ellipse … 1 superellipse of exponent 4
  double waist = 0.08;           ///< how much narrower half-way up
  double osteophyte = 0;         ///< height of the rim, mm
  double uncus = 0;              ///< raised side edges of the upper end plate (cervical), mm
  double taper = 0;              ///< share by which it is smaller at its lower end (first sacral segment)
  EndPlate top, bottom;

  double halfWidth() const { return width / 2; }
  double ellipseHalfDepth() const { return depth / (1 + backWall); }
  double ellipseCentreY() const { return -depth / 2 + ellipseHalfDepth(); }
  double topZ(double x, double y) const;
  double bottomZ(double x, double y) const;
  /// Distance to the side wall alone, without waist and rim: also the outline of the discs.
  double outline(double x, double y) const;
};
double distanceTo(const BodyShape& body, VectorLps p);

struct BoneDistance {
  double distance = 1e9;
  bool body = false; ///< the vertebral body is nearer than the posterior elements
};

/// One bone: smooth union of a body and primitives, less the cuts.
struct Bone {
  std::uint8_t tissueClass = 7;
  std::uint8_t instance = 0; ///< 0 = none; else 1-based in the phantom's list of instances
  std::uint16_t label = 0;   ///< number of codes.csv or 0
  double density = 0.5;      ///< of its marrow, 0 … 1 (for painting)
  double blend = 2.0;        ///< smooth union, mm
  BoneFrame frame;
  std::optional<BodyShape> body;
  std::vector<Primitive> parts;
  std::vector<Primitive> cuts;
  VectorLps centre; ///< local bounding sphere, set by finish()
  double reach = 0;

  void finish();
};

/// The primitives of a bone that matter near a place: what a brick of voxels evaluates.
struct BoneNear {
  const Bone* bone = nullptr;
  bool body = false;
  std::vector<std::uint16_t> parts, cuts;
};
/// Everything of `bone` that comes within `radius` of the local point; false if nothing does.
bool collectNear(const Bone& bone, VectorLps local, double radius, BoneNear& out);
BoneDistance distanceTo(const BoneNear& near, VectorLps local);

} // namespace spondyl
