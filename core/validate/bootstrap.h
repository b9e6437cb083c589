#pragma once
// How sure a figure over a handful of cases is: the cases are drawn again with replacement, many times.

#include <cstdint>
#include <optional>
#include <vector>

namespace spondyl {

/// What one case adds to a figure: the figure is the sum of `sum` over the sum of `count`.
struct CaseShare {
  double sum = 0, count = 0;
};

struct Estimate {
  std::optional<double> value;     ///< none: nothing to count
  std::optional<double> low, high; ///< 95 % percentile interval; none with fewer than two cases that count
  int cases = 0;                   ///< that count
  double count = 0;                ///< things counted in them
};

struct BootstrapOptions {
  int resamples = 2000;
  std::uint64_t seed = 1;
};

/// Cases whose `count` is 0 do not count. The same seed gives the same interval everywhere (SplitMix64,
/// index = number modulo cases).
Estimate bootstrap(const std::vector<CaseShare>& shares, const BootstrapOptions& options = {});

} // namespace spondyl
