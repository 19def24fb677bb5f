// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/holder.h"

#include "app/console/livecontext.h"

#include "app/console/alertoperations.h"
#include "app/console/answer.h"
#include "app/console/currentuser.h"
#include "app/console/invoiceimport.h"
#include "app/console/kindresorter.h"
#include "app/console/mappingoperations.h"
#include "connectors/kafka/connection.h"
#include "connectors/keychain/keychainsecretstore.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/care/statebackup.h"
#include "model/compatibility/schemaacks.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/groupoutput.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/subjectid.h"
#include "model/job/waiter.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replayplanfile.h"
#include "model/replay/replaystore.h"
#include "model/review/reviewoutput.h"
#include "model/store/commandsocket.h"
#include "model/store/statedirectory.h"

#include <QDeadlineTimer>

#include <algorithm>
#include <limits>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

/// In the order they depend on each other, so that they go in the opposite one.
struct Holder::Parts
{
    std::mutex storedMutex; // guards: onStored
    std::mutex deciding;    // guards: what is read before a decision until what follows from it is in the ledger
    std::function<void()> onStored;
    Context context;
    std::unique_ptr<LiveContext> live;
    SystemClock clock;
    KeychainSecretStore keychain;
    LocalSecretStore secrets{&keychain};
    std::unique_ptr<StateDirectory> directory;
    std::unique_ptr<StoreWriter> samples;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<LedgerReplayJournal> journal;
    ConnectionMap connections;
    std::unique_ptr<KnowledgeInUse> knowledge;
    std::unique_ptr<KindResorter> sorting;
    std::unique_ptr<Collector> collector;
    std::unique_ptr<ReplayOperations> replays;
    std::unique_ptr<ReviewOperations> reviews;
    std::unique_ptr<NotifyOperations> notifications;
    std::unique_ptr<AlertOperations> alerts;
    std::unique_ptr<CommandServer> server;
    std::mutex pruning;        // guards: one pruning at a time
    std::mutex regroupMutex;   // guards: one grouping anew at a time
    std::jthread regrouping;   // ends before what it writes to
    std::jthread housekeeping; // first to end: it writes

    /// Thins and drops history by the workspace's `retention`, once an hour while collecting goes on.
    void keepHouse(std::stop_token stop);
    /// Reads again what an older version read; what the workspace has no connection for waits until it has.
    /// @return whether letters tell something else now
    bool rereadOld(const std::stop_token& stop);
    [[nodiscard]] PruneRequest pruneRequest(bool compacts) const
    {
        return {
            .retention = context.workspace.retention, .now = clock.now(), .actor = currentUser(), .compacts = compacts};
    }
    /// Gives ended replays of the last days the outcomes that were read since.
    void settleReplays(const QString& connection);
};

