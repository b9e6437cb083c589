#pragma once
// Every colour, size and font of the window (UI.md, Tokens): one place. Widgets ask for a token, never for a
// number.

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

#include <array>
#include <cstdint>

class QApplication;
class QPainter;
class QRectF;

namespace spondyl::app::theme {

// Colours
inline constexpr QRgb viewBackground = 0xff000000, windowBackground = 0xff111315, panel = 0xff181b1e,
                      raised = 0xff20242a, line = 0xff2b3036, lineStrong = 0xff3a4149;
inline constexpr QRgb textPrimary = 0xffd9dde1, textSecondary = 0xff98a0a8, textDisabled = 0xff5b636b;
inline constexpr QRgb accent = 0xffa99cf0, accentQuiet = 0xff2c2a3f;
inline constexpr QRgb attention = 0xffffd9a0, error = 0xfff08a80;

// Grid of 4 px
inline constexpr int gap4 = 4, gap8 = 8, gap12 = 12, gap16 = 16, gap24 = 24;
inline constexpr int rowHeight = 28, buttonHeight = 28, radius = 4, statusHeight = 24;
inline constexpr int railWidth = 40, seriesWidth = 160, ladderWidth = 56, panelMin = 320, panelStart = 360,
                     panelMax = 420;

enum class Type { Corner, Body, Value, Title, Empty };
QFont font(Type type, bool strong = false);

QColor labelColour(const std::array<std::uint8_t, 3>& rgb);
/// A shape that says the severity before its colour does: "▲" attention, "⬣" error.
QString attentionSign();
QString errorSign();

/// An icon of the own set (resources/icons), tinted for normal, active (checked) and disabled, sharp at 1x
/// and 2x.
QIcon icon(const QString& name);

/// Text whose digits all take the same width (Qt 6.4 cannot ask the font for tabular figures).
double tabularWidth(const QFont& font, const QString& text);
void drawTabular(QPainter& painter, const QRectF& box, Qt::Alignment align, const QString& text);

/// Palette, style sheet and font of the whole application.
void apply(QApplication& application);

} // namespace spondyl::app::theme
