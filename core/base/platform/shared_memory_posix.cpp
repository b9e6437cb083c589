#include "core/base/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spondyl {
namespace {
constexpr int allSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Error noMemory(std::size_t bytes, const char* where) {
  return fail(ErrorCode::OutOfMemory, {std::to_string(bytes >> 20), "?"}, where);
}
} // namespace

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : m_descriptor(std::move(other.m_descriptor)), m_data(std::exchange(other.m_data, nullptr)),
      m_bytes(std::exchange(other.m_bytes, 0)), m_writable(other.m_writable) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  if (this != &other) {
    unmap();
    m_descriptor = std::move(other.m_descriptor);
    m_data = std::exchange(other.m_data, nullptr);
    m_bytes = std::exchange(other.m_bytes, 0);
    m_writable = other.m_writable;
  }
  return *this;
}

SharedMemory::~SharedMemory() {
  unmap();
}

void SharedMemory::unmap() {
  if (m_data)
    ::munmap(m_data, m_bytes);
  m_data = nullptr;
}

Result<SharedMemory> SharedMemory::create(std::size_t bytes) {
  SharedMemory memory;
  memory.m_descriptor = Descriptor(::memfd_create("spondyl", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.m_descriptor || bytes == 0)
    return noMemory(bytes, "SharedMemory::create");
  // Reserving now turns "no space" into an error here instead of a SIGBUS at the first write.
  if (::ftruncate(memory.m_descriptor.value(), off_t(bytes)) != 0 ||
      ::posix_fallocate(memory.m_descriptor.value(), 0, off_t(bytes)) != 0)
    return noMemory(bytes, "SharedMemory::create");
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.m_descriptor.value(), 0);
  if (at == MAP_FAILED)
    return noMemory(bytes, "SharedMemory::create");
  memory.m_data = static_cast<std::byte*>(at);
  memory.m_bytes = bytes;
  memory.m_writable = true;
  return memory;
}

Result<SharedMemory> SharedMemory::open(Descriptor descriptor, std::size_t bytes) {
  struct stat info {};
  if (!descriptor || ::fstat(descriptor.value(), &info) != 0 || std::size_t(info.st_size) != bytes ||
      bytes == 0)
    return fail(ErrorCode::ProtocolViolation, {"size of the shared voxels"}, "SharedMemory::open");
  if ((::fcntl(descriptor.value(), F_GET_SEALS) & allSeals) != allSeals)
    return fail(ErrorCode::ProtocolViolation, {"shared voxels are not sealed"}, "SharedMemory::open");
  void* at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor.value(), 0);
  if (at == MAP_FAILED)
    return noMemory(bytes, "SharedMemory::open");
  SharedMemory memory;
  memory.m_descriptor = std::move(descriptor);
  memory.m_data = static_cast<std::byte*>(at);
  memory.m_bytes = bytes;
  return memory;
}

Result<Descriptor> SharedMemory::seal() && {
  unmap();
  if (::fcntl(m_descriptor.value(), F_ADD_SEALS, allSeals | F_SEAL_SEAL) != 0)
    return fail(ErrorCode::Internal, {"sealing shared memory"}, "SharedMemory::seal");
  return std::move(m_descriptor);
}

} // namespace spondyl
