#pragma once
// SQLite ends a write-ahead log silently at its first frame whose checksum fails. That is right for the step
// that was being written when the power went, and wrong for damage in the middle: this looks behind that
// frame.

#include "core/base/file.h"

namespace spondyl::detail {

/// How many transactions lie behind the first bad frame of the log and are therefore ignored by SQLite, that
/// frame's own included. 0: the log is whole, empty or absent. 1 may be the step that was being written.
int transactionsBehindDamage(const Path& log);

} // namespace spondyl::detail
