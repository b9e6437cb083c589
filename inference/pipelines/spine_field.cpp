#include "inference/pipelines/spine_field.h"

#include "inference/pipelines/resample.h"

#include <algorithm>
#include <cmath>

namespace spondyl::inference {

namespace {
/// Blended windows of equal values differ in the last digits: a network of zeros must not come out above the
/// limit.
constexpr float blendingError = 1e-4f;
} // namespace

SpineField::SpineField(const Grid& grid, const ModelCard& card)
    : m_grid(grid), m_size(shapeOf(grid)), m_spacing(length(grid.stepI())), m_offsetScale(card.offsetScaleMm),
      m_levelScale(card.levelScale), m_classes(card.classes.size()) {
  for (std::size_t a = 0; a < 3; ++a)
    m_offsetChannel[a] = card.classes.size() + card.offsetOrder[a];
  for (std::size_t c = 1; c < m_classes; ++c)
    m_probability[c].resize(grid.size().count());
}

void SpineField::takeSlice(int z, std::span<const float> values) {
  const std::size_t count = std::size_t(m_size[1]) * std::size_t(m_size[2]);
  const std::size_t first = std::size_t(z) * count;
  constexpr auto canal = std::size_t(SpineClass::Canal), cord = std::size_t(SpineClass::Cord);
  for (std::size_t c = 1; c < m_classes; ++c)
    for (std::size_t n = 0; n < count; ++n) {
      const float inside = c == canal && m_classes > cord ? values[cord * count + n] : 0.0f;
      m_probability[c][first + n] =
          std::uint8_t(std::lround(std::clamp(values[c * count + n] + inside, 0.0f, 1.0f) * 255.0f));
    }
  const std::size_t levelChannel = m_classes + 3;
  for (std::size_t n = 0; n < count; ++n) {
    const float body = values[std::size_t(SpineClass::Body) * count + n],
                arch = values[std::size_t(SpineClass::Arch) * count + n];
    if (!(body + arch > vertebraThreshold + blendingError))
      continue;
    VertebraVoxel voxel;
    voxel.index = std::uint32_t(first + n);
    voxel.share = body + arch;
    voxel.isBody = body > arch;
    const FieldPoint here = position(voxel.index);
    const auto offset = [&](std::size_t axis) {
      return double(values[m_offsetChannel[axis] * count + n]) * m_offsetScale;
    };
    voxel.vote = {here.z + offset(0), here.y + offset(1), here.x + offset(2)};
    voxel.level = float(double(values[levelChannel * count + n]) * m_levelScale);
    m_vertebra.push_back(voxel);
  }
}

std::array<int, 3> SpineField::place(std::uint32_t index) const {
  const auto row = std::uint32_t(m_size[2]), slice = row * std::uint32_t(m_size[1]);
  return {int(index / slice), int(index % slice / row), int(index % row)};
}

FieldPoint SpineField::position(std::uint32_t index) const {
  const auto [z, y, x] = place(index);
  return {z * m_spacing, y * m_spacing, x * m_spacing};
}

} // namespace spondyl::inference
