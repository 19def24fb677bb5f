// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/review/reviewpage.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/review/decisionform.h"
#include "views/review/reviewwords.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QTimer>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

enum Column {
    PlaceColumn,
    GroupColumn,
    TeamColumn,
    ReasonColumn,
    OpenColumn,
    ArrivedColumn,
    DecisionColumn,
    ColumnCount
};

ColumnSpec column(int number, const QString& title, int width)
{
    ColumnSpec spec;
    spec.column = number;
    spec.title = title;
    spec.width = width;
    return spec;
}

std::vector<ColumnSpec> columns(const RowTable<AgendaRow, QString>& rows)
{
    const auto row = [&rows](const QModelIndex& index) -> const AgendaRow& { return rows.at(index); };
    ColumnSpec place = column(PlaceColumn, u"#"_s, 44);
    place.align = CellAlign::Number;
    place.isMuted = true;
    place.text = [row](const QModelIndex& index) { return QString::number(row(index).place); };
    place.sortKey = [row](const QModelIndex& index) { return QVariant(row(index).place); };
    ColumnSpec group = column(GroupColumn, ReviewPage::tr("Group"), 168);
    group.stretches = true;
    group.isCutAtEnd = true;
    group.text = [row](const QModelIndex& index) { return visibleText(row(index).item.activity.group.title); };
    ColumnSpec team = column(TeamColumn, ReviewPage::tr("Team"), 128);
    team.isCutAtEnd = true; // they end alike
    team.text = [row](const QModelIndex& index) {
        return visibleText(row(index).item.activity.group.team.value_or(ReviewPage::tr("no owner")));
    };
    team.sortKey = [row](const QModelIndex& index) { // unowned last; in a team as on the agenda
        const auto& name = row(index).item.activity.group.team;
        return QVariant((name ? u"0"_s + *name : u"1"_s) + u'\n' +
                        QString::number(row(index).place).rightJustified(8, u'0'));
    };
    ColumnSpec reason = column(ReasonColumn, ReviewPage::tr("On the agenda"), 108);
    reason.text = [row](const QModelIndex& index) { return agendaReasonsText(row(index).item.reasons); };
    reason.sortKey = [row](const QModelIndex& index) {
        return QVariant(static_cast<int>(row(index).item.reasons.front()));
    };
    ColumnSpec open = column(OpenColumn, ReviewPage::tr("Open"), 52);
    open.align = CellAlign::Number;
    open.text = [row](const QModelIndex& index) { return formatCount(row(index).item.activity.group.openCount); };
    open.sortKey = [row](const QModelIndex& index) {
        return QVariant(static_cast<qlonglong>(row(index).item.activity.group.openCount));
    };
    ColumnSpec arrived = column(ArrivedColumn, ReviewPage::tr("Came"), 108);
    arrived.align = CellAlign::Number;
    arrived.text = [row](const QModelIndex& index) { return formatCount(row(index).item.activity.arrived); };
    arrived.sortKey = [row](const QModelIndex& index) {
        return QVariant(static_cast<qlonglong>(row(index).item.activity.arrived));
    };
    arrived.sparkline = [row](const QModelIndex& index) {
        const std::vector<std::int64_t>& counts = row(index).item.activity.arrivals;
        return QVariant::fromValue(QList<qint64>(counts.begin(), counts.end()));
    };
    ColumnSpec decision = column(DecisionColumn, ReviewPage::tr("Decision"), 96);
    decision.mark = [row](const QModelIndex& index) -> std::optional<CellMark> {
        const auto& decided = row(index).decision;
        return decided ? CellMark{Tone::Ok, verdictText(decided->verdict)}
                       : CellMark{Tone::Unknown, ReviewPage::tr("none yet")};
    };
    return {place, group, team, reason, open, arrived, decision};
}

} // namespace

