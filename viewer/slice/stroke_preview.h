#pragma once
// A brush stroke in progress, shown as exactly the voxels that the edit will change.

#include "viewer/slice/reslice.h"

#include "core/edit/edit.h"

namespace spondyl::viewer {

/// Ids of a plane with a stroke painted in, kept from call to call: only the stroke's new part is worked on.
class StrokePreview {
 public:
  /// `ids`: the plane of `map` on `raster`. Returns the plane with the stroke applied.
  const std::vector<std::uint16_t>& painted(const PaintStroke& stroke, const LabelMap& map,
                                            const Raster& raster, const std::vector<std::uint16_t>& ids);
  void clear() { *this = {}; }

 private:
  std::vector<std::uint16_t> m_before, m_ids;
  Raster m_raster;
  PaintStroke m_stroke; ///< as far as it is painted
  bool m_started = false;
};

} // namespace spondyl::viewer
