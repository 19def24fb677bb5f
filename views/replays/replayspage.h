// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

class QProgressBar;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StateBadge;
class TableView;

/// What was replayed, how far it is, did it help; what did not finish is resumed or cancelled here.
class ReplaysPage final : public Page
{
    Q_OBJECT
public:
    explicit ReplaysPage(const ViewContext& context);
    void refresh() override;
    /// @param argument  a job's id; with `cancel:` before it, the question whether to cancel it
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    QWidget* buildDetail();
    void showJobs(Result<std::vector<ReplayJobRow>> jobs);
    void showDetail();
    void selectWanted();
    void askResume();
    void askCancel();
    [[nodiscard]] const ReplayJobRow* current() const;

    RowTable<ReplayJobRow, QString> m_jobs;
    TableView* m_view = nullptr;
    QWidget* m_detail = nullptr;
    PlainTextLabel* m_title = nullptr;
    StateBadge* m_state = nullptr;
    PlainTextLabel* m_meaning = nullptr;
    QProgressBar* m_bar = nullptr;
    PlainTextLabel* m_figures = nullptr;
    PlainTextLabel* m_facts = nullptr;
    QPushButton* m_resume = nullptr;
    QPushButton* m_cancel = nullptr;
    CommandLine* m_command = nullptr;
    QString m_wanted;
    bool m_cancelWanted = false;
    AsyncLoad<std::vector<ReplayJobRow>> m_load;
    AsyncLoad<bool> m_intent;
};

} // namespace spillway::views
