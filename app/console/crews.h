// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collector.h"
#include "app/console/context.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/kindrules.h"
#include "model/ledger/ledger.h"
#include "model/schema/payloadjudge.h"
#include "model/store/storewriter.h"
#include "model/workspace/secret.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>

namespace spillway {

class KafkaConnection;

/// A workspace's connections to brokers, by name. Those of a kind that has no connector are not in it;
/// reading the workspace warned of them.
using ConnectionMap = std::map<QString, std::shared_ptr<KafkaConnection>>; // shared: duties and replay jobs outlive
                                                                           // neither, but hold one each

/// What dead letters are read with: the bundled rules, the dialects of the workspace's folder `dialects`, if it has
/// one, and what spillway.yaml says of dead-letter topics and of the headers that replays leave behind.
struct LetterKnowledge
{
    DialectRegistry dialects;
    KindRules kinds;
    std::shared_ptr<const PayloadJudge> judge; // second owner: none; movable, which a judge with its lock is not
    std::unique_ptr<GroupingInUse> grouping;
    std::map<QString, std::vector<DeadLetterTopic>> deadLetters; ///< by connection; each connection of the workspace
    /// By connection: its own policy, then the workspace's.
    std::map<QString, std::vector<HeaderPolicy>> replayHeaders{};

    /// The topics of this connection and their mappings; none for a name that is not in the workspace.
    [[nodiscard]] const std::vector<DeadLetterTopic>& deadLettersOf(const QString& connection) const;
    /// What replays of this connection's letters leave behind; @param asked  what this once comes before it.
    [[nodiscard]] std::vector<HeaderChoice> headerChoicesOf(const QString& connection,
                                                            const HeaderPolicy& asked = {}) const;
};

/// The knowledge in use: whoever reads letters, or sends what was read, takes it as it is then, and keeps that for the
/// one thing he does. Its grouping is one for all, and exchanged by itself. Thread-safe.
class KnowledgeInUse
{
public:
    /// From before somebody who stores letters takes the knowledge, until the store was handed all that he read by it.
    class Turn
    {
    public:
        explicit Turn(KnowledgeInUse& knowledge);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        KnowledgeInUse& m_knowledge;
        std::uint64_t m_number;
    };
    /// Until all turns have ended that began before this call: what is stored from then on is read by what counts now.
    /// Cancelled when `stop` came first.
    [[nodiscard]] Status waitForTurns(std::stop_token stop);

    explicit KnowledgeInUse(LetterKnowledge knowledge)
        : m_now(std::make_shared<const LetterKnowledge>(std::move(knowledge)))
        , m_first(m_now)
    {
    }
    [[nodiscard]] std::shared_ptr<const LetterKnowledge> now() const;
    /// Reads the workspace's files, of spillway.yaml only `dead_letters` and `replay_headers` of the connections that
    /// there are; what they say counts from now on, but for the grouping. An error changes nothing.
    [[nodiscard]] Result<std::shared_ptr<const LetterKnowledge>> reload(const Workspace& workspace);
    [[nodiscard]] GroupingInUse& grouping() const { return *m_first->grouping; }

    /// Set before others use it.
    void onKinds(std::function<void(const KindRules&)> listener) { m_onKinds = std::move(listener); }
    /// By whoever stores letters with other kinds from now on, once none by the old ones is on its way.
    void tellKinds(const KindRules& kinds) const
    {
        if (m_onKinds)
            m_onKinds(kinds);
    }

    /// Set before others use it. What the rules ask about stored letters changed.
    void onRecounted(std::function<void()> listener) { m_onRecounted = std::move(listener); }
    void tellRecounted() const
    {
        if (m_onRecounted)
            m_onRecounted();
    }

private:
    std::mutex m_loading;                                 // one reads files at a time, so that the newest ones count
    mutable std::mutex m_mutex;                           // guards: m_now
    std::shared_ptr<const LetterKnowledge> m_now;         // second owners: those who work with it
    const std::shared_ptr<const LetterKnowledge> m_first; // its grouping is the one in use
    std::function<void(const KindRules&)> m_onKinds;
    std::function<void()> m_onRecounted;
    std::mutex m_turning; // guards: m_lastTurn, m_turns
    std::condition_variable_any m_turnEnded;
    std::uint64_t m_lastTurn = 0;
    std::set<std::uint64_t> m_turns; // under way
};

/// The bundled frames and the workspace's grouping.yaml, read now; InvalidConfig names its first fault.
[[nodiscard]] Result<GroupingKnowledge> loadGroupingKnowledge(const Workspace& workspace);
/// The topics as `workspace` has them; everything else as the files say now.
[[nodiscard]] Result<LetterKnowledge> loadLetterKnowledge(const Workspace& workspace);

[[nodiscard]] ConnectionMap makeConnections(const Workspace& workspace, SecretStore& secrets, const Clock& clock);

/// The duties of every connection: lag, dead letters, topics, processing logs.
/// All arguments outlive the crews.
[[nodiscard]] std::vector<Collector::Crew> makeCrews(const Context& context, const ConnectionMap& connections,
                                                     KnowledgeInUse& knowledge, Ledger& ledger, StoreWriter& writer,
                                                     const Clock& clock);

} // namespace spillway
