// models list | check: installed model packages, and what is wrong with one.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/wording/error_text.h"
#include "inference/protocol/model_package.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace spondyl::app {
namespace {

using Json = nlohmann::ordered_json;

struct ModelsOptions {
  std::string folder;
  bool json = false;
};

/// Everything that must hold before a package runs; the first thing that does not.
Status verify(const inference::ModelPackage& package) {
  SPONDYL_CHECK(inference::verifyNetworkFile(package));
  return inference::checkTrusted(package);
}

int listModels(const ModelsOptions& options, bool check, Session& session) {
  const Path folder = options.folder.empty() ? inference::installedModelsFolder() : Path(options.folder);
  const auto packages = inference::listModelPackages(folder);
  if (packages.empty())
    return session.refuse(fail(ErrorCode::ModelNotFound, {folder.string()}));
  int broken = 0;
  Json rows = Json::array();
  for (const auto& package : packages) {
    const Status status = !package ? Status(package.error()) : check ? verify(*package) : Status();
    if (!status) {
      ++broken;
      session.refuse(status.error());
    }
    if (!package)
      continue;
    const inference::ModelCard& card = package->card;
    const std::string state = !check ? "" : status ? "good" : errorCodeName(status.error().code);
    rows.push_back({{"name", card.name},
                    {"version", card.version},
                    {"task", card.task},
                    {"modality", card.modality},
                    {"folder", package->folder.string()},
                    {"sha256", card.networkSha256},
                    {"card_sha256", package->cardSha256},
                    {"state", check ? Json(state) : Json(nullptr)}});
    if (!options.json)
      std::printf("%-20s %-10s %-14s %-3s %s%s%s\n", card.name.c_str(), card.version.c_str(),
                  card.task.c_str(), card.modality.c_str(), package->folder.c_str(), check ? "  " : "",
                  state.c_str());
  }
  if (options.json)
    std::printf("%s\n", Json{{"schema", "spondyl.models/1"}, {"models", rows}}.dump(2).c_str());
  return broken > 0 ? 3 : 0;
}

} // namespace

void addModels(CLI::App& app, Session& session) {
  auto o = std::make_shared<ModelsOptions>();
  CLI::App* command =
      app.add_subcommand("models", "Installed model packages, and whether they are whole and trusted");
  command->require_subcommand(1);
  command->footer("Example: spondyl-cli models check");
  for (const bool check : {false, true}) {
    CLI::App* sub = command->add_subcommand(
        check ? "check" : "list", check ? "Checksums and trust of each package" : "Names, versions, tasks");
    sub->add_option("DIR", o->folder, "folder of packages, or one package; default: the installed ones");
    sub->add_flag("--json", o->json, "print spondyl.models/1");
    addCommonOptions(*sub, session);
    sub->footer(std::string("Example: spondyl-cli models ") + (check ? "check" : "list"));
    sub->callback(
        [o, check, &session] { session.run = [o, check](Session& s) { return listModels(*o, check, s); }; });
  }
}

void addLater(CLI::App& app) {
  for (const char* name : {"deidentify", "validate"}) {
    CLI::App* command = app.add_subcommand(name, "not yet available in this version");
    command->allow_extras();
    command->callback([name] { throw NotYetOption{name}; });
  }
}

} // namespace spondyl::app
