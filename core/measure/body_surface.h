#pragma once
// The surface of a vertebral body from its mask: end plates and walls as smooth functions in the body's own
// frame, fitted below the voxel size. Osteophytes are kept out: the outer 15 % of end plates and walls is not
// looked at, the fit is carried on to where end plate and wall meet.

#include "core/image/volume.h"
#include "core/measure/local_frame.h"
#include "core/measure/mask.h"
#include "core/measure/surface_fit.h"

#include <optional>
#include <vector>

namespace spondyl {

/// Where an end plate and the walls meet.
struct PlateCorners {
  LocalPoint anterior, posterior, left, right;
};

/// How far outwards of the fitted end plate the image shows its edge, mm: what is left after the fit, so that
/// much means that mask and image disagree. nullopt: no edge seen.
struct PlateEdges {
  std::optional<double> anterior, middle, posterior;
};

/// How far the image shows the rims of an end plate above the fitted surface (w, mm); nullopt: not to be
/// seen.
struct PlateRims {
  std::optional<double> anterior, posterior;
};

struct BodySurface {
  LocalFrame frame;                  ///< origin: centroid of the body; u = 0 is its mid-sagittal plane
  FittedSurface superior, inferior;  ///< w over (u, v)
  FittedSurface anterior, posterior; ///< v over (u, w), near the mid-sagittal plane
  FittedSurface left, right;         ///< u over (v, w), near the mid-coronal plane
  double middleDepth = 0;            ///< v of the mid-coronal plane
  PlateCorners superiorCorners, inferiorCorners;
  double frontLimit = 0, backLimit = 0, leftLimit = 0, rightLimit = 0; ///< how far the mask itself reaches
  double superiorMiddle = 0,
         inferiorMiddle = 0; ///< w at mid-depth, as the mask has it there (not only the fit)
  PlateEdges superiorEdges, inferiorEdges;
  PlateRims superiorRims, inferiorRims;
  double widthMm = 0; ///< largest transverse extent at mid-height
  double areaMm2 = 0; ///< of the mask in the mid-body plane

  double frontAt(double w) const { return anterior.at(0, w); }
  double backAt(double w) const { return posterior.at(0, w); }
};

/// First and last crossing of the mask's surface along a straight line, as distances from `from`.
struct Crossing {
  double first = 0, last = 0;
};
std::optional<Crossing> crossings(const LocalMask& mask, PointLps from, VectorLps direction, double length,
                                  double step);

/// Distance of neighbouring voxel centres along a direction, mm.
double voxelAlong(const Grid& grid, VectorLps direction);

/// Fits the body. `up` is a first guess of superior (it may be 40° off), `posteriorOf` any point that lies
/// straight behind the body; `ct` may be null. nullopt: too few voxels to see two end plates.
std::optional<BodySurface> fitBody(const LocalMask& body, VectorLps up, PointLps posteriorOf,
                                   const Volume* ct);

/// Moves end plates, back and front wall to where the image shows them, as far as voxels can err; says how
/// far off it shows the end plates otherwise.
void alignToImage(const Volume& ct, BodySurface& surface);

} // namespace spondyl
