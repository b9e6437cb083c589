#pragma once
// Colours of what is drawn in the image (UI tokens), 0xRRGGBB.

#include <cstdint>

namespace spondyl::viewer::palette {

constexpr std::uint32_t background = 0x000000;
constexpr std::uint32_t textPrimary = 0xD9DDE1;
constexpr std::uint32_t textSecondary = 0x98A0A8;
constexpr std::uint32_t accent = 0xA99CF0;
constexpr std::uint32_t attention = 0xFFD9A0;
constexpr std::uint32_t error = 0xF08A80;
constexpr std::uint32_t measure = 0xF2F4F6;
constexpr std::uint32_t panel = 0x181B1E;

} // namespace spondyl::viewer::palette
