#include "app/window/scripted_run.h"

#include "app/panels/measures_panel.h"
#include "app/window/level_commands.h"
#include "app/window/main_window.h"
#include "app/window/services.h"
#include "app/window/views_area.h"

#include <QDir>

#include <cstdio>

namespace spondyl::app {
namespace {
constexpr int pollMs = 50;
constexpr int quietPolls = 4; // settled for so long: nothing more is coming
} // namespace

ScriptedRun::ScriptedRun(Services& services, MainWindow& window, ScriptedOptions options, QObject* parent)
    : QObject(parent), m_services(services), m_window(window), m_options(std::move(options)) {
  m_poll.setInterval(pollMs);
  connect(&m_poll, &QTimer::timeout, this, [this] {
    m_settled = isSettled() ? m_settled + 1 : 0;
    if (m_settled < quietPolls)
      return;
    m_settled = 0;
    step();
  });
}

bool ScriptedRun::isSettled() const {
  return m_services.jobs.isIdle() && (!m_services.session.hasImage() || m_window.views().isUpToDate());
}

void ScriptedRun::start() {
  QDir().mkpath(QString::fromStdString(m_options.folder.string()));
  if (m_options.paths.empty())
    add([this] { take("window-empty"); });
  else if (m_options.gallery)
    addGallery();
  else
    addTour();
  m_poll.start();
}

void ScriptedRun::addTour() {
  ActionSet& actions = m_window.actions();
  Session& session = m_services.session;
  add([this] { m_window.openPaths(m_options.paths); });
  add([this, &session] {
    if (!session.hasImage()) {
      for (const Notice& notice : m_services.notices.all())
        std::fprintf(stderr, "%s\n", qPrintable(notice.text));
      m_failed = 3;
    }
    if (m_options.analyse && session.levels()->rows.empty())
      m_services.analysis.run();
  });
  add([this, &session] {
    const auto& rows = session.levels()->rows;
    if (!rows.empty() && !session.selectedRow())
      session.goToLevel(rows[rows.size() / 2].instance);
    m_services.notices.clear();
  });
  add([this] { take("window-levels"); });
  add([this, &actions, &session] {
    actions.trigger(ActionId::TabMeasures);
    m_window.findChild<MeasuresPanel*>()->choose("body.height.anterior", session.selected());
  });
  add([this] { take("window-measures"); });
  add([&actions] { actions.trigger(ActionId::TabFindings); });
  add([this] { take("window-findings"); });
  add([&actions] { actions.trigger(ActionId::TabReport); });
  add([this] { take("window-report"); });
  for (const auto& [kind, name] : {std::pair{viewer::ViewKind::Sagittal, "window-sagittal"},
                                   std::pair{viewer::ViewKind::Scene3d, "window-3d"}}) {
    add([this, &session, kind = kind] {
      viewer::ViewState view = session.view();
      view.maximised = kind;
      session.setView(view);
      m_window.showTab(0);
    });
    add([this, name = name] { take(name); });
  }
  add([&session] {
    viewer::ViewState view = session.view();
    view.maximised.reset();
    session.setView(view);
  });
}

void ScriptedRun::addGallery() {
  ActionSet& actions = m_window.actions();
  Session& session = m_services.session;
  add([this] { m_window.openPaths({m_options.paths.front()}); });
  add([this] { take("1-opened"); });
  add([this] { m_services.analysis.runWith(m_options.folder / "no-models"); });
  add([this] { take("2-analysis-refused"); });
  add([this] {
    m_services.notices.clear();
    if (m_options.paths.size() > 1)
      m_services.analysis.takeLabels(m_options.paths[1]);
  });
  add([this] { take("3-proposal-waiting"); });
  for (int n = 0; n < 3; ++n)
    add([&session, n] {
      const auto rows = session.levels()->rows;
      if (std::size_t(n) < rows.size())
        acceptOrConfirm(session, rows[std::size_t(n)].instance);
    });
  add([&session] { goToNextToReview(session); });
  add([&actions] { actions.trigger(ActionId::ToolBrush); });
  add([this, &actions] {
    take("4-reviewing");
    actions.trigger(ActionId::EndTool);
  });
  add([this, &actions, &session] {
    actions.trigger(ActionId::TabMeasures);
    m_window.findChild<MeasuresPanel*>()->choose("body.height.anterior", session.selected());
  });
  add([this] { take("5-measures"); });
  add([&actions] {
    actions.trigger(ActionId::CurvedView);
    actions.trigger(ActionId::LayoutOneAndThree);
    actions.trigger(ActionId::ReferenceLines);
    actions.trigger(ActionId::SlabModes);
  });
  add([this] { take("5b-curved"); });
  add([&actions] {
    actions.trigger(ActionId::CurvedView); // stretched
    actions.trigger(ActionId::CurvedView); // flat
    actions.trigger(ActionId::SlabModes);  // MIP
    actions.trigger(ActionId::LayoutFour);
  });
  add([this] { take("5c-slab"); });
  add([&actions] { actions.trigger(ActionId::Reset); });
  add([this, &actions] {
    actions.trigger(ActionId::KeyImage);
    actions.trigger(ActionId::TabReport);
  });
  add([this] { take("6-report-draft"); });
  add([this, &actions] {
    m_services.notices.clear();
    actions.trigger(ActionId::TabFindings);
    m_services.opener.open(m_options.folder / "not-there");
  });
  add([this] { take("7-not-opened"); });
  add([this, &actions, &session] {
    m_services.notices.clear();
    actions.trigger(ActionId::TabLevels);
    session.setReadOnly(true);
  });
  add([this] { take("8-read-only"); });
  add([this] { m_window.closeStudy(); });
  add([this] { take("9-recent"); });
}

void ScriptedRun::step() {
  if (m_next < m_steps.size() && !m_failed)
    return m_steps[m_next++]();
  m_poll.stop();
  emit finished(m_failed);
}

void ScriptedRun::take(const char* name) {
  const Path path = m_options.folder / (std::string(name) + ".png");
  if (!m_window.picture().save(QString::fromStdString(path.string()))) {
    std::fprintf(stderr, "%s cannot be written\n", path.c_str());
    m_failed = 3;
  }
}

} // namespace spondyl::app
