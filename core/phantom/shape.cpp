#include "core/phantom/shape.h"

namespace spondyl {

BoneFrame BoneFrame::pitched(double r) const {
  const double c = std::cos(r), s = std::sin(r);
  return {origin, x, y * c + z * s, z * c - y * s};
}
BoneFrame BoneFrame::rolled(double r) const {
  const double c = std::cos(r), s = std::sin(r);
  return {origin, x * c + z * s, y, z * c - x * s};
}
BoneFrame BoneFrame::twisted(double r) const {
  const double c = std::cos(r), s = std::sin(r);
  return {origin, x * c + y * s, y * c - x * s, z};
}

Primitive Primitive::capsule(VectorLps a, VectorLps b, double ra, double rb) {
  return plate(a, b, ra, rb, {0, 0, 1}, 1.0);
}

Primitive Primitive::plate(VectorLps a, VectorLps b, double ra, double rb, VectorLps axis,
                           double alongPerRadius) {
  Primitive p;
  p.a = a;
  p.b = b;
  p.radiusA = ra;
  p.radiusB = rb;
  p.stretchAxis = axis;
  p.stretch2 = 1 / (alongPerRadius * alongPerRadius) - 1;
  p.ab = b - a;
  p.abAxis = dot(p.ab, axis);
  const double metric = dot(p.ab, p.ab) + p.stretch2 * p.abAxis * p.abAxis;
  p.abInverse = metric > 1e-12 ? 1 / metric : 0;
  p.centre = (a + b) * 0.5;
  p.reach = length(p.ab) / 2 + std::max(ra, rb) * std::max(1.0, alongPerRadius);
  return p;
}

Primitive Primitive::triangle(VectorLps a, VectorLps b, VectorLps c, double radius) {
  Primitive p;
  p.kind = PrimitiveKind::Triangle;
  p.a = a;
  p.b = b;
  p.c = c;
  p.radiusA = radius;
  p.centre = (a + b + c) / 3;
  p.reach = std::max({length(a - p.centre), length(b - p.centre), length(c - p.centre)}) + radius;
  return p;
}

Primitive Primitive::ellipsoid(VectorLps centre, VectorLps halfAxes) {
  Primitive p;
  p.kind = PrimitiveKind::Ellipsoid;
  p.a = centre;
  p.b = halfAxes;
  p.centre = centre;
  p.reach = std::max({halfAxes.x, halfAxes.y, halfAxes.z});
  return p;
}

namespace {

double capsuleDistance(const Primitive& q, VectorLps p) {
  const VectorLps pa = p - q.a;
  const double along = dot(pa, q.stretchAxis);
  const double h = std::clamp((dot(pa, q.ab) + q.stretch2 * along * q.abAxis) * q.abInverse, 0.0, 1.0);
  const VectorLps v = pa - q.ab * h;
  const double vv = dot(v, v), radius = q.radiusA + (q.radiusB - q.radiusA) * h;
  if (q.stretch2 == 0)
    return std::sqrt(vv) - radius;
  const double va = along - q.abAxis * h, va2 = va * va;
  const double k2 = vv + q.stretch2 * va2;
  if (k2 < 1e-9)
    return -radius;
  // First-order distance: value over length of the gradient of the stretched norm.
  const double k = std::sqrt(k2);
  return (k - radius) * k / std::sqrt(vv + (2 * q.stretch2 + q.stretch2 * q.stretch2) * va2);
}

double triangleDistance(const Primitive& q, VectorLps p) {
  const VectorLps ab = q.b - q.a, bc = q.c - q.b, ca = q.a - q.c;
  const VectorLps pa = p - q.a, pb = p - q.b, pc = p - q.c;
  const VectorLps n = cross(ab, q.c - q.a);
  const bool inside = dot(cross(ab, n), pa) <= 0 && dot(cross(bc, n), pb) <= 0 && dot(cross(ca, n), pc) <= 0;
  if (inside)
    return std::abs(dot(n, pa)) / std::max(length(n), 1e-9) - q.radiusA;
  const auto edge = [](VectorLps e, VectorLps v) {
    const double h = std::clamp(dot(v, e) / std::max(dot(e, e), 1e-12), 0.0, 1.0);
    const VectorLps w = v - e * h;
    return dot(w, w);
  };
  return std::sqrt(std::min({edge(ab, pa), edge(bc, pb), edge(ca, pc)})) - q.radiusA;
}

double ellipsoidDistance(const Primitive& q, VectorLps p) {
  const VectorLps v = p - q.a;
  const VectorLps s{v.x / q.b.x, v.y / q.b.y, v.z / q.b.z};
  const double k0 = length(s);
  if (k0 < 1e-6)
    return -std::min({q.b.x, q.b.y, q.b.z});
  return k0 * (k0 - 1) / length({s.x / q.b.x, s.y / q.b.y, s.z / q.b.z});
}

} // namespace

double distanceTo(const Primitive& q, VectorLps p) {
  double d = 0;
  switch (q.kind) {
  case PrimitiveKind::Capsule:
    d = capsuleDistance(q, p);
    break;
  case PrimitiveKind::Triangle:
    d = triangleDistance(q, p);
    break;
  case PrimitiveKind::Ellipsoid:
    d = ellipsoidDistance(q, p);
    break;
  }
  return q.shellHalf > 0 ? std::abs(d) - q.shellHalf : d;
}

namespace {

/// 1 at the centre of the end plate, 0 from its rim on.
double dome(const BodyShape& b, double x, double y) {
  const double s = 2 * y / b.depth, q = 2 * x / b.width;
  return std::max(0.0, 1 - s * s - q * q);
}

} // namespace

double BodyShape::topZ(double x, double y) const {
  const double chord = (top.anterior + top.posterior) / 2 + (top.posterior - top.anterior) * y / depth;
  double z =
      chord + top.lateralSlope * x - ((top.anterior + top.posterior) / 2 - top.middle) * dome(*this, x, y);
  if (uncus > 0) {
    const double q = std::min(1.0, 2 * std::abs(x) / width);
    z += uncus * std::max(0.0, q - 0.65) / 0.35;
  }
  return z;
}

double BodyShape::bottomZ(double x, double y) const {
  const double chord =
      (bottom.anterior + bottom.posterior) / 2 + (bottom.posterior - bottom.anterior) * y / depth;
  return chord + bottom.lateralSlope * x -
         ((bottom.anterior + bottom.posterior) / 2 - bottom.middle) * dome(*this, x, y);
}

namespace {

double sideDistance(const BodyShape& b, double x, double y, double scale) {
  const double ey = y - b.ellipseCentreY();
  const double X = x / b.halfWidth(), Y = ey / b.ellipseHalfDepth();
  const double x2 = X * X, y2 = Y * Y;
  const double r2 = (1 - b.squareness) * (x2 + y2) + b.squareness * std::sqrt(x2 * x2 + y2 * y2);
  if (r2 < 1e-9)
    return -std::min(b.halfWidth(), b.ellipseHalfDepth());
  const double radius = std::sqrt(x * x + ey * ey);
  return smoothMax(radius - scale * radius / std::sqrt(r2), y - b.depth / 2 * (scale + scale * scale) / 2,
                   2.0);
}

} // namespace

double BodyShape::outline(double x, double y) const {
  return sideDistance(*this, x, y, 1.0);
}

double distanceTo(const BodyShape& b, VectorLps p) {
  const double top = b.topZ(p.x, p.y), bottom = b.bottomZ(p.x, p.y);
  const double half = std::max(1.0, (top - bottom) / 2);
  const double t2 = std::min(1.0, (p.z - (top + bottom) / 2) * (p.z - (top + bottom) / 2) / (half * half));
  const double lower = b.taper > 0 ? b.taper * std::clamp((top - p.z) / (2 * half), 0.0, 1.0) : 0;
  double side = sideDistance(b, p.x, p.y, 1 - b.waist * (1 - t2) / 1.5 - lower);
  if (b.osteophyte > 0 && t2 > 0.5 && p.y < b.depth * 0.2)
    side -= b.osteophyte * (t2 - 0.5) * 2;
  return smoothMax(side, std::max(p.z - top, bottom - p.z), 1.8);
}

void Bone::finish() {
  VectorLps low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
  const auto add = [&](VectorLps c, double r) {
    low = {std::min(low.x, c.x - r), std::min(low.y, c.y - r), std::min(low.z, c.z - r)};
    high = {std::max(high.x, c.x + r), std::max(high.y, c.y + r), std::max(high.z, c.z + r)};
  };
  for (const Primitive& p : parts)
    add(p.centre, p.reach);
  if (body)
    add({0, 0, 0},
        0.5 * std::hypot(body->width, body->depth, body->top.posterior - body->bottom.posterior) + 3);
  centre = (low + high) * 0.5;
  reach = length(high - low) / 2;
}

bool collectNear(const Bone& bone, VectorLps local, double radius, BoneNear& out) {
  out.bone = &bone;
  out.parts.clear();
  out.cuts.clear();
  out.body = false;
  if (length(local - bone.centre) > bone.reach + radius)
    return false;
  // Distances are not exact away from the surface: a margin of a third.
  const double limit = radius * 1.35;
  out.body = bone.body && distanceTo(*bone.body, local) < limit;
  for (std::size_t n = 0; n < bone.parts.size(); ++n) {
    const Primitive& part = bone.parts[n];
    if (length(local - part.centre) < part.reach + radius && distanceTo(part, local) < limit)
      out.parts.push_back(std::uint16_t(n));
  }
  if (!out.body && out.parts.empty())
    return false;
  for (std::size_t n = 0; n < bone.cuts.size(); ++n) {
    const Primitive& cut = bone.cuts[n];
    if (length(local - cut.centre) < cut.reach + radius)
      out.cuts.push_back(std::uint16_t(n));
  }
  return true;
}

BoneDistance distanceTo(const BoneNear& near, VectorLps local) {
  const Bone& bone = *near.bone;
  double ofBody = near.body ? distanceTo(*bone.body, local) : 1e9;
  double rest = 1e9;
  for (const std::uint16_t n : near.parts) {
    const Primitive& part = bone.parts[n];
    const double d = distanceTo(part, local);
    double& into = part.ofBody ? ofBody : rest;
    into = into > 1e8 ? d : smoothMin(into, d, bone.blend);
  }
  for (const std::uint16_t n : near.cuts)
    rest = std::max(rest, -distanceTo(bone.cuts[n], local));
  BoneDistance out;
  out.body = ofBody <= 0.3 || ofBody <= rest;
  out.distance = ofBody > 1e8 || rest > 1e8 ? std::min(ofBody, rest) : smoothMin(ofBody, rest, bone.blend);
  return out;
}

} // namespace spondyl
