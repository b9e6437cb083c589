#pragma once
// A network on the device that a request means, and what happens where that device fails: computing goes on
// with the next one, and the result says so. Decides only; what loads and computes is handed in.

#include "inference/engine/device.h"
#include "inference/engine/probed_network.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace spondyl::inference {

/// What may be tried beside float32; nothing: only float32.
std::optional<Precision> quickPrecisionOn(const Device& device);

class LoadedNetwork final : public Network {
 public:
  using Loader = std::function<Result<std::unique_ptr<Network>>(const Device&, Precision)>;
  /// `devices`: in the order in which to try them; a single one is binding. `classes`: as ProbedNetwork has
  /// them.
  LoadedNetwork(std::vector<Device> devices, int classes, Loader loader)
      : m_devices(std::move(devices)), m_classes(classes), m_loader(std::move(loader)) {}

  /// Before every job: forgets what was said and found in the one before, takes the first device that is not
  /// broken and loads the network there. `smallestWindow`: voxels of the smallest window with which the job
  /// would come back after OutOfMemory. Errors: of the last device that is left.
  Status begin(std::size_t smallestWindow);
  int channels() const override { return m_exact->channels(); }
  /// A device that fails is left for good, one whose memory is too small even for the smallest window until
  /// the next job; the window is computed on the next one. Errors: of the last device; OutOfMemory of an
  /// earlier one where a smaller window may help.
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override;

  /// Where the last window was computed.
  const Device& device() const { return m_devices[m_at]; }
  /// "float32", or the less precise one if any window of this job was computed in it.
  std::string precision() const;
  /// For the reader: which device could not be used or failed in this job, and why.
  const std::vector<std::string>& notices() const { return m_notices; }

 private:
  Status load();
  bool hasNext() const { return m_at + 1 < m_devices.size(); }
  void leave(const Error& why);

  std::vector<Device> m_devices;
  int m_classes;
  Loader m_loader;
  std::size_t m_at = 0;    ///< of the device in use
  std::size_t m_first = 0; ///< of the first one that is not broken
  std::string m_broken;    ///< why those before it are
  std::size_t m_smallestWindow = 0;
  Shape m_tooLarge{}; ///< last window that did not fit
  std::unique_ptr<Network> m_exact, m_quick;
  std::optional<ProbedNetwork> m_probed;
  std::string m_precisionBefore; ///< of the device that was left in this job
  std::vector<std::string> m_notices;
};

} // namespace spondyl::inference
