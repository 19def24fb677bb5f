// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/comparepane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/shell/datasource.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int progressMs = 300;
constexpr int kindWidth = 112; // pixels
constexpr int leastWhere = 120;
constexpr int leastValue = 92;

CellMark changeMark(PayloadChange::Kind kind, bool isMasked)
{
    if (isMasked)
        return {Tone::Warning, ComparePane::tr("differs, masked")};
    switch (kind) {
    case PayloadChange::Kind::Added:
        return {Tone::Ok, ComparePane::tr("only here")};
    case PayloadChange::Kind::Removed:
        return {Tone::Critical, ComparePane::tr("missing here")};
    case PayloadChange::Kind::Changed:
        return {Tone::Warning, ComparePane::tr("changed")};
    case PayloadChange::Kind::Respelled:
        return {Tone::Unknown, ComparePane::tr("respelled")};
    }
    return {};
}

QString methodText(PayloadDiff::Method method)
{
    switch (method) {
    case PayloadDiff::Method::SameBytes:
        return ComparePane::tr("The payloads are the same, byte for byte");
    case PayloadDiff::Method::Presence:
        return ComparePane::tr("Only one of them has a payload");
    case PayloadDiff::Method::Json:
        return ComparePane::tr("Compared as JSON: names in any order, numbers by value");
    case PayloadDiff::Method::Lines:
        return ComparePane::tr("Compared by lines");
    case PayloadDiff::Method::Bytes:
        return ComparePane::tr("Compared byte by byte");
    }
    return {};
}

} // namespace

ComparePane::ComparePane(DataSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_data(source)
    , m_prompter(prompter)
    , m_rows(4, [](const Row& row) { return row.place; })
    , m_load([this](Result<LetterComparison> comparison) { showComparison(std::move(comparison)); })
{
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 4, 0, 4);
    bar->setSpacing(4);
    const auto button = [&](const QString& text, const QString& name, auto pressed) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(name);
        connect(made, &QPushButton::clicked, this, pressed);
        bar->addWidget(made);
        return made;
    };
    m_buttons << button(tr("Origin"), u"compareOrigin"_s,
                        [this] { compare({.letterId = m_letterId, .with = CompareWith::Origin, .otherId = {}}); });
    m_buttons << button(tr("Last good of its key"), u"compareLastGood"_s,
                        [this] { compare({.letterId = m_letterId, .with = CompareWith::LastGood, .otherId = {}}); });
    m_buttons << button(tr("Another letter…"), u"compareLetter"_s, [this] { askForAnother(); });
    m_buttons[0]->setAccessibleName(tr("Compare with the record this letter was made from"));
    m_buttons[1]->setAccessibleName(tr("Compare with the last message of the same key that did not fail"));
    m_stop = button(tr("Stop"), u"compareStop"_s, [this] { stop(); });
    m_stop->hide();
    bar->addStretch(1);
    m_answer = new PlainTextLabel({}, this);
    m_answer->setObjectName(u"compareAnswer"_s);
    m_answer->setWordWrap(true);
    m_answer->setSelectable(true);
    m_answer->setFocusPolicy(Qt::NoFocus);
    m_answer->setContentsMargins(8, 4, 8, 4);
    m_notes = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_notes->setObjectName(u"compareNotes"_s);
    m_notes->setWordWrap(true);
    m_notes->setContentsMargins(8, 4, 8, 4);
    m_view = new TableView(u"letter-compare"_s, prompter, this);
    m_view->setObjectName(u"compareTable"_s);
    m_view->setAccessibleName(tr("What differs"));
    ColumnSpec kind{.column = 0, .title = tr("Difference"), .width = kindWidth};
    kind.mark = [this](const QModelIndex& index) {
        const Row& row = m_rows.at(index);
        return std::optional(changeMark(row.kind, row.isMasked));
    };
    ColumnSpec where{.column = 1, .title = tr("Where"), .width = leastWhere, .isMono = true, .isCutAtEnd = true};
    where.text = [this](const QModelIndex& index) { return m_rows.at(index).where; };
    ColumnSpec before{.column = 2, .title = tr("There"), .width = leastValue, .isMono = true, .isCutAtEnd = true};
    before.text = [this](const QModelIndex& index) { return m_rows.at(index).before; };
    ColumnSpec after{
        .column = 3, .title = tr("Here"), .width = leastValue, .stretches = true, .isMono = true, .isCutAtEnd = true};
    after.text = [this](const QModelIndex& index) { return m_rows.at(index).after; };
    m_view->show(&m_rows, {where, before, after, kind});
    m_view->setFittedColumn(1); // frameworks' headers begin alike; what tells them apart stands at their ends
    connect(m_view, &TableView::currentRowChanged, this, &ComparePane::showWhole);
    m_whole = new PlainTextLabel({}, this);
    m_whole->setObjectName(u"compareWhole"_s);
    m_whole->setWordWrap(true);
    m_whole->setSelectable(true);
    m_whole->setFocusPolicy(Qt::NoFocus);
    m_whole->setContentsMargins(8, 4, 8, 4);
    m_whole->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_answer);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_whole);
    layout->addWidget(m_notes);
    m_line = new CommandLine({}, this);
    m_line->setObjectName(u"compareLine"_s);
    m_line->setContentsMargins(8, 0, 8, 0);
    layout->addWidget(m_line);
    m_tick.setInterval(progressMs);
    connect(&m_tick, &QTimer::timeout, this, &ComparePane::showProgress);
    setLetter({});
}

