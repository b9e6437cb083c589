#pragma once
// The report as PDF pages: A4, selectable text, any script. Drawn with QPainter, so nothing in a text is
// markup.

#include "core/base/file.h"
#include "core/report/report.h"

#include <QImage>

#include <string>
#include <vector>

namespace spondyl::app {

struct ReportImage {
  std::string caption;
  QImage picture;
};

/// Written whole or not at all. A QGuiApplication must exist; may run in a job. Errors: FileNotWritable,
/// DiskFull.
Status writeReportPdf(const Report& report, const std::vector<ReportImage>& pictures, const Path& out);

} // namespace spondyl::app