ReviewPage::ReviewPage(const ViewContext& context)
    : Page(context, u"review"_s, tr("Review"), u"review"_s)
    , m_rows(ColumnCount, [](const AgendaRow& row) { return row.item.activity.group.id; })
    , m_load([this](Result<ReviewSheet> sheet) { showSheet(std::move(sheet)); })
    , m_intent([this](Result<QString> done) {
        if (!done && done.error().code == ErrorCode::Conflict && !m_decidedGroup.isEmpty()) {
            // Somebody was quicker: their word is read first, then shown.
            m_isAsking = true;
            refresh();
            return;
        }
        if (done && !m_decidedGroup.isEmpty() && m_form->group() == m_decidedGroup)
            m_form->forgetDraft();
        Q_EMIT said(done ? *done : failureSentence(done.error()));
        if (done && !m_decidedGroup.isEmpty())
            goOnToUndecided();
        m_decidedGroup.clear();
        refresh();
    })
{
    auto* panes = new SplitView(u"review"_s, Qt::Horizontal, {14, 9}, this);
    m_view = new TableView(u"review-agenda"_s, context.prompter, panes);
    m_view->setObjectName(u"reviewAgenda"_s);
    m_view->setAccessibleName(tr("Agenda"));
    m_view->show(&m_rows, columns(m_rows));
    m_view->sortFirstBy(0, Qt::AscendingOrder);
    m_view->setRowKey([this](const QModelIndex& index) { return m_rows.at(index).item.activity.group.id; });
    connect(m_view, &TableView::currentRowChanged, this, &ReviewPage::showGroup);
    connect(m_view, &TableView::exportFailed, this, &Page::said);
    m_form = new DecisionForm(context.settings, panes);
    connect(m_form, &DecisionForm::decided, this, &ReviewPage::decide);
    connect(m_form, &DecisionForm::takeBackAsked, this, &ReviewPage::takeBack);
    connect(m_form, &DecisionForm::lettersAsked, this, [this](const QString& group) {
        Q_EMIT linkActivated({u"dead-letters"_s, u"group:"_s + group});
    });
    panes->addWidget(m_view);
    panes->addWidget(m_form);
    setContent(panes, {buildBar()});

    addPageAction(tr("Next group"), QKeySequence(Qt::Key_J), [this] { goOn(); });
    const std::pair<Qt::Key, ReviewVerdict> keys[]{{Qt::Key_1, ReviewVerdict::Replay},
                                                   {Qt::Key_2, ReviewVerdict::FixFirst},
                                                   {Qt::Key_3, ReviewVerdict::Archive},
                                                   {Qt::Key_4, ReviewVerdict::Assign},
                                                   {Qt::Key_5, ReviewVerdict::Watch}};
    for (const auto& [key, verdict] : keys)
        addPageAction(tr("Decide: %1").arg(verdictText(verdict)), QKeySequence(key),
                      [this, chosen = verdict] { m_form->choose(chosen); });
    addPageAction(tr("Record the decision"), QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { m_form->submit(); });
    addPageAction(tr("Take the decision back"), QKeySequence(Qt::Key_U), [this] { m_form->takeBack(); });
    addPageAction(tr("Export the minutes"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { exportMinutes(); });
    auto* minute = new QTimer(this);
    minute->setInterval(30'000);
    connect(minute, &QTimer::timeout, this, [this] {
        if (m_sheet.open)
            showTime();
    });
    minute->start();
    headline().setSentence(tr("Reading the agenda"));
    pane().showLoading(tr("Reading the agenda"));
}

QWidget* ReviewPage::buildBar()
{
    auto* bar = new QWidget(this);
    m_open = new QPushButton(tr("Begin a review…"), bar);
    m_open->setObjectName(u"openReview"_s);
    m_open->setProperty("primary", true);
    connect(m_open, &QPushButton::clicked, this, &ReviewPage::openReview);
    m_close = new QPushButton(tr("Close the review…"), bar);
    m_close->setObjectName(u"closeReview"_s);
    connect(m_close, &QPushButton::clicked, this, &ReviewPage::closeReview);
    m_minutes = new QPushButton(tr("Export minutes…"), bar);
    m_minutes->setObjectName(u"exportMinutes"_s);
    connect(m_minutes, &QPushButton::clicked, this, &ReviewPage::exportMinutes);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_open);
    m_close->hide();
    layout->addWidget(m_close);
    layout->addWidget(m_minutes);
    layout->addStretch(1);
    layout->addWidget(new PlainTextLabel(tr("j next · 1–5 decide · Ctrl+Enter record · ? all keys"), TextSize::Body,
                                         PlainTextLabel::Ink::Muted, bar));
    return bar;
}

void ReviewPage::refresh()
{
    if (m_rows.rowCount() == 0)
        pane().showLoading(tr("Reading the agenda"));
    m_load.refresh([&source = data()](std::stop_token stop) { return source.reviewSheet(stop); });
}

bool ReviewPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_intent.isRunning();
}

