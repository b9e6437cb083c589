#pragma once
// What a synthetic spine shall look like.

#include "core/anatomy/level.h"
#include "core/geometry/frames.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace spondyl {

enum class PhantomModality : std::uint8_t { Ct, Mr };
enum class FractureShape : std::uint8_t { Wedge, Biconcave, Crush };
/// None; six or four lumbar vertebrae; thirteen or eleven thoracic ones; ribs on C7.
enum class AnatomyVariant : std::uint8_t { None, L6, T13, T11, L4, CervicalRib };

struct FractureRequest {
  Level level = Level::L1;
  FractureShape shape = FractureShape::Wedge;
  /// Genant height loss of the height that the shape names (wedge: anterior, biconcave: middle, crush: all),
  /// against the mean of the nearest intact neighbours; percent, 0 to 90.
  double percent = 0;
};
/// The vertebra `level` slips on the one below; percent of the lower end plate's length, anterior positive.
struct SlipRequest {
  Level level = Level::L4;
  double percent = 0;
};

struct PhantomOptions {
  std::uint64_t seed = 1;
  PhantomModality modality = PhantomModality::Ct;
  double spacingMm = 1.0;
  Level from = Level::C1, to = Level::Sacrum; ///< what the default field of view shows and the truth lists
  std::optional<double>
      scoliosisDeg; ///< Cobb angle of the largest curve; its convexity to the patient's right if positive
  std::optional<double> kyphosisDeg; ///< T4 upper to T12 (last thoracic) lower end plate
  std::vector<FractureRequest> fractures;
  std::vector<SlipRequest> slips;
  AnatomyVariant variant = AnatomyVariant::None;
  double gantryTiltDeg = 0;  ///< slices sheared, as a tilted gantry acquires them
  double noise = 12;         ///< standard deviation: HU in CT, percent of the brightest tissue in MR
  VectorLps poseRotationDeg; ///< of the whole patient about the LPS axes x, y, z
  /// Size, posture and shape vary with the seed within the normal; off: one standard spine.
  bool variation = true;
  bool pathology = false; ///< fractures, slips, curves, variants, metal, cement … drawn at random (training)
  /// One smooth deformation; landmarks go through it, straight lengths are then not exact.
  bool warp = false;
};

} // namespace spondyl
