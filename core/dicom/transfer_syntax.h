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
inline constexpr std::string_view enhancedCtStorage = "1.2.840.10008.5.1.4.1.1.2.1";
inline constexpr std::string_view convertedCtStorage = "1.2.840.10008.5.1.4.1.1.2.2";
inline constexpr std::string_view enhancedMrStorage = "1.2.840.10008.5.1.4.1.1.4.1";
inline constexpr std::string_view convertedMrStorage = "1.2.840.10008.5.1.4.1.1.4.4";
constexpr bool isMultiFrameStorage(std::string_view sopClass) {
  return sopClass == enhancedCtStorage || sopClass == convertedCtStorage || sopClass == enhancedMrStorage ||
         sopClass == convertedMrStorage;
}
inline constexpr std::string_view crImageStorage = "1.2.840.10008.5.1.4.1.1.1";
inline constexpr std::string_view dxImageStorage = "1.2.840.10008.5.1.4.1.1.1.1"; ///< for presentation
inline constexpr std::string_view rfImageStorage = "1.2.840.10008.5.1.4.1.1.12.2";
inline constexpr std::string_view xaImageStorage = "1.2.840.10008.5.1.4.1.1.12.1";
inline constexpr std::string_view secondaryCaptureStorage = "1.2.840.10008.5.1.4.1.1.7";
inline constexpr std::string_view segmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
inline constexpr std::string_view mediaDirectory = "1.2.840.10008.1.3.10";

} // namespace spondyl::dicom
