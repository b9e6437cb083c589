#pragma once
// The phantom's options as words: "C1-S1", "L1:wedge:35", "L4:25", "l6".

#include "core/base/result.h"
#include "core/phantom/options.h"

#include <string>

namespace spondyl::app {

/// Errors of all: Usage, with what is wrong and an example of the right form.
Status parseLevelRange(const std::string& word, PhantomOptions& options);
Result<FractureRequest> parseFracture(const std::string& word);
Result<SlipRequest> parseSlip(const std::string& word);
Result<AnatomyVariant> parseAnatomy(const std::string& word);

} // namespace spondyl::app
