// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/decisionpanel.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "model/deadletter/query.h"
#include "views/deadletters/decisionwords.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/markrow.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/statepane.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int bodyHeight = 252;
constexpr int leastNotes = 96;
constexpr Millis day{86'400'000};

enum UntilChoice { Forever, ForeverWithFuture, UntilEscalates, UntilWeek, UntilMonth };

QString orWord(const QString& text, const QString& word)
{
    return text.isEmpty() ? word : shellQuoted(text);
}

} // namespace

DecisionPanel::DecisionPanel(DataSource& source, Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_data(source)
    , m_prompter(prompter)
    , m_sheetLoad([this](Result<DecisionSheet> sheet) { showSheet(std::move(sheet)); })
    , m_actLoad([this](Result<ActionReport> report) {
        if (report) {
            for (QLineEdit* line : {m_comment, m_tags, m_link, m_kindReason, m_archiveReason})
                line->clear();
            const QString refused = report->refused.isEmpty()
                                        ? QString()
                                        : tr("; %1 stay as they are").arg(lettersText(report->refused.size()));
            Q_EMIT said(tr("Decided: %1").arg(report->summary) + refused);
            Q_EMIT decided();
            freeze();
        } else {
            Q_EMIT said(failureSentence(report.error()));
        }
        refresh();
    })
    , m_freezeLoad([this](Result<FrozenLetters> letters) { showFrozen(std::move(letters)); })
    , m_undoLoad([this](Result<UndoPlan> plan) {
        if (!plan) {
            Q_EMIT said(failureSentence(plan.error()));
            return;
        }
        if (plan->refusal) {
            Q_EMIT said(tr("Not taken back: %1").arg(*plan->refusal));
            return;
        }
        ConfirmRequest request;
        request.title = tr("Take back: %1?").arg(plan->summary);
        request.consequence = tr("Everything is as it was before; the decision and this undo stay in the ledger.");
        request.facts = {{tr("Decided by"), plan->actor}, {tr("At"), m_time.absolute(plan->at)}};
        if (plan->former)
            request.facts.push_back({tr("Counts again"), *plan->former});
        request.actionText = tr("Take it back");
        request.commandLine = u"spillwayctl dlq undo %1"_s.arg(plan->seqs.back());
        m_prompter.confirm(this, request, [this, seq = plan->seqs.back()](const ConfirmAnswer& answer) {
            if (answer.isAccepted)
                act(UndoAction{seq, {}});
        });
    })
{
    setObjectName(u"decisionPanel"_s);
    m_substate = new StateBadge(this);
    m_substate->setObjectName(u"groupSubstate"_s);
    m_kind = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_kind->setObjectName(u"kindSentence"_s);
    m_kind->setElided(true);
    m_next = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_next->setObjectName(u"nextSentence"_s);
    m_next->setElided(true);
    m_toggle = new QPushButton(tr("Notes and kind"), this);
    m_toggle->setObjectName(u"openNotes"_s);
    m_toggle->setCheckable(true);
    m_body = buildBody();
    m_body->setVisible(false);
    connect(m_toggle, &QPushButton::toggled, this, [this](bool isOpen) {
        m_body->setVisible(isOpen);
        m_toggle->setText(isOpen ? tr("Close the notes") : tr("Notes and kind"));
        Q_EMIT opened(isOpen);
        freeze();
    });
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_substate);
    head->addWidget(m_kind, 1);
    head->addWidget(m_toggle);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_next);
    layout->addWidget(m_body);
}

QLineEdit* DecisionPanel::field(const QString& name, const QString& label, const QString& placeholder)
{
    auto* line = new QLineEdit(this);
    line->setObjectName(name);
    line->setAccessibleName(label);
    line->setPlaceholderText(placeholder);
    return line;
}

