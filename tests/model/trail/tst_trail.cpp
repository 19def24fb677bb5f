// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/storedtrail.h"
#include "model/trail/trailreport.h"
#include "tests/model/deadletter/storefixture.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

using Kind = TrailEntry::Kind;
constexpr qint64 nowMs = 1'790'000'000'000;

TrailEntry entry(Kind kind, std::optional<qint64> atMs, const QString& channel = u"orders"_s, int partition = 0,
                 std::optional<qint64> offset = std::nullopt)
{
    TrailEntry made;
    made.kind = kind;
    if (atMs)
        made.at = utcFromMs(*atMs);
    made.connection = u"main"_s;
    made.channel = channel;
    made.partition = partition;
    if (offset)
        made.offset = Offset{*offset};
    made.summary = trailKindWord(kind);
    return made;
}

QStringList summaries(const std::vector<TrailEntry>& entries)
{
    QStringList texts;
    for (const TrailEntry& each : entries)
        texts += each.summary;
    return texts;
}

TrailMatcher matcherOf(const QString& key)
{
    return TrailMatcher(*trailKeyOf(key, false, {}), Catalog());
}

} // namespace

class TrailTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void inTimeOrder_data();
    void inTimeOrder();
    void onePlaceIsOneEntry();
    void aLineHasTheContractsFields();
    void bytesOfStrangersAreShown();
    void maskedWhereTheWorkspaceSays();
    void recordsAsEntries();
    void whatIsStored();
    void lettersOfRecordsThatWereFound();
    void replaysOfALetter_data();
    void replaysOfALetter();
    void theLimitIsSaid();
    void theReportSaysWhatWasRead_data();
    void theReportSaysWhatWasRead();
};

void TrailTest::inTimeOrder_data()
{
    QTest::addColumn<std::vector<TrailEntry>>("entries");
    QTest::addColumn<QStringList>("order");
    using Entries = std::vector<TrailEntry>;
    QTest::newRow("oldest first") << Entries{entry(Kind::Replay, 30), entry(Kind::Event, 10),
                                             entry(Kind::DeadLetter, 20)}
                                  << QStringList{u"event"_s, u"deadLetter"_s, u"replay"_s};
    QTest::newRow("the same instant, as things follow from each other")
        << Entries{entry(Kind::Replay, 10), entry(Kind::DeadLetter, 10), entry(Kind::Processing, 10),
                   entry(Kind::Event, 10)}
        << QStringList{u"event"_s, u"processing"_s, u"deadLetter"_s, u"replay"_s};
    TrailEntry origin = entry(Kind::Event, std::nullopt);
    origin.notAfter = utcFromMs(20);
    QTest::newRow("an origin without a time stands before its letter")
        << Entries{entry(Kind::DeadLetter, 20), entry(Kind::Processing, 15), origin, entry(Kind::Replay, 30)}
        << QStringList{u"processing"_s, u"event"_s, u"deadLetter"_s, u"replay"_s};
    QTest::newRow("what has no time at all is last")
        << Entries{entry(Kind::Event, std::nullopt), entry(Kind::DeadLetter, 20)}
        << QStringList{u"deadLetter"_s, u"event"_s};
    TrailEntry second = entry(Kind::Event, 10, u"orders"_s, 0, 8);
    second.summary = u"second"_s;
    QTest::newRow("of one partition by offset")
        << Entries{second, entry(Kind::Event, 10, u"orders"_s, 0, 7)} << QStringList{u"event"_s, u"second"_s};
    QTest::newRow("none") << Entries{} << QStringList{};
}

void TrailTest::inTimeOrder()
{
    QFETCH(std::vector<TrailEntry>, entries);
    QFETCH(QStringList, order);
    QCOMPARE(summaries(arrangedTrail(entries)), order);
    std::reverse(entries.begin(), entries.end());
    QCOMPARE(summaries(arrangedTrail(entries)), order);
}

