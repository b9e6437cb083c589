// A network of one's own, from the folder to the choice of what segments.
#include "app/window/add_model.h"

#include "app/window/settings.h"
#include "core/base/process.h"
#include "tests/app/window/window_fixture.h"

#include <QCheckBox>
#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <catch2/catch.hpp>

#include <fstream>

using namespace spondyl;
using namespace spondyl::app;
using namespace spondyl::test;

namespace {

/// User folders of the test's own, with a package somewhere else.
struct Home {
  QTemporaryDir folder;
  Path package = pathOf(folder) / "download" / "ours";
  Home() {
    ::setenv("XDG_CONFIG_HOME", (pathOf(folder) / "config").c_str(), 1);
    ::setenv("SPONDYL_DATA_DIR", (pathOf(folder) / "data").c_str(), 1);
    std::filesystem::create_directories(package);
    std::ofstream(package / "n.pt") << "net";
    std::ofstream(package / "metadata.json")
        << R"({"schema": "spondyl-model-1", "name": "ours-lumbar-mr", "version": "1.0", "task": "spine-mr",
        "description": "Lumbar vertebrae, discs and canal in sagittal T2 of our site.",
        "pipeline": "labels", "file": "n.pt", "sha256": ")"
        << sha256Hex(std::string_view("net"))
        << R"(", "network_data_format": {"inputs": {"image": {"modality": "MR"}}}, "spacing_mm": [3.3, 0.7, 0.7],
        "tensor": {"axes": ["S", "A", "R"], "patch": [16, 320, 320]}, "normalisation": {"z_score": true},
        "outputs": {"labels": {"scheme": "codes", "numbers": [0, 20, 21, 22, 23, 24, 26, 61]}},
        "intended_input": {"minimum_spacing_mm": 0.4, "maximum_spacing_mm": 6},
        "source": "University X, <b>120</b> lumbar MR", "licence": "CC BY 4.0"})";
  }
  ~Home() { ::unsetenv("SPONDYL_DATA_DIR"); }
};

QDialog* waitFor(WindowFixture& w, const char* name) {
  for (int n = 0; n < 200; ++n) {
    QTest::qWait(15);
    if (auto* found = w.window.findChild<QDialog*>(QLatin1String(name)))
      return found;
  }
  return nullptr;
}

/// Pictures of the dialogs, for looking at, where SPONDYL_PICTURES names a folder.
void keepPicture(QWidget* widget, const char* name) {
  QTest::qWait(60);
  if (const char* folder = std::getenv("SPONDYL_PICTURES"))
    widget->grab().save(QString::fromUtf8(folder) + QLatin1Char('/') + QLatin1String(name));
}

QString allText(const QDialog* dialog) {
  QString all;
  for (const QLabel* label : dialog->findChildren<QLabel*>())
    all += label->text() + QLatin1Char('\n');
  return all;
}

void addFrom(WindowFixture& w, const Path& folder) {
  addModel(&w.window, w.services.jobs, w.services.notices, w.services.settings, folder);
}

} // namespace

TEST_CASE("a package is shown whole before anything is done, and no adds nothing") {
  application();
  const Home home;
  WindowFixture w(home.folder);
  addFrom(w, home.package);
  QDialog* page = waitFor(w, "addModel");
  REQUIRE(page);
  keepPicture(page, "add-model.png");
  const QString text = allText(page);
  for (const char* part :
       {"ours-lumbar-mr 1.0", "University X, <b>120</b> lumbar MR", "CC BY 4.0", "not stated",
        "MR, voxels of 0.4 to 6 mm", "7 structures", "is the one that its card names"})
    CHECK(text.contains(QLatin1String(part)));
  const std::string hash = inference::readModelPackage(home.package)->cardSha256;
  CHECK(text.contains(QString::fromStdString(hash.substr(0, 8))));
  page->reject();
  REQUIRE(w.settle());
  CHECK(inference::listModelPackages(inference::userModelsFolder()).empty());
  CHECK_FALSE(std::filesystem::exists(inference::userTrustFile()));
}

TEST_CASE("yes copies and trusts, and the copy segments images of its kind until another is chosen") {
  application();
  const Home home;
  WindowFixture w(home.folder);
  addFrom(w, home.package);
  QDialog* page = waitFor(w, "addModel");
  REQUIRE(page);
  page->findChild<QPushButton*>(QStringLiteral("trustAndAdd"))->click();
  REQUIRE(w.settle());
  const auto packages = inference::listModelPackages(inference::userModelsFolder());
  REQUIRE(packages.size() == 1);
  CHECK(inference::checkTrusted(*packages[0]));
  CHECK(w.services.settings.modelFor("mr").toStdString() == packages[0]->folder.string());
  CHECK(w.services.settings.modelFor("ct").isEmpty());
  CHECK(w.services.notices.all().back().text.contains(QLatin1String("segments MR images from now on")));

  w.run(ActionId::ChooseModel);
  QDialog* list = waitFor(w, "models");
  REQUIRE(list);
  auto* rows = list->findChild<QTreeWidget*>();
  keepPicture(list, "choose-model.png");
  REQUIRE(rows->topLevelItemCount() == 3);
  CHECK(rows->topLevelItem(2)->text(3).contains(QLatin1String("in use")));
  CHECK(rows->topLevelItem(0)->text(3).contains(QLatin1String("in use"))); // CT as before
  auto* use = list->findChild<QPushButton*>(QStringLiteral("useModel"));
  rows->setCurrentItem(rows->topLevelItem(2));
  CHECK_FALSE(use->isEnabled());
  rows->setCurrentItem(rows->topLevelItem(1));
  REQUIRE(use->isEnabled());
  use->click();
  CHECK(w.services.settings.modelFor("mr").isEmpty());
  CHECK(rows->topLevelItem(1)->text(3).contains(QLatin1String("in use")));
}

TEST_CASE(
    "a package that is broken is shown with what is wrong and cannot be added, and without a card it is a "
    "notice") {
  application();
  const Home home;
  WindowFixture w(home.folder);
  std::ofstream(home.package / "n.pt") << "exchanged";
  addFrom(w, home.package);
  QDialog* page = waitFor(w, "addModel");
  REQUIRE(page);
  keepPicture(page, "add-model-broken.png");
  CHECK(allText(page).contains(QLatin1String("another checksum than its card says")));
  CHECK_FALSE(page->findChild<QPushButton*>(QStringLiteral("trustAndAdd"))->isEnabled());
  page->reject();
  addFrom(w, home.package.parent_path());
  REQUIRE(w.settle());
  REQUIRE_FALSE(w.services.notices.all().empty());
  CHECK(w.services.notices.all().back().text.contains(QLatin1String("No model was found")));
}
