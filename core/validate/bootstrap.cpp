#include "core/validate/bootstrap.h"

#include "core/validate/surface.h"

namespace spondyl {
namespace {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t m_state;
};

} // namespace

Estimate bootstrap(const std::vector<CaseShare>& shares, const BootstrapOptions& options) {
  std::vector<CaseShare> counting;
  double sum = 0;
  Estimate out;
  for (const CaseShare& share : shares)
    if (share.count > 0) {
      counting.push_back(share);
      sum += share.sum;
      out.count += share.count;
    }
  out.cases = int(counting.size());
  if (counting.empty())
    return out;
  out.value = sum / out.count;
  if (counting.size() < 2 || options.resamples < 1)
    return out;
  SplitMix64 random(options.seed);
  std::vector<double> values;
  values.reserve(std::size_t(options.resamples));
  for (int n = 0; n < options.resamples; ++n) {
    CaseShare drawn;
    for (std::size_t c = 0; c < counting.size(); ++c) {
      const CaseShare& share = counting[random.next() % counting.size()];
      drawn.sum += share.sum;
      drawn.count += share.count;
    }
    values.push_back(drawn.sum / drawn.count);
  }
  out.low = quantileOf(values, 0.025);
  out.high = quantileOf(values, 0.975);
  return out;
}

} // namespace spondyl
