#include "app/window/empty_state.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPainter>

namespace spondyl::app {
namespace {

void clearLayout(QLayout* layout) {
  while (QLayoutItem* item = layout->takeAt(0)) {
    if (item->layout())
      clearLayout(item->layout());
    if (item->widget())
      item->widget()->deleteLater();
    delete item;
  }
}

QString shortened(const QString& path) {
  return path.size() <= 56 ? path : QStringLiteral("…") + path.right(55);
}

} // namespace

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("content"));
  setAccessibleName(tr("Nothing is open"));
  auto* outer = new QVBoxLayout(this);
  outer->addStretch(2);
  auto* middle = new QHBoxLayout;
  outer->addLayout(middle);
  outer->addStretch(3);
  middle->addStretch(1);
  auto* column = new QVBoxLayout;
  column->setSpacing(theme::gap8);
  middle->addLayout(column);
  middle->addStretch(1);

  auto* mark = new QLabel;
  // The drawing stands in the middle of its square: cut to it, so that it begins where the words begin.
  const QPixmap square = theme::icon(QStringLiteral("study"))
                             .pixmap(QSize(64, 64), devicePixelRatioF(), QIcon::Normal, QIcon::On);
  const int side = square.width();
  mark->setPixmap(square.copy(side * 5 / 16, 0, side * 6 / 16, side));
  column->addWidget(mark, 0, Qt::AlignLeft);
  column->addSpacing(theme::gap8);
  column->addWidget(roleLabel("empty", tr("Drop a study here")));
  QLabel* what = roleLabel(
      "secondary", tr("A folder or file with CT or MR images (DICOM, zip, NIfTI), or a Spondyl case.\n"
                      "A label file dropped on an open image becomes a proposal."));
  column->addWidget(what);
  column->addSpacing(theme::gap12);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::gap8);
  QPushButton* folder =
      button(tr("Open folder…"), tr("Open a folder with a study (Ctrl+Shift+O)"), "primary");
  QPushButton* files = button(tr("Open file…"), tr("Open an image, a zip or a case (Ctrl+O)"));
  buttons->addWidget(folder);
  buttons->addWidget(files);
  buttons->addStretch(1);
  column->addLayout(buttons);
  connect(folder, &QPushButton::clicked, this, &EmptyState::folderAsked);
  connect(files, &QPushButton::clicked, this, &EmptyState::filesAsked);

  column->addSpacing(theme::gap24);
  m_recoverTitle = roleLabel("section", tr("NOT SAVED WHEN SPONDYL LAST ENDED"));
  column->addWidget(m_recoverTitle);
  m_recover = new QVBoxLayout;
  m_recover->setSpacing(theme::gap4);
  column->addLayout(m_recover);
  m_recentTitle = roleLabel("section", tr("RECENT"));
  column->addSpacing(theme::gap8);
  column->addWidget(m_recentTitle);
  m_recent = new QVBoxLayout;
  m_recent->setSpacing(0);
  column->addLayout(m_recent);
  setRecent({});
  setRecoverable({});
}

void EmptyState::setRecent(const QStringList& paths) {
  clearLayout(m_recent);
  m_recentTitle->setVisible(!paths.isEmpty());
  for (const QString& path : paths) {
    QPushButton* open = button(shortened(path), path, "link");
    connect(open, &QPushButton::clicked, this, [this, path] { emit recentAsked(path); });
    m_recent->addWidget(open, 0, Qt::AlignLeft);
  }
}

void EmptyState::setRecoverable(const std::vector<RecoverableEntry>& entries) {
  clearLayout(m_recover);
  m_recoverTitle->setVisible(!entries.empty());
  for (const RecoverableEntry& entry : entries) {
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::gap12);
    row->addWidget(roleLabel("", entry.name));
    row->addWidget(roleLabel("secondary", entry.detail));
    QPushButton* restore = button(tr("Restore"), tr("Open this case as it was at its last change"));
    QPushButton* forget =
        button(tr("Remove"), tr("Remove this case from the list and from this computer"), "quiet");
    const QString key = entry.key;
    connect(restore, &QPushButton::clicked, this, [this, key] { emit restoreAsked(key); });
    connect(forget, &QPushButton::clicked, this, [this, key] { emit forgetAsked(key); });
    row->addWidget(restore);
    row->addWidget(forget);
    row->addStretch(1);
    m_recover->addLayout(row);
  }
}

void EmptyState::setDropHover(bool hover) {
  m_hover = hover;
  update();
}

void EmptyState::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), QColor(theme::viewBackground));
  painter.setRenderHint(QPainter::Antialiasing);
  QPen pen(QColor(m_hover ? theme::accent : theme::line), m_hover ? 2 : 1.5, Qt::DashLine);
  painter.setPen(pen);
  painter.drawRoundedRect(QRectF(rect()).adjusted(24, 24, -24, -24), 8, 8);
}

} // namespace spondyl::app
