#include "app/window/add_model.h"

#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"
#include "app/window/notices.h"
#include "app/window/settings.h"
#include "app/wording/error_text.h"
#include "app/wording/model_mend.h"

#include <QCheckBox>
#include <QDialog>
#include <QFrame>
#include <QLocale>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {

constexpr int pageWidth = 600, nameWidth = 104;

QString text(const std::string& words) {
  return QString::fromStdString(words);
}

QString modalityName(const std::string& modality) {
  return text(modality).toUpper();
}

QVBoxLayout* columnOf(QDialog* dialog) {
  auto* column = new QVBoxLayout(dialog);
  column->setContentsMargins(theme::gap24, theme::gap24, theme::gap24, theme::gap16);
  column->setSpacing(theme::gap8);
  return column;
}

QFrame* rule() {
  auto* line = new QFrame;
  setRole(line, "rule");
  return line;
}

QLabel* wrapped(const char* role, const QString& words) {
  QLabel* label = roleLabel(role, words);
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText); // cards are written by strangers
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  return label;
}

void addRow(QVBoxLayout* column, const QString& name, const QString& value, const char* role = "") {
  auto* row = new QHBoxLayout;
  row->setSpacing(theme::gap8);
  QLabel* label = roleLabel("secondary", name);
  label->setFixedWidth(nameWidth);
  row->addWidget(label, 0, Qt::AlignTop);
  row->addWidget(wrapped(role, value), 1);
  column->addLayout(row);
}

/// A hash that can be compared by eye: two lines of four groups.
QString grouped(const std::string& hash) {
  QStringList parts;
  for (std::size_t at = 0; at < hash.size(); at += 8)
    parts << text(hash.substr(at, 8));
  return parts.mid(0, 4).join(QLatin1Char(' ')) + QLatin1Char('\n') + parts.mid(4).join(QLatin1Char(' '));
}

QString intendedInput(const inference::ModelCard& card) {
  constexpr double any = 1e8;
  const QString kind = modalityName(card.modality);
  const QLocale locale;
  if (card.maximumSpacingMm < any)
    return QDialog::tr("%1, voxels of %2 to %3 mm")
        .arg(kind, locale.toString(card.minimumSpacingMm), locale.toString(card.maximumSpacingMm));
  return QDialog::tr("%1, any voxel size (its card names no limits)").arg(kind);
}

QString whatItGives(const inference::ModelCard& card) {
  if (card.landmarks)
    return QDialog::tr("Landmarks of vertebrae");
  if (!card.labels)
    return QDialog::tr("Vertebrae with their levels, discs, sacrum, canal");
  const auto known =
      std::count_if(card.labels->codes.begin(), card.labels->codes.end(), [](int c) { return c > 0; });
  return QDialog::tr("A label map with %1 structures that Spondyl knows; the names of the levels are the "
                     "network's own and count as assumed")
      .arg(known);
}

/// Does it segment, so that it can be chosen for that?
bool segments(const inference::ModelCard& card) {
  return !card.landmarks;
}

} // namespace

Result<PackageView> lookAtPackage(const Path& folder) {
  SPONDYL_TRY(inference::ModelPackage package, inference::readModelPackage(folder));
  SPONDYL_TRY(inference::PackageOrigin origin, inference::originOf(package));
  PackageView view{std::move(package), std::move(origin), 0, {}, false};
  view.whole = inference::verifyNetworkFile(view.package);
  view.trusted = inference::checkTrusted(view.package).ok();
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(view.package.folder / view.package.card.networkFile, unknown);
  view.networkBytes = unknown ? 0 : bytes;
  return view;
}

