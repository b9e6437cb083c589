#include "app/workflow/validate_folders.h"

#include "app/wording/error_text.h"
#include "core/anatomy/codes.h"
#include "core/case/provenance.h"
#include "core/formats/nifti.h"
#include "core/formats/nrrd.h"
#include "core/formats/open.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace spondyl::app {
namespace {

constexpr const char* labelSuffixes[] = {"_seg", "-seg",   "_mask", "_msk",        "_labels", "_label",
                                         "_gt",  "_truth", "_pred", "_prediction", "_manual"};
constexpr const char* imageSuffixes[] = {"_img", "-img", "_image", "_ct", "_mr"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <std::size_t N>
bool dropSuffix(std::string& name, const char* const (&suffixes)[N]) {
  for (const std::string suffix : suffixes)
    if (name.size() > suffix.size() && lower(name).ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      return true;
    }
  return false;
}

std::string plainName(const Path& file) {
  std::string name = file.filename().string();
  for (const std::string ending : {".gz", ".nii", ".nrrd", ".nhdr", ".seg"})
    if (name.size() > ending.size() && lower(name).ends_with(ending))
      name.resize(name.size() - ending.size());
  return name;
}

std::optional<Path> labelMapIn(const Path& folder, const char* stem) {
  for (const char* ending : {".nii.gz", ".nii", ".nrrd"})
    if (std::error_code error; std::filesystem::is_regular_file(folder / (std::string(stem) + ending), error))
      return folder / (std::string(stem) + ending);
  return std::nullopt;
}

std::optional<LabelledInput> fromFolder(const Path& folder, const JobContext& job) {
  const auto labels = labelMapIn(folder, "labels");
  if (!labels)
    return std::nullopt;
  LabelledInput input{folder.filename().string(), {}, *labels, labelMapIn(folder, "parts"), std::nullopt};
  std::error_code error;
  if (std::filesystem::exists(folder / "levels.json", error))
    input.levels = folder / "levels.json";
  // A phantom lies beside its truth; its result is called as its study.
  if (std::filesystem::is_directory(folder / "dicom", error))
    if (const auto listing = openStudies(folder / "dicom", {job.stop, {}}))
      for (const Study& study : listing->studies)
        input.aliases.push_back(study.name);
  return input;
}

Result<LabelArray> readNumbers(const Path& file, LabelScheme scheme, const JobContext& job) {
  SPONDYL_TRY(LabelArray labels, readLabelFile(file, job));
  if (scheme == LabelScheme::Codes)
    return labels;
  std::map<std::uint16_t, std::uint16_t> known;
  for (std::uint16_t& number : labels.numbers) {
    if (number == 0)
      continue;
    const auto [at, isNew] = known.try_emplace(number, std::uint16_t(0));
    if (isNew)
      at->second = std::uint16_t((scheme == LabelScheme::TotalSegmentator ? labelFromTotalSegmentator(number)
                                                                          : labelFromTotalSpineSeg(number))
                                     .value_or(0));
    number = at->second;
  }
  return labels;
}

Result<LabelledCase> readCase(const LabelledInput& input, LabelScheme scheme, const JobContext& job) {
  LabelledCase out;
  SPONDYL_TRY(out.labels, readNumbers(input.labels, scheme, job));
  if (!input.parts)
    return out;
  SPONDYL_TRY(LabelArray parts, readLabelFile(*input.parts, job));
  if (!parts.grid.sameAs(out.labels.grid, 0.01))
    return fail(ErrorCode::GridMismatch, {input.parts->string(), "the grid of its labels", "another"},
                "readCase");
  out.parts = std::move(parts.numbers);
  return out;
}

// What a levels.json says of its names; a file that is none says nothing.
std::map<int, double> confidencesIn(const std::optional<Path>& file) {
  std::map<int, double> out;
  if (!file)
    return out;
  const auto text = readFile(*file, std::uint64_t(1) << 24);
  const auto json = nlohmann::json::parse(text ? *text : "", nullptr, false);
  if (!json.is_object() || !json.contains("levels") || !json["levels"].is_array())
    return out;
  for (const auto& level : json["levels"])
    if (level.is_object() && level.contains("label") && level["label"].is_number_integer() &&
        level.contains("confidence") && level["confidence"].is_number())
      out[level["label"].get<int>()] = level["confidence"].get<double>();
  return out;
}

bool belong(const LabelledInput& a, const LabelledInput& b) {
  const auto has = [](const LabelledInput& input, const std::string& name) {
    return input.name == name ||
           std::find(input.aliases.begin(), input.aliases.end(), name) != input.aliases.end();
  };
  if (has(b, a.name))
    return true;
  return std::any_of(a.aliases.begin(), a.aliases.end(), [&](const std::string& n) { return has(b, n); });
}

} // namespace

Result<std::vector<LabelledInput>> labelledInputs(const Path& folder, const JobContext& job) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error))
    return fail(ErrorCode::FileNotFound, {folder.string()}, "validate");
  if (!std::filesystem::is_directory(folder, error))
    return fail(ErrorCode::FileUnreadable, {folder.string(), "it is no folder"}, "validate");
  std::vector<LabelledInput> inputs;
  if (auto own = fromFolder(std::filesystem::weakly_canonical(folder, error), job)) {
    inputs.push_back(std::move(*own));
    return inputs;
  }
  std::vector<Path> entries;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (!entry.path().filename().string().starts_with('.'))
      entries.push_back(entry.path());
  if (error)
    return fail(ErrorCode::FileUnreadable, {folder.string(), error.message()}, "validate");
  std::sort(entries.begin(), entries.end());
  std::set<std::string> withSuffix;
  std::vector<LabelledInput> files;
  for (const Path& path : entries) {
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "validate");
    if (std::filesystem::is_directory(path, error)) {
      if (auto input = fromFolder(path, job))
        inputs.push_back(std::move(*input));
    } else if (hasNiftiName(path) || isNrrd(path)) {
      LabelledInput input{plainName(path), {}, path, std::nullopt, std::nullopt};
      std::string name = input.name;
      if (dropSuffix(name, labelSuffixes))
        withSuffix.insert(name);
      else
        dropSuffix(name, imageSuffixes);
      input.aliases.push_back(name);
      files.push_back(std::move(input));
    }
  }
  // Where one file of a name says that it is the mask, the others are its images.
  for (LabelledInput& file : files) {
    std::string name = file.name;
    if (dropSuffix(name, labelSuffixes) || !withSuffix.count(file.aliases.front()))
      inputs.push_back(std::move(file));
  }
  return inputs;
}

