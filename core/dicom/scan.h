#pragma once
// Many files' headers, on several threads.

#include "core/base/progress.h"
#include "core/dicom/image_header.h"

namespace spondyl::dicom {

struct ScanResult {
  std::vector<ImageHeader> headers; ///< in the order of the files
  std::vector<RefusedFile> refused;
};

/// Reads only headers. Errors: Cancelled; what is wrong with single files is in `refused`.
Result<ScanResult> scanFiles(const std::vector<Path>& files, const JobContext& context);

} // namespace spondyl::dicom
