#pragma once
// Small parts that every panel is put together from.

#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>

namespace spondyl::app {

QLabel* roleLabel(const char* role, const QString& text = {}, QWidget* parent = nullptr);
/// `role`: "primary", "quiet", "link" or empty.
QPushButton* button(const QString& text, const QString& toolTip, const char* role = "",
                    QWidget* parent = nullptr);
/// A flat tree in the house style: rows of 28 px, no indentation lines, one row at a time.
QTreeWidget* table(const QStringList& headers, const QString& accessibleName, QWidget* parent = nullptr);
/// Sets a property that the style sheet looks at, and lets it look.
void setRole(QWidget* widget, const char* role);

} // namespace spondyl::app
