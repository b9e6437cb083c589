#include "core/measure/surface_fit.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

using Matrix6 = Eigen::Matrix<double, 6, 6>;
using Vector6 = Eigen::Matrix<double, 6, 1>;

constexpr double hold = 3e-4; // pull of the first fit against one voxel centre on the wrong side
constexpr double margin =
    0.05; // of a voxel, that centres are kept away: between them the middle is likeliest

Vector6 basis(const FittedSurface& s, double a, double b) {
  const double x = a - s.a0, y = b - s.b0;
  Vector6 row;
  row << 1, x, y, x * x, y * y, x * y;
  return row;
}

} // namespace

double FittedSurface::beyond(double a, double b, double bend) const {
  const double x = std::clamp(a, aLow, aHigh), y = std::clamp(b, bLow, bHigh);
  const double alongA = 2 * c[3] * (x - a0) + c[5] * (y - b0), alongB = 2 * c[4] * (y - b0) + c[5] * (x - a0);
  return at(x, y) + (c[1] + std::clamp(alongA, -bend, bend)) * (a - x) +
         (c[2] + std::clamp(alongB, -bend, bend)) * (b - y);
}

FittedSurface fitSurface(const std::vector<SurfacePoint>& points, SagPrior prior) {
  FittedSurface s;
  s.points = int(points.size());
  if (points.empty())
    return s;
  s.aLow = s.bLow = 1e9;
  s.aHigh = s.bHigh = -1e9;
  for (const SurfacePoint& p : points) {
    s.aLow = std::min(s.aLow, p.a);
    s.aHigh = std::max(s.aHigh, p.a);
    s.bLow = std::min(s.bLow, p.b);
    s.bHigh = std::max(s.bHigh, p.b);
  }
  for (const SurfacePoint& p : points) {
    s.a0 += p.a / double(points.size());
    s.b0 += p.b / double(points.size());
  }
  std::vector<double> weight(points.size(), 1.0), residual(points.size(), 0.0);
  // A thin cloud of points does not carry a sag: the ridge keeps it flat then.
  const double ridge = 1e-3 * double(points.size());
  for (int round = 0; round < 3; ++round) {
    Matrix6 A = Matrix6::Zero();
    Vector6 y = Vector6::Zero();
    for (std::size_t n = 0; n < points.size(); ++n) {
      const Vector6 row = basis(s, points[n].a, points[n].b);
      A += weight[n] * row * row.transpose();
      y += weight[n] * row * points[n].height;
    }
    for (int q = 1; q < 6; ++q)
      A(q, q) += q < 3 ? 1e-6 : ridge;
    const double count = double(points.size());
    A(3, 3) += prior.weightA * count;
    y(3) += prior.weightA * count * prior.alongA;
    A(4, 4) += prior.weightB * count;
    y(4) += prior.weightB * count * prior.alongB;
    const Vector6 x = A.ldlt().solve(y);
    for (int q = 0; q < 6; ++q)
      s.c[std::size_t(q)] = x(q);
    double sum = 0, total = 0;
    for (std::size_t n = 0; n < points.size(); ++n) {
      residual[n] = points[n].height - s.at(points[n].a, points[n].b);
      sum += weight[n] * residual[n] * residual[n];
      total += weight[n];
    }
    s.rmsMm = std::sqrt(sum / std::max(total, 1e-9));
    const double reach = std::max(1.2, 3.0 * s.rmsMm); // Tukey's biweight
    for (std::size_t n = 0; n < points.size(); ++n) {
      const double q = residual[n] / reach;
      weight[n] = std::abs(q) < 1 ? (1 - q * q) * (1 - q * q) : 0.0;
    }
  }
  return s;
}

void refineSurface(FittedSurface& s, const std::vector<SidePoint>& points, double voxelMm) {
  const auto both = std::count_if(points.begin(), points.end(), [](const SidePoint& p) { return p.below; });
  if (both < 10 || std::ptrdiff_t(points.size()) - both < 10)
    return;
  const FittedSurface start = s;
  Vector6 spread = Vector6::Zero();
  for (const SidePoint& p : points)
    spread += basis(s, p.a, p.b).cwiseAbs2();
  for (int round = 0; round < 200; ++round) {
    Matrix6 H = Matrix6::Zero();
    Vector6 g = Vector6::Zero();
    for (const SidePoint& p : points) {
      const double side = p.below ? 1.0 : -1.0;
      const double wrong =
          margin * voxelMm - side * (s.at(p.a, p.b) - p.height); // how far on the wrong side, mm
      if (wrong <= 0)
        continue;
      const Vector6 row = basis(s, p.a, p.b);
      const double weight =
          std::min(1.0, 0.5 * voxelMm / wrong); // Huber: a spur does not drag the surface along
      g -= row * (side * wrong * weight);
      H += row * row.transpose() * weight;
    }
    for (int q = 0; q < 6; ++q) {
      H(q, q) += hold * spread(q);
      g(q) += hold * spread(q) * (s.c[std::size_t(q)] - start.c[std::size_t(q)]);
    }
    const Vector6 step = H.ldlt().solve(g);
    for (int q = 0; q < 6; ++q)
      s.c[std::size_t(q)] -= 0.8 * step(q);
    if (step.cwiseProduct(spread.cwiseSqrt()).norm() < 1e-4 * std::sqrt(double(points.size())))
      break;
  }
  // Further from the robust fit than voxels can err: the mask's border is no such surface.
  for (const SidePoint& p : points)
    if (!(std::abs(s.at(p.a, p.b) - start.at(p.a, p.b)) < 1.0 * voxelMm)) {
      s = start;
      return;
    }
}

} // namespace spondyl
