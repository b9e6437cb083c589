#pragma once
// Makes the small pictures of the case's key images, each once, by jobs.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"

#include <QImage>

#include <set>

namespace spondyl::app {

class KeyImagePictures : public QObject {
  Q_OBJECT
 public:
  /// `pixels`: device pixels.
  KeyImagePictures(JobRunner& jobs, Session& session, QSize pixels, QObject* parent = nullptr);

 signals:
  void made(const std::string& keyImageId, const QImage& picture);

 private:
  void makeNext();
  JobRunner& m_jobs;
  Session& m_session;
  QSize m_pixels;
  std::set<std::string> m_asked;
};

} // namespace spondyl::app
