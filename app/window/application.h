#pragma once
// QApplication that knows how long its main thread has worked at a stretch: what a reader would feel as a
// stutter.

#include <QApplication>

namespace spondyl::app {

class Application : public QApplication {
 public:
  Application(int& argc, char** argv);

  /// The longest piece of CPU time that one event took on the main thread since the last reset, and what it
  /// was.
  struct Slice {
    double milliseconds = 0;
    QString what; ///< "QPaintEvent of SliceView", for messages
  };
  Slice longestSlice() const { return m_longest; }
  void resetWatchdog() { m_longest = {}; }

  bool notify(QObject* receiver, QEvent* event) override;

 private:
  int m_depth = 0;
  Slice m_longest;
};

} // namespace spondyl::app
