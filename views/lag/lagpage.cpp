// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lag/lagpage.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/charts/timeserieschart.h"
#include "views/lag/lagwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int chartPoints = 600;
enum PartitionColumn {
    TopicColumn,
    PartitionNumberColumn,
    CommittedColumn,
    EndColumn,
    LagColumn,
    TimeLagColumn,
    StateColumn,
    PartitionColumnCount
};

QVariant sortable(const std::optional<std::int64_t>& value)
{
    return value ? QVariant(static_cast<qint64>(*value)) : QVariant();
}

std::optional<std::int64_t> count(const std::optional<MessageCount>& value)
{
    return value ? std::optional(value->value) : std::nullopt;
}

std::optional<std::int64_t> position(const std::optional<Offset>& value)
{
    return value ? std::optional(value->value) : std::nullopt;
}

QVariant timeLagKey(const std::optional<TimeLag>& timeLag)
{
    return timeLag ? QVariant(static_cast<qint64>(timeLag->low.count())) : QVariant();
}

/// Where the chart begins. What lies before the first sample of a young store is no gap: nobody looked yet. It is cut
/// down to a tenth of what there is.
UtcTime historyStart(const LagDetail& detail)
{
    for (const LagSeriesPoint& point : detail.series) {
        if (!point.lag && !point.timeLagLow)
            continue;
        const bool isYoung = point.at - detail.from > (detail.to - detail.from) / 2;
        return isYoung ? point.at - (detail.to - point.at) / 10 : detail.from;
    }
    return detail.from;
}

ColumnSpec numberColumn(int column, const QString& title, int width)
{
    ColumnSpec spec;
    spec.column = column;
    spec.title = title;
    spec.align = CellAlign::Number;
    spec.width = width;
    return spec;
}

ColumnSpec textColumn(int column, const QString& title, int width)
{
    ColumnSpec spec;
    spec.column = column;
    spec.title = title;
    spec.width = width;
    return spec;
}

std::vector<ColumnSpec> groupColumns(const LagTable& table)
{
    const auto row = [&table](const QModelIndex& index) -> const LagGroupRow& { return table.row(index.row()); };
    ColumnSpec group = textColumn(LagTable::GroupColumn, LagPage::tr("Group"), 160);
    group.stretches = true;
    group.text = [row](const QModelIndex& index) { return row(index).group; };
    group.secondary = [row](const QModelIndex& index) { return row(index).owner.value_or(LagPage::tr("no owner")); };
    ColumnSpec owner = textColumn(LagTable::OwnerColumn, LagPage::tr("Team"), 120);
    owner.startsHidden = true;
    owner.text = [row](const QModelIndex& index) { return row(index).owner.value_or(unknownText()); };
    ColumnSpec lag = numberColumn(LagTable::LagColumn, LagPage::tr("Lag"), 76);
    lag.text = [row](const QModelIndex& index) { return countText(count(row(index).totalLag)); };
    lag.sortKey = [row](const QModelIndex& index) { return sortable(count(row(index).totalLag)); };
    ColumnSpec time = numberColumn(LagTable::TimeLagColumn, LagPage::tr("Time lag"), 108);
    time.text = [row](const QModelIndex& index) { return timeLagText(row(index).timeLag); };
    time.sortKey = [row](const QModelIndex& index) { return timeLagKey(row(index).timeLag); };
    ColumnSpec trend = numberColumn(LagTable::TrendColumn, LagPage::tr("Trend"), 80);
    trend.text = [row](const QModelIndex& index) { return trendText(row(index).trend); };
    trend.sortKey = [row](const QModelIndex& index) {
        return row(index).trend ? QVariant(row(index).trend->perSecond) : QVariant();
    };
    ColumnSpec drain = numberColumn(LagTable::DrainColumn, LagPage::tr("Caught up in"), 104);
    drain.startsHidden = true;
    drain.text = [row](const QModelIndex& index) {
        const auto& trendNow = row(index).trend;
        return trendNow && trendNow->drainsIn ? coarseDuration(*trendNow->drainsIn) : unknownText();
    };
    ColumnSpec partitions = numberColumn(LagTable::PartitionsColumn, LagPage::tr("Partitions"), 88);
    partitions.startsHidden = true;
    partitions.text = [row](const QModelIndex& index) { return formatCount(row(index).partitions); };
    partitions.sortKey = [row](const QModelIndex& index) {
        return QVariant(static_cast<qint64>(row(index).partitions));
    };
    ColumnSpec state = textColumn(LagTable::StateColumn, LagPage::tr("State"), 148);
    state.mark = [row](const QModelIndex& index) { return std::optional(lagMark(row(index).worstState)); };
    state.sortKey = [row](const QModelIndex& index) { return QVariant(static_cast<int>(row(index).worstState)); };
    return {group, owner, lag, time, trend, drain, partitions, state};
}

