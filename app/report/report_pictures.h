#pragma once
// The pictures of a report, taken without a window.

#include "app/report/report_pdf.h"
#include "core/case/case.h"
#include "core/image/volume.h"

namespace spondyl::app {

/// A key image as the report will show it, at any size. Errors: those of Photographer::take(), UnknownItem (a
/// view that there is not).
Result<QImage> keyImagePicture(const KeyImage& image, const VolumePtr& volume, const CasePtr& document,
                               const std::string& seriesUid, QSize pixels, std::size_t stack = 0);

/// The case's key images as they were kept; where there are none, the ones every report has: mid-sagittal and
/// coronal with labels, 3D, and the axial plane of the worst finding. Proposed structures only if the report
/// includes them. Who the patient is stands in the report's header, not in the pictures. Empty without a
/// volume or where nothing has been reviewed; the 3D picture is left out on a machine that cannot draw it. A
/// QGuiApplication must exist. Errors: those of Photographer::take().
Result<std::vector<ReportImage>> reportPictures(const Report& report, const VolumePtr& volume,
                                                const CasePtr& document, const std::string& seriesUid,
                                                std::size_t stack = 0);

} // namespace spondyl::app
