// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/alerts/alertspage.h"

#include "model/base/text.h"
#include "views/alerts/alertrow.h"
#include "views/overview/concernrow.h"
#include "views/overview/payloadrescue.h"
#include "views/shell/datasource.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::size_t mostRows = 100; // nobody reads further; spillwayctl lists the rest

} // namespace

AlertsPage::AlertsPage(const ViewContext& context, AlertSource& source)
    : Page(context, u"alerts"_s, tr("Alerts"), u"alerts"_s)
    , m_source(source)
    , m_load([this](Result<AlertList> list) { showAlerts(std::move(list)); })
    , m_decide([this](Result<AlertDecision> decision) {
        Q_EMIT said(!decision             ? failureSentence(decision.error())
                    : decision->undoneSeq ? tr("Event %1 was taken back").arg(decision->seq)
                                          : tr("On record as event %1").arg(decision->seq));
        refresh();
    })
    , m_collect([this](Result<bool> done) {
        Q_EMIT said(done ? tr("Sampled") : failureSentence(done.error()));
        refresh();
    })
{
    m_ended = new QPushButton(tr("What ended"), this);
    m_ended->setObjectName(u"alertsEnded"_s);
    m_ended->setCheckable(true);
    connect(m_ended, &QPushButton::toggled, this, &AlertsPage::showEnded);
    auto* above = new QWidget(this);
    auto* aboveLayout = new QHBoxLayout(above);
    aboveLayout->setContentsMargins(0, 0, 0, 0);
    aboveLayout->addWidget(m_ended);
    aboveLayout->addStretch(1);

    auto* content = new QWidget(this);
    auto* inside = new QWidget(content);
    m_layout = new QVBoxLayout(inside);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_more = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, inside);
    m_more->setContentsMargins(16, 8, 16, 8);
    m_more->hide();
    m_layout->addWidget(m_more);
    m_layout->addStretch(1);
    auto* scroll = new QScrollArea(content);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inside);
    m_command = new CommandLine(u"spillwayctl alerts"_s, content);
    m_rescue = new PayloadRescue(data(), settings(), content);
    connect(m_rescue, &PayloadRescue::said, this, &AlertsPage::said);
    connect(m_rescue, &PayloadRescue::ended, this, &AlertsPage::refresh);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_rescue->bar());
    layout->addWidget(m_command);
    setContent(content, {above});
    headline().setSentence(tr("Looking at what is stored"));
    pane().showLoading(tr("Looking at what is stored"));

    addPageAction(tr("Next alert"), QKeySequence(Qt::Key_J), [this] { moveFocus(1); });
    addPageAction(tr("Previous alert"), QKeySequence(Qt::Key_K), [this] { moveFocus(-1); });
    const auto onFocused = [this](void (AlertsPage::*act)(const Alert&)) {
        if (const AlertRow* row = focusedRow())
            (this->*act)(row->alert());
        else
            Q_EMIT said(tr("Choose an alert first: j and k move"));
    };
    addPageAction(tr("Acknowledge the alert"), QKeySequence(Qt::Key_A),
                  [onFocused] { onFocused(&AlertsPage::acknowledge); });
    addPageAction(tr("Silence the alert"), QKeySequence(Qt::Key_S), [onFocused] { onFocused(&AlertsPage::silence); });
    addPageAction(tr("Take the decision on the alert back"), QKeySequence(Qt::Key_U),
                  [onFocused] { onFocused(&AlertsPage::undo); });
    addPageAction(tr("Show what ended, or what is open"), QKeySequence(Qt::Key_E), [this] { m_ended->toggle(); });
}

void AlertsPage::refresh()
{
    if (!m_list)
        pane().showLoading(tr("Looking at what is stored"));
    m_load.refresh([&source = m_source](std::stop_token stop) { return source.alerts(stop); });
}

bool AlertsPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_decide.isRunning();
}

