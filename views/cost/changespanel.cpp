// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/changespanel.h"

#include "views/cost/costcolumns.h"
#include "views/cost/costwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QVBoxLayout>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int decimals = 2;

QString eventText(const QString& eventType, const QString& topic)
{
    if (!eventType.isEmpty())
        return eventType;
    return topic.isEmpty() ? ChangesPanel::tr("of no event") : topic;
}

QString ownerText(const QString& team)
{
    return team.isEmpty() ? ChangesPanel::tr("nobody's") : team;
}

Money perDay(double amount)
{
    return Money{std::llround(amount * 1e6)};
}

std::vector<ColumnSpec> changeColumns(const RowTable<CostChange, QString>& table)
{
    ColumnSpec event = textColumn(0, ChangesPanel::tr("Event"), 180, [&table](const QModelIndex& index) {
        return eventText(table.at(index).eventType, table.at(index).topic);
    });
    ColumnSpec why = textColumn(5, ChangesPanel::tr("Why"), 320,
                                [&table](const QModelIndex& index) { return reasonText(table.at(index)); });
    why.stretches = true;
    return {event,
            textColumn(1, ChangesPanel::tr("Owner"), 140,
                       [&table](const QModelIndex& index) { return ownerText(table.at(index).team); }),
            amountColumn(
                2, ChangesPanel::tr("Before"), [&table](const QModelIndex& index) { return table.at(index).before; },
                decimals, false),
            amountColumn(
                3, ChangesPanel::tr("Now"), [&table](const QModelIndex& index) { return table.at(index).after; },
                decimals, false),
            amountColumn(
                4, ChangesPanel::tr("Change"), [&table](const QModelIndex& index) { return table.at(index).delta(); },
                decimals, true),
            why,
            textColumn(6, ChangesPanel::tr("Since"), 96, [&table](const QModelIndex& index) {
                const auto since = table.at(index).since;
                return since ? since->toString(Qt::ISODate) : u"–"_s;
            })};
}

std::vector<ColumnSpec> anomalyColumns(const RowTable<EventAnomaly, QString>& table)
{
    ColumnSpec why = textColumn(6, ChangesPanel::tr("Why"), 280, [&table](const QModelIndex& index) {
        const auto& change = table.at(index).change;
        return change ? reasonText(*change) : u"–"_s;
    });
    why.stretches = true;
    return {textColumn(0, ChangesPanel::tr("Event"), 180,
                       [&table](const QModelIndex& index) { return eventText(table.at(index).eventType, {}); }),
            textColumn(1, ChangesPanel::tr("Owner"), 140,
                       [&table](const QModelIndex& index) { return ownerText(table.at(index).team); }),
            textColumn(2, ChangesPanel::tr("From"), 96,
                       [&table](const QModelIndex& index) { return table.at(index).first.toString(Qt::ISODate); }),
            textColumn(3, ChangesPanel::tr("To"), 96,
                       [&table](const QModelIndex& index) { return table.at(index).last.toString(Qt::ISODate); }),
            amountColumn(
                4, ChangesPanel::tr("Expected a day"),
                [&table](const QModelIndex& index) { return perDay(table.at(index).anomaly.expected); }, decimals,
                false),
            amountColumn(
                5, ChangesPanel::tr("Was a day"),
                [&table](const QModelIndex& index) { return perDay(table.at(index).anomaly.actual); }, decimals, false),
            why};
}

} // namespace

