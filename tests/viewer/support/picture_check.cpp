#include "tests/viewer/support/picture_check.h"

#include <QApplication>
#include <QDir>
#include <QFile>

#include <cstdlib>

namespace spondyl::testing {

QApplication& application() {
  static int count = 1;
  static char name[] = "test";
  static char* arguments[] = {name, nullptr};
  static QApplication* app = [] {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return new QApplication(count, arguments); // for the whole run: Qt's globals must outlive every test
  }();
  return *app;
}

PictureDifference compareToGolden(const QImage& picture, const std::string& name, int tolerance) {
  const QString path =
      QStringLiteral(SPONDYL_GOLDEN "/") + QString::fromStdString(name) + QStringLiteral(".png");
  QImage plain = picture.convertToFormat(QImage::Format_RGB32);
  plain.setDevicePixelRatio(1);
  if (std::getenv("SPONDYL_UPDATE_GOLDEN"))
    plain.save(path, "PNG", 0);
  PictureDifference out;
  const QImage golden = QImage(path).convertToFormat(QImage::Format_RGB32);
  if (golden.size() == plain.size() && !golden.isNull()) {
    out.found = true;
    qint64 different = 0;
    for (int y = 0; y < plain.height(); ++y)
      for (int x = 0; x < plain.width(); ++x) {
        const QRgb a = plain.pixel(x, y), b = golden.pixel(x, y);
        different += std::abs(qRed(a) - qRed(b)) > tolerance || std::abs(qGreen(a) - qGreen(b)) > tolerance ||
                     std::abs(qBlue(a) - qBlue(b)) > tolerance;
      }
    out.fraction = double(different) / double(qint64(plain.width()) * plain.height());
  }
  const QString actual = QDir::tempPath() + QStringLiteral("/spondyl-golden-") +
                         QString::fromStdString(name) + QStringLiteral(".png");
  if (!out.found || out.fraction > 0)
    plain.save(actual);
  out.words = "golden " + name + ": " + std::to_string(out.fraction * 100) +
              " % of the pixels differ; drawn: " + actual.toStdString();
  return out;
}

namespace {
template <class F>
ColourCentre centreWhere(const QImage& picture, F&& is) {
  ColourCentre c;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x)
      if (is(picture.pixel(x, y))) {
        c.x += x + 0.5;
        c.y += y + 0.5;
        ++c.count;
      }
  if (c.count) {
    c.x /= c.count;
    c.y /= c.count;
  }
  return c;
}
} // namespace

ColourCentre centreOfColour(const QImage& picture, QColor colour, int tolerance) {
  return centreWhere(picture, [&](QRgb p) {
    return std::abs(qRed(p) - colour.red()) <= tolerance &&
           std::abs(qGreen(p) - colour.green()) <= tolerance &&
           std::abs(qBlue(p) - colour.blue()) <= tolerance;
  });
}

ColourCentre centreOfBright(const QImage& picture, int least) {
  return centreWhere(picture,
                     [&](QRgb p) { return qRed(p) >= least && qGreen(p) >= least && qBlue(p) >= least; });
}

} // namespace spondyl::testing
