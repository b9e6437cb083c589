#include "app/report/report_pdf.h"

#include "app/report/report_sections.h"
#include "core/report/report_table.h"

#include <QBuffer>
#include <QPainter>

namespace spondyl::app {
namespace {

QString text(const std::string& utf8) {
  return QString::fromStdString(utf8);
}

PageFurniture furnitureOf(const Report& report) {
  PageFurniture f;
  f.title = QStringLiteral("Spine report");
  f.creator = QStringLiteral("spondyl ") + text(report.programVersion);
  f.footLeft = text(versionLine(report));
  f.footMiddle = QString::fromLatin1(notForDiagnosticUse);
  QStringList title;
  for (const std::string& part : {displayName(report.patient), report.patient.birthDate, report.patient.id,
                                  report.studyDate.empty() ? std::string() : "study of " + report.studyDate})
    if (!part.empty())
      title << text(part);
  if (title.isEmpty())
    title << text(report.technique.empty() ? f.title.toStdString() : report.technique);
  f.runningTitle = title.join(QStringLiteral(" · "));
  return f;
}

} // namespace

Status writeReportPdf(const Report& report, const std::vector<ReportImage>& pictures, const Path& out) {
  PageFlow flow;
  addReportHeader(flow, report);
  addImpression(flow, report);
  if (!report.nothingReviewed) {
    addFindings(flow, report);
    addLevels(flow, report);
    addAlignment(flow, report);
    addPictures(flow, pictures);
  }
  addProvenance(flow, report);

  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!flow.write(buffer, furnitureOf(report)))
    return fail(ErrorCode::Internal, {"PDF writer"}, "writeReportPdf");
  return writeFileWhole(out, std::string_view(bytes.constData(), std::size_t(bytes.size())));
}

} // namespace spondyl::app
