#include "core/formats/nrrd.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace spondyl {
namespace {

const char* typeName(StoredType type) {
  switch (type) {
  case StoredType::UInt8:
    return "uint8";
  case StoredType::Int16:
    return "int16";
  case StoredType::UInt16:
    return "uint16";
  case StoredType::Float32:
    return "float";
  case StoredType::Float64:
    break;
  }
  return "double";
}

// The shortest text that reads back as the same double.
std::string text(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string text(VectorLps v) {
  return "(" + text(v.x) + "," + text(v.y) + "," + text(v.z) + ")";
}

Result<OutputFile> begin(const Grid& grid, StoredType type, const Path& path) {
  const GridSize n = grid.size();
  const std::string header =
      std::string("NRRD0004\n# teem.sourceforge.net/nrrd/format.html\n") + "type: " + typeName(type) +
      "\ndimension: 3\nspace: left-posterior-superior\nsizes: " + std::to_string(n.i) + " " +
      std::to_string(n.j) + " " + std::to_string(n.k) + "\nspace directions: " + text(grid.stepI()) + " " +
      text(grid.stepJ()) + " " + text(grid.stepK()) + "\nkinds: domain domain domain\nendian: " +
      (std::endian::native == std::endian::little ? "little" : "big") +
      "\nencoding: gzip\nspace units: \"mm\" \"mm\" \"mm\"\nspace origin: " +
      text(grid.origin() - PointLps{}) + "\n\n";
  SPONDYL_TRY(OutputFile file, OutputFile::create(path, false));
  SPONDYL_CHECK(file.write(std::as_bytes(std::span(header))));
  SPONDYL_CHECK(file.compressFromHere());
  return file;
}

} // namespace

Status writeNrrd(const Volume& volume, const Path& path, const JobContext& context) {
  const StoredType type = smallestExactType(volume);
  SPONDYL_TRY(OutputFile file, begin(volume.grid(), type, path));
  SPONDYL_CHECK(writeVoxels(file, volume, type, context));
  return file.commit();
}

Status writeNrrdLabels(const Grid& grid, std::span<const std::uint16_t> numbers, const Path& path,
                       const JobContext& context) {
  SPONDYL_TRY(OutputFile file, begin(grid, StoredType::UInt16, path));
  SPONDYL_CHECK(writeLabelVoxels(file, grid, numbers, StoredType::UInt16, context));
  return file.commit();
}

} // namespace spondyl
