#pragma once
// The one description of a synthetic spine: everything that is drawn and everything that is true follows from
// it. "Patient coordinates": x left, y posterior, z superior, mm, origin at the centre of the S1 end plate.
// The pose turns and shifts them into LPS.

#include "core/base/result.h"
#include "core/geometry/grid.h"
#include "core/phantom/options.h"
#include "core/phantom/shape.h"
#include "core/phantom/vertebra_table.h"

#include <string>
#include <vector>

namespace spondyl {

struct PhantomVertebra {
  Level level = Level::L1;
  double position = 0; ///< as usualSizes() counts
  BoneFrame frame;     ///< origin: middle of the four mid-sagittal corners of the body (C1: of the dens)
  BodyShape body;      ///< C1 has none: sizes only
  VertebraSizes sizes; ///< scaled, with the disc that is really below
  bool fractured = false;
  FractureShape fracture = FractureShape::Wedge;
  double ribLength[2] = {0, 0}; ///< right, left: 0 none … 1 a usual rib of that level
  bool laminectomy = false;
  double wear = 0;         ///< 0 young … 1 worn: large facets
  bool bridging = false;   ///< bony bridge in front, to the disc below and above (DISH, ankylosis)
  bool sacralised = false; ///< transverse processes as wide as alae
  double discBulge = 1;    ///< mm beyond the body's outline
  double nucleus = 0.8;    ///< 0 degenerate … 1 young
};

struct PhantomLandmark {
  std::string id; ///< as CLI.md: "L3.superior.anterior"
  std::optional<Level> level;
  PointLps lps;
};

struct PhantomLevelTruth {
  Level level = Level::L1;
  int label = 0;
  double heightAnterior = 0, heightMiddle = 0, heightPosterior = 0; ///< mm; 0 for C1
  double lossAnterior = 0, lossMiddle = 0,
         lossPosterior = 0;           ///< percent against intact neighbours; 0 where there are none
  double depth = 0, width = 0;        ///< of the end plates, mm
  double slipMm = 0, slipPercent = 0; ///< on the level below
  double rotationDeg = 0;             ///< axial, spinous process to the patient's right +
  std::optional<FractureShape> fracture;
  PointLps centre;
};

struct PhantomTruth {
  std::vector<PhantomLandmark> landmarks;
  std::vector<PhantomLevelTruth> levels; ///< from above; the sacrum is not among them
  Level cobbUpper = Level::T1, cobbLower = Level::L5;
  double cobbDeg = 0; ///< largest coronal curve, upper to lower end plate
  double lordosisL1S1Deg = 0;
  std::optional<double> kyphosisT4T12Deg;
  double sacralSlopeDeg = 0, pelvicTiltDeg = 0, pelvicIncidenceDeg = 0;
};

struct SpineDescription {
  PhantomOptions options;
  std::uint64_t seed = 1;
  double size = 1;                        ///< of the whole patient
  double age = 0.4;                       ///< 0 young … 1 old: marrow, discs, osteophytes
  double habitus = 1;                     ///< amount of fat
  std::vector<PhantomVertebra> vertebrae; ///< C1 first, lowest lumbar last; always the whole spine
  BoneFrame sacrum;                       ///< S1: origin at the centre of its upper end plate
  BodyShape sacralBody;                   ///< S1 segment; its top is z = 0
  double sacralCurveDeg = 60;
  BoneFrame hipAxis; ///< origin between the femoral heads, patient coordinates
  double hipHalfSpan = 88, femoralHeadRadius = 23.5;
  BoneFrame pose; ///< patient coordinates to LPS
  double warpAmplitude = 0, warpCell = 20;

  const PhantomVertebra* find(Level level) const;
  PhantomTruth truth;
};

/// Errors: Usage (a level that the variant lacks, percent or degrees out of range, the same level twice).
Result<SpineDescription> describeSpine(const PhantomOptions& options);

/// Levels of a variant from C1 to the lowest lumbar, without the sacrum.
std::vector<Level> levelsOf(AnatomyVariant variant);

/// Isotropic LPS grid (or sheared by the options' gantry tilt) around the asked levels.
Result<Grid> defaultGrid(const SpineDescription& description, double spacingMm, double marginMm = 30);

// Steps of describeSpine, each usable alone in tests.
/// Places all vertebrae upon the sacrum from their shapes, disc heights and the angles of `discs`.
struct DiscAngles {
  double pitch = 0, roll = 0, twist = 0; ///< radians, of the vertebra above relative to the end plate below
  double slipPercent = 0;
};
void buildChain(SpineDescription& description, const std::vector<DiscAngles>& discs);
PhantomTruth measureTruth(const SpineDescription& description);
/// A point of the patient as it is drawn: through the warp and the pose.
PointLps drawnAt(const SpineDescription& description, PointLps patient);

/// Mid-sagittal and mid-coronal corners of a body, local to its frame.
struct BodyCorners {
  VectorLps superiorAnterior, superiorMiddle, superiorPosterior, superiorLeft, superiorRight;
  VectorLps inferiorAnterior, inferiorMiddle, inferiorPosterior, inferiorLeft, inferiorRight;
};
BodyCorners cornersOf(const BodyShape& body);
/// Left pedicle's centre and tip of the spinous process, local to the vertebra's frame.
VectorLps pedicleCentre(const PhantomVertebra& vertebra);
VectorLps spinousTip(const PhantomVertebra& vertebra);

} // namespace spondyl