QWidget* DecisionPanel::buildBody()
{
    auto* body = new QWidget(this);
    body->setMaximumHeight(bodyHeight);
    auto* notes = new QWidget(body);
    m_thread = new QPlainTextEdit(notes);
    m_thread->setObjectName(u"noteThread"_s);
    m_thread->setAccessibleName(tr("Comments and decisions"));
    m_thread->setReadOnly(true);
    m_thread->setTabChangesFocus(true);
    m_comment = field(u"noteComment"_s, tr("Comment"), tr("Comment; Enter keeps it"));
    connect(m_comment, &QLineEdit::returnPressed, this, &DecisionPanel::comment);
    connect(m_comment, &QLineEdit::textChanged, this, [this](const QString& text) {
        showLine(u"spillwayctl dlq comment %1 --text %2"_s.arg(subject(), orWord(text.trimmed(), u"TEXT"_s)));
    });
    m_tags = field(u"noteTags"_s, tr("Tags"), tr("Tags: psp -vip"));
    connect(m_tags, &QLineEdit::returnPressed, this, &DecisionPanel::changeTags);
    connect(m_tags, &QLineEdit::textChanged, this, [this](const QString& text) {
        const TagWords words = readTagWords(text);
        QString line = u"spillwayctl dlq tag "_s + subject();
        for (const QString& word : words.add)
            line += u" --add "_s + shellQuoted(word);
        for (const QString& word : words.remove)
            line += u" --remove "_s + shellQuoted(word);
        showLine(line);
    });
    m_link = field(u"noteLink"_s, tr("Link"), tr("https://… title"));
    connect(m_link, &QLineEdit::returnPressed, this, &DecisionPanel::keepLink);
    connect(m_link, &QLineEdit::textChanged, this, [this](const QString& text) {
        const LinkMark link = readLinkWords(text);
        QString line = u"spillwayctl dlq link %1 --url %2"_s.arg(subject(), orWord(link.url, u"URL"_s));
        if (!link.title.isEmpty())
            line += u" --title "_s + shellQuoted(link.title);
        showLine(line);
    });
    m_marks = new MarkRow(notes);
    connect(m_marks, &MarkRow::tagRemoved, this, [this](const QString& tag) {
        // What is shown is its own and its group's.
        act(TagAction{m_letter.isEmpty() ? QStringList{m_group} : QStringList{m_letter, m_group}, {}, {tag}});
    });
    connect(m_marks, &MarkRow::tagChosen, this, &DecisionPanel::tagChosen);
    connect(m_marks, &MarkRow::linkChosen, this, &DecisionPanel::askToOpen);
    connect(m_marks, &MarkRow::linkRemoved, this, [this](const QString& url) {
        act(LinkAction{.subject = subject(), .url = url, .title = {}, .isRemoved = true});
    });
    auto* said = new QVBoxLayout;
    said->setSpacing(4);
    said->addWidget(m_marks);
    said->addWidget(m_thread, 1);
    auto* saying = new QHBoxLayout;
    saying->setSpacing(8);
    saying->addWidget(m_comment, 2);
    saying->addWidget(m_tags, 1);
    saying->addWidget(m_link, 1);
    said->addLayout(saying);
    auto* columns = new QHBoxLayout(notes);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(16);
    columns->addLayout(said, 2);
    columns->addWidget(buildFields(), 3);
    m_line = new CommandLine({}, body);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    // In a low window the fields are scrolled: else they would push the window's foot off the screen.
    m_room = new QScrollArea(body);
    m_room->setObjectName(u"notesRoom"_s);
    m_room->setFrameShape(QFrame::NoFrame);
    m_room->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_room->setWidgetResizable(true);
    m_room->setFocusPolicy(Qt::NoFocus);
    m_room->setMinimumHeight(leastNotes);
    m_room->viewport()->setAutoFillBackground(false);
    m_room->setWidget(notes);
    notes->setAutoFillBackground(false);
    m_room->setMinimumWidth(notes->minimumSizeHint().width());
    layout->addWidget(m_room, 1);
    layout->addWidget(m_line);
    return body;
}

