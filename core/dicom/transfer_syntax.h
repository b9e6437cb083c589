#pragma once
// Which transfer syntaxes are read, and how; names of UIDs for messages.

#include <span>
#include <string>
#include <string_view>

namespace spondyl::dicom {

enum class PixelCoding { Native, Deflated, Rle, Jpeg, JpegLs, Jpeg2000 };

struct SyntaxInfo {
  std::string_view uid, name;
  PixelCoding coding;
  bool bigEndian = false, lossy = false;
};

/// nullptr if the syntax is not one that we read.
const SyntaxInfo* findSyntax(std::string_view uid);

/// "Enhanced CT Image Storage", "JPEG 2000 Multicomponent …"; the UID itself if nobody knows it.
std::string nameOfUid(const std::string& uid);

inline constexpr std::string_view ctImageStorage = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr std::string_view mrImageStorage = "1.2.840.10008.5.1.4.1.1.4";
inline constexpr std::string_view segmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
inline constexpr std::string_view mediaDirectory = "1.2.840.10008.1.3.10";

} // namespace spondyl::dicom
