#pragma once
// What commands act on. The composition root owns the parts and hands this around; nothing is global.

#include "app/jobs/job_runner.h"
#include "app/window/session.h"
#include "viewer/state/view_state.h"

namespace spondyl::app {

class AnalysisService;
class CaseKeeper;
class Exporter;
class MapService;
class Opener;
class ToolController;
struct Settings;

/// What only the window can do: ask for a file, show and hide its parts.
class WindowPort {
 public:
  virtual ~WindowPort() = default;
  virtual void askForFiles() = 0;
  virtual void askForFolder() = 0;
  virtual void askForLabels() = 0;
  virtual void askForModel() = 0;
  virtual void showModels() = 0; ///< the list to choose from
  virtual void askWhereToSaveCase() = 0;
  virtual void askWhereToSaveScreenshot() = 0;
  virtual void askWhereToExport(const char* kind) = 0; ///< "pdf", "json", "seg"
  virtual void closeStudy() = 0;
  virtual void quit() = 0;
  virtual void toggleSeriesColumn() = 0;
  virtual void toggleSidePanel() = 0;
  virtual bool seriesColumnShown() const = 0;
  virtual bool sidePanelShown() const = 0;
  virtual void showTab(int tab) = 0; ///< 0 Levels, 1 Findings, 2 Measures, 3 Report
  virtual viewer::ViewKind activeView() const = 0;
  virtual void toggleCine() = 0;
  virtual bool cineRuns() const = 0;
  virtual void changeCineSpeed(double factor) = 0;
  virtual void showMarks() = 0; ///< the list of what was drawn
  virtual void askForCalibration() = 0;
  virtual void showNameMenu(InstanceId instance) = 0;
  virtual void showShortcuts() = 0;
  virtual void showAbout() = 0;
};

struct AppContext {
  JobRunner& jobs;
  Notices& notices;
  Session& session;
  Settings& settings;
  Opener& opener;
  ToolController& tools;
  AnalysisService& analysis;
  CaseKeeper& keeper;
  Exporter& exporter;
  MapService& maps;
  WindowPort& window;
};

} // namespace spondyl::app