namespace {

constexpr Millis settledFor{7LL * 24 * 3'600'000}; // a consumer that takes longer than a week will not be waited for

constexpr Millis firstHousekeeping{60'000}; // what one starts for comes first
constexpr Millis housekeepingInterval{3'600'000};

} // namespace

void Holder::Parts::keepHouse(std::stop_token stop)
{
    SystemWaiter waiter;
    for (Millis rest = firstHousekeeping; waiter.waitFor(rest, stop); rest = housekeepingInterval) {
        // A failure (a full disk) shows at the next sample; the history is still there to be dropped an hour later.
        const std::lock_guard lock(pruning);
        (void)pruneStore(*ledger, *samples, pruneRequest(false), stop);
    }
}

bool Holder::Parts::rereadOld(const std::stop_token& stop)
{
    auto reader = Database::open(directory->samplesFile(), Database::Access::Reader);
    const auto old = reader ? channelsReadByOlder(*reader) : tl::unexpected<Error>(reader.error());
    bool isChanged = false;
    for (const OldChannel& channel : old.value_or(std::vector<OldChannel>())) {
        if (stop.stop_requested())
            break;
        if (!context.workspace.connection(channel.connection))
            continue;
        const auto known = knowledge->now();
        LetterPreparer preparer(known->dialects, known->kinds, context.catalog,
                                known->deadLettersOf(channel.connection), known->judge.get(), &knowledge->grouping());
        const auto report = rereadOldChannel(*samples, preparer, channel, stop);
        isChanged = isChanged || (report && report->changed > 0);
    }
    return isChanged;
}

void Holder::Parts::settleReplays(const QString& connection)
{
    // What cannot be settled now is settled after the next sample; nothing is lost by not telling.
    (void)settleEndedJobs(*journal, connection, currentUser(), clock.now() - settledFor);
}

Holder::Holder(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
{
}

Holder::~Holder()
{
    m_parts->housekeeping = {};
    m_parts->regrouping = {};
    m_parts->replays.reset(); // leaves running jobs, so that whoever follows one is told
    m_parts->server.reset();
    m_parts->alerts.reset();
    m_parts->notifications.reset(); // a delivery under way ends, and what came of it is on record
    m_parts->collector->stop();
}

Result<std::unique_ptr<Holder>> Holder::acquire(Context context, const QString& program, std::int64_t sortedAtOnce)
{
    auto parts = std::make_unique<Parts>();
    parts->context = std::move(context);
    parts->live = std::make_unique<LiveContext>(parts->context);

    auto directory = StateDirectory::hold(parts->context.stateFolder, program);
    if (!directory)
        return tl::unexpected(directory.error());
    parts->directory = std::move(*directory);

    auto samples =
        StoreWriter::open(parts->directory->samplesFile(), Database::Access::Writer, u":/migrations/samples"_s);
    if (!samples)
        return tl::unexpected(samples.error());
    parts->samples = std::move(*samples);
    parts->samples->onCommitted([parts = parts.get()](std::uint64_t) {
        const std::lock_guard lock(parts->storedMutex);
        if (parts->onStored)
            parts->onStored();
    });

    auto ledger = Ledger::open(parts->directory->ledgerFile(), parts->clock);
    if (!ledger)
        return tl::unexpected(ledger.error());
    parts->ledger = std::move(*ledger);

    const auto openReader = [file = parts->directory->samplesFile()] {
        return Database::open(file, Database::Access::Reader);
    };
    parts->journal =
        std::make_unique<LedgerReplayJournal>(*parts->ledger, *parts->samples, openReader, storedLetterStates());
    if (const Status caughtUp = parts->journal->catchUp(); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const Status caughtUp = catchUpTriage(*parts->ledger, *parts->samples); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const Status caughtUp = catchUpRescues(*parts->ledger, *parts->samples); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const Status caughtUp = catchUpRetired(*parts->ledger, *parts->samples); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const Status caughtUp = catchUpPurges(*parts->ledger, *parts->samples); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const Status caughtUp = catchUpGroups(*parts->ledger, *parts->samples); !caughtUp)
        return tl::unexpected(caughtUp.error());
    if (const auto marked = markInterruptedJobs(*parts->journal, currentUser()); !marked)
        return tl::unexpected(marked.error());

    parts->connections = makeConnections(parts->context.workspace, parts->secrets, parts->clock);
    auto knowledge = loadLetterKnowledge(parts->context.workspace);
    if (!knowledge)
        return tl::unexpected(knowledge.error());
    parts->knowledge = std::make_unique<KnowledgeInUse>(std::move(*knowledge));
    if (const Status begun =
            regroupOldVersions(*parts->samples, parts->knowledge->grouping().knowledge().rules.digest, currentUser());
        !begun)
        return tl::unexpected(begun.error());
    parts->sorting = std::make_unique<KindResorter>(*parts->samples, parts->knowledge->now()->kinds, sortedAtOnce);
    parts->regrouping = std::jthread([parts = parts.get()](std::stop_token stop) {
        // A failure (a full disk) costs nothing: the rest is done at the next start.
        const std::lock_guard lock(parts->regroupMutex);
        // First the groups, whose old ids then lead on; what is read anew stores by the same fingerprints.
        const auto done = regroupRest(*parts->ledger, *parts->samples, parts->knowledge->grouping().knowledge(),
                                      currentUser(), stop, {});
        const bool isReread = parts->rereadOld(stop);
        if (isReread || !done || *done)
            parts->sorting->goOn();
    });
    parts->knowledge->onRecounted([sorting = parts->sorting.get()] { sorting->goOn(); });
    parts->knowledge->onKinds([sorting = parts->sorting.get()](const KindRules& rules) { sorting->sortBy(rules); });
    parts->collector = std::make_unique<Collector>(
        makeCrews(parts->context, parts->connections, *parts->knowledge, *parts->ledger, *parts->samples, parts->clock),
        parts->clock);

    parts->replays = std::make_unique<ReplayOperations>(ReplayOperations::World{.context = parts->context,
                                                                                .connections = parts->connections,
                                                                                .knowledge = *parts->knowledge,
                                                                                .journal = *parts->journal,
                                                                                .ledger = *parts->ledger,
                                                                                .collector = *parts->collector,
                                                                                .clock = parts->clock,
                                                                                .actor = currentUser()});

    parts->notifications = std::make_unique<NotifyOperations>(NotifyOperations::World{.context = parts->context,
                                                                                      .ledger = *parts->ledger,
                                                                                      .store = *parts->samples,
                                                                                      .secrets = parts->secrets,
                                                                                      .clock = parts->clock,
                                                                                      .actor = currentUser(),
                                                                                      .reader = openReader});
    if (const Status caughtUp = parts->notifications->catchUp(); !caughtUp)
        return tl::unexpected(caughtUp.error());

    parts->alerts = std::make_unique<AlertOperations>(
        AlertOperations::World{.context = *parts->live,
                               .ledger = *parts->ledger,
                               .store = *parts->samples,
                               .clock = parts->clock,
                               .actor = currentUser(),
                               .deciding = parts->deciding,
                               .reader = openReader,
                               .health = [collector = parts->collector.get()] { return collector->health(); }});
    if (const Status caughtUp = parts->alerts->catchUp(); !caughtUp)
        return tl::unexpected(caughtUp.error());

    std::unique_ptr<Holder> holder(new Holder(std::move(parts)));
    holder->m_parts->reviews =
        std::make_unique<ReviewOperations>(ReviewOperations::World{.context = holder->m_parts->context,
                                                                   .ledger = *holder->m_parts->ledger,
                                                                   .samples = *holder->m_parts->samples,
                                                                   .clock = holder->m_parts->clock,
                                                                   .actor = currentUser(),
                                                                   .deciding = holder->m_parts->deciding});
    auto server = CommandServer::listen(
        *holder->m_parts->directory,
        [self = holder.get()](const QByteArray& request, const CommandServer::Reply& reply, std::stop_token stop) {
            answer(request, reply, [self, stop](const Decision& decision, const AnswerSink& sink) {
                return self->decide(decision, sink, Asker::AnotherProcess, stop);
            });
        });
    if (!server)
        return tl::unexpected(server.error());
    holder->m_parts->server = std::move(*server);
    return holder;
}

std::shared_ptr<const Context> Holder::contextNow() const
{
    return m_parts->live->now();
}

const Context& Holder::context() const
{
    return m_parts->context;
}

const Clock& Holder::clock() const
{
    return m_parts->clock;
}

Collector& Holder::collector()
{
    return *m_parts->collector;
}

ReplayOperations& Holder::replays()
{
    return *m_parts->replays;
}

ReviewOperations& Holder::reviews()
{
    return *m_parts->reviews;
}

NotifyOperations& Holder::notifications()
{
    return *m_parts->notifications;
}

AlertOperations& Holder::alerts()
{
    return *m_parts->alerts;
}

StoreWriter& Holder::samples()
{
    return *m_parts->samples;
}

Result<Database> Holder::reader() const
{
    return Database::open(m_parts->directory->samplesFile(), Database::Access::Reader);
}

namespace {

/// What failed, each once: several duties meet the same broker that is down, and some say in what it hindered them.
QStringList withoutRepetition(const std::vector<Error>& failures)
{
    QStringList sentences;
    for (const Error& failure : failures) {
        const bool isSaidShorter = std::any_of(failures.begin(), failures.end(), [&failure](const Error& other) {
            return other.detail != failure.detail && failure.detail.endsWith(u": "_s + other.detail);
        });
        if (!isSaidShorter && !sentences.contains(failure.detail))
            sentences += failure.detail;
    }
    return sentences;
}

/// What could be had is stored. 3 as soon as something could not be reached; 2 where only the configuration is at
/// fault.
Verdict reportCollected(const CollectReport& report, const AnswerSink& sink)
{
    sink.data(report.json());
    for (const QString& sentence : report.warnings)
        sink.note(sentence);
    for (const QString& sentence : withoutRepetition(report.failures))
        sink.note(sentence);
    if (report.failures.empty())
        return {};
    const bool isConfiguration = std::all_of(report.failures.begin(), report.failures.end(), [](const Error& failure) {
        return failure.code == ErrorCode::InvalidConfig;
    });
    return {isConfiguration ? 2 : 3};
}

} // namespace

namespace {

/// What a query found is said before anything is decided on it.
void sayCount(const LetterSelection& selection, const std::vector<DeadLetter>& letters, const AnswerSink& sink)
{
    if (!selection.ids.isEmpty())
        return;
    std::set<QString> groups;
    for (const DeadLetter& letter : letters)
        groups.insert(letter.group);
    sink.note(u"%1 %2 in %3 %4 fit"_s.arg(
        formatCount(static_cast<std::int64_t>(letters.size())), letters.size() == 1 ? u"letter"_s : u"letters"_s,
        formatCount(static_cast<std::int64_t>(groups.size())), groups.size() == 1 ? u"group"_s : u"groups"_s));
}

} // namespace

void Holder::onStored(std::function<void()> listener)
{
    const std::lock_guard lock(m_parts->storedMutex);
    m_parts->onStored = std::move(listener);
}

Result<std::int64_t> Holder::triage(const LetterSelection& selection, const TriageRequest& request,
                                    const AnswerSink& sink, std::stop_token stop)
{
    const std::lock_guard lock(m_parts->deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    LetterSelection meant = selection;
    meant.isOpenOnly = request.to != TriageState::New; // which opens what is closed
    const auto letters = selectedLetters(*database, meant, m_parts->clock.now(), stop);
    if (!letters)
        return tl::unexpected(letters.error());
    sayCount(selection, *letters, sink);
    const TriagePlan plan = planTriage(request, *letters);
    const bool isNoneChanged = plan.letterIds.empty() && !plan.refused.empty();
    const bool isOneReason =
        std::all_of(plan.refused.begin(), plan.refused.end(),
                    [&plan](const TriageRefusal& refusal) { return refusal.why == plan.refused.front().why; });
    if (isNoneChanged && isOneReason) // said once, not for each letter
        return fail(ErrorCode::InvalidConfig, u"no letter was changed: "_s.append(plan.refused.front().why));
    for (const TriageRefusal& refusal : plan.refused)
        sink.note(refusal.letterId + u": "_s + refusal.why);
    if (isNoneChanged)
        return fail(ErrorCode::InvalidConfig, u"no letter was changed: none of them may go to this state"_s);
    return decideTriage(*m_parts->ledger, *m_parts->samples, plan, currentUser());
}

Result<RescueReport> Holder::rescue(const LetterSelection& selection, const AnswerSink& sink, std::stop_token stop,
                                    const std::function<void(std::int64_t, std::int64_t)>& tell)
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto letters = selectedLetters(*database, selection, m_parts->clock.now(), stop);
    if (!letters)
        return tl::unexpected(letters.error());
    std::map<QString, std::vector<DeadLetter>> byConnection;
    for (const DeadLetter& letter : *letters)
        byConnection[letter.connection].push_back(letter);
    LetterRescuer rescuer(*m_parts->ledger, *m_parts->samples, m_parts->clock, currentUser());
    RescueReport sum;
    for (const auto& [name, theirs] : byConnection) {
        const auto connection = m_parts->connections.find(name);
        if (connection == m_parts->connections.end())
            return fail(ErrorCode::InvalidConfig, u"connection %1 is no longer in the workspace"_s.arg(name));
        const auto lookup = connection->second->recordLookup();
        const RescueBudget all{.letters = std::ssize(theirs), .bytes = std::numeric_limits<std::int64_t>::max()};
        const auto lookedTell = [&](const RescueReport& sofar) {
            if (tell)
                tell(sum.looked() + sofar.looked(), std::ssize(*letters));
        };
        const auto report = rescuer.rescue(*lookup, theirs, all, stop, lookedTell);
        if (!report)
            return tl::unexpected(report.error());
        for (const auto* list : {&report->gone, &report->refused}) {
            for (const auto& [id, why] : *list)
                sink.note(id + u": "_s + why);
        }
        sum.rescued += report->rescued;
        sum.bytes += report->bytes;
        sum.already += report->already;
        sum.lost += report->lost;
        sum.gone.insert(sum.gone.end(), report->gone.begin(), report->gone.end());
        sum.refused.insert(sum.refused.end(), report->refused.begin(), report->refused.end());
    }
    // What is rescued warns nobody any more; until the next sample the old counts would.
    if (sum.rescued + sum.lost > 0) {
        const UtcTime now = m_parts->clock.now();
        if (const auto outlooks = channelOutlooks(*database, now, stop))
            (void)m_parts->samples->write(
                [&](Database& store) { return keepOutlooks(store, *outlooks, now); }); // the next sample counts anew
    }
    return sum;
}

Status Holder::saveMapping(const MappingEdit& edit, std::stop_token stop)
{
    if (const Status saved = saveMappingEdit(m_parts->context.workspace.file, edit); !saved)
        return saved;
    const auto read = m_parts->knowledge->reload(m_parts->context.workspace);
    return read ? m_parts->knowledge->waitForTurns(std::move(stop)) : tl::unexpected(read.error());
}

Result<KindRulesFile> Holder::kindRulesFile() const
{
    return readKindRulesFile(kindsFileOf(m_parts->context.workspace));
}

std::shared_ptr<const KindRules> Holder::kindRules() const
{
    const auto knowledge = m_parts->knowledge->now();
    return {knowledge, &knowledge->kinds}; // owned together with the rest of it
}

Status Holder::saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token stop)
{
    if (before.file != kindsFileOf(m_parts->context.workspace))
        return fail(ErrorCode::InvalidConfig, u"%1 is not the workspace's file of rules"_s.arg(before.file));
    if (const Status saved = saveKindRulesFile(before, text); !saved)
        return saved;
    const auto read = m_parts->knowledge->reload(m_parts->context.workspace);
    if (!read)
        return tl::unexpected(read.error());
    // Whoever reads letters says so too once he does by these; where nobody does, this is all.
    m_parts->knowledge->tellKinds((*read)->kinds);
    return m_parts->knowledge->waitForTurns(std::move(stop));
}

Status Holder::waitForKinds(const std::function<void(const KindSorting&)>& tell, std::stop_token stop)
{
    constexpr Millis toldEach{150};
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    for (bool isDone = false; !isDone;) {
        isDone = m_parts->sorting->waitFor(toldEach, stop);
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"letters go on being sorted"_s);
        if (const auto sorting = kindSorting(*database); sorting && tell)
            tell(*sorting);
    }
    return {};
}

