// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QWidget>

class QMenu;

namespace spillway::views {

class PlainTextLabel;
class TableView;

/// A row of the messages. A letter's bytes never change, so only decisions tell two reads of it apart.
struct LetterRow
{
    DeadLetter letter; ///< without payload, headers and stack
    friend bool operator==(const LetterRow& a, const LetterRow& b)
    {
        return a.letter.id == b.letter.id && a.letter.state == b.letter.state && a.letter.assignee == b.letter.assignee;
    }
};

/// Whose letters are to be listed.
struct LetterQuestion
{
    QString group; ///< its id
    QString query; ///< the filter within it
    std::int64_t groupCount = 0;
    bool isFiltered = false;
};

/// The newest messages of a group: what a long search has found so far stands in the list at once, and stays when it is
/// stopped.
class LetterList final : public QWidget
{
    Q_OBJECT
public:
    LetterList(const ViewContext& context, QWidget* parent);

    /// @param isSameQuestion  the data moved: what is listed of this group stays until the answer is there.
    void ask(const LetterQuestion& question, bool isSameQuestion);
    void clear();
    /// Another query: whatever is asked next is another question, also of the same group.
    void forget() { m_question.group.clear(); }
    /// True when there was a search to be stopped.
    bool stopSearch();

    [[nodiscard]] TableView& table() const { return *m_table; }
    [[nodiscard]] const DeadLetter* current() const; ///< null: none
    [[nodiscard]] QStringList chosenIds() const;     ///< in the order shown
    void move(int by);
    void toggleCurrent();

    /// Columns and order, as saved views keep them.
    void describe(SavedView& view) const;
    void arrange(const SavedView& view);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning(); }

Q_SIGNALS:
    /// The message under the keyboard is another one, or was read anew.
    void currentChanged();
    void choiceChanged();
    void filterAsked(const QString& term);
    void said(const QString& sentence);

private:
    void showProgress(const QString& query, qint64 scanned, qint64 total, qint64 found);
    void showFound(const QString& query, const std::vector<DeadLetter>& letters);
    void showPage(Result<LetterPage> page);
    void showRows(const std::vector<DeadLetter>& letters);
    void fillCellMenu(QMenu& menu, const QModelIndex& cell);

    ViewContext m_context;
    RowTable<LetterRow, QString> m_rows;
    TableView* m_table = nullptr;
    PlainTextLabel* m_more = nullptr;
    LetterQuestion m_question; // without a group: nothing is listed
    QString m_progressText;    // of the search under way, or of the one that was stopped
    QString m_searched;        // the query whose messages are being looked for; empty: none
    AsyncLoad<LetterPage> m_load;
};

} // namespace spillway::views
