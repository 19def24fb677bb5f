// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/broker/record.h"
#include "model/deadletter/deadletter.h"

#include <memory>
#include <optional>
#include <set>

/// What the header `spillway-replay-of` of a replayed message says: which record it is, so that what became of it can
/// be told, and, where that was known, where it was first published. A header like any other: anybody may write one.
namespace spillway {

struct ReplayOrigin
{
    TopicPartition at;
    Offset offset;
    std::optional<UtcTime> timestamp;
    friend bool operator==(const ReplayOrigin&, const ReplayOrigin&) = default;
};

/// `orders/3/88120@1790000000000`; without `@…` when the timestamp is unknown.
[[nodiscard]] QByteArray replayOfValue(const ReplayOrigin& origin);
/// `letter:orders.DLT/0/4@1790000000000`: the origin is not known whole, so the letter's own place tells the message
/// from others. No topic's name holds a colon.
[[nodiscard]] QByteArray replayOfLetterValue(const ReplayOrigin& letter);

/// The origin; nullopt for a letter's place, for anything else, for a name that no topic can have, and for more than
/// 512 bytes.
[[nodiscard]] std::optional<ReplayOrigin> parseReplayOf(QByteArrayView value);
/// Whether it has one of the two forms.
[[nodiscard]] bool isReplayOf(QByteArrayView value);

/// Where jobs sent to, by the ledger's projection in the store. Opened at the first question. One thread.
class ReplayTargets
{
public:
    explicit ReplayTargets(QString samplesFile);
    ~ReplayTargets();
    /// Whether this job sends to this topic; false for a job that is not known here.
    [[nodiscard]] bool sentTo(const QByteArray& jobId, const QString& topic);

private:
    struct Reader;
    QString m_file;
    std::unique_ptr<Reader> m_reader;
    std::set<std::pair<QByteArray, QString>> m_known;
};

/// A letter that came out of a replay was read by its consumer where our copy lay: that is what its dialect tells, and
/// becomes `delivered…`; `origin…` becomes the record as first published. Not where the header says otherwise than the
/// letter: it names the letter's own topic, or another topic than the copy's although the job did not send there.
/// Consumers that publish with the headers of what they read make such letters.
/// @param targets  null: none is known.
void nameFirstPlace(LetterFacts& facts, const QString& channel, ReplayTargets* targets);

} // namespace spillway
