// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/costpage.h"

#include "model/base/text.h"
#include "views/charts/stackedbars.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QVBoxLayout>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int decimals = 4;
constexpr std::size_t mostBars = 8;

QString componentText(CostComponent component)
{
    switch (component) {
    case CostComponent::Storage:
        return CostPage::tr("Storage");
    case CostComponent::Network:
        return CostPage::tr("Network");
    case CostComponent::Compute:
        return CostPage::tr("Compute");
    case CostComponent::Registry:
        return CostPage::tr("Registry");
    default: // the page shows the article's components
        return costComponentWord(component);
    }
}

StackedBar barOf(const QString& name, const CostRow& row)
{
    StackedBar bar{.name = name, .parts = {}, .totalText = moneyText(row.total, decimals)};
    for (const CostComponent component : coreComponents)
        bar.parts.push_back(static_cast<double>(row.of(component).micros));
    return bar;
}

std::vector<ColumnSpec> columns()
{
    ColumnSpec team;
    team.column = CostTable::Team;
    team.title = CostPage::tr("Team");
    team.width = 200;
    team.stretches = true;
    std::vector<ColumnSpec> specs{team};
    const auto amount = [](int column, const QString& title) {
        ColumnSpec spec;
        spec.column = column;
        spec.title = title;
        spec.align = CellAlign::Number;
        spec.width = 128;
        spec.text = [](const QModelIndex& index) {
            return moneyText(Money{index.data(CostTable::MicrosRole).toLongLong()}, decimals);
        };
        spec.sortKey = [](const QModelIndex& index) {
            // Exported as the currency's unit.
            return QVariant(static_cast<double>(index.data(CostTable::MicrosRole).toLongLong()) / 1e6);
        };
        return spec;
    };
    for (const CostComponent component : coreComponents)
        specs.push_back(amount(CostTable::Storage + static_cast<int>(component), componentText(component)));
    specs.push_back(amount(CostTable::Total, CostPage::tr("Total")));
    return specs;
}

QString basisText(const CostReport& report)
{
    const CostBasis& basis = report.basis;
    QStringList lines;
    lines << CostPage::tr("Rests on profile %1 (%2) and the catalog's %3 volumes; %4 priced.")
                 .arg(basis.profile.name, report.currency, basis.volumes,
                      basis.pricedEvents == 1 ? CostPage::tr("1 event")
                                              : CostPage::tr("%1 events").arg(formatCount(basis.pricedEvents)));
    if (!basis.unknownEvents.isEmpty())
        lines << CostPage::tr("In no sum, since volume or size is not known: %1. Add avg_daily_volume and "
                              "avg_payload_bytes to event-catalog.yaml.")
                     .arg(basis.unknownEvents.join(u", "_s));
    lines += basis.notes;
    return lines.join(u'\n');
}

} // namespace

QString moneyText(Money amount, int places)
{
    const QString plain = formatMoney(amount, places);
    const qsizetype point = plain.indexOf(u'.');
    const QString whole = point < 0 ? plain : plain.left(point);
    return formatCount(whole.toLongLong()) + (point < 0 ? QString() : plain.mid(point));
}

QString costHeadline(const CostReport& report)
{
    const QString total = moneyText(report.total.total, 2) + u'\u00A0' + report.currency;
    const QString period = report.range ? CostPage::tr("in the period") : CostPage::tr("a day");
    if (report.teams.empty() || report.total.total.micros <= 0)
        return CostPage::tr("All events together cost %1 %2").arg(total, period);
    const CostRow& dearest = report.teams.front();
    const auto share =
        std::lround(100.0 * static_cast<double>(dearest.total.micros) / static_cast<double>(report.total.total.micros));
    return CostPage::tr("Events cost %1 %2; %3 pays most, %4 %").arg(total, period, dearest.team).arg(share);
}

CostPage::CostPage(const ViewContext& context)
    : Page(context, u"cost"_s, tr("Cost"), u"cost"_s)
    , m_load([this](Result<CostReport> report) { showReport(std::move(report)); })
{
    auto* content = new QWidget(this);
    m_bars = new StackedBars(content);
    m_bars->setObjectName(u"costBars"_s);
    m_view = new TableView(u"cost-teams"_s, context.prompter, content);
    m_view->setAccessibleName(tr("Cost per team"));
    m_view->show(&m_table, columns());
    m_view->setRowKey(
        [](const QModelIndex& index) { return index.siblingAtColumn(CostTable::Team).data().toString(); });
    connect(m_view, &TableView::exportFailed, this, &Page::said);
    m_basis = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, content);
    m_basis->setObjectName(u"costBasis"_s);
    m_basis->setWordWrap(true);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addWidget(m_bars);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_basis);
    layout->addWidget(new CommandLine(u"spillwayctl cost"_s, content));
    setContent(content);
    headline().setSentence(tr("Reckoning the cost"));
    pane().showLoading(tr("Reckoning the cost"));
    addPageAction(tr("Export the costs as CSV"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { m_view->exportCsv(); });
}

void CostPage::refresh()
{
    if (m_table.rowCount() == 0)
        pane().showLoading(tr("Reckoning the cost"));
    m_load.refresh([&source = data()](std::stop_token stop) { return source.cost(stop); });
}

bool CostPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning();
}

void CostPage::takeFocus()
{
    m_view->setFocus();
}

void CostPage::showReport(Result<CostReport> report)
{
    if (!report) {
        pane().showFailure(tr("The cost could not be reckoned"), report.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    if (report->basis.pricedEvents == 0) {
        headline().setSentence(tr("No event can be priced yet"));
        headline().setDetail({});
        m_table.show({});
        pane().showEmpty(tr("No event has a volume and a size"),
                         tr("Cost is reckoned from avg_daily_volume and avg_payload_bytes in event-catalog.yaml. Name "
                            "the file as catalog: in spillway.yaml."),
                         {tr("Read how cost is reckoned"), [this] {
                              Q_EMIT linkActivated({u"help"_s, u"cost"_s});
                          }});
        return;
    }
    headline().setSentence(costHeadline(*report));
    headline().setDetail(report->range ? tr("%1 to %2, %3")
                                             .arg(report->range->first.toString(Qt::ISODate),
                                                  report->range->last.toString(Qt::ISODate), report->range->timeZone)
                                       : tr("One day at the catalog's volumes, in %1").arg(report->currency));
    QStringList parts;
    for (const CostComponent component : coreComponents)
        parts << componentText(component);
    std::vector<StackedBar> bars;
    CostRow others;
    for (std::size_t i = 0; i < report->teams.size(); ++i) {
        const CostRow& team = report->teams[i];
        if (i < mostBars) {
            bars.push_back(barOf(visibleText(team.team), team));
            continue;
        }
        for (std::size_t part = 0; part < others.components.size(); ++part)
            others.components[part] += team.components[part];
        others.total += team.total;
    }
    if (others.total.micros > 0)
        bars.push_back(barOf(tr("others"), others));
    for (const auto& [name, row] :
         {std::pair(tr("unattributed"), report->unattributed), std::pair(tr("idle"), report->idle)}) {
        if (row.total.micros > 0)
            bars.push_back(barOf(name, row));
    }
    m_bars->setBars(parts, std::move(bars));
    m_basis->setText(basisText(*report));
    if (m_table.rowCount() == 0 || m_table.report().total != report->total || m_table.report().teams != report->teams)
        m_table.show(std::move(*report));
    presentContent();
}

} // namespace spillway::views
