// convert: a series, or a case's labels, to NIfTI, NRRD or an uncompressed DICOM series.
#include "app/cli/commands.h"
#include "app/cli/session.h"
#include "app/workflow/input.h"
#include "core/case/label_exchange.h"
#include "core/dicom/write_series.h"
#include "core/formats/nifti.h"
#include "core/formats/nrrd.h"
#include "core/formats/reorient.h"

#include <CLI/CLI.hpp>

namespace spondyl::app {
namespace {

struct ConvertOptions {
  std::string input, out, orientation = "acquired", series;
  bool labels = false, force = false;
};

ArrayOrder arrayOrder(const std::string& word) {
  if (word == "LPS")
    return ArrayOrder::Lps;
  return word == "RAS" ? ArrayOrder::Ras : ArrayOrder::Acquired;
}

bool endsWith(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

Status convert(const ConvertOptions& options, Session& session) {
  const bool nifti = endsWith(options.out, ".nii") || endsWith(options.out, ".nii.gz");
  const bool nrrd = endsWith(options.out, ".nrrd");
  if (options.labels && !nifti && !nrrd)
    return fail(ErrorCode::Usage, {"--labels are written as NIfTI or NRRD",
                                   "Give --out a name that ends in .nii.gz or .nrrd; DICOM SEG is written by "
                                   "the command export."});
  SPONDYL_CHECK(prepareOutput(options.out, options.force));
  SPONDYL_TRY(const Input input,
              openInput(options.input, options.series, session.job(), {}, {.singleSlice = true}));
  session.warn(input.warnings);
  session.note("series: " + (input.series.description.empty() ? input.series.uid : input.series.description));
  const ArrayOrder order = arrayOrder(options.orientation);
  if (options.labels) {
    const LabelVolumes exported = exportLabels(effective(input.existing), input.volume->grid());
    const LabelArray labels = reorient(LabelArray{input.volume->grid(), exported.labels}, order);
    if (nrrd)
      return writeNrrdLabels(labels.grid, labels.numbers, options.out, session.job());
    return writeNiftiLabels(labels.grid, labels.numbers, options.out, NiftiType::UInt16, session.job());
  }
  SPONDYL_TRY(const VolumePtr volume, reorient(input.volume, order));
  if (nifti)
    return writeNifti(*volume, options.out, session.job());
  if (nrrd)
    return writeNrrd(*volume, options.out, session.job());
  Series series = input.series;
  series.uid.clear(); // new objects are a series of their own
  if (series.modality.empty()) {
    const auto judged = judgeModality(*volume);
    if (!judged)
      return fail(ErrorCode::ModalityUndecided, {options.input});
    series.modality = *judged;
  }
  OutputFolder folder(options.out);
  SPONDYL_TRY(const dicom::WrittenSeries written,
              dicom::writeDicomSeries(*volume, input.study, series, folder.temporary(), session.job()));
  session.warn(written.warnings);
  return folder.commit();
}

} // namespace

void addConvert(CLI::App& app, Session& session) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command =
      app.add_subcommand("convert", "A series to NIfTI, NRRD or uncompressed DICOM, values kept exactly");
  command->add_option("INPUT", options->input, "file, folder, zip, NIfTI, NRRD or .spondyl case")->required();
  command->add_option("--out", options->out, "F.nii, F.nii.gz, F.nrrd, or a folder for DICOM")->required();
  command->add_option("--orientation", options->orientation, "array order: acquired, LPS or RAS")
      ->check(CLI::IsMember({"acquired", "LPS", "RAS"}));
  command->add_option("--series", options->series, "UID or number");
  command->add_flag("--labels", options->labels, "the case's labels instead of the image");
  command->add_flag("--force", options->force, "replace an existing result");
  addCommonOptions(*command, session);
  command->footer("Example: spondyl-cli convert study/ --out study.nii.gz --orientation RAS");
  command->callback([options, &session] {
    session.run = [options](Session& s) {
      const Status status = convert(*options, s);
      return status ? 0 : s.refuse(status.error());
    };
  });
}

} // namespace spondyl::app
