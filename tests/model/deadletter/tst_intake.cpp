// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "memorysource.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/channeloutput.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/lostrecords.h"
#include "model/deadletter/unreadablerecords.h"
#include "tests/support/manualclock.h"

#include <SQLiteCpp/Database.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

ConsumerEntry consumer(const QString& team, const QString& service, const QString& group)
{
    ConsumerEntry entry;
    entry.team = team;
    entry.service = service;
    entry.consumerGroup = group;
    return entry;
}

Catalog company(const QString& team)
{
    OwnedEvent created;
    created.eventType = u"order.created"_s;
    created.consumers = {consumer(team, u"payment-service"_s, u"billing"_s)};
    CatalogEvent event;
    event.eventType = u"order.created"_s;
    event.topic = u"orders"_s;
    return Catalog({created}, {event}, {});
}

RawRecord springLetter(int number, const QByteArray& message = "no stock for sku 17")
{
    RawRecord record = letter(joined({own(), springOriginals({"orders", 3, 88'000 + number}),
                                      springException({"com.acme.StockException", message, ""})}));
    record.key = "order-" + QByteArray::number(number);
    record.value = R"({"order_id":)" + QByteArray::number(number) + "}";
    record.timestamp = utcFromMs(letterMs + number);
    return record;
}

/// The source hands over a hundred records at a time: so many of these fill a batch.
RawRecord largeLetter(int number)
{
    RawRecord record = springLetter(number);
    record.value = QByteArray(130'000, 'x');
    return record;
}

} // namespace

class TstIntake final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void lettersAreStoredByteForByte();
    void aSecondRunReadsOnlyWhatIsNew();
    void schemasJudgePayloads();
    void aMappedAndAnUnrecognisedTopic();
    void itStopsAtTheLastStableOffset();
    void controlRecordsAtTheEndAreNoReasonToWait();
    void aTopicThatWasRecreated_data();
    void aTopicThatWasRecreated();
    void expiredLettersStay();
    void whatWasDeletedBeforeItWasRead_data();
    void whatWasDeletedBeforeItWasRead();
    void whatWasDeletedWhileFollowing();
    void aLossThatCannotBeStoredIsNoticedAgain();
    void whatCannotBeDecodedIsPassedOverAndTold();
    void aRefusedTopicLeavesTheOthers();
    void aBrokerThatIsDownIsSaid();
    void aPartitionThatDoesNotMoveIsSaid();
    void newPartitionsAreFoundWhileFollowing();
    void aStopLosesNoCount();
    void whatFailedToBeStoredIsReadAgain();
    void whatFailedToBeCommittedIsReadAgain();
    void teamsFollowTheOwnershipFile();
    void decisionsAttachToLettersReadAgain();
    void decisionsByPeopleAndReplays_data();
    void decisionsByPeopleAndReplays();
    void lettersOfAReplay();
    void rulesMayAskForManyReplays();
    void theRootOfAStackThatIsNoJava_data();
    void theRootOfAStackThatIsNoJava();
    void countersAreRight();

private:
    std::int64_t count(const QByteArray& sql);
    DeadLetterIntake intake()
    {
        return DeadLetterIntake(*m_source, *m_store, m_catalog, m_settings, m_dialects, m_kinds, m_clock);
    }
    void catchUp(std::int64_t expected);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StoreWriter> m_store;
    std::unique_ptr<MemorySource> m_source;
    Catalog m_catalog;
    ConnectionSettings m_settings;
    DialectRegistry m_dialects = *DialectRegistry::bundled();
    KindRules m_kinds = *KindRules::bundled();
    ManualClock m_clock;
    const TopicPartition m_at{u"orders-dlt"_s, 0};
};

void TstIntake::init()
{
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    auto store =
        StoreWriter::open(m_folder->filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
    m_store = std::move(*store);
    m_source = std::make_unique<MemorySource>();
    m_catalog = company(u"payment-team"_s);
    m_settings = {};
    m_settings.name = u"orders"_s;
    m_settings.deadLetters.push_back({{u"orders-dlt"_s, {}}, std::nullopt, {}});
}

std::int64_t TstIntake::count(const QByteArray& sql)
{
    std::int64_t result = -1;
    const Status status = m_store->write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) { result = db.execAndGet(sql.toStdString()).getInt64(); });
    });
    if (!status)
        qWarning("%s", qPrintable(status.error().detail));
    return result;
}

