#include "app/window/services.h"

namespace spondyl::app {

Services::Services(const QString& settingsFile, const Path& caseFolder)
    : settings(settingsFile), session(jobs, notices), opener(jobs, notices, session), tools(session),
      analysis(jobs, notices, session, settings), measurer(jobs, session),
      keeper(jobs, notices, session, caseFolder), exporter(jobs, notices, session, settings),
      maps(jobs, notices, session, settings, analysis) {
  QObject::connect(&opener, &Opener::labelsAsked, &analysis,
                   [this](const QString& path) { analysis.takeLabels(path.toStdString()); });
  QObject::connect(&opener, &Opener::caseFileAsked, &keeper,
                   [this](const QString& path) { keeper.open(path.toStdString()); });
  QObject::connect(&keeper, &CaseKeeper::caseBegun, &opener, [this] { opener.loadBestSeries(); });
  opener.setEmbeddedSource(
      [this](const std::string& uid, std::size_t stack) { return keeper.embedded(uid, stack); });
  QObject::connect(&opener, &Opener::opened, &opener,
                   [this](const QString& path) { settings.addRecentPath(path); });
  keeper.findRecoverable();
}

} // namespace spondyl::app
