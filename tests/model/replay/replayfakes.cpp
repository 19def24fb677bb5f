// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/replay/replayfakes.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QDir>
#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace spillway::test {

namespace {

QByteArray headerValue(const Headers& headers, const char* name)
{
    for (const Header& header : headers) {
        if (header.name == name)
            return header.value.value_or(QByteArray());
    }
    return {};
}

} // namespace

Capabilities FakeTarget::capabilities() const
{
    return {.readsWithoutSideEffect = true,
            .listsGroups = true,
            .transactionalReplay = m_isAtomic,
            .readsCommittedOnly = m_isAtomic,
            .findsByTime = true};
}

template<typename T>
Result<T> FakeTarget::around(Call call, const std::function<T()>& work)
{
    ++calls;
    const Fault what = fault ? fault(call) : Fault::None;
    switch (what) {
    case Fault::UnreachableBefore:
        return fail(ErrorCode::Unreachable, u"broker is down; start it"_s);
    case Fault::Aborted:
        return fail(ErrorCode::Cancelled, u"aborted"_s);
    case Fault::Fenced:
        return fail(ErrorCode::Conflict, u"fenced"_s);
    case Fault::Refused:
        return fail(ErrorCode::Unauthorised, u"missing right: kafka-acls …"_s);
    case Fault::KilledBefore:
        throw Killed{};
    case Fault::None:
    case Fault::TimedOutAfter:
    case Fault::TimedOutHalfWay:
    case Fault::KilledAfter:
        break;
    }
    if (what == Fault::TimedOutHalfWay && call != Call::Send)
        return fail(ErrorCode::TimedOut, u"no answer"_s);
    T result = work();
    if (what == Fault::KilledAfter)
        throw Killed{};
    if (what == Fault::TimedOutAfter || what == Fault::TimedOutHalfWay)
        return fail(ErrorCode::TimedOut, u"no answer"_s);
    return result;
}

Result<int> FakeTarget::partitionCount(const QString& topic, std::stop_token)
{
    if (!partitions.contains(topic))
        return fail(ErrorCode::NotFound, u"no such topic"_s);
    return around<int>(Call::PartitionCount, [&] { return partitions.at(topic); });
}

Result<std::vector<Position>> FakeTarget::ends(const QString& topic, std::stop_token)
{
    return around<std::vector<Position>>(Call::Ends, [&] {
        std::vector<Position> positions;
        for (int partition = 0; partition < partitions.at(topic); ++partition) {
            const TopicPartition at{topic, partition};
            positions.push_back({at, Offset{static_cast<std::int64_t>(logs[at].size())}});
        }
        return positions;
    });
}

Result<ReplayProgress> FakeTarget::begin(const QString& jobId, std::stop_token)
{
    return around<ReplayProgress>(Call::Begin, [&] {
        m_openJob = jobId;
        ReplayProgress known;
        known.isAtomic = m_isAtomic;
        if (m_isAtomic && progress.contains(jobId))
            known.sentBelow = progress[jobId];
        return known;
    });
}

std::vector<LandedAt> FakeTarget::store(std::span<const OutgoingRecord> records)
{
    std::vector<LandedAt> landed;
    for (const OutgoingRecord& record : records) {
        const TopicPartition at{record.topic, record.partition.value_or(0)};
        std::vector<Stored>& log = logs[at];
        landed.push_back({at, Offset{static_cast<std::int64_t>(log.size())}});
        log.push_back({record, true, false});
    }
    if (m_isAtomic) {
        for (auto& [at, log] : logs)
            log.push_back({{}, false, true}); // a transaction's marker takes an offset
    }
    return landed;
}

Result<std::vector<LandedAt>> FakeTarget::sendBatch(std::span<const OutgoingRecord> records,
                                                    std::span<const Position> sentBelow, std::stop_token stop)
{
    if (onSend)
        onSend();
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"aborted"_s);
    ++sends;
    batchSizes.push_back(records.size());
    const Fault what = fault ? fault(Call::Send) : Fault::None;
    const auto without = fault;
    fault = [what](Call) { return what; };
    const auto result = around<std::vector<LandedAt>>(Call::Send, [&] {
        if (what == Fault::TimedOutHalfWay)
            return m_isAtomic ? std::vector<LandedAt>() : store(records.first(records.size() / 2));
        for (const Position& position : sentBelow)
            progress[m_openJob][position.at] = position.next;
        return store(records);
    });
    fault = without;
    if (result && forgetsPlaces)
        return std::vector<LandedAt>(records.size(), LandedAt{{records.front().topic, 0}, Offset{-1}});
    return result;
}