void TstIntake::theRootOfAStackThatIsNoJava_data()
{
    QTest::addColumn<QByteArray>("stack");
    QTest::addColumn<QString>("root"); // empty: not told
    QTest::newRow("without a cause the error is its own root")
        << QByteArray("TypeError: boom ef\n    at f (/app/x.js:1:2)\n") << u"TypeError"_s;
    QTest::newRow("no stack tells no root") << QByteArray() << QString();
    QTest::newRow("a cause in JavaScript is the root")
        << QByteArray("TypeError: boom\n    at f (/app/x.js:1:2) {\n  [cause]: Error: disk\n") << u"Error"_s;
    QTest::newRow("a cause in .NET is the root")
        << QByteArray("System.Exception: boom ---> System.IO.IOException: disk\n   at A.B()\n")
        << u"System.IO.IOException"_s;
    QTest::newRow("a cause in Python without its frames is not read")
        << QByteArray("OSError: disk\n\nThe above exception was the direct cause of the following exception:\n")
        << QString();
    QTest::newRow("a long one is read to its end")
        << QByteArray("TypeError: boom\n") + QByteArray("    at f (/app/x.js:1:2)\n").repeated(4'000) << u"TypeError"_s;
    QTest::newRow("the end of a very long one is not seen")
        << QByteArray("TypeError: boom\n") + QByteArray("    at f (/app/x.js:1:2)\n").repeated(14'000) << QString();
}

void TstIntake::theRootOfAStackThatIsNoJava()
{
    QFETCH(QByteArray, stack);
    QFETCH(QString, root);
    RawRecord record = letter({{"dlq-error-class", QByteArray("TypeError")},
                               {"dlq-error-message", QByteArray("boom ef")},
                               {"dlq-original-topic", QByteArray("orders")}});
    if (!stack.isEmpty())
        record.headers.push_back({"dlq-stack", stack});
    LetterPreparer preparer(m_dialects, m_kinds, m_catalog, m_settings.deadLetters);
    const PreparedLetter prepared = preparer.prepare(record);
    QCOMPARE(prepared.facts.errorClass.value_or(QString()), u"TypeError"_s);
    QCOMPARE(prepared.facts.rootCauseClass.value_or(QString()), root);
}

void TstIntake::catchUp(std::int64_t expected)
{
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
    QCOMPARE(report->deadLetters, expected);
}

void TstIntake::lettersAreStoredByteForByte()
{
    RawRecord record = springLetter(1);
    record.key.reset();
    record.value = QByteArray("\0\xFF{not json", 11);
    record.headers.push_back({"", QByteArray(300, '\0')});
    record.headers.push_back({"\xFF", std::nullopt});
    m_source->append(m_at, springLetter(0));
    m_source->append(m_at, record);
    RawRecord empty = springLetter(2);
    empty.key = QByteArray("");
    empty.value.reset();
    m_source->append(m_at, empty);
    catchUp(3);

    auto reader = Database::open(m_store->file(), Database::Access::Reader);
    QVERIFY(reader);
    for (const auto& sent : m_source->logs[m_at].records) {
        const QString id = letterId(u"cluster-1"_s, m_at, sent->offset, recordDigest(*sent));
        const auto stored = deadLetter(*reader, id);
        QVERIFY2(stored, stored ? "" : qPrintable(stored.error().detail));
        QCOMPARE(stored->id, id);
        QVERIFY(stored->record == *sent);
        QCOMPARE(stored->digest, recordDigest(*sent));
        QCOMPARE(stored->sizeBytes, sent->sizeBytes());
        QCOMPARE(stored->connection, u"orders"_s);
        LetterFacts facts = m_dialects.read(*sent);
        QVERIFY(stored->facts == facts);
        QVERIFY(stackText(stored->record, stored->facts)->contains(u"StockException"));
        QCOMPARE(stored->consumer, u"payment-service"_s);
        QCOMPARE(stored->eventType, u"order.created"_s);
        QCOMPARE(stored->team, u"payment-team"_s);
        QCOMPARE(stored->kind, FailureKind::Business);
        QCOMPARE(stored->state, TriageState::New);
        QCOMPARE(stored->firstSeenAt, m_clock.now());
    }
    QCOMPARE(deadLetter(*reader, u"00000000-0-1-00000000"_s).error().code, ErrorCode::NotFound);
    QCOMPARE(deadLetter(*reader, u"4711"_s).error().code, ErrorCode::InvalidConfig);
}

void TstIntake::aSecondRunReadsOnlyWhatIsNew()
{
    for (int i = 0; i < 250; ++i)
        m_source->append({u"orders-dlt"_s, i % 3}, springLetter(i));
    catchUp(250);
    catchUp(0);
    m_source->append(m_at, springLetter(1000));
    m_source->append({u"orders-dlt"_s, 7}, springLetter(1001));
    catchUp(2);
    QCOMPARE(count("SELECT count(*) FROM letter"), 252);
    QCOMPARE(count("SELECT count(*) FROM letter_body"), 252);
}

void TstIntake::schemasJudgePayloads()
{
    const QTemporaryDir schemas;
    QFile file(schemas.filePath(u"order.created.v7.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"required":["buyer_id"]})");
    file.close();
    RawRecord fits = springLetter(0);
    fits.value = R"({"buyer_id":"b1"})";
    RawRecord tombstone = springLetter(2);
    tombstone.value.reset();
    RawRecord refused = springLetter(1);
    refused.value = R"({"customer_id":"b1"})";
    for (const RawRecord& record : {fits, refused, tombstone})
        m_source->append(m_at, record);
    const PayloadJudge judge{SchemaFolder(schemas.path())};
    DeadLetterIntake reader(*m_source, *m_store, m_catalog, m_settings, m_dialects, m_kinds, m_clock, &judge);
    QVERIFY(reader.catchUp({}));
    QCOMPARE(count("SELECT count(*) FROM letter WHERE schema_verdict = 'valid' AND schema_version = 7"), 1);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE schema_verdict = 'invalid' AND schema_version = 7"), 1);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE schema_verdict IS NULL AND schema_version IS NULL"), 1);
}

void TstIntake::aMappedAndAnUnrecognisedTopic()
{
    using From = FieldSource::From;
    m_settings.deadLetters.push_back({{{}, u"legacy\\..*"_s}, std::nullopt, {}});
    m_settings.deadLetters.push_back({{u"legacy.errors"_s, {}},
                                      DeadLetterMapping{{u"error_class"_s, {From::Header, u"x-error"_s}},
                                                        {u"consumer"_s, {From::Constant, u"old"_s}}},
                                      {}});
    m_source->append({u"legacy.errors"_s, 0}, letter({{"x-error", QByteArray("E1")}}));
    m_source->append({u"legacy.other"_s, 0}, letter({{"x-error", QByteArray("E1")}}));
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY(report);
    QCOMPARE(report->deadLetters, 2);
    QCOMPARE(report->unrecognised, 1);
    QCOMPARE(
        count("SELECT count(*) FROM letter l JOIN letter_facet f ON f.id = l.facet_ref WHERE f.dialect = 'mapping'"),
        1);
    QCOMPARE(count("SELECT count(*) FROM letter_group WHERE error_class = 'E1' AND consumer = 'old'"), 1);
    QCOMPARE(count("SELECT count(*) FROM letter_group WHERE error_class IS NULL AND consumer IS NULL"), 1);
}

void TstIntake::itStopsAtTheLastStableOffset()
{
    for (int i = 0; i < 10; ++i)
        m_source->append(m_at, springLetter(i));
    m_source->logs[m_at].lastStable = 4;
    catchUp(4);
    m_source->logs[m_at].lastStable.reset();
    catchUp(6);
}

void TstIntake::controlRecordsAtTheEndAreNoReasonToWait()
{
    m_source->append(m_at, springLetter(0));
    m_source->logs[m_at].records.push_back(std::nullopt);
    m_source->logs[m_at].records.push_back(std::nullopt);
    catchUp(1);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 3);
    catchUp(0);
}

