// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/trail/trailpage.h"

#include "model/base/text.h"
#include "model/deadletter/query.h"
#include "views/shell/datasource.h"
#include "views/trail/trailwords.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/tableview.h"
#include "views/widgets/textcolumn.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

enum Column { TimeColumn, KindColumn, WhatColumn, PlaceColumn, TypeColumn, KeyColumn, ColumnCount };

constexpr int tickMs = 500;
constexpr qint64 hourMs = 3'600'000;

/// What tells entries apart while the table stays: the place, or what they are about.
QString rowKey(const TrailEntry& entry)
{
    return QStringList{trailKindWord(entry.kind),
                       entry.connection,
                       trailPlace(entry),
                       entry.letterId.value_or(QString()),
                       entry.jobId.value_or(QString()),
                       entry.at ? QString::number(toMs(*entry.at)) : QString()}
        .join(u'\n');
}

std::vector<ColumnSpec> columns(const RowTable<TrailEntry, QString>& table, ViewSettings& settings)
{
    const auto entry = [&table](const QModelIndex& index) -> const TrailEntry& { return table.at(index); };
    ColumnSpec time = textColumn(TimeColumn, TrailPage::tr("Time"), 152, [entry, &settings](const QModelIndex& index) {
        const TrailEntry& each = entry(index);
        if (!each.at)
            return TrailPage::tr("not known");
        const QString text = settings.timeText().brief(*each.at, settings.now());
        return each.time == TrailTime::FirstSeen ? u"≤ "_s + text : text;
    });
    // In the order of the trail, where things of one instant follow from each other.
    time.sortKey = [](const QModelIndex& index) { return QVariant(index.row()); };
    time.secondary = [entry, &settings](const QModelIndex& index) {
        const TrailEntry& each = entry(index);
        return each.at ? settings.timeText().relative(*each.at, settings.now()) : QString();
    };
    ColumnSpec kind;
    kind.column = KindColumn;
    kind.title = TrailPage::tr("Kind");
    kind.width = 104;
    kind.mark = [entry](const QModelIndex& index) { return std::optional(trailMark(entry(index))); };
    ColumnSpec what = textColumn(WhatColumn, TrailPage::tr("What happened"), 240,
                                 [entry](const QModelIndex& index) { return visibleText(entry(index).summary); });
    what.stretches = true;
    ColumnSpec key = textColumn(KeyColumn, TrailPage::tr("Key"), 120, [entry](const QModelIndex& index) {
        const TrailEntry& each = entry(index);
        return each.key ? visibleBytes(*each.key) : QString();
    });
    key.isMono = true;
    key.startsHidden = true; // mostly the one that was asked for, and it stands beside the table
    ColumnSpec type = textColumn(TypeColumn, TrailPage::tr("Event type"), 130, [entry](const QModelIndex& index) {
        return visibleText(entry(index).eventType.value_or(QString()));
    });
    type.startsHidden = true; // the sentence says it
    return {time,
            kind,
            what,
            textColumn(PlaceColumn, TrailPage::tr("Place"), 236,
                       [entry](const QModelIndex& index) { return visibleText(trailPlace(entry(index))); }),
            type,
            key};
}

} // namespace

