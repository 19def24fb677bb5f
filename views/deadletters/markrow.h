// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/decisionsheet.h"

#include <QWidget>

#include <functional>

class QHBoxLayout;

namespace spillway::views {

/// Tags and links of a group or letter in one line: a tag with a cross that takes it off, a link as its whole address
/// in plain text with a button that asks to open it and a cross that takes it away. Nothing is opened by itself.
class MarkRow final : public QWidget
{
    Q_OBJECT
public:
    explicit MarkRow(QWidget* parent = nullptr);

    /// @param known  link of the known error, which goes with that; empty: none.
    void show(const QStringList& tags, const std::vector<LinkMark>& links, const QString& known);

Q_SIGNALS:
    void tagRemoved(const QString& tag);
    void tagChosen(const QString& tag); ///< to look for what bears it
    void linkChosen(const QString& url, const QString& title);
    void linkRemoved(const QString& url);

private:
    void clear();
    void addLink(const LinkMark& link);
    void addCross(QHBoxLayout& row, const QString& name, const std::function<void()>& run);

    QStringList m_tags;
    std::vector<LinkMark> m_links;
    QString m_known;
    QWidget* m_content = nullptr;
    QHBoxLayout* m_row = nullptr;
};

} // namespace spillway::views
