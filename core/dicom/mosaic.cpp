// Siemens mosaics: all slices of a volume as tiles of one image. Their number and the direction of growing
// slices stand in Siemens' private CSA header ("SV10"), read here with bounds.
#include "core/base/number.h"
#include "core/dicom/header_parts.h"

#include <algorithm>
#include <cmath>

namespace spondyl::dicom {
namespace {

Error noPlace(const DicomHeader& raw, const std::string& missing) {
  return fail(ErrorCode::UnsupportedObject,
              {raw.path.string(), "a mosaic of slices that cannot be placed, for want of " + missing},
              "splitMosaic");
}

std::string_view trimmed(std::string_view text) {
  const auto end = text.find('\0');
  text = text.substr(0, end);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n'))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  return text;
}

// The numbers of one element of a CSA header; empty if it is absent or anything in between does not fit.
std::vector<double> csaNumbers(std::string_view csa, std::string_view name) {
  constexpr std::size_t headerBytes = 16, elementBytes = 84, itemBytes = 16;
  constexpr std::uint32_t mostElements = 2000, mostItems = 1000;
  const auto word = [&](std::size_t at) {
    return readU32(reinterpret_cast<const std::byte*>(csa.data()) + at, false);
  };
  if (csa.size() < headerBytes || !csa.starts_with("SV10"))
    return {};
  const std::uint32_t elements = word(8);
  std::size_t at = headerBytes;
  for (std::uint32_t e = 0; e < std::min(elements, mostElements); ++e) {
    if (csa.size() - at < elementBytes)
      return {};
    const bool isWanted = trimmed(csa.substr(at, 64)) == name;
    const std::uint32_t items = word(at + 76);
    if (items > mostItems)
      return {};
    at += elementBytes;
    std::vector<double> values;
    for (std::uint32_t k = 0; k < items; ++k) {
      if (csa.size() - at < itemBytes)
        return {};
      const std::size_t length = word(at + 4), padded = (length + 3) / 4 * 4;
      at += itemBytes;
      if (padded > csa.size() - at)
        return {};
      if (const auto value = finiteNumber(trimmed(csa.substr(at, length))); isWanted && value)
        values.push_back(*value);
      at += padded;
    }
    if (isWanted)
      return values;
  }
  return {};
}

int countOf(const DicomHeader& raw, std::string_view csa) {
  if (raw.text(tag::MosaicCreator) == "SIEMENS MR HEADER")
    if (const auto count = raw.us(tag::MosaicCount))
      return *count;
  const auto values = csaNumbers(csa, "NumberOfImagesInMosaic");
  return values.size() == 1 && values[0] >= 1 && values[0] <= 4096 ? static_cast<int>(values[0]) : 0;
}

} // namespace

Result<std::vector<ImageHeader>> splitMosaic(const DicomHeader& raw, const ImageHeader& whole) {
  const auto found = raw.values.find(tag::CsaImageHeader);
  const bool isCsa = raw.text(tag::CsaCreator) == "SIEMENS CSA HEADER" && found != raw.values.end();
  const std::string_view csa = isCsa ? std::string_view(found->second) : std::string_view();
  const int count = countOf(raw, csa);
  if (count < 1)
    return noPlace(raw, "their number");
  const auto normal = csaNumbers(csa, "SliceNormalVector");
  if (normal.size() != 3)
    return noPlace(raw, "the slice normal");
  if (!whole.position || !whole.orientation || !whole.pixelSpacing)
    return noPlace(raw, "position, orientation or pixel spacing");
  if (!whole.spacingBetweenSlices || !(*whole.spacingBetweenSlices > 0))
    return noPlace(raw, "the distance between slices");
  // Reversed protocols number the first tile from the end; which way those lie is not certain.
  const auto first = csaNumbers(csa, "ProtocolSliceNumber");
  if (!first.empty() && first[0] > 1)
    return noPlace(raw, "a certain order of slices");

  const auto& o = *whole.orientation;
  const VectorLps column = normalized({o[0], o[1], o[2]}), row = normalized({o[3], o[4], o[5]});
  const VectorLps across = normalized(cross(column, row));
  const double cosine = dot(across, normalized({normal[0], normal[1], normal[2]}));
  if (!(std::abs(cosine) > 0.999))
    return noPlace(raw, "a slice normal that fits the orientation");
  const int side = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count)) - 1e-9));
  if (whole.layout.rows % side != 0 || whole.layout.columns % side != 0)
    return noPlace(raw, "a matrix that holds " + std::to_string(count) + " tiles");
  const int rows = whole.layout.rows / side, columns = whole.layout.columns / side;
  // The stated position is that of the mosaic taken as one large slice around the first slice's middle.
  const PointLps corner = *whole.position +
                          column * ((*whole.pixelSpacing)[1] * (whole.layout.columns - columns) / 2) +
                          row * ((*whole.pixelSpacing)[0] * (whole.layout.rows - rows) / 2);
  const VectorLps step = across * (cosine < 0 ? -*whole.spacingBetweenSlices : *whole.spacingBetweenSlices);
  std::vector<ImageHeader> out(static_cast<std::size_t>(count), whole);
  for (int k = 0; k < count; ++k) {
    ImageHeader& h = out[static_cast<std::size_t>(k)];
    h.tile = Tile{whole.layout.rows, whole.layout.columns, k / side * rows, k % side * columns};
    h.layout.rows = rows;
    h.layout.columns = columns;
    h.position = corner + step * k;
    h.source.frame = k;
    h.discriminators.emplace_back("instance number", std::to_string(whole.source.instanceNumber));
  }
  return out;
}

} // namespace spondyl::dicom