void ReviewPage::takeFocus()
{
    m_view->setFocus();
}

void ReviewPage::showSheet(Result<ReviewSheet> sheet)
{
    if (!sheet) {
        pane().showFailure(tr("The agenda could not be made"), sheet.error(), {tr("Try again"), [this] { refresh(); }});
        return;
    }
    m_sheet = std::move(*sheet);
    const bool isOpen = m_sheet.open.has_value();
    m_open->setVisible(!isOpen);
    m_close->setVisible(isOpen);
    m_minutes->setEnabled(isOpen || m_sheet.last);
    headline().setSentence(reviewHeadline(m_sheet));
    showTime();
    if (m_sheet.agenda.empty() && !isOpen) {
        m_rows.apply({});
        m_form->clear();
        pane().showEmpty(tr("No group has open letters"),
                         tr("A review goes through groups with open dead letters. There is nothing to decide."),
                         {tr("Read how a review goes"), [this] {
                              Q_EMIT linkActivated({u"help"_s, u"review"_s});
                          }});
        return;
    }
    std::vector<AgendaRow> rows;
    for (std::size_t at = 0; at < m_sheet.agenda.size(); ++at) {
        const AgendaItem& item = m_sheet.agenda[at];
        const ReviewDecision* decision = decisionOn(m_sheet, item.activity.group.id);
        rows.push_back({static_cast<int>(at) + 1, item, decision ? std::optional(*decision) : std::nullopt});
    }
    m_rows.apply(std::move(rows));
    if (!m_view->currentIndex().isValid() && m_rows.rowCount() > 0)
        m_view->selectRow(0);
    showGroup();
    presentContent();
    if (std::exchange(m_isAsking, false))
        decide(std::exchange(m_decidedGroup, {}), m_decidedWords);
}

void ReviewPage::showTime()
{
    headline().setDetail(reviewDetail(m_sheet, settings().timeText(), settings().now()));
}

void ReviewPage::showGroup()
{
    const QModelIndex current = m_view->currentSource();
    if (!current.isValid()) {
        m_form->clear();
        return;
    }
    const AgendaRow& row = m_rows.at(current);
    m_form->show(row.item, row.decision ? &*row.decision : nullptr, m_sheet.open.has_value());
}

void ReviewPage::goOn()
{
    choose(m_view->currentIndex().row() + 1);
}

/// The next group that waits, from here on and then from the top; the one that was just decided is not known as such
/// yet.
void ReviewPage::goOnToUndecided()
{
    const int rows = m_view->model()->rowCount();
    const int here = m_view->currentIndex().row();
    for (int step = 1; step < rows; ++step) {
        const int row = (here + step) % rows;
        if (!m_rows.at(m_view->presented().mapToSource(m_view->model()->index(row, 0))).decision) {
            choose(row);
            return;
        }
    }
}

