// info: what is in an input, without reading voxels.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/wording/error_text.h"
#include "app/wording/warning_text.h"
#include "app/workflow/input.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace spondyl::app {
namespace {

using Json = nlohmann::ordered_json;

Json toJson(VectorLps v) {
  return Json::array({v.x, v.y, v.z});
}

Json toJson(const std::vector<Warning>& warnings) {
  Json out = Json::array();
  for (const Warning& w : warnings)
    out.push_back(
        {{"code", warningCodeName(w.code)}, {"arguments", w.arguments}, {"text", warningSentence(w)}});
  return out;
}

Json toJson(const Radiograph& r) {
  return {{"calibration", calibrationName(r.calibration)},
          {"spacing_mm", r.spacingMm ? Json(*r.spacingMm) : Json(nullptr)},
          {"magnification", r.magnification ? Json(*r.magnification) : Json(nullptr)},
          {"column_letters", r.columnLetters},
          {"row_letters", r.rowLetters},
          {"oriented", r.isOriented},
          {"view", r.view},
          {"laterality", r.laterality}};
}

Json toJson(const Stack& stack) {
  Json out = {{"tells_apart", stack.tellsApart}, {"slices", stack.slices.size()}};
  if (stack.radiograph)
    out["radiograph"] = toJson(*stack.radiograph);
  if (stack.grid) {
    const Grid& grid = *stack.grid;
    out["size"] = {grid.size().i, grid.size().j, grid.size().k};
  }
  if (stack.grid && !stack.radiograph) { // a radiograph lies nowhere in the patient
    const Grid& grid = *stack.grid;
    const auto spacing = grid.spacing();
    out["spacing_mm"] = {spacing[0], spacing[1], spacing[2]};
    out["origin_lps_mm"] = toJson(grid.origin() - PointLps{});
    out["step_lps_mm"] = {toJson(grid.stepI()), toJson(grid.stepJ()), toJson(grid.stepK())};
    out["sheared"] = grid.isSheared();
    out["left_handed"] = grid.isLeftHanded();
  }
  out["slice_thickness_mm"] = stack.sliceThicknessMm ? Json(*stack.sliceThicknessMm) : Json(nullptr);
  out["warnings"] = toJson(stack.warnings);
  out["refused"] = stack.refusal ? Json(errorSentence(*stack.refusal)) : Json(nullptr);
  return out;
}

Json toJson(const Series& series) {
  Json stacks = Json::array();
  for (const Stack& stack : series.stacks)
    stacks.push_back(toJson(stack));
  return {{"uid", series.uid},
          {"number", series.number ? Json(*series.number) : Json(nullptr)},
          {"modality", series.modality},
          {"description", series.description},
          {"body_part", series.bodyPart},
          {"patient_position", series.patientPosition},
          {"frame_of_reference_uid", series.frameOfReferenceUid},
          {"transfer_syntax_uid", series.transferSyntaxUid},
          {"lossy", series.lossy},
          {"images", series.sliceCount},
          {"stacks", std::move(stacks)}};
}

Json toJson(const StudyListing& listing, const std::string& input) {
  Json studies = Json::array();
  for (const Study& study : listing.studies) {
    Json series = Json::array();
    for (const Series& s : study.series)
      series.push_back(toJson(s));
    studies.push_back({{"uid", study.uid},
                       {"name", study.name},
                       {"patient",
                        {{"name", study.patient.name},
                         {"id", study.patient.id},
                         {"birth_date", study.patient.birthDate},
                         {"sex", study.patient.sex}}},
                       {"date", study.date},
                       {"description", study.description},
                       {"series", std::move(series)}});
  }
  Json refused = Json::array();
  for (const RefusedFile& file : listing.refused)
    refused.push_back({{"file", file.file.string()},
                       {"code", errorCodeName(file.error.code)},
                       {"text", errorSentence(file.error)}});
  Json out = {{"schema", "spondyl.info/1"},
              {"input", input},
              {"studies", std::move(studies)},
              {"warnings", toJson(listing.warnings)},
              {"refused", std::move(refused)}};
  const auto best = chooseSeries(listing);
  out["chosen_series_uid"] =
      best ? Json(listing.studies[best->study].series[best->series].uid) : Json(nullptr);
  return out;
}

void printTable(const StudyListing& listing) {
  for (const Study& study : listing.studies) {
    std::printf("%s  %s  %s  %s\n", displayName(study.patient).c_str(), study.date.c_str(),
                study.description.c_str(), study.name.c_str());
    for (const Series& series : study.series) {
      std::printf("  %4s  %-2s  %-28s %5d images",
                  series.number ? std::to_string(*series.number).c_str() : "-",
                  series.modality.empty() ? "?" : series.modality.c_str(), series.description.c_str(),
                  series.sliceCount);
      for (const Stack& stack : series.stacks) {
        if (!stack.grid)
          continue;
        const GridSize size = stack.grid->size();
        if (stack.radiograph) {
          std::printf("  %d × %d px", size.i, size.j);
          if (const auto& mm = stack.radiograph->spacingMm)
            std::printf(", %.3g × %.3g mm each", (*mm)[1], (*mm)[0]);
          continue;
        }
        const auto spacing = stack.grid->spacing();
        std::printf("  %d × %d × %d  %.3g × %.3g × %.3g mm", size.i, size.j, size.k, spacing[0], spacing[1],
                    spacing[2]);
      }
      std::printf("\n");
      for (const Stack& stack : series.stacks) {
        for (const Warning& w : stack.warnings)
          std::printf("        warning: %s\n", warningSentence(w).c_str());
        if (stack.refusal)
          std::printf("        not a volume: %s\n", errorSentence(*stack.refusal).c_str());
      }
    }
  }
  for (const Warning& w : listing.warnings)
    std::printf("warning: %s\n", warningSentence(w).c_str());
  for (const RefusedFile& file : listing.refused)
    std::printf("refused: %s\n", errorSentence(file.error).c_str());
}

struct InfoOptions {
  std::vector<std::string> inputs;
  bool json = false;
};

int runInfo(const InfoOptions& options, Session& session) {
  int refused = 0, lastCode = 0;
  Json all = Json::array();
  for (const std::string& input : options.inputs) {
    const auto listing = openListing(input, session.job());
    session.endProgress();
    if (!listing) {
      lastCode = session.refuse(listing.error());
      ++refused;
      continue;
    }
    if (options.json)
      all.push_back(toJson(*listing, input));
    else
      printTable(*listing);
  }
  if (options.json && !all.empty())
    std::printf("%s\n", (options.inputs.size() == 1 ? all[0] : all)
                            .dump(2, ' ', false, Json::error_handler_t::replace)
                            .c_str());
  if (refused == 0)
    return 0;
  return refused == int(options.inputs.size()) ? lastCode : 4;
}

} // namespace

void addInfo(CLI::App& app, Session& session) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App* command =
      app.add_subcommand("info", "Studies, series, geometry, warnings and refused files of an input");
  command->add_option("INPUT", options->inputs, "file, folder, zip, NIfTI, NRRD, PNG, JPEG or .spondyl case")
      ->required();
  command->add_flag("--json", options->json, "print spondyl.info/1 instead of a table");
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli info --json study/");
  command->callback(
      [options, &session] { session.run = [options](Session& s) { return runInfo(*options, s); }; });
}

} // namespace spondyl::app