QDialog* showPackageDialog(QWidget* parent, const PackageView& view, const std::function<void(bool)>& add) {
  const inference::ModelCard& card = view.package.card;
  auto* page = new QDialog(parent);
  page->setAttribute(Qt::WA_DeleteOnClose);
  page->setObjectName(QStringLiteral("addModel"));
  page->setWindowTitle(QDialog::tr("Add model"));
  QVBoxLayout* column = columnOf(page);
  column->addWidget(wrapped("empty", text(card.name) + QLatin1Char(' ') + text(card.version)));
  if (!card.description.empty())
    column->addWidget(wrapped("secondary", text(card.description)));
  column->addSpacing(theme::gap8);
  addRow(column, QDialog::tr("Gives"), whatItGives(card));
  addRow(column, QDialog::tr("Meant for"), intendedInput(card));
  addRow(column, QDialog::tr("Source"), text(view.origin.source));
  addRow(column, QDialog::tr("Learned from"), text(view.origin.dataLicence));
  addRow(column, QDialog::tr("Licence"), text(view.origin.licence));
  addRow(column, QDialog::tr("Folder"), text(view.package.folder.string()));
  addRow(column, QDialog::tr("SHA-256 of card"), grouped(view.package.cardSha256));
  const QString size = QLocale().formattedDataSize(qint64(view.networkBytes));
  if (view.whole) {
    addRow(
        column, QDialog::tr("Check"),
        view.trusted
            ? QDialog::tr("The network (%1) is the one that its card names. You trust it already.").arg(size)
            : QDialog::tr("The network (%1) is the one that its card names.").arg(size));
  } else {
    QString words = text(errorSentence(view.whole.error()));
    for (const std::string& line :
         modelMending(view.whole.error(), view.package.folder, inference::userModelsFolder()))
      words += QLatin1Char(' ') + text(line);
    addRow(column, QDialog::tr("Check"), QStringLiteral("⬣ ") + words, "error");
  }
  column->addSpacing(theme::gap8);
  column->addWidget(rule());
  column->addSpacing(theme::gap4);
  QLabel* warning =
      wrapped("attention", QStringLiteral("▲ ") +
                               QDialog::tr("A network is a program that will run on your images. Add it "
                                           "only if you know who made it, and compare the SHA-256 with "
                                           "theirs."));
  warning->setVisible(view.whole.ok());
  column->addWidget(warning);
  auto* use =
      new QCheckBox(QDialog::tr("Segment %1 images with it from now on").arg(modalityName(card.modality)));
  use->setObjectName(QStringLiteral("useIt"));
  use->setToolTip(QDialog::tr("Can be changed at any time: AI, Choose model"));
  use->setChecked(segments(card));
  use->setVisible(segments(card) && view.whole.ok());
  column->addWidget(use);
  column->addSpacing(theme::gap8);
  auto* row = new QHBoxLayout;
  row->setSpacing(theme::gap8);
  row->addStretch(1);
  QPushButton* cancel = button(QDialog::tr("Cancel"), QDialog::tr("Add nothing (Esc)"));
  QPushButton* yes = button(
      QDialog::tr("Trust and add"),
      QDialog::tr("Copy it to your models, and put its SHA-256 on your list of trusted ones"), "primary");
  yes->setObjectName(QStringLiteral("trustAndAdd"));
  yes->setEnabled(view.whole.ok());
  yes->setAutoDefault(false); // the explicit yes is no stray Enter
  cancel->setDefault(true);
  row->addWidget(cancel);
  row->addWidget(yes);
  column->addLayout(row);
  QObject::connect(cancel, &QPushButton::clicked, page, &QDialog::reject);
  QObject::connect(yes, &QPushButton::clicked, page, [page, use, add, can = segments(card)] {
    add(can && use->isChecked());
    page->accept();
  });
  page->ensurePolished(); // fonts of the style sheet, before heights are asked for
  page->setFixedSize(pageWidth, column->totalHeightForWidth(pageWidth));
  page->open();
  cancel->setFocus();
  return page;
}

void addModel(QWidget* parent, JobRunner& jobs, Notices& notices, Settings& settings, const Path& folder) {
  const QString key = QStringLiteral("add model");
  const auto refused = [&notices, key, folder](const Error& error) {
    QString words = text(errorSentence(error));
    for (const std::string& line : modelMending(error, folder, inference::userModelsFolder()))
      words += QLatin1Char('\n') + text(line);
    Notice notice;
    notice.severity = Severity::Error;
    notice.key = key;
    notice.text = words;
    notices.add(std::move(notice));
  };
  const auto added = [&notices, &settings, key, refused](Result<inference::ModelPackage> package, bool use) {
    if (!package)
      return refused(package.error());
    const inference::ModelCard& card = package->card;
    if (use)
      settings.setModelFor(text(card.modality), text(package->folder.string()));
    notices.info(use ? QDialog::tr("%1 is added and segments %2 images from now on.")
                           .arg(text(card.name), modalityName(card.modality))
                     : QDialog::tr("%1 is added. AI, Choose model makes it the one that segments.")
                           .arg(text(card.name)),
                 key);
  };
  notices.dismissKey(key);
  jobs.start<PackageView>(
      JobSpec(QDialog::tr("Checking model"), "add model", parent),
      [folder](const JobContext&) { return lookAtPackage(folder); },
      [parent, &jobs, refused, added](Result<PackageView> view) {
        if (!view)
          return refused(view.error());
        showPackageDialog(parent, *view, [parent, &jobs, added, package = view->package](bool use) {
          jobs.start<inference::ModelPackage>(
              JobSpec(QDialog::tr("Adding model"), "add model", parent),
              [package](const JobContext&) -> Result<inference::ModelPackage> {
                SPONDYL_TRY(inference::ModelPackage copy, inference::addPackage(package));
                SPONDYL_CHECK(inference::trustPackage(copy));
                return copy;
              },
              [added, use](Result<inference::ModelPackage> copy) { added(std::move(copy), use); });
        });
      });
}

} // namespace spondyl::app
