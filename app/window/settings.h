#pragma once
// What the window remembers from one start to the next, in one ini file under the XDG config folder.

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>

class QSettings;

namespace spondyl::app {

struct Settings {
  /// `file`: empty: $XDG_CONFIG_HOME/spondyl/spondyl.ini
  explicit Settings(const QString& file = {});
  ~Settings();

  QByteArray windowGeometry() const;
  void setWindowGeometry(const QByteArray& geometry);
  QByteArray splitter() const;
  void setSplitter(const QByteArray& state);
  QStringList recentPaths() const; ///< newest first, at most eight that still exist
  void addRecentPath(const QString& path);
  QString lastFolder() const;
  void setLastFolder(const QString& folder);
  QString device() const;      ///< "auto" unless set
  QString modelFolder() const; ///< empty: the one beside the program
  /// Folder of the package that segments "ct" or "mr"; empty: the one that came with the program.
  QString modelFor(const QString& modality) const;
  void setModelFor(const QString& modality, const QString& folder);
  QString reader() const; ///< name in reports; empty: not set
  void setReader(const QString& name);
  bool includeProposed() const; ///< reports and exports take what is not reviewed, marked so
  void setIncludeProposed(bool include);

 private:
  std::unique_ptr<QSettings> m_store;
};

} // namespace spondyl::app
