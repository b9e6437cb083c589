// sRGB and DICOM's encoding of CIELab (PS3.3 C.10.7.1.1), both with the D65 white as dcmqi and highdicom have
// it.
#include "core/dicom/dataset.h"

#include <algorithm>
#include <cmath>

namespace spondyl::dicom {
namespace {

constexpr std::array<double, 3> white{0.95047, 1.0, 1.08883};
constexpr double epsilon = 216.0 / 24389.0, kappa = 24389.0 / 27.0;

double linear(double c) {
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double gamma(double c) {
  return c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055;
}
double f(double t) {
  return t > epsilon ? std::cbrt(t) : (kappa * t + 16) / 116;
}
double inverseF(double t) {
  return t * t * t > epsilon ? t * t * t : (116 * t - 16) / kappa;
}

std::uint16_t encoded(double value) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(value, 0.0, 65535.0)));
}

} // namespace

std::array<std::uint16_t, 3> cielabOf(std::array<std::uint8_t, 3> rgb) {
  const double r = linear(rgb[0] / 255.0), g = linear(rgb[1] / 255.0), b = linear(rgb[2] / 255.0);
  const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0]);
  const double y = f((0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / white[1]);
  const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / white[2]);
  return {encoded((116 * y - 16) * 655.35), encoded((500 * (x - y) + 128) * 257),
          encoded((200 * (y - z) + 128) * 257)};
}

std::array<std::uint8_t, 3> rgbOf(std::array<std::uint16_t, 3> lab) {
  const double y = (lab[0] / 655.35 + 16) / 116, x = y + (lab[1] / 257.0 - 128) / 500,
               z = y - (lab[2] / 257.0 - 128) / 200;
  const double cx = inverseF(x) * white[0], cy = inverseF(y), cz = inverseF(z) * white[2];
  const std::array<double, 3> rgb{3.2404542 * cx - 1.5371385 * cy - 0.4985314 * cz,
                                  -0.9692660 * cx + 1.8760108 * cy + 0.0415560 * cz,
                                  0.0556434 * cx - 0.2040259 * cy + 1.0572252 * cz};
  std::array<std::uint8_t, 3> out{};
  for (std::size_t c = 0; c < 3; ++c)
    out[c] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(gamma(std::max(0.0, rgb[c])), 0.0, 1.0)));
  return out;
}

} // namespace spondyl::dicom
