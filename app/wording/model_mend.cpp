#include "app/wording/model_mend.h"

#include <array>

namespace spondyl::app {
namespace {

struct KeyHelp {
  const char* key;
  const char* help;
};
constexpr std::array keyHelp{
    KeyHelp{"name", "a short name, for example \"our-lumbar-mr\""},
    KeyHelp{"version", "for example \"1.0\""},
    KeyHelp{"task", "\"spine-ct\" or \"spine-mr\""},
    KeyHelp{"network_data_format.inputs.image.modality", "\"CT\" or \"MR\""},
    KeyHelp{"file", "the network's TorchScript file within the folder, for example \"models/model.ts\""},
    KeyHelp{"sha256", "the file's checksum, as sha256sum prints it"},
    KeyHelp{"pipeline", "\"labels\" for a network that gives one class a voxel"},
    KeyHelp{"spacing_mm",
            "voxel size that the network works at, in the order of its axes, for example [1.5, 1.5, 1.5]"},
    KeyHelp{"tensor.axes", "where each axis of its tensor leads: [\"R\", \"A\", \"S\"] after MONAI's "
                           "Orientationd(\"RAS\"), [\"k\", \"j\", \"i\"] for the image's own axes"},
    KeyHelp{"tensor.patch", "the window that it was trained with, for example [96, 96, 96]"},
    KeyHelp{"normalisation", "{\"clip_hu\": [-1000, 1000], \"subtract\": 0, \"divide\": 1000}, {\"z_score\": "
                             "true}, or {\"percentiles\": [2, 98], \"to\": [0, 1], \"clip\": [0, 1]}"},
    KeyHelp{
        "outputs.labels.scheme",
        "whose numbers follow: \"codes\" (Spondyl's, codes.csv), \"totalsegmentator\" or \"totalspineseg\""},
    KeyHelp{"outputs.labels.numbers",
            "one number for each output channel, background 0, for example [0, 23, 24, 26]"},
};

std::vector<std::string> mendingOfCard(const std::string& what) {
  constexpr std::string_view lacks = "it lacks ";
  const std::size_t at = what.find(lacks);
  if (what.find("its schema is") != std::string::npos)
    return {
        "It was made for a newer Spondyl: update this one, or export the package again with this version's "
        "inference/training."};
  if (at == std::string::npos)
    return {
        "Correct the named key in the package's metadata.json, or export the package again with a script of "
        "inference/training."};
  std::vector<std::string> lines{
      "Add to the package's metadata.json what is missing, or export it again with a script of "
      "inference/training (export_nnunet.py for nnU-Net):"};
  for (std::size_t from = at + lacks.size(); from < what.size();) {
    const std::size_t comma = std::min(what.find(", ", from), what.size());
    const std::string key = what.substr(from, comma - from);
    for (const KeyHelp& known : keyHelp)
      if (key == known.key)
        lines.push_back(key + ": " + known.help);
    from = comma + 2;
  }
  return lines;
}

} // namespace

std::vector<std::string> modelMending(const Error& error, const Path& package, const Path& userModels) {
  const std::string what = error.arguments.size() > 1 ? error.arguments[1] : "";
  switch (error.code) {
  case ErrorCode::ModelNotFound:
    return {"Copy the package's folder, with its metadata.json, into " + userModels.string() +
            ", or name its folder."};
  case ErrorCode::ModelUntrusted:
    return {"If you know where it comes from, read and trust it: spondyl-cli models trust " +
            package.string()};
  case ErrorCode::ModelDamaged:
    if (what.starts_with("metadata.json"))
      return mendingOfCard(what);
    return {
        "Copy the whole folder again from where it came from. If the network was changed on purpose, export "
        "the package again: its card holds the network's checksum."};
  default:
    return {};
  }
}

} // namespace spondyl::app
