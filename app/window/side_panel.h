#pragma once
// The tabs at the right, wired to the session.

#include "app/window/app_context.h"

#include <QTabWidget>

namespace spondyl::app {

class FindingsPanel;
class LevelsPanel;
class MeasuresPanel;
class ReportPanel;

class SidePanel : public QTabWidget {
  Q_OBJECT
 public:
  explicit SidePanel(AppContext& context, QWidget* parent = nullptr);

 signals:
  void levelMenuAsked(spondyl::InstanceId instance, QPoint global);

 private:
  void showCase();
  void showView();
  void wireLevels();
  void wireRest();
  void wireMeasures();
  void showMeasurement(const QString& id, InstanceId instance);

  AppContext& m_context;
  std::optional<AngleRequest> m_wantedAngle; ///< to be chosen as soon as it is measured
  LevelsPanel* m_levels = nullptr;
  FindingsPanel* m_findings = nullptr;
  MeasuresPanel* m_measures = nullptr;
  ReportPanel* m_report = nullptr;
};

} // namespace spondyl::app
