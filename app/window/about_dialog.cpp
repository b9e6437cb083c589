#include "app/window/about_dialog.h"

#include "app/panels/cell_delegate.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"
#include "app/window/actions.h"

#include <QCoreApplication>
#include <QDialog>
#include <QHeaderView>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {

QDialog* dialog(QWidget* parent, const QString& title) {
  auto* made = new QDialog(parent);
  made->setAttribute(Qt::WA_DeleteOnClose);
  made->setWindowTitle(title);
  auto* column = new QVBoxLayout(made);
  column->setContentsMargins(theme::gap24, theme::gap24, theme::gap24, theme::gap16);
  column->setSpacing(theme::gap8);
  return made;
}

void addClose(QDialog* dialog) {
  auto* row = new QHBoxLayout;
  row->addStretch(1);
  QPushButton* close = button(QDialog::tr("Close"), QDialog::tr("Close this page (Esc)"));
  QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
  row->addWidget(close);
  static_cast<QVBoxLayout*>(dialog->layout())->addLayout(row);
}

QString words(const char* text) {
  return QCoreApplication::translate("Actions", text).remove(QLatin1Char('&'));
}

} // namespace

void showAboutDialog(QWidget* parent, const QString& renderer) {
  QDialog* about = dialog(parent, QDialog::tr("About Spondyl"));
  auto* column = static_cast<QVBoxLayout*>(about->layout());
  column->addWidget(roleLabel("empty", QStringLiteral("Spondyl %1").arg(QLatin1String(SPONDYL_VERSION))));
  column->addWidget(roleLabel(
      "secondary", QDialog::tr("Reads, measures and reports images of the spine. Not for diagnostic use.")));
  column->addSpacing(theme::gap8);
  const auto line = [&](const QString& name, const QString& value) {
    auto* row = new QHBoxLayout;
    QLabel* label = roleLabel("secondary", name);
    label->setFixedWidth(96);
    row->addWidget(label, 0, Qt::AlignTop);
    QLabel* text = roleLabel("", value);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(text, 1);
    column->addLayout(row);
  };
  line(QDialog::tr("3D renderer"), renderer.isEmpty() ? QDialog::tr("not started yet") : renderer);
  line(QDialog::tr("Qt"), QLatin1String(qVersion()));
  line(QDialog::tr("Licence"),
       QDialog::tr(
           "Apache License 2.0. Contains or uses Qt (LGPL 3), VTK, DCMTK, OpenJPEG, SQLite, zstd, Eigen, "
           "nlohmann-json, NIfTI libraries, and the Inter typeface (SIL OFL 1.1). Coded terms from SNOMED CT "
           "and UCUM. The full texts are in NOTICE."));
  column->addSpacing(theme::gap8);
  addClose(about);
  about->setMinimumWidth(520);
  about->open();
}

void showKeysDialog(QWidget* parent) {
  QDialog* keys = dialog(parent, QDialog::tr("Keys"));
  auto* column = static_cast<QVBoxLayout*>(keys->layout());
  QTreeWidget* list =
      table({QDialog::tr("Key or gesture"), QDialog::tr("What it does")}, QDialog::tr("Keys"), keys);
  list->header()->setSectionResizeMode(0, QHeaderView::Fixed);
  list->header()->setSectionResizeMode(1, QHeaderView::Stretch);
  list->setColumnWidth(0, 180);
  const auto row = [&](const QString& key, const QString& what) {
    auto* item = new QTreeWidgetItem(list);
    item->setText(0, key);
    item->setText(1, what);
    item->setData(1, SecondaryRole, true);
  };
  row(QDialog::tr("Wheel"), QDialog::tr("Next and previous slice"));
  row(QDialog::tr("Ctrl+Wheel"), QDialog::tr("Zoom at the pointer"));
  row(QDialog::tr("Shift+Wheel"), QDialog::tr("Thicker and thinner slab"));
  row(QDialog::tr("Left drag"), QDialog::tr("The active tool"));
  row(QDialog::tr("Right drag"), QDialog::tr("Brightness and contrast"));
  row(QDialog::tr("Middle drag, Shift+Left drag"), QDialog::tr("Move the picture"));
  row(QDialog::tr("Ctrl+Shift+Move"), QDialog::tr("Crosshair in all views, in every tool"));
  row(QDialog::tr("Double click"), QDialog::tr("One view alone, and back"));
  for (const ActionSpec& spec : actionTable()) {
    if (spec.shortcuts.isEmpty())
      continue;
    row(spec.shortcuts.front().toString(QKeySequence::NativeText), words(spec.toolTip));
  }
  column->addWidget(list, 1);
  addClose(keys);
  keys->resize(640, 640);
  keys->open();
}

} // namespace spondyl::app
