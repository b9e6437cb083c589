// What the commands ask of the window: dialogs for files, menus, showing and hiding.

#include "app/window/main_window.h"

#include "app/panels/series_panel.h"
#include "app/window/about_dialog.h"
#include "app/window/add_model.h"
#include "app/window/level_commands.h"
#include "app/window/marks_dialog.h"
#include "app/window/services.h"
#include "app/window/side_panel.h"
#include "app/window/tool_controller.h"
#include "app/window/views_area.h"

#include <QAction>
#include <QApplication>
#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>

namespace spondyl::app {
namespace {

/// A file dialog that does not stop the event loop.
QFileDialog* dialog(QWidget* parent, const QString& title, const QString& folder) {
  auto* made = new QFileDialog(parent, title, folder);
  made->setAttribute(Qt::WA_DeleteOnClose);
  return made;
}

} // namespace

QString MainWindow::startFolder() const {
  const QString last = m_services.settings.lastFolder();
  return last.isEmpty() ? QDir::homePath() : last;
}

void MainWindow::askForFiles() {
  QFileDialog* ask = dialog(this, tr("Open"), startFolder());
  ask->setFileMode(QFileDialog::ExistingFiles);
  ask->setNameFilters({tr("Everything (*)"), tr("Cases (*.spondyl)"),
                       tr("NIfTI and NRRD (*.nii *.nii.gz *.nrrd *.nhdr)"),
                       tr("DICOM (*.dcm *.zip DICOMDIR)")});
  connect(ask, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
    std::vector<Path> paths;
    for (const QString& file : files)
      paths.emplace_back(file.toStdString());
    openPaths(paths);
  });
  ask->open();
}

void MainWindow::askForFolder() {
  QFileDialog* ask = dialog(this, tr("Open folder"), startFolder());
  ask->setFileMode(QFileDialog::Directory);
  ask->setOption(QFileDialog::ShowDirsOnly);
  connect(ask, &QFileDialog::fileSelected, this,
          [this](const QString& folder) { openPaths({folder.toStdString()}); });
  ask->open();
}

void MainWindow::askForLabels() {
  QFileDialog* ask = dialog(this, tr("Open labels"), startFolder());
  ask->setFileMode(QFileDialog::ExistingFile);
  ask->setNameFilters({tr("Label maps (*.nii *.nii.gz *.nrrd *.nhdr)")});
  connect(ask, &QFileDialog::fileSelected, this,
          [this](const QString& file) { m_services.analysis.takeLabels(file.toStdString()); });
  ask->open();
}

void MainWindow::askForModel() {
  QFileDialog* ask = dialog(this, tr("Add model: choose the folder of a model package"), startFolder());
  ask->setFileMode(QFileDialog::Directory);
  ask->setOption(QFileDialog::ShowDirsOnly);
  connect(ask, &QFileDialog::fileSelected, this, [this](const QString& folder) {
    addModel(this, m_services.jobs, m_services.notices, m_services.settings, folder.toStdString());
  });
  ask->open();
}

void MainWindow::showModels() {
  showModelsDialog(this, m_services.settings, [this] { askForModel(); });
}

void MainWindow::askName(const QString& title, const QString& suggestion, const QString& filter,
                         const std::function<void(const Path&)>& then) {
  QFileDialog* ask = dialog(this, title, startFolder());
  ask->setAcceptMode(QFileDialog::AcceptSave);
  ask->setNameFilters({filter});
  ask->setDefaultSuffix(QFileInfo(suggestion).suffix());
  ask->selectFile(suggestion);
  connect(ask, &QFileDialog::fileSelected, this, [this, then](const QString& file) {
    m_services.settings.setLastFolder(QFileInfo(file).absolutePath());
    then(file.toStdString());
  });
  ask->open();
}

void MainWindow::askWhereToSaveCase() {
  askName(tr("Save case"), tr("case.spondyl"), tr("Cases (*.spondyl)"),
          [this](const Path& path) { m_services.keeper.save(path); });
}

void MainWindow::askWhereToSaveScreenshot() {
  askName(tr("Save picture"), tr("views.png"), tr("Pictures (*.png)"),
          [this](const Path& path) { m_services.exporter.savePicture(viewsPicture().toImage(), path); });
}

void MainWindow::askWhereToExport(const char* kind) {
  const std::string what = kind;
  if (what == "pdf")
    askName(tr("Report as PDF"), tr("report.pdf"), tr("PDF (*.pdf)"),
            [this](const Path& p) { m_services.exporter.exportPdf(p); });
  else if (what == "json")
    askName(tr("Report as JSON"), tr("report.json"), tr("JSON (*.json)"),
            [this](const Path& p) { m_services.exporter.exportJson(p); });
  else
    askName(tr("Labels as DICOM SEG"), tr("seg.dcm"), tr("DICOM (*.dcm)"),
            [this](const Path& p) { m_services.exporter.exportSeg(p); });
}

