// SPDX-License-Identifier: GPL-3.0-or-later
// A channel read again under another mapping, what the editor offers, and what stays.
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterreread.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/mappingpreview.h"
#include "model/deadletter/triage.h"
#include "model/workspace/mappingedit.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

using From = FieldSource::From;

constexpr char wrongCounts[] =
    "SELECT count(*) FROM (SELECT group_ref, kind, state, ifnull(assignee, '') AS assignee, count(*) AS letters"
    " FROM letter GROUP BY 1, 2, 3, 4) l FULL JOIN letter_count n USING (group_ref, kind, state, assignee)"
    " WHERE l.letters IS NOT n.letters";

RawRecord legacy(int number, const QByteArray& errorClass, const QString& topic = u"legacy.errors"_s)
{
    RawRecord record =
        letter({{"x-error-class", errorClass}, {"x-error-class", errorClass}, {"x-null", std::nullopt}}, topic);
    record.offset = Offset{number};
    record.value =
        R"({"error":{"message":"no stock","code":)" + QByteArray::number(number) + R"(},"tags":["a","b"],"a/b":1})";
    return record;
}

struct World
{
    DialectRegistry dialects = std::move(*DialectRegistry::bundled());
    KindRules kinds = std::move(*KindRules::bundled());
    Catalog catalog;
    std::vector<DeadLetterTopic> before{
        {.selector = {.topic = u"legacy.errors"_s, .pattern = {}}, .mapping = {}, .place = {}}};
    std::vector<DeadLetterTopic> after{
        {.selector = {.topic = u"legacy.errors"_s, .pattern = {}},
         .mapping = DeadLetterMapping{{u"error_class"_s, {From::Header, u"x-error-class"_s}},
                                      {u"error_message"_s, {From::Payload, u"/error/message"_s}},
                                      {u"consumer"_s, {From::Constant, u"billing"_s}}},
         .place = {}}};
    StoreFixture fixture;

    LetterPreparer reader(const std::vector<DeadLetterTopic>& topics) { return {dialects, kinds, catalog, topics}; }
    std::vector<PreparedLetter> fill(int count, UtcTime seenAt = utcFromMs(letterMs))
    {
        LetterPreparer preparer = reader(before);
        std::vector<PreparedLetter> letters;
        for (int i = 0; i < count; ++i)
            letters.push_back(preparer.prepare(legacy(i, i % 2 == 0 ? "com.acme.A" : "com.acme.B")));
        letters.push_back(preparer.prepare(legacy(0, "com.acme.C", u"other.errors"_s)));
        fixture.add(letters, seenAt);
        return letters;
    }
    int number(const char* what)
    {
        Database database = fixture.reader();
        return database.query<int>([&](SQLite::Database& db) { return db.execAndGet(what).getInt(); }).value_or(-1);
    }
    DeadLetter stored(const PreparedLetter& letter)
    {
        Database database = fixture.reader();
        return deadLetter(database, StoreFixture::idOf(letter)).value();
    }
};

} // namespace

class LetterRereadTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void factsFollowAndTheRestStays();
    void whatFailedAgainStays();
    void aSecondRunChangesNothing();
    void aStopLeavesWholeBatches();
    void whatAnOlderVersionReadIsReadAgain();
    void anUnknownChannelIsSaid();
    void sourcesAreOfferedFromTheLetters();
    void thePreviewIsWhatTheIntakeReads();
    void thePreviewTellsWhatADialectReads();
    void envelopesShowWhatAReplaySends();
};

