// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/noticespane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/schemas/schemawords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSaveFile>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString stepKey(const SchemaNotice& notice)
{
    return u"%1 %2 %3"_s.arg(notice.impact.eventType).arg(notice.impact.from).arg(notice.impact.to);
}

} // namespace

NoticesPane::NoticesPane(const ViewContext& context, SchemaSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_notices(5, &stepKey)
    , m_messages(4, [](const MessageRow& row) { return row.message.id; })
    , m_load([this](Result<Messages> messages) { showMessages(std::move(messages)); })
    , m_intent([this](Result<QString> done) {
        Q_EMIT said(done ? *done : tr("Nothing was sent: %1").arg(done.error().detail));
        askMessages();
        Q_EMIT sent();
    })
{
    m_noticeView = new TableView(u"schema-notices"_s, context.prompter, this);
    m_noticeView->setObjectName(u"schemaNotices"_s);
    m_noticeView->setAccessibleName(tr("Calendar of changes that break somebody"));
    m_noticeView->show(&m_notices, noticeColumns());
    m_noticeView->setRowKey([this](const QModelIndex& index) { return stepKey(m_notices.at(index)); });
    connect(m_noticeView, &TableView::currentRowChanged, this, &NoticesPane::presentNotice);
    connect(m_noticeView, &TableView::exportFailed, this, &NoticesPane::said);
    m_empty = new PlainTextLabel(tr("No newest version breaks a consumer: nothing has to be announced."),
                                 TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_empty->setObjectName(u"noNotices"_s);
    m_empty->setWordWrap(true);
    m_export = new QPushButton(tr("Export calendar…"), this);
    m_export->setObjectName(u"exportCalendar"_s);
    connect(m_export, &QPushButton::clicked, this, &NoticesPane::exportCalendar);
    auto* calendar = new QWidget(this);
    auto* above = new QVBoxLayout(calendar);
    above->setContentsMargins(0, 8, 0, 8);
    above->setSpacing(8);
    above->addWidget(m_empty);
    above->addWidget(m_noticeView, 1);
    above->addWidget(m_export, 0, Qt::AlignRight);
    auto* split = new SplitView(u"schema-notices"_s, Qt::Vertical, {2, 3}, this);
    split->addWidget(calendar);
    split->addWidget(buildMessages());
    m_command = new CommandLine(u"spillwayctl schema impact --calendar notices.ics"_s, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(split, 1);
    layout->addWidget(m_command);
}

QWidget* NoticesPane::buildMessages()
{
    auto* pane = new QWidget(this);
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, pane);
    m_title->setFont(uiFont(TextSize::Title, true));
    m_title->setElided(true);
    m_title->setObjectName(u"noticeTitle"_s);
    m_note = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, pane);
    m_note->setObjectName(u"noticeNote"_s);
    m_note->setWordWrap(true);
    m_note->setSelectable(true);
    m_messageView = new TableView(u"schema-messages"_s, m_context.prompter, pane);
    m_messageView->setObjectName(u"schemaMessages"_s);
    m_messageView->setAccessibleName(tr("Messages to the teams"));
    m_messageView->show(&m_messages, messageColumns());
    m_messageView->setRowKey([this](const QModelIndex& index) { return m_messages.at(index).message.id; });
    connect(m_messageView, &TableView::currentRowChanged, this, &NoticesPane::presentMessage);
    connect(m_messageView, &TableView::exportFailed, this, &NoticesPane::said);
    m_text = new QPlainTextEdit(pane);
    m_text->setObjectName(u"messageText"_s);
    m_text->setAccessibleName(tr("What the message says"));
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setFont(uiFont(TextSize::Body));
    m_send = new QPushButton(pane);
    m_send->setObjectName(u"sendNews"_s);
    connect(m_send, &QPushButton::clicked, this, &NoticesPane::send);
    m_retry = new QPushButton(tr("Send again…"), pane);
    m_retry->setObjectName(u"retryNews"_s);
    connect(m_retry, &QPushButton::clicked, this, &NoticesPane::retry);
    auto* split = new SplitView(u"schema-messages"_s, Qt::Horizontal, {3, 2}, pane);
    split->addWidget(m_messageView);
    split->addWidget(m_text);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(m_note, 1);
    bar->addWidget(m_retry, 0, Qt::AlignTop);
    bar->addWidget(m_send, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addLayout(bar);
    layout->addWidget(split, 1);
    return pane;
}

std::vector<ColumnSpec> NoticesPane::noticeColumns() const
{
    const auto row = [this](const QModelIndex& index) -> const SchemaNotice& { return m_notices.at(index); };
    ColumnSpec step{.column = 0, .title = tr("Change"), .width = 220, .stretches = true};
    step.text = [row](const QModelIndex& i) {
        const EventImpact& impact = row(i).impact;
        return tr("%1  v%2 to v%3").arg(visibleText(impact.eventType)).arg(impact.from).arg(impact.to);
    };
    ColumnSpec told{.column = 1, .title = tr("All teams told"), .width = 172};
    told.text = [this, row](const QModelIndex& i) {
        const auto at = row(i).toldAt;
        return at ? m_context.settings.timeText().brief(*at, m_context.settings.now()) : tr("not yet");
    };
    ColumnSpec day{.column = 2, .title = tr("May come on"), .width = 220};
    day.text = [this, row](const QModelIndex& i) { return noticeDayText(row(i), m_today); };
    day.sortKey = [row](const QModelIndex& i) { return QVariant(row(i).day); };
    ColumnSpec missing{.column = 3, .title = tr("Not acknowledged by"), .width = 260};
    missing.text = [row](const QModelIndex& i) { return visibleText(missingText(row(i))); };
    ColumnSpec state{.column = 4, .title = tr("State"), .width = 112};
    state.mark = [row](const QModelIndex& i) { return std::optional(noticeMark(row(i).state)); };
    return {step, told, day, missing, state};
}

std::vector<ColumnSpec> NoticesPane::messageColumns() const
{
    const auto row = [this](const QModelIndex& index) -> const MessageRow& { return m_messages.at(index); };
    ColumnSpec team{.column = 0, .title = tr("Team"), .width = 132};
    team.text = [row](const QModelIndex& i) { return visibleText(row(i).message.team); };
    ColumnSpec target{.column = 1, .title = tr("By"), .width = 232};
    target.text = [row](const QModelIndex& i) {
        const NotifyMessage& message = row(i).message;
        return visibleText(message.channel.isEmpty()
                               ? tr("%1 (%2)").arg(message.target, notifyKindWord(message.kind))
                               : tr("%1 (%2, %3)").arg(message.target, notifyKindWord(message.kind), message.channel));
    };
    ColumnSpec detail{.column = 2, .title = tr("What became of it"), .width = 212, .stretches = true};
    detail.text = [this, row](const QModelIndex& i) {
        return row(i).outcome ? visibleText(outcomeText(*row(i).outcome, m_context.settings))
                              : tr("nothing was sent yet");
    };
    ColumnSpec state{.column = 3, .title = tr("State"), .width = 104};
    state.mark = [row](const QModelIndex& i) {
        return std::optional(row(i).outcome ? outcomeMark(row(i).outcome->state)
                                            : CellMark{Tone::Neutral, tr("not sent")});
    };
    return {team, target, detail, state};
}

bool NoticesPane::isBusy() const
{
    return m_load.isRunning() || m_intent.isRunning();
}

void NoticesPane::show(std::vector<SchemaNotice> notices, QDate today)
{
    m_today = today;
    m_empty->setVisible(notices.empty());
    m_noticeView->setVisible(!notices.empty());
    m_export->setVisible(!notices.empty());
    m_notices.apply(std::move(notices));
    if (m_notices.rowCount() > 0 && !m_noticeView->currentIndex().isValid())
        m_noticeView->selectRow(0);
    else
        presentNotice();
}

void NoticesPane::choose(const QString& eventType, int version)
{
    for (int row = 0; row < m_notices.rowCount(); ++row) {
        const EventImpact& impact = m_notices.row(row).impact;
        if (impact.eventType != eventType || impact.to != version)
            continue;
        m_noticeView->selectRow(m_noticeView->presented().mapFromSource(m_notices.index(row, 0)).row());
        return;
    }
    // A step without a notice can be told of all the same.
    m_noticeView->clearSelection();
    m_event = eventType;
    m_version = version;
    askMessages();
}

/// What nobody sees is not asked for; it is when the pane comes into sight.
void NoticesPane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    askMessages();
}

void NoticesPane::presentNotice()
{
    const QModelIndex current = m_noticeView->currentSource();
    if (current.isValid()) {
        const EventImpact& impact = m_notices.at(current).impact;
        m_event = impact.eventType;
        m_version = impact.to;
    }
    askMessages();
}

void NoticesPane::askMessages()
{
    m_title->setVisible(!m_event.isEmpty());
    m_send->setVisible(!m_event.isEmpty());
    m_retry->setVisible(!m_event.isEmpty());
    m_messageView->setVisible(!m_event.isEmpty());
    m_text->setVisible(!m_event.isEmpty());
    if (m_event.isEmpty() || !isVisible())
        return;
    m_title->setText(tr("What the teams are told of %1 v%2").arg(visibleText(m_event)).arg(m_version));
    m_load.refresh(
        [&source = m_source, event = m_event, version = m_version](std::stop_token stop) -> Result<Messages> {
            auto preview = source.previewNews(event, version, stop);
            if (!preview)
                return tl::unexpected<Error>(preview.error());
            auto outbox = source.news(stop);
            if (!outbox)
                return tl::unexpected<Error>(outbox.error());
            return Messages{.preview = std::move(*preview), .outbox = std::move(*outbox)};
        });
}

void NoticesPane::showMessages(Result<Messages> messages)
{
    if (!messages) {
        m_preview = {};
        m_messages.replace({});
        m_text->clear();
        m_note->setText(visibleText(messages.error().detail, true));
        m_send->setEnabled(false);
        m_send->setText(tr("Send…"));
        m_retry->setEnabled(false);
        return;
    }
    m_preview = std::move(messages->preview);
    std::vector<MessageRow> rows;
    qsizetype unsent = 0;
    for (const NotifyMessage& message : m_preview.messages) {
        MessageRow row{.message = message, .outcome = {}};
        for (const Notification& one : messages->outbox) {
            if (one.message.id == message.id)
                row.outcome = one;
        }
        unsent += row.outcome ? 0 : 1;
        rows.push_back(std::move(row));
    }
    m_messages.apply(std::move(rows));
    if (m_messages.rowCount() > 0 && !m_messageView->currentIndex().isValid())
        m_messageView->selectRow(0);
    QStringList notes;
    if (m_preview.messages.empty())
        notes += tr("Nobody is told: no consumer is named, or no target is for them.");
    else if (unsent == 0)
        notes += tr("Every message was sent; the same is never sent twice by itself.");
    if (!m_preview.unreached.isEmpty())
        notes += tr("No target is for %1.").arg(m_preview.unreached.join(u", "));
    m_note->setText(visibleText(notes.join(u' ')));
    m_send->setText(unsent == 0   ? tr("Send…")
                    : unsent == 1 ? tr("Send 1 message…")
                                  : tr("Send %1 messages…").arg(unsent));
    m_send->setEnabled(unsent > 0);
    presentMessage();
}

void NoticesPane::presentMessage()
{
    const QModelIndex current = m_messageView->currentSource();
    const bool isThere = current.isValid();
    const auto outcome = isThere ? m_messages.at(current).outcome : std::nullopt;
    m_text->setPlainText(isThere ? visibleText(notificationText(m_messages.at(current).message), true) : QString());
    m_retry->setEnabled(outcome && (outcome->state == NotifyState::Failed || outcome->state == NotifyState::InDoubt));
}

void NoticesPane::send()
{
    if (m_intent.isRunning() || m_preview.messages.empty())
        return;
    ConfirmRequest request;
    QStringList to;
    for (int row = 0; row < m_messages.rowCount(); ++row) {
        if (!m_messages.row(row).outcome)
            to += tr("%1 by %2").arg(m_messages.row(row).message.team, m_messages.row(row).message.target);
    }
    request.title = to.size() == 1 ? tr("Send 1 message?") : tr("Send %1 messages?").arg(to.size());
    request.consequence = tr("They are sent as they are shown here, and cannot be called back. Each is sent once.");
    request.facts = {{tr("Change"), tr("%1 v%2").arg(m_event).arg(m_version)}, {tr("To"), to.join(u", ")}};
    request.actionText = tr("Send");
    request.commandLine = u"spillwayctl notify send schema %1 --version %2 --digest %3"_s.arg(shellQuoted(m_event))
                              .arg(m_version)
                              .arg(m_preview.digest);
    m_context.prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_intent.ask([&source = m_source, event = m_event, version = m_version,
                      digest = m_preview.digest](std::stop_token stop) -> Result<QString> {
            const auto sent = source.sendNews(event, version, digest, stop);
            if (!sent)
                return tl::unexpected<Error>(sent.error());
            return sentText(*sent);
        });
    });
}

