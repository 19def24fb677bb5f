// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/fingerprint.h"
#include "model/deadletter/letterowner.h"
#include "model/store/database.h"

#include <span>
#include <vector>

namespace spillway {

/// How letters are read; one more whenever the same bytes tell something else, so that stored ones are read again
/// (rereadOldChannels). 2: the origin of what failed again is the record as first published; lines of a message are no
/// causes. 3: the root cause in stacks of other languages than Java; the group of a second hop that told no origin;
/// deliveries of a proxy's letters; Pulsar, MassTransit, Wolverine. 4: stacks of browsers, and of a .NET that speaks no
/// English; the topic in an address of MassTransit's.
inline constexpr int letterReadingVersion = 4;

/// A letter read and understood, ready to be stored.
struct PreparedLetter
{
    RawRecord record;
    std::uint64_t digest = 0;
    LetterFacts facts;
    LetterOwner owner;
    LetterVerdict schema;
    FailureKind kind = FailureKind::Unknown;
    /// Of a letter that came out of replays: [n - 1] is its kind when n of them, the last first, ended with the same
    /// error. Which it is only the store knows.
    std::vector<FailureKind> kindAfterReplays{};
    Fingerprint fingerprint; ///< without an id it is made of facts and owner, the stack left out
    /// Of one that was stored before: replays in a row that ended with its error. Counts where the letter before it is
    /// no longer here to tell.
    std::optional<int> sameErrorReplays{};
    /// Of one in a batch (`LetterBatch`): its record's headers as the store keeps them, which the record no longer
    /// holds, and the size it had with them.
    struct Packed
    {
        QByteArray headers;
        std::int64_t sizeBytes = 0;
    };
    std::optional<Packed> packed{};
    /// Letters of the same number have the same facet, or the same strain, title, rule and team; 0: not numbered. A
    /// number stands for one thing as long as the process lives.
    std::uint64_t facetNumber = 0;
    std::uint64_t strainNumber = 0;
};

struct StoredLetters
{
    std::int64_t added = 0; ///< new ones; those that were there already are not stored again
    /// Of those that were there: replays with the same error are counted otherwise now, and the rules for kinds are to
    /// be asked again (sortTurn).
    std::int64_t recounted = 0;
};

class LetterShelf;

/// Stores letters of one cluster, in the order given. Call it inside a transaction, together with the checkpoints.
/// Decisions that the ledger knows for a letter attach to it.
/// @param connection  the workspace's name for the cluster.
/// @param seenAt      firstSeenAt of those that are new.
/// @param shelf       opened; makes the next batch cheaper. Null: nothing is kept.
[[nodiscard]] Result<StoredLetters> storeLetters(Database& database, const QString& clusterId,
                                                 const QString& connection, std::span<const PreparedLetter> letters,
                                                 UtcTime seenAt, LetterShelf* shelf = nullptr);

/// The channel was found recreated: letters stored from now on are of the next generation. Inside a transaction.
[[nodiscard]] Status startGeneration(Database& database, const QString& clusterId, const QString& connection,
                                     const QString& channel);

/// Digest of the stored letter at this place, of the channel's newest generation; nullopt when none is stored.
[[nodiscard]] Result<std::optional<std::uint64_t>> storedDigest(Database& database, const QString& clusterId,
                                                                const TopicPartition& at, Offset offset);

/// Sets every group's team anew, after the ownership file changed. Inside a transaction.
[[nodiscard]] Status refreshTeams(Database& database, const Catalog& catalog);

} // namespace spillway