Result<RereadReport> Holder::reread(const QString& connection, const QString& channel,
                                    const std::function<void(const RereadReport&)>& tell, std::stop_token stop)
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto name = connection.isEmpty() ? connectionOfChannel(*database, channel) : Result<QString>(connection);
    if (!name)
        return tl::unexpected(name.error());
    if (!m_parts->context.workspace.connection(*name))
        return fail(ErrorCode::InvalidConfig, u"the workspace has no connection %1"_s.arg(*name));
    const auto read = m_parts->knowledge->reload(m_parts->context.workspace); // one rereads because files changed
    if (!read)
        return tl::unexpected(read.error());
    // A letter that is being read by the old files right now is stored before this looks which there are.
    if (const Status ended = m_parts->knowledge->waitForTurns(stop); !ended)
        return tl::unexpected(ended.error());
    const LetterKnowledge& knowledge = **read;
    LetterPreparer preparer(knowledge.dialects, knowledge.kinds, m_parts->context.catalog,
                            knowledge.deadLettersOf(*name), knowledge.judge.get(), &m_parts->knowledge->grouping());
    auto report = rereadChannel(*m_parts->samples, preparer, *name, channel, stop, tell);
    m_parts->sorting->goOn(); // other errors: what came back from replays may count otherwise
    return report;
}

