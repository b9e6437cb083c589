#pragma once
// One picture a vertebra in one PNG: `snapshot --view levels`.

#include "viewer/capture/capture.h"

namespace spondyl::app {

/// An axial picture along the end plates of every vertebra (of one that is cut: of the patient), named or
/// not, from above, in rows; exactly the size that `request` asks for. What it says of windowing, labels,
/// slab and annotations holds for each. Errors: UnknownItem (no vertebra), those of Photographer::take().
Result<QImage> levelsSheet(viewer::Photographer& photographer, const Case& document,
                           const viewer::CaptureRequest& request);

} // namespace spondyl::app
