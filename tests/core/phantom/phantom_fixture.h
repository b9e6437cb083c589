#pragma once

#include "core/phantom/draw.h"
#include "core/phantom/paint.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace spondyl {

inline SpineDescription described(const PhantomOptions& options) {
  auto d = describeSpine(options);
  REQUIRE(d.ok());
  return std::move(d).value();
}
inline Grid gridOf(const SpineDescription& d, double spacing, double margin = 10) {
  auto g = defaultGrid(d, spacing, margin);
  REQUIRE(g.ok());
  return g.value();
}
inline PointLps landmark(const SpineDescription& d, const std::string& id) {
  for (const PhantomLandmark& l : d.truth.landmarks)
    if (l.id == id)
      return l.lps;
  FAIL("no landmark " << id);
  return {};
}
inline const PhantomLevelTruth& levelTruth(const SpineDescription& d, Level level) {
  const auto it = std::find_if(d.truth.levels.begin(), d.truth.levels.end(),
                               [&](const auto& t) { return t.level == level; });
  REQUIRE(it != d.truth.levels.end());
  return *it;
}
inline PhantomOptions lumbar() {
  PhantomOptions o;
  o.from = Level::L2;
  o.to = Level::L4;
  return o;
}

} // namespace spondyl
