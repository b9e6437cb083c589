#pragma once
// Sentences for people. The only place where an Error becomes words (English here; the window translates
// them).

#include "core/base/error.h"

#include <string>

namespace spondyl::app {

/// One clear sentence: what happened, to which file, what would help.
std::string errorSentence(const Error& error);

/// The exit code of the command line for an error (CLI.md).
int exitCodeFor(const Error& error);

} // namespace spondyl::app
