#pragma once
// Identifiers that do not mix: Id<struct StudyTag> and Id<struct LayerTag> are different types.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace spondyl {

template <class Tag, class Rep = std::uint32_t>
struct Id {
  Rep value = 0; ///< 0 = none
  constexpr explicit operator bool() const { return value != 0; }
  constexpr auto operator<=>(const Id&) const = default;
};

/// A new random (version 4) UUID as text, lower case.
std::string newUuid();
/// A new DICOM UID under 2.25 (UUID as a decimal number), at most 64 characters.
std::string newDicomUid();

} // namespace spondyl

template <class Tag, class Rep>
struct std::hash<spondyl::Id<Tag, Rep>> {
  std::size_t operator()(const spondyl::Id<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
