#pragma once
// In a file of its own: LibTorch's headers bring a CHECK that is not Catch's.

#include "core/base/file.h"

namespace spondyl::test {

/// A copy of a network with every weight zero.
void writeZeroed(const Path& network, const Path& copy);

} // namespace spondyl::test