Result<QByteArray> Holder::decideOnGroups(const Decision& decision, std::stop_token stop)
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    std::vector<Ledger::Draft> drafts;
    JsonWriter json;
    json.beginObject();
    if (const auto* merge = std::get_if<MergeGroupsDecision>(&decision)) {
        const auto plan = planMerge(*database, merge->groups, merge->into, merge->reason);
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = mergeDrafts(*plan, currentUser());
        json.field(u"group", plan->into).field(u"merged", std::int64_t{plan->groups.size()});
    } else if (const auto* split = std::get_if<SplitGroupDecision>(&decision)) {
        const auto letters = selectedLetters(*database, {.ids = split->ids, .query = split->query.value_or(QString())},
                                             m_parts->clock.now(), stop);
        if (!letters)
            return tl::unexpected(letters.error());
        const auto plan = planSplit(*letters, split->title, split->reason, m_parts->clock.now());
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = splitDrafts(*plan, currentUser());
        json.field(u"group", plan->group).field(u"changed", static_cast<std::int64_t>(plan->letterIds.size()));
    } else if (const auto* unmerge = std::get_if<UnmergeGroupsDecision>(&decision)) {
        const auto plan = planUnmerge(*database, unmerge->groups, unmerge->reason);
        if (!plan)
            return tl::unexpected(plan.error());
        drafts = unmergeDrafts(*plan, currentUser());
        json.field(u"changed", std::int64_t{plan->groups.size() + plan->splits.size()});
    }
    json.endObject();
    if (const Status decided = decideGroups(*m_parts->ledger, *m_parts->samples, std::move(drafts)); !decided)
        return tl::unexpected(decided.error());
    return json.json();
}

