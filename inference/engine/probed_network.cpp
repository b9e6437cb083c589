#include "inference/engine/probed_network.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace spondyl::inference {
namespace {

std::size_t winner(std::span<const float> answer, std::size_t voxels, std::size_t classes, std::size_t at) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < classes; ++c)
    if (answer[c * voxels + at] > answer[best * voxels + at])
      best = c;
  return best;
}

double largestDifference(std::span<const float> a, std::span<const float> b) {
  double largest = 0;
  for (std::size_t n = 0; n < a.size(); ++n)
    largest = std::max(largest, std::abs(double(a[n]) - double(b[n])));
  return largest;
}

bool allNumbers(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

} // namespace

const char* precisionName(Precision precision) {
  switch (precision) {
  case Precision::Float16:
    return "float16";
  case Precision::BFloat16:
    return "bfloat16";
  case Precision::Float32:
    break;
  }
  return "float32";
}

Agreement agreementOf(std::span<const float> exact, std::span<const float> quick, std::size_t voxels,
                      int classes) {
  Agreement out;
  out.finite = quick.size() == exact.size() && allNumbers(quick);
  if (!out.finite || classes < 1)
    return out;
  const auto count = std::size_t(classes);
  std::vector<std::size_t> inExact(count), inQuick(count), inBoth(count);
  for (std::size_t n = 0; n < voxels; ++n) {
    const std::size_t a = winner(exact, voxels, count, n), b = winner(quick, voxels, count, n);
    ++inExact[a];
    ++inQuick[b];
    if (a == b)
      ++inBoth[a];
  }
  out.telling = double(voxels - inExact[0]) >= leastTellingShare * double(voxels);
  for (std::size_t c = 0; c < count; ++c)
    if (inExact[c] + inQuick[c] >= enoughVoxels)
      out.dice = std::min(out.dice, 2.0 * double(inBoth[c]) / double(inExact[c] + inQuick[c]));
  const std::size_t scores = count * voxels;
  out.probability = largestDifference(exact.first(scores), quick.first(scores));
  out.value = largestDifference(exact.subspan(scores), quick.subspan(scores));
  return out;
}

Result<std::span<const float>> ProbedNetwork::run(std::span<const float> window, const Shape& shape) {
  if (!m_quick || m_state == State::Exact)
    return m_exact.run(window, shape);
  if (m_state == State::Quick) {
    auto answer = m_quick->run(window, shape);
    if (!answer && answer.error().code == ErrorCode::OutOfMemory)
      return answer; // for the caller: smaller windows
    if (answer && allNumbers(*answer)) {
      m_usedQuick = true;
      return answer;
    }
    m_state = State::Exact;
    return m_exact.run(window, shape);
  }
  SPONDYL_TRY(const std::span<const float> exact, m_exact.run(window, shape));
  const auto quick = m_quick->run(window, shape);
  if (!quick) {
    if (quick.error().code == ErrorCode::OutOfMemory)
      return quick.error();
    m_state = State::Exact;
    return exact;
  }
  const Agreement found = agreementOf(exact, *quick, voxelCount(shape), m_classes);
  if (found.telling || !found.finite) {
    m_agreement = found;
    m_state = found.holds() ? State::Quick : State::Exact;
  }
  return exact;
}

void ProbedNetwork::begin() {
  m_state = State::Undecided;
  m_usedQuick = false;
  m_agreement = {};
}

std::string ProbedNetwork::precision() const {
  return precisionName(m_usedQuick ? m_quickPrecision : Precision::Float32);
}

} // namespace spondyl::inference
