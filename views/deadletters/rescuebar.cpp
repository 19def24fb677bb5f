// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/rescuebar.h"

#include "model/base/text.h"
#include "views/shell/datasource.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"

#include <QHBoxLayout>
#include <QPushButton>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

RescueBar::RescueBar(DataSource& source, QWidget* parent)
    : QWidget(parent)
    , m_data(source)
    , m_load([this](Result<RescueReport> report) { show(std::move(report)); })
{
    setObjectName(u"rescueBar"_s);
    m_text = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_text->setObjectName(u"rescueText"_s);
    m_text->setWordWrap(true);
    m_button = new QPushButton(this);
    m_button->setObjectName(u"rescueButton"_s);
    connect(m_button, &QPushButton::clicked, this, &RescueBar::press);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(8);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    hide();
}

void RescueBar::setLetter(const DeadLetter& letter)
{
    const bool isPossible = letter.facts.isPointer && !letter.record.value;
    const QString id = isPossible ? letter.id : QString();
    if (m_letterId == id)
        return;
    m_load.cancel();
    m_letterId = id;
    showReady();
    setVisible(isPossible);
}

void RescueBar::clear()
{
    m_load.cancel();
    m_letterId.clear();
    hide();
}

void RescueBar::showReady()
{
    m_text->setText(tr("Not stored here: it is lost when its origin lets it go"));
    m_button->setText(tr("Rescue the payload"));
}

void RescueBar::press()
{
    if (m_load.isRunning()) {
        m_load.cancel();
        showReady();
        Q_EMIT said(tr("Stopped"));
        return;
    }
    m_text->setText(tr("Asking its origin for the payload"));
    m_button->setText(tr("Cancel"));
    m_load.ask([&source = m_data, id = m_letterId](std::stop_token stop) {
        return source.rescueLetters({id}, {}, nullptr, stop);
    });
}

void RescueBar::show(Result<RescueReport> report)
{
    showReady();
    if (!report) {
        m_text->setText(failureSentence(report.error()));
        return;
    }
    const auto& why = report->gone.empty() ? report->refused : report->gone;
    if (!why.empty()) {
        m_text->setText(visibleText(why.front().second));
        return;
    }
    Q_EMIT said(rescueText(*report));
    if (report->rescued + report->already > 0)
        Q_EMIT rescued();
}

} // namespace spillway::views
