#pragma once
// Golden pictures: tests/golden/NAME.png, compared with a stated tolerance. SPONDYL_UPDATE_GOLDEN=1 writes
// them anew.

#include <QColor>
#include <QImage>

#include <string>

class QApplication;

namespace spondyl::testing {

/// The test program's application, off-screen.
QApplication& application();

struct PictureDifference {
  bool found = false;  ///< the golden picture exists and has the same size
  double fraction = 1; ///< of pixels that differ by more than the tolerance in any channel
  std::string words;   ///< for INFO: what to look at
};
/// `tolerance`: grey levels of a channel.
PictureDifference compareToGolden(const QImage& picture, const std::string& name, int tolerance);

/// Centre of the pixels for which a colour is within `tolerance` of `colour`, and how many there are.
struct ColourCentre {
  double x = 0, y = 0;
  int count = 0;
};
ColourCentre centreOfColour(const QImage& picture, QColor colour, int tolerance);
/// Same, of pixels at least this bright.
ColourCentre centreOfBright(const QImage& picture, int least);

} // namespace spondyl::testing
