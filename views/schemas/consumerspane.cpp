// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/consumerspane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/schemas/schemawords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QHBoxLayout>
#include <QPushButton>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

} // namespace

ConsumersPane::ConsumersPane(const ViewContext& context, SchemaSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_rows(5, [](const ConsumerImpact& consumer) { return consumer.service; })
    , m_intent([this](Result<QString> done) {
        Q_EMIT said(done ? *done : tr("Nothing was put on record: %1").arg(done.error().detail));
        if (done)
            Q_EMIT acknowledged();
    })
{
    m_view = new TableView(u"schema-consumers"_s, context.prompter, this);
    m_view->setObjectName(u"schemaConsumers"_s);
    m_view->setAccessibleName(tr("Consumers of the event"));
    m_view->show(&m_rows, columns());
    m_view->setRowKey([this](const QModelIndex& index) { return m_rows.at(index).service; });
    connect(m_view, &TableView::currentRowChanged, this, &ConsumersPane::present);
    connect(m_view, &TableView::exportFailed, this, &ConsumersPane::said);
    m_summary = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_summary->setObjectName(u"schemaImpact"_s);
    m_summary->setWordWrap(true);
    m_summary->setSelectable(true);
    m_actions = new QWidget(this);
    m_acknowledge = new QPushButton(m_actions);
    m_acknowledge->setObjectName(u"acknowledge"_s);
    connect(m_acknowledge, &QPushButton::clicked, this, &ConsumersPane::acknowledge);
    m_tell = new QPushButton(tr("Tell the teams…"), m_actions);
    m_tell->setObjectName(u"tellTeams"_s);
    connect(m_tell, &QPushButton::clicked, this, &ConsumersPane::tellWanted);
    for (QPushButton* button : {m_acknowledge, m_tell})
        button->setProperty("dense", true); // beside the tabs, which are not higher
    auto* bar = new QHBoxLayout(m_actions);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(8);
    bar->addWidget(m_acknowledge);
    bar->addWidget(m_tell);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_summary);
    layout->addWidget(m_view, 1);
}

std::vector<ColumnSpec> ConsumersPane::columns() const
{
    const auto row = [this](const QModelIndex& index) -> const ConsumerImpact& { return m_rows.at(index); };
    ColumnSpec service{.column = 0, .title = tr("Consumer"), .width = 136, .stretches = true};
    service.text = [row](const QModelIndex& i) { return visibleText(row(i).service); };
    ColumnSpec team{.column = 1, .title = tr("Team"), .width = 116, .isMuted = true};
    team.text = [row](const QModelIndex& i) { return visibleText(row(i).team); };
    ColumnSpec reason{.column = 2, .title = tr("Because"), .width = 244};
    reason.text = [row](const QModelIndex& i) { return visibleText(impactReason(row(i))); };
    ColumnSpec acks{.column = 3, .title = tr("Acknowledged"), .width = 148};
    acks.text = [this, row](const QModelIndex& i) {
        const ConsumerImpact& consumer = row(i);
        if (!consumer.acknowledgedAt)
            return consumer.isBroken ? tr("not yet") : tr("not needed");
        return tr("%1, %2").arg(
            visibleText(consumer.acknowledgedBy),
            m_context.settings.timeText().brief(*consumer.acknowledgedAt, m_context.settings.now()));
    };
    ColumnSpec state{.column = 4, .title = tr("State"), .width = 96};
    state.mark = [row](const QModelIndex& i) { return std::optional(consumerMark(row(i))); };
    return {service, team, reason, acks, state};
}

void ConsumersPane::show(const EventImpact& impact, const std::optional<SchemaNotice>& notice)
{
    const bool isOther =
        impact.eventType != m_impact.eventType || impact.from != m_impact.from || impact.to != m_impact.to;
    m_impact = impact;
    // Who is still to be heard stands first.
    const auto rank = [](const ConsumerImpact& consumer) {
        return consumer.isBroken ? (consumer.acknowledgedAt ? 1 : 0) : consumer.isNotYet ? 2 : 3;
    };
    std::vector<ConsumerImpact> rows = impact.consumers;
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const ConsumerImpact& a, const ConsumerImpact& b) { return rank(a) < rank(b); });
    if (isOther)
        m_rows.replace(std::move(rows));
    else
        m_rows.apply(std::move(rows));
    m_summary->setText(visibleText(impactText(impact, notice), true));
    if (m_rows.rowCount() > 0 && !m_view->currentIndex().isValid())
        m_view->selectRow(0);
    present();
}

void ConsumersPane::present()
{
    const QModelIndex current = m_view->currentSource();
    m_acknowledge->setVisible(current.isValid());
    m_tell->setVisible(m_rows.rowCount() > 0);
    if (!current.isValid())
        return;
    const ConsumerImpact& consumer = m_rows.at(current);
    m_acknowledge->setText(consumer.acknowledgedAt ? tr("Acknowledge again for %1…").arg(consumer.service)
                                                   : tr("Acknowledge for %1…").arg(consumer.service));
}

void ConsumersPane::acknowledge()
{
    const QModelIndex current = m_view->currentSource();
    if (!current.isValid() || m_intent.isRunning())
        return;
    const ConsumerImpact& consumer = m_rows.at(current);
    const SchemaAck ack{.eventType = m_impact.eventType,
                        .version = m_impact.to,
                        .consumer = consumer.service,
                        .note = {},
                        .actor = {},
                        .at = {}};
    ConfirmRequest request;
    request.title = tr("Is %1 ready for %2 v%3?").arg(consumer.service, ack.eventType).arg(ack.version);
    request.consequence =
        tr("It goes on record with your name and the time, and cannot be taken back. Nothing is sent.");
    request.facts = {{tr("Consumer"), tr("%1 (%2)").arg(consumer.service, consumer.team)},
                     {tr("It breaks"), impactReason(consumer)}};
    request.asksReason = true;
    request.actionText = tr("Acknowledge");
    request.commandLine = u"spillwayctl schema ack %1 %2 --consumer %3"_s.arg(shellQuoted(ack.eventType))
                              .arg(ack.version)
                              .arg(shellQuoted(ack.consumer));
    m_context.prompter.confirm(this, request, [this, ack](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        SchemaAck said = ack;
        said.note = answer.reason;
        m_intent.ask([&source = m_source, said](std::stop_token stop) -> Result<QString> {
            const auto done = source.acknowledge(said, stop);
            if (!done)
                return tl::unexpected<Error>(done.error());
            return tr("%1 is ready for %2 v%3").arg(said.consumer, said.eventType).arg(said.version);
        });
    });
}

} // namespace spillway::views
