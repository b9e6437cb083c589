#include "inference/engine/loaded_network.h"

namespace spondyl::inference {
namespace {

std::string lastWordOf(const Error& error) {
  return error.arguments.empty() ? std::string(errorCodeName(error.code)) : error.arguments.back();
}

std::string cannotBeUsed(const Device& device, const Device& instead, const std::string& why) {
  return "The device " + device.name() + " could not be used (" + why + "); the networks ran on " +
         instead.name() + ".";
}

} // namespace

std::optional<Precision> quickPrecisionOn(const Device& device) {
  // bfloat16 on the CPU is measured and left off: docs/PERFORMANCE.md, "The engine".
  return device.cuda ? std::optional(Precision::Float16) : std::nullopt;
}

Status LoadedNetwork::begin(std::size_t smallestWindow) {
  m_smallestWindow = smallestWindow;
  m_tooLarge = {};
  m_notices.clear();
  m_precisionBefore.clear();
  if (m_at != m_first) {
    m_at = m_first;
    m_probed.reset();
  }
  if (m_first > 0)
    m_notices.push_back(cannotBeUsed(m_devices[m_first - 1], m_devices[m_first], m_broken));
  if (m_probed) {
    m_probed->begin();
    return {};
  }
  Status loaded = load();
  while (!loaded && hasNext()) {
    m_broken = lastWordOf(loaded.error());
    m_notices.push_back(cannotBeUsed(m_devices[m_at], m_devices[m_at + 1], m_broken));
    // Memory may be free again in the next job.
    if (loaded.error().code != ErrorCode::OutOfMemory)
      m_first = m_at + 1;
    ++m_at;
    loaded = load();
  }
  return loaded;
}

Status LoadedNetwork::load() {
  m_probed.reset();
  m_quick.reset();
  m_exact.reset();
  SPONDYL_TRY(m_exact, m_loader(m_devices[m_at], Precision::Float32));
  const auto precision = quickPrecisionOn(m_devices[m_at]);
  if (precision)
    if (auto quick = m_loader(m_devices[m_at], *precision)) // else float32 alone
      m_quick = std::move(quick).value();
  m_probed.emplace(*m_exact, m_quick.get(), precision.value_or(Precision::Float32), m_classes);
  return {};
}

void LoadedNetwork::leave(const Error& why) {
  const Device& failed = m_devices[m_at];
  const Device& next = m_devices[m_at + 1];
  if (m_probed && m_probed->precision() != precisionName(Precision::Float32))
    m_precisionBefore = m_probed->precision();
  if (why.code == ErrorCode::OutOfMemory) {
    m_notices.push_back("The memory of " + failed.name() +
                        " was too small even for the smallest window; the networks "
                        "went on with " +
                        next.name() + ".");
  } else {
    m_broken = lastWordOf(why);
    m_notices.push_back("The device " + failed.name() + " failed (" + m_broken +
                        "); the networks went on with " + next.name() + ".");
    m_first = m_at + 1;
  }
  ++m_at;
}

Result<std::span<const float>> LoadedNetwork::run(std::span<const float> window, const Shape& shape) {
  while (true) {
    auto answer = m_probed->run(window, shape);
    if (answer || !hasNext())
      return answer;
    const bool memory = answer.error().code == ErrorCode::OutOfMemory;
    if (memory && voxelCount(shape) > m_smallestWindow && shape != m_tooLarge) {
      m_tooLarge = shape; // if it comes back with the same, it has no smaller one
      return answer;
    }
    leave(answer.error());
    SPONDYL_CHECK(load());
  }
}

std::string LoadedNetwork::precision() const {
  return m_precisionBefore.empty() && m_probed ? m_probed->precision() : m_precisionBefore;
}

} // namespace spondyl::inference
