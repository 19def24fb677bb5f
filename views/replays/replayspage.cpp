// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replays/replayspage.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/replays/replaywords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/tableview.h"

#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

enum Column { WhatColumn, StartedColumn, SentColumn, ConfirmedColumn, AgainColumn, StateColumn, ColumnCount };

QStringList topicsOf(const ReplayJobRow& job)
{
    return {job.targets.begin(), job.targets.end()};
}

ColumnSpec numberColumn(int column, const QString& title, std::function<std::int64_t(const QModelIndex&)> value)
{
    ColumnSpec spec;
    spec.column = column;
    spec.title = title;
    spec.align = CellAlign::Number;
    spec.width = 84;
    spec.text = [value](const QModelIndex& index) { return formatCount(value(index)); };
    spec.sortKey = [value](const QModelIndex& index) { return QVariant(static_cast<qint64>(value(index))); };
    return spec;
}

std::vector<ColumnSpec> columns(const RowTable<ReplayJobRow, QString>& table, ViewSettings& settings)
{
    const auto job = [&table](const QModelIndex& index) -> const ReplayJobRow& { return table.at(index); };
    ColumnSpec what;
    what.column = WhatColumn;
    what.title = ReplaysPage::tr("Replay");
    what.width = 180;
    what.stretches = true;
    what.text = [job](const QModelIndex& index) {
        return ReplaysPage::tr("%1 to %2").arg(messagesText(job(index).messages), targetsText(topicsOf(job(index))));
    };
    ColumnSpec started;
    started.column = StartedColumn;
    started.title = ReplaysPage::tr("Started");
    started.width = 120;
    started.text = [job, &settings](const QModelIndex& index) {
        return settings.timeText().brief(job(index).startedAt.value_or(job(index).createdAt), settings.now());
    };
    started.sortKey = [job](const QModelIndex& index) {
        return QVariant(static_cast<qint64>(toMs(job(index).startedAt.value_or(job(index).createdAt))));
    };
    ColumnSpec state;
    state.column = StateColumn;
    state.title = ReplaysPage::tr("State");
    state.width = 148;
    state.mark = [job](const QModelIndex& index) { return std::optional(jobMark(job(index).state)); };
    return {
        what,
        started,
        numberColumn(SentColumn, ReplaysPage::tr("Sent"), [job](const QModelIndex& index) { return job(index).sent; }),
        numberColumn(ConfirmedColumn, ReplaysPage::tr("Confirmed"),
                     [job](const QModelIndex& index) { return job(index).confirmed; }),
        numberColumn(AgainColumn, ReplaysPage::tr("Failed again"),
                     [job](const QModelIndex& index) { return job(index).failedAgain; }),
        state};
}

QString factsText(const ReplayJobRow& job, const TimeText& time, UtcTime now)
{
    QStringList lines;
    lines << ReplaysPage::tr("Targets: %1").arg(topicsOf(job).join(u", "_s));
    lines << ReplaysPage::tr("Guarantee: %1").arg(job.guarantee);
    if (!job.query.isEmpty())
        lines << ReplaysPage::tr("Chosen by: %1").arg(job.query);
    lines << ReplaysPage::tr("Planned by %1, %2").arg(job.createdBy, time.both(job.createdAt, now));
    if (job.reason && !job.reason->isEmpty())
        lines << ReplaysPage::tr("Reason: %1").arg(*job.reason);
    if (job.startedAt)
        lines << ReplaysPage::tr("Started %1").arg(time.both(*job.startedAt, now));
    if (job.finishedAt)
        lines << ReplaysPage::tr("Ended %1").arg(time.both(*job.finishedAt, now));
    return lines.join(u'\n');
}

} // namespace

