// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/deadletters/inspector.h"
#include "views/deadletters/letterchoice.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QTimer>

namespace spillway::views {

class DecisionPanel;
class FilterField;
class GroupingActions;
class GroupList;
class GroupPane;
class LetterActionBar;
class LetterActions;
class LetterList;
class RevealBar;
class WorkBar;

/// What failed, why, is it new, is it safe to replay? Groups, their messages, and one letter from all sides. Places
/// these and says what belongs together: what each of them does stands in its own file.
class DeadLettersPage final : public Page
{
    Q_OBJECT
public:
    explicit DeadLettersPage(const ViewContext& context);
    void refresh() override;
    /// @param argument  a query
    void open(const QString& argument) override;
    bool leave() override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildFilter();
    QWidget* buildGroups();
    QWidget* buildLetters();
    QWidget* buildInspector();
    RevealBar* buildReveal(QWidget* parent);
    void buildActions();
    QWidget* buildActionBar();
    void buildKeys();
    void addFilter(const QString& term);
    void showGroups(Result<std::vector<DeadLetterGroup>> groups);
    void showNothing(const Error& error);
    void forgetAnswer();
    void showGroupMenu(const QPoint& at);
    bool stopSearch();
    void askLetters(bool isSameQuestion);
    void askLetter();
    void askLetterAnew();
    void showLetter(Result<DeadLetter> letter);
    void inspect(const DeadLetter& letter);
    void showChoice();
    void move(int by);
    void toggleChosen();
    void compare();
    void followKey();
    void mapChannel();
    void openKindRules();
    void exportLetters();
    void openMoreMenu();
    void stopWork();
    [[nodiscard]] std::optional<LetterChoice> choice() const;
    [[nodiscard]] const DeadLetterGroup* currentGroup() const;
    [[nodiscard]] QString groupQuery() const;

    FilterField* m_filter = nullptr;
    GroupPane* m_groupPane = nullptr;
    GroupList* m_groups = nullptr; ///< in it
    LetterList* m_letters = nullptr;
    Inspector* m_inspector = nullptr;
    RevealBar* m_reveal = nullptr; ///< null where nothing is masked
    DecisionPanel* m_decisions = nullptr;
    WorkBar* m_work = nullptr;
    LetterActions* m_letterActions = nullptr;
    GroupingActions* m_grouping = nullptr;
    LetterActionBar* m_bar = nullptr;
    QString m_askedLetter; // the one under way to the inspector
    QTimer m_slowLetter;   // runs out when that takes longer than one waits without a word
    QueryWords m_words;    // for completion
    bool m_isNewQuery = true;
    bool m_isAboutMessages = false; // which of the two lists had the keyboard last
    AsyncLoad<std::vector<DeadLetterGroup>> m_groupLoad;
    AsyncLoad<DeadLetter> m_oneLoad;
    AsyncLoad<DecodedPayload> m_schemaLoad;
    AsyncLoad<QueryWords> m_wordLoad;
    AsyncLoad<DeadLetter> m_revealLoad;
};

} // namespace spillway::views