void MainWindow::closeStudy() {
  m_services.jobs.cancelAll();
  m_services.keeper.leave();
  m_services.notices.clear();
  m_services.session.close();
}

void MainWindow::quit() {
  close();
}
void MainWindow::toggleSeriesColumn() {
  m_series->setVisible(m_series->isHidden());
}
void MainWindow::toggleSidePanel() {
  m_side->setVisible(m_side->isHidden());
}
bool MainWindow::seriesColumnShown() const {
  return m_series && !m_series->isHidden();
}
bool MainWindow::sidePanelShown() const {
  return m_side && !m_side->isHidden();
}

void MainWindow::showTab(int tab) {
  m_side->show();
  m_side->setCurrentIndex(tab);
}

viewer::ViewKind MainWindow::activeView() const {
  return m_views->activeView();
}

void MainWindow::toggleCine() {
  m_views->cine().toggle();
}
bool MainWindow::cineRuns() const {
  return m_views->cine().isRunning();
}
void MainWindow::changeCineSpeed(double factor) {
  m_views->cine().setFramesPerSecond(m_views->cine().framesPerSecond() * factor);
}
void MainWindow::askForCalibration() {
  const std::optional<Mark> line = m_services.tools.calibrationLine();
  if (!line) {
    m_services.tools.setTool(ToolKind::Distance);
    m_services.notices.info(
        tr("Draw a line over something of known length, then choose Calibrate by a line again."),
        QStringLiteral("calibrate"));
    return;
  }
  auto* ask = new QInputDialog(this);
  ask->setAttribute(Qt::WA_DeleteOnClose);
  ask->setObjectName(QStringLiteral("calibrate"));
  ask->setWindowTitle(tr("Calibrate by a line"));
  ask->setInputMode(QInputDialog::DoubleInput);
  ask->setDoubleDecimals(1);
  ask->setDoubleRange(0.1, 2000);
  ask->setDoubleValue(25);
  ask->setLabelText(tr("The line now reads %1.\nIts true length in the patient, mm:")
                        .arg(QString::fromStdString(line->value)));
  connect(ask, &QInputDialog::doubleValueSelected, this,
          [this](double mm) { m_services.tools.calibrate(mm); });
  ask->open();
}

void MainWindow::showMarks() {
  showMarksDialog(this, m_services.session, m_services.tools);
}

void MainWindow::showNameMenu(InstanceId instance) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  for (const Level level : namesToOffer(m_services.session, instance))
    connect(menu->addAction(tr("This is %1").arg(QString::fromStdString(levelName(level)))),
            &QAction::triggered, this,
            [this, instance, level] { nameLevel(m_services.session, instance, level); });
  menu->popup(QCursor::pos());
}

void MainWindow::showLevelMenu(InstanceId instance, QPoint global) {
  Session& session = m_services.session;
  if (session.selected() != instance)
    session.goToLevel(instance);
  const LevelRow* row = session.levels()->find(instance);
  if (!row)
    return;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  QMenu* names = menu->addMenu(tr("%1 is …").arg(QString::fromStdString(row->name)));
  names->setEnabled(!session.isReadOnly());
  for (const Level level : namesToOffer(session, instance)) {
    QAction* choice = names->addAction(QString::fromStdString(levelName(level)));
    choice->setCheckable(true);
    choice->setChecked(levelName(level) == row->name);
    connect(choice, &QAction::triggered, this,
            [this, instance, level] { nameLevel(m_services.session, instance, level); });
  }
  const auto& alternatives = session.shown()->chain.alternatives;
  for (std::size_t n = 0; n < alternatives.size(); ++n) {
    const QString what = alternatives[n].variant.empty() ? tr("shift by %1").arg(alternatives[n].shift)
                                                         : QString::fromStdString(alternatives[n].variant);
    QAction* choice = names->addAction(
        tr("Whole spine: %1 (%2 %)").arg(what).arg(qRound(alternatives[n].probability * 100)));
    connect(choice, &QAction::triggered, this, [this, n] { m_services.session.apply(ChooseAlternative{n}); });
  }
  menu->addSeparator();
  m_actions->refresh();
  for (const ActionId id : {ActionId::AcceptLevel, ActionId::RejectLevel})
    menu->addAction(m_actions->action(id));
  menu->addSeparator();
  for (const ActionId id :
       {ActionId::SplitLevel, ActionId::MergeBelow, ActionId::DeleteLevel, ActionId::RestoreLevel})
    menu->addAction(m_actions->action(id));
  menu->popup(global);
}

void MainWindow::showShortcuts() {
  showKeysDialog(this);
}
void MainWindow::showAbout() {
  showAboutDialog(this, m_views->rendererName());
}

} // namespace spondyl::app
