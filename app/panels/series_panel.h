#pragma once
// The series column: what was found in the input, a picture each, grouped by study.

#include "app/panels/series_model.h"

#include <QImage>
#include <QListWidget>

namespace spondyl::app {

class SeriesPanel : public QListWidget {
  Q_OBJECT
 public:
  explicit SeriesPanel(QWidget* parent = nullptr);
  void setGroups(std::vector<StudyGroup> groups);
  void setThumbnail(const std::string& seriesUid, const QImage& picture);
  void setCurrentSeries(const std::string& seriesUid);

 signals:
  void chosen(QString seriesUid);

 private:
  void fill();
  std::vector<StudyGroup> m_groups;
  std::string m_current;
};

} // namespace spondyl::app
