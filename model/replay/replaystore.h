// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/dialectregistry.h"
#include "model/replay/replayjournal.h"
#include "model/replay/replayplan.h"
#include "model/replay/replayports.h"

#include <functional>

/// Replay over the state directory: letters, their states and their outcomes as the store holds them.
namespace spillway {

using OpenReader = std::function<Result<Database>()>;

/// Moves the stored letters along with their replay.
[[nodiscard]] LetterStates storedLetterStates();

/// What stays behind when letters of this dialect (or, with a mapping, of its channel) go back.
[[nodiscard]] StripRule stripRuleOf(const DialectRegistry& dialects, const QString& dialectId,
                                    const DeadLetterMapping* mapping);

/// Of which frameworks beside its own dialect's a letter bears the headers: it passed them before. Empty under a
/// mapping, which alone says what the letters of its channel are.
[[nodiscard]] QStringList olderDialects(const DialectRegistry& dialects, const Headers& headers,
                                        const QString& dialectId, const DeadLetterMapping* mapping);

/// Whether it is known what letters of this dialect say about the failure: false where the dialect's file, or the
/// channel's mapping, was taken away since they were read.
[[nodiscard]] bool isDialectKnown(const DialectRegistry& dialects, const QString& dialectId,
                                  const DeadLetterMapping* mapping);

/// What stays behind when this one letter goes back: the rule that a plan would seal for it.
[[nodiscard]] StripRule stripRuleOfLetter(const DialectRegistry& dialects, const DeadLetter& letter,
                                          const DeadLetterMapping* mapping, std::vector<HeaderChoice> choices);

/// Letters with their payloads, from the store.
class StoredReplayLetters final : public ReplayLetterSource
{
public:
    explicit StoredReplayLetters(OpenReader openReader)
        : m_openReader(std::move(openReader))
    {
    }
    [[nodiscard]] Result<std::vector<ReplayLetter>> load(const std::vector<QString>& letterIds,
                                                         std::stop_token stop) override;

private:
    OpenReader m_openReader;
};

/// Pointers whose payload was rescued are letters like any other: the plan seals them with it.
[[nodiscard]] Status addRescues(Database& reader, std::vector<PlanCandidate>& candidates,
                                const std::stop_token& stop = {});

/// Where the payload of a letter stands, by its dialect and channel (DialectRegistry::payloadPlace).
using PayloadPlaceOf = std::function<std::optional<PayloadPlace>(const QString& dialect, const QString& channel)>;
/// Letters that are envelopes, and may be: whether their payload can be cut out. Reads those letters; none that is
/// closed or was erased.
[[nodiscard]] Status addEnvelopes(Database& reader, std::vector<PlanCandidate>& candidates,
                                  const PayloadPlaceOf& placeOf, const std::stop_token& stop = {});

/// What the store knows of a job's messages now.
/// @param connection  whose commits count; a group of the same name elsewhere is another group.
[[nodiscard]] Result<OutcomeObservation> storedOutcomes(Database& reader, const QString& connection,
                                                        const QString& jobId, const std::vector<QString>& groups,
                                                        const std::vector<QString>& topics);

/// Collects, then reads the store.
class StoredOutcomeProbe final : public OutcomeProbe
{
public:
    /// Brings the store up to date: *first* samples the connection's committed offsets, *then* reads its dead letters
    /// up to their ends; returns when both are committed.
    using Collect = std::function<Status(std::stop_token)>;

    StoredOutcomeProbe(OpenReader openReader, QString connection, Collect collect);
    [[nodiscard]] Result<OutcomeObservation> observe(const QString& jobId, const std::vector<QString>& groups,
                                                     const std::vector<QString>& topics, std::stop_token stop) override;

private:
    OpenReader m_openReader;
    QString m_connection;
    Collect m_collect;
};

/// Looks once more at ended jobs of this connection whose messages have no outcome yet, by what is stored; writes down
/// what is new. To be called after each collection, so that a replay that nobody waited for is settled all the same.
/// @param since  jobs that ended earlier are left alone.
/// @return how many letters got an outcome.
[[nodiscard]] Result<std::int64_t> settleEndedJobs(ReplayJournal& journal, const QString& connection,
                                                   const QString& actor, UtcTime since);

} // namespace spillway
