#include "app/panels/report_panel.h"

#include "app/panels/cell_delegate.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace spondyl::app {
namespace {
QString text(const std::string& s) {
  return QString::fromStdString(s);
}
constexpr int pauseMs = 800; // typing is one step of the history, not one a letter
} // namespace

ReportPanel::ReportPanel(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(theme::gap12, theme::gap12, theme::gap12, theme::gap12);
  column->setSpacing(theme::gap8);
  m_summary = roleLabel("secondary");
  m_summary->setWordWrap(true);
  column->addWidget(m_summary);
  column->addWidget(roleLabel("section", tr("IMPRESSION")));
  m_impression = new QPlainTextEdit;
  m_impression->setPlaceholderText(tr("What the referrer should know, first things first"));
  m_impression->setAccessibleName(tr("Impression"));
  m_impression->setTabChangesFocus(true);
  column->addWidget(m_impression, 2);
  const auto field = [&](const QString& name) {
    auto* row = new QHBoxLayout;
    QLabel* label = roleLabel("secondary", name);
    label->setFixedWidth(64);
    auto* edit = new QLineEdit;
    edit->setAccessibleName(name);
    label->setBuddy(edit);
    row->addWidget(label);
    row->addWidget(edit);
    column->addLayout(row);
    return edit;
  };
  m_referrer = field(tr("Referrer"));
  m_reader = field(tr("Reader"));
  column->addSpacing(theme::gap4);
  column->addWidget(roleLabel("section", tr("KEY IMAGES")));
  m_images = new QListWidget;
  m_images->setViewMode(QListView::IconMode);
  m_images->setMovement(QListView::Static);
  m_images->setResizeMode(QListView::Adjust);
  m_images->setWordWrap(true);
  m_images->setIconSize(pictureSize());
  m_images->setGridSize(pictureSize() + QSize(theme::gap16, 36));
  m_images->setAccessibleName(tr("Key images"));
  column->addWidget(m_images, 3);
  m_noImages = roleLabel("secondary", tr("None yet. K takes the active view."));
  column->addWidget(m_noImages, 1, Qt::AlignTop);
  m_remove = button(tr("Remove"), tr("Take this key image out of the report"), "quiet");
  column->addWidget(m_remove, 0, Qt::AlignLeft);
  m_include = new QCheckBox(tr("Include what is not reviewed, marked so"));
  m_include->setToolTip(tr("Reports and exports hold confirmed items only, unless this is set"));
  column->addWidget(m_include);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::gap8);
  m_pdf = button(tr("PDF…"), tr("Write the report as a PDF file"), "primary");
  m_json = button(tr("JSON…"), tr("Write the report's values as a JSON file"));
  m_seg = button(tr("DICOM SEG…"), tr("Write the labels as a DICOM segmentation"));
  for (QPushButton* b : {m_pdf, m_json, m_seg})
    buttons->addWidget(b);
  buttons->addStretch(1);
  column->addLayout(buttons);

  m_pause.setSingleShot(true);
  m_pause.setInterval(pauseMs);
  connect(&m_pause, &QTimer::timeout, this, &ReportPanel::sendText);
  const auto typed = [this] {
    if (!m_filling)
      m_pause.start();
  };
  connect(m_impression, &QPlainTextEdit::textChanged, this, typed);
  connect(m_referrer, &QLineEdit::textEdited, this, typed);
  connect(m_reader, &QLineEdit::textEdited, this, typed);
  connect(m_referrer, &QLineEdit::editingFinished, this, &ReportPanel::sendText);
  connect(m_reader, &QLineEdit::editingFinished, this, &ReportPanel::sendText);
  connect(m_include, &QCheckBox::toggled, this, [this](bool on) {
    if (!m_filling)
      emit includeProposedChanged(on);
  });
  connect(m_images, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
    m_remove->setEnabled(item);
    if (item && !m_filling)
      emit keyImageChosen(item->data(KeyRole).toString());
  });
  connect(m_remove, &QPushButton::clicked, this, [this] {
    if (const QListWidgetItem* item = m_images->currentItem())
      emit keyImageRemoved(item->data(KeyRole).toString());
  });
  connect(m_pdf, &QPushButton::clicked, this, [this] { emit exportAsked(QStringLiteral("pdf")); });
  connect(m_json, &QPushButton::clicked, this, [this] { emit exportAsked(QStringLiteral("json")); });
  connect(m_seg, &QPushButton::clicked, this, [this] { emit exportAsked(QStringLiteral("seg")); });
  setModel({});
}

void ReportPanel::setModel(const ReportPanelModel& model) {
  m_filling = true;
  m_summary->setText(text(model.summary));
  // What is being typed is not overwritten by its own echo.
  if (!m_pause.isActive()) {
    if (m_impression->toPlainText() != text(model.impression))
      m_impression->setPlainText(text(model.impression));
    if (m_referrer->text() != text(model.referrer))
      m_referrer->setText(text(model.referrer));
    if (m_reader->text() != text(model.reader))
      m_reader->setText(text(model.reader));
    m_sent = {model.impression, model.referrer, model.reader};
  }
  const QString current =
      m_images->currentItem() ? m_images->currentItem()->data(KeyRole).toString() : QString();
  m_images->clear();
  for (const KeyImageRow& row : model.keyImages) {
    auto* item =
        new QListWidgetItem(text(row.caption.empty() ? row.title : row.title + ": " + row.caption), m_images);
    item->setData(KeyRole, text(row.id));
    item->setToolTip(item->text());
    item->setIcon(iconOf(row.id));
    if (text(row.id) == current)
      m_images->setCurrentItem(item);
  }
  std::erase_if(m_pictures, [&](const auto& entry) {
    return std::none_of(model.keyImages.begin(), model.keyImages.end(),
                        [&](const KeyImageRow& row) { return row.id == entry.first; });
  });
  m_images->setVisible(!model.keyImages.empty());
  m_noImages->setVisible(model.keyImages.empty());
  m_remove->setVisible(!model.keyImages.empty());
  m_remove->setEnabled(m_images->currentItem());
  m_filling = false;
}

QIcon ReportPanel::iconOf(const std::string& id) const {
  const auto made = m_pictures.find(id);
  QPixmap pixmap(pictureSize());
  pixmap.fill(Qt::black); // its place, until it is there
  return QIcon(made == m_pictures.end() ? pixmap : QPixmap::fromImage(made->second));
}

void ReportPanel::setPicture(const std::string& id, const QImage& picture) {
  m_pictures[id] = picture;
  for (int n = 0; n < m_images->count(); ++n)
    if (QListWidgetItem* item = m_images->item(n); item->data(KeyRole).toString() == text(id))
      item->setIcon(iconOf(id));
}

void ReportPanel::setEditable(bool editable, bool canExportSeg) {
  for (QWidget* w : std::initializer_list<QWidget*>{m_impression, m_referrer, m_reader, m_pdf, m_json})
    w->setEnabled(editable);
  m_seg->setEnabled(editable && canExportSeg);
}

void ReportPanel::setIncludeProposed(bool include) {
  m_filling = true;
  m_include->setChecked(include);
  m_filling = false;
}

void ReportPanel::sendText() {
  m_pause.stop();
  const ReportText now{m_impression->toPlainText().toStdString(), m_referrer->text().toStdString(),
                       m_reader->text().toStdString()};
  if (now == m_sent)
    return;
  m_sent = now;
  emit textChanged(now);
}

} // namespace spondyl::app
