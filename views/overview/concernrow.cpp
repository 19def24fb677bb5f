// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/concernrow.h"

#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

Tone toneOf(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
        return Tone::Critical;
    case Severity::Warning:
        return Tone::Warning;
    case Severity::Info:
        return Tone::Neutral;
    }
    return Tone::Unknown;
}

QString pageOf(ConcernScreen screen)
{
    switch (screen) {
    case ConcernScreen::Connections:
        return {};
    case ConcernScreen::Lag:
        return u"lag"_s;
    case ConcernScreen::Slo:
        return u"slos"_s;
    case ConcernScreen::DeadLetters:
        return u"dead-letters"_s;
    case ConcernScreen::Replays:
        return u"replays"_s;
    case ConcernScreen::Setup:
        return u"overview"_s;
    }
    return {};
}

QWidget* badgeColumn(StateBadge* badge, QWidget* row)
{
    auto* column = new QWidget(row);
    column->setFixedWidth(88);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(badge);
    layout->addStretch(1);
    return column;
}

void paintRowGround(QWidget& row, bool isCurrent)
{
    QPainter painter(&row);
    const Tokens& tokens = tokensFor(row.palette());
    painter.fillRect(row.rect(), tokens.surface);
    painter.fillRect(QRect(0, row.height() - 1, row.width(), 1), mixed(tokens.line, tokens.surface, 0.5));
    if (isCurrent)
        painter.fillRect(QRect(0, 0, 2, row.height() - 1), tokens.accent);
}

QString ownerLine(const Concern& concern, const TimeText& time, UtcTime now)
{
    QStringList parts;
    parts << concern.team.value_or(ConcernRow::tr("nobody owns it"));
    if (!concern.oncall.isEmpty())
        parts << ConcernRow::tr("on call %1").arg(concern.oncall);
    if (!concern.channel.isEmpty())
        parts << concern.channel;
    if (concern.since)
        parts << ConcernRow::tr("since %1 %2, %3")
                     .arg(time.brief(*concern.since, now), time.zoneName(*concern.since),
                          time.relative(*concern.since, now));
    if (concern.until)
        parts << ConcernRow::tr("worse at %1 %2, %3")
                     .arg(time.brief(*concern.until, now), time.zoneName(*concern.until),
                          time.relative(*concern.until, now));
    return parts.join(u" · "_s);
}

ConcernRow::ConcernRow(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(u"concern"_s);
    m_badge = new StateBadge(this);
    m_summary = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_summary->setFont(uiFont(TextSize::Body, true));
    m_summary->setWordWrap(true);
    m_evidence = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_evidence->setWordWrap(true);
    m_owner = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_owner->setWordWrap(true);
    m_action = new QPushButton(this);
    m_action->setObjectName(u"concernAction"_s);
    m_action->installEventFilter(this);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_summary);
    words->addWidget(m_evidence);
    words->addWidget(m_owner);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 13);
    layout->setSpacing(8);
    layout->addWidget(badgeColumn(m_badge, this));
    layout->addLayout(words, 1);
    layout->addSpacing(16);
    layout->addWidget(m_action, 0, Qt::AlignVCenter);
    connect(m_action, &QPushButton::clicked, this, &ConcernRow::acted);
}

void ConcernRow::show(const Concern& concern, const TimeText& time, UtcTime now)
{
    m_concern = concern;
    m_badge->setState(toneOf(concern.severity), severityWord(concern.severity));
    m_summary->setText(concern.summary);
    m_evidence->setText(concern.evidence);
    m_evidence->setVisible(!concern.evidence.isEmpty());
    m_owner->setText(ownerLine(concern, time, now));
    m_action->setText(concern.action.label);
    m_action->setVisible(!concern.action.label.isEmpty());
    m_action->setAccessibleName(concern.action.label + u": "_s + concern.summary);
    setAccessibleName(severityWord(concern.severity) + u": "_s + concern.summary);
}

bool ConcernRow::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_action && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        if (event->type() == QEvent::FocusIn)
            Q_EMIT focused();
        update();
    }
    return QWidget::eventFilter(watched, event);
}

void ConcernRow::paintEvent(QPaintEvent* /*event*/)
{
    paintRowGround(*this, m_action->hasFocus());
}

} // namespace spillway::views
