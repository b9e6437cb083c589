#pragma once
// What the four corners of a slice say.

#include "viewer/slice/render_slice.h"
#include "viewer/state/mark.h"

#include <QString>
#include <QStringList>

namespace spondyl::viewer {

/// A plate in the corner about the pixels themselves.
struct CornerMark {
  QString text;
  bool warns = false;
};
struct CornerTexts {
  QStringList topLeft, topRight, bottomLeft, bottomRight;
  QString status; ///< of the labels: "AI: not reviewed"; empty if none are shown
  bool unreviewed = false;
  std::vector<CornerMark> marks; ///< "lossy", "interpolated": from below to above
};
/// Of the image shown; nullptr: it is none.
const Radiograph* radiographOf(const SliceInput& input);
MarkUnits unitsOf(const SliceInput& input);

CornerTexts cornerTexts(const SliceInput& input, const SliceGeometry& geometry);
/// Of a curved view.
CornerTexts curvedTexts(const SliceInput& input, const CurvedGeometry& geometry);
/// The upper corners and the status alone: what every view says. `document` and `shown` may be none.
CornerTexts identityTexts(const Case* document, const EffectiveCase* shown, const ViewState& state);

/// The view's name: "Sagittal", "Oblique axial", "Axial, L3".
QString planeName(const SliceInput& input);

/// "R 12.3  A 4.0  F 120.5 mm".
QString positionText(PointLps p);

} // namespace spondyl::viewer