Result<RegroupProgress> Holder::regroup(const QString& reason, const std::function<void(const RegroupProgress&)>& tell,
                                        std::stop_token stop)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"a decision needs its reason; write --reason TEXT, or --dry-run to look"_s);
    const auto knowledge = loadGroupingKnowledge(m_parts->context.workspace);
    if (!knowledge)
        return tl::unexpected(knowledge.error());
    m_parts->knowledge->grouping().exchange(*knowledge); // letters to come first: none may fall between
    const std::lock_guard lock(m_parts->regroupMutex);
    if (const Status asked = decideGroups(*m_parts->ledger, *m_parts->samples,
                                          {regroupDraft(reason.trimmed(), knowledge->rules.digest, currentUser())});
        !asked)
        return tl::unexpected(asked.error());
    const auto done = regroupRest(*m_parts->ledger, *m_parts->samples, *knowledge, currentUser(), stop, tell);
    m_parts->sorting->goOn(); // also after a part of it
    if (!done)
        return tl::unexpected(done.error());
    return done->value_or(RegroupProgress{});
}

Status Holder::recordReveal(const RevealRequest& request)
{
    return spillway::recordReveal(*m_parts->ledger, currentUser(), request);
}

Status Holder::recordExport(const ExportRecord& record)
{
    return spillway::recordExport(*m_parts->ledger, currentUser(), record);
}

Result<bool> Holder::recordInvoice(const Invoice& invoice)
{
    const std::lock_guard lock(m_parts->deciding); // what is known until the event is written
    const auto known = readInvoices(m_parts->context.ledgerFile());
    if (!known)
        return tl::unexpected(known.error());
    for (const Invoice& one : *known) {
        if (one.digest == invoice.digest && one.profile == invoice.profile)
            return false;
    }
    const auto appended = m_parts->ledger->append(currentUser(), invoiceEventType, invoiceBody(invoice));
    if (!appended)
        return tl::unexpected(appended.error());
    return true;
}

Result<Invoice> Holder::removeInvoice(const QString& id, const QString& profile, const QString& reason)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    const std::lock_guard lock(m_parts->deciding); // what is known until the event is written
    const auto kept = readInvoices(m_parts->context.ledgerFile());
    if (!kept)
        return tl::unexpected(kept.error());
    auto chosen = chooseInvoice(*kept, id, profile);
    if (!chosen)
        return chosen;
    const auto appended = m_parts->ledger->append(
        currentUser(), invoiceRemovedEventType,
        invoiceRemovalBody({.digest = chosen->digest, .profile = chosen->profile, .reason = reason.trimmed()}));
    if (!appended)
        return tl::unexpected(appended.error());
    return chosen;
}

Status Holder::recordBackup(const BackupDecision& decision)
{
    const auto event = m_parts->ledger->append(currentUser(), u"store.backedUp"_s,
                                               backupEventBody({.file = decision.file,
                                                                .bytes = decision.bytes,
                                                                .takenAt = decision.takenAt,
                                                                .entries = decision.entries}));
    return event ? Status() : tl::unexpected(event.error());
}

Result<PurgeReport> Holder::purge(const QString& id, const QString& reason, std::stop_token stop)
{
    const std::lock_guard lock(m_parts->deciding);
    auto report = purgeLetter(*m_parts->ledger, *m_parts->samples, id, reason, currentUser(), stop);
    if (!report)
        return report;
    if (const Status noted = catchUpTriage(*m_parts->ledger, *m_parts->samples); !noted) // the history
        return tl::unexpected(noted.error());
    return report;
}

Result<PruneReport> Holder::prune(bool compacts, std::stop_token stop)
{
    const std::lock_guard lock(m_parts->pruning);
    return pruneStore(*m_parts->ledger, *m_parts->samples, m_parts->pruneRequest(compacts), stop);
}

Status Holder::acknowledgeSchema(const SchemaAckDecision& decision)
{
    auto draft = schemaAckDraft({.eventType = decision.eventType,
                                 .version = decision.version,
                                 .consumer = decision.consumer,
                                 .note = decision.note,
                                 .actor = currentUser()},
                                context().catalog, SchemaFolder(context().workspace.schemasFolder));
    if (!draft)
        return tl::unexpected(draft.error());
    const auto event = m_parts->ledger->append({std::move(*draft)});
    return event ? Status() : tl::unexpected(event.error());
}

