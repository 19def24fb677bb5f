// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/lettercomparison.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QPushButton;

namespace spillway::views {

class DataSource;
class CommandLine;
class PlainTextLabel;
class Prompter;
class TableView;

/// A letter beside another message: its origin, the last good one of its key, another letter. Asks the broker only when
/// told to.
class ComparePane final : public QWidget
{
    Q_OBJECT
public:
    ComparePane(DataSource& source, Prompter& prompter, QWidget* parent = nullptr);
    /// Another letter; what was found for the one before is gone.
    void setLetter(const QString& id);
    void compare(const CompareRequest& request);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning(); }

private:
    struct Row
    {
        int place = 0;
        PayloadChange::Kind kind = PayloadChange::Kind::Changed;
        QString where;
        QString before;
        QString after;
        bool isMasked = false;
        friend bool operator==(const Row&, const Row&) = default;
    };
    void showLine(const CompareRequest& request);
    void askForAnother();
    void showComparison(Result<LetterComparison> comparison);
    void showProgress();
    void showWhole();
    void stop();

    DataSource& m_data;
    Prompter& m_prompter;
    QString m_letterId;
    QList<QPushButton*> m_buttons;
    QPushButton* m_stop = nullptr;
    PlainTextLabel* m_answer = nullptr;
    PlainTextLabel* m_whole = nullptr; // of the current row
    PlainTextLabel* m_notes = nullptr;
    CommandLine* m_line = nullptr;
    RowTable<Row, int> m_rows;
    TableView* m_view = nullptr;
    std::shared_ptr<LookupProgress> m_progress; // second owner: the search in the pool
    QTimer m_tick;                              // while a search runs
    AsyncLoad<LetterComparison> m_load;
};

} // namespace spillway::views