void TrailTest::onePlaceIsOneEntry()
{
    TrailEntry told = entry(Kind::Event, 10, u"orders"_s, 3, 88);
    told.letterId = u"letter"_s;
    told.summary = u"told"_s;
    TrailEntry read = entry(Kind::Event, 11, u"orders"_s, 3, 88);
    read.isRead = true;
    read.summary = u"read"_s;
    TrailEntry replay = entry(Kind::Replay, 50, u"orders"_s, 1, 9);
    replay.jobId = u"job"_s;
    replay.summary = u"replayed, confirmed"_s;
    TrailEntry landed = entry(Kind::Replay, 48, u"orders"_s, 1, 9);
    landed.isRead = true;
    landed.eventType = u"order.created"_s;
    for (const auto& entries : {std::vector{told, read, replay, landed}, std::vector{landed, replay, read, told}}) {
        const auto arranged = arrangedTrail(entries);
        QCOMPARE(arranged.size(), std::size_t{2});
        QCOMPARE(arranged[0].summary, u"read"_s); // the broker's word on a record
        QCOMPARE(*arranged[0].at, utcFromMs(11));
        QCOMPARE(*arranged[0].letterId, u"letter"_s);
        QCOMPARE(arranged[1].kind, Kind::Replay);
        QCOMPARE(arranged[1].summary, u"replayed, confirmed"_s); // the ledger knows what became of it
        QCOMPARE(*arranged[1].at, utcFromMs(48));
        QCOMPARE(*arranged[1].jobId, u"job"_s);
        QCOMPARE(*arranged[1].eventType, u"order.created"_s);
    }
    QCOMPARE(arrangedTrail({entry(Kind::Event, 1, u"a"_s, 0, 1), entry(Kind::Event, 1, u"b"_s, 0, 1)}).size(),
             std::size_t{2});
}

void TrailTest::aLineHasTheContractsFields()
{
    TrailEntry full = entry(Kind::DeadLetter, nowMs, u"orders.DLT"_s, 2, 41);
    full.time = TrailTime::DeadLettered;
    full.key = QByteArray("order-4711");
    full.eventType = u"order.created"_s;
    full.letterId = u"id"_s;
    const QJsonObject line = QJsonDocument::fromJson(trailEntryJson(full)).object();
    QCOMPARE(line[u"at"].toString(), u"2026-09-21T14:13:20.000Z"_s);
    QCOMPARE(line[u"connection"].toString(), u"main"_s);
    QCOMPARE(line[u"channel"].toString(), u"orders.DLT"_s);
    QCOMPARE(line[u"partition"].toInt(), 2);
    QCOMPARE(line[u"offset"].toInteger(), 41);
    QCOMPARE(line[u"eventType"].toString(), u"order.created"_s);
    QCOMPARE(line[u"key"].toString(), u"order-4711"_s);
    QCOMPARE(line[u"kind"].toString(), u"deadLetter"_s);
    QVERIFY(line.contains(u"summary"_s));
    TrailEntry bare = entry(Kind::Event, std::nullopt, QString());
    bare.partition.reset();
    bare.key = QByteArray("\xff\x00", 2);
    const QJsonObject nulls = QJsonDocument::fromJson(trailEntryJson(bare)).object();
    for (const QString& name :
         {u"at"_s, u"channel"_s, u"partition"_s, u"offset"_s, u"eventType"_s, u"key"_s, u"timeKind"_s, u"letter"_s})
        QVERIFY2(nulls.contains(name) && nulls[name].isNull(), qPrintable(name));
    QCOMPARE(nulls[u"keyBase64"].toString(), u"/wA="_s);
}

void TrailTest::bytesOfStrangersAreShown()
{
    TrailEntry evil = entry(Kind::Event, nowMs, u"or\x1b[31mders"_s, 0, 1);
    evil.key = QByteArray("k\x1b\xe2\x80\xae");
    evil.match = {TrailMatch::By::Header, u"event_id"_s};
    evil.summary = u"Evil\u202e published"_s;
    const QString text = trailText({evil});
    QVERIFY(text.contains(u"\\u{001B}"_s));
    QVERIFY(text.contains(u"\\u{202E}"_s));
    QVERIFY(!text.contains(QChar(0x1b)));
    QVERIFY(!text.contains(QChar(0x202e)));
    QCOMPARE(text.count(u'\n'), 1);
}

void TrailTest::maskedWhereTheWorkspaceSays()
{
    MaskRules rules = defaultMaskRules(Environment::Production);
    std::vector<TrailEntry> entries{entry(Kind::DeadLetter, nowMs)};
    entries[0].key = QByteArray("ada@example.org");
    entries[0].summary = u"dead letter: no account ada@example.org"_s;
    maskTrail(entries, Masker(rules), MaskPurpose::SearchResult);
    QVERIFY(!entries[0].key->contains("ada@"));
    QVERIFY(!entries[0].summary.contains(u"ada@"_s));
}

