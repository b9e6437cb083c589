#pragma once
// DICOM Segmentation objects (binary), written and read with plain data sets: dcmseg 3.6.7 mixes up voxels
// where rows x columns is no multiple of 8.

#include "core/anatomy/codes.h"
#include "core/base/progress.h"
#include "core/study/label_array.h"
#include "core/study/study.h"

#include <array>

namespace spondyl::dicom {

enum class SegAlgorithm : std::uint8_t {
  Automatic,
  SemiAutomatic,
  Manual
}; ///< SemiAutomatic: edited by a person

struct SegSegment {
  int number = 0;                 ///< in the label array
  std::string label, description; ///< "L3", "L3 vertebra"
  CodedConcept category, type;
  std::optional<CodedConcept> modifier, anatomicRegion;
  SegAlgorithm algorithm = SegAlgorithm::Automatic;
  std::string algorithmName, algorithmVersion; ///< needed unless Manual
  std::array<std::uint8_t, 3> rgb{};
  std::string trackingId, trackingUid; ///< the UID stays the same over revisions; empty: one is made
};

/// A segment named, coded and coloured as resources/codes.csv says; numbers outside of it (vertebrae without
/// a name) get the generic vertebra or disc code and the label "V3" or "D3".
SegSegment segmentForLabel(int number);

struct SegDescription {
  std::string contentLabel = "SEGMENTATION"; ///< upper case, digits, '_'; at most 16
  std::string contentDescription, creatorName, seriesDescription = "Segmentation";
  int seriesNumber = 1000;
  std::string seriesUid, sopInstanceUid; ///< empty: made
};

/// One frame per slice that a segment touches. `labels` lies on the grid of `stack`; numbers without a
/// segment are not written. Slices that were interpolated get no source reference. Errors: GridMismatch,
/// NoSourceIdentity (no DICOM slices), NothingToWrite (no voxel of any segment), NoGeometry (rows not
/// perpendicular to columns), FileNotWritable, DiskFull, Cancelled.
Status writeSeg(const LabelArray& labels, std::span<const SegSegment> segments, const Study& study,
                const Series& series, std::size_t stack, const SegDescription& description, const Path& path,
                const JobContext& context = {});

struct SegContent {
  LabelArray labels;
  std::vector<SegSegment> segments; ///< `number`: of codes.csv if the segment is known by name or code, else
                                    ///< 10000 + its segment number
  std::string studyUid, frameOfReferenceUid, referencedSeriesUid, contentLabel;
  std::vector<Warning> warnings; ///< SegmentsOverlap
};

/// Binary segmentations, and fractional ones at half of their maximum. Without `onto` the label array spans
/// the object's own frames; with it, frames must lie on slices of that grid. Errors: those of walkDicom,
/// UnsupportedObject, UnsupportedTransferSyntax, Malformed, NoGeometry, GridMismatch, Truncated.
Result<SegContent> readSeg(const Path& path, const Grid* onto = nullptr);

/// True if the file is a Segmentation object (by its header alone).
bool isSeg(const Path& path);

} // namespace spondyl::dicom