ReplaysPage::ReplaysPage(const ViewContext& context)
    : Page(context, u"replays"_s, tr("Replays"), u"replays"_s)
    , m_jobs(ColumnCount, [](const ReplayJobRow& job) { return job.jobId; })
    , m_load([this](Result<std::vector<ReplayJobRow>> jobs) { showJobs(std::move(jobs)); })
    , m_intent([this](Result<bool> done) {
        if (!done)
            Q_EMIT said(failureSentence(done.error()));
        refresh();
    })
{
    m_view = new TableView(u"replays"_s, context.prompter, this);
    m_view->setObjectName(u"replayJobs"_s);
    m_view->setAccessibleName(tr("Replays"));
    m_view->show(&m_jobs, columns(m_jobs, context.settings));
    m_view->setRowKey([this](const QModelIndex& index) { return m_jobs.at(index).jobId; });
    connect(m_view, &TableView::currentRowChanged, this, &ReplaysPage::showDetail);
    connect(m_view, &TableView::exportFailed, this, &Page::said);
    auto* split = new SplitView(u"replays"_s, Qt::Horizontal, {3, 2}, this);
    split->addWidget(m_view);
    split->addWidget(buildDetail());
    setContent(split);
    headline().setSentence(tr("Reading the replays"));
    pane().showLoading(tr("Reading the replays"));
    addPageAction(tr("Resume the replay"), QKeySequence(Qt::Key_U), [this] { askResume(); });
    addPageAction(tr("Cancel the replay"), QKeySequence(Qt::Key_Delete), [this] { askCancel(); });
}

QWidget* ReplaysPage::buildDetail()
{
    m_detail = new QWidget(this);
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_detail);
    m_title->setFont(uiFont(TextSize::Title, true));
    m_title->setWordWrap(true);
    m_title->setObjectName(u"jobTitle"_s);
    m_state = new StateBadge(m_detail);
    m_state->setObjectName(u"jobState"_s);
    m_meaning = new PlainTextLabel({}, m_detail);
    m_meaning->setObjectName(u"jobMeaning"_s);
    m_meaning->setWordWrap(true);
    m_bar = new QProgressBar(m_detail);
    m_bar->setTextVisible(false);
    m_figures = new PlainTextLabel({}, m_detail);
    m_figures->setObjectName(u"jobFigures"_s);
    m_figures->setWordWrap(true);
    m_facts = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_detail);
    m_facts->setWordWrap(true);
    m_facts->setSelectable(true);
    m_facts->setFocusPolicy(Qt::NoFocus);
    m_resume = new QPushButton(tr("Resume…"), m_detail);
    m_resume->setObjectName(u"jobResume"_s);
    m_cancel = new QPushButton(tr("Cancel…"), m_detail);
    m_cancel->setObjectName(u"jobCancel"_s);
    connect(m_resume, &QPushButton::clicked, this, &ReplaysPage::askResume);
    connect(m_cancel, &QPushButton::clicked, this, &ReplaysPage::askCancel);
    m_command = new CommandLine({}, m_detail);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_resume);
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_state);
    layout->addWidget(m_meaning);
    layout->addSpacing(8);
    layout->addWidget(m_bar);
    layout->addWidget(m_figures);
    layout->addSpacing(8);
    layout->addWidget(m_facts);
    layout->addSpacing(8);
    layout->addLayout(buttons);
    layout->addStretch(1);
    layout->addWidget(m_command);
    return m_detail;
}

void ReplaysPage::refresh()
{
    if (m_jobs.rowCount() == 0)
        pane().showLoading(tr("Reading the replays"));
    m_load.refresh([&source = data()](std::stop_token stop) { return source.replayJobs(stop); });
}

void ReplaysPage::open(const QString& argument)
{
    m_cancelWanted = argument.startsWith(u"cancel:"_s);
    m_wanted = m_cancelWanted ? argument.mid(7) : argument;
    refresh();
    selectWanted();
}

bool ReplaysPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning();
}

void ReplaysPage::takeFocus()
{
    m_view->setFocus();
}

