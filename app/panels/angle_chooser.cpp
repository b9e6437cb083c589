#include "app/panels/angle_chooser.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>

#include <algorithm>

namespace spondyl::app {

AngleChooser::AngleChooser(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(theme::gap12, theme::gap8, theme::gap12, theme::gap8);
  row->setSpacing(theme::gap4);
  const auto combo = [&](const QString& name) {
    auto* made = new QComboBox;
    made->setAccessibleName(name);
    made->setToolTip(name);
    row->addWidget(made);
    return made;
  };
  m_kind = combo(tr("Kind of angle"));
  m_kind->addItem(tr("Cobb"), QStringLiteral("cobb.coronal"));
  m_kind->addItem(tr("Lordosis"), QStringLiteral("lordosis"));
  m_kind->addItem(tr("Kyphosis"), QStringLiteral("kyphosis"));
  m_from = combo(tr("From this level"));
  row->addWidget(roleLabel("secondary", QStringLiteral("–")));
  m_to = combo(tr("To this level"));
  row->addStretch(1);
  m_measure = button(tr("Measure"), tr("Measure the angle between the end plates of these levels"));
  row->addWidget(m_measure);
  for (QComboBox* each : {m_from, m_to})
    connect(each, &QComboBox::currentIndexChanged, this, &AngleChooser::refresh);
  connect(m_measure, &QPushButton::clicked, this, [this] {
    const auto [first, last] = std::minmax({m_from->currentIndex(), m_to->currentIndex()});
    emit asked({m_kind->currentData().toString().toStdString(), m_levels[std::size_t(first)].first,
                m_levels[std::size_t(last)].first});
  });
  refresh();
}

void AngleChooser::setLevels(const Levels& levels) {
  if (levels == m_levels)
    return;
  const auto kept = [&](const QComboBox& box, int otherwise) {
    const int at = box.currentIndex();
    if (at < 0 || std::size_t(at) >= m_levels.size())
      return otherwise;
    for (std::size_t n = 0; n < levels.size(); ++n)
      if (levels[n].first == m_levels[std::size_t(at)].first)
        return int(n);
    return otherwise;
  };
  const int from = kept(*m_from, 0), to = kept(*m_to, int(levels.size()) - 1);
  m_levels = levels;
  for (QComboBox* box : {m_from, m_to}) {
    box->clear();
    for (const auto& [instance, name] : levels)
      box->addItem(QString::fromStdString(name));
  }
  m_from->setCurrentIndex(from);
  m_to->setCurrentIndex(to);
  refresh();
}

void AngleChooser::refresh() {
  m_measure->setEnabled(m_from->currentIndex() >= 0 && m_to->currentIndex() >= 0 &&
                        m_from->currentIndex() != m_to->currentIndex());
}

} // namespace spondyl::app
