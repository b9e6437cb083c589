#include "app/window/marks_dialog.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"
#include "app/window/tool_controller.h"

#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {

constexpr int idRole = Qt::UserRole + 40;

QString oneLine(const std::string& value) {
  return QString::fromStdString(value).replace(QLatin1Char('\n'), QStringLiteral(", "));
}

void fill(QTreeWidget* list, const Marks& marks) {
  const QVariant chosen = list->currentItem() ? list->currentItem()->data(0, idRole) : QVariant();
  list->clear();
  for (const Mark& mark : marks) {
    auto* row = new QTreeWidgetItem(list);
    row->setText(0, QString::fromStdString(viewer::markName(mark.kind)));
    row->setText(1, oneLine(mark.value));
    row->setToolTip(1, oneLine(mark.value));
    row->setText(2, QString::fromStdString(mark.where));
    row->setData(0, idRole, mark.id);
    if (chosen == QVariant(mark.id))
      list->setCurrentItem(row);
  }
}

} // namespace

void showMarksDialog(QWidget* parent, Session& session, ToolController& tools) {
  auto* dialog = new QDialog(parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("marks"));
  dialog->setWindowTitle(QDialog::tr("Measurements"));
  auto* column = new QVBoxLayout(dialog);
  column->setContentsMargins(theme::gap16, theme::gap16, theme::gap16, theme::gap16);
  column->setSpacing(theme::gap12);
  QTreeWidget* list = table({QDialog::tr("What"), QDialog::tr("Value"), QDialog::tr("Where")},
                            QDialog::tr("Measurements"), dialog);
  list->header()->setSectionResizeMode(1, QHeaderView::Stretch);
  list->setColumnWidth(0, 110);
  list->setColumnWidth(2, 150);
  column->addWidget(list, 1);
  column->addWidget(
      roleLabel("secondary", QDialog::tr("Kept with the case; Ctrl+Z takes the last one back."), dialog));
  auto* row = new QHBoxLayout;
  row->setSpacing(theme::gap8);
  QPushButton* remove = button(QDialog::tr("Remove"), QDialog::tr("Remove the chosen measurement"));
  QPushButton* copy = button(QDialog::tr("Copy all"), QDialog::tr("Copy all as text, for dictation"));
  QPushButton* close = button(QDialog::tr("Close"), QDialog::tr("Close this list (Esc)"));
  row->addWidget(remove);
  row->addWidget(copy);
  row->addStretch(1);
  row->addWidget(close);
  column->addLayout(row);

  const auto refresh = [list, remove, copy, &tools] {
    fill(list, tools.marks());
    copy->setEnabled(!tools.marks().empty());
    remove->setEnabled(list->currentItem());
  };
  QObject::connect(&tools, &ToolController::marksChanged, dialog, refresh);
  QObject::connect(list, &QTreeWidget::currentItemChanged, dialog,
                   [remove](QTreeWidgetItem* now) { remove->setEnabled(now); });
  QObject::connect(list, &QTreeWidget::itemClicked, dialog, [&session, &tools](QTreeWidgetItem* item) {
    const auto id = item->data(0, idRole).toUInt();
    for (const Mark& mark : tools.marks())
      if (mark.id == id && !mark.points.empty())
        session.goTo(mark.points.front());
  });
  QObject::connect(remove, &QPushButton::clicked, dialog, [list, &tools] {
    if (list->currentItem())
      tools.removeMark(list->currentItem()->data(0, idRole).toUInt());
  });
  QObject::connect(copy, &QPushButton::clicked, dialog, [&tools] {
    QStringList lines;
    for (const Mark& mark : tools.marks())
      lines << QStringLiteral("%1 (%2): %3")
                   .arg(QString::fromStdString(viewer::markName(mark.kind)),
                        QString::fromStdString(mark.where), oneLine(mark.value));
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
  QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
  refresh();
  dialog->resize(640, 320);
  dialog->show();
}

} // namespace spondyl::app