ChangesPanel::ChangesPanel(CostSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_source(source)
    , m_changes(7, [](const CostChange& change) { return change.eventType + u'\n' + change.topic; })
    , m_anomalies(7, [](const EventAnomaly& one) { return one.eventType + u'\n' + one.first.toString(Qt::ISODate); })
    , m_load([this](Result<CostChangesSheet> sheet) { show(std::move(sheet)); })
{
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_title->setObjectName(u"changesTitle"_s);
    m_title->setWordWrap(true);
    m_days = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, this);
    m_changeView = new TableView(u"cost-changes"_s, prompter, this);
    m_changeView->setObjectName(u"costChanges"_s);
    m_changeView->setAccessibleName(tr("What changed, whose it is and since when"));
    m_changeView->show(&m_changes, changeColumns(m_changes));
    m_oddTitle = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_oddTitle->setObjectName(u"anomaliesTitle"_s);
    m_anomalyView = new TableView(u"cost-anomalies"_s, prompter, this);
    m_anomalyView->setObjectName(u"costAnomalies"_s);
    m_anomalyView->setAccessibleName(tr("Odd days"));
    m_anomalyView->show(&m_anomalies, anomalyColumns(m_anomalies));
    m_oddNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_oddNote->setObjectName(u"anomaliesNote"_s);
    m_oddNote->setWordWrap(true);
    m_pane = new StatePane(m_changeView, this);
    m_pane->setObjectName(u"changesPane"_s);
    m_command = new CommandLine(u"spillwayctl cost changes"_s, this);
    m_command->setObjectName(u"changesCommand"_s);
    connect(m_changeView, &TableView::rowActivated, this, [this] {
        const QModelIndex index = m_changeView->currentSource();
        if (index.isValid() && !m_changes.at(index).eventType.isEmpty())
            Q_EMIT eventChosen(m_changes.at(index).eventType);
    });
    for (TableView* view : {m_changeView, m_anomalyView})
        connect(view, &TableView::exportFailed, this, &ChangesPanel::said);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_days);
    layout->addWidget(m_oddNote);
    layout->addWidget(m_pane, 3);
    layout->addWidget(m_oddTitle);
    layout->addWidget(m_anomalyView, 2);
    layout->addWidget(m_command);
    m_oddNote->hide();
    m_oddTitle->hide();
    m_anomalyView->hide();
}

void ChangesPanel::ask(const CostRequest& request)
{
    m_title->setText(tr("Comparing with the days before"));
    m_pane->showLoading(tr("Comparing with the days before"));
    m_request = request;
    m_load.ask([&source = m_source, request](std::stop_token stop) { return source.changes(request, stop); });
}

void ChangesPanel::show(Result<CostChangesSheet> sheet)
{
    if (!sheet) {
        m_title->setText(tr("There is nothing to compare: %1").arg(sheet.error().detail));
        m_days->setText({});
        for (QWidget* one : std::initializer_list<QWidget*>{m_oddNote, m_oddTitle, m_anomalyView})
            one->hide();
        m_changes.replace({});
        m_anomalies.replace({});
        m_command->setLine(changesCommand(m_request, {}));
        if (m_request.period == CostPeriod::CatalogDay)
            m_pane->showEmpty(tr("One day has no days before it"),
                              tr("Choose a period above, like the last 30 days: its bill is compared with as many days "
                                 "before. With --against the command compares two catalogs instead."));
        else
            m_pane->showFailure(tr("The bills could not be compared"), sheet.error());
        return;
    }
    m_title->setText(changesHeadline(*sheet));
    m_days->setText(tr("%1 to %2 beside %3 to %4, amounts in %5; the parts add up to the change")
                        .arg(sheet->after.first.toString(Qt::ISODate), sheet->after.last.toString(Qt::ISODate),
                             sheet->before.first.toString(Qt::ISODate), sheet->before.last.toString(Qt::ISODate),
                             sheet->currency));
    const bool isOdd = !sheet->anomalies.empty();
    m_oddNote->setText(tr("No odd days: each event cost what its weekdays let expect, or is too young to tell"));
    m_oddTitle->setText(sheet->anomalies.size() == 1 ? tr("1 odd stretch of days")
                                                     : tr("%1 odd stretches of days").arg(sheet->anomalies.size()));
    m_oddNote->setVisible(!isOdd);
    m_oddTitle->setVisible(isOdd);
    m_anomalyView->setVisible(isOdd);
    m_command->setLine(changesCommand(m_request, sheet->after));
    if (sheet->changes.empty())
        m_pane->showEmpty(
            tr("Every event cost the same in both periods"),
            tr("Days that no sample covers cost what the catalog's volumes say, one like the other. To see "
               "what really moves, keep spillwayctl collect running; volumes are then measured day by day."));
    else
        m_pane->showContent();
    m_changes.replace(std::move(sheet->changes));
    m_anomalies.replace(std::move(sheet->anomalies));
}

} // namespace spillway::views