void TrailTest::recordsAsEntries()
{
    RawRecord record = letter({{"a", QByteArray("b")}}, u"orders"_s);
    const TrailEntry event = eventEntry(record, u"main"_s, u"order.created"_s, {});
    QCOMPARE(event.kind, Kind::Event);
    QCOMPARE(event.time, TrailTime::CreateTime);
    QVERIFY(event.summary.startsWith(u"order.created published, "_s));
    QVERIFY(!event.summary.contains(u"4711"_s)); // nothing of the payload
    record.value.reset();
    QCOMPARE(eventEntry(record, u"main"_s, std::nullopt, {}).summary, u"record published: a tombstone"_s);
    record.headers.push_back({"spillway-replay-id", QByteArray("job-1")});
    const TrailEntry replay = eventEntry(record, u"main"_s, u"order.created"_s, {});
    QCOMPARE(replay.kind, Kind::Replay);
    QCOMPARE(*replay.jobId, u"job-1"_s);
    record.timestamp.reset();
    QVERIFY(!eventEntry(record, u"main"_s, {}, {}).at);
    QCOMPARE(eventEntry(record, u"main"_s, {}, {}).time, TrailTime::Unknown);
}

void TrailTest::whatIsStored()
{
    StoreFixture store;
    PreparedLetter told = StoreFixture::prepared(7, u"com.acme.SchemaMismatch"_s, u"payment-service"_s);
    told.facts.originTopic = u"orders"_s;
    told.facts.originPartition = 3;
    told.facts.originOffset = Offset{88'120};
    told.facts.originTimestamp = utcFromMs(originMs);
    told.facts.attempts = 3;
    PreparedLetter silent = StoreFixture::prepared(8, u"Timeout"_s, u"payment-service"_s);
    silent.record.key = QByteArray("other");
    silent.record.headers.push_back({"event_id", QByteArray("order-7")});
    silent.digest = recordDigest(silent.record);
    silent.facts.deadLetteredAt.reset();
    PreparedLetter stranger = StoreFixture::prepared(9, u"Timeout"_s, u"payment-service"_s);
    stranger.record.value = QByteArray(R"({"text":"see order-7"})"); // the words, but no field that counts
    stranger.digest = recordDigest(stranger.record);
    PreparedLetter binary = StoreFixture::prepared(10, u"Timeout"_s, u"payment-service"_s);
    binary.record.key = QByteArray("\0\0\x12\x67", 4);
    binary.digest = recordDigest(binary.record);
    QCOMPARE(store.add({told, silent, stranger, binary}, utcFromMs(nowMs)), 4);
    Database reader = store.reader();

    const auto found = storedTrail(reader, {}, matcherOf(u"order-7"_s), 100, utcFromMs(nowMs), {});
    QVERIFY(found);
    QVERIFY(found->isWhole);
    const auto entries = arrangedTrail(found->entries);
    QCOMPARE(entries.size(), std::size_t{3});
    QCOMPARE(entries[0].kind, Kind::Event); // the record it was
    QCOMPARE(entries[0].channel, u"orders"_s);
    QCOMPARE(entries[0].partition, std::optional(3));
    QCOMPARE(*entries[0].at, utcFromMs(originMs));
    QCOMPARE(entries[1].summary, u"dead letter of payment-service: com.acme.SchemaMismatch, attempt 3; new"_s);
    QCOMPARE(entries[1].time, TrailTime::DeadLettered);
    QCOMPARE(*entries[1].letterId, StoreFixture::idOf(told));
    QCOMPARE(*entries[1].key, QByteArray("order-7"));
    QCOMPARE(entries[2].time, TrailTime::FirstSeen);
    QCOMPARE(*entries[2].at, utcFromMs(nowMs));
    QCOMPARE(trailMatchWord(entries[2].match), u"header:event_id"_s);
    QVERIFY(found->topics.contains(u"orders"_s));
    QVERIFY(found->ids.contains("order-7"));

    const auto number = storedTrail(reader, {}, matcherOf(u"4711"_s), 100, utcFromMs(nowMs), {});
    QVERIFY(number);
    QVERIFY(std::any_of(number->entries.begin(), number->entries.end(), [&](const TrailEntry& each) {
        return each.letterId == std::optional(StoreFixture::idOf(binary));
    }));
    const auto none = storedTrail(reader, {}, matcherOf(u"order-77"_s), 100, utcFromMs(nowMs), {});
    QVERIFY(none);
    QVERIFY(none->entries.empty());
}

void TrailTest::lettersOfRecordsThatWereFound()
{
    StoreFixture store;
    const auto from = [](int number, int partition) {
        PreparedLetter letter = StoreFixture::prepared(number, u"Timeout"_s, u"payment-service"_s);
        letter.facts.originTopic = u"orders"_s;
        letter.facts.originPartition = partition;
        letter.facts.originOffset = Offset{88'120};
        return letter;
    };
    const PreparedLetter its = from(7, 3);
    PreparedLetter ofAnotherKey = from(8, 3); // the topic was recreated
    const PreparedLetter elsewhere = from(9, 2);
    QCOMPARE(store.add({its, ofAnotherKey, elsewhere}), 3);
    Database reader = store.reader();
    TrailEntry event = entry(Kind::Event, nowMs, u"orders"_s, 3, 88'120);
    event.key = QByteArray("order-7");
    StoredTrail trail;
    for (const QString& cluster : {u"another"_s, u"cluster-1"_s, u"cluster-1"_s}) // again: no letter twice
        QVERIFY(addLettersOf(reader, {}, cluster, std::vector{event}, trail));
    QCOMPARE(trail.letters, std::set<QString>{StoreFixture::idOf(its)});
    QCOMPARE(summaries(arrangedTrail(trail.entries)),
             (QStringList{u"order.created published, as its dead letter tells"_s,
                          u"dead letter of payment-service: Timeout; new"_s}));
    QCOMPARE(trailMatchWord(trail.entries[0].match), u"link"_s);
}

void TrailTest::replaysOfALetter_data()
{
    QTest::addColumn<QString>("status");
    QTest::addColumn<QString>("outcome"); // empty: NULL
    QTest::addColumn<QString>("summary");
    QTest::newRow("planned") << u"pending"_s << QString() << u"planned by job j-1, not sent yet"_s;
    QTest::newRow("in doubt") << u"intended"_s << QString()
                              << u"job j-1 began to replay it; it is not known whether it was sent"_s;
    QTest::newRow("left out") << u"skipped"_s << QString() << u"left out by job j-1: archived meanwhile"_s;
    QTest::newRow("sent") << u"sent"_s << QString() << u"replayed by job j-1; nobody has looked what became of it"_s;
    QTest::newRow("confirmed") << u"sent"_s << u"confirmed"_s << u"replayed by job j-1, confirmed"_s;
    QTest::newRow("failed again") << u"sent"_s << u"failedAgain"_s << u"replayed by job j-1, failed again"_s;
    QTest::newRow("not known") << u"sent"_s << u"unknown"_s << u"replayed by job j-1, outcome unknown"_s;
}

void TrailTest::replaysOfALetter()
{
    QFETCH(QString, status);
    QFETCH(QString, outcome);
    QFETCH(QString, summary);
    StoreFixture store;
    const PreparedLetter letter = StoreFixture::prepared(7, u"Timeout"_s, u"payment-service"_s);
    QCOMPARE(store.add({letter}), 1);
    const Status written = store.store().write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            db.exec("INSERT INTO replay_job (job_id, plan_id, digest, connection, cluster_id, query, plan_ledger_seq, "
                    "guarantee,"
                    " messages, size_bytes, targets, strip_rules, canary, settle_ms, created_by, created_at_ms,"
                    " created_seq, state, detail, cancel_requested, last_batch, sent, confirmed, failed_again, skipped)"
                    " VALUES ('j-1', 'p', 'd', 'main', 'cluster-1', '', 1, 'once', 1, 1, '[]', '[]', '[]', 0, 'ada', "
                    "1000, 1,"
                    " 'done', '', 0, 0, 1, 0, 0, 0)");
            SQLite::Statement insert(
                db, "INSERT INTO replay_item (job_id, item, letter_id, channel, partition, offset, digest, size_bytes,"
                    " target, generation, replay_of, strip_rule, status, status_seq, skip_reason, landed_topic,"
                    " landed_partition, landed_offset, outcome)"
                    " VALUES ('j-1', 0, ?, 'orders-dlt', 2, 7, 1, 10, 'orders', 1, x'00', 0, ?, 5,"
                    " 'archived meanwhile', 'orders', 1, 12, ?)");
            insert.bind(1, StoreFixture::idOf(letter).toStdString());
            insert.bind(2, status.toStdString());
            if (!outcome.isEmpty())
                insert.bind(3, outcome.toStdString());
            insert.exec();
        });
    });
    QVERIFY2(written, written ? "" : qPrintable(written.error().detail));
    Database reader = store.reader();
    const auto found =
        storedTrail(reader, u"/nowhere/ledger.sqlite"_s, matcherOf(u"order-7"_s), 100, utcFromMs(nowMs), {});
    QVERIFY(found);
    const auto replay = std::find_if(found->entries.begin(), found->entries.end(),
                                     [](const TrailEntry& each) { return each.kind == Kind::Replay; });
    QVERIFY(replay != found->entries.end());
    QCOMPARE(replay->summary, summary);
    QCOMPARE(replay->channel, u"orders"_s);
    QCOMPARE(replay->partition, std::optional(1));
    QCOMPARE(replay->offset, std::optional(Offset{12}));
    QCOMPARE(replay->connection, u"main"_s);
    QCOMPARE(*replay->letterId, StoreFixture::idOf(letter));
    QVERIFY(found->topics.contains(u"orders"_s));
}