TrailPage::TrailPage(const ViewContext& context, TrailSource& source)
    : Page(context, u"trail"_s, tr("Trail"), u"trail"_s)
    , m_source(source)
    , m_entries(ColumnCount, rowKey)
    , m_stored([this](Result<Trail> trail) { showTrail(std::move(trail), false); })
    , m_load([this](Result<Trail> trail) { showTrail(std::move(trail), true); })
{
    m_view = new TableView(u"trail"_s, context.prompter, this);
    m_view->setObjectName(u"trailEntries"_s);
    m_view->setAccessibleName(tr("Trail"));
    m_view->show(&m_entries, columns(m_entries, context.settings));
    m_view->setRowKey([this](const QModelIndex& index) { return rowKey(m_entries.at(index)); });
    m_view->sortFirstBy(TimeColumn, Qt::AscendingOrder);
    m_view->setCellMenu([this](QMenu& menu, const QModelIndex&) {
        menu.addAction(tr("Open"), this, &TrailPage::openRow);
        menu.addAction(tr("Dead letters of this key"), this, &TrailPage::addToFilter);
    });
    connect(m_view, &TableView::currentRowChanged, this, &TrailPage::showDetail);
    connect(m_view, &TableView::rowActivated, this, &TrailPage::openRow);
    connect(m_view, &TableView::exportFailed, this, &Page::said);
    auto* split = new SplitView(u"trail"_s, Qt::Horizontal, {7, 3}, this);
    split->addWidget(m_view);
    split->addWidget(buildDetail());
    setContent(split, {buildSearch()});
    headline().setSentence(tr("What happened to one key or id"));
    pane().showEmpty(tr("No key yet"),
                     tr("Type a record's key, an event id or a trace id. What is stored of it is shown at once; topics "
                        "and processing logs are then read, without a group and without a commit."),
                     {tr("Type a key"), [this] { takeFocus(); }});
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &TrailPage::showProgress);
    addPageAction(tr("Search another key"), QKeySequence(Qt::Key_Slash), [this] {
        m_key->setFocus();
        m_key->selectAll();
    });
    addPageAction(tr("Open the dead letter or the replay"), QKeySequence(Qt::Key_O), [this] { openRow(); });
    addPageAction(tr("Dead letters of this key"), QKeySequence(Qt::Key_F), [this] { addToFilter(); });
    addPageAction(tr("Read the topics again"), QKeySequence(Qt::Key_R), [this] { ask(); });
    addPageAction(tr("Export the trail"), QKeySequence(Qt::SHIFT | Qt::Key_E), [this] { m_view->exportCsv(); });
    addPageAction(tr("Copy the spillwayctl line"), QKeySequence(Qt::Key_Y), [this] {
        if (m_readAt)
            copyText(trailCommand(m_request, m_typed));
    });
    addPageAction(tr("Stop reading"), QKeySequence(Qt::Key_Delete), [this] { stopReading(); });
}

QWidget* TrailPage::buildSearch()
{
    m_search = new QWidget(this);
    m_key = new QLineEdit(m_search);
    m_key->setObjectName(u"trailKey"_s);
    m_key->setAccessibleName(tr("Key or id"));
    m_key->setPlaceholderText(tr("Key, event id or trace id, like order-4711"));
    m_key->setMaxLength(static_cast<int>(longestTrailKey));
    m_field = new QLineEdit(m_search);
    m_field->setObjectName(u"trailField"_s);
    m_field->setAccessibleName(tr("Where else it may stand"));
    m_field->setPlaceholderText(tr("Also in, like payload.order.id"));
    m_field->setFixedWidth(220);
    m_since = new QComboBox(m_search);
    m_since->setObjectName(u"trailSince"_s);
    m_since->setAccessibleName(tr("How far back topics are read"));
    m_since->addItem(tr("last hour"), hourMs);
    m_since->addItem(tr("last 24 hours"), 24 * hourMs);
    m_since->addItem(tr("last 7 days"), 7 * 24 * hourMs);
    m_since->addItem(tr("last 30 days"), 30 * 24 * hourMs);
    m_since->addItem(tr("all there is"), QVariant());
    m_since->setCurrentIndex(1);
    m_find = new QPushButton(tr("Follow"), m_search);
    m_find->setObjectName(u"trailFind"_s);
    m_stopButton = new QPushButton(tr("Stop reading"), m_search);
    m_stopButton->setObjectName(u"trailStop"_s);
    m_stopButton->hide();
    connect(m_key, &QLineEdit::returnPressed, this, &TrailPage::ask);
    connect(m_field, &QLineEdit::returnPressed, this, &TrailPage::ask);
    connect(m_find, &QPushButton::clicked, this, &TrailPage::ask);
    connect(m_stopButton, &QPushButton::clicked, this, &TrailPage::stopReading);
    auto* layout = new QHBoxLayout(m_search);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_key, 1);
    layout->addWidget(m_field);
    layout->addWidget(m_since);
    layout->addWidget(m_find);
    layout->addWidget(m_stopButton);
    return m_search;
}

