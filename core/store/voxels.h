#pragma once
// Volumes inside a .spondyl file: one row per few slices, compressed. Internal to core/store.

#include "core/store/case_file.h"
#include "core/store/database.h"

namespace spondyl::detail {

Status createVoxelTables(Database& database);
Status writeVolume(Database& database, const EmbeddedVolume& embedded, const JobContext& job);
Result<std::vector<EmbeddedVolume>> readVolumes(Database& database, const JobContext& job);

} // namespace spondyl::detail
