#ifdef SPONDYL_WITH_GUI
#include "app/cli/levels_sheet.h"

#include <algorithm>

namespace spondyl::app {
namespace {

constexpr int gap = 4;
constexpr double shownMm = 130; // a lumbar vertebra with its transverse processes

// Columns for cells as near to square as may be.
int columnsFor(int count, int width, int height) {
  int best = 1;
  double bestRatio = 0;
  for (int columns = 1; columns <= count; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const double w = double(width) / columns, h = double(height) / rows;
    const double side = std::min(w, h);
    if (side > bestRatio) {
      bestRatio = side;
      best = columns;
    }
  }
  return best;
}

} // namespace

Result<QImage> levelsSheet(viewer::Photographer& photographer, const Case& document,
                           const viewer::CaptureRequest& request) {
  const EffectiveCase shown = effective(document, request.includeProposed);
  const std::vector<ChainEntry>& entries = shown.chain.entries;
  if (entries.empty())
    return fail(ErrorCode::UnknownItem, {"labelled", "vertebra"}, "levelsSheet");
  const int count = int(entries.size());
  const int columns = columnsFor(count, request.width, request.height),
            rows = (count + columns - 1) / columns;
  viewer::CaptureRequest cell = request;
  cell.view = viewer::CaptureView::Axial;
  cell.level.reset();
  cell.width = std::max(16, (request.width - (columns - 1) * gap) / columns);
  cell.height = std::max(16, (request.height - (rows - 1) * gap) / rows);
  if (!cell.fieldOfViewMm)
    cell.fieldOfViewMm = shownMm;
  std::vector<QImage> pictures;
  for (const ChainEntry& entry : entries) {
    // What the field of view cut has no end plates to go by: the patient's axial plane through it.
    cell.instance = entry.whole ? entry.instance : InstanceId{};
    cell.at = entry.whole ? std::nullopt : std::optional(entry.centroid);
    SPONDYL_TRY(QImage picture, photographer.take(cell));
    pictures.push_back(std::move(picture));
  }
  QImage sheet(request.width, request.height, QImage::Format_RGB32);
  sheet.fill(QColor(0x2B, 0x30, 0x36)); // the contact sheet's own ground, where cells do not fill the size
  const QImage cells = viewer::contactSheet(pictures, columns, gap);
  for (int y = 0; y < std::min(sheet.height(), cells.height()); ++y)
    std::copy_n(reinterpret_cast<const QRgb*>(cells.constScanLine(y)), std::min(sheet.width(), cells.width()),
                reinterpret_cast<QRgb*>(sheet.scanLine(y)));
  return sheet;
}

} // namespace spondyl::app
#endif
