// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/cost/costsource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QWidget>

class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;
class Prompter;
class TableView;

/// What providers billed: the invoices that were kept, and one more, looked at before it is. UI thread.
class InvoicePanel final : public QWidget
{
    Q_OBJECT
public:
    /// @param source, prompter  outlive this
    InvoicePanel(CostSource& source, Prompter& prompter, QWidget* parent = nullptr);
    void ask(const CostRequest& request);
    [[nodiscard]] bool isSettled() const
    {
        return !m_load.isRunning() && !m_preview.isRunning() && !m_import.isRunning();
    }

Q_SIGNALS:
    void said(const QString& sentence);
    /// An invoice was kept: bills are others now.
    void imported();

private:
    void chooseFile();
    void showInvoices(Result<std::vector<Invoice>> invoices);
    void showPreview(Result<InvoicePreview> preview);
    void showLines();
    void showPane();
    void discard();
    void keep();

    CostSource& m_source;
    Prompter& m_prompter;
    CostRequest m_request;
    std::optional<InvoicePreview> m_shown; ///< not kept yet
    RowTable<Invoice, QString> m_invoices;
    RowTable<InvoiceLine, QString> m_lines;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_lineTitle = nullptr;
    PlainTextLabel* m_fault = nullptr;
    TableView* m_view = nullptr;
    TableView* m_lineView = nullptr;
    QPushButton* m_open = nullptr;
    StatePane* m_pane = nullptr;
    CommandLine* m_command = nullptr;
    QPushButton* m_keep = nullptr;
    QPushButton* m_discard = nullptr;
    AsyncLoad<std::vector<Invoice>> m_load;
    AsyncLoad<InvoicePreview> m_preview;
    AsyncLoad<bool> m_import;
};

} // namespace spillway::views