Result<ReplayVerification> FakeTarget::verify(const QString& jobId, const std::vector<Position>& from, std::stop_token)
{
    return around<ReplayVerification>(Call::Verify, [&] {
        ReplayVerification verification;
        for (const Position& position : from) {
            const std::vector<Stored>& log = logs[position.at];
            for (std::size_t i = static_cast<std::size_t>(position.next.value); i < log.size(); ++i) {
                if (log[i].isCommitted && headerValue(log[i].record.headers, replayIdHeader) == jobId.toUtf8())
                    verification.found[headerValue(log[i].record.headers, replayOfHeader)].push_back(
                        {position.at, Offset{static_cast<std::int64_t>(i)}});
            }
        }
        return verification;
    });
}

Status FakeTarget::close(const QString& jobId, std::stop_token)
{
    const auto done = around<bool>(Call::Close, [&] {
        progress.erase(jobId);
        closed.insert(jobId);
        return true;
    });
    return done ? Status() : tl::unexpected<Error>(done.error());
}

std::map<QByteArray, std::vector<OutgoingRecord>> FakeTarget::committed(const QString& jobId) const
{
    std::map<QByteArray, std::vector<OutgoingRecord>> found;
    for (const auto& [at, log] : logs) {
        for (const Stored& stored : log) {
            if (stored.isCommitted && headerValue(stored.record.headers, replayIdHeader) == jobId.toUtf8())
                found[headerValue(stored.record.headers, replayOfHeader)].push_back(stored.record);
        }
    }
    return found;
}

void FakeLetters::change(const QString& id, const std::function<void(ReplayLetter&)>& how)
{
    const std::lock_guard lock(m_mutex);
    how(letters[id]);
}

void FakeLetters::awaitLoads(std::size_t count)
{
    std::unique_lock lock(m_mutex);
    m_loaded.wait(lock, [&] { return loads.size() >= count; });
}

Result<std::vector<ReplayLetter>> FakeLetters::load(const std::vector<QString>& letterIds, std::stop_token)
{
    const std::lock_guard lock(m_mutex);
    std::vector<ReplayLetter> found;
    for (const QString& id : letterIds) {
        const auto letter = letters.find(id);
        found.push_back(letter == letters.end() ? ReplayLetter{std::nullopt, TriageState::Lost} : letter->second);
    }
    loads.push_back(letterIds.size());
    m_loaded.notify_all();
    return found;
}

Result<OutcomeObservation> FakeProbe::observe(const QString& jobId, const std::vector<QString>&,
                                              const std::vector<QString>&, std::stop_token)
{
    ++looks;
    return answer ? answer(jobId) : OutcomeObservation();
}

bool FakeWaiter::waitFor(Millis duration, std::stop_token stop)
{
    if (onWait)
        onWait();
    if (stop.stop_requested())
        return false;
    waited += duration;
    m_clock.advance(duration);
    return true;
}

Status MortalJournal::record(std::vector<Ledger::Draft> drafts)
{
    return mortally(std::move(drafts), &ReplayJournal::record);
}

Status MortalJournal::recordAhead(std::vector<Ledger::Draft> drafts)
{
    return mortally(std::move(drafts), &ReplayJournal::recordAhead);
}

Status MortalJournal::mortally(std::vector<Ledger::Draft> drafts,
                               Status (ReplayJournal::*how)(std::vector<Ledger::Draft>))
{
    const int when = death ? death() : 0;
    if (when == 1)
        throw Killed{};
    if (when == 2) {
        (void)m_ledger.append(std::move(drafts));
        throw Killed{};
    }
    const Status recorded = (m_real.*how)(std::move(drafts));
    if (when == 3)
        throw Killed{};
    return recorded;
}

ReplayWorld::ReplayWorld(bool isAtomic)
    : folder((QFileInfo(u"/dev/shm"_s).isWritable() ? u"/dev/shm"_s : QDir::tempPath()) + u"/spillway-replay-XXXXXX"_s)
    , target(isAtomic)
{
    ledger = std::move(*Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock));
    writer = std::move(
        *StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s));
    const QString file = folder.filePath(u"samples.sqlite"_s);
    realJournal = std::make_unique<LedgerReplayJournal>(
        *ledger, *writer, [file] { return Database::open(file, Database::Access::Reader); },
        [this](Database&, const std::vector<QString>& ids, std::optional<TriageState> state,
               std::int64_t seq) -> Status {
            for (const QString& id : ids) {
                if (states[id].first <= seq)
                    states[id] = {seq, state};
            }
            return {};
        });
    journal = std::make_unique<MortalJournal>(*ledger, *realJournal);
}