QWidget* DecisionPanel::buildFields()
{
    auto* box = new QWidget(this);
    m_kindChoice = new QComboBox(box);
    m_kindChoice->setObjectName(u"kindChoice"_s);
    m_kindChoice->setAccessibleName(tr("Kind of the group"));
    for (const FailureKind kind :
         {FailureKind::Transient, FailureKind::Schema, FailureKind::Business, FailureKind::Unknown})
        m_kindChoice->addItem(kindText(kind), failureKindWord(kind));
    m_safety = new QComboBox(box);
    m_safety->setObjectName(u"safetyChoice"_s);
    m_safety->setAccessibleName(tr("Safe to replay"));
    for (const auto& [text, safety] :
         {std::pair(tr("replay: with care"), ReplaySafety::WithCare), std::pair(tr("replay: safe"), ReplaySafety::Yes),
          std::pair(tr("replay: not safe"), ReplaySafety::No)})
        m_safety->addItem(text, replaySafetyWord(safety));
    m_cause = field(u"knownCause"_s, tr("Cause"), tr("Cause"));
    m_fix = field(u"knownFix"_s, tr("Fix"), tr("Fix: what to do next time"));
    m_knownLink = field(u"knownLink"_s, tr("Link"), tr("Link: where more stands"));
    m_kindReason = field(u"knownReason"_s, tr("Reason of the kind"), tr("Reason, for the ledger"));
    auto* keep = new QPushButton(tr("Keep as known error"), box);
    keep->setObjectName(u"keepKnown"_s);
    connect(keep, &QPushButton::clicked, this, &DecisionPanel::keepKind);
    m_until = new QComboBox(box);
    m_until->setObjectName(u"archiveUntil"_s);
    m_until->setAccessibleName(tr("Archive until"));
    for (const QString& text : {tr("for ever"), tr("for ever, and what arrives alike"), tr("until it escalates"),
                                tr("for 7 days"), tr("for 30 days")})
        m_until->addItem(text);
    m_archiveReason = field(u"archiveReason"_s, tr("Reason of archiving"), tr("Reason, for the ledger"));
    auto* put = new QPushButton(tr("Archive"), box);
    put->setObjectName(u"archiveNow"_s);
    connect(put, &QPushButton::clicked, this, &DecisionPanel::archive);
    for (QLineEdit* line : {m_cause, m_fix, m_knownLink, m_kindReason})
        connect(line, &QLineEdit::textEdited, this, &DecisionPanel::showKindLine);
    for (QComboBox* choice : {m_kindChoice, m_safety})
        connect(choice, &QComboBox::activated, this, &DecisionPanel::showKindLine);
    connect(m_until, &QComboBox::activated, this, &DecisionPanel::showArchiveLine);
    connect(m_archiveReason, &QLineEdit::textEdited, this, &DecisionPanel::showArchiveLine);
    const auto heading = [box](const QString& text) {
        auto* label = new PlainTextLabel(text, TextSize::Small, PlainTextLabel::Ink::Muted, box);
        label->setElided(true);
        return label;
    };
    m_archiveWhat = heading({});
    m_archiveWhat->setObjectName(u"archiveWhat"_s);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->addWidget(heading(tr("A known error: what it is, and what helps")), 0, 0, 1, 2);
    grid->addWidget(m_kindChoice, 1, 0);
    grid->addWidget(m_safety, 1, 1);
    grid->addWidget(m_cause, 2, 0, 1, 2);
    grid->addWidget(m_fix, 3, 0, 1, 2);
    grid->addWidget(m_knownLink, 4, 0, 1, 2);
    grid->addWidget(m_kindReason, 5, 0);
    grid->addWidget(keep, 5, 1);
    grid->addWidget(m_archiveWhat, 0, 2);
    grid->addWidget(m_until, 1, 2);
    grid->addWidget(m_archiveReason, 2, 2);
    grid->addWidget(put, 3, 2, Qt::AlignRight);
    grid->setColumnStretch(0, 3);
    grid->setColumnStretch(2, 3);
    grid->setColumnMinimumWidth(2, 190);
    grid->setRowStretch(6, 1);
    return box;
}

QString DecisionPanel::subject() const
{
    return m_letter.isEmpty() ? m_group : m_letter;
}

void DecisionPanel::show(const QString& group, const LetterChoice& choice, const TimeText& time, UtcTime now)
{
    m_time = time;
    m_now = now;
    const QString letter = choice.ids.size() == 1 ? choice.ids.first() : QString();
    const bool isOtherGroup = m_group != group;
    const bool isOtherSubject = isOtherGroup || m_letter != letter;
    if (!isOtherSubject && m_archivedIds == choice.ids && m_archivedQuery == choice.query)
        return;
    m_group = group;
    m_letter = letter;
    m_archivedIds = choice.ids;
    m_archivedQuery = choice.query;
    freeze();
    if (!isOtherSubject)
        return;
    setEnabled(!group.isEmpty());
    if (isOtherGroup) {
        m_kind->setText({});
        m_next->setText({});
        m_thread->setPlainText({});
        for (QLineEdit* line : {m_comment, m_tags, m_link, m_cause, m_fix, m_knownLink, m_kindReason, m_archiveReason})
            line->clear();
    }
    showLine(group.isEmpty() ? QString() : u"spillwayctl dlq notes "_s + subject());
    if (!group.isEmpty())
        m_sheetLoad.ask(
            [&source = m_data, about = subject()](std::stop_token stop) { return source.decisions(about, stop); });
}

void DecisionPanel::refresh()
{
    if (!m_group.isEmpty())
        m_sheetLoad.refresh(
            [&source = m_data, about = subject()](std::stop_token stop) { return source.decisions(about, stop); });
}

void DecisionPanel::setOpen(bool isOpen)
{
    m_toggle->setChecked(isOpen);
}