void LetterRereadTest::factsFollowAndTheRestStays()
{
    World world;
    const auto letters = world.fill(500, utcFromMs(letterMs + 5'000));
    const DeadLetter before = world.stored(letters[1]);
    QCOMPARE(before.facts.dialect, u"generic"_s); // by the shape of its headers
    ManualClock clock;
    const auto ledger = std::move(*Ledger::open(world.fixture.folder() + u"/ledger.sqlite"_s, clock));
    TriagePlan plan;
    plan.request = {TriageState::Assigned, u"a test"_s, u"ann"_s};
    plan.letterIds = {StoreFixture::idOf(letters[1])};
    QVERIFY(decideTriage(*ledger, world.fixture.store(), plan, u"me"_s));

    LetterPreparer preparer = world.reader(world.after);
    const auto report = rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QCOMPARE(*report, (RereadReport{.letters = 500, .changed = 500, .total = 500}));
    const DeadLetter after = world.stored(letters[1]);
    QCOMPARE(after.id, before.id);
    QCOMPARE(after.record, before.record);
    QCOMPARE(after.firstSeenAt, before.firstSeenAt);
    QCOMPARE(after.state, TriageState::Assigned);
    QCOMPARE(after.assignee, std::optional(u"ann"_s));
    QCOMPARE(after.facts.dialect, u"mapping"_s);
    QCOMPARE(after.facts.errorClass, std::optional(u"com.acme.B"_s));
    QCOMPARE(after.facts.errorMessage, std::optional(u"no stock"_s));
    QCOMPARE(after.consumer, std::optional(u"billing"_s));
    QVERIFY(after.group != before.group);
    QCOMPARE(world.stored(letters.back()).facts.dialect, u"generic"_s); // another channel
    QCOMPARE(world.number("SELECT count(*) FROM letter"), 501);
    QCOMPARE(world.number("SELECT count(*) FROM letter_body"), 501);
    QCOMPARE(world.number(wrongCounts), 0);
    Database reader = world.fixture.reader();
    const auto groups = deadLetterGroups(reader, Query{}, utcFromMs(letterMs), {});
    QVERIFY(groups);
    std::int64_t counted = 0;
    for (const DeadLetterGroup& group : *groups)
        counted += group.count;
    QCOMPARE(counted, std::int64_t{501});
    QCOMPARE(deadLetterTotals(reader)->open, std::int64_t{501});
}

void LetterRereadTest::whatFailedAgainStays()
{
    World world;
    RawRecord record = legacy(1, "java.net.SocketTimeoutException");
    record.headers.push_back({"spillway-replay-id", QByteArray("r-1")});
    record.headers.push_back({"spillway-replay-of", QByteArray("orders/0/1@1")});
    record.headers.push_back({"spillway-replay-generation", QByteArray("2")});
    LetterPreparer before = world.reader(world.before);
    PreparedLetter letter = before.prepare(record);
    letter.sameErrorReplays = 2; // the letters before it are gone
    world.fixture.add({letter});
    QCOMPARE(world.number("SELECT same_error_replays FROM letter"), 2);
    QCOMPARE(world.stored(letter).kind, FailureKind::Unknown);
    LetterPreparer after = world.reader(world.after);
    QCOMPARE(rereadChannel(world.fixture.store(), after, u"orders"_s, u"legacy.errors"_s, {})->letters, 1);
    QCOMPARE(world.number("SELECT same_error_replays FROM letter"), 2);
    QCOMPARE(world.stored(letter).facts.dialect, u"mapping"_s);
    QCOMPARE(world.stored(letter).kind, FailureKind::Unknown);
}

void LetterRereadTest::aSecondRunChangesNothing()
{
    World world;
    world.fill(3);
    LetterPreparer preparer = world.reader(world.after);
    QVERIFY(rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s, {}));
    const auto again = rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s, {});
    QCOMPARE(again.value(), (RereadReport{.letters = 3, .changed = 0, .total = 3}));
}

void LetterRereadTest::aStopLeavesWholeBatches()
{
    World world;
    world.fill(450);
    std::stop_source stop;
    stop.request_stop();
    LetterPreparer preparer = world.reader(world.after);
    QCOMPARE(rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s, stop.get_token()).value(),
             (RereadReport{.letters = 0, .changed = 0, .total = 450}));

    // In the middle: whole batches are read anew, the rest is as it was.
    std::stop_source middle;
    std::vector<std::int64_t> told;
    const auto half = rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s,
                                    middle.get_token(), [&](const RereadReport& sofar) {
                                        told.push_back(sofar.letters);
                                        middle.request_stop();
                                    });
    QCOMPARE(half.value(), (RereadReport{.letters = 200, .changed = 200, .total = 450}));
    QCOMPARE(told, std::vector<std::int64_t>{200});
    QCOMPARE(world.number("SELECT count(*) FROM letter l JOIN letter_facet f ON f.id = l.facet_ref"
                          " WHERE f.dialect = 'mapping'"),
             200);
    const auto rest = rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"legacy.errors"_s, {});
    QCOMPARE(rest.value(), (RereadReport{.letters = 450, .changed = 250, .total = 450}));
    QCOMPARE(world.number("SELECT count(*) FROM letter"), 451);
    QCOMPARE(world.number(wrongCounts), 0);
}

