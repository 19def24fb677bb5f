// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collector.h"
#include "app/console/context.h"
#include "app/console/crews.h"
#include "app/console/decision.h"
#include "app/console/notifyoperations.h"
#include "app/console/replayoperations.h"
#include "app/console/reviewoperations.h"
#include "model/care/storeprune.h"
#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/kindedit.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/letterreread.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/store/storewriter.h"
#include "model/workspace/mappingedit.h"

#include <memory>

namespace spillway {

class AlertOperations;
class CommandServer;

/// The process that holds a workspace's state: the only writer. It collects, carries out decisions, and serves other
/// processes that have some. Thread-safe after `acquire`.
class Holder
{
public:
    /// Takes the state directory, opens the files (bringing their schema up to date), applies what the projections
    /// lack, and serves. Conflict names the process that holds it already.
    /// @param program  what others are told: `spillway`, `spillwayctl collect`.
    /// @param sortedAtOnce  after kinds.yaml changed, so many letters are sorted by it before this returns, the others
    ///                      beside everything else. A command sees few letters otherwise; a window need not wait.
    [[nodiscard]] static Result<std::unique_ptr<Holder>> acquire(Context context, const QString& program,
                                                                 std::int64_t sortedAtOnce = 20'000);
    /// Collecting ends, running jobs are left for a resume, what was accepted is written.
    ~Holder();
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    [[nodiscard]] const Context& context() const;
    /// The same with ownership and catalog as their files are now. What is collected goes by `context`.
    [[nodiscard]] std::shared_ptr<const Context> contextNow() const;
    [[nodiscard]] const Clock& clock() const;
    [[nodiscard]] Collector& collector();
    [[nodiscard]] ReplayOperations& replays();
    [[nodiscard]] ReviewOperations& reviews();
    [[nodiscard]] NotifyOperations& notifications();
    [[nodiscard]] AlertOperations& alerts();
    [[nodiscard]] StoreWriter& samples();
    [[nodiscard]] Result<Database> reader() const;

    /// Called after something was stored, in the writer's thread; replaces the listener before. Empty: nobody listens
    /// any more, and no call is under way when this returns.
    void onStored(std::function<void()> listener);

    /// Every connection once; then replays that nobody waits for are settled by what was read.
    [[nodiscard]] CollectReport collectOnce(std::stop_token stop);
    /// Follows all connections until `collector().stop()`; settles replays as it goes.
    void startCollecting(Collector::HealthListener listener);

    /// Moves letters to another state. Letters that may not go there are said one by one; the others go.
    /// @return how many changed.
    [[nodiscard]] Result<std::int64_t> triage(const LetterSelection& selection, const TriageRequest& request,
                                              const AnswerSink& sink, std::stop_token stop);

    /// Copies the payloads of these pointers from their origins. What could not be is said letter by letter.
    /// @param tell  letters looked at, and of how many; from this thread; may be empty
    [[nodiscard]] Result<RescueReport> rescue(const LetterSelection& selection, const AnswerSink& sink,
                                              std::stop_token stop,
                                              const std::function<void(std::int64_t, std::int64_t)>& tell = {});

    /// Reads a channel's stored letters again, with the workspace's files as they are now; so are those read that come.
    /// @param connection  empty: the only one that has letters of it
    /// @param tell  after each batch; may be empty.
    [[nodiscard]] Result<RereadReport> reread(const QString& connection, const QString& channel,
                                              const std::function<void(const RereadReport&)>& tell,
                                              std::stop_token stop);
    /// Writes a mapping into spillway.yaml; letters that come after it returns are read by it. Blocking.
    [[nodiscard]] Status saveMapping(const MappingEdit& edit, std::stop_token stop);
    /// The workspace's kinds.yaml as it is now, and by which rules letters are sorted now.
    [[nodiscard]] Result<KindRulesFile> kindRulesFile() const;
    [[nodiscard]] std::shared_ptr<const KindRules> kindRules() const;
    /// Writes it; letters that come after it returns are sorted by it, those stored beside everything else. Blocking.
    [[nodiscard]] Status saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token stop);
    /// Until stored letters are sorted by the rules in use. Cancelled: they go on being sorted.
    /// @param tell  now and then; may be empty.
    [[nodiscard]] Status waitForKinds(const std::function<void(const KindSorting&)>& tell, std::stop_token stop);
    /// Merges and splits of groups, and their undo. @return the answer for stdout, one JSON object.
    [[nodiscard]] Result<QByteArray> decideOnGroups(const Decision& decision, std::stop_token stop);
    /// Groups everything that is stored anew, by grouping.yaml as it is now; an event first. Blocks until it is done.
    /// @param tell  after each batch; may be empty.
    [[nodiscard]] Result<RegroupProgress>
    regroup(const QString& reason, const std::function<void(const RegroupProgress&)>& tell, std::stop_token stop);
    /// Puts on record that somebody sees a letter without masks, or takes letters away as a file. An error: it may not
    /// be.
    [[nodiscard]] Status recordReveal(const RevealRequest& request);
    [[nodiscard]] Status recordExport(const ExportRecord& record);
    /// Keeps an invoice. False: this file was imported for this profile before.
    [[nodiscard]] Result<bool> recordInvoice(const Invoice& invoice);
    /// Takes an invoice back; what it was. InvalidConfig without a reason, or where the id means none or several.
    [[nodiscard]] Result<Invoice> removeInvoice(const QString& id, const QString& profile, const QString& reason);
    /// Comments, tags, links, archiving, known errors, undo.
    [[nodiscard]] Result<ActionReport> act(const TriageAction& action, const AnswerSink& sink, std::stop_token stop);
    /// Everything that people and rules said of one group or letter.
    [[nodiscard]] Result<DecisionSheet> decisionSheet(const QString& subject) const;
    /// By which letters are read now.
    [[nodiscard]] std::shared_ptr<const DialectRegistry> dialects() const;
    /// Does what archive rules demand by now, unless somebody is deciding just now: then after the next sample.
    [[nodiscard]] Status keepRules();

