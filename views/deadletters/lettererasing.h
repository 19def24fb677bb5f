// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterpurge.h"
#include "model/workspace/workspace.h"
#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/prompter.h"

#include <QObject>

namespace spillway::views {

/// The question before what a letter says is erased: what goes, what stays, what is not reached. In production its
/// topic is typed out, as a replay's target is. Pure.
[[nodiscard]] ConfirmRequest confirmErasing(const DeadLetter& letter, Environment environment);
/// What was done, and what is left to do.
[[nodiscard]] QString erasedSentence(const PurgeReport& report);

/// Erases what one letter says, for good, once its reader has confirmed it: `store purge` of the command line.
class LetterErasing final : public QObject
{
    Q_OBJECT
public:
    /// @param owner  whose dialogs they are.
    LetterErasing(DataSource& source, Prompter& prompter, QWidget* owner);
    /// An erasure under way goes on; a second one waits for a second question.
    void ask(const DeadLetter& letter);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning(); }

Q_SIGNALS:
    /// It is on record, and the letter is another to look at.
    void erased();
    /// For the status bar.
    void said(const QString& sentence);

private:
    DataSource& m_data;
    Prompter& m_prompter;
    QWidget* m_owner;
    AsyncLoad<PurgeReport> m_load;
};

} // namespace spillway::views
