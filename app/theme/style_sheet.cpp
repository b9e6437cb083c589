#include "app/theme/style_sheet.h"

#include "app/theme/theme.h"

namespace spondyl::app::theme {
namespace {

// "@name" stands for a token. Widgets choose a rule by their object name or by the property "role".
const char* const rules = R"QSS(
* { outline: none; }
QMainWindow, QDialog, QWidget#content { background: @window; }
QToolTip { background: @raised; color: @primary; border: 1px solid @strong; padding: 4px 8px; font-size: 12px; }

QMenuBar { background: transparent; padding: 0; spacing: 0; }
QMenuBar::item { padding: 8px 10px; color: @secondary; border-radius: 4px; }
QMenuBar::item:selected { color: @primary; background: @raised; }
QMenuBar::item:disabled { color: @disabled; }
QMenu { background: @panel; border: 1px solid @strong; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 28px; border-radius: 4px; min-height: 16px; }
QMenu::item:selected { background: @quiet; }
QMenu::item:disabled { color: @disabled; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 8px; }
QMenu::indicator:checked { background: @accent; border-radius: 6px; width: 8px; height: 8px; margin: 2px; }

QWidget#header, QWidget#statusLine { background: @panel; }
QWidget#header { border-bottom: 1px solid @line; }
QWidget#statusLine { border-top: 1px solid @line; }
QWidget#rail { background: @panel; border-right: 1px solid @line; }
QWidget#seriesColumn, QWidget#sidePanel, QWidget#ladder, QWidget#panelPage { background: @panel; }
QWidget#seriesColumn { border-right: 1px solid @line; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="section"] { color: @secondary; font-size: 11px; font-weight: 600; }
QLabel[role="secondary"] { color: @secondary; }
QLabel[role="disabled"] { color: @disabled; }
QLabel[role="value"] { font-size: 13px; }
QLabel[role="empty"] { font-size: 20px; color: @primary; }
QLabel[role="attention"] { color: @attention; }
QLabel[role="error"] { color: @error; }
QLabel[role="diagnostic"] { color: @secondary; border: 1px solid @strong; border-radius: 4px; padding: 0 8px; font-size: 11px; }

QPushButton { background: @raised; border: 1px solid @strong; border-radius: 4px; min-height: 26px; max-height: 26px; padding: 0 12px; color: @primary; }
QPushButton:hover { border-color: @disabled; }
QPushButton:pressed { background: @line; }
QPushButton:disabled { color: @disabled; border-color: @line; background: transparent; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton[role="primary"] { background: @accent; color: #14121f; border-color: @accent; font-weight: 600; }
QPushButton[role="primary"]:disabled { background: transparent; color: @disabled; border-color: @line; font-weight: 400; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; color: @secondary; padding: 0 8px; }
QPushButton[role="quiet"]:hover { color: @primary; background: @raised; }
QPushButton[role="quiet"]:focus { border: 1px solid @accent; }
QPushButton[role="link"] { background: transparent; border: none; color: @accent; padding: 0; text-align: left; min-height: 20px; max-height: 20px; }
QPushButton[role="link"]:hover { color: @primary; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0; }
QToolButton:hover { background: @raised; }
QToolButton:checked { background: @quiet; }
QToolButton:focus { border: 1px solid @accent; }
QWidget#rail QToolButton { min-width: 32px; max-width: 32px; min-height: 32px; max-height: 32px; }

QTabBar { background: @panel; border: none; }
QTabBar::tab { background: transparent; color: @secondary; padding: 0 12px; height: 34px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @primary; }
QTabBar::tab:selected { color: @primary; border-bottom: 2px solid @accent; font-weight: 600; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; border-top: 1px solid @line; background: @panel; }
QTabWidget::tab-bar { left: 4px; }

QAbstractItemView { background: @panel; border: none; selection-background-color: @quiet; selection-color: @primary; }
QAbstractItemView::item { padding: 0; border: none; }
QTreeView::item, QTableView::item { border: none; }
QHeaderView { background: @panel; border: none; }
QHeaderView::section { background: @panel; color: @secondary; border: none; border-bottom: 1px solid @line; padding: 0 8px; height: 24px; font-size: 11px; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @strong; border-radius: 3px; min-height: 24px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @strong; border-radius: 3px; min-width: 24px; margin: 2px; }
QScrollBar::handle:hover { background: @disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox { background: @window; border: 1px solid @line; border-radius: 4px; padding: 4px 8px; selection-background-color: @accent; selection-color: #14121f; }
QLineEdit, QSpinBox, QComboBox { min-height: 18px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus { border: 1px solid @accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/icons/chevron-down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { border: 1px solid @strong; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @disabled; border-radius: 3px; background: @window; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/check-dark.svg); }
QCheckBox::indicator:focus { border-color: @accent; }
QSlider::groove:horizontal { height: 2px; background: @strong; }
QSlider::handle:horizontal { width: 10px; height: 10px; margin: -4px 0; border-radius: 5px; background: @primary; }

QProgressBar { background: @line; border: none; border-radius: 1px; max-height: 2px; min-height: 2px; }
QProgressBar::chunk { background: @accent; border-radius: 1px; }

QSplitter::handle { background: @line; }
QSplitter::handle:hover { background: @accent; }

QFrame[role="rule"] { background: @line; max-height: 1px; min-height: 1px; border: none; }
QFrame#banner { background: @raised; border: none; border-bottom: 1px solid @line; }
QFrame#banner[severity="attention"] { border-left: 3px solid @attention; }
QFrame#banner[severity="error"] { border-left: 3px solid @error; }
QFrame#banner[severity="info"] { border-left: 3px solid @accent; }
QFrame#card { background: @window; border: 1px solid @line; border-radius: 4px; }
)QSS";

} // namespace

QString styleSheet() {
  QString sheet = QString::fromUtf8(rules);
  const std::pair<const char*, QRgb> tokens[] = {{"@window", windowBackground}, {"@panel", panel},
                                                 {"@raised", raised},           {"@line", line},
                                                 {"@strong", lineStrong},       {"@primary", textPrimary},
                                                 {"@secondary", textSecondary}, {"@disabled", textDisabled},
                                                 {"@accent", accent},           {"@quiet", accentQuiet},
                                                 {"@attention", attention},     {"@error", error}};
  for (const auto& [name, colour] : tokens)
    sheet.replace(QLatin1String(name), QColor(colour).name());
  return sheet;
}

} // namespace spondyl::app::theme
