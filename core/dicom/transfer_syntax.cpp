#include "core/dicom/transfer_syntax.h"

#include <dcmtk/config/osconfig.h>

#include <array>
#include <cctype>
#include <dcmtk/dcmdata/dcuid.h>

namespace spondyl::dicom {
namespace {

using enum PixelCoding;
// clang-format off
constexpr auto syntaxes = std::to_array<SyntaxInfo>({
  {"1.2.840.10008.1.2", "Implicit VR Little Endian", Native},
  {"1.2.840.10008.1.2.1", "Explicit VR Little Endian", Native},
  {"1.2.840.10008.1.2.2", "Explicit VR Big Endian", Native, true},
  {"1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", Deflated},
  {"1.2.840.10008.1.2.5", "RLE Lossless", Rle},
  {"1.2.840.10008.1.2.4.50", "JPEG Baseline", Jpeg, false, true},
  {"1.2.840.10008.1.2.4.51", "JPEG Extended", Jpeg, false, true},
  {"1.2.840.10008.1.2.4.53", "JPEG Spectral Selection", Jpeg, false, true},
  {"1.2.840.10008.1.2.4.55", "JPEG Full Progression", Jpeg, false, true},
  {"1.2.840.10008.1.2.4.57", "JPEG Lossless", Jpeg},
  {"1.2.840.10008.1.2.4.70", "JPEG Lossless First-Order", Jpeg},
  {"1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", JpegLs},
  {"1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", JpegLs, false, true},
  {"1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", Jpeg2000},
  {"1.2.840.10008.1.2.4.91", "JPEG 2000", Jpeg2000, false, true},
  {"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", Jpeg2000},
  {"1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 Lossless RPCL", Jpeg2000},
  {"1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", Jpeg2000, false, true},
});
// Newer than DCMTK's own list.
constexpr auto names = std::to_array<std::pair<std::string_view, std::string_view>>({
  {"1.2.840.10008.5.1.4.1.1.66.7", "Label Map Segmentation Storage"},
  {"1.2.840.10008.1.2.4.110", "JPEG XL Lossless"},
  {"1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression"},
  {"1.2.840.10008.1.2.4.112", "JPEG XL"},
  {"1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression"},
});
// clang-format on

// "EnhancedCTImageStorage" to "Enhanced CT Image Storage".
std::string spaced(std::string_view keyword) {
  constexpr std::string_view retired = "RETIRED_";
  if (keyword.starts_with(retired))
    keyword.remove_prefix(retired.size());
  const auto upper = [&](std::size_t at) {
    return at < keyword.size() && std::isupper(static_cast<unsigned char>(keyword[at]));
  };
  const auto lower = [&](std::size_t at) {
    return at < keyword.size() && std::islower(static_cast<unsigned char>(keyword[at]));
  };
  std::string out;
  for (std::size_t at = 0; at < keyword.size(); ++at) {
    const bool wordBegins = at > 0 && upper(at) && (!upper(at - 1) || lower(at + 1));
    if (wordBegins && keyword[at - 1] != ' ')
      out += ' ';
    out += keyword[at];
  }
  return out;
}

} // namespace

const SyntaxInfo* findSyntax(std::string_view uid) {
  for (const SyntaxInfo& info : syntaxes)
    if (info.uid == uid)
      return &info;
  return nullptr;
}

std::string nameOfUid(const std::string& uid) {
  if (const SyntaxInfo* info = findSyntax(uid))
    return std::string(info->name);
  for (const auto& [known, name] : names)
    if (known == uid)
      return std::string(name);
  const char* keyword = uid.empty() ? nullptr : dcmFindNameOfUID(uid.c_str());
  return keyword ? spaced(keyword) : uid;
}

} // namespace spondyl::dicom
