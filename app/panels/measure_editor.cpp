#include "app/panels/measure_editor.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <cmath>

namespace spondyl::app {
namespace {

/// As typed, with "," or "." and either minus.
std::optional<double> numberIn(QString typed) {
  typed.replace(QLatin1Char(','), QLatin1Char('.')).replace(QChar(0x2212), QLatin1Char('-'));
  bool understood = false;
  const double value = typed.trimmed().toDouble(&understood);
  return understood && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

} // namespace

MeasureEditor::MeasureEditor(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(theme::gap12, 0, theme::gap12, theme::gap8);
  column->setSpacing(theme::gap8);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::gap8);
  m_confirm = button(tr("Confirm"), tr("This value has been looked at and is right"));
  m_own = button(tr("Own value…"), tr("Enter a value of your own, with the reason"));
  m_computed = button(tr("Use the computed value"), tr("Take your own value back"));
  for (QPushButton* each : {m_confirm, m_own, m_computed})
    buttons->addWidget(each);
  buttons->addStretch(1);
  column->addLayout(buttons);

  m_form = new QWidget;
  auto* fields = new QHBoxLayout(m_form);
  fields->setContentsMargins(0, 0, 0, 0);
  fields->setSpacing(theme::gap4);
  m_value = new QLineEdit;
  m_value->setAccessibleName(tr("Own value"));
  m_value->setPlaceholderText(tr("Value"));
  m_value->setFixedWidth(72);
  m_value->setAlignment(Qt::AlignRight);
  m_unit = roleLabel("secondary");
  m_reason = new QLineEdit;
  m_reason->setAccessibleName(tr("Reason of the own value"));
  m_reason->setPlaceholderText(tr("Reason"));
  m_set = button(tr("Set"), tr("Let your value stand in place of the computed one"), "primary");
  fields->addWidget(m_value);
  fields->addWidget(m_unit);
  fields->addWidget(m_reason, 1);
  fields->addWidget(m_set);
  column->addWidget(m_form);

  connect(m_confirm, &QPushButton::clicked, this, &MeasureEditor::confirmAsked);
  connect(m_computed, &QPushButton::clicked, this, &MeasureEditor::computedAsked);
  connect(m_own, &QPushButton::clicked, this, [this] { showForm(m_form->isHidden()); });
  connect(m_set, &QPushButton::clicked, this, &MeasureEditor::send);
  for (QLineEdit* field : {m_value, m_reason}) {
    connect(field, &QLineEdit::textChanged, this, &MeasureEditor::refresh);
    connect(field, &QLineEdit::returnPressed, this, &MeasureEditor::send);
  }
  showForm(false);
}

void MeasureEditor::setRow(const MeasureRow* row) {
  const bool same = row && m_row && row->id == m_row->id && row->instance == m_row->instance;
  m_row = row ? std::optional(*row) : std::nullopt;
  if (!same)
    showForm(false);
  m_unit->setText(row ? QString::fromStdString(row->unit) : QString());
  setVisible(row != nullptr);
  refresh();
}

void MeasureEditor::setEditable(bool editable) {
  m_editable = editable;
  if (!editable)
    showForm(false);
  refresh();
}

void MeasureEditor::showForm(bool open) {
  m_form->setVisible(open);
  if (open) {
    m_value->setFocus();
  } else {
    m_value->clear();
    m_reason->clear();
  }
  refresh();
}

void MeasureEditor::send() {
  const auto value = numberIn(m_value->text());
  const QString reason = m_reason->text().trimmed();
  if (!value || reason.isEmpty())
    return;
  showForm(false);
  emit overrideAsked(*value, reason);
}

void MeasureEditor::refresh() {
  m_confirm->setEnabled(m_editable && m_row && m_row->unconfirmed);
  m_confirm->setVisible(m_row && !m_row->overridden);
  m_own->setEnabled(m_editable);
  m_computed->setEnabled(m_editable);
  m_computed->setVisible(m_row && m_row->overridden);
  m_set->setEnabled(numberIn(m_value->text()).has_value() && !m_reason->text().trimmed().isEmpty());
}

} // namespace spondyl::app
