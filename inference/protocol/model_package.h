#pragma once
// A model package: a folder with metadata.json (its card; a MONAI bundle has it in configs) and the network's
// file. Read by both sides, run by the worker only. Trust is in the card's SHA-256, and the card names the
// network's: neither can be exchanged alone.

#include "core/base/file.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace spondyl::inference {

/// (clip(value, low, high) - subtract) / divide
struct Normalisation {
  double low = -400, high = 1500, subtract = 100, divide = 300;
};

/// Where values have no unit (MR): these percentiles of what was acquired become the network's `to`.
struct PercentileRule {
  std::array<double, 2> percent{2, 98}, to{-1.5, 1.5};
  std::array<double, 2> clip{-2, 3}; ///< of the network's input
};

/// A network that gives a label map: one class a voxel, no votes. Axes are those of its tensors: 0, 1, 2.
struct LabelRule {
  std::array<char, 3> axes{'S', 'P',
                           'L'}; ///< where each leads: L R P A S I, or i j k of the image as acquired
  std::array<double, 3> spacingMm{1, 1, 1};
  std::array<int, 3> patch{};     ///< of every window: instance norms see it whole, so it is never changed
  std::vector<int> codes;         ///< by channel: number of codes.csv; 0: background, or nothing that we know
  std::vector<std::string> names; ///< by channel, for what is said about those left out
  std::vector<bool> isBackground; ///< by channel
  bool zScore = false;            ///< instead of `normalisation`: mean 0, deviation 1 over the image
  double paddingInput = 0;        ///< the network's input beyond the image
  bool cropToNonzero = false;     ///< borders of zeros are no part of the image
  bool likeNnUnet = false;        ///< input by cubic splines, thick slices nearest; else all linear
  double overlap = 0.5;           ///< of neighbouring windows, at least
  std::vector<int> mirrorAxes;    ///< average over all flips of these
};

/// A network that reads crops of single vertebrae and answers heat maps:
/// inference/pipelines/landmark_heatmaps.h.
struct LandmarkRule {
  std::array<int, 3> size{};      ///< of a crop, voxels z, y, x; even
  std::array<double, 3> origin{}; ///< voxel of the body's centroid, z, y, x
  double leastConfidence = 0.5;   ///< below it a landmark is left to the masks
  /// Of landmarkSites, those that are taken: where the network is better than the masks.
  std::vector<std::string> sitesOnCt, sitesOnMr;
};

/// Grid axes of tensors are z, y, x (x fastest), LPS-aligned: x to the patient's left, y posterior, z
/// superior. Output channels: class scores in the order of `classes`, offsets to the own body's centre, level
/// number.
struct ModelCard {
  std::string name, version, description;
  std::string task;        ///< "spine-ct"
  std::string modality;    ///< "ct" or "mr"
  std::string networkFile; ///< name within the folder
  std::string networkSha256;
  double spacingMm = 2.0;
  int sizeMultiple = 16;                        ///< sizes of windows are multiples of it
  std::vector<std::array<int, 3>> windowShapes; ///< z, y, x; what it was tried with
  Normalisation normalisation;
  std::optional<PercentileRule> percentiles; ///< instead of `normalisation`
  double outsideValue = -1000; ///< where nothing was acquired: HU, with percentiles the network's input
  std::vector<std::string> classes;
  double windowShift = 0;          ///< weights of overlapping windows as where it was trained: WindowOptions
  double windowLeast = 0;          ///< (nnU-Net: 0.5 and 0; MONAI: 0 and 0.001)
  double vertebraThreshold = 0.35; ///< P(body) + P(arch) from which a voxel is given to a vertebra
  double discThreshold = 0.4;      ///< P(disc) from which a voxel is given to a disc
  std::array<std::size_t, 3> offsetOrder{0, 1, 2}; ///< place of z, y, x among the offset channels
  double offsetScaleMm = 20;
  double levelScale = 24;
  bool mirror = false;                                 ///< average with the left-right mirrored input
  double minimumSpacingMm = 0, maximumSpacingMm = 1e9; ///< intended input
  std::optional<LabelRule>
      labels; ///< pipeline "labels": what is above of classes, offsets, shapes is not used
  /// Pipeline "landmarks", of CT and MR both: `normalisation` is for CT, `percentiles` for MR.
  std::optional<LandmarkRule> landmarks;
};

struct ModelPackage {
  Path folder;
  Path cardFile;
  ModelCard card;
  std::string cardSha256; ///< what the trust list holds
};

/// The classes that segmentation reads, by channel; "cord" may follow as one more.
extern const std::array<const char*, 8> segmentationClasses;

/// The maps of a landmark network, by channel. "below.*": corners of the next upper end plate below.
extern const std::array<const char*, 16> landmarkSites;

/// Reads and checks the card; the network's file must exist. Errors: ModelNotFound, ModelDamaged.
Result<ModelPackage> readModelPackage(const Path& folder);
/// SHA-256 of the network's file against the card. Errors: ModelDamaged.
Status verifyNetworkFile(const ModelPackage& package);
/// Whether a card with this hash came with the program.
bool isShippedCard(const std::string& cardSha256);
/// Shipped (compiled in) or in the user's trust file. Errors: ModelUntrusted.
Status checkTrusted(const ModelPackage& package);
/// Whether the card means such voxels (spacing, mm). Errors: ModelUnsuitable.
Status checkSuitable(const ModelPackage& package, const std::array<double, 3>& spacingMm);

/// $XDG_CONFIG_HOME/spondyl/trusted-models: one SHA-256 of a metadata.json a line, '#' starts a comment.
Path userTrustFile();
/// models/ beside the programs, found relative to the executable: installed or in a build tree. Empty if
/// none.
Path installedModelsFolder();
/// Packages in a folder (itself one, or its sub-folders), by name; those that cannot be read come with their
/// error.
std::vector<Result<ModelPackage>> listModelPackages(const Path& folder);
/// The package for a modality in `folder` (empty: the installed ones). Errors: ModelNotFound,
/// ModelUnsuitable, or what is wrong with the only one there.
Result<ModelPackage> findModelPackage(const Path& folder, const std::string& modality);

/// The landmark package that goes with a request for `folder` (empty: the installed ones and the user's), if
/// there is one that is trusted.
std::optional<ModelPackage> findLandmarkPackage(const Path& folder);

} // namespace spondyl::inference