void LetterRereadTest::whatAnOlderVersionReadIsReadAgain()
{
    World world;
    auto letters = world.fill(450);
    RawRecord record = letter(joined({springOriginals({}),
                                      springException({}),
                                      {{"spillway-replay-id", QByteArray("r-1")},
                                       {"spillway-replay-of", QByteArray("orders/3/17@1763703000000")},
                                       {"spillway-replay-generation", QByteArray("1")}}}),
                              u"legacy.errors"_s);
    record.offset = Offset{1'000};
    LetterPreparer preparer = world.reader(world.before);
    PreparedLetter again = preparer.prepare(record);
    QCOMPARE(again.facts.deliveredOffset, Offset{88120});
    const LetterFacts right = again.facts;
    again.facts.originOffset = again.facts.deliveredOffset; // as version 1 read it
    again.facts.originTimestamp = again.facts.deliveredTimestamp;
    again.facts.deliveredTopic.reset();
    world.fixture.add({again});
    Database reader = world.fixture.reader();
    QVERIFY(channelsReadByOlder(reader)->empty()); // new channels are of this version
    QVERIFY(world.fixture.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("UPDATE letter_channel SET reading = 1 WHERE name = 'legacy.errors'");
        });
    }));
    const OldChannel old{u"orders"_s, u"legacy.errors"_s};
    QCOMPARE(channelsReadByOlder(reader).value(), std::vector<OldChannel>{old});

    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(rereadOldChannel(world.fixture.store(), preparer, old, stop.get_token())->letters, 0);
    QCOMPARE(channelsReadByOlder(reader)->size(), std::size_t{1});
    const std::int64_t sum = world.number("SELECT sum(id) FROM letter WHERE offset <> 1000");
    const auto report = rereadOldChannel(world.fixture.store(), preparer, old, {});
    QCOMPARE(report.value(), (RereadReport{.letters = 451, .changed = 1, .total = 451}));
    QCOMPARE(world.stored(again).facts, right);
    QCOMPARE(world.stored(again).record, record);
    QCOMPARE(world.number("SELECT sum(id) FROM letter WHERE offset <> 1000"), sum); // they are where they were
    QVERIFY(channelsReadByOlder(reader)->empty());
    QCOMPARE(world.number(wrongCounts), 0);

    // Killed in the middle: what is behind is not read twice.
    QVERIFY(world.fixture.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("UPDATE letter_channel SET reading = 1, reread_to = (SELECT min(id) + 399 FROM letter)"
                    " WHERE name = 'legacy.errors'");
        });
    }));
    QCOMPARE(rereadOldChannel(world.fixture.store(), preparer, old, {}).value(),
             (RereadReport{.letters = 51, .changed = 0, .total = 451}));
    QVERIFY(channelsReadByOlder(reader)->empty());
    QCOMPARE(world.number("SELECT reread_to FROM letter_channel WHERE name = 'legacy.errors'"), 0);
}

