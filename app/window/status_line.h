#pragma once
// The bottom line: where the pointer is and what it is on, the job that runs, what there is to warn of.

#include "app/jobs/job_runner.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace spondyl::app {

/// "Segmenting, reading slices 42 % · 12 s left".
QString jobSentence(const JobStatus& job);
/// Name of a progress stage for people; the key itself if it has none.
QString stageName(const std::string& stage);

class StatusLine : public QWidget {
  Q_OBJECT
 public:
  explicit StatusLine(JobRunner& jobs, QWidget* parent = nullptr);
  void setPosition(const QString& position, const QString& value, const QString& level);
  void setTool(const QString& tool);
  void setWarnings(int count, const QString& toolTip);

 signals:
  void warningsAsked();

 private:
  void showJobs();
  JobRunner& m_jobs;
  JobId m_shown;
  QLabel *m_position = nullptr, *m_value = nullptr, *m_level = nullptr, *m_tool = nullptr, *m_job = nullptr;
  QProgressBar* m_bar = nullptr;
  QToolButton* m_cancel = nullptr;
  QPushButton* m_warnings = nullptr;
};

} // namespace spondyl::app
