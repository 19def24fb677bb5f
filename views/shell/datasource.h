// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "model/base/result.h"
#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/doctor.h"
#include "model/deadletter/frozenletters.h"
#include "model/deadletter/grouparrivals.h"
#include "model/deadletter/groupwhy.h"
#include "model/deadletter/kindedit.h"
#include "model/deadletter/kindtrial.h"
#include "model/deadletter/knownfile.h"
#include "model/deadletter/lettercomparison.h"
#include "model/deadletter/lettercopy.h"
#include "model/deadletter/letterexport.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterloss.h"
#include "model/deadletter/letterpivot.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/letterreread.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/lettertimeline.h"
#include "model/deadletter/mappingpreview.h"
#include "model/deadletter/querycompletion.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/savedviews.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/lag/lagqueries.h"
#include "model/replay/headercensus.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayplan.h"
#include "model/review/agenda.h"
#include "model/schema/decodedpayload.h"
#include "model/slo/sloqueries.h"
#include "model/workspace/mappingedit.h"
#include "views/shell/consolestatus.h"
#include "views/shell/costview.h"
#include "views/shell/workprogress.h"

#include <QObject>

#include <memory>
#include <stop_token>

namespace spillway::views {

/// One group over a span of time, and its partitions now.
struct LagDetail
{
    UtcTime from;
    UtcTime to;
    std::vector<LagSeriesPoint> series; ///< oldest first, at most about as many as were asked for
    std::vector<LagRow> partitions;
};

/// The newest letters that fit, and whether there are more.
struct LetterPage
{
    std::vector<DeadLetter> letters; ///< without payload, headers and stack
    QueryOutcome outcome;
};

/// Letters to be replayed: those named, or where none are, those that match the query. Beside names the query only says
/// how they were found.
struct ReplayRequest
{
    QStringList letterIds;
    QString query;
    QString to; ///< target topic; empty: each letter's origin
    HeaderRequest headers{};
    friend bool operator==(const ReplayRequest&, const ReplayRequest&) = default;
};

/// A sealed plan as it is shown before anything is sent.
struct ReplayPreview
{
    QString planId;
    QString planFile; ///< where the sealed plan lies
    QString connection;
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
    std::vector<PlanCount> targets;
    std::vector<PlanCount> blocked;
    QStringList warnings; ///< to be read before it is run
    QString guarantee;
    QString digest;
    HeaderCensus headers{};
    bool hasUnknownDialects = false; ///< open letters whose dialect is not known any more, in the plan or left out
    friend bool operator==(const ReplayPreview&, const ReplayPreview&) = default;
};

/// How a plan is to be run, as a person wrote it; empty: not given.
struct ReplayRun
{
    QString planFile;
    QString rate;
    QString canary;
    QString settle;
    QString stopIf;
    QString confirmedTargets; ///< typed out in production: the targets, separated by commas
    QString reason;
    friend bool operator==(const ReplayRun&, const ReplayRun&) = default;
};

/// What the screens ask and what they want done. The console answers from the store; a test answers from memory.
/// Questions and intents may be called from any thread, block, and are only ever called through AsyncLoad; they return
/// soon after `stop`. A question that fails leaves what the screen shows.
class DataSource : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    [[nodiscard]] virtual const WorkspaceFacts& workspace() const = 0; ///< never changes; any thread, at once
    [[nodiscard]] virtual Result<ConsoleStatus> status(std::stop_token stop) = 0;

    /// Samples every connection and reads what is new, now.
    [[nodiscard]] virtual Status collectNow(std::stop_token stop) = 0;

