#pragma once
// Where each vertebra stands on the level ladder. No widgets.

#include "app/panels/levels_model.h"

#include <vector>

namespace spondyl::app {

struct LadderSegment {
  std::size_t row = 0; ///< of LevelsModel::rows
  double top = 0, bottom = 0;
};

struct LadderLayout {
  std::vector<LadderSegment> segments;  ///< from above, touching each other
  double aboveTop = 0, belowBottom = 0; ///< room for the names of the neighbours that are not in view
};

/// Heights proportional to the levels' own within the widget's height; none below 18 px as long as there is
/// room, none drawn larger than 2.4 px a mm.
LadderLayout ladderLayout(const LevelsModel& model, double height);
/// Row at a height of the widget; -1 beside the segments.
int ladderRowAt(const LadderLayout& layout, double y);

} // namespace spondyl::app