void TstIntake::aTopicThatWasRecreated_data()
{
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    QTest::newRow("its end lies below the checkpoint") << 5 << 2;
    QTest::newRow("it is as long as the old one, with other records") << 5 << 5;
    QTest::newRow("it has grown past the checkpoint") << 5 << 9;
    QTest::newRow("it is empty yet") << 5 << 0;
}

void TstIntake::aTopicThatWasRecreated()
{
    QFETCH(int, before);
    QFETCH(int, after);
    const TopicPartition other{u"orders-dlt-2"_s, 0};
    m_settings.deadLetters.push_back({{other.topic, {}}, std::nullopt, {}});
    for (int i = 0; i < before; ++i)
        m_source->append(m_at, springLetter(i));
    m_source->append(other, springLetter(0));
    catchUp(before + 1);
    m_source->logs[m_at].records.clear();
    for (int i = 0; i < after; ++i)
        m_source->append(m_at, springLetter(100 + i));
    m_source->append(other, springLetter(1));
    catchUp(after + 1);
    catchUp(0);
    QCOMPARE(count("SELECT count(*) FROM letter"), before + after + 2);
    QCOMPARE(count("SELECT generation FROM letter_channel WHERE name = 'orders-dlt'"), 2);
    QCOMPARE(count("SELECT generation FROM letter_channel WHERE name = 'orders-dlt-2'"), 1);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE generation = 2"), after);
}

