#include "app/window/banner_area.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QToolButton>

namespace spondyl::app {
namespace {

const char* severityName(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Attention ? "attention" : "info";
}

QWidget* banner(Notices& notices, const Notice& notice) {
  auto* frame = new QFrame;
  frame->setObjectName(QStringLiteral("banner"));
  frame->setProperty("severity", QString::fromLatin1(severityName(notice.severity)));
  frame->setAccessibleName(notice.text);
  auto* row = new QHBoxLayout(frame);
  row->setContentsMargins(theme::gap12, theme::gap4, theme::gap8, theme::gap4);
  row->setSpacing(theme::gap8);
  if (notice.severity != Severity::Info)
    row->addWidget(roleLabel(severityName(notice.severity), notice.severity == Severity::Error
                                                                ? theme::errorSign()
                                                                : theme::attentionSign()),
                   0, Qt::AlignTop);
  constexpr int mostLetters = 240; // what is longer is read in the tooltip
  QLabel* words = roleLabel(
      "", notice.text.size() > mostLetters ? notice.text.left(mostLetters) + QChar(0x2026) : notice.text);
  if (notice.text.size() > mostLetters)
    words->setToolTip(QStringLiteral("<p>%1</p>").arg(notice.text.toHtmlEscaped()));
  words->setWordWrap(true);
  words->setTextInteractionFlags(Qt::TextSelectableByMouse);
  row->addWidget(words, 1);
  const int id = notice.id;
  const auto offer = [&](const QString& name, const std::function<void()>& what, const char* role) {
    if (name.isEmpty())
      return;
    QPushButton* press = button(name, name, role);
    // A click deletes this banner: first out of the list, then act, as the action may add a new one.
    QObject::connect(
        press, &QPushButton::clicked, &notices,
        [&notices, id, what] {
          notices.dismiss(id);
          what();
        },
        Qt::QueuedConnection);
    row->addWidget(press);
  };
  offer(notice.actionText, notice.action, "primary");
  offer(notice.secondText, notice.second, "");
  auto* close = new QToolButton;
  close->setIcon(theme::icon(QStringLiteral("close")));
  close->setIconSize({16, 16});
  close->setFixedSize(theme::buttonHeight, theme::buttonHeight);
  close->setToolTip(BannerArea::tr("Dismiss"));
  close->setAccessibleName(BannerArea::tr("Dismiss"));
  QObject::connect(
      close, &QToolButton::clicked, &notices, [&notices, id] { notices.dismiss(id); }, Qt::QueuedConnection);
  row->addWidget(close);
  return frame;
}

} // namespace

BannerArea::BannerArea(Notices& notices, QWidget* parent) : QWidget(parent), m_notices(notices) {
  m_column = new QVBoxLayout(this);
  m_column->setContentsMargins(0, 0, 0, 0);
  m_column->setSpacing(0);
  connect(&notices, &Notices::changed, this, &BannerArea::rebuild);
  rebuild();
}

void BannerArea::rebuild() {
  while (QLayoutItem* item = m_column->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  const auto& all = m_notices.all();
  int shown = 0;
  for (auto n = all.rbegin(); n != all.rend() && shown < 3; ++n, ++shown)
    m_column->addWidget(banner(m_notices, *n));
  setVisible(shown > 0);
}

} // namespace spondyl::app
