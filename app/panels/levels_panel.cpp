#include "app/panels/levels_panel.h"

#include "app/panels/cell_delegate.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

QString stateText(const LevelRow& row) {
  switch (row.state) {
  case ItemState::Proposed:
    return LevelsPanel::tr("proposed");
  case ItemState::Edited:
    return LevelsPanel::tr("edited");
  case ItemState::Confirmed:
    return LevelsPanel::tr("confirmed");
  case ItemState::Rejected:
    return LevelsPanel::tr("rejected");
  }
  return {};
}

InstanceId keyOf(const QTreeWidgetItem* item) {
  return InstanceId{item->data(0, KeyRole).toUInt()};
}

void fillItem(QTreeWidgetItem* item, const LevelRow& row) {
  item->setText(0, text(row.name));
  item->setData(0, KeyRole, row.instance.value);
  item->setData(0, ChipRole, theme::labelColour(row.colour));
  item->setData(0, ShapeRole, int(row.state));
  item->setData(0, StrongRole, true);
  item->setText(1, stateText(row));
  item->setData(1, SecondaryRole, row.state != ItemState::Confirmed);
  item->setText(2, LevelsPanel::tr("%1 %").arg(qRound(row.confidence * 100)));
  item->setData(2, TabularRole, true);
  item->setTextAlignment(2, Qt::AlignRight | Qt::AlignVCenter);
  item->setData(2, SecondaryRole, row.band == Band::High);
  item->setData(2, MarkRole,
                row.band == Band::Low || !row.problems.empty() ? theme::attentionSign() : QString());
  QString note = row.whole ? QString() : LevelsPanel::tr("cut off");
  if (row.isAnchor)
    note = LevelsPanel::tr("anchor");
  if (!row.problems.empty())
    note = text(row.problems.front());
  item->setText(3, note);
  item->setData(3, SecondaryRole, true);
  QString tip = row.reason.empty() ? QString() : text(row.reason);
  for (const std::string& problem : row.problems)
    tip += (tip.isEmpty() ? "" : "\n") + text(problem);
  if (!row.otherName.empty())
    tip += (tip.isEmpty() ? "" : "\n") + LevelsPanel::tr("could be %1").arg(text(row.otherName));
  for (int c = 0; c < 4; ++c)
    item->setToolTip(c, tip);
}

} // namespace

LevelsPanel::LevelsPanel(QWidget* parent) : QWidget(parent), m_model(std::make_shared<LevelsModel>()) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new QVBoxLayout;
  head->setContentsMargins(theme::gap12, theme::gap12, theme::gap12, theme::gap8);
  head->setSpacing(theme::gap4);
  m_progress = roleLabel("title");
  m_naming = roleLabel("secondary");
  m_naming->setWordWrap(true);
  head->addWidget(m_progress);
  head->addWidget(m_naming);
  column->addLayout(head);

  m_table = table({tr("Level"), tr("State"), tr("Confidence"), QString()}, tr("Levels"));
  m_table->header()->setSectionResizeMode(0, QHeaderView::Fixed);
  m_table->header()->setSectionResizeMode(1, QHeaderView::Fixed);
  m_table->header()->setSectionResizeMode(2, QHeaderView::Fixed);
  m_table->header()->setSectionResizeMode(3, QHeaderView::Stretch);
  m_table->setColumnWidth(0, 76);
  m_table->setColumnWidth(1, 84);
  m_table->setColumnWidth(2, 84);
  m_table->headerItem()->setTextAlignment(2, Qt::AlignRight | Qt::AlignVCenter);
  m_table->setContextMenuPolicy(Qt::CustomContextMenu);
  column->addWidget(m_table, 1);
  m_empty = roleLabel("secondary");
  setRadiograph(false);
  m_empty->setWordWrap(true);
  m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  m_empty->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, 0);
  column->addWidget(m_empty, 1);

  m_foot = new QWidget;
  auto* foot = new QHBoxLayout(m_foot);
  foot->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, theme::gap12);
  foot->setSpacing(theme::gap8);
  m_accept = button(tr("Accept"), tr("Accept or confirm the selected level (Enter)"), "primary");
  m_reject = button(tr("Reject"), tr("Reject the selected level's proposal (Backspace)"));
  m_all = button(tr("Accept all"), tr("Accept everything that is proposed (Shift+Enter)"), "quiet");
  foot->addWidget(m_accept);
  foot->addWidget(m_reject);
  foot->addStretch(1);
  foot->addWidget(m_all);
  column->addWidget(m_foot);

  connect(m_table, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (!m_filling && item)
      emit chosen(keyOf(item));
  });
  connect(m_table, &QTreeWidget::itemClicked, this,
          [this](QTreeWidgetItem* item) { emit chosen(keyOf(item)); });
  connect(m_table, &QWidget::customContextMenuRequested, this, [this](QPoint at) {
    if (const QTreeWidgetItem* item = m_table->itemAt(at))
      emit menuAsked(keyOf(item), m_table->viewport()->mapToGlobal(at));
  });
  connect(m_accept, &QPushButton::clicked, this, [this] {
    const LevelRow* row = m_model->find(m_selected);
    if (!row)
      return;
    if (row->waiting.empty())
      emit confirmAsked(m_selected);
    else
      emit acceptAsked(m_selected);
  });
  connect(m_reject, &QPushButton::clicked, this, [this] { emit rejectAsked(m_selected); });
  connect(m_all, &QPushButton::clicked, this, [this] {
    if (m_model->waiting > 0)
      emit acceptAllAsked();
    else
      emit confirmAllAsked();
  });
  setModel(m_model);
}

