#pragma once
// One training volume as a file that numpy can map.
//
//   bytes 0-7    "SPNDPOOL"
//   bytes 8-11   length of the JSON text, little-endian uint32 (padded with spaces)
//   then         JSON "spondyl.phantom-pool/1"; blocks start at multiples of 64 bytes from the file's
//   beginning
//
// JSON: generator (version), seed, shape [z,y,x], spacing_mm, origin_lps_mm of voxel (0,0,0), blocks [{name,
// dtype, offset}] and instances [{number, level, label, rank, centre_zyx, voxels, whole}]. Arrays are C order
// z, y, x: z superior, y posterior, x left. Blocks: "class" u1 (0 background, 1 body, 2 posterior elements, 3
// disc, 4 sacrum, 5 canal, 6 rib, 7 other bone), "instance" u1, "tissue" u1 (core/phantom/tissue.h; + 128
// metal), "distance" i1 (0.25 mm).

#include "core/base/file.h"
#include "core/phantom/draw.h"

namespace spondyl {

/// JSON "spondyl.phantom-landmarks/1": landmarks [{rank, site, lps_mm}] of the whole spine as it is drawn,
/// the first sacral end plate as "superior.*" of the sacrum.
std::string landmarkText(const SpineDescription& description, std::uint64_t seed);
Status writePoolFile(const Path& path, const PhantomVolumes& volumes, std::uint64_t seed);

} // namespace spondyl
