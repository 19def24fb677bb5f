// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/slo/slopage.h"

#include "model/base/text.h"
#include "views/charts/timeserieschart.h"
#include "views/slo/slowords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr Millis day{86'400'000};
constexpr int chartDays = 14; // a chart of days needs more than the window of the table

QVariant sortable(const std::optional<double>& value)
{
    return value ? QVariant(*value) : QVariant();
}

ColumnSpec column(int number, const QString& title, int width)
{
    ColumnSpec spec;
    spec.column = number;
    spec.title = title;
    spec.width = width;
    return spec;
}

std::vector<ColumnSpec> columns(const SloTable& table)
{
    const auto row = [&table](const QModelIndex& index) -> const SloRow& { return table.row(index.row()); };
    const auto number = [row](int at, const QString& title, int width, auto text, auto key) {
        ColumnSpec spec = column(at, title, width);
        spec.align = CellAlign::Number;
        spec.text = [row, text](const QModelIndex& index) { return text(row(index)); };
        spec.sortKey = [row, key](const QModelIndex& index) { return key(row(index)); };
        return spec;
    };
    ColumnSpec consumer = column(SloTable::ConsumerColumn, SloPage::tr("Consumer"), 150);
    consumer.stretches = true;
    consumer.text = [row](const QModelIndex& index) { return row(index).consumer; };
    ColumnSpec event = column(SloTable::EventColumn, SloPage::tr("Event"), 140);
    event.text = [row](const QModelIndex& index) { return row(index).eventType; };
    ColumnSpec team = column(SloTable::TeamColumn, SloPage::tr("Team"), 120);
    team.startsHidden = true;
    team.text = [row](const QModelIndex& index) { return row(index).team.value_or(SloPage::tr("no owner")); };
    ColumnSpec state = column(SloTable::StateColumn, SloPage::tr("State"), 108);
    state.mark = [row](const QModelIndex& index) { return std::optional(sloMark(row(index).state)); };
    state.sortKey = [row](const QModelIndex& index) { return QVariant(static_cast<int>(row(index).state)); };
    ColumnSpec total = number(
        SloTable::TotalColumn, SloPage::tr("Records"), 84, [](const SloRow& r) { return formatCount(r.total); },
        [](const SloRow& r) { return QVariant(static_cast<qint64>(r.total)); });
    ColumnSpec success = number(
        SloTable::SuccessColumn, SloPage::tr("Succeeded"), 84, [](const SloRow& r) { return shareText(r.successRate); },
        [](const SloRow& r) { return sortable(r.successRate); });
    success.startsHidden = true;
    return {
        consumer,
        event,
        team,
        number(
            SloTable::AttainmentColumn, SloPage::tr("Kept"), 76,
            [](const SloRow& r) { return shareText(r.attainment); },
            [](const SloRow& r) { return sortable(r.attainment); }),
        number(
            SloTable::ObjectiveColumn, SloPage::tr("Promised"), 76,
            [](const SloRow& r) { return shareText(r.objective); },
            [](const SloRow& r) { return sortable(r.objective); }),
        number(
            SloTable::TargetColumn, SloPage::tr("Within"), 72, [](const SloRow& r) { return millisText(r.targetMs); },
            [](const SloRow& r) { return sortable(r.targetMs); }),
        number(
            SloTable::P50Column, SloPage::tr("p50"), 72, [](const SloRow& r) { return millisText(r.p50Ms); },
            [](const SloRow& r) { return sortable(r.p50Ms); }),
        number(
            SloTable::P99Column, SloPage::tr("p99"), 72, [](const SloRow& r) { return millisText(r.p99Ms); },
            [](const SloRow& r) { return sortable(r.p99Ms); }),
        success,
        number(
            SloTable::BudgetColumn, SloPage::tr("Budget left"), 84,
            [](const SloRow& r) { return budgetText(r.budgetRemaining); },
            [](const SloRow& r) { return sortable(r.budgetRemaining); }),
        number(
            SloTable::BurnColumn, SloPage::tr("Burn, 1 h"), 76, [](const SloRow& r) { return burnText(r.burnRate1h); },
            [](const SloRow& r) { return sortable(r.burnRate1h); }),
        total,
        state};
}

} // namespace

SloPage::SloPage(const ViewContext& context)
    : Page(context, u"slos"_s, tr("SLOs"), u"slos"_s)
    , m_load([this](Result<std::vector<SloRow>> rows) { showRows(std::move(rows)); })
    , m_daysLoad([this](Result<std::vector<SloDay>> days) { showDays(std::move(days)); })
{
    m_view = new TableView(u"slos"_s, context.prompter, this);
    m_view->setObjectName(u"sloRows"_s);
    m_view->setAccessibleName(tr("Promises"));
    m_view->show(&m_rows, columns(m_rows));
    m_view->setRowKey([this](const QModelIndex& index) {
        return m_rows.row(index.row()).consumer + u' ' + m_rows.row(index.row()).eventType;
    });
    connect(m_view, &TableView::currentRowChanged, this, [this] { askDays(false); });
    connect(m_view, &TableView::exportFailed, this, &Page::said);
    auto* split = new SplitView(u"slos"_s, Qt::Vertical, {3, 2}, this);
    split->addWidget(m_view);
    split->addWidget(buildDetail());
    setContent(split);
    headline().setSentence(tr("Counting kept promises"));
    pane().showLoading(tr("Counting kept promises"));
    addPageAction(tr("Export the promises as CSV"), QKeySequence(Qt::CTRL | Qt::Key_E),
                  [this] { m_view->exportCsv(); });
}

