#pragma once
// What leaves the window: key images, pictures, the report, the labels. Written by jobs, whole or not at all.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"
#include "app/workflow/input.h"
#include "core/report/report.h"

#include <QImage>

namespace spondyl::app {

struct Settings;

class Exporter : public QObject {
  Q_OBJECT
 public:
  Exporter(JobRunner& jobs, Notices& notices, Session& session, Settings& settings,
           QObject* parent = nullptr);
  void addKeyImage(viewer::ViewKind view);
  void savePicture(const QImage& picture, const Path& path);
  void exportPdf(const Path& path);
  void exportJson(const Path& path);
  void exportSeg(const Path& path);

 private:
  void write(const QString& title, const Path& path, std::function<Status(const JobContext&)> work);
  /// Makes a report of the case as it is now; to be called by the job.
  std::function<Report()> reportMaker() const;

  JobRunner& m_jobs;
  Notices& m_notices;
  Session& m_session;
  Settings& m_settings;
};

} // namespace spondyl::app