QWidget* TrailPage::buildDetail()
{
    m_detail = new QWidget(this);
    m_kind = new StateBadge(m_detail);
    m_kind->setObjectName(u"trailKind"_s);
    m_summary = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_detail);
    m_summary->setFont(uiFont(TextSize::Title, true));
    m_summary->setWordWrap(true);
    m_summary->setObjectName(u"trailSummary"_s);
    m_facts = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_detail);
    m_facts->setWordWrap(true);
    m_facts->setSelectable(true);
    m_facts->setFocusPolicy(Qt::NoFocus);
    m_facts->setObjectName(u"trailFacts"_s);
    const auto button = [this](const QString& text, const QString& name) {
        auto* made = new QPushButton(text, m_detail);
        made->setObjectName(name);
        return made;
    };
    m_letter = button(tr("Open the dead letter"), u"trailLetter"_s);
    m_job = button(tr("Open the replay"), u"trailJob"_s);
    m_filter = button(tr("Dead letters of this key"), u"trailFilter"_s);
    connect(m_letter, &QPushButton::clicked, this, [this] {
        if (const TrailEntry* entry = current())
            Q_EMIT linkActivated({u"dead-letters"_s, letterQuery(*entry)});
    });
    connect(m_job, &QPushButton::clicked, this, [this] {
        if (const TrailEntry* entry = current(); entry && entry->jobId)
            Q_EMIT linkActivated({u"replays"_s, *entry->jobId});
    });
    connect(m_filter, &QPushButton::clicked, this, &TrailPage::addToFilter);
    m_command = new CommandLine({}, m_detail);
    auto* layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_kind);
    layout->addWidget(m_summary);
    layout->addSpacing(8);
    layout->addWidget(m_facts);
    layout->addSpacing(8);
    for (QPushButton* each : {m_letter, m_job, m_filter})
        layout->addWidget(each, 0, Qt::AlignLeft);
    layout->addStretch(1);
    layout->addWidget(m_command);
    return m_detail;
}

void TrailPage::refresh()
{
    // Relative times and the zone; the trail itself is as of when it was read, and says so.
    m_view->viewport()->update();
    showDetail();
}

void TrailPage::open(const QString& argument)
{
    m_key->setText(argument);
    ask();
}

bool TrailPage::isSettled() const
{
    // Without a question there is no answer to wait for.
    return !m_stored.isRunning() && !m_load.isRunning();
}

void TrailPage::takeFocus()
{
    if (m_entries.rowCount() > 0)
        m_view->setFocus();
    else
        m_key->setFocus();
}

bool TrailPage::leave()
{
    if (!m_load.isRunning())
        return false;
    stopReading();
    return true;
}

void TrailPage::ask()
{
    QStringList fields;
    if (const QString field = m_field->text().trimmed(); !field.isEmpty())
        fields << field;
    auto key = trailKeyOf(m_key->text(), false, fields);
    if (!key) {
        Q_EMIT said(failureSentence(key.error()));
        return;
    }
    m_stop.request_stop(); // of the question before
    m_stop = std::stop_source();
    m_typed = m_key->text();
    m_request = {.key = std::move(*key)};
    const QVariant since = m_since->currentData();
    m_request.since = since.isValid() ? std::optional(Millis{since.toLongLong()}) : std::nullopt;
    m_entries.replace({});
    m_readAt.reset();
    m_report = {};
    m_progress = std::make_shared<TrailProgress>();
    headline().setSentence(tr("Reading what is known of it"));
    headline().setDetail({});
    pane().showLoading(tr("Reading what is known of it"));
    m_stopButton->show();
    m_tick.start();
    TrailRequest stored = m_request;
    stored.storedOnly = true;
    m_stored.ask([&source = m_source, stored](std::stop_token stop) { return source.trail(stored, nullptr, stop); });
    m_load.ask(
        [&source = m_source, request = m_request, progress = m_progress, mine = m_stop](std::stop_token stop) mutable {
            // Asked by the reader it ends with what there is; asked by the page it ends for nothing.
            const std::stop_callback both(stop, [&mine] { mine.request_stop(); });
            return source.trail(request, progress.get(), mine.get_token());
        });
}

void TrailPage::stopReading()
{
    m_stop.request_stop();
}

