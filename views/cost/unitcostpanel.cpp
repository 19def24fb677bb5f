// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/unitcostpanel.h"

#include "model/base/text.h"
#include "views/cost/costcolumns.h"
#include "views/cost/costwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

std::vector<ColumnSpec> unitColumns(const RowTable<UnitCost, QString>& table)
{
    ColumnSpec event = textColumn(0, UnitCostPanel::tr("Event"), 240, [&table](const QModelIndex& index) {
        const UnitCost& cost = table.at(index);
        return cost.eventType.isEmpty() ? cost.topic : cost.eventType;
    });
    event.stretches = true;
    ColumnSpec records = textColumn(2, UnitCostPanel::tr("Records"), 140, [&table](const QModelIndex& index) {
        return formatCount(table.at(index).records);
    });
    records.align = CellAlign::Number;
    records.sortKey = [&table](const QModelIndex& index) {
        return QVariant(static_cast<qlonglong>(table.at(index).records));
    };
    ColumnSpec perMillion = amountColumn(
        4, UnitCostPanel::tr("A million records"),
        [&table](const QModelIndex& index) { return table.at(index).perMillion; }, 4, false);
    perMillion.width = 136; // its heading is longer than its amounts
    return {event,
            textColumn(1, UnitCostPanel::tr("Owner"), 180,
                       [&table](const QModelIndex& index) {
                           return table.at(index).team.isEmpty() ? UnitCostPanel::tr("nobody's") : table.at(index).team;
                       }),
            records,
            amountColumn(
                3, UnitCostPanel::tr("Cost"), [&table](const QModelIndex& index) { return table.at(index).amount; }, 4,
                false),
            perMillion};
}

} // namespace

UnitCostPanel::UnitCostPanel(Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_costs(5, [](const UnitCost& cost) { return cost.eventType + u'\n' + cost.topic; })
{
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_title->setObjectName(u"unitTitle"_s);
    m_title->setWordWrap(true);
    m_view = new TableView(u"cost-units"_s, prompter, this);
    m_view->setObjectName(u"costUnits"_s);
    m_view->setAccessibleName(tr("What a million records of each event cost"));
    m_view->show(&m_costs, unitColumns(m_costs));
    connect(m_view, &TableView::exportFailed, this, &UnitCostPanel::said);
    connect(m_view, &TableView::rowActivated, this, [this] {
        const QModelIndex index = m_view->currentSource();
        if (index.isValid() && !m_costs.at(index).eventType.isEmpty())
            Q_EMIT eventChosen(m_costs.at(index).eventType);
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    m_pane = new StatePane(m_view, this);
    m_pane->setObjectName(u"unitPane"_s);
    m_command = new CommandLine(u"spillwayctl cost unit"_s, this);
    m_command->setObjectName(u"unitCommand"_s);
    layout->addWidget(m_pane, 1);
    layout->addWidget(m_command);
}

void UnitCostPanel::show(const CostRequest& request, const CostBill& bill)
{
    std::vector<UnitCost> costs = unitCosts(bill);
    const bool isKnown = !costs.empty() && costs.front().perMillion;
    m_title->setText(isKnown
                         ? tr("%1 is dearest: %2 %3 a million records")
                               .arg(costs.front().eventType.isEmpty() ? costs.front().topic : costs.front().eventType,
                                    moneyText(*costs.front().perMillion, 2), bill.currency)
                         : tr("No records were counted in these days"));
    m_costs.replace(std::move(costs));
    m_command->setLine(unitCommand(request, bill));
    if (isKnown)
        m_pane->showContent();
    else
        m_pane->showEmpty(
            tr("Nothing to divide the cost by"),
            tr("What a million records cost needs records: avg_daily_volume in event-catalog.yaml, or days "
               "that spillwayctl collect has measured."));
}

} // namespace spillway::views
