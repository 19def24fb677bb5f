// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/eventrows.h"
#include "model/ledger/ledgerhead.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

void breakAt(LedgerVerification& verification, std::int64_t seq, const QString& finding)
{
    if (verification.firstBreak && *verification.firstBreak <= seq)
        return;
    verification.isIntact = false;
    verification.firstBreak = seq;
    verification.finding = finding;
}

/// Walks the chain. Rule by rule, as what comes first explains best what was done: 1. an event is missing, 2. the event
/// before it is another, 3. the event itself is not as it was written.
void walk(SQLite::Database& db, LedgerVerification& verification, std::int64_t headSeq,
          std::optional<QByteArray>& hashAtHead)
{
    QByteArray previousHash = ledger::noHash();
    std::int64_t expected = 1;
    constexpr std::int64_t all = -1;
    ledger::forEachRow(db, std::numeric_limits<std::int64_t>::min(), all, {}, [&](const ledger::EventRow& row) {
        ++verification.entries;
        if (row.seq != expected)
            breakAt(verification, expected, u"event %1 is missing"_s.arg(expected));
        else if (row.previousHash != previousHash)
            breakAt(verification, row.seq, u"event %1 does not follow the one before it"_s.arg(row.seq));
        else if (row.hash != ledger::hashOf(row))
            breakAt(verification, row.seq, u"event %1 was changed"_s.arg(row.seq));
        if (row.seq == headSeq)
            hashAtHead = row.hash;
        previousHash = row.hash;
        expected = row.seq + 1;
        return true;
    });
    verification.head = previousHash;
}

} // namespace

Result<LedgerVerification> verifyLedger(const QString& file)
{
    // The head first: it is written after its commit, so the chain read afterwards contains it.
    const auto head = ledger::readHead(file);
    if (!head && head.error().code != ErrorCode::Corrupt)
        return tl::unexpected<Error>(head.error());
    auto database = Database::open(file, Database::Access::Reader);
    if (!database)
        return tl::unexpected<Error>(database.error());
    LedgerVerification verification;
    const std::int64_t headSeq = head && *head ? (*head)->seq : 0;
    std::optional<QByteArray> hashAtHead;
    const Status walked = database->guarded([&](SQLite::Database& db) { walk(db, verification, headSeq, hashAtHead); });
    if (!walked)
        return fail(walked.error().code == ErrorCode::Internal ? ErrorCode::Corrupt : walked.error().code,
                    walked.error().detail);

    const std::int64_t afterEnd = verification.entries + 1;
    if (!head) {
        breakAt(verification, afterEnd, u"ledger.head does not say where the ledger ended"_s);
    } else if (!*head) {
        if (verification.entries > 0)
            breakAt(verification, afterEnd, u"ledger.head is missing, so nothing says where the ledger ended"_s);
    } else if (headSeq > verification.entries && !verification.firstBreak) {
        breakAt(verification, afterEnd, u"the end was cut off: there were %1 events"_s.arg(headSeq));
    } else if (headSeq > 0 && hashAtHead && *hashAtHead != (*head)->hash) {
        breakAt(verification, headSeq, u"event %1 is not the one that was written"_s.arg(headSeq));
    } else if (headSeq == 0 && (*head)->hash != ledger::noHash()) {
        breakAt(verification, afterEnd, u"ledger.head does not say where the ledger ended"_s);
    } else if (!verification.firstBreak) {
        verification.headBehindBy = verification.entries - headSeq;
    }
    return verification;
}

} // namespace spillway