void TrailPage::showTrail(Result<Trail> trail, bool isWhole)
{
    if (isWhole) {
        m_tick.stop();
        m_stopButton->hide();
    } else if (m_readAt) {
        return; // the whole trail was quicker
    }
    if (!trail) {
        if (isWhole)
            pane().showFailure(tr("The trail could not be read"), trail.error(), {tr("Try again"), [this] { ask(); }});
        return;
    }
    if (!isWhole && trail->entries.empty())
        return; // still loading
    m_entries.apply(std::move(trail->entries));
    m_report = std::move(trail->report);
    if (isWhole)
        m_readAt = settings().now();
    if (m_entries.rowCount() == 0 && m_report.failures.empty()) {
        headline().setSentence(tr("Nothing with this key or id was found"));
        showReport();
        pane().showEmpty(tr("Nothing found"),
                         tr("It is neither in a stored dead letter nor in what was read of topics and processing logs. "
                            "Look further back, or name the payload's field that holds it."),
                         {tr("Look at all there is"), [this] {
                              m_since->setCurrentIndex(m_since->count() - 1);
                              ask();
                          }});
        return;
    }
    std::vector<TrailEntry> shown;
    for (int row = 0; row < m_entries.rowCount(); ++row)
        shown.push_back(m_entries.row(row));
    headline().setSentence(shown.empty() ? tr("Nothing was found so far") : trailHeadline(shown));
    showReport();
    presentContent();
    if (isWhole && !m_report.failures.empty())
        pane().showFailure(tr("Not everything could be read"),
                           {m_report.failures.front().error.code, trailFailureText(m_report.failures.front())},
                           {tr("Read again"), [this] { ask(); }});
    if (!m_view->currentIndex().isValid())
        m_view->selectRow(0);
    showDetail();
}

void TrailPage::showReport()
{
    if (!m_readAt) {
        headline().setDetail(tr("Stored; topics and processing logs are being read"));
        return;
    }
    const QStringList lines = trailReportLines(m_report, m_request, 1);
    headline().setDetail(
        tr("Read %1. %2").arg(settings().timeText().brief(*m_readAt, settings().now()), lines.join(u' ')));
}

void TrailPage::showProgress()
{
    if (const std::int64_t records = m_progress->records.load(); records > 0)
        headline().setDetail(tr("Scanned %1 of %2 records, %3; %4 found")
                                 .arg(formatCount(records), formatCount(m_progress->positions.load()),
                                      formatSizeBytes(m_progress->bytes.load()),
                                      formatCount(m_progress->found.load())));
}

QString TrailPage::keyTerm(const TrailEntry& entry) const
{
    if (entry.match.by == TrailMatch::By::Key)
        return queryTermText(u"key", m_typed);
    const bool isShown = entry.key && isUtf8(*entry.key) && !entry.key->contains(maskMark.toByteArray());
    return isShown ? queryTermText(u"key", QString::fromUtf8(*entry.key)) : QString();
}

QString TrailPage::letterQuery(const TrailEntry& entry) const
{
    QStringList terms;
    if (entry.kind == TrailEntry::Kind::DeadLetter)
        terms << queryTermText(u"channel", entry.channel);
    terms << keyTerm(entry);
    terms.removeAll(QString());
    return terms.join(u' ');
}

const TrailEntry* TrailPage::current() const
{
    const QModelIndex index = m_view->currentSource();
    return index.isValid() ? &m_entries.at(index) : nullptr;
}

void TrailPage::showDetail()
{
    const TrailEntry* entry = current();
    m_detail->setVisible(entry != nullptr);
    if (!entry)
        return;
    const CellMark mark = trailMark(*entry);
    m_kind->setState(mark.tone, mark.word);
    m_summary->setText(visibleText(entry->summary));
    m_facts->setText(trailFacts(*entry, settings().timeText(), settings().now()));
    m_letter->setVisible(entry->letterId.has_value());
    m_job->setVisible(entry->jobId.has_value());
    m_filter->setVisible(!keyTerm(*entry).isEmpty());
    m_command->setLine(trailCommand(m_request, m_typed));
}

void TrailPage::openRow()
{
    const TrailEntry* entry = current();
    if (!entry)
        return;
    if (entry->jobId)
        Q_EMIT linkActivated({u"replays"_s, *entry->jobId});
    else if (entry->letterId)
        Q_EMIT linkActivated({u"dead-letters"_s, letterQuery(*entry)});
    else
        Q_EMIT said(tr("It is on the broker; Spillway keeps no more of it than stands here."));
}

void TrailPage::addToFilter()
{
    const TrailEntry* entry = current();
    const QString term = entry ? keyTerm(*entry) : QString();
    if (!term.isEmpty())
        Q_EMIT linkActivated({u"dead-letters"_s, term});
}

} // namespace spillway::views