void DecisionPanel::openAt(QWidget& field)
{
    setOpen(true);
    field.setFocus();
    // As soon as it has its place: what was closed has none yet.
    QTimer::singleShot(0, &field, [this, shown = &field] { m_room->ensureWidgetVisible(shown, 0, 4); });
}

bool DecisionPanel::isOpen() const
{
    return m_toggle->isChecked();
}

void DecisionPanel::startComment()
{
    openAt(*m_comment);
}

void DecisionPanel::startKind()
{
    openAt(*m_kindChoice);
    showKindLine();
}

void DecisionPanel::startTags()
{
    openAt(*m_tags);
}

void DecisionPanel::startLink()
{
    openAt(*m_link);
}

void DecisionPanel::startArchive()
{
    openAt(*m_until);
    showArchiveLine();
}

/// A group is what stands there when one opens the panel: what arrives later is not archived with it.
void DecisionPanel::freeze()
{
    m_frozen.reset();
    m_freezeLoad.cancel();
    if (!m_letter.isEmpty() || m_group.isEmpty() || !isOpen()) {
        m_archiveWhat->setText(tr("Archive this letter"));
        return;
    }
    if (m_archivedIds.size() > 1) {
        m_archiveWhat->setText(tr("Archive %1 that are marked").arg(lettersText(m_archivedIds.size())));
        return;
    }
    m_archiveWhat->setText(tr("Archive: counting the letters"));
    m_freezeLoad.ask([&source = m_data, query = m_archivedQuery](std::stop_token stop) {
        return source.freezeLetters(query, stop);
    });
}

void DecisionPanel::showFrozen(Result<FrozenLetters> letters)
{
    if (!letters) {
        m_archiveWhat->setText(failureSentence(letters.error()));
        return;
    }
    m_archiveWhat->setText(
        tr("Archive %1 as of %2").arg(lettersText(letters->ids.size()), m_time.brief(letters->at, m_now)));
    m_frozen = std::move(*letters);
    if (m_until->hasFocus() || m_archiveReason->hasFocus())
        showArchiveLine(); // now it can name them
}

void DecisionPanel::undo()
{
    m_undoLoad.ask([&source = m_data](std::stop_token stop) { return source.undoable(stop); });
}

bool DecisionPanel::isSettled() const
{
    return !m_sheetLoad.isRunning() && !m_actLoad.isRunning() && !m_undoLoad.isRunning() && !m_freezeLoad.isRunning();
}

void DecisionPanel::showSheet(Result<DecisionSheet> sheet)
{
    if (!sheet) {
        m_kind->setText(failureSentence(sheet.error()));
        m_next->setText({});
        return;
    }
    if (sheet->substate) {
        const CellMark mark = substateMark(*sheet->substate);
        m_substate->setState(mark.tone, mark.word);
    }
    m_substate->setVisible(sheet->substate.has_value());
    m_marks->show(sheet->tags, sheet->links, sheet->known ? sheet->known->error.link : QString());
    m_kind->setText(kindSentence(*sheet));
    m_next->setText(nextSentence(*sheet));
    const QString thread = threadText(*sheet, m_time);
    if (m_thread->toPlainText() != thread) {
        m_thread->setPlainText(thread);
        m_thread->moveCursor(QTextCursor::End);
    }
    if (!m_kindChoice->hasFocus())
        m_kindChoice->setCurrentIndex(m_kindChoice->findData(failureKindWord(sheet->kind)));
    if (sheet->known && m_cause->text().isEmpty() && m_fix->text().isEmpty() && m_knownLink->text().isEmpty()) {
        m_knownLink->setText(sheet->known->error.link);
        m_cause->setText(sheet->known->error.cause);
        m_fix->setText(sheet->known->error.fix);
        m_safety->setCurrentIndex(m_safety->findData(replaySafetyWord(sheet->known->error.safety)));
    }
}

void DecisionPanel::act(const TriageAction& action)
{
    m_actLoad.ask([&source = m_data, action](std::stop_token stop) { return source.act(action, stop); });
}

void DecisionPanel::comment()
{
    if (!m_comment->text().trimmed().isEmpty())
        act(CommentAction{subject(), m_comment->text()});
}

void DecisionPanel::changeTags()
{
    const TagWords words = readTagWords(m_tags->text());
    if (!words.add.isEmpty() || !words.remove.isEmpty())
        act(TagAction{{subject()}, words.add, words.remove});
}

void DecisionPanel::keepLink()
{
    const LinkMark link = readLinkWords(m_link->text());
    if (!link.url.isEmpty())
        act(LinkAction{.subject = subject(), .url = link.url, .title = link.title, .isRemoved = false});
}

