#pragma once
// Warnings of the input as sentences.

#include "core/study/warning.h"

namespace spondyl::app {

std::string warningSentence(const Warning& warning);

} // namespace spondyl::app
