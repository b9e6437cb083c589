#pragma once
// What to do about a model package that is refused: whole lines, the first a sentence, then one for each key
// of its card that is missing.

#include "core/base/error.h"
#include "core/base/file.h"

#include <vector>

namespace spondyl::app {

/// `package`: its folder; `userModels`: where users' packages lie. Empty for errors that are not a package's.
std::vector<std::string> modelMending(const Error& error, const Path& package, const Path& userModels);

} // namespace spondyl::app
