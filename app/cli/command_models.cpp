// models list | check | trust: installed model packages, what is wrong with one, and letting one run.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/wording/error_text.h"
#include "app/wording/model_mend.h"
#include "inference/protocol/user_models.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace spondyl::app {
namespace {

using Json = nlohmann::ordered_json;

struct ModelsOptions {
  std::string folder;
  bool json = false;
  bool yes = false;
};

/// Everything that must hold before a package runs; the first thing that does not.
Status verify(const inference::ModelPackage& package) {
  SPONDYL_CHECK(inference::verifyNetworkFile(package));
  return inference::checkTrusted(package);
}

/// What to do about it, on stderr.
void tellMending(const Error& error, const Path& folder) {
  for (const std::string& line : modelMending(error, folder, inference::userModelsFolder()))
    std::fprintf(stderr, "  %s\n", line.c_str());
}

std::vector<Result<inference::ModelPackage>> packagesFor(const std::string& folder) {
  if (!folder.empty())
    return inference::listModelPackages(folder);
  auto packages = inference::listModelPackages(inference::installedModelsFolder());
  for (auto& own : inference::listModelPackages(inference::userModelsFolder()))
    packages.push_back(std::move(own));
  return packages;
}

int listModels(const ModelsOptions& options, bool check, Session& session) {
  const auto packages = packagesFor(options.folder);
  const auto mend = [&](const Error& error, const Path& folder) {
    if (check)
      tellMending(error, folder);
  };
  if (packages.empty()) {
    const Error none = fail(ErrorCode::ModelNotFound, {options.folder.empty() ? "ct, mr" : options.folder});
    const int code = session.refuse(none);
    mend(none, options.folder);
    return code;
  }
  int broken = 0;
  Json rows = Json::array();
  for (const auto& package : packages) {
    const Status status = !package ? Status(package.error()) : check ? verify(*package) : Status();
    if (!status) {
      ++broken;
      session.refuse(status.error());
      mend(status.error(),
           package ? package->folder : Path(options.folder.empty() ? "the package" : options.folder));
    }
    if (!package)
      continue;
    const inference::ModelCard& card = package->card;
    const auto origin = inference::originOf(*package);
    const std::string state = !check ? "" : status ? "good" : errorCodeName(status.error().code);
    rows.push_back({{"name", card.name},
                    {"version", card.version},
                    {"task", card.task},
                    {"modality", card.modality},
                    {"folder", package->folder.string()},
                    {"sha256", card.networkSha256},
                    {"card_sha256", package->cardSha256},
                    {"licence", origin ? Json(origin->licence) : Json(nullptr)},
                    {"source", origin ? Json(origin->source) : Json(nullptr)},
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

int trustModel(const ModelsOptions& options, Session& session) {
  const Path folder = options.folder;
  const auto refused = [&](const Error& error) {
    const int code = session.refuse(error);
    tellMending(error, folder);
    return code;
  };
  const auto package = inference::readModelPackage(folder);
  if (!package)
    return refused(package.error());
  if (const Status whole = inference::verifyNetworkFile(*package); !whole)
    return refused(whole.error());
  const auto origin = inference::originOf(*package);
  if (!origin)
    return refused(origin.error());
  std::printf("name          %s %s (%s, %s)\nsource        %s\nlearned from  %s\nlicence       %s\n"
              "card SHA-256  %s\nnetwork       %s\n",
              package->card.name.c_str(), package->card.version.c_str(), package->card.task.c_str(),
              package->card.modality.c_str(), origin->source.c_str(), origin->dataLicence.c_str(),
              origin->licence.c_str(), package->cardSha256.c_str(), package->card.networkSha256.c_str());
  if (inference::checkTrusted(*package)) {
    std::printf("It is trusted already.\n");
    return 0;
  }
  if (!options.yes)
    return session.refuse(
        fail(ErrorCode::Usage, {"A network is a program that will run on your images",
                                "If you trust it: spondyl-cli models trust " + folder.string() + " --yes"}));
  if (const Status added = inference::trustPackage(*package); !added)
    return refused(added.error());
  std::printf("Trusted: added to %s\n", inference::userTrustFile().c_str());
  return 0;
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
        check ? "check" : "list", check ? "Checksums and trust of each package, and how to mend what is wrong"
                                        : "Names, versions, tasks");
    sub->add_option("DIR", o->folder,
                    "folder of packages, or one package; default: the installed and your own");
    sub->add_flag("--json", o->json, "print spondyl.models/1");
    addCommonOptions(*sub, session);
    sub->footer(std::string("Example: spondyl-cli models ") + (check ? "check" : "list"));
    sub->callback(
        [o, check, &session] { session.run = [o, check](Session& s) { return listModels(*o, check, s); }; });
  }
  CLI::App* trust =
      command->add_subcommand("trust", "Show where a package comes from, and let it run with --yes");
  trust->add_option("DIR", o->folder, "the package's folder")->required();
  trust->add_flag("--yes", o->yes, "put it on your list of trusted models");
  addCommonOptions(*trust, session);
  trust->footer("Example: spondyl-cli models trust ~/.local/share/spondyl/models/mine --yes");
  trust->callback([o, &session] { session.run = [o](Session& s) { return trustModel(*o, s); }; });
}

void addLater(CLI::App& app) {
  CLI::App* command = app.add_subcommand("deidentify", "not yet available in this version");
  command->allow_extras();
  command->callback([] { throw NotYetOption{"deidentify"}; });
}

} // namespace spondyl::app
