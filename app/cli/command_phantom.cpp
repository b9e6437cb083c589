// phantom: a synthetic spine with exact truth, as a DICOM series and label maps.
#include "app/cli/commands.h"
#include "app/cli/phantom_words.h"
#include "app/cli/session.h"
#include "core/dicom/write_series.h"
#include "core/formats/nifti.h"
#include "core/phantom/draw.h"
#include "core/phantom/paint.h"
#include "core/phantom/truth_json.h"

#include <CLI/CLI.hpp>

namespace spondyl::app {
namespace {

struct PhantomCommand {
  std::string out, modality = "ct", levels = "C1-S1", anatomy = "none";
  std::vector<std::string> fractures, slips;
  PhantomOptions options;
  bool force = false;
};

Result<PhantomOptions> optionsOf(const PhantomCommand& command) {
  PhantomOptions options = command.options;
  if (command.modality == "dr")
    return fail(ErrorCode::NotYet, {"The radiograph phantom (--modality dr)"});
  options.modality = command.modality == "mr" ? PhantomModality::Mr : PhantomModality::Ct;
  SPONDYL_CHECK(parseLevelRange(command.levels, options));
  SPONDYL_TRY(options.variant, parseAnatomy(command.anatomy));
  for (const std::string& word : command.fractures) {
    SPONDYL_TRY(const FractureRequest request, parseFracture(word));
    options.fractures.push_back(request);
  }
  for (const std::string& word : command.slips) {
    SPONDYL_TRY(const SlipRequest request, parseSlip(word));
    options.slips.push_back(request);
  }
  return options;
}

Status makePhantom(const PhantomCommand& command, Session& session) {
  SPONDYL_TRY(const PhantomOptions options, optionsOf(command));
  SPONDYL_CHECK(prepareOutput(command.out, command.force));
  SPONDYL_TRY(const SpineDescription spine, describeSpine(options));
  SPONDYL_TRY(const Grid grid, defaultGrid(spine, options.spacingMm));
  const JobContext job = session.job();
  job.progress.report("draw", 0.05);
  const PhantomVolumes volumes = drawPhantom(spine, grid);
  if (job.stopRequested())
    return fail(ErrorCode::Cancelled);
  job.progress.report("paint", 0.4);
  SPONDYL_TRY(const VolumePtr image, paint(spine, volumes));

  OutputFolder folder(command.out);
  std::error_code error;
  std::filesystem::create_directories(folder.temporary(), error);
  if (error)
    return fail(ErrorCode::FileNotWritable, {command.out, error.message()});
  Study study;
  study.patient = {"Phantom^Spine " + std::to_string(options.seed), "PHANTOM-" + std::to_string(options.seed),
                   "", "O"};
  study.description = "Synthetic spine, not a patient";
  study.date = "2026-01-01";
  study.time = "12:00:00";
  Series series;
  series.modality = options.modality == PhantomModality::Mr ? "MR" : "CT";
  series.number = 1;
  series.description = "Spine phantom, seed " + std::to_string(options.seed);
  series.patientPosition = "HFS";
  series.bodyPart = "SPINE";
  series.manufacturer = "Spondyl";
  series.model = "phantom";
  if (series.modality == "CT")
    series.kvp = 120;
  JobContext writing = job;
  writing.progress = job.progress.part(0.7, 0.95);
  SPONDYL_TRY(const dicom::WrittenSeries written,
              dicom::writeDicomSeries(*image, study, series, folder.temporary() / "dicom", writing));
  session.warn(written.warnings);
  SPONDYL_CHECK(
      writeNiftiLabels(grid, volumes.labels, folder.temporary() / "labels.nii.gz", NiftiType::UInt16, job));
  const std::vector<std::uint16_t> parts(volumes.parts.begin(), volumes.parts.end());
  SPONDYL_CHECK(writeNiftiLabels(grid, parts, folder.temporary() / "parts.nii.gz", NiftiType::UInt8, job));
  SPONDYL_CHECK(writeFileWhole(folder.temporary() / "truth.json", truthJson(spine)));
  return folder.commit();
}

} // namespace

void addPhantom(CLI::App& app, Session& session) {
  auto c = std::make_shared<PhantomCommand>();
  CLI::App* command = app.add_subcommand("phantom", "A synthetic spine with exact truth");
  command->add_option("--out", c->out, "folder: dicom/, labels.nii.gz, parts.nii.gz, truth.json")->required();
  command->add_option("--seed", c->options.seed, "each seed is another patient");
  command->add_option("--modality", c->modality, "ct or mr")->check(CLI::IsMember({"ct", "mr", "dr"}));
  command->add_option("--spacing", c->options.spacingMm, "voxel size, mm")->check(CLI::Range(0.3, 10.0));
  command->add_option("--levels", c->levels, "from-to, such as C1-S1");
  command->add_option_function<double>(
      "--scoliosis", [c](double deg) { c->options.scoliosisDeg = deg; }, "Cobb angle, degrees");
  command->add_option_function<double>(
      "--kyphosis", [c](double deg) { c->options.kyphosisDeg = deg; }, "T4-T12, degrees");
  command->add_option("--fracture", c->fractures, "L1:wedge:35; may be given several times")->take_all();
  command->add_option("--slip", c->slips, "L4:25; may be given several times")->take_all();
  command->add_option("--anatomy", c->anatomy, "l6, t13, t11, l4, cervical-rib or none");
  command->add_option("--tilt", c->options.gantryTiltDeg, "gantry tilt, degrees")
      ->check(CLI::Range(-40.0, 40.0));
  command->add_option("--noise", c->options.noise, "standard deviation: HU (CT), percent (MR)")
      ->check(CLI::Range(0.0, 500.0));
  command->add_flag("--force", c->force, "replace an existing result");
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli phantom --out demo --seed 7 --levels T10-S1 --fracture L1:wedge:35");
  command->callback([c, &session] {
    session.run = [c](Session& s) {
      const Status status = makePhantom(*c, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app