void ComparePane::setLetter(const QString& id)
{
    if (!id.isEmpty() && id == m_letterId)
        return;
    stop();
    m_letterId = id;
    for (QPushButton* each : std::as_const(m_buttons))
        each->setEnabled(!id.isEmpty());
    m_rows.replace({});
    m_view->hide();
    m_notes->setText({});
    showLine({.letterId = id, .with = CompareWith::Origin, .otherId = {}});
    m_answer->setText(id.isEmpty() ? tr("There is no message to compare yet")
                                   : tr("Choose what to hold this letter against. The origin and the last good one are "
                                        "read from the broker; nothing is changed there."));
}

void ComparePane::compare(const CompareRequest& request)
{
    if (request.letterId.isEmpty())
        return;
    stop();
    m_rows.replace({});
    m_view->hide();
    m_notes->setText({});
    m_progress = std::make_shared<LookupProgress>();
    m_answer->setText(request.with == CompareWith::Letter ? tr("Comparing") : tr("Asking the broker"));
    m_stop->show();
    showLine(request);
    m_tick.start();
    m_load.ask([&source = m_data, request, progress = m_progress](std::stop_token stopToken) {
        return source.compareLetter(request, progress.get(), stopToken);
    });
}

/// What does the same from a command line: of the comparison that is shown, before one the first that is offered.
void ComparePane::showLine(const CompareRequest& request)
{
    const QString with = request.with == CompareWith::Origin     ? u"--origin"_s
                         : request.with == CompareWith::LastGood ? u"--last-good"_s
                                                                 : shellQuoted(visibleText(request.otherId));
    const QString letter = request.letterId;
    m_line->setLine(letter.isEmpty() ? QString()
                                     : u"spillwayctl dlq diff %1 %2"_s.arg(shellQuoted(visibleText(letter)), with));
}

void ComparePane::askForAnother()
{
    ConfirmRequest request;
    request.title = tr("Compare with another letter");
    request.consequence =
        tr("Its id stands under Source, and spillwayctl dlq list prints it. With two letters marked in "
           "the list, d compares these.");
    request.asksText = tr("The other letter's id");
    request.actionText = tr("Compare");
    request.commandLine = u"spillwayctl dlq diff ID %1"_s.arg(m_letterId);
    m_prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (answer.isAccepted && !m_letterId.isEmpty())
            compare({.letterId = answer.text.trimmed(), .with = CompareWith::Letter, .otherId = m_letterId});
    });
}

void ComparePane::stop()
{
    m_load.cancel();
    m_tick.stop();
    m_stop->hide();
    if (m_progress)
        m_answer->setText(tr("Stopped"));
    m_progress.reset();
}