std::vector<PlanCandidate> ReplayWorld::addLetters(int count)
{
    std::vector<PlanCandidate> candidates;
    for (int n = 0; n < count; ++n) {
        const int number = nextOffset++;
        DeadLetter letter;
        letter.connection = u"orders"_s;
        letter.clusterId = u"cluster-1"_s;
        letter.record.at = {u"order-events.DLT"_s, number % 3};
        letter.record.offset = Offset{number / 3 * 2}; // selections have gaps
        letter.record.timestamp = clock.now();
        letter.record.key = number % 5 == 0 ? std::nullopt : std::optional("order-" + QByteArray::number(number));
        letter.record.value = QByteArray("{\"amount\": 10.50, \"n\": ") + QByteArray::number(number) + '\xff' + '}';
        letter.record.headers = {{"trace", "abc"},
                                 {"kafka_dlt-exception-message", "boom"},
                                 {"trace", std::nullopt},
                                 {"empty", QByteArray("")},
                                 {"kafka_dlt-original-topic", "orders"}};
        letter.id = u"letter-%1"_s.arg(number);
        letter.facts.dialect = u"spring-dlpr"_s;
        letter.facts.originTopic = u"orders"_s;
        letter.facts.originPartition = number % 4; // partition 3 does not exist any more
        letter.facts.originOffset = Offset{number};
        letter.facts.originTimestamp = utcFromMs(1'789'000'000'000 + number);
        letter.facts.consumerGroup = u"billing"_s;
        letter.firstSeenAt = clock.now();
        letter.digest = recordDigest(letter.record);
        letter.sizeBytes = letter.record.sizeBytes();
        letters.letters[letter.id] = {letter.record, TriageState::New};
        candidates.push_back(planCandidate(letter, Catalog()));
    }
    return candidates;
}

ReplayPlan ReplayWorld::plan(const std::vector<PlanCandidate>& candidates, const QString& to)
{
    const PlanWorld world{target.capabilities(),
                          [this](const QString& topic) { return target.partitionCount(topic, {}); },
                          [](const QString&, const QString&) { return springHeaders; }};
    const PlanRequest request{u"orders"_s, u"state:new"_s, to.isEmpty() ? std::nullopt : std::optional(to),
                              *ledger->lastSeq()};
    lastPlan = *makePlan(request, candidates, world, clock, [this] { return random(); });
    return lastPlan;
}

QString ReplayWorld::job(int count, const ReplayOptions& options)
{
    return *createReplayJob(*journal, plan(addLetters(count)), options, u"ada"_s, u"mended the parser"_s, clock,
                            [this] { return random(); });
}

Result<ReplayReport> ReplayWorld::run(const QString& jobId, const ReplayControl& control)
{
    ReplayRunner runner({target, *journal, letters, &probe, clock, waiter, u"ada"_s,
                         [this](const ReplayReport& report) { reports.push_back(report); }, batch},
                        jobId);
    return runner.run(control);
}

ReplayJobRow ReplayWorld::row(const QString& jobId)
{
    Database reader = *journal->reader();
    return *replayJob(reader, StateHolder::Alive, jobId);
}

QByteArray ReplayWorld::dump()
{
    Database reader = *journal->reader();
    QByteArray rows;
    const Status dumped = reader.guarded([&rows](SQLite::Database& db) {
        for (const char* table : {"replay_plan", "replay_job", "replay_target_end", "replay_step", "replay_item"}) {
            SQLite::Statement select(db, std::string("SELECT * FROM ") + table + " ORDER BY 1, 2, 3");
            while (select.executeStep()) {
                for (int column = 0; column < select.getColumnCount(); ++column)
                    rows += QByteArray::fromStdString(
                                select.getColumn(column).isNull() ? "NULL" : select.getColumn(column).getString()) +
                            '|';
                rows += '\n';
            }
        }
    });
    return dumped ? rows : QByteArray("not read");
}

std::vector<QString> ReplayWorld::eventTypes() const
{
    std::vector<QString> types;
    const auto events =
        ledger->read(0, 100'000, u"replay."_s); // named: a range over a temporary's content would dangle
    for (const LedgerEvent& event : *events)
        types.push_back(event.type);
    return types;
}

QString ReplayWorld::fault(const QString& jobId, const ReplayPlan& plan, bool atLeastOnce)
{
    const auto found = target.committed(jobId);
    if (found.size() > plan.letters.size())
        return u"the target holds %1 different messages of %2 planned"_s.arg(found.size()).arg(plan.letters.size());
    for (const PlanLetter& planned : plan.letters) {
        const auto copies = found.find(planned.replayOf);
        const std::size_t count = copies == found.end() ? 0 : copies->second.size();
        if (count == 0 || (count > 1 && !atLeastOnce))
            return u"%1 lies %2 times in the target"_s.arg(planned.letterId).arg(count);
        const RawRecord& letter = *letters.letters.at(planned.letterId).record;
        for (const OutgoingRecord& copy : copies->second) {
            const Headers expected =
                outgoingHeaders(letter.headers, springHeaders, jobId.toLatin1(), planned.generation, planned.replayOf);
            if (copy.key != letter.key || copy.value != letter.value || copy.headers != expected ||
                copy.partition != planned.targetPartition || copy.topic != planned.target)
                return u"%1 went out changed"_s.arg(planned.letterId);
        }
    }
    return {};
}

} // namespace spillway::test
