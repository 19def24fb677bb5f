// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/deadletters/letterchoice.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QPointer>

#include <functional>

namespace spillway::views {

class WorkBar;

/// What is done with the chosen letters: replayed, decided on, split off, exported. A group is frozen first, so that a
/// decision is about just what the reader saw: until he has answered, and afterwards, letters go on arriving.
class LetterActions final : public QObject
{
    Q_OBJECT
public:
    /// @param choice  what is chosen now; nullopt: nothing.
    /// @param owner  whose dialogs they are; shows the group whose title is asked for.
    LetterActions(const ViewContext& context, WorkBar& work, std::function<std::optional<LetterChoice>()> choice,
                  std::function<QString()> groupTitle, QWidget* owner);

    void replay();
    void triage(TriageState to);
    void split();
    /// @param count  letters behind the query, where it is known.
    void exportLetters(const QString& query, std::optional<std::int64_t> count);
    void stop();
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    void said(const QString& sentence);
    void decided();
    void replayStarted(const QString& job);

private:
    /// What became of a decision on letters.
    struct Decided
    {
        std::int64_t changed = 0;
        std::optional<std::int64_t> arrivedSince; ///< nullopt: letters were named one by one
    };
    void withFrozen(std::function<void(const LetterChoice&)> act);
    void freeze(Result<FrozenLetters> frozen);
    void decide(const LetterChoice& chosen, const TriageRequest& decision);
    [[nodiscard]] static QString decidedSentence(const Decided& decided);

    ViewContext m_context;
    WorkBar& m_work;
    std::function<std::optional<LetterChoice>()> m_choice;
    std::function<QString()> m_groupTitle;
    QWidget* m_owner;
    std::function<void(const LetterChoice&)> m_whenFrozen;
    QString m_frozenWhat;
    AsyncLoad<Decided> m_triageLoad;
    AsyncLoad<FrozenLetters> m_freezeLoad;
    AsyncLoad<QString> m_splitLoad;
    AsyncLoad<ExportReport> m_exportLoad;
};

} // namespace spillway::views
