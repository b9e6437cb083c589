#pragma once
// The clinical definitions as pure functions of points and numbers (CLINICAL.md §3). Points in any one frame,
// mm.

#include "core/anatomy/level.h"
#include "core/geometry/frames.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spondyl {

/// Heights of one vertebral body, mm.
struct BodyHeights {
  double anterior = 0, middle = 0, posterior = 0;
};

/// Neither anterior nor middle height is a fifth below the posterior one: fit to be a reference. Only the
/// body's own numbers are looked at, so that no cycle arises.
bool isIntactByRatio(const BodyHeights& h);

struct HeightLoss {
  BodyHeights reference;                          ///< mean of the same height of the intact neighbours
  double anterior = 0, middle = 0, posterior = 0; ///< fractions of the reference; negative: taller
  std::vector<std::size_t> from;                  ///< which neighbours
  double largest() const;
};
/// Of entry `at` of a chain from cranial to caudal (nullopt: not measured). Reference: the nearest intact
/// neighbour above and the nearest below (one if only one), not across C7/T1 or L5/S1. `levels` may hold
/// nullopt (unnamed).
std::optional<HeightLoss> heightLoss(std::span<const std::optional<BodyHeights>> chain,
                                     std::span<const std::optional<Level>> levels, std::size_t at);

/// Genant's semiquantitative grade of a loss (fraction): 0 below 0.20, 1 below 0.25, 2 up to 0.40, else 3.
int genantGrade(double loss);
/// "wedge" if most is lost in front, "biconcave" in the middle, "crush" behind or everywhere.
std::string genantShape(const HeightLoss& loss);

/// Facing end plates of a disc: lower plate of the body above, upper plate of the body below.
struct DiscCorners {
  PointLps upperAnterior, upperPosterior, lowerAnterior, lowerPosterior;
};
struct DiscHeights {
  double anterior = 0, posterior = 0; ///< perpendicular to the bisector of the two end plates
  double angleDeg = 0;                ///< between the plates
  double depth = 0;                   ///< length of the upper one
  VectorLps perpendicular;            ///< unit, towards superior
  double dabbs() const { return (anterior + posterior) / 2; }
  double farfan() const { return (anterior + posterior) / depth; }
  /// Distance of any two facing points along the same perpendicular.
  double between(PointLps upper, PointLps lower) const { return dot(upper - lower, perpendicular); }
};
DiscHeights discHeights(const DiscCorners& corners);
/// Mean disc height over the mean height of the two adjacent bodies.
double discHeightIndex(double discHeight, double upperBodyHeight, double lowerBodyHeight);

struct Slip {
  double mm = 0, percent = 0; ///< anterior positive
};
Slip slip(PointLps upperInferiorPosterior, PointLps lowerSuperiorPosterior, PointLps lowerSuperiorAnterior);
/// I to V (spondyloptosis).
int meyerdingGrade(double percent);

/// Angle between two end plate tilts, degrees, as a magnitude.
double cobbAngle(double upperTiltDeg, double lowerTiltDeg);

/// Axial rotation from the dorsal point of the canal to the body's centre; `left` and `posterior` are the
/// reference. Positive: the spinous process points to the patient's right.
double axialRotationDeg(PointLps bodyCentre, PointLps dorsal, VectorLps left, VectorLps posterior);

/// Sagittal points of the pelvis and spine in patient space; only y and z count.
struct SacrumLine {
  PointLps anterior, posterior;
};
double sacralSlopeDeg(const SacrumLine& s1);
double pelvicTiltDeg(const SacrumLine& s1, PointLps hipAxis);
double pelvicIncidenceDeg(const SacrumLine& s1, PointLps hipAxis);
/// T1's centroid seen from the hip axis against the vertical, forward positive.
double t1SpinopelvicInclinationDeg(PointLps t1, PointLps hipAxis);
double t1PelvicAngleDeg(const SacrumLine& s1, PointLps hipAxis, PointLps t1);
/// C7 plumb line to S1's posterior corner, anterior positive, mm.
double sagittalVerticalAxis(PointLps c7, const SacrumLine& s1);

} // namespace spondyl
