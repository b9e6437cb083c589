#include "app/report/report_web.h"

#include <QBuffer>

namespace spondyl::app {

Status writeReportHtml(const Report& report, const std::vector<ReportImage>& pictures, const Path& out) {
  Report shown = report;
  shown.keyImages.clear(); // `pictures` are these, or those that every report has
  std::vector<ReportPicture> embedded;
  for (const ReportImage& image : pictures) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!image.picture.save(&buffer, "PNG"))
      return fail(ErrorCode::Internal, {"PNG writer"}, "writeReportHtml");
    KeyImage key;
    key.id = "picture-" + std::to_string(embedded.size() + 1);
    key.caption = image.caption;
    embedded.push_back({key.id, std::string(bytes.constData(), std::size_t(bytes.size()))});
    shown.keyImages.push_back(std::move(key));
  }
  return writeFileWhole(out, reportHtml(shown, embedded));
}

} // namespace spondyl::app
