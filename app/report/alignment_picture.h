#pragma once
// The spine as outlines, and its body heights as a plot: drawn, not captured.

#include "core/report/report.h"

#include <QRectF>

class QPainter;

namespace spondyl::app {

/// Bodies seen from the left (anterior at the left) and from the front (the patient's right at the left), in
/// one scale, with the angles that were measured. Dashed: not reviewed; dark: with a finding.
void drawAlignmentPicture(QPainter& painter, const QRectF& area, const Report& report);
bool hasAlignmentPicture(const Report& report);

/// Anterior, middle and posterior height by level.
void drawHeightPlot(QPainter& painter, const QRectF& area, const Report& report);
bool hasHeightPlot(const Report& report);

} // namespace spondyl::app
