#pragma once
// What the reader drew, as a list: go there, remove, copy as text.

class QWidget;

namespace spondyl::app {

class Session;
class ToolController;

/// Opens it beside the window; it follows what is drawn.
void showMarksDialog(QWidget* parent, Session& session, ToolController& tools);

} // namespace spondyl::app