Result<ActionReport> Holder::act(const TriageAction& action, const AnswerSink& sink, std::stop_token stop)
{
    const std::lock_guard lock(m_parts->deciding);
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const UtcTime now = m_parts->clock.now();
    std::vector<DeadLetter> letters;
    if (const auto* archive = std::get_if<ArchiveAction>(&action)) {
        const LetterSelection selection{
            .ids = archive->ids, .query = archive->query.value_or(QString()), .isOpenOnly = true};
        auto selected = selectedLetters(*database, selection, now, stop);
        if (!selected)
            return tl::unexpected(selected.error());
        letters = std::move(*selected);
        sayCount(selection, letters, sink);
    }
    const DecisionWorld world{.ledger = *m_parts->ledger,
                              .store = *m_parts->samples,
                              .reader = *database,
                              .actor = currentUser(),
                              .now = now};
    auto report = decideAction(world, action, letters);
    if (report) // it quotes titles, and what people wrote
        report->summary = m_parts->context.masker.text(report->summary, MaskPurpose::View);
    return report;
}

Result<DecisionSheet> Holder::decisionSheet(const QString& subject) const
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto knowledge = m_parts->knowledge->now();
    return spillway::decisionSheet(*database, knowledge->kinds, subject, m_parts->clock.now());
}

std::shared_ptr<const DialectRegistry> Holder::dialects() const
{
    const auto knowledge = m_parts->knowledge->now();
    return {knowledge, &knowledge->dialects}; // owned together with the rest of it
}

Status Holder::keepRules()
{
    const std::unique_lock lock(m_parts->deciding, std::try_to_lock); // a sample never waits for a large decision
    if (!lock.owns_lock())
        return {};
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto changed = keepArchiveRules({.ledger = *m_parts->ledger,
                                           .store = *m_parts->samples,
                                           .reader = *database,
                                           .actor = ruleActor(),
                                           .now = m_parts->clock.now()});
    return changed ? Status() : tl::unexpected(changed.error());
}

CollectReport Holder::collectOnce(std::stop_token stop)
{
    CollectReport report = m_parts->collector->once(stop, {});
    m_parts->sorting->wait(stop); // who reads next sees what the rules say now
    for (const auto& [name, connection] : m_parts->connections)
        m_parts->settleReplays(name);
    if (const Status kept = keepRules(); !kept)
        report.failures.push_back(kept.error());
    if (const Status looked = m_parts->alerts->look(); !looked)
        report.failures.push_back(looked.error());
    if (const auto told = m_parts->notifications->deliverDue(stop); !told)
        report.failures.push_back(told.error());
    return report;
}

void Holder::startCollecting(Collector::HealthListener listener)
{
    m_parts->housekeeping = std::jthread([parts = m_parts.get()](std::stop_token stop) { parts->keepHouse(stop); });
    m_parts->notifications->start();
    m_parts->alerts->start();
    const auto heard = [this, listener = std::move(listener)](const ConnectionHealth& health) {
        m_parts->alerts->nudge();
        if (listener)
            listener(health);
    };
    m_parts->collector->start(heard, [this](const QString& connection) {
        m_parts->settleReplays(connection);
        (void)keepRules(); // what fails now is done after the next sample
        m_parts->alerts->nudge();
    });
}