std::vector<ColumnSpec> partitionColumns(const RowTable<LagRow, QString>& table)
{
    const auto row = [&table](const QModelIndex& index) -> const LagRow& { return table.at(index); };
    ColumnSpec topic = textColumn(TopicColumn, LagPage::tr("Topic"), 102);
    topic.stretches = true;
    topic.text = [row](const QModelIndex& index) { return row(index).topic; };
    ColumnSpec partition = numberColumn(PartitionNumberColumn, LagPage::tr("Partition"), 60);
    partition.text = [row](const QModelIndex& index) { return QString::number(row(index).partition); };
    partition.sortKey = [row](const QModelIndex& index) { return QVariant(row(index).partition); };
    ColumnSpec committed = numberColumn(CommittedColumn, LagPage::tr("Committed"), 76);
    committed.text = [row](const QModelIndex& index) { return countText(position(row(index).committedOffset)); };
    committed.sortKey = [row](const QModelIndex& index) { return sortable(position(row(index).committedOffset)); };
    ColumnSpec end = numberColumn(EndColumn, LagPage::tr("End"), 56);
    end.text = [row](const QModelIndex& index) { return countText(position(row(index).endOffset)); };
    end.sortKey = [row](const QModelIndex& index) { return sortable(position(row(index).endOffset)); };
    ColumnSpec lag = numberColumn(LagColumn, LagPage::tr("Lag"), 56);
    lag.text = [row](const QModelIndex& index) { return countText(count(row(index).lag)); };
    lag.sortKey = [row](const QModelIndex& index) { return sortable(count(row(index).lag)); };
    ColumnSpec time = numberColumn(TimeLagColumn, LagPage::tr("Time lag"), 100);
    time.text = [row](const QModelIndex& index) { return timeLagText(row(index).timeLag); };
    time.sortKey = [row](const QModelIndex& index) { return timeLagKey(row(index).timeLag); };
    ColumnSpec state = textColumn(StateColumn, LagPage::tr("State"), 108);
    state.mark = [row](const QModelIndex& index) { return std::optional(lagMark(row(index).state)); };
    state.sortKey = [row](const QModelIndex& index) { return QVariant(static_cast<int>(row(index).state)); };
    return {topic, partition, committed, end, lag, time, state};
}

} // namespace

LagPage::LagPage(const ViewContext& context)
    : Page(context, u"lag"_s, tr("Lag"), u"lag"_s)
    , m_partitions(PartitionColumnCount,
                   [](const LagRow& row) { return row.topic + u'\n' + QString::number(row.partition); })
    , m_groupLoad([this](Result<std::vector<LagGroupRow>> groups) { showGroups(std::move(groups)); })
    , m_detailLoad([this](Result<LagDetail> detail) { showDetail(std::move(detail)); })
{
    auto* split = new SplitView(u"lag"_s, Qt::Horizontal, {11, 10}, this);
    split->addWidget(buildGroups());
    split->addWidget(buildDetail());
    setContent(split);
    headline().setSentence(tr("Reading the consumer groups"));
    pane().showLoading(tr("Reading the consumer groups"));
    addPageAction(tr("Export the groups as CSV"), QKeySequence(Qt::CTRL | Qt::Key_E),
                  [this] { m_groupView->exportCsv(); });
}

