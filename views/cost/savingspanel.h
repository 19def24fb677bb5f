// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/cost/costsource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QWidget>

class QPlainTextEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;
class Prompter;
class TableView;

/// What could be paid less for: choose rows to see the bill with them made, take the edits as a patch, or make them.
/// UI thread.
class SavingsPanel final : public QWidget
{
    Q_OBJECT
public:
    /// @param source, prompter  outlive this
    SavingsPanel(CostSource& source, Prompter& prompter, QWidget* parent = nullptr);
    void ask(const CostRequest& request);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning() && !m_write.isRunning() && !m_apply.isRunning(); }

Q_SIGNALS:
    void said(const QString& sentence);
    /// Files of the workspace are otherwise now.
    void applied();

private:
    QWidget* makeDetail();
    void askAgain();
    void show(Result<SavingsSheet> sheet);
    void showDetail();
    void choose();
    void exportPatch();
    void apply();

    CostSource& m_source;
    Prompter& m_prompter;
    CostRequest m_request;
    QStringList m_chosen; ///< ids of the selected rows
    SavingsSheet m_sheet;
    RowTable<Saving, QString> m_rows;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_what = nullptr;
    PlainTextLabel* m_evidence = nullptr;
    PlainTextLabel* m_risk = nullptr;
    PlainTextLabel* m_bill = nullptr;
    TableView* m_view = nullptr;
    QPlainTextEdit* m_patch = nullptr;
    PlainTextLabel* m_patchTitle = nullptr;
    StatePane* m_pane = nullptr;
    QPushButton* m_export = nullptr;
    QPushButton* m_make = nullptr;
    CommandLine* m_command = nullptr;
    AsyncLoad<SavingsSheet> m_load;
    AsyncLoad<bool> m_write;
    AsyncLoad<QStringList> m_apply;
};

} // namespace spillway::views
