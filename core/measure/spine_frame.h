#pragma once
// The patient's axes as the anatomy shows them.

#include "core/measure/geometry_store.h"

namespace spondyl {

/// Left across the pelvis (femoral heads, else the sacrum's symmetry), without it the mean of the vertebrae.
/// Superior is weighed from the line through the levels, S1's usual slope and the table; the table counts
/// less the more it disagrees. Less than two levels: the patient axes of the image.
SpineFrame spineFrame(const SpineShapes& shapes);

} // namespace spondyl