QWidget* LagPage::buildGroups()
{
    m_groupView = new TableView(u"lag-groups"_s, context().prompter, this);
    m_groupView->setAccessibleName(tr("Consumer groups"));
    m_groupView->show(&m_groups, groupColumns(m_groups));
    m_groupView->setRowKey([this](const QModelIndex& index) {
        return m_groups.row(index.row()).connection + u'\n' + m_groups.row(index.row()).group;
    });
    m_groupView->sortFirstBy(LagTable::StateColumn, Qt::DescendingOrder);
    connect(m_groupView, &TableView::currentRowChanged, this, [this] { askDetail(false); });
    connect(m_groupView, &TableView::exportFailed, this, &Page::said);
    return m_groupView;
}

QWidget* LagPage::buildDetail()
{
    m_detail = new QWidget(this);
    m_name = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_detail);
    m_name->setFont(uiFont(TextSize::Title, true));
    m_name->setObjectName(u"groupName"_s);
    m_name->setElided(true);
    m_meaning = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_detail);
    m_meaning->setObjectName(u"groupMeaning"_s);
    m_meaning->setWordWrap(true);
    m_lagChart = new TimeSeriesChart(tr("Lag, messages"), m_detail);
    m_lagChart->setObjectName(u"lagChart"_s);
    m_timeChart = new TimeSeriesChart(tr("Time lag, age of the oldest unread message"), m_detail);
    m_timeChart->setObjectName(u"timeLagChart"_s);
    auto* together = new ChartGroup(this);
    together->add(m_lagChart);
    together->add(m_timeChart);
    m_partitionView = new TableView(u"lag-partitions"_s, context().prompter, m_detail);
    m_partitionView->setAccessibleName(tr("Partitions"));
    m_partitionView->show(&m_partitions, partitionColumns(m_partitions));
    m_partitionView->setRowKey([this](const QModelIndex& index) {
        return m_partitions.at(index).topic + QString::number(m_partitions.at(index).partition);
    });
    m_command = new CommandLine({}, m_detail);
    auto* layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_name);
    layout->addWidget(m_meaning);
    layout->addSpacing(8);
    layout->addWidget(m_lagChart, 3);
    layout->addWidget(m_timeChart, 3);
    layout->addWidget(m_partitionView, 3);
    layout->addWidget(m_command);
    return m_detail;
}

void LagPage::refresh()
{
    if (m_groups.rowCount() == 0)
        pane().showLoading(tr("Reading the consumer groups"));
    m_groupLoad.refresh([&source = data()](std::stop_token stop) { return source.lagGroups(stop); });
    if (!m_shown.isEmpty())
        askDetail(true);
}

void LagPage::open(const QString& argument)
{
    m_wanted = argument;
    refresh();
    selectWanted();
}

bool LagPage::isSettled() const
{
    return Page::isSettled() && !m_groupLoad.isRunning() && !m_detailLoad.isRunning();
}

void LagPage::takeFocus()
{
    m_groupView->setFocus();
}

