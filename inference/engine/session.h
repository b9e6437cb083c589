#pragma once
// A network ready to compute: checked, loaded, frozen, on its device. No LibTorch in this header.

#include "core/base/file.h"
#include "inference/engine/device.h"
#include "inference/engine/probed_network.h"

#include <memory>

namespace spondyl::inference {

/// What running a network's file needs to know of its card.
struct NetworkSpec {
  std::string name; ///< for messages
  Path file;
  std::string sha256;   ///< of the file, lower-case hex
  int classes = 0;      ///< first output channels: class scores, which become probabilities here
  int values = 0;       ///< channels behind them
  bool mirror = false;  ///< average with the result of the left-right mirrored input
  int mirrorsSign = -1; ///< channel that changes its sign when mirrored (a component along x); -1: none
  bool operator==(const NetworkSpec&) const = default;
};

class Session final : public Network {
 public:
  /// The bytes that are hashed are the bytes that are run. `precision`: of weights and layers; what comes out
  /// is float32. Errors: ModelDamaged, DeviceUnavailable, OutOfMemory.
  static Result<std::unique_ptr<Session>> load(const NetworkSpec& spec, const Device& device,
                                               Precision precision = Precision::Float32);
  ~Session() override;

  const NetworkSpec& spec() const { return m_spec; }
  const Device& device() const { return m_device; }
  int channels() const override { return m_spec.classes + m_spec.values; }
  Result<std::span<const float>> run(std::span<const float> window, const Shape& shape) override;

 private:
  struct Private;
  Session(NetworkSpec spec, Device device, Precision precision);
  NetworkSpec m_spec;
  Device m_device;
  Precision m_precision;
  std::unique_ptr<Private> m;
};

/// Threads that networks use, the caller included; 0: all of the machine.
void setComputeThreads(int threads);
int computeThreads();

} // namespace spondyl::inference
