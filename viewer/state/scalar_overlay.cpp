#include "viewer/state/scalar_overlay.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

// matplotlib's inferno (CC0) as polynomials of degree six, within 9/255 of its table.
constexpr double inferno[7][3] = {{0.0002189403691192265, 0.001651004631001012, -0.01948089843709184},
                                  {0.1065134194856116, 0.5639564367884091, 3.932712388889277},
                                  {11.60249308247187, -3.972853965665698, -15.9423941062914},
                                  {-41.70399613139459, 17.43639888205313, 44.35414519872813},
                                  {77.162935699427, -33.40235894210092, -81.80730925738993},
                                  {-71.31942824499214, 32.62606426397723, 73.20951985803202},
                                  {25.13112622477341, -12.24266895238567, -23.07032500287172}};
constexpr double firstShown = 0.2, lastShown = 0.93; ///< of inferno
constexpr float opaqueFrom = 0.2f;                   ///< of the scale

std::uint8_t channel(double t, int c) {
  double value = 0;
  for (int power = 6; power >= 0; --power)
    value = value * t + inferno[power][c];
  return std::uint8_t(std::lround(std::clamp(value, 0.0, 1.0) * 255));
}

} // namespace

double scaleTop(ScalarKind kind, double maximum) {
  if (kind == ScalarKind::Uncertainty)
    return 1;
  return std::clamp(std::ceil(maximum * 20 - 1e-9) / 20, 0.05, 1.0);
}

std::string scalarTitle(const ScalarOverlay& overlay) {
  if (overlay.kind == ScalarKind::Uncertainty)
    return "Uncertainty";
  return overlay.subject.empty() ? "Saliency" : "Saliency: " + overlay.subject;
}

std::string scalarUnit(const ScalarOverlay& overlay) {
  return overlay.kind == ScalarKind::Uncertainty ? "entropy of the network's classes, 0 to 1"
                                                 : "fall of its probability if hidden here";
}

const std::array<ScalarColour, scalarColours>& scalarTable() {
  static const auto table = [] {
    std::array<ScalarColour, scalarColours> colours;
    for (int n = 0; n < scalarColours; ++n) {
      const double share = double(n) / (scalarColours - 1);
      const double t = firstShown + share * (lastShown - firstShown);
      colours[std::size_t(n)] = {channel(t, 0), channel(t, 1), channel(t, 2),
                                 std::min(1.0f, float(share) / opaqueFrom)};
    }
    return colours;
  }();
  return table;
}

} // namespace spondyl::viewer
