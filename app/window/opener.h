#pragma once
// From a dropped path to an image on the screen: looks through the input, takes the best spine series, shows
// the first slices early, then the thumbnails. All in jobs.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"
#include "core/formats/open.h"

#include <QImage>
#include <QTimer>

namespace spondyl::app {

class Opener : public QObject {
  Q_OBJECT
 public:
  Opener(JobRunner& jobs, Notices& notices, Session& session, QObject* parent = nullptr);

  /// Anything that a reader points at. A case file or a label file is told apart by what it is.
  void open(const Path& path);
  /// Several dropped at once: a study first, label files after it.
  void openAll(const std::vector<Path>& paths);
  /// The next (+1) or previous (-1) radiograph of the series in view.
  void showNeighbour(int direction);
  /// Another series of what is open.
  void showSeries(const std::string& uid);
  /// Loads the voxels of the case that a keeper has just begun.
  void loadBestSeries();
  /// Where voxels that came with a case file are asked for; returns none for those that are in files of their
  /// own.
  void setEmbeddedSource(std::function<VolumePtr(const std::string& seriesUid, std::size_t stack)> source) {
    m_embedded = std::move(source);
  }
  const std::vector<Warning>& warnings() const { return m_warnings; }

 signals:
  void opened(const QString& path);        ///< the listing is there
  void labelsAsked(const QString& path);   ///< a label file for the open image
  void caseFileAsked(const QString& path); ///< a .spondyl: the keeper's matter
  void thumbnail(const QString& seriesUid, const QImage& picture);
  void warningsChanged();

 private:
  void openStudy(const Path& path);
  void load(const Series& series, std::size_t stack);
  void makeThumbnails();
  void makeNextThumbnail();

  JobRunner& m_jobs;
  Notices& m_notices;
  Session& m_session;
  std::vector<Path> m_labelsToFollow;
  std::vector<Warning> m_warnings;
  std::vector<std::pair<Series, std::size_t>> m_thumbnailsToMake;
  std::function<VolumePtr(const std::string&, std::size_t)> m_embedded;
  QTimer m_grow;
};

} // namespace spondyl::app
