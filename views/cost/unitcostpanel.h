// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/dailycosts.h"
#include "views/cost/costsource.h"
#include "views/widgets/rowtable.h"

#include <QWidget>

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;
class Prompter;
class TableView;

/// What a million records of each event cost, by the bill on the screen. UI thread.
class UnitCostPanel final : public QWidget
{
    Q_OBJECT
public:
    explicit UnitCostPanel(Prompter& prompter, QWidget* parent = nullptr);
    void show(const CostRequest& request, const CostBill& bill);

Q_SIGNALS:
    void eventChosen(const QString& eventType);
    void said(const QString& sentence);

private:
    RowTable<UnitCost, QString> m_costs;
    PlainTextLabel* m_title = nullptr;
    TableView* m_view = nullptr;
    StatePane* m_pane = nullptr;
    CommandLine* m_command = nullptr;
};

} // namespace spillway::views
