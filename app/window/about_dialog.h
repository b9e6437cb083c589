#pragma once
// Help: what this program is, and its keys.

#include <QString>

class QWidget;

namespace spondyl::app {

/// `renderer`: name of the OpenGL renderer of the 3D view; may be empty.
void showAboutDialog(QWidget* parent, const QString& renderer);
void showKeysDialog(QWidget* parent);

} // namespace spondyl::app
