// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/revealbar.h"

#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"

#include <QHBoxLayout>
#include <QPointer>
#include <QPushButton>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

RevealBar::RevealBar(Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_prompter(prompter)
{
    setObjectName(u"revealBar"_s);
    m_text = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_text->setObjectName(u"revealText"_s);
    m_text->setElided(true);
    m_button = new QPushButton(this);
    m_button->setObjectName(u"revealButton"_s);
    connect(m_button, &QPushButton::clicked, this, [this] { isRevealing() ? end() : ask(); });
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(8);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    m_end.setSingleShot(true);
    m_end.setInterval(lasts);
    connect(&m_end, &QTimer::timeout, this, [this] {
        showState();
        Q_EMIT ended();
    });
    showState();
}

void RevealBar::setLetter(const QString& letterId)
{
    if (m_letterId == letterId)
        return;
    m_letterId = letterId;
    m_end.stop();
    showState();
}

void RevealBar::begin()
{
    m_end.start();
    showState();
}

void RevealBar::end()
{
    if (!isRevealing())
        return;
    m_end.stop();
    showState();
    Q_EMIT ended();
}

void RevealBar::ask()
{
    if (m_letterId.isEmpty() || isRevealing())
        return;
    const ConfirmRequest request{
        .title = tr("Show this message without masks?"),
        .consequence = tr("That you looked, at which message and why goes into the ledger. The marks come back after "
                          "two minutes, or when you choose another message."),
        .asksReason = true,
        .actionText = tr("Show without masks"),
        .commandLine = u"spillwayctl dlq show %1 --reveal --reason TEXT"_s.arg(m_letterId)};
    m_prompter.confirm(this, request, [self = QPointer(this), letter = m_letterId](const ConfirmAnswer& answer) {
        if (self && answer.isAccepted && self->m_letterId == letter)
            Q_EMIT self->asked(letter, answer.reason);
    });
}

void RevealBar::showState()
{
    m_button->setEnabled(!m_letterId.isEmpty());
    if (isRevealing()) {
        m_text->setText(tr("⚠ Unmasked and on record; two minutes at most"));
        m_button->setText(tr("Mask again"));
    } else {
        m_text->setText(tr("What is personal is masked: •••"));
        m_button->setText(tr("Reveal…"));
    }
}

} // namespace spillway::views
