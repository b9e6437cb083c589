#include "app/window/main_window.h"

#include "app/panels/series_panel.h"
#include "app/theme/theme.h"
#include "app/window/banner_area.h"
#include "app/window/empty_state.h"
#include "app/window/header_bar.h"
#include "app/window/ladder_widget.h"
#include "app/window/services.h"
#include "app/window/side_panel.h"
#include "app/window/status_line.h"
#include "app/window/tool_rail.h"
#include "app/window/views_area.h"
#include "app/wording/warning_text.h"
#include "viewer/slice/corner_text.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QMimeData>
#include <QSplitter>
#include <QVBoxLayout>

#include <cmath>

namespace spondyl::app {

MainWindow::MainWindow(Services& s)
    : m_services(s), m_context{s.jobs,     s.notices, s.session,  s.settings, s.opener, s.tools,
                               s.analysis, s.keeper,  s.exporter, s.maps,     *this} {
  setWindowTitle(QStringLiteral("Spondyl"));
  setAcceptDrops(true);
  m_actions = new ActionSet(m_context, this);
  place();
  wire();
  wireStudy();
  if (!restoreGeometry(s.settings.windowGeometry()))
    resize(1600, 1000);
  m_splitter->restoreState(s.settings.splitter());
  m_actions->refresh();
  m_views->setFocus();
  showHeader();
  showRecoverable();
}

MainWindow::~MainWindow() = default;

void MainWindow::place() {
  auto* whole = new QWidget;
  whole->setObjectName(QStringLiteral("content"));
  auto* column = new QVBoxLayout(whole);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_header = new HeaderBar;
  m_actions->fillMenus(*m_header->menuBar());
  column->addWidget(m_header);

  auto* row = new QHBoxLayout;
  row->setSpacing(0);
  auto* rail = new ToolRail(m_actions->railActions());
  rail->addChoices(m_actions->action(ActionId::ToolDistance),
                   {m_actions->action(ActionId::ToolDistance), m_actions->action(ActionId::ToolAngle),
                    m_actions->action(ActionId::ToolCobb), m_actions->action(ActionId::ToolEllipse),
                    m_actions->action(ActionId::ToolRegion), m_actions->action(ActionId::ToolArrow)});
  row->addWidget(rail);
  m_splitter = new QSplitter(Qt::Horizontal);
  m_splitter->setHandleWidth(1);
  m_splitter->setChildrenCollapsible(false);
  m_series = new SeriesPanel;
  m_series->setMaximumWidth(320);
  m_splitter->addWidget(m_series);

  auto* middle = new QWidget;
  auto* middleColumn = new QVBoxLayout(middle);
  middleColumn->setContentsMargins(0, 0, 0, 0);
  middleColumn->setSpacing(0);
  middleColumn->addWidget(new BannerArea(m_services.notices));
  auto* viewsRow = new QHBoxLayout;
  viewsRow->setSpacing(0);
  m_views = new ViewsArea(m_services.session, m_services.tools);
  viewsRow->addWidget(m_views, 1);
  m_ladder = new LadderWidget;
  viewsRow->addWidget(m_ladder);
  middleColumn->addLayout(viewsRow, 1);
  m_splitter->addWidget(middle);

  m_side = new SidePanel(m_context);
  m_splitter->addWidget(m_side);
  m_splitter->setStretchFactor(0, 0);
  m_splitter->setStretchFactor(1, 1);
  m_splitter->setStretchFactor(2, 0);
  m_splitter->setSizes({theme::seriesWidth, 1000, theme::panelStart});
  row->addWidget(m_splitter, 1);
  column->addLayout(row, 1);
  m_status = new StatusLine(m_services.jobs);
  column->addWidget(m_status);
  setCentralWidget(whole);
}

void MainWindow::wire() {
  Session& session = m_services.session;
  const auto refresh = [this] { m_actions->refresh(); };
  for (auto signal :
       {&Session::studyChanged, &Session::imageChanged, &Session::caseChanged, &Session::viewChanged})
    connect(&session, signal, this, refresh);
  connect(&m_services.jobs, &JobRunner::idle, this, refresh);
  connect(&m_services.tools, &ToolController::toolChanged, this, [this] {
    showTool();
    m_actions->refresh();
  });
  connect(&m_services.maps, &MapService::changed, this, [this] {
    m_views->setScalar(m_services.maps.shown());
    m_actions->refresh();
  });
  const auto chooseLevel = [&session](InstanceId instance) { session.goToLevel(instance); };
  connect(m_ladder, &LadderWidget::chosen, this, chooseLevel);
  connect(m_ladder, &LadderWidget::menuAsked, this, &MainWindow::showLevelMenu);
  connect(m_side, &SidePanel::levelMenuAsked, this, &MainWindow::showLevelMenu);
  connect(m_views, &ViewsArea::menuAsked, this, &MainWindow::showLevelMenu);
  connect(m_views, &ViewsArea::pointerAt, this, &MainWindow::showPointer);
  connect(&session, &Session::viewChanged, this, [this] {
    m_ladder->setSelected(m_services.session.selected());
    showPointer(nullptr);
  });
  connect(&session, &Session::caseChanged, this, [this] { m_ladder->setModel(m_services.session.levels()); });
  EmptyState& empty = m_views->emptyState();
  connect(&empty, &EmptyState::filesAsked, this, &MainWindow::askForFiles);
  connect(&empty, &EmptyState::folderAsked, this, &MainWindow::askForFolder);
  connect(&empty, &EmptyState::recentAsked, this,
          [this](const QString& path) { openPaths({path.toStdString()}); });
  connect(&empty, &EmptyState::restoreAsked, this,
          [this](const QString& key) { m_services.keeper.restore(key.toStdString()); });
  connect(&empty, &EmptyState::forgetAsked, this,
          [this](const QString& key) { m_services.keeper.forget(key.toStdString()); });
  connect(&m_services.keeper, &CaseKeeper::recoverableChanged, this, &MainWindow::showRecoverable);
  connect(&m_services.keeper, &CaseKeeper::stateChanged, this, &MainWindow::showHeader);
}

void MainWindow::wireStudy() {
  Session& session = m_services.session;
  connect(&session, &Session::studyChanged, this, [this] {
    m_series->setGroups(buildSeries(m_services.session.listing()));
    showHeader();
    showRecoverable();
  });
  connect(&session, &Session::imageChanged, this, [this] {
    const Series* series = m_services.session.series();
    m_series->setCurrentSeries(series && m_services.session.hasImage() ? series->uid : std::string());
    if (series && !m_views->isAncestorOf(focusWidget()))
      m_views->setFocus(); // keys act on the views
  });
  connect(&session, &Session::listingChanged, this,
          [this] { m_series->setGroups(buildSeries(m_services.session.listing())); });
  connect(m_series, &SeriesPanel::chosen, this,
          [this](const QString& uid) { m_services.opener.showSeries(uid.toStdString()); });
  connect(&m_services.opener, &Opener::thumbnail, this, [this](const QString& uid, const QImage& picture) {
    m_series->setThumbnail(uid.toStdString(), picture);
  });
  connect(&m_services.opener, &Opener::warningsChanged, this, &MainWindow::showWarnings);
  connect(m_status, &StatusLine::warningsAsked, this, [this] {
    for (const Warning& warning : m_services.opener.warnings())
      m_services.notices.attention(QString::fromStdString(warningSentence(warning)),
                                   QString::fromStdString(warningSentence(warning)));
  });
}

void MainWindow::showHeader() {
  const Session& session = m_services.session;
  QString line, state;
  if (session.hasStudy()) {
    const auto& studies = session.listing().studies;
    line = studies.empty() ? session.title() : QString::fromStdString(studyLine(studies.front()));
    if (session.isReadOnly())
      state = tr("read only");
    else if (!m_services.keeper.savedPath().empty())
      state = m_services.keeper.isSaved() ? tr("saved") : tr("not saved");
  }
  m_header->setStudy(line, state);
  setWindowTitle(session.hasStudy() ? QStringLiteral("%1 — Spondyl").arg(line) : QStringLiteral("Spondyl"));
}

void MainWindow::showPointer(const PointLps* point) {
  const Session& session = m_services.session;
  if (!session.hasImage())
    return m_status->setPosition({}, {}, {});
  const PointLps here =
      point ? *point : session.view().crosshair; // the pointer is elsewhere: the crosshair's
  QString value;
  if (const auto v = session.volume()->valueAt(here)) {
    value = QString::number(std::lround(*v)).replace(QLatin1Char('-'), QChar(0x2212));
    if (session.series() && viewer::isCt(*session.series(), *session.volume()))
      value += QStringLiteral(" HU");
  }
  QString level;
  if (const InstanceId on = session.levelAt(here))
    level = QString::fromStdString(session.shown()->chain.displayName(on));
  QString position = viewer::positionText(here);
  if (session.view().ownPlane) { // a radiograph has no place in the patient
    const PointIjk at = session.volume()->grid().toIjk(here);
    position = tr("column %1, row %2").arg(std::lround(at.i) + 1).arg(std::lround(at.j) + 1);
  }
  m_status->setPosition(position, value, level);
}

void MainWindow::showWarnings() {
  QStringList sentences;
  for (const Warning& warning : m_services.opener.warnings())
    sentences << QString::fromStdString(warningSentence(warning));
  m_status->setWarnings(int(sentences.size()), sentences.join(QLatin1Char('\n')));
}

void MainWindow::showTool() {
  m_status->setTool(m_services.tools.describe());
}

void MainWindow::showRecoverable() {
  m_views->emptyState().setRecent(m_services.settings.recentPaths());
  std::vector<RecoverableEntry> entries;
  for (const RecoverableCase& found : m_services.keeper.recoverable())
    entries.push_back({QString::fromStdString(found.name), QString::fromStdString(found.detail),
                       QString::fromStdString(found.key)});
  m_views->emptyState().setRecoverable(entries);
}

void MainWindow::openPaths(const std::vector<Path>& paths) {
  if (!paths.empty())
    m_services.settings.setLastFolder(QString::fromStdString(paths.front().parent_path().string()));
  m_services.opener.openAll(paths);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls())
    return;
  event->acceptProposedAction();
  m_views->emptyState().setDropHover(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
  m_views->emptyState().setDropHover(false);
}

void MainWindow::dropEvent(QDropEvent* event) {
  m_views->emptyState().setDropHover(false);
  std::vector<Path> paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile())
      paths.emplace_back(url.toLocalFile().toStdString());
  if (paths.empty())
    return;
  event->acceptProposedAction();
  openPaths(paths);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_services.settings.setWindowGeometry(saveGeometry());
  m_services.settings.setSplitter(m_splitter->saveState());
  m_services.jobs.cancelAll();
  event->accept();
}

QPixmap MainWindow::picture() {
  return grab();
}
QPixmap MainWindow::viewsPicture() {
  return m_views->grab();
}

} // namespace spondyl::app
