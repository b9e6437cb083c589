#pragma once
// Surfaces of a case's labels. A surface is computed again only when a brick that it lies in changed.

#include "viewer/scene/mesher.h"
#include "viewer/state/view_state.h"

#include <map>

namespace spondyl::viewer {

class SurfaceCache {
 public:
  /// All surfaces of the layers shown with this series; several threads. Hidden and rejected structures are
  /// left out. Errors: Cancelled.
  Result<std::vector<SurfacePtr>> update(const EffectiveCase& shown,
                                         const std::vector<const LabelLayer*>& layers,
                                         const std::map<StructureId, bool>& hidden, const JobContext& job);
  /// How many surfaces the last update had to compute.
  std::size_t computed() const { return m_computed; }

 private:
  struct Present {
    std::uint16_t id;
    IndexBox box;
  };
  struct BrickContent {
    BrickPtr brick; ///< held, so that its address stays its name
    std::vector<Present> present;
    bool used = false;
  };
  struct Entry {
    Grid grid;
    std::vector<std::uint16_t> ids;
    std::vector<std::pair<std::size_t, BrickPtr>> bricks;
    SurfacePtr surface;
  };
  const BrickContent& contentOf(const BrickPtr& brick);

  std::map<const LabelBrick*, BrickContent> m_bricks;
  std::map<std::pair<std::uint32_t, std::uint16_t>, Entry> m_entries; ///< by layer and first structure
  std::size_t m_computed = 0;
};

} // namespace spondyl::viewer
