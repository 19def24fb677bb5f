// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/crews.h"
#include "app/console/decision.h"
#include "app/console/letterselection.h"
#include "model/base/clock.h"
#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/triage.h"
#include "model/store/storewriter.h"

#include <mutex>

namespace spillway {

/// What people decide about dead letters and their groups. Thread-safe; blocks on the disk.
class LetterOperations
{
public:
    struct World
    {
        const Context& context;
        const KnowledgeInUse& knowledge;
        Ledger& ledger;
        StoreWriter& samples;
        const Clock& clock;
        QString actor;
        std::mutex& deciding; ///< guards: what is read before a decision until what follows from it is in the ledger
    };
    explicit LetterOperations(World world)
        : m_world(std::move(world))
    {
    }

    /// Moves letters to another state. Letters that may not go there are said one by one; the others go.
    /// @return how many changed.
    [[nodiscard]] Result<std::int64_t> triage(const LetterSelection& selection, const TriageRequest& request,
                                              const AnswerSink& sink, std::stop_token stop);
    /// Comments, tags, links, archiving, known errors, undo.
    [[nodiscard]] Result<ActionReport> act(const TriageAction& action, const AnswerSink& sink, std::stop_token stop);
    /// Merges and splits of groups, and their undo. @return the answer for stdout, one JSON object.
    [[nodiscard]] Result<QByteArray> decideOnGroups(const Decision& decision, std::stop_token stop);
    /// Erases what one letter says, in the files too.
    [[nodiscard]] Result<PurgeReport> purge(const QString& id, const QString& reason, std::stop_token stop);
    /// Does what archive rules demand by now, unless somebody is deciding just now: then after the next sample.
    [[nodiscard]] Status keepRules();

    /// Everything that people and rules said of one group or letter.
    [[nodiscard]] Result<DecisionSheet> decisionSheet(const QString& subject) const;

private:
    [[nodiscard]] Result<Database> reader() const
    {
        return Database::open(m_world.context.samplesFile(), Database::Access::Reader);
    }

    World m_world;
};

} // namespace spillway
