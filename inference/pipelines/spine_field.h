#pragma once
// What a segmentation network said about every voxel of its grid, kept small: probabilities in a byte, votes
// and level numbers only where there may be a vertebra.

#include "core/geometry/grid.h"
#include "inference/engine/network.h"
#include "inference/protocol/model_package.h"

#include <cstdint>
#include <vector>

namespace spondyl::inference {

/// `Canal` is the whole canal, `Cord` what of it is cord, if the network tells.
enum class SpineClass : std::size_t { Background, Body, Arch, Disc, Sacrum, Canal, Rib, OtherBone, Cord };

/// z, y, x; mm from the first voxel of the field.
struct FieldPoint {
  double z = 0, y = 0, x = 0;
};

/// A voxel with P(body) + P(arch) above the card's or decoder's lowest threshold.
struct VertebraVoxel {
  std::uint32_t index = 0; ///< into the field, x fastest
  float share = 0;         ///< P(body) + P(arch)
  bool isBody = false;     ///< P(body) > P(arch)
  FieldPoint vote;         ///< where it believes the centre of its own body
  float level = 0;         ///< level number: C1 = 1 ... L5 = 24
};

class SpineField {
 public:
  SpineField(const Grid& grid, const ModelCard& card);
  /// One slice of the network's output (class probabilities, offsets, level): channels x y x x.
  void takeSlice(int z, std::span<const float> values);

  const Grid& grid() const { return m_grid; }
  const Shape& size() const { return m_size; }
  double spacingMm() const { return m_spacing; }
  double voxelMl() const { return m_spacing * m_spacing * m_spacing / 1000.0; }
  std::span<const std::uint8_t> probability(SpineClass c) const {
    return m_probability[std::size_t(c)];
  } ///< 255 = 1; not background; empty: no such class
  std::span<const VertebraVoxel> vertebra() const { return m_vertebra; }
  std::array<int, 3> place(std::uint32_t index) const; ///< z, y, x
  FieldPoint position(std::uint32_t index) const;
  PointLps toLps(const FieldPoint& p) const { return m_grid.origin() + VectorLps{p.x, p.y, p.z}; }

 private:
  Grid m_grid;
  Shape m_size;
  double m_spacing;
  double m_offsetScale, m_levelScale;
  std::array<std::size_t, 3> m_offsetChannel;
  std::size_t m_classes; ///< of the network
  std::array<std::vector<std::uint8_t>, 9> m_probability;
  std::vector<VertebraVoxel> m_vertebra;
};

/// P(body) + P(arch) from which a voxel is kept at all: below every threshold of the decoder, which decides.
constexpr float vertebraThreshold = 0.25f;

} // namespace spondyl::inference