void ReplaysPage::showJobs(Result<std::vector<ReplayJobRow>> jobs)
{
    if (!jobs) {
        pane().showFailure(tr("The replays could not be read"), jobs.error(), {tr("Try again"), [this] { refresh(); }});
        return;
    }
    if (jobs->empty()) {
        m_jobs.replace({});
        headline().setSentence(tr("Nothing has been replayed"));
        headline().setDetail({});
        pane().showEmpty(
            tr("No replay yet"),
            tr("A replay publishes chosen dead letters again: planned, sealed, confirmed, and counted afterwards."),
            {tr("Choose dead letters"), [this] {
                 Q_EMIT linkActivated({u"dead-letters"_s, {}});
             }});
        return;
    }
    headline().setSentence(replaysHeadline(*jobs));
    headline().setDetail(tr("Every step of every replay is in the ledger."));
    m_jobs.apply(std::move(*jobs));
    presentContent();
    selectWanted();
    if (!m_view->currentIndex().isValid())
        m_view->selectRow(0);
    showDetail();
}

void ReplaysPage::selectWanted()
{
    if (m_wanted.isEmpty())
        return;
    for (int row = 0; row < m_jobs.rowCount(); ++row) {
        if (m_jobs.row(row).jobId != m_wanted)
            continue;
        m_wanted.clear();
        m_view->selectRow(m_view->presented().mapFromSource(m_jobs.index(row, 0)).row());
        if (std::exchange(m_cancelWanted, false))
            askCancel();
        return;
    }
}

const ReplayJobRow* ReplaysPage::current() const
{
    const QModelIndex index = m_view->currentSource();
    return index.isValid() ? &m_jobs.at(index) : nullptr;
}

void ReplaysPage::showDetail()
{
    const ReplayJobRow* job = current();
    m_detail->setVisible(job != nullptr);
    if (!job)
        return;
    m_title->setText(tr("%1 to %2").arg(messagesText(job->messages), targetsText(topicsOf(*job))));
    const CellMark mark = jobMark(job->state);
    m_state->setState(mark.tone, mark.word);
    m_meaning->setText(jobMeaning(*job));
    m_bar->setRange(0, 1000);
    m_bar->setValue(job->messages > 0 ? static_cast<int>(1000 * (job->sent + job->skipped) / job->messages) : 0);
    const std::int64_t open = job->sent - job->confirmed - job->failedAgain;
    m_figures->setText(tr("%1 of %2 sent · %3 confirmed · %4 failed again · %5 not known yet · %6 skipped")
                           .arg(formatCount(job->sent), formatCount(job->messages), formatCount(job->confirmed),
                                formatCount(job->failedAgain), formatCount(open), formatCount(job->skipped)));
    m_facts->setText(factsText(*job, settings().timeText(), settings().now()));
    m_resume->setVisible(isResumable(job->state));
    m_cancel->setVisible(!hasEnded(job->state) || isResumable(job->state));
    m_command->setLine(u"spillwayctl replay status %1"_s.arg(shellQuoted(job->jobId)));
}

void ReplaysPage::askResume()
{
    const ReplayJobRow* job = current();
    if (!job || !isResumable(job->state))
        return;
    const ConfirmRequest request = confirmResume(*job, data().workspace().environment);
    context().prompter.confirm(
        this, request, [this, id = job->jobId, targets = topicsOf(*job).join(u',')](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            m_intent.ask([&source = data(), id, targets, reason = answer.reason](std::stop_token stop) -> Result<bool> {
                return source.resumeReplay(id, targets, reason, stop).map([] { return true; });
            });
        });
}

void ReplaysPage::askCancel()
{
    const ReplayJobRow* job = current();
    if (!job || (hasEnded(job->state) && !isResumable(job->state)))
        return;
    context().prompter.confirm(this, confirmCancel(*job), [this, id = job->jobId](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_intent.ask([&source = data(), id](std::stop_token stop) -> Result<bool> {
            return source.cancelReplay(id, stop).map([] { return true; });
        });
    });
}

} // namespace spillway::views
