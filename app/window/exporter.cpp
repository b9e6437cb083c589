#include "app/window/exporter.h"

#include "app/report/report_pdf.h"
#include "app/report/report_pictures.h"
#include "app/window/settings.h"
#include "app/workflow/case_report.h"
#include "app/workflow/export_objects.h"
#include "viewer/capture/capture.h"

namespace spondyl::app {
namespace {

const char* viewWord(viewer::ViewKind view) {
  switch (view) {
  case viewer::ViewKind::Sagittal:
    return "sagittal";
  case viewer::ViewKind::Coronal:
    return "coronal";
  case viewer::ViewKind::Axial:
    return "axial";
  case viewer::ViewKind::Scene3d:
    return "3d";
  }
  return "";
}

} // namespace

Exporter::Exporter(JobRunner& jobs, Notices& notices, Session& session, Settings& settings, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_notices(notices), m_session(session), m_settings(settings) {}

void Exporter::addKeyImage(viewer::ViewKind view) {
  if (!m_session.series())
    return;
  KeyImage image;
  image.id = newUuid();
  image.seriesUid = m_session.series()->uid;
  image.at = m_session.view().crosshair;
  image.view = viewWord(view);
  image.windowCentre = m_session.view().windowing.centre;
  image.windowWidth = m_session.view().windowing.width;
  if (m_session.apply(AddKeyImage{image}))
    m_notices.info(
        tr("The %1 view is a key image of the report now.").arg(QString::fromStdString(image.view)),
        QStringLiteral("key image"));
}

void Exporter::write(const QString& title, const Path& path, std::function<Status(const JobContext&)> work) {
  m_jobs.start<bool>(
      JobSpec(title, "export", this),
      [work = std::move(work)](const JobContext& job) -> Result<bool> {
        SPONDYL_CHECK(work(job));
        return true;
      },
      [this, path](Result<bool> done) {
        if (!done) {
          m_notices.error(done.error(), QStringLiteral("export"));
          return;
        }
        m_notices.info(tr("Written: %1").arg(QString::fromStdString(path.string())),
                       QStringLiteral("export"));
      });
}

void Exporter::savePicture(const QImage& picture, const Path& path) {
  write(tr("Saving the picture"), path,
        [picture, path](const JobContext&) { return viewer::savePng(picture, path); });
}

std::function<Report()> Exporter::reportMaker() const {
  return [now = m_session.snapshot(), uid = m_session.series() ? m_session.series()->uid : std::string(),
          image = m_session.imageComplete() ? m_session.volume() : nullptr,
          proposed = m_settings.includeProposed(),
          angles = m_session.angles()] { return caseReport(*now, uid, image.get(), proposed, angles); };
}

void Exporter::exportPdf(const Path& path) {
  write(tr("Writing the report"), path,
        [path, make = reportMaker(), now = m_session.snapshot(),
         uid = m_session.series() ? m_session.series()->uid : std::string(),
         stack = std::size_t(m_session.view().stack),
         image = m_session.imageComplete() ? m_session.volume() : nullptr](const JobContext&) -> Status {
          const Report report = make();
          SPONDYL_TRY(const std::vector<ReportImage> pictures,
                      reportPictures(report, image, now, uid, stack));
          return writeReportPdf(report, pictures, path);
        });
}

void Exporter::exportJson(const Path& path) {
  write(tr("Writing the report"), path, [path, make = reportMaker()](const JobContext&) -> Status {
    return writeFileWhole(path, reportJson(make()));
  });
}

void Exporter::exportSeg(const Path& path) {
  Input input;
  input.path = Path(m_session.title().toStdString());
  input.volume = m_session.volume();
  input.existing = *m_session.snapshot();
  if (m_session.series())
    input.series = *m_session.series();
  for (const Study& study : m_session.listing().studies)
    for (const Series& series : study.series)
      if (series.uid == input.series.uid)
        input.study = study;
  write(tr("Writing DICOM SEG"), path,
        [input, path, proposed = m_settings.includeProposed()](const JobContext& job) {
          return spondyl::app::exportSeg(input, proposed, path, job);
        });
}

} // namespace spondyl::app