Result<Validation> validateFolders(const ValidateOptions& options, const JobContext& job) {
  SPONDYL_TRY(const std::vector<LabelledInput> references, labelledInputs(options.truth, job));
  SPONDYL_TRY(const std::vector<LabelledInput> predictions, labelledInputs(options.predictions, job));
  constexpr const char* wanted = "no label map (NIfTI or NRRD) and no folder with labels.nii.gz";
  if (references.empty())
    return fail(ErrorCode::NothingToCompare, {options.truth.string(), wanted}, "validate");
  if (predictions.empty())
    return fail(ErrorCode::NothingToCompare, {options.predictions.string(), wanted}, "validate");
  Validation out;
  out.created = utcNow();
  out.programVersion = SPONDYL_VERSION;
  const auto folderName = [](const Path& path) {
    return std::filesystem::absolute(path / "x").lexically_normal().parent_path().filename().string();
  };
  out.truth = folderName(options.truth);
  out.predictions = folderName(options.predictions);
  out.labelScheme = options.truthScheme == LabelScheme::Codes              ? "codes"
                    : options.truthScheme == LabelScheme::TotalSegmentator ? "totalsegmentator"
                                                                           : "totalspineseg";
  out.bodiesOnly = options.bodiesOnly;
  out.bootstrap = options.bootstrap;
  const bool lonely = references.size() == 1 && predictions.size() == 1;
  std::set<const LabelledInput*> used;
  double done = 0;
  for (const LabelledInput& reference : references) {
    if (job.stopRequested())
      return fail(ErrorCode::Cancelled, {}, "validate");
    job.progress.report("compare", done++ / double(references.size()));
    const auto compared = [&]() -> Result<CaseResult> {
      const auto found = std::find_if(predictions.begin(), predictions.end(),
                                      [&](const LabelledInput& p) { return lonely || belong(reference, p); });
      if (found == predictions.end())
        return fail(ErrorCode::NothingToCompare,
                    {options.predictions.string(), "no prediction for " + reference.name}, "validate");
      used.insert(&*found);
      const JobContext quiet{job.stop, {}};
      SPONDYL_TRY(const LabelledCase truth, readCase(reference, options.truthScheme, quiet));
      SPONDYL_TRY(LabelledCase predicted, readCase(*found, options.predictionScheme, quiet));
      CompareOptions how;
      how.bodiesOnly = options.bodiesOnly;
      how.confidence = confidencesIn(found->levels);
      return compareCase(reference.name, truth, std::move(predicted), how);
    }();
    if (compared)
      out.cases.push_back(*compared);
    else if (compared.error().code == ErrorCode::Cancelled)
      return compared.error();
    else
      out.failed.push_back(
          {reference.name, errorCodeName(compared.error().code), errorSentence(compared.error())});
  }
  for (const LabelledInput& p : predictions)
    if (!used.count(&p))
      out.unused.push_back(p.name);
  job.progress.report("compare", 1);
  return out;
}

} // namespace spondyl::app
