#include "app/window/ladder_layout.h"

#include <algorithm>

namespace spondyl::app {
namespace {
constexpr double margin = 8, ghost = 20, smallest = 18, largestPxPerMm = 2.4;
}

LadderLayout ladderLayout(const LevelsModel& model, double height) {
  LadderLayout layout;
  layout.aboveTop = margin + (model.aboveName.empty() ? 0 : ghost);
  const double room = std::max(0.0, height - 2 * margin - (model.aboveName.empty() ? 0 : ghost) -
                                        (model.belowName.empty() ? 0 : ghost));
  const std::size_t count = model.rows.size();
  std::vector<double> heights(count, 0.0);
  double total = 0;
  for (const LevelRow& row : model.rows)
    total += std::max(1.0, row.heightMm);
  const double scale = total > 0 ? std::min(largestPxPerMm, room / total) : 0;
  const double floor = count ? std::min(smallest, room / double(count)) : 0;
  // What the small ones need beyond their share is taken from the others in proportion to what they can
  // spare.
  double lacking = 0, spare = 0;
  for (std::size_t r = 0; r < count; ++r) {
    heights[r] = std::max(1.0, model.rows[r].heightMm) * scale;
    lacking += std::max(0.0, floor - heights[r]);
    spare += std::max(0.0, heights[r] - floor);
  }
  const bool crowded = total * scale + lacking > room;
  double y = layout.aboveTop;
  for (std::size_t r = 0; r < count; ++r) {
    double h = std::max(heights[r], floor);
    if (crowded && heights[r] > floor && spare > 0)
      h -= lacking * (heights[r] - floor) / spare;
    layout.segments.push_back({r, y, y + h});
    y += h;
  }
  layout.belowBottom = y;
  return layout;
}

int ladderRowAt(const LadderLayout& layout, double y) {
  for (const LadderSegment& segment : layout.segments)
    if (y >= segment.top && y < segment.bottom)
      return int(segment.row);
  return -1;
}

} // namespace spondyl::app
