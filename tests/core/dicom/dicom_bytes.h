#pragma once
// DICOM files built byte by byte, right or wrong.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace spondyl::test {

inline std::string le16(unsigned v) {
  return {static_cast<char>(v & 0xFF), static_cast<char>((v >> 8) & 0xFF)};
}
inline std::string le32(std::uint32_t v) {
  return le16(v & 0xFFFF) + le16(v >> 16);
}
inline std::string tagBytes(std::uint32_t t) {
  return le16(t >> 16) + le16(t & 0xFFFF);
}

/// Explicit VR little endian, short form.
inline std::string element(std::uint32_t t, const std::string& vr, std::string value) {
  if (value.size() % 2)
    value += vr == "UI" ? '\0' : ' ';
  return tagBytes(t) + vr + le16(static_cast<unsigned>(value.size())) + value;
}
/// The long form, with any declared length.
inline std::string longElement(std::uint32_t t, const std::string& vr, std::uint32_t declared,
                               const std::string& value = {}) {
  return tagBytes(t) + vr + le16(0) + le32(declared) + value;
}
inline std::string us(std::uint32_t t, unsigned value) {
  return element(t, "US", le16(value));
}
inline std::string item(std::uint32_t declared, const std::string& value = {}) {
  return tagBytes(0xFFFEE000) + le32(declared) + value;
}

inline std::string fileMeta(const std::string& syntax = "1.2.840.10008.1.2.1",
                            const std::string& sopClass = "1.2.840.10008.5.1.4.1.1.2") {
  return std::string(128, '\0') + "DICM" + element(0x00020002, "UI", sopClass) +
         element(0x00020003, "UI", "1.2.3.9") + element(0x00020010, "UI", syntax);
}

/// A CT image's attributes without pixels. `middle` goes between the 0010 and the 0020 group.
inline std::string ctAttributes(unsigned rows = 4, unsigned columns = 4, const std::string& middle = {},
                                unsigned bitsStored = 16, unsigned isSigned = 1,
                                unsigned bitsAllocated = 16) {
  return element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(0x00080018, "UI", "1.2.3.9") +
         element(0x00080060, "CS", "CT") + element(0x00100020, "LO", "P1") + middle +
         element(0x0020000D, "UI", "1.2.3") + element(0x0020000E, "UI", "1.2.3.4") +
         element(0x00200032, "DS", "0\\0\\0") + element(0x00200037, "DS", "1\\0\\0\\0\\1\\0") +
         us(0x00280002, 1) + element(0x00280004, "CS", "MONOCHROME2") + us(0x00280010, rows) +
         us(0x00280011, columns) + element(0x00280030, "DS", "1\\1") + us(0x00280100, bitsAllocated) +
         us(0x00280101, bitsStored) + us(0x00280102, bitsStored - 1) + us(0x00280103, isSigned);
}
inline std::string pixelData(const std::string& bytes) {
  return longElement(0x7FE00010, "OW", static_cast<std::uint32_t>(bytes.size()), bytes);
}

inline std::filesystem::path writeBytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

} // namespace spondyl::test