bool AlertsPage::leave()
{
    if (!m_isEnded)
        return false;
    m_ended->setChecked(false);
    return true;
}

void AlertsPage::takeFocus()
{
    if (!m_rows.empty())
        m_rows.front()->takeFocus();
    else
        setFocus();
}

void AlertsPage::showEnded(bool ended)
{
    m_isEnded = ended;
    if (m_list)
        showRows();
}

void AlertsPage::showAlerts(Result<AlertList> list)
{
    if (!list) {
        pane().showFailure(tr("Alerts could not be read"), list.error(), {tr("Try again"), [this] { refresh(); }});
        return;
    }
    m_list = std::move(*list);
    showRows();
}

void AlertsPage::showRows()
{
    headline().setSentence(AlertWords::headline(*m_list));
    headline().setDetail(
        m_list->evaluatedAt
            ? tr("Checked %1").arg(settings().timeText().relative(*m_list->evaluatedAt, settings().now()))
            : QString());
    const std::vector<Alert>& alerts = m_isEnded ? m_list->resolved : m_list->open;
    fillRows(alerts);
    if (const AlertRow* row = focusedRow())
        m_command->setLine(row->alert().incident.concern.action.command);
    else
        m_command->setLine(m_isEnded ? u"spillwayctl alerts --resolved"_s : u"spillwayctl alerts"_s);
    if (!alerts.empty()) {
        presentContent();
    } else if (m_isEnded) {
        pane().showEmpty(tr("No alert has ended yet"), tr("What ends is kept as long as retention.samples says."),
                         {tr("Back to what is open"), [this] { m_ended->setChecked(false); }});
    } else {
        pane().showEmpty(tr("Nothing needs anybody"),
                         tr("This list fills by itself when something falls behind, breaks a promise or fails."),
                         {tr("Look at the lag"), [this] {
                              Q_EMIT linkActivated({u"lag"_s, {}});
                          }});
    }
}

void AlertsPage::fillRows(const std::vector<Alert>& alerts)
{
    const std::size_t wanted = std::min(alerts.size(), mostRows);
    const AlertRow* focused = focusedRow();
    const QString focusedId = focused ? focused->alert().incident.id : QString();
    while (m_rows.size() > wanted) {
        delete m_rows.back();
        m_rows.pop_back();
    }
    while (m_rows.size() < wanted) {
        auto* row = new AlertRow(m_layout->parentWidget());
        m_layout->insertWidget(static_cast<int>(m_rows.size()), row);
        connect(row, &AlertRow::stepAsked, this, [this, row] { step(row->alert()); });
        connect(row, &AlertRow::acknowledgeAsked, this, [this, row] { acknowledge(row->alert()); });
        connect(row, &AlertRow::silenceAsked, this, [this, row] { silence(row->alert()); });
        connect(row, &AlertRow::undoAsked, this, [this, row] { undo(row->alert()); });
        connect(row, &AlertRow::focused, this,
                [this, row] { m_command->setLine(row->alert().incident.concern.action.command); });
        m_rows.push_back(row);
    }
    for (std::size_t i = 0; i < wanted; ++i) {
        m_rows[i]->show(alerts[i], m_list->open, settings().timeText(), settings().now());
        if (!focusedId.isEmpty() && alerts[i].incident.id == focusedId && !m_rows[i]->holdsFocus())
            m_rows[i]->takeFocus(); // the reader's place moves with its alert
    }
    m_more->setText(tr("%1 more: spillwayctl alerts lists them all")
                        .arg(formatCount(static_cast<std::int64_t>(alerts.size() - wanted))));
    m_more->setVisible(alerts.size() > wanted);
}

