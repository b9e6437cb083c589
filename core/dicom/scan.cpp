#include "core/dicom/scan.h"

#include "core/base/parallel.h"

#include <atomic>

namespace spondyl::dicom {

Result<ScanResult> scanFiles(const std::vector<Path>& files, const JobContext& context) {
  std::vector<std::optional<Result<std::vector<ImageHeader>>>> found(files.size());
  std::atomic<std::size_t> done{0};
  parallelFor(files.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end && !context.stopRequested(); ++k) {
      found[k].emplace(readImageHeaders(files[k]));
      // Loading reads again; a thousand inflated files would not fit.
      if (found[k]->ok())
        for (ImageHeader& h : found[k]->value())
          h.raw.inflated.reset();
      if (const std::size_t n = ++done; n % 16 == 0 || n == files.size())
        context.progress.report("read", static_cast<double>(n) / static_cast<double>(files.size()));
    }
  });
  if (context.stopRequested())
    return fail(ErrorCode::Cancelled, {}, "scanFiles");
  ScanResult result;
  for (std::size_t k = 0; k < files.size(); ++k) {
    if (found[k]->ok())
      std::move(found[k]->value().begin(), found[k]->value().end(), std::back_inserter(result.headers));
    else
      result.refused.push_back({files[k], std::move(*found[k]).error()});
  }
  return result;
}

} // namespace spondyl::dicom
