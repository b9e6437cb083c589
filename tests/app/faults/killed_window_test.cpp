// The window is killed at many moments while it works through a case; its journal must open undamaged every time.

#include "core/store/journal.h"
#include "tests/app/support/block_spine.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

using namespace spondyl;

namespace {

constexpr int moments = 12;
/// What the window has written tells how far it is, on fast and on busy machines: it is killed some time after.
const char* const landmarks[] = {"2-analysis-refused.png", "3-proposal-waiting.png", "4-reviewing.png", "5-measures.png"};

void waitFor(const QString& file, QProcess& window) {
  for (int n = 0; n < 12000 && !QFile::exists(file) && window.state() == QProcess::Running; ++n) window.waitForFinished(5);
}

QProcessEnvironment ownFolders(const QString& folder) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "SPONDYL_RUNTIME_DIR"})
    environment.insert(QString::fromLatin1(name), folder + QLatin1Char('/') + QString::fromLatin1(name));
  return environment;
}

std::vector<Path> journalsIn(const Path& folder) {
  std::vector<Path> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".journal") found.push_back(entry.path());
  return found;
}

} // namespace

TEST_CASE("a window killed at any moment leaves a journal that opens without damage") {
  static int argc = 1;
  static char name[] = "test";
  static char* argv[] = {name, nullptr};
  const QCoreApplication application(argc, argv);
  QTemporaryDir data;
  const test::BlockSpine spine = test::writeBlockSpine(Path(data.path().toStdString()));
  int withSteps = 0;
  for (int moment = 0; moment < moments; ++moment) {
    QTemporaryDir folder;
    QProcess window;
    window.setProcessEnvironment(ownFolders(folder.path()));
    window.setStandardErrorFile(QProcess::nullDevice());
    window.start(QStringLiteral(SPONDYL_PROGRAM),
                 {QString::fromStdString(spine.image.string()), QString::fromStdString(spine.labels.string()), QStringLiteral("--gallery"),
                  QStringLiteral("--screenshots"), folder.filePath(QStringLiteral("pictures")), QStringLiteral("--size"),
                  QStringLiteral("800x600"), QStringLiteral("--quit")});
    REQUIRE(window.waitForStarted());
    waitFor(folder.filePath(QStringLiteral("pictures/")) + QLatin1String(landmarks[moment % 4]), window);
    window.waitForFinished(moment * 37 % 290);
    window.kill();
    window.waitForFinished();
    for (const Path& file : journalsIn(Path(folder.filePath(QStringLiteral("XDG_DATA_HOME/spondyl/cases")).toStdString()))) {
      const Result<Journal::Opened> opened = Journal::open(file);
      REQUIRE(opened.ok());
      INFO(opened->replay.damage);
      CHECK(opened->replay.damage.empty());
      CHECK(opened->replay.lost.empty());
      withSteps += opened->replay.steps.size() > 1;
    }
  }
  CHECK(withSteps > 0); // else nothing was tried
}
