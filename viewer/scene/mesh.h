#pragma once
// Triangles in patient space, mm; plain data that any thread may hold.

#include "core/case/case.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace spondyl::viewer {

struct Mesh {
  std::vector<float> points;            ///< x y z, LPS mm
  std::vector<float> normals;           ///< outward unit vectors, one per point
  std::vector<std::uint32_t> triangles; ///< three point numbers each, counter-clockwise from outside
  std::size_t triangleCount() const { return triangles.size() / 3; }
};
using MeshPtr = std::shared_ptr<const Mesh>;

/// One thing in the 3D view: a vertebra (all its parts), a disc, the sacrum, a rib …
struct Surface {
  InstanceId instance;   ///< none for ribs, hips …
  StructureId structure; ///< the first of its structures
  std::vector<StructureId> structures;
  Part part = Part::None; ///< of `structure`; Vertebra where parts are joined
  MeshPtr fine, coarse;   ///< coarse: while moving
};
using SurfacePtr = std::shared_ptr<const Surface>;

} // namespace spondyl::viewer
