#pragma once
// Where client and worker of one build meet.

#include "core/base/file.h"

namespace spondyl::inference {

/// Names one build of the worker program: its path, size and time of change. Empty if there is no such file.
std::string buildOf(const Path& program);
/// Name of the socket in the runtime folder; workers of different builds do not meet.
std::string socketName(const std::string& build);

} // namespace spondyl::inference
