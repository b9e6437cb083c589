#pragma once
// The Report tab: impression, key images, what the report will hold, and where it goes.

#include "app/panels/report_model.h"

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace spondyl::app {

class ReportPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ReportPanel(QWidget* parent = nullptr);
  void setModel(const ReportPanelModel& model);
  void setEditable(bool editable, bool canExportSeg);
  void setIncludeProposed(bool include);

 signals:
  void textChanged(const spondyl::ReportText& text); ///< after a pause in typing, or when the field is left
  void includeProposedChanged(bool include);
  void keyImageChosen(QString id);
  void keyImageRemoved(QString id);
  void exportAsked(QString kind); ///< "pdf", "json", "seg"

 private:
  void sendText();
  QPlainTextEdit* m_impression = nullptr;
  QLineEdit *m_referrer = nullptr, *m_reader = nullptr;
  QLabel *m_summary = nullptr, *m_noImages = nullptr;
  QListWidget* m_images = nullptr;
  QCheckBox* m_include = nullptr;
  QPushButton *m_remove = nullptr, *m_pdf = nullptr, *m_json = nullptr, *m_seg = nullptr;
  QTimer m_pause;
  bool m_filling = false;
  ReportText m_sent;
};

} // namespace spondyl::app
