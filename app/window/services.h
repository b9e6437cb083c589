#pragma once
// The composition root: everything behind the window, made in one place.

#include "app/jobs/job_runner.h"
#include "app/window/analysis_service.h"
#include "app/window/case_keeper.h"
#include "app/window/exporter.h"
#include "app/window/map_service.h"
#include "app/window/measurer.h"
#include "app/window/notices.h"
#include "app/window/opener.h"
#include "app/window/session.h"
#include "app/window/settings.h"
#include "app/window/tool_controller.h"

namespace spondyl::app {

struct Services {
  /// Settings file and folder of the journals; empty: the user's own.
  explicit Services(const QString& settingsFile = {}, const Path& caseFolder = {});

  Settings settings;
  JobRunner jobs;
  Notices notices;
  Session session;
  Opener opener;
  ToolController tools;
  AnalysisService analysis;
  Measurer measurer;
  CaseKeeper keeper;
  Exporter exporter;
  MapService maps;
};

} // namespace spondyl::app