void LetterRereadTest::anUnknownChannelIsSaid()
{
    World world;
    LetterPreparer preparer = world.reader(world.after);
    const auto report = rereadChannel(world.fixture.store(), preparer, u"orders"_s, u"never.seen"_s, {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, ErrorCode::NotFound);
}

void LetterRereadTest::sourcesAreOfferedFromTheLetters()
{
    RawRecord text = legacy(9, "com.acme.A");
    text.value = "no JSON";
    text.headers.push_back({"\xff", QByteArray("no text's name")});
    const auto found = mappingCandidates({legacy(1, "com.acme.A"), legacy(2, "com.acme.B\u202E"), text});
    QStringList offered;
    for (const MappingCandidate& candidate : found)
        offered += u"%1 %2 %3 %4"_s
                       .arg(candidate.source.from == From::Header ? u"header"_s : u"payload"_s, candidate.source.text)
                       .arg(candidate.letters)
                       .arg(candidate.sample);
    QCOMPARE(offered,
             (QStringList{u"header x-error-class 3 com.acme.A"_s, u"payload /a~1b 2 1"_s, u"payload /error/code 2 1"_s,
                          u"payload /error/message 2 no stock"_s, u"payload /tags/0 2 a"_s}));
    RawRecord deep = legacy(1, "x");
    deep.value = QByteArray("[").repeated(50'000) + QByteArray("]").repeated(50'000);
    QVERIFY(mappingCandidates({deep}).size() == 1);
    RawRecord wide = legacy(1, "x");
    for (int i = 0; i < 1'000; ++i)
        wide.headers.push_back({"h" + QByteArray::number(i), QByteArray("v")});
    QVERIFY(mappingCandidates({wide}).size() <= 204);
}

void LetterRereadTest::thePreviewIsWhatTheIntakeReads()
{
    World world;
    const DeadLetterMapping mapping = *world.after[0].mapping;
    const auto rows = previewMapping({legacy(1, "com.acme.A")}, mapping, world.dialects);
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows[0].letter, u"p2 @ 1"_s);
    QVERIFY(rows[0].readBy.isEmpty() && !rows[0].payload && rows[0].payloadFault.isEmpty());
    const QStringList names = mappingFieldNames();
    QCOMPARE(rows[0].fields.size(), static_cast<std::size_t>(names.size()));
    const auto field = [&](const QString& name) {
        return rows[0].fields[static_cast<std::size_t>(names.indexOf(name))];
    };
    QCOMPARE(field(u"error_class"_s), std::optional(u"com.acme.A"_s));
    QCOMPARE(field(u"error_message"_s), std::optional(u"no stock"_s));
    QCOMPARE(field(u"consumer"_s), std::optional(u"billing"_s));
    QCOMPARE(field(u"origin_topic"_s), std::nullopt);
    LetterPreparer preparer = world.reader(world.after);
    QCOMPARE(preparer.prepare(legacy(1, "com.acme.A")).facts.errorClass, field(u"error_class"_s));
}

void LetterRereadTest::thePreviewTellsWhatADialectReads()
{
    const World world;
    RawRecord spring = legacy(2, "com.acme.A");
    spring.headers.push_back({"kafka_dlt-original-topic", QByteArray("orders")});
    spring.headers.push_back({"kafka_dlt-exception-fqcn", QByteArray("com.acme.Refused")});
    const std::vector<RawRecord> letters{legacy(1, "com.acme.A"), spring, spring};
    DeadLetterMapping mapping = *world.after[0].mapping;
    const auto place = static_cast<std::size_t>(mappingFieldNames().indexOf(u"error_class"_s));
    auto rows = previewMapping(letters, mapping, world.dialects);
    QVERIFY(rows[0].readBy.isEmpty());
    QCOMPARE(rows[1].readBy, u"spring-dlpr"_s);
    QCOMPARE(rows[1].fields[place], u"com.acme.Refused"_s);
    using Counts = std::vector<std::pair<QString, int>>;
    QCOMPARE(sureDialects(letters, world.dialects), (Counts{{u"spring-dlpr"_s, 2}}));
    setTakesEveryLetter(mapping, true);
    rows = previewMapping(letters, mapping, world.dialects);
    QVERIFY(rows[1].readBy.isEmpty());
    QCOMPARE(rows[1].fields[place], u"com.acme.A"_s);
}

void LetterRereadTest::envelopesShowWhatAReplaySends()
{
    const World world;
    RawRecord envelope = legacy(1, "com.acme.A");
    envelope.value = R"({"error":"e","meta":{"a~b":{"deep":[1]}},"data":{"n":  1},"text":"{\"x\":2}"})";
    QStringList places;
    for (const MappingCandidate& candidate : payloadCandidates({envelope}))
        places << candidate.source.text;
    QCOMPARE(places,
             (QStringList{u"/data"_s, u"/error"_s, u"/meta"_s, u"/text"_s, u"/meta/a~0b"_s, u"/meta/a~0b/deep"_s}));
    DeadLetterMapping mapping = *world.after[0].mapping;
    mapping[payloadField] = {From::Payload, u"/data"_s};
    QCOMPARE(previewMapping({envelope}, mapping, world.dialects)[0].payload, u"{\"n\":  1}"_s); // its own bytes
    mapping[payloadField] = {From::Payload, u"/text"_s, u"text"_s};
    QCOMPARE(previewMapping({envelope}, mapping, world.dialects)[0].payload, u"{\"x\":2}"_s);
    mapping[payloadField] = {From::Payload, u"/nowhere"_s};
    const auto row = previewMapping({envelope}, mapping, world.dialects)[0];
    QVERIFY(!row.payload && !row.payloadFault.isEmpty());
}

QTEST_GUILESS_MAIN(LetterRereadTest)
#include "tst_letterreread.moc"
