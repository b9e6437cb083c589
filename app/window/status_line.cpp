#include "app/window/status_line.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>

namespace spondyl::app {
namespace {

/// A label whose digits do not dance while they change.
class TabularLabel : public QLabel {
 public:
  using QLabel::QLabel;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setFont(font());
    painter.setPen(palette().color(QPalette::WindowText));
    theme::drawTabular(painter, rect(), Qt::AlignLeft, text());
  }
};

} // namespace

QString stageName(const std::string& stage) {
  static const std::pair<const char*, const char*> names[] = {
      {"scan", QT_TRANSLATE_NOOP("Stages", "looking through files")},
      {"read", QT_TRANSLATE_NOOP("Stages", "reading")},
      {"decode", QT_TRANSLATE_NOOP("Stages", "decoding")},
      {"start", QT_TRANSLATE_NOOP("Stages", "starting")},
      {"resample", QT_TRANSLATE_NOOP("Stages", "preparing")},
      {"segment", QT_TRANSLATE_NOOP("Stages", "finding vertebrae")},
      {"label", QT_TRANSLATE_NOOP("Stages", "naming levels")},
      {"landmarks", QT_TRANSLATE_NOOP("Stages", "placing landmarks")},
      {"measure", QT_TRANSLATE_NOOP("Stages", "measuring")},
      {"write", QT_TRANSLATE_NOOP("Stages", "writing")}};
  for (const auto& [key, name] : names)
    if (stage == key)
      return QCoreApplication::translate("Stages", name);
  return QString::fromStdString(stage);
}

QString jobSentence(const JobStatus& job) {
  if (job.stopping)
    return StatusLine::tr("%1: stopping").arg(job.title);
  QString sentence = job.title;
  if (!job.stage.empty())
    sentence += QStringLiteral(", ") + stageName(job.stage);
  if (job.fraction > 0)
    sentence += StatusLine::tr("  %1 %").arg(int(job.fraction * 100));
  if (job.secondsLeft) {
    const int seconds = int(*job.secondsLeft + 0.999);
    sentence += seconds < 90 ? StatusLine::tr(" · %1 s left").arg(seconds)
                             : StatusLine::tr(" · %1 min left").arg((seconds + 59) / 60);
  }
  return sentence;
}

StatusLine::StatusLine(JobRunner& jobs, QWidget* parent) : QWidget(parent), m_jobs(jobs) {
  setObjectName(QStringLiteral("statusLine"));
  setAttribute(Qt::WA_StyledBackground);
  setFixedHeight(theme::statusHeight + 1);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(theme::railWidth + theme::gap8, 1, theme::gap12, 0);
  row->setSpacing(theme::gap16);
  const auto tabular = [](int width, const char* name) {
    auto* label = new TabularLabel;
    label->setFixedWidth(width);
    label->setFont(theme::font(theme::Type::Body));
    label->setAccessibleName(QString::fromLatin1(name));
    return label;
  };
  m_position = tabular(204, "Position");
  m_value = tabular(72, "Value");
  m_level = roleLabel("");
  m_level->setMinimumWidth(120);
  m_tool = roleLabel("secondary");
  row->addWidget(m_position);
  row->addWidget(m_value);
  row->addWidget(m_level);
  row->addWidget(m_tool);
  row->addStretch(1);
  m_job = roleLabel("secondary");
  m_bar = new QProgressBar;
  m_bar->setRange(0, 1000);
  m_bar->setTextVisible(false);
  m_bar->setFixedWidth(120);
  m_bar->setAccessibleName(tr("Progress"));
  m_cancel = new QToolButton;
  m_cancel->setIcon(theme::icon(QStringLiteral("close")));
  m_cancel->setIconSize({14, 14});
  m_cancel->setFixedSize(20, 20);
  m_cancel->setToolTip(tr("Stop this job; nothing is lost"));
  m_cancel->setAccessibleName(tr("Stop this job"));
  row->addWidget(m_job);
  row->addWidget(m_bar);
  row->addWidget(m_cancel);
  m_warnings = button({}, tr("Show the warnings"), "link");
  row->addWidget(m_warnings);
  m_warnings->hide();
  connect(m_cancel, &QToolButton::clicked, this, [this] { m_jobs.cancel(m_shown); });
  connect(m_warnings, &QPushButton::clicked, this, &StatusLine::warningsAsked);
  connect(&jobs, &JobRunner::changed, this, &StatusLine::showJobs);
  showJobs();
}

void StatusLine::setPosition(const QString& position, const QString& value, const QString& level) {
  m_position->setText(position);
  m_value->setText(value);
  m_level->setText(level);
}

void StatusLine::setTool(const QString& tool) {
  m_tool->setText(tool);
}

void StatusLine::setWarnings(int count, const QString& toolTip) {
  m_warnings->setVisible(count > 0);
  m_warnings->setText(theme::attentionSign() + QLatin1Char(' ') +
                      (count == 1 ? tr("1 warning") : tr("%1 warnings").arg(count)));
  m_warnings->setToolTip(toolTip);
}

void StatusLine::showJobs() {
  const std::vector<JobStatus> jobs = m_jobs.visibleJobs();
  const bool any = !jobs.empty();
  m_job->setVisible(any);
  m_bar->setVisible(any);
  m_cancel->setVisible(any);
  if (!any)
    return;
  const JobStatus& job = jobs.front();
  m_shown = job.id;
  QString sentence = jobSentence(job);
  if (jobs.size() > 1)
    sentence += tr(" (and %1 more)").arg(jobs.size() - 1);
  m_job->setText(sentence);
  m_bar->setValue(int(job.fraction * 1000));
  m_cancel->setEnabled(!job.stopping);
}

} // namespace spondyl::app
