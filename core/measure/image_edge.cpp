#include "core/measure/image_edge.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>

namespace spondyl {
namespace {

constexpr double scannerBlur = 0.65; // mm, standard deviation: usual kernels, and the border's own unevenness
constexpr double shellMm = 0.9;      // thickness of cortex and bony end plate as CT shows them
constexpr double leastContrast = 40; // HU between bone at the border and what lies beyond it
constexpr double explained = 0.8;    // share of the grey levels' variance that a border must account for
constexpr double jointlyExplained = 0.35; // the same where single voxels with their noise are looked at
constexpr double reachMm = 4;             // on either side of a border of which all is fitted at once
constexpr double leastVoxels = 30;
constexpr double nearestEnd = 1.5; // mm that must be seen beyond a border on either side

double stepDown(double x, double sigma) {
  return 0.5 * std::erfc(x / (sigma * std::sqrt(2.0)));
}
double bump(double x, double sigma) {
  return std::exp(-0.5 * x * x / (sigma * sigma)) / (sigma * std::sqrt(2 * 3.14159265358979));
}

/// Standard deviation of scanner and voxel together.
double blurOf(double voxelMm) {
  return std::hypot(scannerBlur, 0.29 * voxelMm);
}

struct Level {
  double place, value, n;
};

/// Squared error of the best border at `place`; nullopt where none can lie there.
std::optional<double> errorAt(const std::vector<Level>& levels, double place, double sigma) {
  Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  double squares = 0;
  for (const Level& l : levels) {
    const double x = l.place - place;
    const Eigen::Vector3d row(1, stepDown(x, sigma), bump(x + shellMm / 2, sigma));
    normal += l.n * row * row.transpose();
    right += l.n * l.value * row;
    squares += l.n * l.value * l.value;
  }
  const Eigen::Vector3d c = normal.ldlt().solve(right);
  if (c(2) < 0 || std::max(c(1), c(1) + c(2) / shellMm) < leastContrast)
    return std::nullopt;
  return squares - c.dot(right);
}

} // namespace

double EdgeProfile::voxels() const {
  double n = 0;
  for (const Bin& b : m_bins)
    n += b.place > -4 * b.n && b.place < 4 * b.n ? b.n : 0.0;
  return n;
}

void EdgeProfile::add(double place, double value) {
  const double at = (place + inside) / width;
  if (at < 0 || at >= double(m_bins.size()))
    return;
  Bin& bin = m_bins[std::size_t(at)];
  bin.place += place;
  bin.value += value;
  ++bin.n;
}

std::optional<double> EdgeProfile::border(double voxelMm) const {
  const double sigma = blurOf(voxelMm);
  for (const auto& [in, out] : {std::pair{4.5, 4.0}, {inside, 7.0}, {inside, outside}}) {
    std::vector<Level> levels;
    double n = 0, sum = 0, squares = 0, first = out, last = -in;
    for (const Bin& b : m_bins) {
      if (b.n == 0 || b.place < -in * b.n || b.place > out * b.n)
        continue;
      levels.push_back({b.place / b.n, b.value / b.n, b.n});
      n += b.n;
      sum += b.value;
      squares += b.value * b.value / b.n;
      first = std::min(first, levels.back().place);
      last = std::max(last, levels.back().place);
    }
    if (n < leastVoxels)
      continue;
    double least = 1e300, place = 0;
    const auto look = [&](double from, double to, double step) {
      for (double x = from; x <= to; x += step)
        if (const auto error = errorAt(levels, x, sigma); error && *error < least) {
          least = *error;
          place = x;
        }
    };
    look(first + nearestEnd, last - nearestEnd, 0.4);
    const double coarse = place;
    look(std::max(coarse - 0.35, first + nearestEnd), std::min(coarse + 0.35, last - nearestEnd), 0.05);
    if (least < (1 - explained) * (squares - sum * sum / n))
      return place;
  }
  return std::nullopt;
}

std::optional<std::array<double, 4>> fitBorder(const std::vector<EdgeSample>& samples, double start,
                                               std::array<double, 3> spread, double voxelMm) {
  using Vector = Eigen::Matrix<double, 7, 1>;
  using Matrix = Eigen::Matrix<double, 7, 7>;
  if (double(samples.size()) < 2 * leastVoxels)
    return std::nullopt;
  const double sigma = blurOf(voxelMm), n = double(samples.size());
  std::array<double, 4> c{start, 0, 0, 0};
  double lowest = 0, step = 0, shell = 0, variance = 1e4;
  for (const EdgeSample& s : samples)
    lowest += s.value / n;
  double spreadOfValues = 0;
  for (const EdgeSample& s : samples)
    spreadOfValues += (s.value - lowest) * (s.value - lowest) / n;
  for (int round = 0; round < 12; ++round) {
    Matrix normal = Matrix::Zero();
    Vector right = Vector::Zero();
    double squares = 0, weights = 0;
    for (const EdgeSample& s : samples) {
      const double x = s.place - c[0] - c[1] * s.shape[0] - c[2] * s.shape[1] - c[3] * s.shape[2];
      if (std::abs(x) > reachMm)
        continue;
      const double down = stepDown(x, sigma), bright = bump(x + shellMm / 2, sigma);
      // Outwards shift of the border raises the grey level here by that much a mm.
      const double slope = step * bump(x, sigma) + shell * bright * (x + shellMm / 2) / (sigma * sigma);
      const double rest = s.value - lowest - step * down - shell * bright;
      const double weight = round < 2 ? 1 : 1 / std::max(1.0, std::abs(rest) / (2 * std::sqrt(variance)));
      Vector row;
      row << 1, down, bright, slope, slope * s.shape[0], slope * s.shape[1], slope * s.shape[2];
      normal += weight * row * row.transpose();
      right += weight * row * rest;
      squares += weight * rest * rest;
      weights += weight;
    }
    if (weights < 2 * leastVoxels)
      return std::nullopt;
    if (round > 0)
      variance = squares / weights;
    normal(3, 3) += round == 0 ? 1e12 : 1e-3; // the levels first
    for (int q = 0; q < 3; ++q) {
      const double hold = spread[std::size_t(q)] > 0 && round > 0
                              ? variance / (spread[std::size_t(q)] * spread[std::size_t(q)])
                              : 1e12;
      normal(4 + q, 4 + q) += hold;
      right(4 + q) -= hold * c[std::size_t(q) + 1];
    }
    const Vector d = normal.ldlt().solve(right);
    lowest += d(0);
    step += d(1);
    shell += d(2);
    for (int q = 0; q < 4; ++q)
      c[std::size_t(q)] += std::clamp(d(3 + q), -0.5, 0.5);
  }
  if (shell < 0 || std::max(step, step + shell / shellMm) < leastContrast ||
      variance > (1 - jointlyExplained) * spreadOfValues || std::abs(c[0] - start) > 2)
    return std::nullopt;
  return c;
}

} // namespace spondyl
