#pragma once
// What the masks say about one vertebra: frame, landmarks, sizes, the region for trabecular attenuation.

#include "core/anatomy/level.h"
#include "core/measure/body_surface.h"

#include <optional>
#include <string>
#include <vector>

namespace spondyl {

struct SiteLandmark {
  std::string site; ///< "superior.anterior"; see Landmark::site
  PointLps position;
  double confidence = 1.0;
};

struct VertebraGeometry {
  std::uint64_t revision = 0; ///< of all that went in
  bool hasBody = false;       ///< frame, walls and end plates are known
  std::string whyNoBody;      ///< otherwise: the reason
  LocalFrame frame;
  std::vector<SiteLandmark> landmarks;
  bool bodyCut = false, vertebraCut = false; ///< the mask reaches the edge of the grid
  /// A body labelled by itself, far from the grid's upper and lower edge: whole even if the vertebra is cut,
  /// as the transverse processes of every vertebra are in a narrow sagittal stack.
  bool bodyIsClear = false;
  double widthMm = 0, areaMm2 = 0;
  double bodyVolumeMm3 = 0, vertebraVolumeMm3 = 0;
  bool bodyIsEstimated = false; ///< split off an undivided vertebra by its shape
  bool hasPosterior = false;
  double fitRmsMm = 0;
  PlateEdges superiorEdges, inferiorEdges;
  double heightErrorMm = 0; ///< standard deviation of the body's heights, as far as voxels and surfaces tell
  std::optional<VectorLps> mirrorLeft; ///< of the sacrum: across its plane of symmetry
  /// Voxel centres of the trabecular region: anterior two thirds of the middle of the body, 3 mm off cortex
  /// and end plates; empty if the body is too small.
  std::vector<PointLps> trabecular;
  /// Straight behind the body: centre of the canal, or of the posterior elements; for the axial rotation.
  std::optional<PointLps> dorsal;
  struct Canal {
    double apMm = 0, transverseMm = 0, areaMm2 = 0; ///< in the mid-body plane
    PointLps front, back, left, right;
  };
  std::optional<Canal> canal;

  /// `vertebraWhole`: the chain says that all of the vertebra is in view.
  bool isBodyWhole(bool vertebraWhole) const { return !bodyCut && (vertebraWhole || bodyIsClear); }
  const SiteLandmark* landmark(std::string_view site) const;
  /// How much further apart the image shows the end plates at "anterior", "middle" or "posterior", mm.
  std::optional<double> heightShift(std::string_view place) const;
};

/// What the shape of one vertebra is computed from.
struct VertebraMasks {
  LocalMask body;             ///< may be empty: then `whole` is split
  LocalMask posterior;        ///< posterior elements; may be empty
  LocalMask whole;            ///< an undivided vertebra; may be empty
  LocalMask canal;            ///< canal and its contents near this vertebra; may be empty
  VectorLps up{0, 0, 1};      ///< rough, from the neighbours
  const Volume* ct = nullptr; ///< may be null: the masks alone then
  std::optional<Level> level;
};

VertebraGeometry vertebraGeometry(const VertebraMasks& masks);

/// The vertebral body within an undivided vertebra: the compact mass in front of the canal. Empty if there is
/// none.
LocalMask bodyOfWhole(const LocalMask& whole, VectorLps up);

/// S1's end plate from the sacrum's mask, seen from the vertebra above. `facing`: points on that vertebra's
/// lower end plate (centre first), `frame`: its axes. Empty: nothing to see.
std::vector<SiteLandmark> sacralEndPlate(const LocalMask& sacrum, const LocalFrame& frame, PointLps facing,
                                         double depthMm, double widthMm);

} // namespace spondyl
