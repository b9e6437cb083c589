// validate: predictions against references, case by case, with intervals.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/validate_folders.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace spondyl::app {
namespace {

struct ValidateWords {
  std::string predictions, truth, out, truthScheme = "codes", predictionScheme = "codes", part = "whole";
  int resamples = 2000;
  std::uint64_t seed = 1;
  bool force = false, json = false;
};

Result<Validation> runValidation(const ValidateWords& words, Session& session) {
  const Path folder = words.out;
  for (const char* name : {"validation.json", "validation.csv", "validation.md"})
    SPONDYL_CHECK(prepareOutput(folder / name, words.force));
  ValidateOptions options;
  options.truth = words.truth;
  options.predictions = words.predictions.empty() ? words.out : words.predictions;
  options.truthScheme = *labelSchemeFromName(words.truthScheme);
  options.predictionScheme = *labelSchemeFromName(words.predictionScheme);
  options.bodiesOnly = words.part == "body";
  options.bootstrap = {words.resamples, words.seed};
  SPONDYL_TRY(Validation validation, validateFolders(options, session.job()));
  SPONDYL_CHECK(writeFileWhole(folder / "validation.csv", validationCsv(validation)));
  SPONDYL_CHECK(writeFileWhole(folder / "validation.md", validationMarkdown(validation)));
  SPONDYL_CHECK(writeFileWhole(folder / "validation.json", validationJson(validation)));
  return validation;
}

int finish(const ValidateWords& words, const Validation& validation, Session& session) {
  session.endProgress();
  if (words.json)
    std::printf("%s", validationJson(validation).c_str());
  else
    for (const Figure& f : figuresOf(validation.cases, validation.bootstrap))
      std::printf("%-24s %10.3f %-6s n = %.0f in %d cases\n", f.id.c_str(), *f.estimate.value, f.unit.c_str(),
                  f.estimate.count, f.estimate.cases);
  for (const auto& failed : validation.failed)
    session.note("not compared: " + failed.name + ": " + failed.text);
  if (validation.failed.empty())
    return 0;
  session.note(std::to_string(validation.failed.size()) + " of " +
               std::to_string(validation.failed.size() + validation.cases.size()) +
               " references were not compared");
  return validation.cases.empty() ? 3 : 4;
}

} // namespace

void addValidate(CLI::App& app, Session& session) {
  auto o = std::make_shared<ValidateWords>();
  CLI::App* command = app.add_subcommand("validate", "Predictions against references, case by case");
  command->add_option("PREDICTIONS", o->predictions,
                      "folder of results of analyze, or of label maps; default: the folder of --out");
  command->add_option("--truth", o->truth, "folder of label maps, or of folders that hold labels.nii.gz")
      ->required();
  command->add_option("--out", o->out, "folder for validation.json, validation.csv and validation.md")
      ->required();
  const auto schemes = CLI::IsMember({"codes", "totalsegmentator", "totalspineseg"});
  command->add_option("--label-scheme", o->truthScheme, "numbers of the references")->check(schemes);
  command->add_option("--prediction-scheme", o->predictionScheme, "numbers of the predictions")
      ->check(schemes);
  command->add_option("--truth-part", o->part, "whole, or body: the references' vertebrae are bodies alone")
      ->check(CLI::IsMember({"whole", "body"}));
  command->add_option("--resamples", o->resamples, "draws of the bootstrap")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  command->add_option("--seed", o->seed, "of the bootstrap")->capture_default_str();
  command->add_flag("--json", o->json, "print spondyl.validation/1 instead of a table");
  command->add_flag("--force", o->force, "replace existing results");
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli validate results --truth references --out validation");
  command->callback([o, &session] {
    session.run = [o](Session& s) {
      const auto validation = runValidation(*o, s);
      return validation ? finish(*o, *validation, s) : s.refuse(validation.error());
    };
  });
}

} // namespace spondyl::app