    /// Puts on record that the state was copied to a file.
    [[nodiscard]] Status recordBackup(const BackupDecision& decision);
    /// Erases what one letter says, in the files too.
    [[nodiscard]] Result<PurgeReport> purge(const QString& id, const QString& reason, std::stop_token stop);
    /// Drops now what the workspace's `retention` no longer keeps.
    [[nodiscard]] Result<PruneReport> prune(bool compacts, std::stop_token stop);

    /// Puts on record that a consumer is ready for a version of an event. InvalidConfig says what there is no such of.
    [[nodiscard]] Status acknowledgeSchema(const SchemaAckDecision& decision);

    /// Serves nobody new, and waits until whoever asked has an answer, or until `stop`. Before a process ends that only
    /// came for a moment.
    void finishServing(const std::stop_token& stop);

    /// Carries a decision out; blocks until it is done, or until `stop`.
    [[nodiscard]] Result<Verdict> decide(const Decision& decision, const AnswerSink& sink, Asker asker,
                                         std::stop_token stop);

private:
    struct Parts;
    explicit Holder(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

/// Holder::acquire, waiting a few seconds for a process that came for a moment only.
[[nodiscard]] Result<std::unique_ptr<Holder>> acquireSoon(const Context& context, const QString& program,
                                                          std::stop_token stop);

/// Carries a decision out wherever it can be: in this process when it gets hold of the state, else in the process that
/// holds it. Where that one is only just starting or ending, this is tried again for some seconds.
[[nodiscard]] Result<Verdict> decideAnywhere(const Context& context, const QString& program, const Decision& decision,
                                             const AnswerSink& sink, std::stop_token stop);

} // namespace spillway