void TstIntake::expiredLettersStay()
{
    for (int i = 0; i < 5; ++i)
        m_source->append(m_at, springLetter(i));
    catchUp(5);
    m_source->logs[m_at].records.erase(m_source->logs[m_at].records.begin(), m_source->logs[m_at].records.end());
    m_source->logs[m_at].start = 20;
    m_source->append(m_at, springLetter(20));
    catchUp(1);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE generation = 1"), 6);
}

void TstIntake::whatWasDeletedBeforeItWasRead_data()
{
    QTest::addColumn<int>("before");   // read by a first run; -1: there was none
    QTest::addColumn<int>("written");  // afterwards
    QTest::addColumn<qint64>("start"); // of the log then
    QTest::addColumn<bool>("hasGaps"); // instead of records
    QTest::addColumn<QString>("lost"); // of the second run: from-to
    QTest::newRow("nothing was deleted") << 5 << 3 << qint64{0} << false << QString();
    QTest::newRow("all that was deleted had been read") << 5 << 3 << qint64{5} << false << QString();
    QTest::newRow("some were deleted unread") << 5 << 5 << qint64{8} << false << u"5-8"_s;
    QTest::newRow("all were deleted unread") << 5 << 5 << qint64{10} << false << u"5-10"_s;
    QTest::newRow("the first look found an empty topic") << 0 << 5 << qint64{3} << false << u"0-3"_s;
    QTest::newRow("the first look finds a log that begins later") << -1 << 5 << qint64{3} << false << QString();
    QTest::newRow("compacted and aborted records are no loss") << 5 << 5 << qint64{0} << true << QString();
}

void TstIntake::whatWasDeletedBeforeItWasRead()
{
    QFETCH(int, before);
    QFETCH(int, written);
    QFETCH(qint64, start);
    QFETCH(bool, hasGaps);
    QFETCH(QString, lost);
    MemorySource::Log& log = m_source->logs[m_at];
    for (int i = 0; i < before; ++i)
        m_source->append(m_at, springLetter(i));
    if (before >= 0)
        catchUp(before);
    for (int i = 0; i < written; ++i) {
        if (hasGaps && i + 1 < written)
            log.records.emplace_back(std::nullopt);
        else
            m_source->append(m_at, springLetter(100 + i));
    }
    log.records.erase(log.records.begin(), log.records.begin() + start);
    log.start = start;

    m_clock.advance(Millis{1'000});
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
    QStringList told;
    for (const PassedOver& each : report->lost) {
        QCOMPARE(each.at, m_at);
        QCOMPARE(each.noticedAt, m_clock.now());
        told += u"%1-%2"_s.arg(each.from.value).arg(each.to.value);
        QVERIFY(!lostText(u"orders"_s, each).contains(u'%'));
    }
    QCOMPARE(told.join(u' '), lost);
    QCOMPARE(count("SELECT count(*) FROM lost_before_read"), lost.isEmpty() ? 0 : 1);
    QCOMPARE(count("SELECT ifnull(sum(to_offset - from_offset), 0) FROM lost_before_read"),
             lost.isEmpty() ? 0 : start - before);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), std::max(before, 0) + written);

    // Once each: neither another look nor another process counts it again.
    QVERIFY(reader.catchUp({})->lost.empty());
    DeadLetterIntake another = intake();
    QVERIFY(another.catchUp({})->lost.empty());
    QCOMPARE(count("SELECT count(*) FROM lost_before_read"), lost.isEmpty() ? 0 : 1);
}

void TstIntake::whatCannotBeDecodedIsPassedOverAndTold()
{
    for (int i = 0; i < 50; ++i)
        m_source->append(m_at, springLetter(i));
    m_source->damaged = {{m_at, Offset{7}, Offset{38}}, {m_at, Offset{49}, Offset{50}}};
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
    std::vector<PassedOver> damaged;
    for (const UnreadableRecords& each : m_source->damaged)
        damaged.push_back({each.at, each.from, each.to, m_clock.now()});
    QCOMPARE(report->unreadable, damaged);
    QVERIFY(report->lost.empty());
    QVERIFY(report->failures.empty());
    QCOMPARE(report->deadLetters, 18);
    QCOMPARE(count("SELECT count(*) FROM letter"), 18);
    QCOMPARE(count("SELECT count(*) FROM unreadable_record"), 2);
    QCOMPARE(count("SELECT sum(to_offset - from_offset) FROM unreadable_record"), 32);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 50);
    QCOMPARE(count("SELECT count(*) FROM lost_before_read"), 0);
    const QString told = unreadableText(u"orders"_s, report->unreadable.front());
    QVERIFY2(told.contains(u"orders-dlt [0], offsets 7 to 37"_s) && told.contains(u"--offset 7 --max-messages 31"_s),
             qPrintable(told));

    // Once: neither another look nor another process counts it again, and what comes behind it is read.
    m_source->append(m_at, springLetter(50));
    DeadLetterIntake another = intake();
    const auto more = another.catchUp({});
    QVERIFY(more && more->unreadable.empty());
    QCOMPARE(more->deadLetters, 1);
    QCOMPARE(count("SELECT count(*) FROM letter_channel"), 1);
    QCOMPARE(count("SELECT generation FROM letter_channel"), 1);

    auto database = Database::open(m_store->file(), Database::Access::Reader);
    const auto outlooks = channelOutlooks(*database, m_clock.now(), {});
    QCOMPARE(outlooks->size(), std::size_t{1});
    QVERIFY(outlooks->front().unreadable);
    QCOMPARE(outlooks->front().unreadable->records, 32);
    QVERIFY(channelsText(*outlooks, m_clock.now()).contains(u"up to 32 records cannot be decoded"_s));
    QVERIFY(channelsJson(*outlooks).contains("\"unreadable\":32"));
}

