#pragma once
// Which part of the anatomy a structure is. A vertebra's parts belong to an instance (which vertebra); canal,
// cord and the like belong to none.

#include <cstdint>
#include <string>

namespace spondyl {

enum class Part : std::uint8_t {
  None = 0,
  VertebralBody,     ///< TPTBox sub-region 49
  PosteriorElements, ///< TPTBox sub-region 41; all of C1
  Vertebra,          ///< whole, not divided into body and posterior elements
  Disc,              ///< belongs to the instance above it
  Sacrum,
  Coccyx,
  Cord,
  Canal,
  Csf,
  Rib,
  Hip,
  FemoralHead,
  Implant,
  Lesion,
  Other,
};

/// "vertebral body", "disc" …; English, for files and logs.
std::string partName(Part part);
constexpr bool isVertebral(Part part) {
  return part == Part::VertebralBody || part == Part::PosteriorElements || part == Part::Vertebra;
}
/// Structures that may overlap bone and discs live in layers of their own.
enum class LayerKind : std::uint8_t { BoneAndDisc, CanalContents, Lesions };
constexpr LayerKind layerOf(Part part) {
  if (part == Part::Cord || part == Part::Canal || part == Part::Csf)
    return LayerKind::CanalContents;
  return part == Part::Lesion ? LayerKind::Lesions : LayerKind::BoneAndDisc;
}

} // namespace spondyl
