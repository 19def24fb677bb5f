// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/holder.h"

#include "app/console/answer.h"
#include "app/console/carryout.h"
#include "app/console/currentuser.h"
#include "app/console/livecontext.h"
#include "connectors/kafka/connection.h"
#include "connectors/keychain/keychainsecretstore.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/letterretention.h"
#include "model/replay/replayjobs.h"
#include "model/replay/replaystore.h"
#include "model/store/commandsocket.h"
#include "model/store/statedirectory.h"

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
    std::unique_ptr<ReadingOperations> reading;
    std::unique_ptr<Collector> collector;
    std::unique_ptr<LetterOperations> letters;
    std::unique_ptr<RescueOperations> rescues;
    std::unique_ptr<RecordOperations> records;
    std::unique_ptr<ReplayOperations> replays;
    std::unique_ptr<ReviewOperations> reviews;
    std::unique_ptr<NotifyOperations> notifications;
    std::unique_ptr<AlertOperations> alerts;
    std::unique_ptr<CommandServer> server;
    std::unique_ptr<Housekeeping> housekeeping;

    /// Gives ended replays of the last days the outcomes that were read since.
    void settleReplays(const QString& connection);
};

namespace {

constexpr Millis settledFor{7LL * 24 * 3'600'000}; // a consumer that takes longer than a week will not be waited for

} // namespace

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
    m_parts->housekeeping->stop(); // first to end, as the next: they write
    m_parts->reading->stopFollowing();
    m_parts->replays->leaveJobs(); // so that whoever follows one is told
    m_parts->server.reset();       // from here on nobody asks
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
    auto reading = ReadingOperations::begin({.context = parts->context,
                                             .knowledge = *parts->knowledge,
                                             .ledger = *parts->ledger,
                                             .samples = *parts->samples,
                                             .actor = currentUser()},
                                            sortedAtOnce);
    if (!reading)
        return tl::unexpected(reading.error());
    parts->reading = std::move(*reading);
    parts->collector = std::make_unique<Collector>(
        makeCrews(parts->context, parts->connections, *parts->knowledge, *parts->ledger, *parts->samples, parts->clock),
        parts->clock);

    parts->letters = std::make_unique<LetterOperations>(LetterOperations::World{.context = parts->context,
                                                                                .knowledge = *parts->knowledge,
                                                                                .ledger = *parts->ledger,
                                                                                .samples = *parts->samples,
                                                                                .clock = parts->clock,
                                                                                .actor = currentUser(),
                                                                                .deciding = parts->deciding});
    parts->records = std::make_unique<RecordOperations>(RecordOperations::World{
        .context = parts->context, .ledger = *parts->ledger, .actor = currentUser(), .deciding = parts->deciding});
    parts->housekeeping = std::make_unique<Housekeeping>(Housekeeping::World{.context = parts->context,
                                                                             .ledger = *parts->ledger,
                                                                             .samples = *parts->samples,
                                                                             .clock = parts->clock,
                                                                             .actor = currentUser()});
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

    parts->rescues = std::make_unique<RescueOperations>(
        RescueOperations::World{.context = parts->context,
                                .connections = parts->connections,
                                .ledger = *parts->ledger,
                                .samples = *parts->samples,
                                .clock = parts->clock,
                                .actor = currentUser(),
                                .onRescued = [alerts = parts->alerts.get()] { alerts->nudge(); }});

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
                return carryOut(*self, decision, sink, Asker::AnotherProcess, stop);
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

LetterOperations& Holder::letters()
{
    return *m_parts->letters;
}

RescueOperations& Holder::rescues()
{
    return *m_parts->rescues;
}

RecordOperations& Holder::records()
{
    return *m_parts->records;
}

ReadingOperations& Holder::reading()
{
    return *m_parts->reading;
}

Housekeeping& Holder::housekeeping()
{
    return *m_parts->housekeeping;
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

void Holder::onStored(std::function<void()> listener)
{
    const std::lock_guard lock(m_parts->storedMutex);
    m_parts->onStored = std::move(listener);
}

CollectReport Holder::collectOnce(std::stop_token stop)
{
    CollectReport report = m_parts->collector->once(stop, {});
    m_parts->reading->settleKinds(stop); // who reads next sees what the rules say now
    for (const auto& [name, connection] : m_parts->connections)
        m_parts->settleReplays(name);
    if (const Status kept = m_parts->letters->keepRules(); !kept)
        report.failures.push_back(kept.error());
    if (const Status looked = m_parts->alerts->look(); !looked)
        report.failures.push_back(looked.error());
    if (const auto told = m_parts->notifications->deliverDue(stop); !told)
        report.failures.push_back(told.error());
    return report;
}

void Holder::startCollecting(Collector::HealthListener listener)
{
    m_parts->housekeeping->start();
    m_parts->notifications->start();
    m_parts->alerts->start();
    const auto heard = [this, listener = std::move(listener)](const ConnectionHealth& health) {
        m_parts->alerts->nudge();
        if (listener)
            listener(health);
    };
    m_parts->collector->start(heard, [this](const QString& connection) {
        m_parts->settleReplays(connection);
        (void)m_parts->letters->keepRules(); // what fails now is done after the next sample
        m_parts->alerts->nudge();
    });
}

void Holder::finishServing(const std::stop_token& stop)
{
    m_parts->server->finish(stop);
}

} // namespace spillway
