// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"
#include "model/deadletter/innerpayload.h"
#include "model/deadletter/replayorigin.h"
#include "model/workspace/headerpolicy.h"

#include <optional>
#include <vector>

/// What a replayed message's headers are. Key, value and the record's own headers go back byte for byte.
namespace spillway {

inline constexpr char replayIdHeader[] = "spillway-replay-id"; ///< the job
inline constexpr char replayGenerationHeader[] =
    "spillway-replay-generation";                              ///< 1, 2, …: how often this message was replayed
inline constexpr char replayOfHeader[] = "spillway-replay-of"; ///< replayOfValue, replayOfLetterValue

/// What a framework wrote about the failure, and what people chose; it does not go back with the message. Rules, the
/// first that fits decides; case counts:
///  1. `spillway-replay-…`: stripped, for each replay writes its own.
///  2. What people chose, in the order of `choices`: also what a framework wrote is sent where they say so.
///  3. Its name equals one of `names` or starts with one of `prefixes`: stripped.
///  4. The letter was read by its shape, and so was this header: stripped.
struct StripRule
{
    std::vector<QByteArray> names;
    std::vector<QByteArray> prefixes;
    /// `uforwarder`, `generic`: of letters that were read by their shape, what was recognised in each does not go back
    /// either; empty: names and prefixes say it all.
    QString shape{};
    /// Of letters that are envelopes: what goes back is the payload within.
    std::optional<PayloadPlace> payload{};
    std::vector<HeaderChoice> choices{};

    /// By its name alone: rules 1 to 3.
    [[nodiscard]] bool strips(QByteArrayView headerName) const;
    /// All rules. @param looksLikeError  isErrorHeaderByShape
    [[nodiscard]] bool strips(QByteArrayView headerName, bool looksLikeError) const;
    /// Also strips what another framework, which had the letter before, wrote. Its shape and payload are not asked: the
    /// newest one made the letter.
    void addNamesOf(const StripRule& older);
    friend bool operator==(const StripRule&, const StripRule&) = default;
};

class JsonWriter;
/// StripRule::choices as plans and the ledger spell them: a field `choices`, a list of `{"keep": PATTERN}` and
/// `{"drop": PATTERN}`; nothing where there are none.
void writeHeaderChoices(JsonWriter& json, const std::vector<HeaderChoice>& choices);
/// The list's entries alone.
void writeEachChoice(JsonWriter& json, const std::vector<HeaderChoice>& choices);

/// StripRule::payload as plans and the ledger spell it; no pointer: nullopt.
[[nodiscard]] std::optional<PayloadPlace> payloadPlaceFrom(const QString& pointer, QStringView as);

/// The key of an outgoing message: as it was, but for the shape `uforwarder`, where the letter's key holds the proxy's
/// metadata and the record's own key within; null where that is empty. Pure; any thread.
[[nodiscard]] std::optional<QByteArray> outgoingKey(const RawRecord& letter, const StripRule& rule);

/// The payload of an outgoing message: the letter's, or where it is an envelope the one within. InvalidConfig when it
/// cannot be cut out; a plan holds no such letter. Pure; any thread.
[[nodiscard]] Result<std::optional<QByteArray>> outgoingValue(std::optional<QByteArray> letter, const StripRule& rule);

/// A letter's headers parted by a rule, each in their order and byte for byte.
struct PartedHeaders
{
    Headers sent;
    Headers left;
};
/// Pure; any thread.
[[nodiscard]] PartedHeaders partHeaders(const Headers& letter, const StripRule& rule);

/// The headers of an outgoing message: as they were, in order, with duplicates, null and empty values; minus what
/// `rule` strips; then id, generation and origin.
/// @param generation  1 for the first replay.
/// Pure; any thread.
[[nodiscard]] Headers outgoingHeaders(const Headers& letter, const StripRule& rule, QByteArrayView jobId,
                                      int generation, QByteArrayView replayOf);

} // namespace spillway
