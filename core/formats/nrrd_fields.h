#pragma once
// The words of a NRRD header as values. No file is touched here.

#include "core/formats/nrrd_header.h"

#include <map>
#include <optional>
#include <string>

namespace spondyl {

/// "field: value" lines by field, in lower case; of "key:=value" pairs and comments nothing is kept.
using NrrdFields = std::map<std::string, std::string>;

std::optional<FileType> nrrdType(const std::string& word);
/// "(1,0,0)" or "none"; nullopt: neither. An empty vector stands for "none".
std::optional<std::vector<std::vector<double>>> nrrdVectors(const std::string& text);
std::optional<std::vector<std::int64_t>> nrrdWholeNumbers(const std::string& text);
/// What the signs of x, y, z must become for LPS; nullopt: a space that does not say where the patient is.
std::optional<std::array<double, 3>> nrrdToLps(const std::string& space);
/// mm per unit of each axis of the space ("\"mm\" \"mm\" \"mm\""); nullopt: a unit that is no length.
std::optional<std::array<double, 3>> nrrdUnits(const std::string& text);

} // namespace spondyl
