// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

class QPushButton;

namespace spillway::views {

class DecisionForm;
class TableView;

/// A line of the agenda.
struct AgendaRow
{
    int place = 0; ///< from 1
    AgendaItem item;
    std::optional<ReviewDecision> decision;
    friend bool operator==(const AgendaRow&, const AgendaRow&) = default;
};

/// The weekly meeting: the agenda on the left, one group and the word on it on the right.
class ReviewPage final : public Page
{
    Q_OBJECT
public:
    explicit ReviewPage(const ViewContext& context);
    void refresh() override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    QWidget* buildBar();
    void showSheet(Result<ReviewSheet> sheet);
    void showGroup();
    void showTime();
    void decide(const QString& group, const ReviewWords& words);
    void askToReplace(const QString& group, const ReviewWords& words, const ReviewDecision& other);
    void takeBack(const QString& group, std::int64_t seq);
    void openReview();
    void closeReview();
    void exportMinutes();
    void goOn();
    void goOnToUndecided();
    void choose(int row);

    RowTable<AgendaRow, QString> m_rows;
    TableView* m_view = nullptr;
    DecisionForm* m_form = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_close = nullptr;
    QPushButton* m_minutes = nullptr;
    ReviewSheet m_sheet;
    QString m_decidedGroup; // whose decision is being recorded
    ReviewWords m_decidedWords;
    bool m_isAsking = false; // whether to replace a word that came meanwhile, once it is read
    AsyncLoad<ReviewSheet> m_load;
    AsyncLoad<QString> m_intent; // what is said when it was done
};

} // namespace spillway::views
