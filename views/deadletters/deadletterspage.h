// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/deadletters/inspector.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <functional>

class QMenu;
class QPushButton;

namespace spillway::views {

class CommandLine;
class DecisionPanel;
class FilterField;
class GroupList;
class GroupPane;
class RevealBar;
class TableView;
class WorkBar;

/// A row of the messages. A letter's bytes never change, so only decisions tell two reads of it apart.
struct LetterRow
{
    DeadLetter letter; ///< without payload, headers and stack
    friend bool operator==(const LetterRow& a, const LetterRow& b)
    {
        return a.letter.id == b.letter.id && a.letter.state == b.letter.state && a.letter.assignee == b.letter.assignee;
    }
};

/// What failed, why, is it new, is it safe to replay? Groups, their messages, and one letter from all sides.
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
    /// What an action is about: the whole group, or the chosen messages once the reader went into their list.
    struct Choice
    {
        QStringList ids; ///< empty: whatever `query` finds
        QString query;
        QString what;
        std::int64_t count = 0;
        std::optional<FrozenLetters>
            frozen{}; ///< the group as it was when the reader chose; `ids` are its letters then
    };
    /// What became of a decision on letters.
    struct Decided
    {
        std::int64_t changed = 0;
        std::optional<std::int64_t> arrivedSince; ///< nullopt: letters were named one by one
    };
    QWidget* buildMessages();
    QWidget* buildInspector();
    QWidget* buildActionBar();
    void buildActions();
    void showGroups(Result<std::vector<DeadLetterGroup>> groups);
    void buildFilter();
    void fillCellMenu(QMenu& menu, const QModelIndex& cell);
    void showGroupMenu(const QPoint& at);
    void showViews(Result<SavedViews> views);
    void saveView();
    void applyView(const SavedView& view);
    void showFound(const QString& query, const std::vector<DeadLetter>& letters);
    void showRows(const std::vector<DeadLetter>& letters);
    void showProgress(const QString& query, qint64 scanned, qint64 total, qint64 found);
    bool stopSearch();
    void askLetters(bool sameQuestion);
    void showLetters(Result<LetterPage> page);
    void askLetter();
    void showLetter(Result<DeadLetter> letter);
    void inspect(const DeadLetter& letter);
    void showChoice();
    void move(int by);
    void toggleChosen();
    void compare();
    void followKey();
    void replay();
    void mapChannel();
    void triage(TriageState to);
    void exportLetters();
    void withFrozen(std::function<void(const Choice&)> act);
    void freeze(Result<FrozenLetters> frozen);
    void split();
    void askRegroup();
    void showRegroupPreview(Result<RegroupPreview> preview);
    void exportKnown();
    void importKnown();
    void askImport(Result<KnownImport> import);
    void openMoreMenu();
    void stopWork();
    [[nodiscard]] std::optional<Choice> choice() const;
    [[nodiscard]] QString groupQuery() const;

    FilterField* m_filter = nullptr;
    GroupPane* m_groupPane = nullptr;
    GroupList* m_groups = nullptr; ///< in it
    RowTable<LetterRow, QString> m_letters;
    TableView* m_letterView = nullptr;
    PlainTextLabel* m_more = nullptr;
    Inspector* m_inspector = nullptr;
    RevealBar* m_reveal = nullptr; ///< null where nothing is masked
    QPushButton* m_replay = nullptr;
    QList<QPushButton*> m_triageButtons;
    CommandLine* m_command = nullptr;
    DecisionPanel* m_decisions = nullptr;
    QString m_shownGroup;   // whose letters are listed
    QString m_askedLetter;  // the one under way to the inspector
    QString m_progressText; // of the search under way, or of the one that was stopped
    QString m_searched;     // the query whose messages are being looked for; empty: none
    QPoint m_menuAt;        // where the saved views are to be listed
    QueryWords m_words;     // for completion
    std::function<void(const Choice&)> m_whenFrozen;
    QString m_frozenWhat;
    WorkBar* m_work = nullptr;
    QPushButton* m_moreActions = nullptr;
    bool m_isNewQuery = true;
    bool m_isAboutMessages = false; // which of the two lists had the keyboard last
    AsyncLoad<std::vector<DeadLetterGroup>> m_groupLoad;
    AsyncLoad<LetterPage> m_letterLoad;
    AsyncLoad<DeadLetter> m_oneLoad;
    AsyncLoad<DecodedPayload> m_schemaLoad;
    AsyncLoad<Decided> m_triageLoad;
    AsyncLoad<FrozenLetters> m_freezeLoad;
    AsyncLoad<QString> m_splitLoad;
    AsyncLoad<RegroupPreview> m_previewLoad;
    AsyncLoad<RegroupProgress> m_regroupLoad;
    AsyncLoad<std::int64_t> m_knownExportLoad;
    AsyncLoad<KnownImport> m_knownPlanLoad;
    AsyncLoad<QString> m_knownImportLoad;
    AsyncLoad<QueryWords> m_wordLoad;
    AsyncLoad<SavedViews> m_viewLoad;
    AsyncLoad<QString> m_saveLoad;
    AsyncLoad<DeadLetter> m_revealLoad;
    AsyncLoad<ExportReport> m_exportLoad;
};

} // namespace spillway::views
