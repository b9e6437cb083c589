#include "core/base/file.h"
#include "core/base/id.h"

#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace spondyl {
namespace {

class Sha256 {
 public:
  Sha256() : m_context(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
  }
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(m_context.get(), data, size); }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_context.get(), digest, &size);
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (unsigned int b = 0; b < size; ++b) {
      out += digits[digest[b] >> 4];
      out += digits[digest[b] & 15];
    }
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

struct Uuid {
  unsigned char bytes[16];
  Uuid() {
    RAND_bytes(bytes, sizeof bytes);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  }
};

} // namespace

std::string sha256Hex(std::span<const std::byte> bytes) {
  Sha256 sha;
  sha.add(bytes.data(), bytes.size());
  return sha.hex();
}

std::string sha256Hex(std::string_view bytes) {
  return sha256Hex(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

Result<std::string> sha256OfFile(const Path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(ErrorCode::FileNotFound, {path.string()}, "sha256OfFile");
  Sha256 sha;
  std::vector<char> buffer(1 << 20);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
    sha.add(buffer.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad())
    return fail(ErrorCode::FileUnreadable, {path.string(), "read error"}, "sha256OfFile");
  return sha.hex();
}

std::string newUuid() {
  const Uuid uuid;
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (int b = 0; b < 16; ++b) {
    if (b == 4 || b == 6 || b == 8 || b == 10)
      out += '-';
    out += digits[uuid.bytes[b] >> 4];
    out += digits[uuid.bytes[b] & 15];
  }
  return out;
}

std::string newDicomUid() {
  // PS3.5 B.2: 2.25. followed by the UUID as one decimal integer without leading zeros.
  const Uuid uuid;
  std::string decimal; // least significant digit first
  for (const unsigned char byte : uuid.bytes) {
    int carry = byte;
    for (char& digit : decimal) {
      const int v = (digit - '0') * 256 + carry;
      digit = static_cast<char>('0' + v % 10);
      carry = v / 10;
    }
    for (; carry > 0; carry /= 10)
      decimal += static_cast<char>('0' + carry % 10);
  }
  return "2.25." + std::string(decimal.rbegin(), decimal.rend());
}

} // namespace spondyl
