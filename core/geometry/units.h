#pragma once
// Lengths and angles that do not mix with plain numbers or with each other.

#include <compare>
#include <numbers>

namespace spondyl {

template <class Tag>
struct Quantity {
  double value = 0;
  constexpr Quantity() = default;
  constexpr explicit Quantity(double v) : value(v) {}
  constexpr Quantity operator+(Quantity o) const { return Quantity(value + o.value); }
  constexpr Quantity operator-(Quantity o) const { return Quantity(value - o.value); }
  constexpr Quantity operator-() const { return Quantity(-value); }
  constexpr Quantity operator*(double s) const { return Quantity(value * s); }
  constexpr Quantity operator/(double s) const { return Quantity(value / s); }
  constexpr double operator/(Quantity o) const { return value / o.value; }
  constexpr auto operator<=>(const Quantity&) const = default;
};

using Mm = Quantity<struct MmTag>;   ///< millimetres
using Deg = Quantity<struct DegTag>; ///< degrees

constexpr double toRadians(Deg angle) {
  return angle.value * std::numbers::pi / 180.0;
}
constexpr Deg fromRadians(double radians) {
  return Deg(radians * 180.0 / std::numbers::pi);
}

} // namespace spondyl
