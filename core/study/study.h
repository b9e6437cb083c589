#pragma once
// What was read about a patient's images, without the voxels: plain values. Texts are UTF-8, dates ISO 8601
// ("1958-03-21"; empty if absent), lengths mm.

#include "core/base/file.h"
#include "core/geometry/grid.h"
#include "core/image/volume.h"
#include "core/study/radiograph.h"
#include "core/study/warning.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spondyl {

struct Patient {
  std::string name; ///< as DICOM has it: "Family^Given^Middle^Prefix^Suffix", further groups behind '='
  std::string id, birthDate;
  std::string sex; ///< "M", "F", "O" or empty
  bool operator==(const Patient&) const = default;
};

/// "Given Family" from a DICOM person name; the first group that is not empty.
std::string displayName(const Patient& patient);

struct WindowPreset {
  std::string name; ///< the file's explanation, may be empty
  double centre = 0, width = 1;
  bool operator==(const WindowPreset&) const = default;
};

/// Where one slice comes from: what exports refer to.
struct SliceSource {
  Path file;
  std::string sopClassUid, sopInstanceUid;
  int frame = 0; ///< within the file, from 0
  int instanceNumber = 0;
  bool isMissing() const { return file.empty(); } ///< no file: the slice is interpolated from its neighbours
  bool operator==(const SliceSource&) const = default;
};

/// Slices that make one volume, in the order of the grid's k.
struct Stack {
  std::string
      tellsApart; ///< what sets it apart in its series: "axial", "echo time 80" …; empty if it is alone
  std::optional<Grid> grid; ///< absent: no usable geometry (see `refusal`)
  std::vector<SliceSource>
      slices; ///< size().k of them (NIfTI: one, the file). Resampled stacks: the nearest slice's
  /// Only where the acquired slices lie unevenly: these, along the normal; they are resampled into the grid.
  std::vector<SliceSource> resampledFrom;
  std::optional<double> sliceThicknessMm;
  /// Set for a radiograph: one slice, a grid in its own plane, refused as a volume (ProjectionImage).
  std::optional<Radiograph> radiograph;
  std::vector<Warning> warnings;
  /// Why it cannot be a volume: SingleSlice, NoGeometry, UnevenSlices, UnsupportedPixels …
  std::optional<Error> refusal;
};

enum class SeriesOrigin : std::uint8_t { Dicom, Nifti };

struct Series {
  SeriesOrigin origin = SeriesOrigin::Dicom;
  std::string uid;
  std::optional<int> number;
  std::string modality; ///< "CT", "MR", …; empty if not known (NIfTI)
  std::string description, protocol, bodyPart;
  std::string date, time;
  std::string patientPosition; ///< "HFS" …
  std::string frameOfReferenceUid;
  std::string manufacturer, model, kernel, contrastAgent, sequenceName;
  std::optional<double> kvp, echoTimeMs, repetitionTimeMs;
  std::vector<WindowPreset> windows; ///< of the file, in its order, in rescaled values
  bool lossy = false;
  std::string transferSyntaxUid;
  int sliceCount = 0;        ///< images of all stacks
  std::vector<Stack> stacks; ///< largest first
  std::shared_ptr<const void>
      keepsAlive; ///< a zip's unpacked folder, removed with the last Series that uses it
};

struct Study {
  std::string uid;  ///< Study Instance UID; empty for NIfTI
  std::string name; ///< the UID, or the file's name without its ending: what result folders are called
  Patient patient;
  std::string date, time; ///< time "hh:mm:ss"
  std::string description, accession, id, referringPhysician, institution, patientAge;
  std::vector<Series> series;
};

struct RefusedFile {
  Path file;
  Error error;
};

struct StudyListing {
  std::vector<Study> studies;
  std::vector<Warning> warnings; ///< of the whole input; a stack's own are with the stack
  std::vector<RefusedFile> refused;
};

/// What may be chosen besides a volume.
struct Acceptance {
  bool singleSlice = false; ///< a lone slice with geometry counts as a volume
  bool radiograph = false;  ///< where there is no volume
};

struct SeriesChoice {
  std::size_t study = 0, series = 0, stack = 0;
};

/// The series with this UID or number; without one the best spine series: CT or MR, a stack that is a volume,
/// most anatomy covered by thin slices. Errors: SeriesNotFound, SeveralSeries (a number that occurs twice),
/// or, where nothing can be a volume, the refusal of the largest stack.
Result<SeriesChoice> chooseSeries(const StudyListing& listing, const std::string& uidOrNumber = {},
                                  Acceptance accept = {});

} // namespace spondyl
