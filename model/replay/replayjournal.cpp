// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayjournal.h"

#include "model/store/projection.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr int eventsPerTransaction = 16; // of up to 5 000 letters each

} // namespace

Status ReplayJournal::exclusively(const std::function<Status()>& work)
{
    const std::lock_guard lock(m_exclusive);
    return work();
}

std::vector<bool> ReplayJournal::claim(const QString& jobId, const std::vector<QString>& letterIds)
{
    const std::lock_guard lock(m_claiming);
    std::vector<bool> isOurs;
    isOurs.reserve(letterIds.size());
    for (const QString& id : letterIds) {
        const auto holder = m_claims.constFind(id);
        isOurs.push_back(holder == m_claims.constEnd() || *holder == jobId);
        if (isOurs.back())
            m_claims.insert(id, jobId);
    }
    return isOurs;
}

void ReplayJournal::release(const QString& jobId)
{
    const std::lock_guard lock(m_claiming);
    m_claims.removeIf([&jobId](const auto& claim) { return claim.value() == jobId; });
}

LedgerReplayJournal::LedgerReplayJournal(Ledger& ledger, StoreWriter& writer, OpenReader openReader,
                                         LetterStates letters)
    : m_ledger(ledger)
    , m_writer(writer)
    , m_openReader(std::move(openReader))
    , m_letters(std::move(letters))
{
}

Status LedgerReplayJournal::record(std::vector<Ledger::Draft> drafts)
{
    if (const auto appended = m_ledger.append(std::move(drafts)); !appended)
        return tl::unexpected<Error>(appended.error());
    return catchUp();
}

Result<bool> LedgerReplayJournal::isDecidedAfter(std::int64_t seq)
{
    const auto decisions = m_ledger.read(seq, 1, u"deadletter."_s);
    if (!decisions)
        return tl::unexpected<Error>(decisions.error());
    return !decisions->empty();
}

Status LedgerReplayJournal::recordAhead(std::vector<Ledger::Draft> drafts)
{
    qsizetype bytes = 0;
    for (const Ledger::Draft& draft : drafts)
        bytes += draft.body.size();
    if (const auto appended = m_ledger.append(std::move(drafts)); !appended)
        return tl::unexpected<Error>(appended.error());
    std::shared_future<Status> applying =
        m_writer.enqueue(applyNext(LastIntent::Later, eventsPerTransaction), bytes).share();
    const std::lock_guard lock(m_applyingMutex);
    m_applying = std::move(applying);
    return {};
}

Result<std::vector<std::shared_future<Status>>> LedgerReplayJournal::recordGradually(std::vector<Ledger::Draft> drafts,
                                                                                     std::size_t now)
{
    std::vector<qsizetype> bytes;
    for (const Ledger::Draft& draft : drafts)
        bytes.push_back(draft.body.size());
    const auto appended = m_ledger.append(std::move(drafts));
    if (!appended)
        return tl::unexpected<Error>(appended.error());
    std::vector<std::shared_future<Status>> applied;
    for (std::size_t i = 0; i < appended->size(); ++i) {
        auto one = applyUpTo((*appended)[i].seq, bytes[i]);
        if (i >= now)
            applied.push_back(std::move(one));
        else if (const Status status = one.get(); !status)
            return tl::unexpected<Error>(status.error());
    }
    return applied;
}

std::shared_future<Status> LedgerReplayJournal::applyUpTo(std::int64_t seq, qsizetype bytes)
{
    auto task = [this, seq](Database& database) -> Status {
        // One event is enough unless something before it was left: an intent that waited for its outcome.
        while (true) {
            const Result<std::int64_t> before = appliedSeq(database, replayProjectionName());
            if (!before)
                return tl::unexpected<Error>(before.error());
            if (*before >= seq)
                return {};
            if (const Status some = applyNext(LastIntent::Now, 1)(database); !some)
                return some;
        }
    };
    std::shared_future<Status> applying = m_writer.enqueue(std::move(task), bytes).share();
    const std::lock_guard lock(m_applyingMutex);
    m_applying = applying;
    return applying;
}

LedgerReplayJournal::~LedgerReplayJournal()
{
    if (m_applying.valid())
        m_applying.wait();
}

StoreWriter::Task LedgerReplayJournal::applyNext(LastIntent lastIntent, int most)
{
    // The writer's task reads the ledger itself, from what the projection holds on: two threads that record at once
    // cannot apply their events in the wrong order.
    return [this, lastIntent, most](Database& database) -> Status {
        const Result<std::int64_t> after = appliedSeq(database, replayProjectionName());
        if (!after)
            return tl::unexpected<Error>(after.error());
        auto events = m_ledger.read(*after, most, u"replay."_s);
        if (!events)
            return tl::unexpected<Error>(events.error());
        if (lastIntent == LastIntent::Later && !events->empty() && events->back().type == u"replay.batchIntended")
            events->pop_back();
        if (events->empty())
            return {};
        if (const Status applied = applyReplayEvents(database, *events, m_letters); !applied)
            return applied;
        return saveAppliedSeq(database, replayProjectionName(), events->back().seq);
    };
}

Status LedgerReplayJournal::catchUp()
{
    for (;;) {
        bool isBehind = false;
        const Status applied = m_writer.write([&](Database& database) -> Status {
            const Status some = applyNext(LastIntent::Now, eventsPerTransaction)(database);
            if (!some)
                return some;
            const Result<std::int64_t> after = appliedSeq(database, replayProjectionName());
            if (!after)
                return tl::unexpected<Error>(after.error());
            const auto more = m_ledger.read(*after, 1, u"replay."_s);
            if (!more)
                return tl::unexpected<Error>(more.error());
            isBehind = !more->empty();
            return {};
        });
        if (!applied || !isBehind)
            return applied;
    }
}

Result<Database> LedgerReplayJournal::reader()
{
    return m_openReader();
}

Status LedgerReplayJournal::rebuild()
{
    const Status cleared = m_writer.write([](Database& database) { return clearReplayProjection(database); });
    return cleared ? catchUp() : cleared;
}

} // namespace spillway
