// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/setuppane.h"

#include "model/base/text.h"
#include "views/shell/datasource.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/statepane.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

Tone toneOf(DoctorSeverity severity)
{
    switch (severity) {
    case DoctorSeverity::Error:
        return Tone::Critical;
    case DoctorSeverity::Warning:
        return Tone::Warning;
    case DoctorSeverity::Info:
        return Tone::Neutral;
    }
    return Tone::Unknown;
}

SetupPane::SetupPane(DataSource& source, QWidget* parent)
    : QWidget(parent)
    , m_data(source)
    , m_load([this](Result<std::vector<DoctorFinding>> findings) { showFindings(std::move(findings)); })
    , m_collect([this](Result<bool> done) {
        m_ask->setEnabled(true);
        Q_EMIT said(done ? tr("The brokers were asked again") : failureSentence(done.error()));
        refresh();
    })
{
    setObjectName(u"setup"_s);
    m_title = new PlainTextLabel({}, this);
    m_title->setObjectName(u"setupTitle"_s);
    m_title->setFont(uiFont(TextSize::Title, true));
    m_back = new QPushButton(tr("Back to what needs somebody"), this);
    m_back->setObjectName(u"setupBack"_s);
    connect(m_back, &QPushButton::clicked, this, &SetupPane::closed);
    m_ask = new QPushButton(tr("Ask the brokers again"), this);
    m_ask->setObjectName(u"setupAsk"_s);
    connect(m_ask, &QPushButton::clicked, this, &SetupPane::askBrokers);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(16, 8, 16, 8);
    top->setSpacing(8);
    top->addWidget(m_title, 1);
    top->addWidget(m_ask);
    top->addWidget(m_back);
    m_scroll = new QScrollArea(this);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(new CommandLine(u"spillwayctl dlq doctor"_s, this));
}

void SetupPane::open(const QString& findingId)
{
    m_wanted = findingId;
    if (!m_scroll->widget())
        m_title->setText(tr("Looking at how dead-lettering is set up"));
    m_back->setFocus();
    refresh();
}

void SetupPane::refresh()
{
    m_load.refresh([&source = m_data](std::stop_token stop) { return source.setupFindings(stop); });
}

void SetupPane::askBrokers()
{
    m_ask->setEnabled(false);
    Q_EMIT said(tr("Asking the brokers again"));
    m_collect.ask([&source = m_data](std::stop_token stop) -> Result<bool> {
        return source.collectNow(stop).map([] { return true; });
    });
}

void SetupPane::showFindings(Result<std::vector<DoctorFinding>> findings)
{
    if (!findings) {
        m_title->setText(failureSentence(findings.error()));
        return;
    }
    const auto count = static_cast<std::int64_t>(findings->size());
    m_title->setText(count == 0   ? tr("Nothing is wrong with the dead-letter topics")
                     : count == 1 ? tr("1 thing about the set-up of dead-lettering")
                                  : tr("%1 things about the set-up of dead-lettering").arg(formatCount(count)));
    auto* rows = new QWidget(m_scroll);
    auto* list = new QVBoxLayout(rows);
    list->setContentsMargins(16, 0, 16, 16);
    list->setSpacing(16);
    QWidget* wanted = nullptr;
    for (const DoctorFinding& finding : *findings) {
        QWidget* row = rowOf(finding);
        list->addWidget(row);
        if (finding.id == m_wanted)
            wanted = row;
    }
    list->addStretch(1);
    const int place = m_scroll->verticalScrollBar()->value();
    m_scroll->setWidget(rows); // takes the former rows away
    if (wanted)
        QTimer::singleShot(0, rows, [this, wanted] { m_scroll->ensureWidgetVisible(wanted, 0, 16); });
    else
        m_scroll->verticalScrollBar()->setValue(place);
    m_wanted.clear();
}

QWidget* SetupPane::rowOf(const DoctorFinding& finding)
{
    auto* row = new QWidget;
    row->setObjectName(u"setupRow"_s);
    row->setProperty("finding", finding.id);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(new StateBadge(toneOf(finding.severity), doctorSeverityWord(finding.severity), row));
    auto* sentence = new PlainTextLabel(finding.sentence, row);
    sentence->setWordWrap(true);
    sentence->setSelectable(true);
    first->addWidget(sentence, 1);
    layout->addLayout(first);
    const auto line = [&](const QString& text, PlainTextLabel::Ink ink) {
        if (text.isEmpty())
            return;
        auto* label = new PlainTextLabel(text, TextSize::Body, ink, row);
        label->setWordWrap(true);
        label->setSelectable(true);
        layout->addWidget(label);
    };
    line(finding.connection.isEmpty() ? finding.evidence
                                      : visibleText(finding.connection) + u" · "_s + finding.evidence,
         PlainTextLabel::Ink::Muted);
    line(u"→ "_s + finding.remedy, PlainTextLabel::Ink::Text);
    if (!finding.command.isEmpty())
        layout->addWidget(new CommandLine(finding.command, row));
    return row;
}

} // namespace spillway::views
