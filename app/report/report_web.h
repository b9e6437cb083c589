#pragma once
// The report as one HTML file with its pictures inside.

#include "app/report/report_pdf.h"

namespace spondyl::app {

/// Pictures are PNG as data URIs, their captions the alternative texts. Written whole or not at all. Errors:
/// FileNotWritable, DiskFull.
Status writeReportHtml(const Report& report, const std::vector<ReportImage>& pictures, const Path& out);

} // namespace spondyl::app
