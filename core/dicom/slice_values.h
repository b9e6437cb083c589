#pragma once
// How stored words of all slices become one kind of voxel.

#include "core/dicom/decode.h"

namespace spondyl::dicom {

struct ValueRule {
  VoxelType type = VoxelType::Int16;
  Rescale rescale;
  std::optional<double> padding;
  bool applyOwn = false; ///< each slice's own rescale or LUT is applied to its voxels
};

/// int16 or uint16 where all slices share rescale and fit; uint16 of one common Modality LUT; float64 for
/// 32-bit words; else float32 of rescaled values.
ValueRule chooseValues(const std::vector<std::optional<ImageHeader>>& headers);

/// One slice by the rule; `out` has rows x columns voxels. Errors: those of decodeCells.
template <class T>
Status decodeValues(const ImageHeader& header, const ValueRule& rule, std::span<T> out);

extern template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<std::int16_t>);
extern template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<std::uint16_t>);
extern template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<float>);
extern template Status decodeValues(const ImageHeader&, const ValueRule&, std::span<double>);

} // namespace spondyl::dicom
