// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/statepane.h"

#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

StatePane::StatePane(QWidget* content, QWidget* parent)
    : QWidget(parent)
    , m_content(content)
{
    m_bar = new QProgressBar(this);
    m_bar->setRange(0, 0);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Loading"));
    QSizePolicy keepsRoom = m_bar->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true); // nothing jumps when it comes
    m_bar->setSizePolicy(keepsRoom);
    m_bar->setFixedHeight(2);
    m_bar->hide();

    m_banner = new QWidget(this);
    m_bannerBadge = new StateBadge(m_banner);
    m_bannerText = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_banner);
    m_bannerText->setObjectName(u"stateBanner"_s);
    m_bannerText->setWordWrap(true);
    auto* bannerLayout = new QHBoxLayout(m_banner);
    bannerLayout->setContentsMargins(0, 4, 0, 8);
    bannerLayout->setSpacing(8);
    bannerLayout->addWidget(m_bannerBadge, 0, Qt::AlignTop);
    bannerLayout->addWidget(m_bannerText, 1);
    m_banner->hide();

    m_page = new QWidget(this);
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_page);
    m_title->setFont(uiFont(TextSize::Title, true));
    m_title->setWordWrap(true);
    m_body = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_page);
    m_body->setWordWrap(true);
    m_body->setSelectable(true);
    m_next = new QPushButton(m_page);
    m_next->setObjectName(u"stateNextStep"_s);
    connect(m_next, &QPushButton::clicked, this, [this] {
        if (m_run)
            m_run();
    });
    auto* column = new QVBoxLayout;
    column->setSpacing(8);
    column->addWidget(m_title);
    column->addWidget(m_body);
    column->addSpacing(8);
    column->addWidget(m_next, 0, Qt::AlignLeft);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addLayout(column, 4);
    centred->addStretch(1);
    auto* pageLayout = new QVBoxLayout(m_page);
    pageLayout->addStretch(2);
    pageLayout->addLayout(centred);
    pageLayout->addStretch(5);

    m_stack = new QStackedLayout;
    m_stack->addWidget(m_content);
    m_stack->addWidget(m_page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_banner);
    layout->addLayout(m_stack, 1);

    m_barDelay.setSingleShot(true);
    m_barDelay.setInterval(300);
    connect(&m_barDelay, &QTimer::timeout, m_bar, &QWidget::show);
}

void StatePane::showLoading(const QString& what)
{
    m_isLoading = true;
    if (!m_barDelay.isActive() && m_bar->isHidden())
        m_barDelay.start();
    if (m_hasContent)
        return;
    m_state = State::Loading;
    showMessage(what, {}, {});
    m_title->setInk(PlainTextLabel::Ink::Muted);
}

void StatePane::showContent()
{
    endLoading();
    m_state = State::Content;
    m_hasContent = true;
    m_banner->hide();
    m_stack->setCurrentWidget(m_content);
}

void StatePane::showEmpty(const QString& what, const QString& why, NextStep next)
{
    endLoading();
    m_state = State::Empty;
    m_hasContent = false;
    m_banner->hide();
    showMessage(what, why, next);
}

void StatePane::showFailure(const QString& what, const Error& error, NextStep next)
{
    endLoading();
    m_state = State::Failed;
    if (!m_hasContent) {
        m_banner->hide();
        showMessage(what, failureSentence(error), next);
        return;
    }
    m_bannerBadge->setState(Tone::Critical, what);
    m_bannerText->setText(failureSentence(error) + u' ' + tr("What was read before stays below."));
    m_banner->show();
}

void StatePane::setStale(const QString& sentence)
{
    if (m_state == State::Failed)
        return; // the failure says more
    m_bannerBadge->setState(Tone::Warning, tr("stale"));
    m_bannerText->setText(sentence);
    m_banner->setVisible(!sentence.isEmpty());
}

bool StatePane::isStale() const
{
    return m_state == State::Content && !m_banner->isHidden();
}

QString StatePane::stateText() const
{
    QStringList sentences;
    if (!m_banner->isHidden())
        sentences << m_bannerBadge->word() << m_bannerText->fullText();
    if (m_stack->currentWidget() == m_page) {
        sentences << m_title->fullText() << m_body->fullText();
        if (!m_next->isHidden())
            sentences << m_next->text();
    }
    sentences.removeAll(QString());
    return sentences.join(u'\n');
}

void StatePane::showMessage(const QString& title, const QString& body, const NextStep& next)
{
    m_title->setInk(PlainTextLabel::Ink::Text);
    m_title->setText(title);
    m_body->setText(body);
    m_body->setVisible(!body.isEmpty());
    m_next->setText(next.text);
    m_run = next.run;
    m_next->setVisible(!next.text.isEmpty());
    m_stack->setCurrentWidget(m_page);
}

void StatePane::endLoading()
{
    m_isLoading = false;
    m_barDelay.stop();
    m_bar->hide();
}

QString failureSentence(const Error& error)
{
    for (const QString& of : {u"query: "_s, u"query, "_s}) { // the latter with a column
        if (error.code == ErrorCode::InvalidConfig && error.detail.startsWith(of))
            return StatePane::tr("The filter has a fault: %1.").arg(error.detail.sliced(of.size()));
    }
    QString kind;
    switch (error.code) {
    case ErrorCode::InvalidConfig:
        kind = StatePane::tr("The workspace or the question has a fault.");
        break;
    case ErrorCode::Unauthorised:
        kind = StatePane::tr("Access was refused.");
        break;
    case ErrorCode::Unreachable:
        kind = StatePane::tr("It could not be reached.");
        break;
    case ErrorCode::TimedOut:
        kind = StatePane::tr("No answer came in time.");
        break;
    case ErrorCode::Cancelled:
        kind = StatePane::tr("It was cancelled.");
        break;
    case ErrorCode::Corrupt:
        kind = StatePane::tr("A stored file is damaged.");
        break;
    case ErrorCode::Conflict:
        kind = StatePane::tr("Somebody else holds it or has changed it.");
        break;
    case ErrorCode::NotFound:
        kind = StatePane::tr("It does not exist.");
        break;
    case ErrorCode::Unsupported:
        kind = StatePane::tr("This broker or file cannot do it.");
        break;
    case ErrorCode::Internal:
        kind = StatePane::tr("Spillway made a mistake; nothing was changed.");
        break;
    }
    return error.detail.isEmpty() ? kind : kind + u' ' + error.detail;
}

} // namespace spillway::views