void TstIntake::whatWasDeletedWhileFollowing()
{
    for (int i = 0; i < 400; ++i)
        m_source->append(m_at, springLetter(i));
    DeadLetterIntake reader = intake();
    m_source->recordsPerPoll = 5; // far from what fills a batch
    QVERIFY(reader.step(Millis{0}, {}));
    const std::int64_t stood = 5;
    // Between two looks, while reading is behind: the broker is asked why so much was passed over.
    MemorySource::Log& log = m_source->logs[m_at];
    log.records.erase(log.records.begin(), log.records.begin() + 250);
    log.start = 250;
    std::vector<PassedOver> lost;
    for (int turn = 0; turn < 40; ++turn) {
        const auto report = reader.step(Millis{0}, {});
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        lost.insert(lost.end(), report->lost.begin(), report->lost.end());
    }
    const auto rest = reader.settle();
    QVERIFY(rest);
    lost.insert(lost.end(), rest->lost.begin(), rest->lost.end());
    QCOMPARE(lost.size(), std::size_t{1});
    QCOMPARE(lost.front().from.value, stood);
    QCOMPARE(lost.front().to.value, 250);
    QCOMPARE(count("SELECT count(*) FROM letter"), 155);
    QCOMPARE(count("SELECT to_offset - from_offset FROM lost_before_read"), 245);
    // A broker that cannot say why is asked again, from the position that is stored.
    log.records.erase(log.records.begin(), log.records.end());
    log.start = 400;
    m_source->append(m_at, springLetter(400));
    log.records.erase(log.records.begin(), log.records.end());
    log.start = 450;
    m_source->append(m_at, springLetter(450));
    m_source->beforePoll = [this] { m_source->boundsFail = Error{ErrorCode::Unreachable, u"no broker"_s}; };
    QVERIFY(!reader.step(Millis{0}, {}));
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 400);
    QCOMPARE(count("SELECT count(*) FROM lost_before_read"), 1);
    m_source->beforePoll = nullptr;
    m_source->boundsFail.reset();
    const auto again = reader.catchUp({});
    QVERIFY(again);
    QCOMPARE(again->deadLetters, 1);
    QCOMPARE(again->lost.size(), std::size_t{1});
    QCOMPARE(again->lost.front().atMost(), 50);
}

void TstIntake::aLossThatCannotBeStoredIsNoticedAgain()
{
    for (int i = 0; i < 5; ++i)
        m_source->append(m_at, springLetter(i));
    catchUp(5);
    MemorySource::Log& log = m_source->logs[m_at];
    log.records.clear();
    log.start = 9;
    DeadLetterIntake reader = intake();
    // Either both or none: the position does not pass what was not noted.
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec(
                "CREATE TEMP TRIGGER refuse BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        });
    }));
    QVERIFY(!reader.catchUp({}));
    QCOMPARE(count("SELECT count(*) FROM lost_before_read"), 0);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 5);
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("DROP TRIGGER refuse"); });
    }));
    QCOMPARE(reader.catchUp({})->lost.size(), std::size_t{1});
    QCOMPARE(count("SELECT to_offset - from_offset FROM lost_before_read"), 4);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 9);
}

void TstIntake::aRefusedTopicLeavesTheOthers()
{
    m_settings.deadLetters.push_back({{u"secret"_s, {}}, std::nullopt, {}});
    m_source->refused = {u"secret"_s};
    m_source->append(m_at, springLetter(0));
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY(report);
    QCOMPARE(report->deadLetters, 1);
    QCOMPARE(report->failures.size(), std::size_t{1});
    QCOMPARE(report->failures.front().topic, u"secret"_s);
}

