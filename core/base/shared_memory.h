#pragma once
// Memory that two processes see, without a name in any file system: nothing is left behind, whoever dies.

#include "core/base/local_socket.h"

namespace spondyl {

class SharedMemory {
 public:
  SharedMemory() = default;
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  /// New, zeroed, writable. Errors: OutOfMemory.
  static Result<SharedMemory> create(std::size_t bytes);
  /// Read-only view of what another process sealed. Refuses a size other than expected and memory that could
  /// still shrink or change. Errors: ProtocolViolation, OutOfMemory.
  static Result<SharedMemory> open(Descriptor descriptor, std::size_t bytes);

  std::size_t size() const { return m_bytes; }
  const std::byte* data() const { return m_data; }
  std::byte* writable() { return m_writable ? m_data : nullptr; }
  /// Ends writing for good and hands out the descriptor to pass on; the view here is closed.
  Result<Descriptor> seal() &&;

 private:
  void unmap();
  Descriptor m_descriptor;
  std::byte* m_data = nullptr;
  std::size_t m_bytes = 0;
  bool m_writable = false;
};

} // namespace spondyl
