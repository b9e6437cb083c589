#pragma once
// Inside inference/protocol only: a card's JSON to values.

#include "inference/protocol/model_package.h"

#include <stdexcept>
#include <string_view>

namespace spondyl::inference::detail {

/// What is wrong with a card, in words that name its keys.
struct BadCard : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Errors: throws BadCard; all missing keys are named at once.
ModelCard cardFrom(std::string_view text);

} // namespace spondyl::inference::detail
