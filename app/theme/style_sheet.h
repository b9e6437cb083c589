#pragma once
// The application's style sheet, with the tokens filled in.

#include <QString>

namespace spondyl::app::theme {

QString styleSheet();

} // namespace spondyl::app::theme
