#include "app/panels/measures_panel.h"

#include "app/panels/angle_chooser.h"
#include "app/panels/cell_delegate.h"
#include "app/panels/measure_editor.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {
QString text(const std::string& s) {
  return QString::fromStdString(s);
}
} // namespace

MeasuresPanel::MeasuresPanel(QWidget* parent) : QWidget(parent), m_model(std::make_shared<MeasuresModel>()) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_table = table({tr("Measurement"), tr("Value"), QString()}, tr("Measurements"));
  m_table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  m_table->header()->setSectionResizeMode(1, QHeaderView::Fixed);
  m_table->header()->setSectionResizeMode(2, QHeaderView::Fixed);
  m_table->setColumnWidth(1, 96);
  m_table->setColumnWidth(2, 48);
  m_table->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
  column->addWidget(m_table, 1);
  m_empty = roleLabel("secondary", tr("Nothing to measure yet: there are no vertebrae."));
  m_empty->setWordWrap(true);
  m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  m_empty->setContentsMargins(theme::gap12, theme::gap16, theme::gap12, 0);
  column->addWidget(m_empty, 1);
  m_note = roleLabel("secondary");
  m_note->setWordWrap(true);
  m_note->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, theme::gap12);
  m_note->setMinimumHeight(64);
  m_note->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  column->addWidget(m_note);
  m_editor = new MeasureEditor;
  column->addWidget(m_editor);
  auto* rule = new QFrame;
  setRole(rule, "rule");
  column->addWidget(rule);
  m_angles = new AngleChooser;
  column->addWidget(m_angles);
  connect(m_angles, &AngleChooser::asked, this, &MeasuresPanel::angleAsked);
  connect(m_editor, &MeasureEditor::confirmAsked, this, [this] {
    if (const MeasureRow* row = currentRow())
      emit confirmAsked(*row);
  });
  connect(m_editor, &MeasureEditor::overrideAsked, this, [this](double value, const QString& reason) {
    if (const MeasureRow* row = currentRow())
      emit overrideAsked(*row, value, reason);
  });
  connect(m_editor, &MeasureEditor::computedAsked, this, [this] {
    if (const MeasureRow* row = currentRow())
      emit computedAsked(*row);
  });

  connect(m_table, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (!m_filling)
      showCurrent();
    if (m_filling || !item || !item->parent())
      return;
    emit chosen(item->data(0, KeyRole).toString(), InstanceId{item->data(0, SecondKeyRole).toUInt()});
  });
  connect(m_table, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item) {
    if (item->parent())
      emit chosen(item->data(0, KeyRole).toString(), InstanceId{item->data(0, SecondKeyRole).toUInt()});
    else
      item->setExpanded(!item->isExpanded());
  });
  setModel(m_model);
}

void MeasuresPanel::setModel(std::shared_ptr<const MeasuresModel> model) {
  const bool first = m_model->groups.empty();
  m_model = std::move(model);
  fill();
  if (first)
    scrollToSelected();
}

void MeasuresPanel::choose(const std::string& id, InstanceId instance) {
  for (int g = 0; g < m_table->topLevelItemCount(); ++g)
    for (int r = 0; r < m_table->topLevelItem(g)->childCount(); ++r) {
      QTreeWidgetItem* item = m_table->topLevelItem(g)->child(r);
      if (item->data(0, KeyRole).toString().toStdString() == id &&
          item->data(0, SecondKeyRole).toUInt() == instance.value)
        m_table->setCurrentItem(item);
    }
}

void MeasuresPanel::fill() {
  m_filling = true;
  const int groups = int(m_model->groups.size());
  while (m_table->topLevelItemCount() > groups)
    delete m_table->takeTopLevelItem(m_table->topLevelItemCount() - 1);
  while (m_table->topLevelItemCount() < groups) {
    auto* item = new QTreeWidgetItem;
    m_table->addTopLevelItem(item);
    item->setExpanded(true);
  }
  for (int g = 0; g < groups; ++g) {
    const MeasureGroup& group = m_model->groups[std::size_t(g)];
    QTreeWidgetItem* head = m_table->topLevelItem(g);
    head->setText(0, text(group.level));
    head->setData(0, StrongRole, true);
    head->setData(0, SecondKeyRole, group.instance.value);
    while (head->childCount() > int(group.rows.size()))
      delete head->takeChild(head->childCount() - 1);
    while (head->childCount() < int(group.rows.size()))
      head->addChild(new QTreeWidgetItem);
    for (int r = 0; r < head->childCount(); ++r) {
      const MeasureRow& row = group.rows[std::size_t(r)];
      QTreeWidgetItem* item = head->child(r);
      item->setText(0, text(row.name));
      item->setData(0, SecondaryRole, true);
      item->setData(0, KeyRole, text(row.id));
      item->setData(0, SecondKeyRole, row.instance.value);
      item->setText(1, text(row.value));
      item->setData(1, TabularRole, true);
      item->setData(1, StrongRole, !row.previous.empty());
      item->setData(1, MarkRole, row.outOfRange ? theme::attentionSign() : QString());
      item->setData(1, DimRole, row.missing || m_stale);
      item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
      item->setText(2, row.missing ? QString() : text(row.unit));
      item->setData(2, SecondaryRole, true);
      for (int c = 0; c < 3; ++c)
        item->setToolTip(c, text(row.note));
    }
  }
  m_filling = false;
  m_table->setVisible(groups > 0);
  m_empty->setVisible(groups == 0);
  m_note->setVisible(groups > 0);
  m_angles->setVisible(groups > 0);
  showCurrent();
}

const MeasureRow* MeasuresPanel::currentRow() const {
  const QTreeWidgetItem* item = m_table->currentItem();
  if (!item || !item->parent())
    return nullptr;
  return m_model->find(item->data(0, KeyRole).toString().toStdString(),
                       InstanceId{item->data(0, SecondKeyRole).toUInt()});
}

void MeasuresPanel::showCurrent() {
  const MeasureRow* row = currentRow();
  m_note->setText(row ? text(row->note) : QString());
  m_editor->setRow(row);
}

void MeasuresPanel::setEditable(bool editable) {
  m_editor->setEditable(editable);
}

void MeasuresPanel::setLevels(const std::vector<std::pair<InstanceId, std::string>>& levels) {
  m_angles->setLevels(levels);
}

void MeasuresPanel::setSelected(InstanceId instance) {
  if (m_selected == instance)
    return;
  m_selected = instance;
  scrollToSelected();
}

void MeasuresPanel::scrollToSelected() {
  for (int g = 0; g < m_table->topLevelItemCount(); ++g) {
    QTreeWidgetItem* head = m_table->topLevelItem(g);
    if (head->data(0, SecondKeyRole).toUInt() != m_selected.value)
      continue;
    const QTreeWidgetItem* current = m_table->currentItem();
    if (current && (current == head || current->parent() == head))
      return;
    m_table->scrollToItem(head, QAbstractItemView::PositionAtTop);
    return;
  }
}

void MeasuresPanel::setStale(bool stale) {
  if (m_stale == stale)
    return;
  m_stale = stale;
  fill();
}

} // namespace spondyl::app
