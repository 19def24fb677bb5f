// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costparttable.h"
#include "views/cost/costsource.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

class QComboBox;
class QTabWidget;

namespace spillway::views {

class ChangesPanel;
class CommandLine;
class InvoicePanel;
class PlainTextLabel;
class SavingsPanel;
class StackedBars;
class StackedColumns;
class TableView;
class UnitCostPanel;
class WhatIfPanel;

/// What events cost: by team, event or component over days beside the days before, down to who takes part in one, under
/// every policy, and what it would be; why it changed, what could be saved, what a million records cost, and what was
/// invoiced.
class CostPage final : public Page
{
    Q_OBJECT
public:
    /// @param source  outlives the page
    CostPage(const ViewContext& context, CostSource& source);
    void refresh() override;
    /// An event type: shown by event, with its consumers.
    void open(const QString& argument) override;
    bool leave() override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    QWidget* makeControls();
    QWidget* makeContent();
    QWidget* makeBill(QWidget* parent);
    void askTab(bool isNew);
    QComboBox* makeChoice(const QString& objectName, const QString& accessibleName, QWidget* parent);
    [[nodiscard]] CostRequest request() const;
    [[nodiscard]] CostDimension dimension() const;
    void ask();
    void showAnswer(Result<CostAnswer> answer);
    void showDimension();
    void showChart();
    void showLines();
    void offerProfiles(const QStringList& profiles);
    void exportBill();

    CostSource& m_source;
    CostPartTable m_parts;
    CostLineTable m_lines;
    CostAnswer m_answer;
    QString m_wanted; ///< the event to select once it is there
    QTabWidget* m_tabs = nullptr;
    ChangesPanel* m_changes = nullptr;
    SavingsPanel* m_savings = nullptr;
    UnitCostPanel* m_units = nullptr;
    InvoicePanel* m_invoices = nullptr;
    std::optional<CostRequest> m_askedChanges; ///< what the tab shows; nullopt: nothing yet
    std::optional<CostRequest> m_askedSavings;
    QComboBox* m_period = nullptr;
    QComboBox* m_zone = nullptr;
    QComboBox* m_dimension = nullptr;
    QComboBox* m_policy = nullptr;
    QComboBox* m_idle = nullptr;
    QComboBox* m_profile = nullptr;
    StackedColumns* m_columns = nullptr;
    StackedBars* m_bars = nullptr;
    TableView* m_view = nullptr;
    TableView* m_lineView = nullptr;
    PlainTextLabel* m_lineTitle = nullptr;
    WhatIfPanel* m_whatIf = nullptr;
    PlainTextLabel* m_forecastText = nullptr;
    PlainTextLabel* m_basis = nullptr;
    CommandLine* m_command = nullptr;
    AsyncLoad<CostAnswer> m_load;
    AsyncLoad<MonthForecast> m_forecast;
    AsyncLoad<bool> m_export;
};

} // namespace spillway::views