void LagPage::showGroups(Result<std::vector<LagGroupRow>> groups)
{
    if (!groups) {
        pane().showFailure(tr("The consumer groups could not be read"), groups.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    if (groups->empty()) {
        m_groups.replace({});
        m_shown.clear();
        headline().setSentence(tr("No consumer groups yet"));
        headline().setDetail({});
        pane().showEmpty(tr("No group has been sampled"),
                         tr("Groups appear with the first sample. Where the broker cannot list groups, they come from "
                            "ownership.yaml."),
                         {tr("Sample now"), [this] {
                              m_groupLoad.ask(
                                  [&source = data()](std::stop_token stop) -> Result<std::vector<LagGroupRow>> {
                                      if (const Status done = source.collectNow(stop); !done)
                                          return tl::unexpected<Error>(done.error());
                                      return source.lagGroups(stop);
                                  });
                          }});
        return;
    }
    headline().setSentence(lagHeadline(*groups));
    const UtcTime sampledAt = std::min_element(groups->begin(), groups->end(), [](const auto& a, const auto& b) {
                                  return a.sampledAt < b.sampledAt;
                              })->sampledAt;
    headline().setDetail(tr("Sampled %1").arg(settings().timeText().both(sampledAt, settings().now())));
    m_groups.apply(std::move(*groups));
    presentContent();
    selectWanted();
    if (!m_groupView->currentIndex().isValid())
        selectFirst();
}

void LagPage::selectFirst()
{
    int chosen = 0;
    Millis oldest{0};
    for (int row = 0; row < m_groups.rowCount(); ++row) {
        const std::optional<TimeLag>& timeLag = m_groups.row(row).timeLag;
        if (!timeLag || timeLag->low <= oldest)
            continue;
        oldest = timeLag->low;
        chosen = m_groupView->presented().mapFromSource(m_groups.index(row, 0)).row();
    }
    m_groupView->selectRow(chosen);
}

void LagPage::selectWanted()
{
    if (m_wanted.isEmpty())
        return;
    for (int row = 0; row < m_groups.rowCount(); ++row) {
        if (m_groups.row(row).group != m_wanted)
            continue;
        m_wanted.clear();
        m_groupView->selectRow(m_groupView->presented().mapFromSource(m_groups.index(row, 0)).row());
        return;
    }
}

void LagPage::askDetail(bool sameGroup)
{
    const QModelIndex current = m_groupView->currentSource();
    m_detail->setVisible(current.isValid());
    if (!current.isValid()) {
        m_shown.clear();
        return;
    }
    const LagGroupRow group = m_groups.row(current.row());
    m_name->setText(group.group);
    m_meaning->setText(u"%1 · %2 · %3"_s.arg(lagMark(group.worstState).word,
                                             group.owner.value_or(tr("no owner named in ownership.yaml")),
                                             lagMeaning(group)));
    m_command->setLine(u"spillwayctl lag --group %1"_s.arg(shellQuoted(group.group)));
    const QString shown = group.connection + u'\n' + group.group;
    const bool isSame = sameGroup && shown == m_shown;
    if (!isSame && shown != m_shown)
        m_partitions.replace({});
    m_shown = shown;
    const UtcTime to = settings().now();
    const UtcTime from = to - settings().span();
    const auto work = [&source = data(), group, from, to](std::stop_token stop) {
        return source.lagDetail(group.connection, group.group, from, to, chartPoints, stop);
    };
    if (isSame)
        m_detailLoad.refresh(work);
    else
        m_detailLoad.ask(work);
}

void LagPage::showDetail(Result<LagDetail> detail)
{
    if (!detail) {
        Q_EMIT said(tr("The group's history could not be read. %1").arg(failureSentence(detail.error())));
        return;
    }
    ChartData lag;
    lag.from = historyStart(*detail);
    lag.to = detail->to;
    lag.gapAfter = std::max(Millis{60'000}, 3 * (detail->to - detail->from) / chartPoints);
    ChartData time = lag;
    time.unit = ChartUnit::Milliseconds;
    ChartSeries line{.name = tr("lag"), .points = {}};
    ChartBand band{.name = tr("time lag"), .points = {}};
    for (const LagSeriesPoint& point : detail->series) {
        line.points.push_back(
            {point.at, point.lag ? std::optional(static_cast<double>(point.lag->value)) : std::nullopt});
        const auto ms = [](const std::optional<Millis>& value) {
            return value ? std::optional(static_cast<double>(value->count())) : std::nullopt;
        };
        band.points.push_back({point.at, ms(point.timeLagLow), ms(point.timeLagHigh)});
    }
    lag.series.push_back(std::move(line));
    time.band = std::move(band);
    m_lagChart->setTimeText(settings().timeText());
    m_timeChart->setTimeText(settings().timeText());
    m_lagChart->setData(std::move(lag));
    m_timeChart->setData(std::move(time));
    m_partitions.apply(std::move(detail->partitions));
}

} // namespace spillway::views
