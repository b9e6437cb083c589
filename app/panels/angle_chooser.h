#pragma once
// "Cobb from T5 to L1": an angle between levels that the reader chooses.

#include "core/measure/measure.h"

#include <QWidget>

class QComboBox;
class QPushButton;

namespace spondyl::app {

class AngleChooser : public QWidget {
  Q_OBJECT
 public:
  using Levels = std::vector<std::pair<InstanceId, std::string>>;
  explicit AngleChooser(QWidget* parent = nullptr);
  /// From cranial to caudal. A choice that is still possible stays.
  void setLevels(const Levels& levels);

 signals:
  /// `upper` is above `lower`, whichever was chosen first.
  void asked(const spondyl::AngleRequest& angle);

 private:
  void refresh();
  Levels m_levels;
  QComboBox *m_kind = nullptr, *m_from = nullptr, *m_to = nullptr;
  QPushButton* m_measure = nullptr;
};

} // namespace spondyl::app
