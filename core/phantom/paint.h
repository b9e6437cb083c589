#pragma once
// How a scanner would show a drawn phantom.

#include "core/image/volume.h"
#include "core/phantom/draw.h"

namespace spondyl {

/// int16 Hounsfield units with partial volume, blur, trabecular texture and correlated noise (options.noise,
/// HU); contrast medium in half of the patients. Errors: OutOfMemory.
Result<VolumePtr> paintCt(const SpineDescription& description, const PhantomVolumes& volumes);
/// int16 T2-weighted signal: bright liquor, fat and young discs, dark cortex and vessels, coil fall-off.
/// Errors: OutOfMemory.
Result<VolumePtr> paintMr(const SpineDescription& description, const PhantomVolumes& volumes);
/// By the options' modality.
Result<VolumePtr> paint(const SpineDescription& description, const PhantomVolumes& volumes);

} // namespace spondyl
