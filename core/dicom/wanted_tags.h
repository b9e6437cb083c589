#pragma once
// Which attributes the walk keeps, and which sequences it knows where an implicit encoding does not name
// them.

#include "core/dicom/tags.h"

namespace spondyl::dicom {

bool isWanted(tag::Tag t);        ///< at the top of the data set
bool isWantedInFrame(tag::Tag t); ///< within the functional groups of multi-frame objects
bool isKnownSequence(tag::Tag t);

} // namespace spondyl::dicom
