// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/alerts/alertrow.h"

#include "views/overview/concernrow.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

QPushButton* AlertRow::addButton(const char* name)
{
    auto* button = new QPushButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->installEventFilter(this);
    return button;
}

AlertRow::AlertRow(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(u"alert"_s);
    m_badge = new StateBadge(this);

    const auto label = [this](PlainTextLabel::Ink ink) {
        auto* made = new PlainTextLabel({}, TextSize::Body, ink, this);
        made->setWordWrap(true);
        return made;
    };
    m_summary = label(PlainTextLabel::Ink::Text);
    m_summary->setFont(uiFont(TextSize::Body, true));
    m_evidence = label(PlainTextLabel::Ink::Text);
    m_state = label(PlainTextLabel::Ink::Text);
    m_state->setObjectName(u"alertState"_s);
    m_told = label(PlainTextLabel::Ink::Text);
    m_told->setObjectName(u"alertTold"_s);
    m_owner = label(PlainTextLabel::Ink::Muted);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    for (PlainTextLabel* each : {m_summary, m_evidence, m_state, m_told, m_owner})
        words->addWidget(each);

    m_step = addButton("alertStep");
    m_acknowledge = addButton("alertAcknowledge");
    m_acknowledge->setText(tr("Acknowledge…"));
    m_silence = addButton("alertSilence");
    m_silence->setText(tr("Silence…"));
    m_undo = addButton("alertUndo");
    m_undo->setText(tr("Take back…"));
    auto* decisions = new QHBoxLayout;
    decisions->setSpacing(8);
    for (QPushButton* each : {m_acknowledge, m_silence, m_undo})
        decisions->addWidget(each);
    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(m_step);
    buttons->addLayout(decisions);
    buttons->addStretch(1);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 13);
    layout->setSpacing(8);
    layout->addWidget(badgeColumn(m_badge, this));
    layout->addLayout(words, 1);
    layout->addSpacing(16);
    layout->addLayout(buttons);
    connect(m_step, &QPushButton::clicked, this, &AlertRow::stepAsked);
    connect(m_acknowledge, &QPushButton::clicked, this, &AlertRow::acknowledgeAsked);
    connect(m_silence, &QPushButton::clicked, this, &AlertRow::silenceAsked);
    connect(m_undo, &QPushButton::clicked, this, &AlertRow::undoAsked);
}

void AlertRow::show(const Alert& alert, const std::vector<Alert>& all, const TimeText& time, UtcTime now)
{
    m_alert = alert;
    const Concern& concern = alert.incident.concern;
    m_badge->setState(toneOf(concern.severity), severityWord(concern.severity));
    m_summary->setText(concern.summary);
    m_evidence->setText(concern.evidence);
    m_evidence->setVisible(!concern.evidence.isEmpty());
    m_state->setText(AlertWords::state(alert, all, time, now));
    const QString told = AlertWords::told(alert, time, now);
    m_told->setText(told);
    m_told->setVisible(!told.isEmpty());
    m_owner->setText(ownerLine(concern, time, now));
    const bool isOpen = alert.state != AlertState::Resolved;
    const bool isDecided = alert.decision.has_value();
    m_step->setText(concern.action.label);
    m_step->setVisible(isOpen && !concern.action.label.isEmpty());
    m_acknowledge->setVisible(isOpen && !isDecided);
    m_silence->setVisible(isOpen && !isDecided);
    m_undo->setVisible(isOpen && isDecided);
    for (QPushButton* button : {m_step, m_acknowledge, m_silence, m_undo})
        button->setAccessibleName(button->text() + u": "_s + concern.summary);
    setAccessibleName(
        u"%1, %2: %3"_s.arg(severityWord(concern.severity), alertStateWord(alert.state), concern.summary));
}

void AlertRow::takeFocus()
{
    for (QPushButton* button : {m_step, m_acknowledge, m_undo}) {
        if (!button->isHidden())
            return button->setFocus();
    }
}

bool AlertRow::holdsFocus() const
{
    return m_step->hasFocus() || m_acknowledge->hasFocus() || m_silence->hasFocus() || m_undo->hasFocus();
}

bool AlertRow::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn)
        Q_EMIT focused();
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::eventFilter(watched, event);
}

void AlertRow::paintEvent(QPaintEvent* /*event*/)
{
    paintRowGround(*this, holdsFocus());
}

} // namespace spillway::views
