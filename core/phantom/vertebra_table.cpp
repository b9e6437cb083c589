#include "core/phantom/vertebra_table.h"

#include <algorithm>
#include <array>

namespace spondyl {

namespace {

struct Row {
  double position;
  VertebraSizes sizes;
};

constexpr std::array<Row, 12> table{{
    {1, {19, 15, 22, 4.5, 12.5, 9.5, 4.0, 4.5, 24, 10, 26}},     // C2
    {4, {20, 16.5, 12.5, 5, 12.5, 7.2, 3.1, 3.5, 16, 15, 27}},   // C5
    {6, {24, 17.5, 14, 5.5, 12.2, 7.2, 3.5, 3.8, 30, 18, 34}},   // C7
    {7, {28, 18.5, 15.5, 4.5, 10.8, 7.5, 4.3, 4.8, 32, 25, 38}}, // T1
    {10, {27, 23.5, 18, 4.0, 8.5, 8.0, 2.6, 6.0, 34, 48, 33}},   // T4
    {12, {29, 27, 19, 4.5, 8.6, 8.0, 2.8, 6.3, 37, 53, 32}},     // T6
    {14, {31, 29.5, 20, 5.0, 8.6, 8.0, 3.3, 6.8, 36, 50, 31}},   // T8
    {18, {41, 33, 24.5, 7.0, 11.2, 8.6, 4.5, 8.3, 28, 14, 22}},  // T12
    {19, {43, 34, 26, 8.0, 11.6, 8.8, 4.4, 7.8, 31, 8, 36}},     // L1
    {20, {45, 35, 27, 9.0, 11.6, 8.6, 4.6, 7.5, 32, 6, 40}},     // L2
    {22, {49, 36, 27, 11.5, 12.4, 8.7, 6.5, 7.3, 30, 5, 42}},    // L4
    {23, {51, 36, 26.5, 10.5, 13.2, 8.8, 8.5, 7.2, 25, 8, 44}},  // L5
}};

} // namespace

VertebraSizes usualSizes(double position) {
  // The axis is unlike its neighbours: C3 already has the height of C5.
  if (position > 1 && position < 4) {
    VertebraSizes sizes = table[1].sizes;
    const double t = (4 - position) / 3;
    sizes.width -= t;
    sizes.depth -= 1.2 * t;
    sizes.canalHalfDepth += 0.6 * t;
    return sizes;
  }
  const double p = std::clamp(position, table.front().position, table.back().position);
  std::size_t n = 0;
  while (n + 2 < table.size() && table[n + 1].position <= p)
    ++n;
  const Row &low = table[n], &high = table[n + 1];
  const double t = (p - low.position) / (high.position - low.position);
  const auto mix = [t](double a, double b) { return a + (b - a) * t; };
  const VertebraSizes &a = low.sizes, &b = high.sizes;
  return {mix(a.width, b.width),
          mix(a.depth, b.depth),
          mix(a.height, b.height),
          mix(a.discBelow, b.discBelow),
          mix(a.canalHalfWidth, b.canalHalfWidth),
          mix(a.canalHalfDepth, b.canalHalfDepth),
          mix(a.pedicleHalfWidth, b.pedicleHalfWidth),
          mix(a.pedicleHalfHeight, b.pedicleHalfHeight),
          mix(a.spinousLength, b.spinousLength),
          mix(a.spinousDropDeg, b.spinousDropDeg),
          mix(a.transverseHalfSpan, b.transverseHalfSpan)};
}

} // namespace spondyl
