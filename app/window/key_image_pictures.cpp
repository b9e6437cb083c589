#include "app/window/key_image_pictures.h"

#include "app/report/report_pictures.h"

namespace spondyl::app {

KeyImagePictures::KeyImagePictures(JobRunner& jobs, Session& session, QSize pixels, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_session(session), m_pixels(pixels) {
  connect(&session, &Session::studyChanged, this, [this] { m_asked.clear(); });
  connect(&session, &Session::caseChanged, this, &KeyImagePictures::makeNext);
  connect(&session, &Session::imageChanged, this, &KeyImagePictures::makeNext);
}

void KeyImagePictures::makeNext() {
  if (!m_session.imageComplete() || m_jobs.isRunning("key image picture"))
    return;
  const CasePtr now = m_session.snapshot();
  const std::string uid = m_session.series()->uid;
  for (const KeyImage& image : now->keyImages) {
    if ((!image.seriesUid.empty() && image.seriesUid != uid) || !m_asked.insert(image.id).second)
      continue;
    m_jobs.start<QImage>(
        JobSpec({}, "key image picture", this),
        [image, volume = m_session.volume(), now, uid, stack = std::size_t(m_session.view().stack),
         pixels = m_pixels](const JobContext&) {
          return keyImagePicture(image, volume, now, uid, pixels, stack);
        },
        [this, id = image.id](Result<QImage> picture) {
          if (picture)
            emit made(id, *picture);
          makeNext();
        });
    return;
  }
}

} // namespace spondyl::app
