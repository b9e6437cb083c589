#pragma once
// What fills a voxel where there is no bone; also below the bone, for partial volume at its surface.

#include <cstdint>

namespace spondyl {

enum class Tissue : std::uint8_t {
  Air = 0, ///< outside the body
  Fat,
  Muscle, ///< also skin and anything like it
  Lung,
  Gas, ///< airway, stomach, bowel
  Artery,
  Vein,
  Kidney,
  Liver,
  Spleen,
  Bowel,
  Nucleus, ///< of a disc
  Annulus, ///< of a disc
  Csf,
  Cord,
  EpiduralFat,
  Cartilage,
  Brain,
  Table,
  Cloth,
  Plaque, ///< calcification
  Blob,   ///< something of any brightness
  BowelContrast,
  Bladder,
  Heart,
  Excretory, ///< contrast in the renal pelvis
  Cement,    ///< inside vertebral bodies
  Roots,     ///< nerve roots in the dural sac and in the foramina
  Count,
};
/// Added to the tissue's number where there is metal.
constexpr std::uint8_t metalBit = 0x80;

/// Classes that a network learns.
enum class TissueClass : std::uint8_t { Background = 0, Body, Arch, Disc, Sacrum, Canal, Rib, OtherBone };

} // namespace spondyl