void TstIntake::aBrokerThatIsDownIsSaid()
{
    m_source->append(m_at, springLetter(0));
    m_source->down = Error{ErrorCode::Unreachable, u"no broker"_s};
    DeadLetterIntake reader = intake();
    QCOMPARE(reader.catchUp({}).error().code, ErrorCode::Unreachable);
    QCOMPARE(reader.step(Millis{1}, {}).error().code, ErrorCode::Unreachable);
    m_source->down.reset();
    QCOMPARE(reader.catchUp({})->deadLetters, 1);
    // Half way through: what was read is stored.
    for (int i = 1; i < 200; ++i)
        m_source->append(m_at, springLetter(i));
    int polls = 0;
    m_source->beforePoll = [&] {
        if (++polls == 2)
            m_source->down = Error{ErrorCode::Unreachable, u"no broker"_s};
    };
    QVERIFY(!reader.catchUp({}));
    QCOMPARE(count("SELECT count(*) FROM letter"), 101);
    m_source->down.reset();
    m_source->beforePoll = nullptr;
    QCOMPARE(reader.catchUp({})->deadLetters, 99);
}

void TstIntake::aPartitionThatDoesNotMoveIsSaid()
{
    m_source->append(m_at, springLetter(0));
    m_source->recordsPerPoll = 0;
    m_source->beforePoll = [&] { m_clock.advance(Millis{5'000}); };
    DeadLetterIntake reader = intake();
    const auto report = reader.catchUp({});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::TimedOut);
    QVERIFY2(report.error().detail.contains(u"orders-dlt"), qPrintable(report.error().detail));
}

void TstIntake::newPartitionsAreFoundWhileFollowing()
{
    m_settings.deadLetters = {{{{}, u"orders.*"_s}, std::nullopt, {}}};
    m_source->append(m_at, springLetter(0));
    DeadLetterIntake reader = intake();
    std::int64_t stored = 0;
    const auto stepOnce = [&] {
        const auto report = reader.step(Millis{0}, {});
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        stored += report->deadLetters;
    };
    stepOnce();
    m_source->append({u"orders-late"_s, 0}, springLetter(1));
    stepOnce();
    QCOMPARE(m_source->assigned.size(), std::size_t{1});
    m_clock.advance(Millis{30'000});
    stepOnce();
    QCOMPARE(m_source->assigned.size(), std::size_t{2});
    stepOnce();
    QTRY_COMPARE(count("SELECT count(*) FROM letter"), 2);
    m_clock.advance(Millis{30'000});
    stepOnce();
    QCOMPARE(m_source->assigned.size(), std::size_t{2}); // nothing new, so reading goes on undisturbed
    QCOMPARE(stored, 2);
}

void TstIntake::aStopLosesNoCount()
{
    for (int i = 0; i < 3; ++i)
        m_source->append(m_at, springLetter(i));
    DeadLetterIntake reader = intake();
    const auto first = reader.step(Millis{0}, {});
    QVERIFY(first);
    std::stop_source stop;
    m_source->beforePoll = [&] {
        stop.request_stop();
        m_source->down = Error{ErrorCode::Cancelled, u"stopped"_s};
    };
    const auto last = reader.step(Millis{0}, stop.get_token());
    QVERIFY2(last, last ? "" : qPrintable(last.error().detail));
    QCOMPARE(first->deadLetters + last->deadLetters, 3);
}

void TstIntake::whatFailedToBeStoredIsReadAgain()
{
    for (int i = 0; i < 300; ++i)
        m_source->append(m_at, largeLetter(i));
    DeadLetterIntake reader = intake();
    // The store refuses the second batch; the third must not move the checkpoint beyond it.
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("CREATE TEMP TRIGGER refuse BEFORE INSERT ON letter WHEN NEW.offset = 150 BEGIN SELECT "
                    "RAISE(ABORT, 'disk full'); END");
        });
    }));
    QVERIFY(!reader.catchUp({}));
    QCOMPARE(count("SELECT count(*) FROM letter"), 100);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 100);
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("DROP TRIGGER IF EXISTS refuse"); });
    }));
    QCOMPARE(reader.catchUp({})->deadLetters, 200);
    QCOMPARE(count("SELECT count(*) FROM letter"), 300);
}

