#pragma once
// From what a person names (a path, a series) to the study, the series and its voxels. Window and command
// line share it.

#include "core/base/progress.h"
#include "core/case/case.h"
#include "core/image/volume.h"
#include "core/study/study.h"

#include <optional>
#include <string>
#include <vector>

namespace spondyl::app {

/// Studies of anything that can be opened; a `.spondyl` case lists the studies it holds.
Result<StudyListing> openListing(const Path& path, const JobContext& job);

/// One chosen series with its voxels, and the case it belongs to.
struct Input {
  Path path;
  Study study;   ///< the chosen study, all series
  Series series; ///< the chosen series
  std::size_t stack = 0;
  VolumePtr volume;
  bool fromCaseFile = false; ///< a `.spondyl` was opened: `existing` is its content
  Case existing;             ///< else a new case of this patient and study, nothing labelled
  std::vector<Warning> warnings;
  std::vector<RefusedFile> refused;
};

/// `series`: UID or number, empty: the best spine series. A series without a modality (NIfTI) gets the asked
/// one
/// ("ct", "mr"), or the one that its values tell, with a warning; else it stays empty.
/// Errors: those of opening and choosing; SingleSlice, ProjectionImage unless such are accepted.
Result<Input> openInput(const Path& path, const std::string& series, const JobContext& job,
                        const std::string& askedModality = {}, Acceptance accept = {});

/// A case of this study in which nothing is labelled yet.
Case newCase(const Study& study);

/// "CT" or "MR" judged from the values of a volume whose file does not say (NIfTI): CT values are Hounsfield
/// units with air near -1000; MR signals are never negative. nullopt: it could be either.
std::optional<std::string> judgeModality(const Volume& volume);

} // namespace spondyl::app
