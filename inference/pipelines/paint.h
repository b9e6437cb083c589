#pragma once
// From the network's grid back to the input's: probabilities are interpolated and cut there, so that borders
// are smooth on any grid; memory is the label maps' own.

#include "core/geometry/grid.h"
#include "inference/pipelines/surroundings.h"

#include <stop_token>

namespace spondyl::inference {

/// uint16 maps of the input's grid, filled with zeros.
struct LabelMaps {
  std::span<std::uint16_t> boneAndDisc, canal;
};

struct PaintedStructure {
  std::uint16_t label = 0;  ///< runs from 1
  std::size_t vertebra = 0; ///< from 0; vertebraCount for the sacrum, none for canal and cord
  Part part = Part::None;
  std::size_t voxels = 0;
  double meanProbability = 0;
};
constexpr std::size_t noVertebra = std::size_t(-1);

struct PaintOptions {
  double vertebraThreshold = DecodeParameters().instanceThreshold; ///< P(body) + P(arch), as in decoding
  double discThreshold = 0.4;
};

/// `isRing[n]`: vertebra n is C1, all of which is posterior elements. Empty when stopped.
std::vector<PaintedStructure> paint(const SpineField& field, const Decoded& decoded,
                                    const Surroundings& around, const std::vector<bool>& isRing,
                                    const Grid& input, const LabelMaps& maps, const PaintOptions& options,
                                    const std::stop_token& stop);

} // namespace spondyl::inference
