#include "core/formats/open.h"

#include "core/dicom/read_volume.h"
#include "core/dicom/scan.h"
#include "core/dicom/sort.h"
#include "core/formats/nifti.h"
#include "core/formats/nrrd.h"
#include "core/formats/picture.h"
#include "core/formats/unpack_zip.h"

#include <algorithm>
#include <fstream>
#include <set>

namespace spondyl {
namespace {

constexpr std::size_t mostFiles = 500'000;

enum class Kind { Dicom, Nifti, Zip, Nrrd, Picture, Case };

Kind kindOf(const Path& path) {
  char magic[16]{};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  const std::string_view start(magic, sizeof magic);
  if (hasNiftiName(path))
    return Kind::Nifti;
  if (isZip(path))
    return Kind::Zip;
  if (isNrrd(path))
    return Kind::Nrrd;
  if (isPicture(path))
    return Kind::Picture;
  if (start.starts_with("SQLite format 3"))
    return Kind::Case;
  return Kind::Dicom;
}

// What cannot be opened here, by name.
Error refusal(Kind kind, const Path& path) {
  switch (kind) {
  case Kind::Picture:
    return fail(ErrorCode::UnsupportedObject,
                {path.string(), "a picture beside other images; choose it alone to open it as a radiograph"},
                "openStudies");
  case Kind::Case:
    return fail(ErrorCode::UnsupportedObject, {path.string(), "case file"}, "openStudies");
  default:
    return fail(ErrorCode::UnsupportedObject, {path.string(), "zip inside of another input"}, "openStudies");
  }
}

// "DICOMDIR", "DICOMDIR-implicit" …: what a medium's directory is called.
bool isDirectoryFile(const Path& path) {
  std::string name = path.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name.starts_with("DICOMDIR");
}

// What a study without a UID is called: as the folder, zip or file that it came from.
std::string nameOf(const Path& input) {
  const Path path = input.has_filename() ? input : input.parent_path();
  return std::filesystem::is_directory(path) ? path.filename().string() : path.stem().string();
}

Result<std::vector<Path>> filesBelow(const Path& folder, const JobContext& context) {
  std::error_code error;
  std::vector<Path> files;
  auto walk = std::filesystem::recursive_directory_iterator(
      folder, std::filesystem::directory_options::skip_permission_denied, error);
  if (error)
    return fail(ErrorCode::FileUnreadable, {folder.string(), error.message()}, "openStudies");
  for (; walk != std::filesystem::recursive_directory_iterator(); walk.increment(error)) {
    if (error)
      break;
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "openStudies");
    const bool hidden = walk->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (hidden && walk->is_directory(ignored))
      walk.disable_recursion_pending();
    if (hidden || !walk->is_regular_file(ignored))
      continue;
    files.push_back(walk->path());
    if (files.size() > mostFiles)
      return fail(ErrorCode::DeclaredTooLarge,
                  {folder.string(), std::to_string(files.size()), std::to_string(mostFiles)}, "openStudies");
  }
  if (files.empty())
    return fail(ErrorCode::FolderEmpty, {folder.string()}, "openStudies");
  std::sort(files.begin(), files.end());
  return files;
}

// The header or picture of one file; nullopt: of a kind that is sorted together with others.
std::optional<Result<Study>> describeLoose(Kind kind, const Path& file) {
  if (kind == Kind::Nifti)
    return describeNifti(file);
  if (kind == Kind::Nrrd)
    return describeNrrd(file);
  return std::nullopt;
}

Result<StudyListing> listFiles(const std::vector<Path>& files, const Path& input, const JobContext& context) {
  std::vector<Path> dicomFiles;
  std::vector<Study> looseStudies;
  std::vector<Path> pictures;
  std::vector<RefusedFile> refused;
  std::set<Path> dataOfOthers; // what detached headers name is no input of its own
  for (const Path& file : files) {
    if (context.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "openStudies");
    const Kind kind = kindOf(file);
    if (kind == Kind::Dicom) {
      if (files.size() == 1 || !isDirectoryFile(file))
        dicomFiles.push_back(file);
    } else if (kind == Kind::Picture) {
      pictures.push_back(file);
    } else if (auto study = describeLoose(kind, file)) {
      if (*study)
        looseStudies.push_back(std::move(**study));
      else
        refused.push_back({file, study->error()});
      if (kind == Kind::Nrrd && files.size() > 1)
        for (const Path& data : nrrdDataFiles(file))
          dataOfOthers.insert(data);
    } else {
      refused.push_back({file, refusal(kind, file)});
    }
  }
  if (!dataOfOthers.empty())
    std::erase_if(dicomFiles, [&](const Path& file) {
      std::error_code error;
      return dataOfOthers.count(std::filesystem::weakly_canonical(file, error)) > 0;
    });
  SPONDYL_TRY(dicom::ScanResult scan, dicom::scanFiles(dicomFiles, context));
  StudyListing listing = dicom::sortIntoStudies(scan.headers);
  for (Study& study : listing.studies)
    if (study.uid.empty())
      study.name = nameOf(input);
  std::move(looseStudies.begin(), looseStudies.end(), std::back_inserter(listing.studies));
  // Beside a study they are a viewer's icons and somebody's screenshots, no radiographs.
  const bool alone = listing.studies.empty();
  for (const Path& picture : pictures) {
    auto study = alone ? describePicture(picture) : Result<Study>(refusal(Kind::Picture, picture));
    if (study)
      listing.studies.push_back(std::move(study).value());
    else
      refused.push_back({picture, std::move(study).error()});
  }
  listing.refused = std::move(refused);
  std::move(scan.refused.begin(), scan.refused.end(), std::back_inserter(listing.refused));
  if (listing.studies.empty() && !listing.refused.empty()) {
    const auto& all = listing.refused;
    const bool same = std::all_of(all.begin(), all.end(),
                                  [&](const RefusedFile& r) { return r.error.code == all[0].error.code; });
    if (all.size() == 1 || (same && all[0].error.code != ErrorCode::NotAnImage))
      return all[0].error;
    return fail(ErrorCode::NoImages, {input.string()}, "openStudies");
  }
  if (listing.studies.empty())
    return fail(ErrorCode::NoImages, {input.string()}, "openStudies");
  if (!listing.refused.empty())
    listing.warnings.push_back({WarningCode::FilesRefused, {std::to_string(listing.refused.size())}});
  return listing;
}

} // namespace

