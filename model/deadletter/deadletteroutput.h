// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/groupsubstate.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterloss.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/letterrescue.h"
#include "model/schema/decodedpayload.h"

#include <QByteArray>
#include <QString>

#include <vector>

/// What `spillwayctl dlq` prints; fields and their meaning are contract.md's. JSON is compact UTF-8 without a line feed
/// at the end; text is for people, one line per row with a line feed, bytes of strangers shown by visibleText. Pure;
/// any thread.
namespace spillway {

/// One document: an array. `oldestAgeMs` is `oldestAge`, null where no letter is open.
/// @param substates  how each group goes, by its id; null where it is not there.
[[nodiscard]] QByteArray groupsJson(const std::vector<DeadLetterGroup>& groups, UtcTime now,
                                    const QHash<QString, GroupSubstate>& substates = {});
[[nodiscard]] QString groupsText(const std::vector<DeadLetterGroup>& groups, UtcTime now);

/// One line of `dlq list`. Besides contract.md's fields: `brokerLossAt`, `originLossAt` (when the broker may delete the
/// letter, and the record it was), `confidence` (how sure the dialect is), `brokerLoss`, `originLoss` (what ends them,
/// a word of `lossCauseWord`).
[[nodiscard]] QByteArray letterJson(const DeadLetter& letter, const LetterLoss& loss = {});
[[nodiscard]] QString lettersText(const std::vector<DeadLetter>& letters, UtcTime now);

/// What `dlq show` says of a letter besides the letter.
struct LetterDetails
{
    LetterLoss loss;
    DecodedPayload payload;               ///< what the schemas say of it now
    std::optional<Rescue> rescue;         ///< of a pointer's payload
    QByteArray timeline;                  ///< timelineJson; empty: not read
    std::optional<PayloadToSend> toSend;  ///< by a replay; written only where it is given
    std::optional<LetterMasking> masking; ///< how it was masked; written only where it is given
    /// For the types of its headers, outlives the call; null: a bundled dialect, or none that is known.
    const Dialect* dialect = nullptr;
    /// To read its hops by, outlives the call; null: the bundled ones.
    const DialectRegistry* dialects = nullptr;
};

/// `dlq show`: a whole letter. Besides those of `dlq list`: `timestamp`, `timestampType` (the record's own),
/// `originTimestampType`, `reportedClass`, `causeClass`, `stage`, `firstFailedAt`, `payloadState` (payloadStateWord),
/// `hops` (letterhops.h), `replay` `{ id, generation, of }` or null, `wrappedKey` (of an envelope in the key's place
/// the record's own), `headers`, `stack`. `value` is its payload: of a pointer what was rescued. `replayPayload` is
/// `{ form: letter|inside|none, pointer, as, from, to, sizeBytes, why }` or null; `rescue` is `{ topic, partition,
/// offset, timestamp, rescuedAt, key, value }` or null.
[[nodiscard]] QByteArray letterDetailJson(const DeadLetter& letter, const LetterDetails& details = {});
[[nodiscard]] QString letterDetailText(const DeadLetter& letter, UtcTime now, const LetterDetails& details = {});

/// Where the payload is: `inline` in the letter, `pointer` at its origin, `rescued` from there, `missing` (the record
/// has no value: a tombstone, or its framework left it out), `erased`.
[[nodiscard]] QString payloadStateWord(const DeadLetter& letter, bool isRescued);

/// Age for people: `3 h 20 min`, with `at least` where only the first sight is known.
[[nodiscard]] QString letterAgeText(const DeadLetter& letter, UtcTime now);

} // namespace spillway
