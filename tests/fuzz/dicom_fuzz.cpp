// Any bytes as a DICOM file: walk, headers, frames, sorting, pixels of small images, text.
#include "core/dicom/decode.h"
#include "core/dicom/sort.h"
#include "core/dicom/text.h"

#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace spondyl;

namespace {

constexpr std::size_t mostImages = 4;
constexpr int mostPixels = 1 << 18;

// The loader opens paths: a file in memory has one.
class MemoryFile {
 public:
  MemoryFile() : m_descriptor(memfd_create("fuzz", 0)) {
    if (m_descriptor < 0)
      std::abort();
  }
  Path fill(const std::uint8_t* data, std::size_t size) const {
    if (ftruncate(m_descriptor, 0) != 0 || pwrite(m_descriptor, data, size, 0) != static_cast<ssize_t>(size))
      std::abort();
    return "/proc/self/fd/" + std::to_string(m_descriptor);
  }

 private:
  int m_descriptor;
};

void readAsText(std::string_view bytes) {
  const std::vector<std::string> sets[] = {{"ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 159"},
                                           {"", "ISO 2022 IR 149", "ISO 2022 IR 58"},
                                           {"GB18030"},
                                           {"ISO_IR 192"},
                                           {}};
  for (const auto& set : sets)
    if (!dicom::isUtf8(dicom::toUtf8(bytes, set, bytes.size() % 2 == 0)))
      std::abort(); // what is shown is always UTF-8
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MemoryFile file;
  readAsText({reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 200)});
  const auto headers = dicom::readImageHeaders(file.fill(data, size));
  if (!headers)
    return 0;
  static_cast<void>(dicom::sortIntoStudies(*headers));
  for (std::size_t k = 0; k < std::min(headers->size(), mostImages); ++k) {
    const dicom::ImageHeader& h = (*headers)[k];
    if (h.layout.rows * h.layout.columns > mostPixels ||
        (h.tile && h.tile->rows * h.tile->columns > mostPixels))
      continue;
    std::vector<std::byte> cells(static_cast<std::size_t>(h.layout.rows) *
                                 static_cast<std::size_t>(h.layout.columns) *
                                 static_cast<std::size_t>(h.layout.bitsAllocated / 8));
    static_cast<void>(static_cast<bool>(dicom::decodeCells(h, cells)));
  }
  return 0;
}
