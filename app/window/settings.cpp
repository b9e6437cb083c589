#include "app/window/settings.h"

#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace spondyl::app {
namespace {
QString defaultFile() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
         QStringLiteral("/spondyl/spondyl.ini");
}
} // namespace

Settings::Settings(const QString& file)
    : m_store(std::make_unique<QSettings>(file.isEmpty() ? defaultFile() : file, QSettings::IniFormat)) {}
Settings::~Settings() = default;

QByteArray Settings::windowGeometry() const {
  return m_store->value(QStringLiteral("window/geometry")).toByteArray();
}
void Settings::setWindowGeometry(const QByteArray& geometry) {
  m_store->setValue(QStringLiteral("window/geometry"), geometry);
}
QByteArray Settings::splitter() const {
  return m_store->value(QStringLiteral("window/splitter")).toByteArray();
}
void Settings::setSplitter(const QByteArray& state) {
  m_store->setValue(QStringLiteral("window/splitter"), state);
}

QStringList Settings::recentPaths() const {
  QStringList paths = m_store->value(QStringLiteral("recent")).toStringList();
  paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
  return paths.mid(0, 8);
}

void Settings::addRecentPath(const QString& path) {
  QStringList paths = m_store->value(QStringLiteral("recent")).toStringList();
  paths.removeAll(path);
  paths.prepend(path);
  m_store->setValue(QStringLiteral("recent"), paths.mid(0, 8));
}

QString Settings::lastFolder() const {
  return m_store->value(QStringLiteral("lastFolder")).toString();
}
void Settings::setLastFolder(const QString& folder) {
  m_store->setValue(QStringLiteral("lastFolder"), folder);
}
QString Settings::device() const {
  return m_store->value(QStringLiteral("inference/device"), QStringLiteral("auto")).toString();
}
QString Settings::modelFolder() const {
  return m_store->value(QStringLiteral("inference/models")).toString();
}
QString Settings::modelFor(const QString& modality) const {
  return m_store->value(QStringLiteral("inference/model/") + modality).toString();
}
void Settings::setModelFor(const QString& modality, const QString& folder) {
  m_store->setValue(QStringLiteral("inference/model/") + modality, folder);
}
QString Settings::reader() const {
  return m_store->value(QStringLiteral("report/reader")).toString();
}
void Settings::setReader(const QString& name) {
  m_store->setValue(QStringLiteral("report/reader"), name);
}
bool Settings::includeProposed() const {
  return m_store->value(QStringLiteral("report/includeProposed"), false).toBool();
}
void Settings::setIncludeProposed(bool include) {
  m_store->setValue(QStringLiteral("report/includeProposed"), include);
}

} // namespace spondyl::app
