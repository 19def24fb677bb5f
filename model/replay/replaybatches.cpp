// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaybatches.h"

#include "model/replay/replayheaders.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway {

void ReplayBatches::readAhead(ItemList items, std::stop_token stop)
{
    forget();
    const auto since = m_journal.lastSeq();
    if (items.empty() || !since)
        return; // `take` reads, and tells what is wrong
    m_aheadSince = *since;
    m_ahead = std::async(std::launch::async,
                         [this, items = std::move(items), stop = std::move(stop)] { return read(items, stop); });
}

Result<ReadyBatch> ReplayBatches::take(const ItemList& items, std::stop_token stop)
{
    if (m_ahead.valid()) {
        Result<ReadyBatch> ahead = m_ahead.get();
        if (ahead && ahead->items == items) {
            const Result<bool> isDecided = m_journal.isDecidedAfter(m_aheadSince);
            if (isDecided && !*isDecided)
                return ahead;
        }
    }
    return read(items, std::move(stop));
}

Result<ReadyBatch> ReplayBatches::read(const ItemList& items, std::stop_token stop) const
{
    std::vector<QString> ids;
    ids.reserve(items.size());
    for (const std::size_t item : items)
        ids.push_back(m_job.items[item].letter.letterId);
    Result<std::vector<ReplayLetter>> letters = m_letters.load(ids, std::move(stop));
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    if (letters->size() != items.size())
        return fail(ErrorCode::Internal, u"another number of letters than asked for"_s);
    const QByteArray jobId = m_job.jobId.toLatin1();
    ReadyBatch batch{.items = items, .states = {}, .records = {}, .unsealed = {}};
    for (std::size_t n = 0; n < items.size(); ++n) {
        const PlanLetter& letter = m_job.items[items[n]].letter;
        std::optional<RawRecord>& record = (*letters)[n].record;
        batch.states.push_back((*letters)[n].state);
        if (!record) {
            batch.records.emplace_back();
            continue;
        }
        if (!batch.unsealed && recordDigest(*record) != letter.digest)
            batch.unsealed = n;
        const StripRule& rule = m_job.stripRules.at(static_cast<std::size_t>(letter.stripRule));
        Result<std::optional<QByteArray>> value = outgoingValue(std::move(record->value), rule);
        if (!value)
            return failWithin(u"letter %1"_s.arg(letter.letterId), value.error());
        batch.records.push_back(
            OutgoingRecord{letter.target, letter.targetPartition, outgoingKey(*record, rule), std::move(*value),
                           outgoingHeaders(record->headers, rule, jobId, letter.generation, letter.replayOf)});
    }
    return batch;
}

} // namespace spillway
