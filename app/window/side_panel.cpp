#include "app/window/side_panel.h"

#include "app/panels/findings_panel.h"
#include "app/panels/levels_panel.h"
#include "app/panels/measures_panel.h"
#include "app/panels/report_panel.h"
#include "app/theme/theme.h"
#include "app/window/key_image_pictures.h"
#include "app/window/level_commands.h"
#include "app/window/settings.h"

#include <QTabBar>

namespace spondyl::app {
namespace {

viewer::Overlay linesOf(const MeasureRow& row) {
  viewer::Overlay overlay;
  for (const MeasurementLine& line : row.lines) {
    viewer::OverlayLine drawn;
    drawn.points = {line.from, line.to};
    drawn.endTicks = true;
    if (&line == &row.lines.front())
      drawn.text = row.value + (row.unit.empty() ? "" : " " + row.unit);
    overlay.lines.push_back(std::move(drawn));
  }
  return overlay;
}

} // namespace

SidePanel::SidePanel(AppContext& context, QWidget* parent) : QTabWidget(parent), m_context(context) {
  setObjectName(QStringLiteral("sidePanel"));
  setDocumentMode(true);
  setMinimumWidth(theme::panelMin);
  setMaximumWidth(theme::panelMax);
  setAccessibleName(tr("Panels"));
  m_levels = new LevelsPanel;
  m_findings = new FindingsPanel;
  m_measures = new MeasuresPanel;
  m_report = new ReportPanel;
  addTab(m_levels, tr("Levels"));
  addTab(m_findings, tr("Findings"));
  addTab(m_measures, tr("Measures"));
  addTab(m_report, tr("Report"));
  for (int page = 0; page < count(); ++page) {
    widget(page)->setObjectName(QStringLiteral("panelPage"));
    widget(page)->setAttribute(Qt::WA_StyledBackground);
  }
  tabBar()->setDrawBase(false);
  tabBar()->setExpanding(false);
  wireLevels();
  wireMeasures();
  wireRest();
  Session& session = context.session;
  connect(&session, &Session::caseChanged, this, &SidePanel::showCase);
  connect(&session, &Session::imageChanged, this, &SidePanel::showCase);
  connect(&session, &Session::viewChanged, this, &SidePanel::showView);
  m_report->setIncludeProposed(context.settings.includeProposed());
  showCase();
}

void SidePanel::wireLevels() {
  Session& session = m_context.session;
  connect(m_levels, &LevelsPanel::chosen, this, [&session](InstanceId instance) {
    if (session.selected() != instance)
      session.goToLevel(instance);
  });
  const auto go = [&session](InstanceId instance, auto&& act) {
    if (session.selected() != instance)
      session.goToLevel(instance);
    act(session, instance);
  };
  connect(m_levels, &LevelsPanel::acceptAsked, this, [go](InstanceId i) { go(i, acceptOrConfirm); });
  connect(m_levels, &LevelsPanel::rejectAsked, this, [go](InstanceId i) { go(i, rejectLevel); });
  connect(m_levels, &LevelsPanel::confirmAsked, this, [&session](InstanceId i) {
    if (acceptOrConfirm(session, i))
      goToNextToReview(session);
  });
  connect(m_levels, &LevelsPanel::acceptAllAsked, this, [&session] { acceptAll(session); });
  connect(m_levels, &LevelsPanel::confirmAllAsked, this, [&session] { confirmAll(session); });
  connect(m_levels, &LevelsPanel::menuAsked, this, &SidePanel::levelMenuAsked);
}

void SidePanel::wireMeasures() {
  Session& session = m_context.session;
  connect(&session, &Session::imageChanged, this,
          [this] { m_levels->setRadiograph(m_context.session.view().ownPlane.has_value()); });
  connect(m_measures, &MeasuresPanel::chosen, this, &SidePanel::showMeasurement);
  connect(m_measures, &MeasuresPanel::confirmAsked, this, [&session](const MeasureRow& row) {
    if (row.number)
      session.apply(ConfirmMeasurement{{row.id, row.instance, *row.number, session.person(), utcNow()}});
  });
  connect(m_measures, &MeasuresPanel::overrideAsked, this,
          [&session](const MeasureRow& row, double value, const QString& reason) {
            for (const Measurement& m : session.measurements())
              if (m.id == row.id && m.instance == row.instance) {
                session.apply(SetOverride{
                    {row.id, row.instance, value, m.unit, reason.toStdString(), session.person(), utcNow()}});
                return;
              }
          });
  connect(m_measures, &MeasuresPanel::computedAsked, this, [&session](const MeasureRow& row) {
    session.apply(ClearOverride{row.id, row.instance});
  });
  connect(m_measures, &MeasuresPanel::angleAsked, this, [this](const AngleRequest& angle) {
    m_wantedAngle = angle;
    m_context.session.addAngle(angle);
  });
  connect(&session, &Session::measuresChanged, this, [this] {
    m_measures->setModel(m_context.session.measures());
    if (!m_wantedAngle)
      return;
    // The angle that was just asked for is there now: as if it had been clicked.
    const std::string id = m_wantedAngle->id + "." +
                           m_context.session.shown()->chain.displayName(m_wantedAngle->upper) + "-" +
                           m_context.session.shown()->chain.displayName(m_wantedAngle->lower);
    m_measures->choose(id, m_wantedAngle->upper);
    m_wantedAngle.reset();
  });
}

void SidePanel::wireRest() {
  Session& session = m_context.session;
  connect(m_findings, &FindingsPanel::chosen, this,
          [&session](const QString&, InstanceId i) { session.goToLevel(i); });
  connect(m_findings, &FindingsPanel::stateAsked, this, [&session](const QString& id, ItemState state) {
    session.apply(SetFindingState{id.toStdString(), state});
  });
  connect(m_report, &ReportPanel::textChanged, this,
          [&session](const ReportText& t) { session.apply(SetReportText{t}); });
  connect(m_report, &ReportPanel::includeProposedChanged, this, [this](bool on) {
    m_context.settings.setIncludeProposed(on);
    showCase();
  });
  connect(m_report, &ReportPanel::keyImageRemoved, this,
          [&session](const QString& id) { session.apply(RemoveKeyImage{id.toStdString()}); });
  connect(m_report, &ReportPanel::keyImageChosen, this, [&session](const QString& id) {
    for (const KeyImage& image : session.snapshot()->keyImages)
      if (image.id == id.toStdString())
        session.goTo(image.at);
  });
  auto* pictures = new KeyImagePictures(m_context.jobs, session, ReportPanel::pictureSize() * 2, this);
  connect(pictures, &KeyImagePictures::made, m_report, &ReportPanel::setPicture);
  connect(m_report, &ReportPanel::exportAsked, this,
          [this](const QString& kind) { m_context.window.askWhereToExport(kind.toLatin1().constData()); });
}

void SidePanel::showMeasurement(const QString& id, InstanceId instance) {
  Session& session = m_context.session;
  const MeasureRow* row = session.measures()->find(id.toStdString(), instance);
  if (!row)
    return;
  const viewer::Overlay overlay = linesOf(*row);
  session.goToLevel(instance);
  if (!row->missing && !row->lines.empty())
    session.goTo(row->at);
  session.setMeasureOverlay(overlay);
}

void SidePanel::showCase() {
  const Session& session = m_context.session;
  const bool editable = session.hasStudy() && !session.isReadOnly();
  m_levels->setModel(session.levels());
  m_levels->setEditable(editable);
  m_findings->setModel(session.findings());
  m_findings->setEditable(editable);
  m_measures->setEditable(editable);
  std::vector<std::pair<InstanceId, std::string>> names;
  for (const LevelRow& row : session.levels()->rows)
    names.emplace_back(row.instance, row.name);
  m_measures->setLevels(names);
  m_report->setModel(
      buildReport(*session.snapshot(), *session.shown(), m_context.settings.includeProposed()));
  m_report->setEditable(editable, !session.levels()->rows.empty());
  const int open = session.findings()->open;
  setTabText(1, open ? tr("Findings (%1)").arg(open) : tr("Findings"));
  showView();
}

void SidePanel::showView() {
  m_levels->setSelected(m_context.session.selected());
  m_measures->setSelected(m_context.session.selected());
}

} // namespace spondyl::app
