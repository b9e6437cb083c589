// snapshot: a picture of a study or case, as the window would show it, without a window.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/input.h"

#include <CLI/CLI.hpp>

#ifdef SPONDYL_WITH_GUI
#include "app/cli/levels_sheet.h"
#include "core/formats/nifti.h"
#endif

namespace spondyl::app {
namespace {

struct SnapshotOptions {
  std::string input, out, view = "sagittal", at, level, size = "1024x1024", window, labels = "on", slab,
                          annotations = "full", series, overlay;
  bool force = false;
};

#ifdef SPONDYL_WITH_GUI
Error notUnderstood(const std::string& option, const std::string& word, const std::string& example) {
  return fail(ErrorCode::Usage,
              {option + " " + word + " is not understood", "For example: " + option + " " + example});
}

Result<viewer::CaptureRequest> requestOf(const SnapshotOptions& o) {
  viewer::CaptureRequest request;
  if (o.view != "levels")
    request.view = *viewer::captureViewFromName(o.view);
  int used = 0;
  if (std::sscanf(o.size.c_str(), "%dx%d%n", &request.width, &request.height, &used) != 2 ||
      o.size[std::size_t(used)] != '\0' || request.width < 16 || request.height < 16 ||
      request.width > 16384 || request.height > 16384)
    return notUnderstood("--size", o.size, "1024x768 (16 to 16384 pixels)");
  if (!o.at.empty()) {
    PointLps p;
    if (std::sscanf(o.at.c_str(), "%lf,%lf,%lf%n", &p.x, &p.y, &p.z, &used) != 3 ||
        o.at[std::size_t(used)] != '\0')
      return notUnderstood("--at", o.at, "-2.5,30,-410 (LPS, mm)");
    request.at = p;
  }
  if (!o.level.empty()) {
    request.level = levelFromName(o.level);
    if (!request.level)
      return notUnderstood("--level", o.level, "L3");
  }
  if (!o.window.empty()) {
    request.windowing = viewer::windowingFromText(o.window);
    if (!request.windowing)
      return notUnderstood("--window", o.window, "400,2000 or bone");
  }
  if (!o.slab.empty()) {
    const auto slab = viewer::slabFromText(o.slab);
    if (!slab)
      return notUnderstood("--slab", o.slab, "10:mip (mip, mean or min)");
    request.slabMm = slab->thicknessMm;
    request.slabMode = slab->mode;
  }
  using viewer::LabelDisplay;
  request.labels = o.labels == "on"    ? LabelDisplay::FillAndOutline
                   : o.labels == "off" ? LabelDisplay::Off
                                       : LabelDisplay::Outline;
  using viewer::AnnotationDisplay;
  request.annotations = o.annotations == "full"   ? AnnotationDisplay::Full
                        : o.annotations == "none" ? AnnotationDisplay::None
                                                  : AnnotationDisplay::Anonymous;
  return request;
}

/// The map that analyze --uncertainty left beside the case.
Result<viewer::ScalarOverlayPtr> uncertaintyBeside(const Path& input, const JobContext& job) {
  const Path file =
      (std::filesystem::is_directory(input) ? input : input.parent_path()) / "uncertainty.nii.gz";
  if (!std::filesystem::exists(file))
    return fail(ErrorCode::FileNotFound, {file.string() + " (analyze --uncertainty writes it)"}, "snapshot");
  SPONDYL_TRY(const LoadedVolume loaded, readNifti(file, job));
  auto overlay = std::make_shared<viewer::ScalarOverlay>();
  overlay->map = loaded.volume;
  return viewer::ScalarOverlayPtr(std::move(overlay));
}

Status takeSnapshot(const SnapshotOptions& o, Session& session) {
  SPONDYL_TRY(viewer::CaptureRequest request, requestOf(o));
  SPONDYL_CHECK(prepareOutput(o.out, o.force));
  if (!o.overlay.empty()) {
    SPONDYL_TRY(request.scalar, uncertaintyBeside(o.input, session.job()));
  }
  SPONDYL_TRY(const Input input, openInput(o.input, o.series, session.job(), {}, {.radiograph = true}));
  session.warn(input.warnings);
  const viewer::OffscreenApplication application;
  viewer::Photographer photographer(input.volume, std::make_shared<const Case>(input.existing),
                                    input.series.uid, input.stack);
  SPONDYL_TRY(const QImage picture, o.view == "levels" ? levelsSheet(photographer, input.existing, request)
                                                       : photographer.take(request));
  return viewer::savePng(picture, o.out);
}
#else
Status takeSnapshot(const SnapshotOptions&, Session&) {
  return fail(ErrorCode::NotYet, {"snapshot (this program was built without pictures)"});
}
#endif

} // namespace

void addSnapshot(CLI::App& app, Session& session) {
  auto o = std::make_shared<SnapshotOptions>();
  CLI::App* command = app.add_subcommand("snapshot", "A picture as PNG");
  command->add_option("INPUT", o->input, "file, folder, zip, NIfTI, NRRD or .spondyl case")->required();
  command->add_option("--out", o->out, "F.png")->required();
  command
      ->add_option("--view", o->view,
                   "sagittal, coronal, axial, 3d, grid, levels (one picture a vertebra), cpr or "
                   "cpr-coronal (along the centre line)")
      ->check(CLI::IsMember({"sagittal", "coronal", "axial", "3d", "grid", "levels", "cpr", "cpr-coronal"}));
  command->add_option("--at", o->at, "x,y,z in LPS, mm");
  command->add_option("--level", o->level, "a level such as L3: axial along its end plates");
  command->add_option("--size", o->size, "WxH, pixels");
  command->add_option("--window", o->window, "C,W or a preset's name");
  command->add_option("--labels", o->labels, "on, outline or off")
      ->check(CLI::IsMember({"on", "outline", "off"}));
  command->add_option("--slab", o->slab, "MM:mip, MM:mean or MM:min");
  command->add_option("--annotations", o->annotations, "full, anonymous or none")
      ->check(CLI::IsMember({"full", "anonymous", "none"}));
  command->add_option("--overlay", o->overlay, "uncertainty: uncertainty.nii.gz beside the case, with legend")
      ->check(CLI::IsMember({"uncertainty"}));
  command->add_option("--series", o->series, "UID or number");
  command->add_flag("--force", o->force, "replace an existing picture");
  addCommonOptions(*command, session);
  command->footer(
      "Example: spondyl-cli snapshot results/*/case.spondyl --out L3.png --view axial --level L3");
  command->callback([o, &session] {
    session.run = [o](Session& s) {
      const Status status = takeSnapshot(*o, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app
