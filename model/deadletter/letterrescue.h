// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordlookup.h"
#include "model/deadletter/deadletter.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <SQLiteCpp/Statement.h>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

/// Pointers are letters whose payload stayed at their origin (Kafka Streams after an early send). A rescue copies the
/// origin's record into our store before its topic's retention ends it.
namespace spillway {

/// Where a rescued payload came from.
struct Rescue
{
    TopicPartition at;
    Offset offset;
    std::optional<UtcTime> timestamp; ///< the record's
    UtcTime rescuedAt;
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
    Headers headers; ///< the origin's own
    friend bool operator==(const Rescue&, const Rescue&) = default;
};

/// What was rescued for letters, asked one after the other by one prepared statement. One thread, the reader's.
class Rescues
{
public:
    /// @param reader  outlives this.
    explicit Rescues(Database& reader)
        : m_reader(reader)
    {
    }
    /// nullopt: nothing was rescued for this letter.
    [[nodiscard]] Result<std::optional<Rescue>> of(const QString& letterId);

private:
    Database& m_reader;
    std::optional<SQLite::Statement> m_select; ///< prepared at the first question
};

/// The same for one letter.
[[nodiscard]] Result<std::optional<Rescue>> rescueOf(Database& reader, const QString& letterId);

/// The pointer as it would have been with its payload: its own headers, the origin's key and value.
[[nodiscard]] RawRecord withPayload(RawRecord pointer, const Rescue& rescue);

/// The letter as people and queries see it: of a pointer the payload that was rescued, if any. Errors as `deadLetter`.
[[nodiscard]] Result<DeadLetter> letterWithPayload(Database& reader, const QString& letterId);

/// Why the record found at a pointer's origin is not the one it meant; empty: it is. The topic may have been made anew,
/// so the offset alone proves nothing where the letter tells the record's time, or the topic is known to be another.
/// @param remadeAfter  of the topic where the record is read, as `topicRemadeAfter` tells it.
[[nodiscard]] QString rescueRefusal(const DeadLetter& letter, const LookedUpRecord& found,
                                    std::optional<UtcTime> remadeAfter = std::nullopt);

struct RescueReport
{
    std::int64_t rescued = 0;
    std::int64_t bytes = 0;
    std::int64_t already = 0; ///< no pointers, or rescued before
    std::int64_t lost = 0;    ///< the record is gone: these letters are `lost`, now or since an earlier rescue
    std::vector<std::pair<QString, QString>> gone;    ///< of `lost`: letter's id, why
    std::vector<std::pair<QString, QString>> refused; ///< letter's id, why; the record may still be there
    /// Every letter that was asked for is counted once, as far as the rescue came.
    [[nodiscard]] std::int64_t looked() const { return rescued + already + lost + std::ssize(refused); }
    friend bool operator==(const RescueReport&, const RescueReport&) = default;
};

/// "2 payloads rescued (17 B), 1 needed none, 3 lost, 1 refused: why", for people.
[[nodiscard]] QString rescueText(const RescueReport& report);

/// How much a rescue takes at once.
struct RescueBudget
{
    std::int64_t letters = 500;
    std::int64_t bytes = 64LL << 20;
};

/// Copies what these letters point to: bytes first, one transaction a letter, then an event `deadletter.rescued` that
/// names them. An open pointer whose record is gone becomes `lost`, once (`deadletter.lost`). A broker that does not
/// answer ends it with an Error; what was copied until then stays and is told. Blocking; any thread but the UI's.
class LetterRescuer
{
public:
    /// All arguments outlive this.
    LetterRescuer(Ledger& ledger, StoreWriter& store, const Clock& clock, QString actor);

    /// @param letters  of one connection, that `lookup` reads
    /// @param tell     after each letter, from the calling thread; may be empty
    [[nodiscard]] Result<RescueReport> rescue(RecordLookup& lookup, const std::vector<DeadLetter>& letters,
                                              const RescueBudget& budget, std::stop_token stop,
                                              const std::function<void(const RescueReport&)>& tell = {});
    /// The connection's open pointers that nobody rescued, soonest to expire first.
    [[nodiscard]] Result<RescueReport> rescueWaiting(RecordLookup& lookup, const QString& connection,
                                                     const RescueBudget& budget, std::stop_token stop);

private:
    [[nodiscard]] Status keep(const DeadLetter& letter, const RawRecord& record);
    [[nodiscard]] Status record();
    [[nodiscard]] Status loseOnce(const std::vector<std::pair<QString, QString>>& gone);

    Ledger& m_ledger;
    StoreWriter& m_store;
    const Clock& m_clock;
    QString m_actor;
};

/// Applies `deadletter.rescued` and `deadletter.lost` events that the store lacks.
[[nodiscard]] Status catchUpRescues(const Ledger& ledger, StoreWriter& store);

} // namespace spillway