    /// All groups, worst first.
    [[nodiscard]] virtual Result<std::vector<LagGroupRow>> lagGroups(std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<LagDetail> lagDetail(const QString& connection, const QString& group, UtcTime from,
                                                      UtcTime to, int maxPoints, std::stop_token stop) = 0;

    /// A row for every promise and every other (consumer, event) that was logged, over the time before now; worst
    /// first.
    [[nodiscard]] virtual Result<std::vector<SloRow>> slos(Millis window, std::stop_token stop) = 0;
    /// The days that [from, to) touches, oldest first.
    [[nodiscard]] virtual Result<std::vector<SloDay>> sloDays(const QString& consumer, const QString& eventType,
                                                              UtcTime from, UtcTime to, std::stop_token stop) = 0;

    /// What the workspace's events cost with its own prices, or the seed profile's. InvalidConfig names the faults of
    /// pricing.yaml.
    [[nodiscard]] virtual Result<CostAnswer> cost(const CostRequest& request, std::stop_token stop) = 0;
    /// The same bill as a file; its ending says the format, and `format` which FOCUS (`focus`, `focus-1.3`,
    /// `focus-1.4`; empty: none).
    [[nodiscard]] virtual Status exportCost(const CostRequest& request, const QString& file, const QString& format,
                                            std::stop_token stop) = 0;

    /// What needs somebody now, ranked.
    [[nodiscard]] virtual Result<std::vector<Concern>> concerns(std::stop_token stop) = 0;

    /// Groups with a letter that fits. InvalidConfig for a faulty query.
    [[nodiscard]] virtual Result<std::vector<DeadLetterGroup>> letterGroups(const QString& query,
                                                                            std::stop_token stop) = 0;
    /// When their letters came, over at most the last 14 days, in so many buckets.
    [[nodiscard]] virtual Result<GroupArrivals> letterArrivals(int buckets, std::stop_token stop) = 0;
    /// Why a group's letters are one group. NotFound for a group without letters.
    [[nodiscard]] virtual Result<GroupWhy> whyGrouped(const QString& groupId, std::stop_token stop) = 0;
    /// Letters counted by one field or two.
    [[nodiscard]] virtual Result<std::vector<PivotRow>>
    pivot(const QString& query, const std::vector<PivotField>& fields, std::stop_token stop) = 0;
    /// A person's word on which groups are one; takes it back with `into` empty.
    [[nodiscard]] virtual Status mergeGroups(const QStringList& groupIds, const QString& into, const QString& reason,
                                             std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<LetterPage> letters(const QString& query, int limit, std::stop_token stop) = 0;
    /// What a query may name, for completion.
    [[nodiscard]] virtual Result<QueryWords> queryWords(std::stop_token stop) = 0;
    /// The workspace's saved views; faulty files come as issues beside the others.
    [[nodiscard]] virtual Result<SavedViews> savedViews(std::stop_token stop) = 0;
    /// Conflict where a view of this name is there already.
    [[nodiscard]] virtual Result<QString> saveView(const SavedView& view, std::stop_token stop) = 0;
    /// One letter whole, masked as the workspace says.
    [[nodiscard]] virtual Result<DeadLetter> letter(const QString& id, std::stop_token stop) = 0;
    /// By which headers are read, the workspace's own among them; never null. Any thread, at once.
    [[nodiscard]] virtual std::shared_ptr<const DialectRegistry> dialects() const = 0;
    /// What the workspace's schemas say of a whole letter's payload now, and the payload made readable.
    [[nodiscard]] virtual Result<DecodedPayload> decodedPayload(const DeadLetter& letter, std::stop_token stop) = 0;
    /// The letter without masks, after it was put on record who looks, and why.
    [[nodiscard]] virtual Result<DeadLetter> revealLetter(const QString& id, const QString& reason,
                                                          std::stop_token stop) = 0;
    /// Letters that match as a file (.jsonl, .csv, .xlsx), masked as the workspace says, and on record.
    /// @param progress  letters written; may be null.
    [[nodiscard]] virtual Result<ExportReport> exportLetters(const QString& query, const QString& file,
                                                             WorkProgress* progress, std::stop_token stop) = 0;
    /// Until when the brokers hold the letter and the record it was.
    [[nodiscard]] virtual Result<LetterLoss> letterLoss(const QString& id, std::stop_token stop) = 0;
    /// The letters behind a query at this instant, for a decision about just these.
    [[nodiscard]] virtual Result<FrozenLetters> freezeLetters(const QString& query, std::stop_token stop) = 0;
    /// How many letters were stored behind the same query since.
    [[nodiscard]] virtual Result<std::int64_t> arrivedSince(const FrozenLetters& letters, std::stop_token stop) = 0;
    /// A person takes letters out of their groups. @return the id of the group they make.
    [[nodiscard]] virtual Result<QString> splitLetters(const QStringList& letterIds, const QString& title,
                                                       const QString& reason, std::stop_token stop) = 0;
    /// What grouping everything anew by the rules of now would do. @param progress  may be null; counts letters.
    [[nodiscard]] virtual Result<RegroupPreview> previewRegroup(WorkProgress* progress, std::stop_token stop) = 0;
    /// Does it. Cancelled: what is done stays, the rest is done at the next start or by asking again.
    [[nodiscard]] virtual Result<RegroupProgress> regroup(const QString& reason, WorkProgress* progress,
                                                          std::stop_token stop) = 0;
    /// The workspace's own rules for kinds, as their file is now.
    [[nodiscard]] virtual Result<KindRulesFile> kindRulesFile(std::stop_token stop) = 0;
    /// What the rules in use decide for what is stored; with `text` also what it would change as the own rules.
    /// InvalidConfig names the text's faults. @param progress  may be null; counts letters.
    [[nodiscard]] virtual Result<KindTrial> tryKindRules(const std::optional<QByteArray>& text, WorkProgress* progress,
                                                         std::stop_token stop) = 0;
    /// Writes the own rules' file; letters that come are sorted by it at once. Conflict when the file is no longer what
    /// it was.
    [[nodiscard]] virtual Status saveKindRules(const KindRulesFile& before, const QByteArray& text,
                                               std::stop_token stop) = 0;
    /// Until stored letters are sorted by the rules in use. Cancelled: they go on being sorted.
    [[nodiscard]] virtual Status waitForKinds(WorkProgress* progress, std::stop_token stop) = 0;
    /// Known errors as a file (.yaml, .yml, .json). @return how many.
    [[nodiscard]] virtual Result<std::int64_t> exportKnownErrors(const QString& file, std::stop_token stop) = 0;
    /// What taking such a file over would do; InvalidConfig names all of its faults.
    [[nodiscard]] virtual Result<KnownImport> planKnownImport(const QString& file, std::stop_token stop) = 0;
    /// What happened to a letter, in order.
    [[nodiscard]] virtual Result<std::vector<TimelineEntry>> letterTimeline(const QString& id,
                                                                            std::stop_token stop) = 0;
    /// Asks the broker for the origin and the last good one. @param progress  read while this runs; may be null.
    [[nodiscard]] virtual Result<LetterComparison> compareLetter(const CompareRequest& request,
                                                                 LookupProgress* progress, std::stop_token stop) = 0;
    /// A letter as text for the clipboard.
    [[nodiscard]] virtual Result<CopiedLine> copyLetter(const QString& id, LetterCopyForm form,
                                                        std::stop_token stop) = 0;
    /// A person's decision on the letters named, or where none are, on those that match.
    /// @return how many changed.
    [[nodiscard]] virtual Result<std::int64_t> triage(const QStringList& letterIds, const QString& query,
                                                      const TriageRequest& request, std::stop_token stop) = 0;

    /// The agenda as it stands, of the open review or of the one that would be opened now.
    [[nodiscard]] virtual Result<ReviewSheet> reviewSheet(std::stop_token stop) = 0;
    /// @return the review's id. Conflict when one is open.
    [[nodiscard]] virtual Result<QString> openReview(const QStringList& participants, std::stop_token stop) = 0;
    /// Conflict: somebody decided meanwhile, see ReviewWords::seen.
    [[nodiscard]] virtual Result<ReviewOutcome> decideReview(const QString& group, const ReviewWords& words,
                                                             std::stop_token stop) = 0;
    /// @return the id of the review that was closed.
    [[nodiscard]] virtual Result<QString> closeReview(std::stop_token stop) = 0;
    /// @param file  .md, .html or .pdf
    [[nodiscard]] virtual Status writeMinutes(const QString& review, const QString& file, std::stop_token stop) = 0;
    /// What the mapping editor begins with. @param letter  stands first; empty: the newest does
    [[nodiscard]] virtual Result<MappingSubject> mappingSubject(const QString& connection, const QString& channel,
                                                                const QString& letter, std::stop_token stop) = 0;
    /// The change a mapping makes in spillway.yaml; nothing is written.
    [[nodiscard]] virtual Result<MappingEdit> mappingEdit(const QString& connection, const QString& channel,
                                                          const DeadLetterMapping& mapping, std::stop_token stop) = 0;
    /// Writes a change that was shown; letters that come are read by it at once. Conflict when the file is no longer
    /// what it was.
    [[nodiscard]] virtual Status saveMapping(const MappingEdit& edit, std::stop_token stop) = 0;
    /// Reads the channel's stored letters again, with the workspace's files as they are now.
    [[nodiscard]] virtual Result<RereadReport> rereadChannel(const QString& connection, const QString& channel,
                                                             WorkProgress* progress, std::stop_token stop) = 0;
    /// Copies the payloads that pointers only point to, of the letters named, or where none are, of those that match.
    /// @param progress  letters looked at; may be null. Cancelled or failed: what was copied until then stays.
    [[nodiscard]] virtual Result<RescueReport> rescueLetters(const QStringList& letterIds, const QString& query,
                                                             WorkProgress* progress, std::stop_token stop) = 0;
    /// Erases what one letter says, for good: `store purge`. InvalidConfig without a reason.
    [[nodiscard]] virtual Result<PurgeReport> purgeLetter(const QString& letterId, const QString& reason,
                                                          std::stop_token stop) = 0;
    /// How dead-lettering is set up wrongly, as `spillwayctl dlq doctor` says it.
    [[nodiscard]] virtual Result<std::vector<DoctorFinding>> setupFindings(std::stop_token stop) = 0;
    /// Everything that people and rules said of one group or letter.
    [[nodiscard]] virtual Result<DecisionSheet> decisions(const QString& subject, std::stop_token stop) = 0;
    /// Comments, tags, links, archiving, known errors, undo.
    [[nodiscard]] virtual Result<ActionReport> act(const TriageAction& action, std::stop_token stop) = 0;
    /// What an undo would take back now.
    [[nodiscard]] virtual Result<UndoPlan> undoable(std::stop_token stop) = 0;

    /// All jobs, newest first.
    [[nodiscard]] virtual Result<std::vector<ReplayJobRow>> replayJobs(std::stop_token stop) = 0;
    /// Freezes and seals; nothing is sent. Asks the broker for the targets' partitions.
    /// @param progress  letters read; may be null
    [[nodiscard]] virtual Result<ReplayPreview> planReplay(const ReplayRequest& request, WorkProgress* progress,
                                                           std::stop_token stop) = 0;
    /// Starts the plan's one job and returns its id; it is listed and runs on by itself.
    [[nodiscard]] virtual Result<QString> runReplay(const ReplayRun& run, std::stop_token stop) = 0;
    [[nodiscard]] virtual Status resumeReplay(const QString& job, const QString& confirmedTargets,
                                              const QString& reason, std::stop_token stop) = 0;
    /// Ends a job after its batch; what was sent stays sent and is recorded.
    [[nodiscard]] virtual Status cancelReplay(const QString& job, std::stop_token stop) = 0;

Q_SIGNALS:
    /// Something that a question would answer differently was stored or decided. At most four times a second, in the UI
    /// thread.
    void changed();
    /// How far the search for `query` by `letters` is, a few times a second, from the thread that searches.
    void searchAdvanced(const QString& query, qint64 scanned, qint64 total, qint64 found);
    /// The letters that it has found so far, newest first, as `letters` will return them.
    void lettersFound(const QString& query, const std::vector<spillway::DeadLetter>& letters);
};

} // namespace spillway::views
