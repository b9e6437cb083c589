#include "core/store/log_check.h"

#include <array>
#include <cstring>

namespace spondyl::detail {
namespace {

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr std::size_t headerBytes = 32, frameHeaderBytes = 24;
constexpr std::uint32_t magicLittle = 0x377f0682, magicBig = 0x377f0683;

std::uint32_t bigEndian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t b = 0; b < 4; ++b)
    value = (value << 8) | static_cast<unsigned char>(bytes[at + b]);
  return value;
}

std::uint32_t littleEndian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t b = 4; b-- > 0;)
    value = (value << 8) | static_cast<unsigned char>(bytes[at + b]);
  return value;
}

struct Checksum {
  std::uint32_t first = 0, second = 0;
  void add(std::string_view bytes, bool big) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += (big ? bigEndian(bytes, at) : littleEndian(bytes, at)) + second;
      second += (big ? bigEndian(bytes, at + 4) : littleEndian(bytes, at + 4)) + first;
    }
  }
};

} // namespace

int transactionsBehindDamage(const Path& log) {
  const auto read = readFile(log);
  if (!read.ok() || read->size() < headerBytes)
    return 0;
  const std::string_view bytes = *read;
  const std::uint32_t magic = bigEndian(bytes, 0), pageSize = bigEndian(bytes, 8);
  if ((magic != magicLittle && magic != magicBig) || pageSize < 512 || pageSize > 65536)
    return 0;
  const bool big = magic == magicBig;
  Checksum sum;
  sum.add(bytes.substr(0, 24), big);
  bool good = sum.first == bigEndian(bytes, 24) && sum.second == bigEndian(bytes, 28);
  int behind = 0;
  for (std::size_t at = headerBytes; at + frameHeaderBytes + pageSize <= bytes.size();
       at += frameHeaderBytes + pageSize) {
    // Frames of an earlier round have other salts: the log ends before them.
    if (bytes.substr(at + 8, 8) != bytes.substr(16, 8))
      break;
    sum.add(bytes.substr(at, 8), big);
    sum.add(bytes.substr(at + frameHeaderBytes, pageSize), big);
    good = good && sum.first == bigEndian(bytes, at + 16) && sum.second == bigEndian(bytes, at + 20);
    const bool commits = bigEndian(bytes, at + 4) != 0;
    if (!good && commits)
      ++behind;
  }
  return behind;
}

} // namespace spondyl::detail
