#pragma once
// What a NRRD header says, checked against the files that it names; shared by the NRRD files of this folder.

#include "core/formats/voxel_file.h"

namespace spondyl {

enum class NrrdEncoding : std::uint8_t { Raw, Gzip, Ascii };

struct NrrdHeader {
  Path path;
  FileType type = FileType::UInt8;
  NrrdEncoding encoding = NrrdEncoding::Raw;
  bool swapped = false; ///< of another byte order than this machine's
  Grid grid;
  std::int64_t volumes = 1; ///< sizes of further axes, multiplied; the first volume is read
  std::vector<Path> files;  ///< of equal length, one after the other; attached: the header's own
  std::uint64_t dataAt = 0; ///< attached: the first byte behind the header
  int lineSkip = 0;
  std::int64_t byteSkip = 0; ///< -1: the data end where the (raw) file ends
  int slicesPerFile = 0;
  bool detached = false;
};

Result<NrrdHeader> readNrrdHeader(const Path& path);

/// The files that "data file: `value`" and the header's following `lines` name, each inside the header's
/// folder. Errors: Malformed, DataOutsideFolder.
Result<std::vector<Path>> nrrdFileNames(const Path& header, const std::string& value,
                                        std::span<const std::string> lines);

} // namespace spondyl