void TstIntake::whatFailedToBeCommittedIsReadAgain()
{
    for (int i = 0; i < 300; ++i)
        m_source->append(m_at, largeLetter(i));
    // The second batch is written and then does not commit, as on a disk that is full by then: the third must not move
    // the checkpoint beyond it, nor use rows that the second one made.
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("CREATE TABLE promise (id INTEGER PRIMARY KEY) STRICT");
            db.exec("CREATE TABLE debt (id INTEGER REFERENCES promise (id) DEFERRABLE INITIALLY DEFERRED) STRICT");
            db.exec("CREATE TEMP TRIGGER refuse AFTER INSERT ON letter WHEN NEW.offset = 150"
                    " BEGIN INSERT INTO debt VALUES (1); END");
        });
    }));
    DeadLetterIntake reader = intake();
    QVERIFY(!reader.catchUp({}));
    QCOMPARE(count("SELECT count(*) FROM letter"), 100);
    QCOMPARE(count("SELECT next_offset FROM checkpoint"), 100);
    QVERIFY(m_store->write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("DROP TRIGGER refuse"); });
    }));
    QCOMPARE(reader.catchUp({})->deadLetters, 200);
    QCOMPARE(count("SELECT count(*) FROM letter"), 300);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE NOT EXISTS (SELECT 1 FROM letter_facet WHERE id = facet_ref)"),
             0);
    QCOMPARE(count("SELECT sum(letters) FROM letter_count"), 300);
}

void TstIntake::teamsFollowTheOwnershipFile()
{
    m_source->append(m_at, springLetter(0));
    catchUp(1);
    QCOMPARE(count("SELECT count(*) FROM letter_group WHERE team = 'payment-team'"), 1);
    m_catalog = company(u"checkout-team"_s);
    catchUp(0);
    QCOMPARE(count("SELECT count(*) FROM letter_group WHERE team = 'checkout-team'"), 1);
}

void TstIntake::decisionsAttachToLettersReadAgain()
{
    m_source->append(m_at, springLetter(0));
    m_source->append(m_at, springLetter(1));
    const RawRecord& first = *m_source->logs[m_at].records[0];
    const QString id = letterId(u"cluster-1"_s, m_at, first.offset, recordDigest(first));
    QVERIFY(m_store->write(
        [&](Database& database) { return applyTriageState(database, {id}, TriageState::Archived, u"kim"_s, 7); }));
    catchUp(2);
    QCOMPARE(count("SELECT count(*) FROM letter WHERE state = 'archived' AND assignee = 'kim' AND offset = 0"), 1);
    QCOMPARE(count("SELECT letters FROM letter_count WHERE state = 'archived' AND assignee = 'kim'"), 1);
    QCOMPARE(count("SELECT letters FROM letter_count WHERE state = 'new'"), 1);
    QCOMPARE(count("SELECT oldest_open_at_ms FROM letter_group"), letterMs + 1);
}

void TstIntake::decisionsByPeopleAndReplays_data()
{
    // Words: t = triage archived, p = triage parked, s = replay sent, f = replay failedAgain, - = the replay decides no
    // longer; each with the seq behind it.
    QTest::addColumn<QStringList>("events");
    QTest::addColumn<QString>("state");
    QTest::newRow("a replay after a person") << QStringList{u"t1"_s, u"s2"_s} << u"sent"_s;
    QTest::newRow("a person after a replay") << QStringList{u"s1"_s, u"t2"_s} << u"archived"_s;
    QTest::newRow("the replay decides no longer: the person's word counts again")
        << QStringList{u"p1"_s, u"s2"_s, u"-3"_s} << u"parked"_s;
    QTest::newRow("nobody's word is left") << QStringList{u"s1"_s, u"-2"_s} << u"new"_s;
    QTest::newRow("an event applied twice") << QStringList{u"t1"_s, u"s2"_s, u"t1"_s, u"s2"_s} << u"sent"_s;
    QTest::newRow("an older event arrives late") << QStringList{u"f3"_s, u"s2"_s} << u"failedAgain"_s;
}

void TstIntake::decisionsByPeopleAndReplays()
{
    QFETCH(QStringList, events);
    QFETCH(QString, state);
    m_source->append(m_at, springLetter(0));
    catchUp(1);
    const RawRecord& first = *m_source->logs[m_at].records[0];
    const std::vector<QString> ids{letterId(u"cluster-1"_s, m_at, first.offset, recordDigest(first))};
    for (const QString& event : events) {
        const std::int64_t seq = event.sliced(1).toLongLong();
        QVERIFY(m_store->write([&](Database& database) -> Status {
            switch (event.front().unicode()) {
            case u't':
                return applyTriageState(database, ids, TriageState::Archived, std::nullopt, seq);
            case u'p':
                return applyTriageState(database, ids, TriageState::Parked, std::nullopt, seq);
            case u's':
                return applyReplayState(database, ids, TriageState::Sent, seq);
            case u'f':
                return applyReplayState(database, ids, TriageState::FailedAgain, seq);
            default:
                return applyReplayState(database, ids, std::nullopt, seq);
            }
        }));
    }
    QCOMPARE(count("SELECT count(*) FROM letter WHERE state = '" + state.toLatin1() + "'"), 1);
    QCOMPARE(count("SELECT sum(letters) FROM letter_count WHERE state = '" + state.toLatin1() + "'"), 1);
    QCOMPARE(count("SELECT count(*) FROM letter_count"), 1);
}

