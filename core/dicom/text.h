#pragma once
// DICOM text in its declared character sets to UTF-8.

#include <string>
#include <string_view>
#include <vector>

namespace spondyl::dicom {

/// `characterSets` are the values of Specific Character Set, ISO 2022 code extensions included. Text that is
/// not of its declared set is read as UTF-8 if it is that, else as Latin-1; then `*undecodable` (if given)
/// becomes true. `isPersonName`: '^' and '=' also end a code extension. Control characters other than line
/// ends are dropped.
std::string toUtf8(std::string_view raw, const std::vector<std::string>& characterSets, bool isPersonName,
                   bool* undecodable = nullptr);

bool isUtf8(std::string_view text);

} // namespace spondyl::dicom
