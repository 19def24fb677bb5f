// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/alertoperations.h"

#include "app/console/overviewfacts.h"
#include "model/alert/alertnews.h"
#include "model/base/text.h"
#include "model/job/waiter.h"
#include "model/notify/outbox.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis lookAgain{15'000};
constexpr Millis atMostEvery{1'000}; // many connections sample at once: one look serves them all

} // namespace

AlertOperations::AlertOperations(World world)
    : m_world(std::move(world))
{
}

AlertOperations::~AlertOperations() = default;

Status AlertOperations::catchUp() const
{
    const Status applied = catchUpAlerts(m_world.ledger, m_world.store);
    m_isBehind = !applied;
    return applied;
}

Status AlertOperations::look()
{
    const std::lock_guard lock(m_looking);
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto context = m_world.context.now();
    const UtcTime now = m_world.clock.now();
    const auto facts = readOverviewFacts(*reader, *context, m_world.health(), StateHolder::Alive, now);
    if (!facts)
        return tl::unexpected(facts.error());
    const Status advanced = advanceStoredIncidents(
        m_world.store, observeIncidents(*facts, context->catalog, context->workspace.alerts, now), now,
        now - context->workspace.retention.samples);
    const auto& telling = context->workspace.alerts.telling;
    return advanced && telling ? tell(*context, *telling, now) : advanced;
}

Status AlertOperations::tell(const Context& context, const AlertTelling& settings, UtcTime now)
{
    // What the ledger says was told and the store does not know yet would be told twice. Not looked up every time: the
    // ledger is long.
    if (m_isBehind) {
        if (const Status applied = applyTold(); !applied)
            return applied;
    }
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto prepared = prepareTellings(*reader, settings, context.catalog, context.masker, now);
    if (!prepared)
        return tl::unexpected(prepared.error());
    std::vector<Ledger::Draft> drafts;
    for (const PreparedTelling& each : *prepared) {
        const AddressedNews addressed = addressNews({each.news}, context.workspace.notify);
        if (addressed.messages.empty())
            continue; // told as soon as a target is for them
        QStringList ids;
        for (const NotifyMessage& message : addressed.messages)
            ids += message.id;
        drafts.push_back(toldDraft(m_world.actor, each.team, each.tellings, ids));
        drafts.push_back(queuedDraft(m_world.actor, addressed.messages));
    }
    if (drafts.empty())
        return {};
    // In one transaction: a kill leaves both, what is told and that it was, or neither.
    const auto appended = m_world.ledger.append(std::move(drafts));
    const Status applied = appended ? applyTold() : tl::unexpected<Error>(appended.error());
    if (!applied)
        m_isBehind = true;
    return applied;
}

Status AlertOperations::applyTold() const
{
    const Status queued = Outbox(m_world.ledger, m_world.store).catchUp();
    return queued ? catchUp() : queued;
}

void AlertOperations::start()
{
    m_thread = std::jthread([this](std::stop_token stop) {
        SystemWaiter waiter;
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(m_nudgeMutex);
                m_nudges.wait_for(lock, stop, lookAgain, [this] { return m_isNudged; });
                m_isNudged = false;
            }
            if (stop.stop_requested())
                return;
            (void)look(); // what fails now (a full disk) is done at the next sample
            if (!waiter.waitFor(atMostEvery, stop))
                return;
        }
    });
}

void AlertOperations::nudge()
{
    {
        const std::lock_guard lock(m_nudgeMutex);
        m_isNudged = true;
    }
    m_nudges.notify_all();
}

Result<AlertDecision> AlertOperations::decide(Ledger::Draft draft, Database& reader, std::int64_t seq)
{
    const auto event = m_world.ledger.append({std::move(draft)});
    if (!event)
        return tl::unexpected(event.error());
    if (const Status applied = catchUp(); !applied)
        return tl::unexpected(applied.error());
    return alertDecision(reader, seq > 0 ? seq : event->front().seq);
}

Result<AlertDecision> AlertOperations::acknowledge(AlertAck ack)
{
    if (const Status checked = checkAck(ack, m_world.clock.now()); !checked)
        return tl::unexpected(checked.error());
    const std::lock_guard lock(m_world.deciding);
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto alert = wholeAlert(*reader, ack.alert);
    if (!alert)
        return tl::unexpected(alert.error());
    ack.alert = *alert;
    return decide(ackDraft(m_world.actor, ack), *reader, 0);
}

Result<AlertDecision> AlertOperations::silence(AlertSilence silence)
{
    if (const Status checked = checkSilence(silence, m_world.clock.now()); !checked)
        return tl::unexpected(checked.error());
    const std::lock_guard lock(m_world.deciding);
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    if (silence.alert) {
        const auto alert = wholeAlert(*reader, *silence.alert);
        if (!alert)
            return tl::unexpected(alert.error());
        silence.alert = *alert;
    }
    return decide(silenceDraft(m_world.actor, silence), *reader, 0);
}

Result<AlertDecision> AlertOperations::undo(std::int64_t seq, const QString& reason)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    const std::lock_guard lock(m_world.deciding);
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto known = alertDecision(*reader, seq);
    if (!known)
        return known;
    if (known->undoneSeq)
        return fail(ErrorCode::Conflict,
                    u"event %1 was taken back already, by event %2"_s.arg(seq).arg(*known->undoneSeq));
    return decide(alertUndoDraft(m_world.actor, seq, reason), *reader, seq);
}

} // namespace spillway