/// Alone, whatever key is held: the answer to Ctrl+Enter may come before Ctrl is let go.
void ReviewPage::choose(int row)
{
    if (row < m_view->model()->rowCount())
        m_view->selectionModel()->setCurrentIndex(m_view->model()->index(row, 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void ReviewPage::decide(const QString& group, const ReviewWords& words)
{
    const ReviewDecision* other = decisionOn(m_sheet, group);
    if (other && words.seen && other->seq != *words.seen) {
        askToReplace(group, words, *other);
        return;
    }
    m_decidedGroup = group;
    m_decidedWords = words;
    m_intent.ask([&source = data(), group, words](std::stop_token stop) -> Result<QString> {
        const auto outcome = source.decideReview(group, words, stop);
        if (!outcome)
            return tl::unexpected<Error>(outcome.error());
        const QString more = reviewOutcomeText(*outcome);
        return more.isEmpty() ? tr("The decision is recorded")
                              : tr("The decision is recorded; %1").arg(visibleText(more));
    });
}

void ReviewPage::askToReplace(const QString& group, const ReviewWords& words, const ReviewDecision& other)
{
    ConfirmRequest request;
    request.title = tr("Replace %1's decision?").arg(visibleText(other.decidedBy));
    request.consequence = tr("%1. What it did to letters is taken back; the minutes keep it as said before.")
                              .arg(decisionSentence(other, settings().timeText(), settings().now()));
    request.actionText = tr("Replace it");
    context().prompter.confirm(this, request, [this, group, words, seq = other.seq](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        ReviewWords knowing = words;
        knowing.seen = seq;
        decide(group, knowing);
    });
}

void ReviewPage::takeBack(const QString& group, std::int64_t seq)
{
    const ReviewDecision* word = decisionOn(m_sheet, group);
    if (!word || word->seq != seq)
        return;
    ConfirmRequest request;
    request.title = tr("Take %1's decision back?").arg(visibleText(word->decidedBy));
    request.consequence = tr("%1. What it did to letters is taken back; a decision that it replaced counts again. The "
                             "minutes keep it as taken back.")
                              .arg(decisionSentence(*word, settings().timeText(), settings().now()));
    request.actionText = tr("Take it back");
    request.commandLine = u"spillwayctl dlq undo %1"_s.arg(seq);
    context().prompter.confirm(this, request, [this, seq](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_intent.ask([&source = data(), seq](std::stop_token stop) -> Result<QString> {
            const auto report = source.act(UndoAction{seq, {}}, stop);
            if (!report)
                return tl::unexpected<Error>(report.error());
            return visibleText(report->summary);
        });
    });
}

void ReviewPage::openReview()
{
    ConfirmRequest request;
    request.title = tr("Begin a review of %1 groups?").arg(m_rows.rowCount());
    request.consequence = tr("The agenda is noted in the ledger as it stands. Nothing else changes.");
    request.asksText = tr("Who is there, separated by commas");
    request.actionText = tr("Begin the review");
    request.commandLine = u"spillwayctl review open --with NAME"_s;
    context().prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        QStringList names;
        for (const QString& name : answer.text.split(u',')) {
            if (!name.trimmed().isEmpty())
                names << name.trimmed();
        }
        m_intent.ask([&source = data(), names](std::stop_token stop) -> Result<QString> {
            const auto id = source.openReview(names, stop);
            if (!id)
                return tl::unexpected<Error>(id.error());
            return tr("Review %1 is open").arg(*id);
        });
    });
}

void ReviewPage::closeReview()
{
    ConfirmRequest request;
    const qsizetype undecided = undecidedGroups(m_sheet.agenda, *m_sheet.open).size();
    const qsizetype watched = m_sheet.open->watched().size();
    request.title = tr("Close review %1?").arg(m_sheet.open->id);
    request.consequence = undecided == 0 ? tr("Every group is decided. The minutes stay in the ledger.")
                                         : tr("%1 without a decision are carried over to the next review.")
                                               .arg(undecided == 1 ? tr("1 group") : tr("%1 groups").arg(undecided));
    if (watched > 0)
        request.consequence += u' ' + (watched == 1 ? tr("So is 1 group to be watched.")
                                                    : tr("So are %1 groups to be watched.").arg(watched));
    request.actionText = tr("Close the review");
    request.commandLine = u"spillwayctl review close"_s;
    context().prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_intent.ask([&source = data()](std::stop_token stop) -> Result<QString> {
            const auto closed = source.closeReview(stop);
            if (!closed)
                return tl::unexpected<Error>(closed.error());
            return tr("Review %1 is closed; export its minutes with Ctrl+E").arg(*closed);
        });
    });
}

void ReviewPage::exportMinutes()
{
    if (!m_minutes->isEnabled())
        return;
    const QString id = m_sheet.open ? m_sheet.open->id : m_sheet.last->id;
    context().prompter.chooseSaveFile(
        this, tr("Export the minutes"), u"minutes-%1.pdf"_s.arg(id), tr("PDF (*.pdf);;HTML (*.html);;Markdown (*.md)"),
        [this, id](const QString& file) {
            if (file.isEmpty())
                return;
            m_intent.ask([&source = data(), file, id](std::stop_token stop) -> Result<QString> {
                const Status written = source.writeMinutes(id, file, stop);
                if (!written)
                    return tl::unexpected<Error>(written.error());
                return tr("Written: %1").arg(file);
            });
        });
}

} // namespace spillway::views
