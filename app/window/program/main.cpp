#include "app/window/application.h"
#include "app/window/main_window.h"
#include "app/window/scripted_run.h"
#include "app/window/services.h"

#include "app/wording/error_text.h"
#include "viewer/capture/capture.h"

#include <QCommandLineParser>
#include <QDirIterator>

#include <cstdio>

using namespace spondyl;

namespace {

bool parseSize(const QString& word, QSize& size) {
  const QStringList parts = word.split(QLatin1Char('x'));
  bool okWidth = false, okHeight = false;
  if (parts.size() == 2)
    size = QSize(parts[0].toInt(&okWidth), parts[1].toInt(&okHeight));
  return okWidth && okHeight && size.width() >= 640 && size.height() >= 480 && size.width() <= 16384 &&
         size.height() <= 16384;
}

/// All pictures below a folder in one, each at most 800 px wide.
int writeContactSheet(const QString& file, const QString& folder) {
  std::vector<QImage> pictures;
  QStringList found;
  for (QDirIterator entries(folder, {QStringLiteral("*.png")}, QDir::Files, QDirIterator::Subdirectories);
       entries.hasNext();)
    found << entries.next();
  found.sort();
  for (const QString& path : found)
    if (QFileInfo(path) != QFileInfo(file))
      pictures.push_back(QImage(path).scaledToWidth(800, Qt::SmoothTransformation));
  if (pictures.empty()) {
    std::fprintf(stderr, "%s holds no pictures\n", qPrintable(folder));
    return 3;
  }
  const Status written = viewer::savePng(viewer::contactSheet(pictures, 4, 8), file.toStdString());
  if (!written)
    std::fprintf(stderr, "%s\n", app::errorSentence(written.error()).c_str());
  return written ? 0 : app::exitCodeFor(written.error());
}

} // namespace

int main(int argc, char** argv) {
  app::Application application(argc, argv);
  QCommandLineParser words;
  words.setApplicationDescription(
      QStringLiteral("Reads, measures and reports images of the spine. Not for diagnostic use.\n"
                     "Example: spondyl study-folder"));
  words.addHelpOption();
  words.addVersionOption();
  words.addPositionalArgument(QStringLiteral("PATH"),
                              QStringLiteral("What to open: folder, file, case; label files after an image."),
                              QStringLiteral("[PATH...]"));
  const QCommandLineOption screenshots(QStringLiteral("screenshots"),
                                       QStringLiteral("Write pictures of the window to this folder."),
                                       QStringLiteral("DIR"));
  const QCommandLineOption analyse(QStringLiteral("analyse"),
                                   QStringLiteral("Segment the spine if nothing is labelled yet."));
  const QCommandLineOption gallery(
      QStringLiteral("gallery"),
      QStringLiteral("Pictures of the window's states; PATH is an image, then its labels."));
  const QCommandLineOption quit(QStringLiteral("quit"), QStringLiteral("End when the pictures are written."));
  const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("Size of the window."),
                                QStringLiteral("WxH"));
  const QCommandLineOption sheet(QStringLiteral("contact-sheet"),
                                 QStringLiteral("Put all pictures of the folder PATH into one and end."),
                                 QStringLiteral("FILE"));
  words.addOptions({screenshots, analyse, gallery, quit, size, sheet});
  words.process(application);
  if (words.isSet(sheet) && words.positionalArguments().size() == 1)
    return writeContactSheet(words.value(sheet), words.positionalArguments().front());

  app::ScriptedOptions script;
  for (const QString& path : words.positionalArguments())
    script.paths.emplace_back(path.toStdString());

  app::Services services;
  app::MainWindow window(services);
  if (words.isSet(size)) {
    QSize wanted;
    if (!parseSize(words.value(size), wanted)) {
      std::fprintf(stderr, "--size %s is not understood. For example: --size 1600x1000\n",
                   qPrintable(words.value(size)));
      return 2;
    }
    window.resize(wanted);
  }
  window.show();
  if (!words.isSet(screenshots)) {
    if (!script.paths.empty())
      window.openPaths(script.paths);
    return application.exec();
  }
  script.folder = words.value(screenshots).toStdString();
  script.analyse = words.isSet(analyse);
  script.gallery = words.isSet(gallery);
  script.quit = words.isSet(quit);
  app::ScriptedRun run(services, window, script);
  QObject::connect(&run, &app::ScriptedRun::finished, &application, [&](int code) {
    if (script.quit || code)
      application.exit(code);
  });
  run.start();
  return application.exec();
}
