#pragma once
// The window: places its parts and binds the actions table. What is shown and what can be done is decided
// elsewhere.

#include "app/window/action_set.h"
#include "app/window/app_context.h"
#include "app/window/settings.h"

#include <QMainWindow>

#include <memory>

class QSplitter;

namespace spondyl::app {

class HeaderBar;
class LadderWidget;
class SeriesPanel;
class SidePanel;
class StatusLine;
class ViewsArea;
struct Services;

class MainWindow : public QMainWindow, public WindowPort {
  Q_OBJECT
 public:
  explicit MainWindow(Services& services);
  ~MainWindow() override;

  AppContext& context() { return m_context; }
  ActionSet& actions() { return *m_actions; }
  ViewsArea& views() { return *m_views; }
  /// The whole window, and the views alone, as they are on the screen.
  QPixmap picture();
  QPixmap viewsPicture();
  void openPaths(const std::vector<Path>& paths);

  // WindowPort
  void askForFiles() override;
  void askForFolder() override;
  void askForLabels() override;
  void askForModel() override;
  void showModels() override;
  void askWhereToSaveCase() override;
  void askWhereToSaveScreenshot() override;
  void askWhereToExport(const char* kind) override;
  void closeStudy() override;
  void quit() override;
  void toggleSeriesColumn() override;
  void toggleSidePanel() override;
  bool seriesColumnShown() const override;
  bool sidePanelShown() const override;
  void showTab(int tab) override;
  viewer::ViewKind activeView() const override;
  void toggleCine() override;
  bool cineRuns() const override;
  void changeCineSpeed(double factor) override;
  void showMarks() override;
  void askForCalibration() override;
  void showNameMenu(InstanceId instance) override;
  void showShortcuts() override;
  void showAbout() override;

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

 private:
  void place();
  void wire();
  void wireStudy();
  void showHeader();
  void showPointer(const PointLps* point);
  void showWarnings();
  void showTool();
  void showRecoverable();
  void showLevelMenu(InstanceId instance, QPoint global);
  QString startFolder() const;
  void askName(const QString& title, const QString& suggestion, const QString& filter,
               const std::function<void(const Path&)>& then);

  Services& m_services;
  AppContext m_context;
  ActionSet* m_actions = nullptr;
  HeaderBar* m_header = nullptr;
  SeriesPanel* m_series = nullptr;
  ViewsArea* m_views = nullptr;
  LadderWidget* m_ladder = nullptr;
  SidePanel* m_side = nullptr;
  StatusLine* m_status = nullptr;
  QSplitter* m_splitter = nullptr;
};

} // namespace spondyl::app