void ComparePane::showProgress()
{
    if (m_progress && m_progress->records > 0)
        m_answer->setText(tr("Looking back: %1 records, %2")
                              .arg(formatCount(m_progress->records), formatSizeBytes(m_progress->bytes)));
}

void ComparePane::showComparison(Result<LetterComparison> comparison)
{
    m_tick.stop();
    m_stop->hide();
    m_progress.reset();
    if (!comparison) {
        m_answer->setText(failureSentence(comparison.error()));
        return;
    }
    const QString place = comparison->before ? tr("%1, partition %2, offset %3")
                                                   .arg(visibleText(comparison->before->at.topic))
                                                   .arg(comparison->before->at.partition)
                                                   .arg(formatCount(comparison->before->offset.value))
                                             : QString();
    QStringList sentences;
    switch (comparison->with) {
    case CompareWith::Origin:
        sentences << (comparison->before ? tr("Origin: %1").arg(place) : tr("The origin is not to be had"));
        break;
    case CompareWith::LastGood:
        sentences << (comparison->before ? tr("Last good: %1").arg(place) : tr("No good one was found"));
        break;
    case CompareWith::Letter:
        sentences << tr("Letter %1: %2").arg(comparison->letterId, place);
        break;
    }
    if (!comparison->because.isEmpty())
        sentences << comparison->because;
    m_answer->setText(sentences.join(u" · "_s));
    if (!comparison->diff)
        return;
    const RecordDiff& diff = *comparison->diff;
    const auto dialects = m_data.dialects();
    std::vector<Row> rows;
    for (const PayloadChange& change : diff.payload.changes)
        rows.push_back({static_cast<int>(rows.size()), change.kind,
                        change.path.isEmpty() ? tr("the payload") : visibleText(change.path),
                        change.before ? shownBytes(change.before) : QString(),
                        change.after ? shownBytes(change.after) : QString(), change.isMasked});
    for (const HeaderChange& change : diff.headers) {
        QString where = visibleBytes(change.name.left(200)); // paths in the payload begin with a slash
        if (change.occurrence > 1)
            where += u" #%1"_s.arg(change.occurrence);
        const ShownHeaderChange shown = shownChange(change, *comparison, *dialects);
        rows.push_back({static_cast<int>(rows.size()), change.kind, where, shown.before, shown.after, change.isMasked});
    }
    if (diff.isKeyChanged)
        rows.push_back({static_cast<int>(rows.size()), PayloadChange::Kind::Changed, tr("the key"),
                        shownBytes(comparison->before->key), shownBytes(comparison->after->key)});
    QStringList notes{methodText(diff.payload.method)};
    notes << diff.payload.notes;
    if (diff.payload.moreChanges > 0)
        notes << tr("%1 more differences are not listed").arg(formatCount(diff.payload.moreChanges));
    if (diff.isHeaderOrderChanged)
        notes << tr("headers stand in another order");
    m_notes->setText(notes.join(u" · "_s));
    m_view->setVisible(!rows.empty());
    const auto isThere = [&rows](const QString Row::*text) {
        return std::any_of(rows.begin(), rows.end(), [text](const Row& row) { return !(row.*text).isEmpty(); });
    };
    m_view->setColumnShown(2, isThere(&Row::before));
    m_view->setColumnShown(3, isThere(&Row::after));
    m_rows.replace(std::move(rows));
    showWhole();
}

/// The table shortens; what one has chosen stands whole under it.
void ComparePane::showWhole()
{
    const QModelIndex current = m_view->isHidden() ? QModelIndex() : m_view->currentSource();
    m_whole->setVisible(current.isValid());
    if (!current.isValid())
        return;
    const Row& row = m_rows.at(current);
    QStringList lines{row.where};
    if (!row.before.isEmpty())
        lines << tr("There: %1").arg(row.before);
    if (!row.after.isEmpty())
        lines << tr("Here: %1").arg(row.after);
    m_whole->setText(lines.join(u'\n'));
}

} // namespace spillway::views
