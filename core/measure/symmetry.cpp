#include "core/measure/symmetry.h"

#include "core/measure/local_frame.h"

#include <array>
#include <cmath>

namespace spondyl {
namespace {

struct Mirror {
  double turn = 0, tilt = 0, offset = 0; ///< radians about the second and third axis; mm
};

class Overlap {
 public:
  Overlap(const LocalMask& mask, const LocalFrame& frame) : m_mask(mask), m_frame(frame) {
    const std::size_t stride = std::max<std::size_t>(1, mask.count() / 6000);
    std::size_t n = 0;
    mask.forEach([&](IndexIjk v) {
      if (n++ % stride == 0)
        m_points.push_back(mask.grid().toLps(v));
    });
  }
  VectorLps normal(const Mirror& m) const {
    return normalized(m_frame.left + m_frame.posterior * std::tan(m.turn) +
                      m_frame.superior * std::tan(m.tilt));
  }
  double operator()(const Mirror& m) const {
    const VectorLps n = normal(m);
    double sum = 0;
    for (const PointLps p : m_points)
      sum += m_mask.occupancy(p - n * (2 * (dot(p - m_frame.origin, n) - m.offset)));
    return m_points.empty() ? 0 : sum / double(m_points.size());
  }

 private:
  const LocalMask& m_mask;
  LocalFrame m_frame;
  std::vector<PointLps> m_points;
};

} // namespace

std::optional<VectorLps> mirrorAxis(const LocalMask& mask, VectorLps left) {
  if (mask.isEmpty())
    return std::nullopt;
  LocalFrame frame;
  frame.origin = mask.centroid();
  frame.left = normalized(left);
  const VectorLps other = std::abs(frame.left.z) < 0.9 ? VectorLps{0, 0, 1} : VectorLps{0, 1, 0};
  frame.posterior = normalized(cross(other, frame.left));
  frame.superior = cross(frame.left, frame.posterior);
  const Overlap overlap(mask, frame);
  Mirror best;
  double score = overlap(best);
  for (double step = 8; step > 0.04; step /= 2) {
    const double radians = step * 3.14159265358979 / 180;
    for (int round = 0; round < 6; ++round) {
      const Mirror before = best;
      for (const Mirror d : {Mirror{radians, 0, 0}, Mirror{-radians, 0, 0}, Mirror{0, radians, 0},
                             Mirror{0, -radians, 0}, Mirror{0, 0, step / 2}, Mirror{0, 0, -step / 2}}) {
        const Mirror tried{best.turn + d.turn, best.tilt + d.tilt, best.offset + d.offset};
        const double s = overlap(tried);
        if (s <= score)
          continue;
        score = s;
        best = tried;
      }
      if (before.turn == best.turn && before.tilt == best.tilt && before.offset == best.offset)
        break;
    }
  }
  if (score < 0.8)
    return std::nullopt;
  return overlap.normal(best);
}

} // namespace spondyl
