#pragma once
// The spine's centre line from what is outlined and named.

#include "viewer/state/curved_sheet.h"

namespace spondyl::viewer {

/// Through bodies and discs, or through the canal at their heights, smoothed: it passes their middles within
/// about a millimetre. None: fewer than two vertebrae, or for
/// the canal fewer than two places where it is outlined.
CentreLinePtr centreLine(const EffectiveCase& shown, const std::string& seriesUid,
                         const std::string& frameOfReferenceUid, CurvedAlong along);

} // namespace spondyl::viewer
