// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListWidget>

namespace spillway::views {

/// Words offered below a line that is being typed in. The line keeps the keyboard and hands the keys on; nothing is
/// chosen until the reader goes there, so that Return still means what it meant.
class CompletionList final : public QListWidget
{
    Q_OBJECT
public:
    /// @param line  below which it opens.
    explicit CompletionList(QWidget* line);

    /// Shows these words, or nothing where there are none.
    void offer(const QStringList& words);
    /// Up, Down, Tab, Return on a chosen word, Escape.
    /// @return whether the key was for this list.
    [[nodiscard]] bool takeKey(int key);

Q_SIGNALS:
    void chosen(const QString& word);

private:
    void choose(int row);

    QWidget* m_line;
};

} // namespace spillway::views