void AlertsPage::step(const Alert& alert)
{
    const ConcernAction& action = alert.incident.concern.action;
    if (action.rescues)
        return m_rescue->start(action.filter);
    const QString page = pageOf(action.screen);
    if (!page.isEmpty()) {
        Q_EMIT linkActivated({page, action.filter});
        return;
    }
    Q_EMIT said(tr("Asking %1 again").arg(action.filter.isEmpty() ? tr("the brokers") : action.filter));
    m_collect.ask([&source = data()](std::stop_token stop) -> Result<bool> {
        return source.collectNow(stop).map([] { return true; });
    });
}

void AlertsPage::acknowledge(const Alert& alert)
{
    if (alert.decision || alert.state == AlertState::Resolved)
        return;
    ConfirmRequest request;
    request.title = tr("Acknowledge: %1?").arg(alert.incident.concern.summary);
    request.consequence = tr("Everybody sees that you look after it, until it is resolved or gets more severe. This is "
                             "a decision in the ledger, and can be taken back.");
    request.asksReason = true;
    request.actionText = tr("Acknowledge");
    request.commandLine = u"spillwayctl alerts ack %1 --reason TEXT"_s.arg(alert.incident.id);
    context().prompter.confirm(this, request, [this, id = alert.incident.id](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_decide.ask([&source = m_source, id, reason = answer.reason](std::stop_token stop) {
            return source.acknowledge({.alert = id, .until = std::nullopt, .reason = reason}, stop);
        });
    });
}

void AlertsPage::silence(const Alert& alert)
{
    if (alert.decision || alert.state == AlertState::Resolved)
        return;
    ConfirmRequest request;
    request.title = tr("Silence: %1?").arg(alert.incident.concern.summary);
    request.consequence = tr("It stays in this list, and counts as told until the time is over, also when it gets more "
                             "severe. This is a decision in the ledger, and can be taken back.");
    request.asksText = tr("For how long, like 2h or 7d");
    request.asksReason = true;
    request.actionText = tr("Silence");
    request.commandLine = u"spillwayctl alerts silence %1 --until 2h --reason TEXT"_s.arg(alert.incident.id);
    context().prompter.confirm(this, request, [this, id = alert.incident.id](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        const auto span = parseDuration(answer.text.trimmed());
        if (!span) {
            Q_EMIT said(failureSentence(span.error()));
            return;
        }
        const AlertSilence silence{.alert = id,
                                   .rule = std::nullopt,
                                   .team = std::nullopt,
                                   .connection = std::nullopt,
                                   .until = settings().now() + *span,
                                   .reason = answer.reason};
        m_decide.ask([&source = m_source, silence](std::stop_token stop) { return source.silence(silence, stop); });
    });
}

void AlertsPage::undo(const Alert& alert)
{
    if (!alert.decision)
        return;
    ConfirmRequest request;
    request.title = tr("Take back what %1 decided?").arg(alert.decision->actor);
    request.consequence = tr("Every alert that it covers fires again. What was decided stays in the ledger.");
    request.facts = {{tr("Reason then"), alert.decision->reason}};
    request.asksReason = true;
    request.actionText = tr("Take back");
    request.commandLine = u"spillwayctl alerts undo %1 --reason TEXT"_s.arg(alert.decision->seq);
    context().prompter.confirm(this, request, [this, seq = alert.decision->seq](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_decide.ask([&source = m_source, seq, reason = answer.reason](std::stop_token stop) {
            return source.undo(seq, reason, stop);
        });
    });
}

AlertRow* AlertsPage::focusedRow() const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [](const AlertRow* row) { return row->holdsFocus(); });
    return at == m_rows.end() ? nullptr : *at;
}

void AlertsPage::moveFocus(int by)
{
    const auto at = std::find(m_rows.begin(), m_rows.end(), focusedRow());
    if (at == m_rows.end())
        return takeFocus();
    const auto next = std::clamp<std::ptrdiff_t>(at - m_rows.begin() + by, 0, std::ssize(m_rows) - 1);
    m_rows[static_cast<std::size_t>(next)]->takeFocus();
}

} // namespace spillway::views