/// A stranger may have written it: it is read before it is opened.
void DecisionPanel::askToOpen(const QString& url, const QString& title)
{
    ConfirmRequest request;
    request.title = tr("Open this address in the browser?");
    request.consequence = tr("Somebody kept it with these letters. Read it: what opens is what stands here.");
    request.facts = {{tr("Address"), visibleText(url)}};
    if (!title.isEmpty())
        request.facts.emplace_back(tr("Called"), visibleText(title));
    request.actionText = tr("Open the address");
    m_prompter.confirm(this, request, [this, url](const ConfirmAnswer& answer) {
        if (answer.isAccepted)
            m_prompter.openAddress(url);
    });
}

void DecisionPanel::keepKind()
{
    if (m_kindReason->text().trimmed().isEmpty()) {
        Q_EMIT said(tr("A kind needs its reason; it stands in the ledger"));
        m_kindReason->setFocus();
        return;
    }
    act(KnownErrorAction{
        m_group,
        KnownError{.kind = failureKindFromWord(m_kindChoice->currentData().toString()).value_or(FailureKind::Unknown),
                   .cause = m_cause->text(),
                   .fix = m_fix->text(),
                   .link = m_knownLink->text().trimmed(),
                   .safety = replaySafetyFromWord(m_safety->currentData().toString()).value_or(ReplaySafety::WithCare)},
        m_kindReason->text()});
}

/// Just the letters that stand in the panel; empty: they are still being counted.
QStringList DecisionPanel::lettersToArchive() const
{
    return !m_letter.isEmpty()        ? QStringList{m_letter}
           : m_archivedIds.size() > 1 ? m_archivedIds
           : m_frozen                 ? m_frozen->ids
                                      : QStringList();
}

void DecisionPanel::archive()
{
    if (m_archiveReason->text().trimmed().isEmpty()) {
        Q_EMIT said(tr("Archiving needs its reason; it stands in the ledger"));
        m_archiveReason->setFocus();
        return;
    }
    const QStringList ids = lettersToArchive();
    if (ids.isEmpty()) {
        Q_EMIT said(tr("The letters are still being counted; press again when their number stands there"));
        return;
    }
    ArchiveAction action{.ids = ids,
                         .query = std::nullopt,
                         .until = ArchiveUntil::Forever,
                         .at = std::nullopt,
                         .future = m_until->currentIndex() == ForeverWithFuture,
                         .reason = m_archiveReason->text()};
    if (m_until->currentIndex() == UntilEscalates)
        action.until = ArchiveUntil::Escalates;
    if (m_until->currentIndex() == UntilWeek || m_until->currentIndex() == UntilMonth) {
        action.until = ArchiveUntil::Date;
        action.at = m_now + day * (m_until->currentIndex() == UntilWeek ? 7 : 30);
    }
    act(action);
}

void DecisionPanel::showLine(const QString& line)
{
    m_line->setLine(line);
}

void DecisionPanel::showKindLine()
{
    QString line = u"spillwayctl dlq known set %1 --kind %2 --safe-to-replay %3"_s.arg(
        m_group, m_kindChoice->currentData().toString(), m_safety->currentData().toString());
    if (!m_cause->text().isEmpty())
        line += u" --cause "_s + shellQuoted(m_cause->text());
    if (!m_fix->text().isEmpty())
        line += u" --fix "_s + shellQuoted(m_fix->text());
    if (!m_knownLink->text().isEmpty())
        line += u" --link "_s + shellQuoted(m_knownLink->text());
    showLine(line + u" --reason "_s + orWord(m_kindReason->text(), u"TEXT"_s));
}

void DecisionPanel::showArchiveLine()
{
    QString until = u"forever"_s;
    switch (m_until->currentIndex()) {
    case ForeverWithFuture:
        until = u"forever --future"_s;
        break;
    case UntilEscalates:
        until = u"escalates"_s;
        break;
    case UntilWeek:
    case UntilMonth:
        until = formatUtc(m_now + day * (m_until->currentIndex() == UntilWeek ? 7 : 30));
        break;
    default:
        break;
    }
    const QString letters = namedLetters(lettersToArchive());
    if (letters.isEmpty())
        showLine({}); // they are still counted, or too many to be named
    else
        showLine(u"spillwayctl dlq archive %1 --until %2 --reason %3"_s.arg(
            letters, until, orWord(m_archiveReason->text(), u"TEXT"_s)));
}

} // namespace spillway::views
