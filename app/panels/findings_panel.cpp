#include "app/panels/findings_panel.h"

#include "app/panels/cell_delegate.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QHeaderView>
#include <QVBoxLayout>

#include <algorithm>

namespace spondyl::app {
namespace {
QString text(const std::string& s) {
  return QString::fromStdString(s);
}
} // namespace

FindingsPanel::FindingsPanel(QWidget* parent) : QWidget(parent), m_model(std::make_shared<FindingsModel>()) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  m_count = roleLabel("title");
  m_count->setContentsMargins(theme::gap12, theme::gap12, theme::gap12, theme::gap8);
  column->addWidget(m_count);
  m_table = table({tr("Level"), tr("Finding"), tr("State")}, tr("Findings"));
  m_table->header()->setSectionResizeMode(0, QHeaderView::Fixed);
  m_table->header()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_table->header()->setSectionResizeMode(2, QHeaderView::Fixed);
  m_table->setColumnWidth(0, 64);
  m_table->setColumnWidth(2, 88);
  column->addWidget(m_table, 1);
  m_empty = roleLabel("secondary",
                      tr("No findings. Fractures are looked for once the vertebrae are there and measured."));
  m_empty->setWordWrap(true);
  m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  m_empty->setContentsMargins(theme::gap12, 0, theme::gap12, 0);
  column->addWidget(m_empty, 1);
  m_detail = roleLabel("secondary");
  m_detail->setWordWrap(true);
  m_detail->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, 0);
  column->addWidget(m_detail);
  m_foot = new QWidget;
  auto* foot = new QHBoxLayout(m_foot);
  foot->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, theme::gap12);
  foot->setSpacing(theme::gap8);
  m_confirm = button(tr("Confirm finding"), tr("This finding is right: it goes into the report"), "primary");
  m_reject = button(tr("Reject finding"),
                    tr("This finding is wrong: it stays rejected when the analysis runs again"));
  foot->addWidget(m_confirm);
  foot->addWidget(m_reject);
  foot->addStretch(1);
  column->addWidget(m_foot);

  connect(m_table, &QTreeWidget::currentItemChanged, this, [this] {
    showCurrent();
    if (const FindingRow* row = m_filling ? nullptr : current())
      emit chosen(text(row->id), row->instance);
  });
  connect(m_confirm, &QPushButton::clicked, this, [this] {
    if (const FindingRow* row = current())
      emit stateAsked(text(row->id), ItemState::Confirmed);
  });
  connect(m_reject, &QPushButton::clicked, this, [this] {
    if (const FindingRow* row = current())
      emit stateAsked(text(row->id), ItemState::Rejected);
  });
  setModel(m_model);
}

const FindingRow* FindingsPanel::current() const {
  const QTreeWidgetItem* item = m_table->currentItem();
  if (!item)
    return nullptr;
  const std::string id = item->data(0, KeyRole).toString().toStdString();
  const auto at = std::find_if(m_model->rows.begin(), m_model->rows.end(),
                               [&](const FindingRow& r) { return r.id == id; });
  return at == m_model->rows.end() ? nullptr : &*at;
}

void FindingsPanel::setModel(std::shared_ptr<const FindingsModel> model) {
  const QString selected =
      m_table->currentItem() ? m_table->currentItem()->data(0, KeyRole).toString() : QString();
  m_model = std::move(model);
  m_filling = true;
  m_table->clear();
  for (const FindingRow& row : m_model->rows) {
    auto* item = new QTreeWidgetItem(m_table);
    item->setText(0, text(row.level));
    item->setData(0, KeyRole, text(row.id));
    item->setData(0, ChipRole, QColor(theme::attention));
    item->setData(0, ShapeRole, int(row.state));
    item->setData(0, StrongRole, true);
    item->setText(1, text(row.title));
    item->setData(1, DimRole, row.state == ItemState::Rejected);
    item->setText(2, row.abstained ? tr("cannot tell") : text(itemStateName(row.state)));
    item->setData(2, SecondaryRole, true);
    for (int c = 0; c < 3; ++c)
      item->setToolTip(c, text(row.detail));
    if (text(row.id) == selected)
      m_table->setCurrentItem(item);
  }
  m_filling = false;
  const bool any = !m_model->rows.empty();
  m_table->setVisible(any);
  m_empty->setVisible(!any);
  m_foot->setVisible(any);
  m_count->setText(any ? tr("%1 to review").arg(m_model->open) : tr("Findings"));
  showCurrent();
}

void FindingsPanel::setEditable(bool editable) {
  m_editable = editable;
  showCurrent();
}

void FindingsPanel::showCurrent() {
  const FindingRow* row = current();
  m_detail->setText(row ? text(row->detail) : QString());
  m_detail->setVisible(row && !row->detail.empty());
  m_confirm->setEnabled(m_editable && row && row->state != ItemState::Confirmed);
  m_reject->setEnabled(m_editable && row && row->state != ItemState::Rejected);
}

} // namespace spondyl::app
