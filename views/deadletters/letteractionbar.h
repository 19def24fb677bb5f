// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "views/deadletters/letterchoice.h"

#include <QWidget>

#include <optional>

class QPushButton;

namespace spillway::views {

class CommandLine;

/// The buttons under the lists, and the command line that does the same.
class LetterActionBar final : public QWidget
{
    Q_OBJECT
public:
    explicit LetterActionBar(QWidget* parent);
    /// @param choice  nullopt: nothing is chosen; @param groupQuery  finds the shown group's letters.
    void showChoice(const std::optional<LetterChoice>& choice, const QString& groupQuery);
    /// The line under the buttons: not while another one tells what is being done.
    void showLine(bool isShown);
    /// Where a menu of this size stands above *More*.
    [[nodiscard]] QPoint placeOfMore(const QSize& menu) const;

Q_SIGNALS:
    void replayAsked();
    void triageAsked(spillway::TriageState to);
    void exportAsked();
    void commentAsked();
    void kindAsked();
    void undoAsked();
    void moreAsked();

private:
    QPushButton* m_replay = nullptr;
    QList<QPushButton*> m_triage;
    QPushButton* m_more = nullptr;
    QWidget* m_line = nullptr;
    CommandLine* m_command = nullptr; ///< in it
};

} // namespace spillway::views
