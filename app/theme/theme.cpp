#include "app/theme/theme.h"

#include "app/theme/style_sheet.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>
#include <QSvgRenderer>

/// The macro declares a global function, so it stands outside of our namespaces.
static void initIcons() {
  Q_INIT_RESOURCE(spondyl_icons);
}

namespace spondyl::app::theme {
namespace {

QString family() {
  static const QString found = [] {
    for (const char* name : {"Inter", "Noto Sans", "DejaVu Sans"})
      if (QFontDatabase::families().contains(QString::fromLatin1(name)))
        return QString::fromLatin1(name);
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
  }();
  return found;
}

/// Draws an SVG of the set in the colour of its state. The set uses "currentColor" alone.
class TintedSvgEngine : public QIconEngine {
 public:
  explicit TintedSvgEngine(QByteArray svg) : m_svg(std::move(svg)) {}
  QIconEngine* clone() const override { return new TintedSvgEngine(m_svg); }

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const QRgb colour = mode == QIcon::Disabled                            ? textDisabled
                        : state == QIcon::On                               ? accent
                        : mode == QIcon::Active || mode == QIcon::Selected ? textPrimary
                                                                           : textSecondary;
    QByteArray tinted = m_svg;
    tinted.replace("currentColor", QColor(colour).name().toLatin1());
    QSvgRenderer renderer(tinted);
    renderer.render(painter, QRectF(rect));
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap picture(size);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return picture;
  }

 private:
  QByteArray m_svg;
};

} // namespace

QFont font(Type type, bool strong) {
  QFont f(family());
  switch (type) {
  case Type::Corner:
    f.setPixelSize(11);
    break;
  case Type::Body:
    f.setPixelSize(12);
    break;
  case Type::Value:
    f.setPixelSize(13);
    break;
  case Type::Title:
    f.setPixelSize(15);
    break;
  case Type::Empty:
    f.setPixelSize(20);
    break;
  }
  f.setWeight(strong ? QFont::DemiBold : QFont::Normal);
  return f;
}

QColor labelColour(const std::array<std::uint8_t, 3>& rgb) {
  return QColor(rgb[0], rgb[1], rgb[2]);
}
QString attentionSign() {
  return QStringLiteral("▲");
}
QString errorSign() {
  return QStringLiteral("⬣");
}

QIcon icon(const QString& name) {
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly))
    return {};
  return QIcon(new TintedSvgEngine(file.readAll()));
}

double tabularWidth(const QFont& f, const QString& text) {
  const QFontMetricsF metrics(f);
  const double digit = metrics.horizontalAdvance(QLatin1Char('0'));
  double width = 0;
  for (const QChar c : text)
    width += c.isDigit() ? digit : metrics.horizontalAdvance(c);
  return width;
}

void drawTabular(QPainter& painter, const QRectF& box, Qt::Alignment align, const QString& text) {
  const QFontMetricsF metrics(painter.font());
  const double digit = metrics.horizontalAdvance(QLatin1Char('0'));
  const double width = tabularWidth(painter.font(), text);
  double x = box.left();
  if (align & Qt::AlignRight)
    x = box.right() - width;
  else if (align & Qt::AlignHCenter)
    x = box.center().x() - width / 2;
  const double baseline = box.center().y() + (metrics.capHeight()) / 2;
  for (const QChar c : text) {
    const double advance = metrics.horizontalAdvance(c);
    const double cell = c.isDigit() ? digit : advance;
    painter.drawText(QPointF(x + (cell - advance) / 2, baseline), QString(c));
    x += cell;
  }
}

void apply(QApplication& application) {
  initIcons();
  application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QPalette palette;
  const auto set = [&](QPalette::ColorRole role, QRgb normal, QRgb disabled) {
    palette.setColor(role, QColor(normal));
    palette.setColor(QPalette::Disabled, role, QColor(disabled));
  };
  set(QPalette::Window, windowBackground, windowBackground);
  set(QPalette::WindowText, textPrimary, textDisabled);
  set(QPalette::Base, panel, panel);
  set(QPalette::AlternateBase, raised, raised);
  set(QPalette::Text, textPrimary, textDisabled);
  set(QPalette::PlaceholderText, textDisabled, textDisabled);
  set(QPalette::Button, raised, raised);
  set(QPalette::ButtonText, textPrimary, textDisabled);
  set(QPalette::BrightText, textPrimary, textDisabled);
  set(QPalette::Highlight, accentQuiet, accentQuiet);
  set(QPalette::HighlightedText, textPrimary, textDisabled);
  set(QPalette::ToolTipBase, raised, raised);
  set(QPalette::ToolTipText, textPrimary, textDisabled);
  set(QPalette::Link, accent, textDisabled);
  set(QPalette::Light, lineStrong, lineStrong);
  set(QPalette::Midlight, line, line);
  set(QPalette::Mid, line, line);
  set(QPalette::Dark, windowBackground, windowBackground);
  set(QPalette::Shadow, viewBackground, viewBackground);
  application.setPalette(palette);
  application.setFont(font(Type::Body));
  application.setStyleSheet(styleSheet());
  application.setEffectEnabled(Qt::UI_AnimateMenu, false);
  application.setEffectEnabled(Qt::UI_AnimateCombo, false);
  application.setEffectEnabled(Qt::UI_FadeTooltip, false);
  application.setEffectEnabled(Qt::UI_AnimateTooltip, false);
}

} // namespace spondyl::app::theme