Result<StudyListing> openStudies(const Path& path, const JobContext& context) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return fail(ErrorCode::FileNotFound, {path.string()}, "openStudies");
  if (std::filesystem::is_directory(status)) {
    SPONDYL_TRY(const std::vector<Path> files, filesBelow(path, context));
    return listFiles(files, path, context);
  }
  if (isDirectoryFile(path)) {
    const Path folder = path.has_parent_path() ? path.parent_path() : Path(".");
    SPONDYL_TRY(const std::vector<Path> files, filesBelow(folder, context));
    return listFiles(files, path, context);
  }
  if (kindOf(path) == Kind::Zip) {
    SPONDYL_TRY(const UnpackedZip zip,
                unpackZip(path, JobContext{context.stop, context.progress.part(0, 0.5)}));
    if (zip.files.empty())
      return fail(ErrorCode::FolderEmpty, {path.string()}, "openStudies");
    SPONDYL_TRY(StudyListing listing,
                listFiles(zip.files, path, JobContext{context.stop, context.progress.part(0.5, 1)}));
    for (Study& study : listing.studies)
      for (Series& series : study.series)
        series.keepsAlive = zip.folder;
    return listing;
  }
  return listFiles({path}, path, context);
}

Result<LoadedVolume> loadVolume(const Series& series, std::size_t stack, const JobContext& context,
                                const LoadOptions& options) {
  if (series.origin == SeriesOrigin::Dicom)
    return dicom::loadDicomVolume(series, stack, context, options);
  if (stack >= series.stacks.size())
    return fail(ErrorCode::UnknownItem, {"stack", std::to_string(stack)}, "loadVolume");
  const Path& file = series.stacks[stack].slices.front().file;
  if (isPicture(file))
    return readPicture(file, context, options);
  return isNrrd(file) ? readNrrd(file, context, options) : readNifti(file, context, options);
}

Result<LabelArray> readLabelFile(const Path& path, const JobContext& context) {
  return isNrrd(path) ? readNrrdLabels(path, context) : readNiftiLabels(path, context);
}

} // namespace spondyl
