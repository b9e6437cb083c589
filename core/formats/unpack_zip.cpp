#include "core/formats/unpack_zip.h"

#include "core/formats/nifti.h"

#include <algorithm>
#include <fstream>
#include <zip.h>

namespace spondyl {
namespace {

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

std::shared_ptr<const Path> removedAtEnd(Path folder) {
  return {new Path(std::move(folder)), [](const Path* p) {
            std::error_code ignored;
            std::filesystem::remove_all(*p, ignored);
            delete p;
          }};
}

} // namespace

bool isZip(const Path& path) {
  char magic[4]{};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return magic[0] == 'P' && magic[1] == 'K' && (magic[2] == 3 || magic[2] == 5);
}

Result<UnpackedZip> unpackZip(const Path& path, const JobContext& context, const ZipLimits& limits) {
  int code = 0;
  const std::unique_ptr<zip_t, Closer> archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive)
    return fail(ErrorCode::Malformed, {path.string(), "zip archive"}, "unpackZip");
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  if (entries > limits.entries)
    return fail(ErrorCode::Malformed, {path.string(), "too many files in the zip"}, "unpackZip");
  std::error_code error;
  const std::uint64_t packed = std::filesystem::file_size(path, error);
  const std::uint64_t limit = std::min(limits.bytes, std::max(limits.alwaysAllowed, packed * limits.ratio));
  const Path temporary = std::filesystem::temp_directory_path(error);
  if (error)
    return fail(ErrorCode::FileNotWritable, {"TMPDIR", error.message()}, "unpackZip");
  SPONDYL_TRY(Path folder, createTemporaryFolderBeside(temporary / "unpacked"));
  UnpackedZip out{removedAtEnd(std::move(folder)), {}};

  std::uint64_t total = 0;
  std::vector<char> piece(std::size_t(1) << 18);
  for (zip_int64_t n = 0; n < entries; ++n) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "unpackZip");
    const char* rawName = zip_get_name(archive.get(), static_cast<zip_uint64_t>(n), ZIP_FL_ENC_RAW);
    const std::string name = rawName ? rawName : "";
    if (name.empty() || name.ends_with('/'))
      continue;
    const std::unique_ptr<zip_file_t, Closer> entry(
        zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(n), 0));
    if (!entry)
      return fail(ErrorCode::Malformed, {path.string(), zip_strerror(archive.get())}, "unpackZip");
    const std::string ending = !hasNiftiName(name)                            ? ""
                               : name.ends_with("gz") || name.ends_with("GZ") ? ".nii.gz"
                                                                              : ".nii";
    const Path target = *out.folder / (std::to_string(n) + ending);
    std::ofstream file(target, std::ios::binary);
    for (;;) {
      if (context.stopRequested())
        return fail(ErrorCode::Cancelled, {}, "unpackZip");
      const zip_int64_t got = zip_fread(entry.get(), piece.data(), piece.size());
      if (got < 0)
        return fail(ErrorCode::Malformed, {path.string(), "damaged zip entry"}, "unpackZip");
      if (got == 0)
        break;
      total += static_cast<std::uint64_t>(got);
      if (total > limit)
        return fail(ErrorCode::InflatesTooLarge, {path.string(), std::to_string(limit)}, "unpackZip");
      if (!file.write(piece.data(), got))
        return fail(ErrorCode::DiskFull, {target.parent_path().string()}, "unpackZip");
    }
    file.close();
    if (!file)
      return fail(ErrorCode::DiskFull, {target.parent_path().string()}, "unpackZip");
    out.files.push_back(target);
    context.progress.report("read", static_cast<double>(n + 1) / static_cast<double>(entries));
  }
  return out;
}

} // namespace spondyl