void LevelsPanel::setRadiograph(bool radiograph) {
  m_empty->setText(
      radiograph ? tr("A radiograph: no network reads it. Measure distances and angles with the Tools menu.")
                 : tr("No vertebrae yet. Run the analysis (AI menu), or drop a label file."));
}

void LevelsPanel::setModel(std::shared_ptr<const LevelsModel> model) {
  m_model = std::move(model);
  m_filling = true;
  // Rows are kept where the chain is the same: the scroll position and the focus stay.
  const int count = int(m_model->rows.size());
  while (m_table->topLevelItemCount() > count)
    delete m_table->takeTopLevelItem(m_table->topLevelItemCount() - 1);
  while (m_table->topLevelItemCount() < count)
    m_table->addTopLevelItem(new QTreeWidgetItem);
  for (int r = 0; r < count; ++r)
    fillItem(m_table->topLevelItem(r), m_model->rows[std::size_t(r)]);
  m_filling = false;
  setSelected(m_selected);
  const bool any = count > 0;
  m_table->setVisible(any);
  m_empty->setVisible(!any);
  m_foot->setVisible(any);
  m_progress->setText(any ? tr("%1 of %2 reviewed").arg(m_model->reviewed).arg(count) : tr("Levels"));
  m_naming->setText((m_model->namingNeedsReader ? theme::attentionSign() + QLatin1Char(' ') : QString()) +
                    text(m_model->naming));
  m_naming->setVisible(any && !m_model->naming.empty());
  setRole(m_naming, m_model->namingNeedsReader ? "attention" : "secondary");
  showButtons();
}

QTreeWidgetItem* LevelsPanel::itemOf(InstanceId instance) const {
  for (int r = 0; r < m_table->topLevelItemCount(); ++r)
    if (keyOf(m_table->topLevelItem(r)) == instance)
      return m_table->topLevelItem(r);
  return nullptr;
}

void LevelsPanel::setSelected(InstanceId instance) {
  m_selected = instance;
  m_filling = true;
  QTreeWidgetItem* item = itemOf(instance);
  m_table->setCurrentItem(item);
  if (item)
    m_table->scrollToItem(item);
  m_filling = false;
  showButtons();
}

void LevelsPanel::setEditable(bool editable) {
  m_editable = editable;
  showButtons();
}

void LevelsPanel::showButtons() {
  const LevelRow* row = m_model->find(m_selected);
  const bool waits = row && !row->waiting.empty();
  m_accept->setText(row && !waits ? tr("Confirm") : tr("Accept"));
  m_accept->setEnabled(m_editable && row && (waits || row->state != ItemState::Confirmed));
  m_reject->setEnabled(m_editable && waits);
  m_all->setText(m_model->waiting > 0 ? tr("Accept all (%1)").arg(m_model->waiting) : tr("Confirm all"));
  m_all->setEnabled(m_editable && !m_model->rows.empty() &&
                    (m_model->waiting > 0 || m_model->reviewed < int(m_model->rows.size())));
}

} // namespace spondyl::app
