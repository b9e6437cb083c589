// export: DICOM objects of a case.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/export_objects.h"

#include <CLI/CLI.hpp>

namespace spondyl::app {
namespace {

struct ExportOptions {
  std::string input, out, include, series;
  bool seg = false, force = false;
};

Status runExport(const ExportOptions& options, Session& session) {
  if (!options.seg)
    return fail(ErrorCode::Usage, {"Nothing was asked for", "Say which objects: --seg."});
  const Path folder = options.out;
  SPONDYL_CHECK(prepareOutput(folder / "seg.dcm", options.force));
  SPONDYL_TRY(const Input input, openInput(options.input, options.series, session.job()));
  session.warn(input.warnings);
  return exportSeg(input, options.include == "proposed", folder / "seg.dcm", session.job());
}

} // namespace

void addExport(CLI::App& app, Session& session) {
  auto o = std::make_shared<ExportOptions>();
  CLI::App* command =
      app.add_subcommand("export", "DICOM objects of a case: confirmed items, or --include proposed");
  command->add_option("CASE", o->input, ".spondyl case")->required();
  command->add_option("--out", o->out, "folder: seg.dcm")->required();
  command->add_flag("--seg", o->seg, "the label map as DICOM SEG");
  command->add_option("--include", o->include, "proposed: items that nobody reviewed too")
      ->check(CLI::IsMember({"proposed"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_flag("--force", o->force, "replace existing results");
  addNotYet(*command,
            {"--sr", "--pdf", "--sc", "--gsps", "--kos", "--rtstruct", "--stl", "--parts", "--make-source"});
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli export results/*/case.spondyl --out dicom --seg --include proposed");
  command->callback([o, &session] {
    session.run = [o](Session& s) {
      const Status status = runExport(*o, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app
