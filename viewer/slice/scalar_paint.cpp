#include "viewer/slice/scalar_paint.h"

#include "core/base/parallel.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double margin = 8, lineHeight = 15, padding = 8;
constexpr double legendWidth = 236, legendHeight = 72, smallHeight = 42, smallView = 300;
constexpr double barHeight = 8;

QString text(const std::string& s) {
  return QString::fromStdString(s);
}
QString number(double value) {
  return QString::number(value, 'g', 3);
}

/// The scale as it looks over black at this opacity.
QImage scaleBar(double opacity) {
  QImage bar(scalarColours, 1, QImage::Format_RGB32);
  auto* line = reinterpret_cast<QRgb*>(bar.scanLine(0));
  for (int n = 0; n < scalarColours; ++n) {
    const ScalarColour& c = scalarTable()[std::size_t(n)];
    const double alpha = double(c.alpha) * opacity;
    line[n] = qRgb(int(c.r * alpha), int(c.g * alpha), int(c.b * alpha));
  }
  return bar;
}

bool isSmall(const SliceInput& input) {
  return input.width < smallView || input.height < smallView;
}

} // namespace

bool showsScalar(const SliceInput& input) {
  return input.scalar && input.scalar->map && input.volume && input.state.scalarOpacity > 0;
}

ViewState labelStateOf(const SliceInput& input) {
  ViewState state = input.state;
  if (showsScalar(input) && state.labels == LabelDisplay::FillAndOutline)
    state.labels = LabelDisplay::Outline;
  return state;
}

void paintScalar(QImage& picture, const std::vector<float>& stored, const ScalarOverlay& overlay,
                 double opacity) {
  const auto width = std::size_t(picture.width());
  const Rescale rescale = overlay.map->rescale();
  const double scale = (scalarColours - 1) / overlay.top;
  const auto gain = float(rescale.slope * scale), offset = float(rescale.intercept * scale);
  const auto whole = float(std::clamp(opacity, 0.0, 1.0) * 256);
  auto* const bits = picture.bits();
  const auto stride = std::size_t(picture.bytesPerLine());
  parallelFor(std::size_t(picture.height()), 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y) {
      auto* const line = reinterpret_cast<QRgb*>(bits + y * stride);
      const float* from = stored.data() + y * width;
      for (std::size_t x = 0; x < width; ++x) {
        const float place = from[x] * gain + offset;
        if (!(place >= 0.5f)) // also NaN
          continue;
        const ScalarColour& c = scalarTable()[std::size_t(std::min(place + 0.5f, scalarColours - 1.0f))];
        const auto alpha = std::uint32_t(c.alpha * whole), keep = 256 - alpha;
        const std::uint32_t under = line[x];
        const std::uint32_t rb = ((under & 0xFF00FF) * keep + (std::uint32_t(c.r) << 16 | c.b) * alpha) >> 8;
        const std::uint32_t g = ((under & 0x00FF00) * keep + (std::uint32_t(c.g) << 8) * alpha) >> 8;
        line[x] = 0xFF000000u | (rb & 0xFF00FF) | (g & 0x00FF00);
      }
    }
  });
}

QRectF legendBox(const SliceInput& input, double lines) {
  const bool small = isSmall(input);
  const double height = small ? smallHeight : legendHeight;
  const double width = std::min(legendWidth, input.width - 2 * margin);
  const double below = small ? 20 : lineHeight * lines + 6; // "not for diagnostic use", or the corner text
  return {margin, input.height - margin - below - height, width, height};
}

void paintLegend(QPainter& painter, const SliceInput& input, double lines) {
  if (!showsScalar(input))
    return;
  const ScalarOverlay& overlay = *input.scalar;
  const QRectF box = legendBox(input, lines);
  painter.save();
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  QColor plate = colourOf(palette::panel, 225);
  painter.setPen(QPen(QColor(0x2B, 0x30, 0x36), 1));
  painter.setBrush(plate);
  painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
  const QRectF inner = box.adjusted(padding, padding - 2, -padding, -padding + 2);
  const QColor primary = colourOf(palette::textPrimary), secondary = colourOf(palette::textSecondary);
  const auto write = [&](const QRectF& where, int flags, const QString& words, const QFont& font,
                         QColor colour) {
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(where, flags | Qt::AlignVCenter,
                     QFontMetricsF(font).elidedText(words, Qt::ElideRight, where.width()));
  };
  const QRectF first(inner.left(), inner.top(), inner.width(), lineHeight);
  write(first, Qt::AlignLeft, text(scalarTitle(overlay)), imageFont(12, true), primary);
  // 0 ▬▬▬▬ top, on a line of its own.
  const double ends = 26, y = first.bottom() + 3;
  const QRectF bar(inner.left() + 12, y + (lineHeight - barHeight) / 2, inner.width() - 12 - ends, barHeight);
  write({inner.left(), y, 12, lineHeight}, Qt::AlignLeft, QStringLiteral("0"), imageFont(11), secondary);
  write({inner.right() - ends, y, ends, lineHeight}, Qt::AlignRight, number(overlay.top), imageFont(11),
        secondary);
  painter.drawImage(bar, scaleBar(input.state.scalarOpacity));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(255, 255, 255, 60), 1));
  painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5));
  painter.drawLine(QPointF(bar.center().x(), bar.bottom()), QPointF(bar.center().x(), bar.bottom() + 3));
  if (!isSmall(input)) {
    const QRectF third(inner.left(), y + lineHeight + 1, inner.width(), lineHeight);
    write(third, Qt::AlignLeft, text(scalarUnit(overlay)), imageFont(11), secondary);
    write(third.translated(0, lineHeight - 1), Qt::AlignLeft, QStringLiteral("not for diagnostic use"),
          imageFont(11), colourOf(palette::attention));
  }
  painter.restore();
}

} // namespace spondyl::viewer