void TstIntake::lettersOfAReplay()
{
    RawRecord back = springLetter(5);
    append(back.headers, {{"spillway-replay-id", QByteArray("r-1")},
                          {"spillway-replay-generation", QByteArray("1")},
                          {"spillway-replay-of", QByteArray("orders/3/88000@1")}});
    m_source->append(m_at, springLetter(0));
    m_source->append(m_at, back);
    catchUp(2);
    auto reader = Database::open(m_store->file(), Database::Access::Reader);
    const auto letters = lettersOfReplay(*reader, u"r-1"_s);
    QVERIFY(letters);
    QCOMPARE(letters->size(), std::size_t{1});
    QCOMPARE(letters->front().replayOf, QByteArray("orders/3/88000@1"));
    QCOMPARE(letters->front().generation, 1);
    QVERIFY(lettersOfReplay(*reader, u"r-2"_s)->empty());
}

void TstIntake::rulesMayAskForManyReplays()
{
    const auto prepared = [&](const KindRules& rules, const QByteArray& generation) {
        RawRecord record = springLetter(1);
        record.headers.push_back({"spillway-replay-id", QByteArray("r-1")});
        record.headers.push_back({"spillway-replay-of", QByteArray("orders/0/1@1")});
        record.headers.push_back({"spillway-replay-generation", generation});
        return LetterPreparer(m_dialects, rules, m_catalog, m_settings.deadLetters).prepare(record);
    };
    const Checked<KindRules> rules =
        KindRules::read("rules:\n  - {kind: schema, reason: x, class: StockException, replays: 25}\n", u"kinds.yaml"_s);
    QVERIFY(rules.value);
    const PreparedLetter letter = prepared(*rules.value, "30");
    QCOMPARE(letter.kindAfterReplays.size(), std::size_t{25}); // more tell no rule anything
    QVERIFY(letter.kindAfterReplays[23] != FailureKind::Schema);
    QCOMPARE(letter.kindAfterReplays[24], FailureKind::Schema);
    QCOMPARE(prepared(*rules.value, "3").kindAfterReplays.size(), std::size_t{3});
    // Whatever a letter says of itself, no more is asked than the rules do.
    QCOMPARE(prepared(m_kinds, "2000000000").kindAfterReplays.size(),
             static_cast<std::size_t>(m_kinds.mostReplaysAsked()));
}

void TstIntake::countersAreRight()
{
    for (int i = 0; i < 90; ++i)
        m_source->append({u"orders-dlt"_s, i % 4}, i % 3 == 0 ? springLetter(i) : letter(own()));
    catchUp(90);
    std::vector<QString> ids;
    for (const auto& entry : m_source->logs[m_at].records)
        ids.push_back(letterId(u"cluster-1"_s, m_at, entry->offset, recordDigest(*entry)));
    QVERIFY(m_store->write(
        [&](Database& database) { return applyTriageState(database, ids, TriageState::Resolved, u"kim"_s, 3); }));
    QCOMPARE(count("SELECT count(*) FROM (SELECT group_ref, kind, state, ifnull(assignee, '') AS who, count(*) AS n "
                   "FROM letter GROUP BY 1, 2, 3, 4"
                   " EXCEPT SELECT group_ref, kind, state, assignee, letters FROM letter_count)"),
             0);
    QCOMPARE(count("SELECT sum(letters) FROM letter_count"), 90);
    QCOMPARE(
        count("SELECT count(*) FROM letter_group g WHERE oldest_open_at_ms IS NOT (SELECT min(moment_ms) FROM letter l"
              " WHERE l.group_ref = g.id AND state NOT IN ('archived', 'resolved', 'lost'))"),
        0);
    QCOMPARE(count("SELECT count(*) FROM letter_group g WHERE first_at_ms IS NOT (SELECT min(moment_ms) FROM letter l "
                   "WHERE l.group_ref = g.id)"
                   " OR last_at_ms IS NOT (SELECT max(moment_ms) FROM letter l WHERE l.group_ref = g.id)"),
             0);
    QVERIFY(m_store->write([](Database& database) { return clearLetterDecisions(database); }));
    QCOMPARE(count("SELECT sum(letters) FROM letter_count WHERE state = 'new' AND assignee = ''"), 90);
}

QTEST_GUILESS_MAIN(TstIntake)
#include "tst_intake.moc"
