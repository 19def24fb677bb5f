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

Status LedgerReplayJournal::catchUp()
{
    // The writer's task reads the ledger itself, from what the projection holds on: two threads that record at once
    // cannot apply their events in the wrong order.
    bool isBehind = true;
    while (isBehind) {
        const Status applied = m_writer.write([&](Database& database) -> Status {
            const Result<std::int64_t> after = appliedSeq(database, replayProjectionName());
            if (!after)
                return tl::unexpected<Error>(after.error());
            const auto events = m_ledger.read(*after, eventsPerTransaction, u"replay."_s);
            if (!events)
                return tl::unexpected<Error>(events.error());
            isBehind = events->size() == static_cast<std::size_t>(eventsPerTransaction);
            if (events->empty())
                return {};
            for (const LedgerEvent& event : *events) {
                if (const Status status = applyReplayEvent(database, event, m_letters); !status)
                    return status;
            }
            return saveAppliedSeq(database, replayProjectionName(), events->back().seq);
        });
        if (!applied)
            return applied;
    }
    return {};
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