Result<Verdict> Holder::decide(const Decision& decision, const AnswerSink& sink, Asker asker, std::stop_token stop)
{
    struct Visitor
    {
        Holder& holder;
        const AnswerSink& sink;
        Asker asker;
        std::stop_token stop;

        Result<Verdict> operator()(const CollectOnceDecision&) const
        {
            return reportCollected(holder.collectOnce(stop), sink);
        }
        Result<Verdict> operator()(const TriageDecision& decision) const
        {
            const auto request =
                readTriageRequest(decision.to, decision.reason,
                                  decision.assignee.isEmpty() ? std::nullopt : std::optional(decision.assignee));
            if (!request)
                return tl::unexpected(request.error());
            const auto changed =
                holder.triage({.ids = decision.ids, .query = decision.query.value_or(QString())}, *request, sink, stop);
            if (!changed)
                return tl::unexpected(changed.error());
            JsonWriter json;
            json.beginObject().field(u"changed", *changed).endObject();
            sink.data(json.json());
            return Verdict{};
        }
        Result<Verdict> operator()(const RescueDecision& decision) const
        {
            const auto report =
                holder.rescue({.ids = decision.ids, .query = decision.query.value_or(QString())}, sink, stop);
            if (!report)
                return tl::unexpected(report.error());
            JsonWriter json;
            json.beginObject()
                .field(u"rescued", report->rescued)
                .field(u"bytes", report->bytes)
                .field(u"already", report->already)
                .field(u"lost", report->lost)
                .field(u"refused", static_cast<std::int64_t>(report->refused.size()))
                .endObject();
            sink.data(json.json());
            return Verdict{report->lost > 0 || !report->refused.empty() ? 1 : 0};
        }
        Result<Verdict> operator()(const RereadDecision& decision) const
        {
            std::int64_t told = 0;
            const auto tell = [&](const RereadReport& sofar) {
                if (sofar.letters - told < 20'000)
                    return;
                told = sofar.letters;
                sink.note(u"%1 of %2 letters"_s.arg(formatCount(sofar.letters), formatCount(sofar.total)));
            };
            const auto report = holder.reread(decision.connection, decision.channel, tell, stop);
            if (!report)
                return tl::unexpected(report.error());
            JsonWriter json;
            json.beginObject()
                .field(u"letters", report->letters)
                .field(u"changed", report->changed)
                .field(u"total", report->total)
                .endObject();
            sink.data(json.json());
            return Verdict{};
        }
        Result<Verdict> operator()(const MergeGroupsDecision& decision) const { return onGroups(decision); }
        Result<Verdict> operator()(const SplitGroupDecision& decision) const { return onGroups(decision); }
        Result<Verdict> operator()(const UnmergeGroupsDecision& decision) const { return onGroups(decision); }
        Result<Verdict> operator()(const RegroupDecision& decision) const
        {
            std::int64_t told = 0;
            const auto tell = [&](const RegroupProgress& progress) {
                if (progress.done - told < 20'000)
                    return;
                told = progress.done;
                sink.note(u"%1 of %2 letters"_s.arg(formatCount(progress.done), formatCount(progress.total)));
            };
            const auto done = holder.regroup(decision.reason, tell, stop);
            if (!done)
                return tl::unexpected(done.error());
            sink.data(regroupProgressJson(*done));
            return Verdict{};
        }
        Result<Verdict> operator()(const ActionDecision& decision) const
        {
            const auto report = holder.act(decision.action, sink, stop);
            if (!report)
                return tl::unexpected(report.error());
            for (const QString& refusal : report->refused)
                sink.note(refusal);
            JsonWriter json;
            json.beginObject()
                .field(u"changed", report->changed)
                .field(u"seq", report->seq == 0 ? std::nullopt : std::optional(report->seq))
                .field(u"summary", report->summary)
                .endObject();
            sink.data(json.json());
            return Verdict{};
        }
        Result<Verdict> operator()(const PlanDecision& decision) const
        {
            const auto planned = holder.replays().plan({.query = decision.query}, decision.to, decision.headers, stop);
            if (!planned)
                return tl::unexpected(planned.error());
            if (const Status written = writePlan(planned->plan, decision.file); !written)
                return tl::unexpected(written.error());
            for (const QString& warning : planned->warnings)
                sink.note(warning);
            sink.data(writePlanSummaryJson(planned->plan, planned->headers));
            return Verdict{};
        }
        Result<Verdict> operator()(const RunDecision& decision) const
        {
            return followed(holder.replays().start(decision));
        }
        Result<Verdict> operator()(const ResumeDecision& decision) const
        {
            return followed(holder.replays().resume(decision));
        }
        Result<Verdict> operator()(const CancelDecision& decision) const
        {
            const auto report = holder.replays().cancel(decision.job, stop);
            if (!report)
                return tl::unexpected(report.error());
            sink.data(writeReplayJobJson(*report));
            return Verdict{};
        }

        Result<Verdict> operator()(const RevealDecision& decision) const
        {
            return onRecord(holder.recordReveal(decision.request));
        }
        Result<Verdict> operator()(const ExportDecision& decision) const
        {
            return onRecord(holder.recordExport(decision.record));
        }
        Result<Verdict> operator()(const InvoiceDecision& decision) const
        {
            const auto isNew = holder.recordInvoice(decision.invoice);
            if (!isNew)
                return tl::unexpected(isNew.error());
            const auto kept = readInvoices(holder.context().ledgerFile());
            if (!kept)
                return tl::unexpected(kept.error());
            sink.data(importedInvoiceJson(decision.invoice, *isNew, *kept));
            return Verdict{};
        }
        Result<Verdict> operator()(const InvoiceRemoveDecision& decision) const
        {
            const auto removed = holder.removeInvoice(decision.id, decision.profile, decision.reason);
            if (!removed)
                return tl::unexpected(removed.error());
            sink.data(removedInvoiceJson(*removed));
            return Verdict{};
        }
        Result<Verdict> operator()(const BackupDecision& decision) const
        {
            return onRecord(holder.recordBackup(decision));
        }
        Result<Verdict> operator()(const PurgeDecision& decision) const
        {
            const auto report = holder.purge(decision.id, decision.reason, stop);
            if (!report)
                return tl::unexpected(report.error());
            sink.data(purgeReportJson(*report));
            return Verdict{report->left.isEmpty() ? 0 : 1};
        }
        Result<Verdict> operator()(const PruneDecision& decision) const
        {
            const auto report = holder.prune(decision.compacts, stop);
            if (!report)
                return tl::unexpected(report.error());
            sink.data(pruneReportJson(*report));
            return Verdict{};
        }
        Result<Verdict> operator()(const SchemaAckDecision& decision) const
        {
            return onRecord(holder.acknowledgeSchema(decision));
        }
        static Result<Verdict> onRecord(const Status& recorded)
        {
            if (!recorded)
                return tl::unexpected(recorded.error());
            return Verdict{};
        }
        Result<Verdict> operator()(const ReviewOpenDecision& decision) const
        {
            const auto id = holder.reviews().open(decision.participants, stop);
            if (!id)
                return tl::unexpected(id.error());
            JsonWriter json;
            json.beginObject().field(u"review", *id).endObject();
            sink.data(json.json());
            return Verdict{};
        }
        Result<Verdict> operator()(const ReviewDecideDecision& decision) const
        {
            auto database = holder.reader();
            if (!database)
                return tl::unexpected(database.error());
            const auto group = wholeGroup(*database, decision.group);
            if (!group)
                return tl::unexpected(group.error());
            const auto outcome = holder.reviews().decide(*group, decision.words, sink, stop);
            if (!outcome)
                return tl::unexpected(outcome.error());
            sink.data(reviewOutcomeJson(*group, *outcome));
            return Verdict{};
        }
        Result<Verdict> operator()(const ReviewCloseDecision&) const
        {
            const auto review = holder.reviews().close(stop);
            if (!review)
                return tl::unexpected(review.error());
            JsonWriter json;
            json.beginObject()
                .field(u"review", review->id)
                .field(u"decided", static_cast<std::int64_t>(review->decisions.size()))
                .field(u"undecided", static_cast<std::int64_t>(review->undecided.size()))
                .field(u"carriedOver", static_cast<std::int64_t>(review->carriedOver().size()))
                .endObject();
            sink.data(json.json());
            return Verdict{};
        }

        Result<Verdict> operator()(const AlertAckDecision& decision) const
        {
            return decided(holder.alerts().acknowledge(decision.ack));
        }
        Result<Verdict> operator()(const AlertSilenceDecision& decision) const
        {
            return decided(holder.alerts().silence(decision.silence));
        }
        Result<Verdict> operator()(const AlertUndoDecision& decision) const
        {
            return decided(holder.alerts().undo(decision.seq, decision.reason));
        }
        [[nodiscard]] Result<Verdict> decided(const Result<AlertDecision>& standing) const
        {
            if (!standing)
                return tl::unexpected(standing.error());
            sink.data(alertDecisionJson(*standing, holder.clock().now()));
            return Verdict{};
        }
        Result<Verdict> operator()(const NotifyDecision& decision) const
        {
            return told(holder.notifications().send(decision.subject, decision.digest, stop));
        }
        Result<Verdict> operator()(const NotifyRetryDecision& decision) const
        {
            return told(holder.notifications().retry(decision.id, stop));
        }
        /// 3 as long as one of them has not arrived.
        [[nodiscard]] Result<Verdict> told(const Result<std::vector<Notification>>& notifications) const
        {
            if (!notifications)
                return tl::unexpected(notifications.error());
            sink.data(notificationsJson(*notifications));
            const bool isAll = std::all_of(notifications->begin(), notifications->end(), [](const Notification& each) {
                return each.state == NotifyState::Delivered;
            });
            return Verdict{isAll ? 0 : 3};
        }

        [[nodiscard]] Result<Verdict> onGroups(const Decision& decision) const
        {
            const auto answer = holder.decideOnGroups(decision, stop);
            if (!answer)
                return tl::unexpected(answer.error());
            sink.data(*answer);
            return Verdict{};
        }
        [[nodiscard]] Result<Verdict> followed(const Result<QString>& jobId) const
        {
            if (!jobId)
                return tl::unexpected(jobId.error());
            const auto report = holder.replays().follow(
                *jobId, asker,
                [this](const ReplayReport& progress) { return sink.data(writeReplayProgressJson(progress)); }, stop);
            if (!report)
                return tl::unexpected(report.error());
            if (!report->detail.isEmpty())
                sink.note(report->detail);
            sink.data(writeReplayResultJson(*report));
            return Verdict{exitCodeOf(*report)};
        }

        /// 3 where the broker ended it and a resume may go on; 1 for every other end than done.
        static int exitCodeOf(const ReplayReport& report)
        {
            if (report.state == JobState::Done)
                return 0;
            return report.state == JobState::Interrupted && report.error && report.error->code != ErrorCode::Cancelled
                       ? 3
                       : 1;
        }
    };
    return std::visit(Visitor{*this, sink, asker, stop}, decision);
}

void Holder::finishServing(const std::stop_token& stop)
{
    m_parts->server->finish(stop);
}

namespace {

/// Processes that come for a moment need about a tenth of a second each.
constexpr Millis momentarily{10'000};
constexpr Millis betweenTries{50};

} // namespace

Result<std::unique_ptr<Holder>> acquireSoon(const Context& context, const QString& program, std::stop_token stop)
{
    SystemWaiter waiter;
    const QDeadlineTimer deadline(momentarily);
    while (true) {
        auto holder = Holder::acquire(context, program);
        if (holder || holder.error().code != ErrorCode::Conflict || deadline.hasExpired() ||
            !waiter.waitFor(betweenTries, stop))
            return holder;
    }
}

Result<Verdict> decideAnywhere(const Context& context, const QString& program, const Decision& decision,
                               const AnswerSink& sink, std::stop_token stop)
{
    SystemWaiter waiter;
    const QDeadlineTimer deadline(momentarily);
    while (true) {
        auto holder = Holder::acquire(context, program);
        if (holder) {
            auto verdict = (*holder)->decide(decision, sink, Asker::ThisProcess, stop);
            (*holder)->finishServing(stop);
            return verdict;
        }
        if (holder.error().code != ErrorCode::Conflict)
            return tl::unexpected(holder.error());
        Error why;
        if (auto verdict = ask(context.stateFolder, decision, sink, stop, why))
            return std::move(*verdict);
        // The holder is only just starting or ending.
        if (deadline.hasExpired() || !waiter.waitFor(betweenTries, stop))
            return tl::unexpected(why);
    }
}

} // namespace spillway