QWidget* SloPage::buildDetail()
{
    m_detail = new QWidget(this);
    m_name = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_detail);
    m_name->setFont(uiFont(TextSize::Title, true));
    m_name->setElided(true);
    m_name->setObjectName(u"pairName"_s);
    m_meaning = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_detail);
    m_meaning->setWordWrap(true);
    m_meaning->setObjectName(u"pairMeaning"_s);
    m_chart = new TimeSeriesChart(tr("Kept per day (UTC)"), m_detail);
    m_chart->setObjectName(u"attainmentChart"_s);
    m_volume = new TimeSeriesChart(tr("Records per day (UTC)"), m_detail);
    auto* together = new ChartGroup(this);
    together->add(m_chart);
    together->add(m_volume);
    m_command = new CommandLine({}, m_detail);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(16);
    charts->addWidget(m_chart, 1);
    charts->addWidget(m_volume, 1);
    auto* layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(0, 16, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_name);
    layout->addWidget(m_meaning);
    layout->addLayout(charts, 1);
    layout->addWidget(m_command);
    return m_detail;
}

void SloPage::refresh()
{
    if (m_rows.rowCount() == 0)
        pane().showLoading(tr("Counting kept promises"));
    m_command->setLine(u"spillwayctl slo --window %1m"_s.arg(settings().span().count() / 60'000));
    m_load.refresh(
        [&source = data(), window = settings().span()](std::stop_token stop) { return source.slos(window, stop); });
    if (!m_shown.isEmpty())
        askDays(true);
}

void SloPage::open(const QString& argument)
{
    m_wanted = argument;
    refresh();
    selectWanted();
}

bool SloPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_daysLoad.isRunning();
}

void SloPage::takeFocus()
{
    m_view->setFocus();
}

void SloPage::showRows(Result<std::vector<SloRow>> rows)
{
    if (!rows) {
        pane().showFailure(tr("The promises could not be counted"), rows.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    if (rows->empty()) {
        m_rows.replace({});
        m_shown.clear();
        headline().setSentence(tr("No promise and no processing record"));
        headline().setDetail({});
        pane().showEmpty(tr("Nobody is named as consumer, and nothing was logged"),
                         tr("Promises stand as slo_processing_time_ms in ownership.yaml; what was kept comes from the "
                            "processing log named in spillway.yaml."),
                         {tr("Read how promises are counted"), [this] {
                              Q_EMIT linkActivated({u"help"_s, u"slo"_s});
                          }});
        return;
    }
    headline().setSentence(sloHeadline(*rows));
    headline().setDetail(tr("Over the last %1. A record is good when it succeeded within the promised time.")
                             .arg(coarseDuration(settings().span())));
    m_rows.apply(std::move(*rows));
    presentContent();
    selectWanted();
    if (!m_view->currentIndex().isValid())
        m_view->selectRow(0);
}

void SloPage::selectWanted()
{
    if (m_wanted.isEmpty())
        return;
    for (int row = 0; row < m_rows.rowCount(); ++row) {
        if (m_rows.row(row).consumer + u' ' + m_rows.row(row).eventType != m_wanted)
            continue;
        m_wanted.clear();
        m_view->selectRow(m_view->presented().mapFromSource(m_rows.index(row, 0)).row());
        return;
    }
}

void SloPage::askDays(bool samePair)
{
    const QModelIndex current = m_view->currentSource();
    m_detail->setVisible(current.isValid());
    if (!current.isValid()) {
        m_shown.clear();
        return;
    }
    m_shownRow = m_rows.row(current.row());
    m_name->setText(tr("%1 handles %2").arg(m_shownRow.consumer, m_shownRow.eventType));
    m_meaning->setText(
        u"%1 · %2"_s.arg(m_shownRow.team.value_or(tr("no owner named in ownership.yaml")), sloMeaning(m_shownRow)));
    const QString shown = m_shownRow.consumer + u' ' + m_shownRow.eventType;
    const bool isSame = samePair && shown == m_shown;
    m_shown = shown;
    const UtcTime to = settings().now();
    const UtcTime from = to - std::max(settings().span(), chartDays * day);
    const auto work = [&source = data(), row = m_shownRow, from, to](std::stop_token stop) {
        return source.sloDays(row.consumer, row.eventType, from, to, stop);
    };
    if (isSame)
        m_daysLoad.refresh(work);
    else
        m_daysLoad.ask(work);
}

void SloPage::showDays(Result<std::vector<SloDay>> days)
{
    if (!days) {
        Q_EMIT said(tr("The days could not be read. %1").arg(failureSentence(days.error())));
        return;
    }
    ChartData kept;
    kept.unit = ChartUnit::Share;
    kept.to = settings().now();
    kept.from = kept.to - std::max(settings().span(), chartDays * day);
    ChartData volume = kept;
    volume.unit = ChartUnit::Count;
    ChartSeries share{.name = tr("kept"), .points = {}};
    ChartSeries count{.name = tr("records"), .points = {}};
    for (const SloDay& one : *days) {
        share.points.push_back({one.day, one.attainment});
        count.points.push_back({one.day, one.total > 0 ? std::optional(static_cast<double>(one.total)) : std::nullopt});
    }
    kept.series.push_back(std::move(share));
    volume.series.push_back(std::move(count));
    if (m_shownRow.objective)
        kept.promise =
            PromiseLine{.name = tr("promised %1").arg(shareText(m_shownRow.objective)), .value = *m_shownRow.objective};
    m_chart->setTimeText(TimeText());
    m_volume->setTimeText(TimeText());
    m_chart->setData(std::move(kept));
    m_volume->setData(std::move(volume));
}

} // namespace spillway::views