void TrailTest::theLimitIsSaid()
{
    StoreFixture store;
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 5; ++i) {
        letters.push_back(StoreFixture::prepared(i, u"Timeout"_s, u"payment-service"_s, i));
        letters.back().record.key = QByteArray("same");
        letters.back().digest = recordDigest(letters.back().record);
    }
    QCOMPARE(store.add(letters), 5);
    Database reader = store.reader();
    const auto some = storedTrail(reader, {}, matcherOf(u"same"_s), 3, utcFromMs(nowMs), {});
    QVERIFY(some);
    QVERIFY(!some->isWhole);
    QCOMPARE(some->entries.size(), std::size_t{3});
    const auto all = storedTrail(reader, {}, matcherOf(u"same"_s), 5, utcFromMs(nowMs), {});
    QVERIFY(all);
    QVERIFY(all->isWhole);
}

void TrailTest::theReportSaysWhatWasRead_data()
{
    QTest::addColumn<TrailReport>("report");
    QTest::addColumn<int>("entries");
    QTest::addColumn<QString>("says");
    QTest::addColumn<bool>("isPartial");
    TrailReport whole{
        .since = utcFromMs(nowMs), .records = 12, .positions = 40, .bytes = 2'048, .topics = {u"orders"_s}};
    QTest::newRow("all that is there")
        << whole << 3
        << u"Scanned 12 of 40 records on 1 topic (2 KiB), from 2026-09-21T14:13:20.000Z; that is all there is."_s
        << false;
    QTest::newRow("nothing found") << whole << 0 << u"Nothing with this key or id was found."_s << false;
    TrailReport bytes = whole;
    bytes.end = TopicsRead::End::Bytes;
    QTest::newRow("the budget") << bytes << 1 << u"stopped because 1 GiB were read; more with --max-bytes."_s << true;
    TrailReport stopped = whole;
    stopped.end = TopicsRead::End::Stopped;
    QTest::newRow("interrupted") << stopped << 1 << u"stopped because it was interrupted."_s << true;
    TrailReport failed = whole;
    failed.failures.push_back({u"main"_s, {}, {ErrorCode::Unreachable, u"silence"_s}});
    QTest::newRow("a broker that is away") << failed << 1 << u"the rest could not be read."_s << true;
    QTest::newRow("no topic") << TrailReport{} << 0 << u"No topic was read: the catalog names none"_s << false;
    QTest::newRow("only what is stored") << TrailReport{.storedOnly = true} << 1 << u"Only what is stored"_s << true;
    TrailReport own = whole;
    own.otherPartitions = 4;
    QTest::newRow("left out partitions") << own << 1 << u"4 partitions where a Java client would not put the key"_s
                                         << true;
    TrailReport missing = whole;
    missing.missing = QStringList{u"ghosts"_s};
    QTest::newRow("a topic that is nowhere") << missing << 1 << u"Not there on any connection: ghosts."_s << true;
    TrailReport cut = whole;
    cut.cut = 1;
    QTest::newRow("over the limit") << cut << 1 << u"1 entry later than these are left out"_s << true;
}

void TrailTest::theReportSaysWhatWasRead()
{
    QFETCH(TrailReport, report);
    QFETCH(int, entries);
    QFETCH(QString, says);
    QFETCH(bool, isPartial);
    const QString text = trailReportLines(report, {}, static_cast<std::size_t>(entries)).join(u'\n');
    QVERIFY2(text.contains(says), qPrintable(text));
    QCOMPARE(report.isPartial(), isPartial);
}

QTEST_GUILESS_MAIN(TrailTest)
#include "tst_trail.moc"