void NoticesPane::retry()
{
    const QModelIndex current = m_messageView->currentSource();
    if (!current.isValid() || m_intent.isRunning())
        return;
    const NotifyMessage message = m_messages.at(current).message;
    ConfirmRequest request;
    request.title = tr("Send it to %1 again?").arg(message.team);
    request.consequence = tr("If it did arrive the first time, they read it twice.");
    request.facts = {{tr("By"), message.target}};
    request.actionText = tr("Send again");
    request.commandLine = u"spillwayctl notify retry %1"_s.arg(message.id);
    m_context.prompter.confirm(this, request, [this, id = message.id](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_intent.ask([&source = m_source, id](std::stop_token stop) -> Result<QString> {
            const auto sent = source.retryNews(id, stop);
            if (!sent)
                return tl::unexpected<Error>(sent.error());
            return sentText(*sent);
        });
    });
}

void NoticesPane::exportCalendar()
{
    std::vector<SchemaNotice> notices;
    for (int row = 0; row < m_notices.rowCount(); ++row)
        notices.push_back(m_notices.row(row));
    if (notices.empty())
        return;
    m_context.prompter.chooseSaveFile(
        this, tr("Export the calendar"), u"schema-notices.ics"_s, tr("iCalendar (*.ics)"),
        [this, calendar = noticesAsCalendar(notices, m_today)](const QString& name) {
            if (name.isEmpty())
                return;
            QSaveFile file(name);
            const bool isWritten =
                file.open(QIODevice::WriteOnly) && file.write(calendar) == calendar.size() && file.commit();
            Q_EMIT said(isWritten ? tr("Written to %1").arg(name)
                                  : tr("%1 cannot be written: %2").arg(name, file.errorString()));
        });
}

} // namespace spillway::views
