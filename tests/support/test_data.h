#pragma once
// Real files come through SPONDYL_TEST_DATA; a test that needs one and has none says so and is counted as
// skipped by scripts/test.sh (which refuses to run without the variable in CI).

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>

namespace spondyl::test {

inline std::optional<std::filesystem::path> dataFolder() {
  const char* folder = std::getenv("SPONDYL_TEST_DATA");
  if (!folder || !*folder)
    return std::nullopt;
  return std::filesystem::path(folder);
}

} // namespace spondyl::test

/// In a TEST_CASE: `SPONDYL_NEED_DATA(data);` declares `data`, or ends the test with the words that the
/// runner counts.
#define SPONDYL_NEED_DATA(name)                                                                              \
  const auto name##_optional = spondyl::test::dataFolder();                                                  \
  if (!name##_optional) {                                                                                    \
    WARN("SKIPPED: SPONDYL_TEST_DATA is not set");                                                           \
    return;                                                                                                  \
  }                                                                                                          \
  const std::filesystem::path name = *name##_optional
