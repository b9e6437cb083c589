// The list of model packages, and which one segments.
#include "app/panels/cell_delegate.h"
#include "app/panels/panel_parts.h"
#include "app/theme/theme.h"
#include "app/window/add_model.h"
#include "app/window/settings.h"

#include <QDialog>
#include <QHeaderView>
#include <QVBoxLayout>

namespace spondyl::app {
namespace {

constexpr int packageRole = Qt::UserRole + 41;

struct Offered {
  QString name, modality, folder; ///< folder: empty for the one that came with the program
  bool usable = false, own = false;
};

/// Only cards are read; hashing a network is left to the run.
std::vector<Offered> offered() {
  std::vector<Offered> all;
  for (const bool own : {false, true})
    for (const auto& package : inference::listModelPackages(own ? inference::userModelsFolder()
                                                                : inference::installedModelsFolder())) {
      if (!package || package->card.landmarks)
        continue;
      const inference::ModelCard& card = package->card;
      all.push_back({QString::fromStdString(card.name + " " + card.version),
                     QString::fromStdString(card.modality),
                     own ? QString::fromStdString(package->folder.string()) : QString(),
                     inference::checkTrusted(*package).ok(), own});
    }
  return all;
}

void fill(QTreeWidget* list, const std::vector<Offered>& all, const Settings& settings) {
  list->clear();
  for (std::size_t n = 0; n < all.size(); ++n) {
    const Offered& one = all[n];
    const bool used = settings.modelFor(one.modality) == one.folder;
    auto* row = new QTreeWidgetItem(list);
    row->setText(0, one.name);
    row->setText(1, one.modality.toUpper());
    row->setText(2, one.own ? QDialog::tr("yours") : QDialog::tr("came with Spondyl"));
    row->setText(3, !one.usable ? QDialog::tr("not trusted: File, Add model")
                    : used      ? QDialog::tr("● in use")
                                : QDialog::tr("ready"));
    row->setToolTip(0, one.folder);
    row->setData(0, packageRole, int(n));
    for (const int column : {1, 2})
      row->setData(column, SecondaryRole, true);
    if (!used)
      row->setData(3, SecondaryRole, true);
  }
}

} // namespace

void showModelsDialog(QWidget* parent, Settings& settings, const std::function<void()>& askForAnother) {
  auto* dialog = new QDialog(parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("models"));
  dialog->setWindowTitle(QDialog::tr("Choose model"));
  auto* column = new QVBoxLayout(dialog);
  column->setContentsMargins(theme::gap16, theme::gap16, theme::gap16, theme::gap16);
  column->setSpacing(theme::gap12);
  QTreeWidget* list =
      table({QDialog::tr("Model"), QDialog::tr("For"), QDialog::tr("From"), QDialog::tr("State")},
            QDialog::tr("Models"), dialog);
  list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  list->setColumnWidth(1, 48);
  list->setColumnWidth(2, 132);
  list->setColumnWidth(3, 180);
  column->addWidget(list, 1);
  column->addWidget(roleLabel(
      "secondary",
      QDialog::tr("One model for CT and one for MR segment the spine. What is proposed already stays."),
      dialog));
  auto* row = new QHBoxLayout;
  row->setSpacing(theme::gap8);
  QPushButton* another = button(QDialog::tr("Add model…"), QDialog::tr("Add a network of your own"));
  QPushButton* use = button(QDialog::tr("Use it"),
                            QDialog::tr("Segment images of this kind with the chosen model"), "primary");
  use->setObjectName(QStringLiteral("useModel"));
  QPushButton* close = button(QDialog::tr("Close"), QDialog::tr("Close this list (Esc)"));
  row->addWidget(another);
  row->addStretch(1);
  row->addWidget(close);
  row->addWidget(use);
  column->addLayout(row);

  const auto all = std::make_shared<const std::vector<Offered>>(offered());
  const auto chosen = [list, all]() -> const Offered* {
    const QTreeWidgetItem* item = list->currentItem();
    return item ? &(*all)[std::size_t(item->data(0, packageRole).toInt())] : nullptr;
  };
  const auto update = [use, chosen, &settings] {
    const Offered* one = chosen();
    use->setEnabled(one && one->usable && settings.modelFor(one->modality) != one->folder);
  };
  QObject::connect(list, &QTreeWidget::currentItemChanged, dialog, update);
  QObject::connect(use, &QPushButton::clicked, dialog, [list, all, chosen, update, &settings] {
    if (const Offered* one = chosen()) {
      settings.setModelFor(one->modality, one->folder);
      const int at = list->indexOfTopLevelItem(list->currentItem());
      fill(list, *all, settings);
      list->setCurrentItem(list->topLevelItem(at));
      update();
    }
  });
  QObject::connect(another, &QPushButton::clicked, dialog, [dialog, askForAnother] {
    dialog->close();
    askForAnother();
  });
  QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::close);
  fill(list, *all, settings);
  update();
  dialog->resize(640, 300);
  dialog->open();
}

} // namespace spondyl::app
