#pragma once
// The Report tab: impression, key images, what the report will hold, and where it goes.

#include "app/panels/report_model.h"

#include <QImage>
#include <QTimer>
#include <QWidget>

#include <map>

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
  /// The picture of a key image, when it has been made. Those of images that went are forgotten.
  void setPicture(const std::string& id, const QImage& picture);
  static QSize pictureSize() { return {120, 140}; } ///< logical pixels

 signals:
  void textChanged(const spondyl::ReportText& text); ///< after a pause in typing, or when the field is left
  void includeProposedChanged(bool include);
  void keyImageChosen(QString id);
  void keyImageRemoved(QString id);
  void exportAsked(QString kind); ///< "pdf", "json", "seg"

 private:
  void sendText();
  QIcon iconOf(const std::string& id) const;
  QPlainTextEdit* m_impression = nullptr;
  QLineEdit *m_referrer = nullptr, *m_reader = nullptr;
  QLabel *m_summary = nullptr, *m_noImages = nullptr;
  QListWidget* m_images = nullptr;
  QCheckBox* m_include = nullptr;
  QPushButton *m_remove = nullptr, *m_pdf = nullptr, *m_json = nullptr, *m_seg = nullptr;
  QTimer m_pause;
  bool m_filling = false;
  ReportText m_sent;
  std::map<std::string, QImage> m_pictures; ///< by key image
};

} // namespace spondyl::app
