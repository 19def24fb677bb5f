// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/crews.h"
#include "app/console/kindresorter.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/kindedit.h"
#include "model/deadletter/letterreread.h"
#include "model/deadletter/regroup.h"
#include "model/store/storewriter.h"
#include "model/workspace/mappingedit.h"

#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace spillway {

/// How letters are read, sorted and grouped: the workspace's files say it, and what is stored follows them.
/// Thread-safe; blocks on the disk.
class ReadingOperations
{
public:
    struct World
    {
        const Context& context;
        KnowledgeInUse& knowledge;
        Ledger& ledger;
        StoreWriter& samples;
        QString actor;
    };
    /// What is stored begins to follow the files as they are now, beside everything else. Before anybody else uses the
    /// knowledge.
    /// @param sortedAtOnce  so many letters are sorted by kinds.yaml before this returns
    [[nodiscard]] static Result<std::unique_ptr<ReadingOperations>> begin(World world, std::int64_t sortedAtOnce);
    ~ReadingOperations();
    ReadingOperations(const ReadingOperations&) = delete;
    ReadingOperations& operator=(const ReadingOperations&) = delete;
    /// What goes on beside everything else ends here, and goes on at the next start; everything that is asked for is
    /// still done.
    void stopFollowing();

    /// By which letters are read now.
    [[nodiscard]] std::shared_ptr<const DialectRegistry> dialects() const;
    /// Writes a mapping into spillway.yaml; letters that come after it returns are read by it. Blocking.
    [[nodiscard]] Status saveMapping(const MappingEdit& edit, std::stop_token stop);
    /// Reads a channel's stored letters again, with the workspace's files as they are now; so are those read that come.
    /// @param connection  empty: the only one that has letters of it
    /// @param tell  after each batch; may be empty.
    [[nodiscard]] Result<RereadReport> reread(const QString& connection, const QString& channel,
                                              const std::function<void(const RereadReport&)>& tell,
                                              std::stop_token stop);

    /// The workspace's kinds.yaml as it is now, and by which rules letters are sorted now.
    [[nodiscard]] Result<KindRulesFile> kindRulesFile() const;
    [[nodiscard]] std::shared_ptr<const KindRules> kindRules() const;
    /// Writes it; letters that come after it returns are sorted by it, those stored beside everything else. Blocking.
    [[nodiscard]] Status saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token stop);
    /// Until stored letters are sorted by the rules in use. Cancelled: they go on being sorted.
    /// @param tell  now and then; may be empty.
    [[nodiscard]] Status waitForKinds(const std::function<void(const KindSorting&)>& tell, std::stop_token stop);
    /// Until they are sorted, or could not be (a full disk; then they are at the next start), or `stop`.
    void settleKinds(const std::stop_token& stop);

    /// Groups everything that is stored anew, by grouping.yaml as it is now; an event first. Blocks until it is done.
    /// @param tell  after each batch; may be empty.
    [[nodiscard]] Result<RegroupProgress>
    regroup(const QString& reason, const std::function<void(const RegroupProgress&)>& tell, std::stop_token stop);

private:
    ReadingOperations(World world, std::int64_t sortedAtOnce);
    [[nodiscard]] Result<Database> reader() const
    {
        return Database::open(m_world.context.samplesFile(), Database::Access::Reader);
    }
    /// What an older version grouped and read.
    void catchUp(const std::stop_token& stop);
    /// Reads again what an older version read; what the workspace has no connection for waits until it has.
    /// @return whether letters tell something else now
    [[nodiscard]] bool rereadOld(const std::stop_token& stop);

    World m_world;
    KindResorter m_sorting;
    std::mutex m_regrouping;   // guards: one grouping anew at a time
    std::jthread m_catchingUp; // ends before what it writes to
};

} // namespace spillway
