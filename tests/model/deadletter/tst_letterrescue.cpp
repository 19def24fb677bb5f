// SPDX-License-Identifier: GPL-3.0-or-later
// Pointers: what is copied from their origins, what is not the record they meant, and what becomes of the lost ones.
#include "model/base/text.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterexport.h"
#include "model/deadletter/letterloss.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/origintimes.h"
#include "model/deadletter/queryfunctions.h"
#include "model/deadletter/querymatch.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/querysql.h"
#include "model/deadletter/topicstore.h"
#include "model/deadletter/triage.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <SQLiteCpp/Statement.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

/// Origins in memory: what is not set is not there.
class FakeOrigins final : public RecordLookup
{
public:
    std::map<std::pair<TopicPartition, std::int64_t>, LookedUpRecord> answers;
    std::optional<Error> down;
    std::vector<std::int64_t> asked;

    void put(std::int64_t offset, qint64 timestampMs)
    {
        RawRecord record;
        record.at = {u"orders"_s, 0};
        record.offset = Offset{offset};
        record.timestamp = utcFromMs(timestampMs);
        record.key = "key-" + QByteArray::number(offset);
        record.value = "payload-" + QByteArray::number(offset);
        record.headers = {{"own", QByteArray("1")}};
        answers[{record.at, offset}] = {LookedUpRecord::Answer::Found, record, std::nullopt};
    }
    Result<LookedUpRecord> recordAt(const TopicPartition& at, Offset offset, std::stop_token) override
    {
        asked.push_back(offset.value);
        if (down)
            return tl::unexpected<Error>(*down);
        const auto found = answers.find({at, offset.value});
        return found == answers.end()
                   ? LookedUpRecord{.answer = LookedUpRecord::Answer::BeforeLog, .record = {}, .bounds = {}}
                   : found->second;
    }
    Result<RangeRead> readRange(const TopicPartition&, Offset, Offset, const std::function<bool(const RawRecord&)>&,
                                std::stop_token) override
    {
        return fail(ErrorCode::Unsupported, u"nobody reads ranges here"_s);
    }
};

PreparedLetter pointer(int number, qint64 originAtMs = originMs)
{
    PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.E"_s, u"billing"_s);
    letter.record.key.reset();
    letter.record.value.reset();
    letter.record.headers = {{"own", QByteArray("1")}, {"__streams.errors.topic", QByteArray("orders")}};
    letter.digest = recordDigest(letter.record);
    letter.facts.dialect = u"kafka-streams"_s;
    letter.facts.isPointer = true;
    letter.facts.originTopic = u"orders"_s;
    letter.facts.originPartition = 0;
    letter.facts.originOffset = Offset{number};
    letter.facts.originTimestamp = utcFromMs(originAtMs);
    return letter;
}

struct Desk
{
    StoreFixture fixture;
    ManualClock clock{utcFromMs(letterMs)};
    std::unique_ptr<Ledger> ledger = std::move(*Ledger::open(fixture.folder() + u"/ledger.sqlite"_s, clock));
    FakeOrigins origins;
    LetterRescuer rescuer{*ledger, fixture.store(), clock, u"me"_s};

    [[nodiscard]] RescueReport waiting(const RescueBudget& budget = {})
    {
        const auto report = rescuer.rescueWaiting(origins, u"orders"_s, budget, {});
        return report ? *report : RescueReport{.rescued = -1};
    }
    /// The origins' topic as its broker tells it.
    [[nodiscard]] Status keepOriginsForAnHour()
    {
        TopicFacts facts{.topic = u"orders"_s,
                         .exists = true,
                         .partitions = {{Offset{0}, Offset{100}, {}}},
                         .settings = {},
                         .failure = {}};
        facts.settings.deletes = true;
        facts.settings.retentionTime = Limit<Millis>{Millis{3'600'000}};
        return fixture.store().write([&](Database& database) {
            return storeTopicFacts(database, u"orders"_s, {.clusterId = u"cluster-1"_s, .topics = {facts}}, {},
                                   utcFromMs(letterMs));
        });
    }
    [[nodiscard]] DeadLetter letter(const PreparedLetter& prepared)
    {
        Database reader = fixture.reader();
        return deadLetter(reader, StoreFixture::idOf(prepared)).value();
    }
    [[nodiscard]] std::optional<Rescue> rescue(const PreparedLetter& prepared)
    {
        Database reader = fixture.reader();
        return rescueOf(reader, StoreFixture::idOf(prepared)).value();
    }
    [[nodiscard]] std::vector<QJsonObject> events(const QString& type)
    {
        std::vector<QJsonObject> bodies;
        const auto events = ledger->read(0, 1'000, type);
        for (const LedgerEvent& event : *events)
            bodies.push_back(QJsonDocument::fromJson(event.body).object());
        return bodies;
    }
};

} // namespace

class LetterRescueTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsNotTheRecordMeant_data();
    void whatIsNotTheRecordMeant();
    void aPayloadIsCopiedOnce();
    void aRescuedPayloadIsFoundLikeAnyOther_data();
    void aRescuedPayloadIsFoundLikeAnyOther();
    void withoutARescueNobodyLooksForOne();
    void aCopyThatFailedAgainIsReadWhereItLies();
    void aTopicMadeAnewIsTheOneTheRecordLiesOn_data();
    void aTopicMadeAnewIsTheOneTheRecordLiesOn();
    void theSoonestToExpireComesFirst();
    void aPointerWhoseRecordIsGoneIsLostOnce();
    void aPointerThatTellsNoTimeIsAskedForIt();
    void aBrokerThatStopsAnsweringLosesNothing();
    void whatAKilledProcessCopiedIsRecorded();
    void lettersWithTheirPayloadNeedNoRescue();
    void theLedgerHoldsNoPayload();
    void aRescuedPayloadIsInEveryExport_data();
    void aRescuedPayloadIsInEveryExport();
};

void LetterRescueTest::whatIsNotTheRecordMeant_data()
{
    using Answer = LookedUpRecord::Answer;
    QTest::addColumn<int>("answer");
    QTest::addColumn<qint64>("recordMs");
    QTest::addColumn<qint64>("toldMs"); // -1: the letter does not tell
    QTest::addColumn<QString>("why");
    QTest::addColumn<bool>("isRemade"); // the topic, after the letter came
    const auto row = [](const char* name, Answer answer, qint64 recordMs, qint64 toldMs, const QString& why,
                        bool isRemade = false) {
        QTest::newRow(name) << static_cast<int>(answer) << recordMs << toldMs << why << isRemade;
    };
    row("there, of the time the letter tells", Answer::Found, 5, 5, {});
    row("there, and the letter tells no time", Answer::Found, 5, -1, {});
    row("another time: another topic of that name", Answer::Found, 6, 5, u"the topic was made anew"_s);
    row("the log begins later", Answer::BeforeLog, 0, 5, u"log begins later"_s);
    row("the log ends before", Answer::BeyondEnd, 0, 5, u"made anew"_s);
    row("compacted away", Answer::NoRecord, 0, 5, u"compacted away"_s);
    row("in an open transaction", Answer::Open, 0, 5, u"not decided yet"_s);
    row("no time told, in a topic made anew", Answer::Found, 5, -1, u"made anew"_s, true);
    row("of the time the letter tells, in a topic made anew: it was put back", Answer::Found, 5, 5, {}, true);
    row("no topic", Answer::NoTopic, 0, 5, u"no such topic"_s);
}

void LetterRescueTest::whatIsNotTheRecordMeant()
{
    QFETCH(int, answer);
    QFETCH(qint64, recordMs);
    QFETCH(qint64, toldMs);
    QFETCH(QString, why);
    QFETCH(bool, isRemade);
    LookedUpRecord found{.answer = static_cast<LookedUpRecord::Answer>(answer), .record = {}, .bounds = {}};
    if (found.answer == LookedUpRecord::Answer::Found) {
        found.record.emplace();
        found.record->timestamp = utcFromMs(recordMs);
    }
    DeadLetter letter;
    if (toldMs >= 0)
        letter.facts.originTimestamp = utcFromMs(toldMs);
    letter.firstSeenAt = utcFromMs(7);
    const QString refusal = rescueRefusal(letter, found, utcFromMs(isRemade ? 7 : 6));
    QCOMPARE(refusal.isEmpty(), why.isEmpty());
    QVERIFY2(refusal.contains(why), qPrintable(refusal));
}

void LetterRescueTest::aPayloadIsCopiedOnce()
{
    Desk desk;
    const auto one = pointer(1);
    desk.fixture.add({one});
    desk.origins.put(1, originMs);
    QCOMPARE(desk.waiting(), (RescueReport{.rescued = 1, .bytes = 18}));
    const auto rescue = desk.rescue(one);
    QVERIFY(rescue);
    QCOMPARE(rescue->key, std::optional(QByteArray("key-1")));
    QCOMPARE(rescue->value, std::optional(QByteArray("payload-1")));
    QCOMPARE(rescue->headers, (Headers{{"own", QByteArray("1")}}));
    QCOMPARE(rescue->at, (TopicPartition{u"orders"_s, 0}));
    QCOMPARE(rescue->rescuedAt, utcFromMs(letterMs));
    QCOMPARE(desk.letter(one).state, TriageState::New);
    // The letter itself is what the broker handed over, its id too.
    QVERIFY(!desk.letter(one).record.value);
    const RawRecord whole = withPayload(desk.letter(one).record, *rescue);
    QCOMPARE(whole.headers, one.record.headers);
    QCOMPARE(whole.value, std::optional(QByteArray("payload-1")));
    QCOMPARE(desk.waiting(), RescueReport{});
    QCOMPARE(desk.origins.asked.size(), std::size_t{1});
    QCOMPARE(desk.events(u"deadletter.rescued"_s).size(), std::size_t{1});
    const auto again = desk.rescuer.rescue(desk.origins, {desk.letter(one)}, {}, {});
    QCOMPARE(again->already, std::int64_t{1});
    // It says so.
    const QJsonObject told =
        QJsonDocument::fromJson(letterDetailJson(desk.letter(one), {.rescue = rescue})).object()[u"rescue"].toObject();
    QCOMPARE(told[u"topic"].toString(), u"orders"_s);
    QCOMPARE(told[u"offset"].toInteger(), 1);
    QCOMPARE(told[u"value"].toString(), u"payload-1"_s);
    const QString text = letterDetailText(desk.letter(one), utcFromMs(letterMs), {.rescue = rescue});
    QVERIFY2(text.contains(u"rescued from orders [0] @ 1"_s) && text.contains(u"payload-1"_s), qPrintable(text));
    Database reader = desk.fixture.reader();
    QCOMPARE(channelOutlooks(reader, utcFromMs(letterMs), {})->at(0).pointers, std::int64_t{0});
}

void LetterRescueTest::aRescuedPayloadIsFoundLikeAnyOther_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("before"); // numbers of the letters that fit
    QTest::addColumn<QString>("after");
    QTest::newRow("a field of it") << u"payload.id=1"_s << QString() << u"1"_s;
    QTest::newRow("a comparison") << u"payload.id>=2"_s << u"3"_s << u"2 3"_s;
    QTest::newRow("a negation: what is not there fits") << u"-payload.id>=2"_s << u"1 2 4"_s << u"1 4"_s;
    QTest::newRow("an expression") << u"payload.name~^n[12]$"_s << QString() << u"1 2"_s;
    QTest::newRow("a bare word") << u"name"_s << u"3"_s << u"1 2 3"_s;
    QTest::newRow("a word and a field together")
        << u"name payload.id<3 dialect:kafka-streams"_s << QString() << u"1 2"_s;
    QTest::newRow("a word that stands in a header, as before") << u"own"_s << u"1 2 3 4"_s << u"1 2 3 4"_s;
    QTest::newRow("its key stays none") << u"key:key-1"_s << QString() << QString();
    QTest::newRow("its size stays the letter's") << u"size>60"_s << u"3"_s << u"3"_s;
}

void LetterRescueTest::aRescuedPayloadIsFoundLikeAnyOther()
{
    QFETCH(QString, query);
    QFETCH(QString, before);
    QFETCH(QString, after);
    Desk desk;
    // Two pointers that can be rescued, a letter with its payload, a pointer whose record stays where it is.
    PreparedLetter own = pointer(3);
    own.facts.isPointer = false;
    own.record.value = R"({"id":3,"name":"n3 and thirty bytes besides: .............."})";
    own.digest = recordDigest(own.record);
    desk.fixture.add({pointer(1), pointer(2), own, pointer(4)});
    for (const int number : {1, 2}) {
        desk.origins.put(number, originMs);
        desk.origins.answers[{{u"orders"_s, 0}, number}].record->value =
            R"({"id":)" + QByteArray::number(number) + R"(,"name":"n)" + QByteArray::number(number) + R"("})";
    }
    Database reader = desk.fixture.reader();
    const UtcTime now = utcFromMs(letterMs);
    const auto found = [&] {
        QStringList numbers;
        const auto letters = deadLetters(reader, *parseQuery(query), {.now = now, .limit = std::nullopt});
        for (const DeadLetter& letter : *letters)
            numbers += QString::number(letter.record.offset.value);
        numbers.sort();
        return numbers.join(u' ');
    };
    QCOMPARE(found(), before);
    const std::vector<DeadLetter> some{desk.letter(pointer(1)), desk.letter(pointer(2))};
    QCOMPARE(desk.rescuer.rescue(desk.origins, some, {}, {})->rescued, std::int64_t{2});
    QCOMPARE(found(), after);
    // Counts, and matching in memory, agree with the scan.
    std::int64_t counted = 0;
    const auto groups = deadLetterGroups(reader, *parseQuery(query), now);
    QVERIFY(groups);
    for (const DeadLetterGroup& group : *groups)
        counted += group.count;
    QStringList matching;
    for (const PreparedLetter& each : {pointer(1), pointer(2), own, pointer(4)}) {
        const auto letter = letterWithPayload(reader, StoreFixture::idOf(each));
        QVERIFY(letter);
        if (matches(*parseQuery(query), *letter, now).value())
            matching += QString::number(letter->record.offset.value);
        // What is shown is what is found.
        const auto rescue = rescueOf(reader, letter->id);
        const QJsonObject shown =
            QJsonDocument::fromJson(letterDetailJson(desk.letter(each), {.rescue = *rescue})).object();
        QCOMPARE(shown[u"value"].toString().toUtf8(), letter->record.value.value_or(QByteArray()));
    }
    QCOMPARE(matching.join(u' '), after);
    QCOMPARE(counted, static_cast<std::int64_t>(matching.size()));
}

void LetterRescueTest::withoutARescueNobodyLooksForOne()
{
    const auto query = parseQuery(u"payload.id=1 OR word");
    const ScanSql none = compileScan(*query, utcFromMs(letterMs), PointerPayloads::None);
    QVERIFY(none.rest.condition.find("rescue") == std::string::npos);
    QVERIFY(none.rest.condition.find("is_pointer") == std::string::npos);
    // Where there is one, only a pointer is looked up, and by its key.
    const ScanSql some = compileScan(*query, utcFromMs(letterMs), PointerPayloads::Rescued);
    StoreFixture fixture;
    Database reader = fixture.reader();
    const auto plan = reader.query<QString>([&](SQLite::Database& db) {
        const QueryFunctions functions(db, some.terms);
        QString steps;
        SQLite::Statement explain(db,
                                  "EXPLAIN QUERY PLAN SELECT l.id FROM letter l"
                                  " CROSS JOIN letter_body b ON b.letter_ref = l.id WHERE l.id BETWEEN 1 AND 9 AND (" +
                                      some.rest.condition + ")");
        while (explain.executeStep())
            steps += QString::fromUtf8(explain.getColumn(3).getText()) + u'\n';
        return steps;
    });
    QVERIFY2(plan, plan ? "" : qPrintable(plan.error().detail));
    QVERIFY2(plan->contains(u"SEARCH r USING PRIMARY KEY (letter_id=?)") ||
                 plan->contains(u"SEARCH r USING INDEX sqlite_autoindex_letter_rescue_1 (letter_id=?)"),
             qPrintable(*plan));
    QVERIFY2(!plan->contains(u"SCAN r") && !plan->contains(u"SCAN c"), qPrintable(*plan));
}

void LetterRescueTest::aCopyThatFailedAgainIsReadWhereItLies()
{
    Desk desk;
    PreparedLetter again = pointer(1);
    again.facts.deliveredTopic = u"orders"_s;
    again.facts.deliveredPartition = 0;
    again.facts.deliveredOffset = Offset{70};
    again.facts.deliveredTimestamp = utcFromMs(originMs + 5'000);
    desk.fixture.add({again});
    desk.origins.put(70, originMs + 5'000); // the first one expired
    QCOMPARE(desk.waiting().rescued, std::int64_t{1});
    QCOMPARE(desk.origins.asked, std::vector<std::int64_t>{70});
    QCOMPARE(desk.rescue(again)->value, std::optional(QByteArray("payload-70")));
}

void LetterRescueTest::aTopicMadeAnewIsTheOneTheRecordLiesOn_data()
{
    QTest::addColumn<QString>("remade");
    QTest::addColumn<std::int64_t>("rescued");
    QTest::newRow("the origin's, which nobody reads") << u"orders"_s << std::int64_t{1};
    QTest::newRow("the one of the delivery that failed") << u"orders.retry"_s << std::int64_t{0};
}

void LetterRescueTest::aTopicMadeAnewIsTheOneTheRecordLiesOn()
{
    QFETCH(QString, remade);
    QFETCH(std::int64_t, rescued);
    Desk desk;
    PreparedLetter again = pointer(1);
    again.facts.originTimestamp.reset(); // only the topic can tell
    again.facts.deliveredTopic = u"orders.retry"_s;
    again.facts.deliveredPartition = 0;
    again.facts.deliveredOffset = Offset{70};
    desk.fixture.add({again});
    desk.origins.put(70, originMs);
    desk.origins.answers = {{{{u"orders.retry"_s, 0}, 70}, desk.origins.answers.begin()->second}};
    const Status stored = desk.fixture.store().write([&](Database& database) -> Status {
        TopicFactsReport report{.clusterId = u"cluster-1"_s, .topics = {}};
        for (const QString& topic : {u"orders"_s, u"orders.retry"_s})
            report.topics.push_back({.topic = topic,
                                     .exists = true,
                                     .partitions = {{Offset{0}, Offset{100}, {}}},
                                     .settings = {},
                                     .failure = {}});
        const Status facts = storeTopicFacts(database, u"orders"_s, report, {}, utcFromMs(letterMs));
        return !facts ? facts : database.guarded([&](SQLite::Database& db) {
            SQLite::Statement update(db, "UPDATE broker_topic SET remade_after_ms = ? WHERE name = ?");
            update.bind(1, std::int64_t{letterMs + 1});
            update.bind(2, remade.toStdString());
            update.exec();
        });
    });
    QVERIFY2(stored, stored ? "" : qPrintable(stored.error().detail));
    const RescueReport report = desk.waiting();
    QCOMPARE(report.rescued, rescued);
    QCOMPARE(report.lost, 1 - rescued);
}

void LetterRescueTest::theSoonestToExpireComesFirst()
{
    Desk desk;
    std::vector<PreparedLetter> letters;
    for (int i = 1; i <= 5; ++i) {
        letters.push_back(pointer(i, originMs + (i * 7 % 5) * 1'000));
        desk.origins.put(i, originMs + (i * 7 % 5) * 1'000);
    }
    desk.fixture.add(letters);
    QVERIFY(desk.keepOriginsForAnHour());
    QCOMPARE(desk.waiting({.letters = 2}).rescued, std::int64_t{2});
    QCOMPARE(desk.origins.asked, (std::vector<std::int64_t>{5, 3}));
    QCOMPARE(desk.waiting({.letters = 100, .bytes = 1}).rescued, std::int64_t{1}); // at least one, however large
    QCOMPARE(desk.waiting().rescued, std::int64_t{2});
    QCOMPARE(desk.origins.asked, (std::vector<std::int64_t>{5, 3, 1, 4, 2}));
}

void LetterRescueTest::aPointerWhoseRecordIsGoneIsLostOnce()
{
    Desk desk;
    const auto gone = pointer(1);
    const auto anew = pointer(2);
    const auto there = pointer(3);
    desk.fixture.add({gone, anew, there});
    desk.origins.put(2, originMs + 1);
    desk.origins.put(3, originMs);
    const RescueReport report = desk.waiting();
    QCOMPARE(report.rescued, std::int64_t{1});
    QCOMPARE(report.lost, std::int64_t{2});
    QVERIFY(report.refused.empty()); // each letter is counted once
    QCOMPARE(report.gone.size(), std::size_t{2});
    QCOMPARE(report.looked(), std::int64_t{3});
    QCOMPARE(rescueText(report), u"1 payload rescued (%1), 2 lost"_s.arg(formatSizeBytes(report.bytes)));
    QCOMPARE(desk.letter(gone).state, TriageState::Lost);
    QCOMPARE(desk.letter(anew).state, TriageState::Lost);
    QCOMPARE(desk.letter(there).state, TriageState::New);
    QVERIFY(!desk.rescue(anew));
    // What a person makes of it stays.
    const TriagePlan plan{.request = {TriageState::New, u"found in a backup"_s, std::nullopt},
                          .letterIds = {StoreFixture::idOf(gone)},
                          .unchanged = 0,
                          .refused = {}};
    QVERIFY(decideTriage(*desk.ledger, desk.fixture.store(), plan, u"me"_s));
    QCOMPARE(desk.letter(gone).state, TriageState::New);
    QCOMPARE(desk.waiting(), RescueReport{});
    const auto asked = desk.rescuer.rescue(desk.origins, {desk.letter(gone)}, {}, {});
    QCOMPARE(asked->lost, std::int64_t{1});
    QCOMPARE(desk.letter(gone).state, TriageState::New);
    // The ledger alone gives the same.
    QVERIFY(desk.fixture.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("DELETE FROM letter_origin_gone");
            db.exec("DELETE FROM projection WHERE name LIKE 'deadletter.%'");
            db.exec("DELETE FROM letter_decision");
        });
    }));
    QVERIFY(catchUpTriage(*desk.ledger, desk.fixture.store()));
    QVERIFY(catchUpRescues(*desk.ledger, desk.fixture.store()));
    QCOMPARE(desk.letter(gone).state, TriageState::New);
    QCOMPARE(desk.letter(anew).state, TriageState::Lost);
}

void LetterRescueTest::aPointerThatTellsNoTimeIsAskedForIt()
{
    Desk desk;
    auto one = pointer(1);
    auto gone = pointer(2);
    for (PreparedLetter* letter : {&one, &gone})
        letter->facts.originTimestamp.reset();
    desk.fixture.add({one, gone, pointer(3)});
    desk.origins.put(1, originMs);
    QVERIFY(desk.keepOriginsForAnHour());
    const auto lossOf = [&](const PreparedLetter& letter) {
        Database reader = desk.fixture.reader();
        return originLoss(desk.letter(letter), *topicBook(reader));
    };
    QCOMPARE(lossOf(one), LossForecast{});
    const auto ask = [&] {
        return askOriginTimes(desk.origins, desk.fixture.store(), u"orders"_s, desk.clock, 100, {}).value_or(-1);
    };
    desk.origins.down = Error{ErrorCode::Unauthorised, u"grant Read"_s};
    QCOMPARE(ask(), std::int64_t{0});
    desk.origins.down.reset();
    QCOMPARE(ask(), std::int64_t{2}); // the third letter tells it itself
    QCOMPARE(lossOf(one), (LossForecast{LossCause::RetentionTime, utcFromMs(originMs + 3'600'000)}));
    QCOMPARE(lossOf(gone), LossForecast{});
    QCOMPARE(ask(), std::int64_t{0});                 // once
    QVERIFY(!desk.letter(one).facts.originTimestamp); // what the letter does not tell stays untold
}

void LetterRescueTest::aBrokerThatStopsAnsweringLosesNothing()
{
    Desk desk;
    const auto one = pointer(1);
    desk.fixture.add({one});
    desk.origins.down = Error{ErrorCode::Unreachable, u"no broker answers"_s};
    QVERIFY(!desk.rescuer.rescueWaiting(desk.origins, u"orders"_s, {}, {}));
    QCOMPARE(desk.letter(one).state, TriageState::New);
    desk.origins.down = Error{ErrorCode::Unauthorised, u"grant Read"_s};
    const RescueReport refused = desk.waiting();
    QCOMPARE(refused.refused.size(), std::size_t{1});
    QCOMPARE(refused.lost, std::int64_t{0});
    QCOMPARE(desk.letter(one).state, TriageState::New);
    desk.origins.down.reset();
    desk.origins.put(1, originMs);
    QCOMPARE(desk.waiting().rescued, std::int64_t{1});
}

void LetterRescueTest::whatAKilledProcessCopiedIsRecorded()
{
    Desk desk;
    const auto one = pointer(1);
    const auto two = pointer(2);
    desk.fixture.add({one, two});
    desk.origins.put(1, originMs);
    desk.origins.put(2, originMs);
    QCOMPARE(desk.waiting({.letters = 1}).rescued, std::int64_t{1});
    // As a kill between the bytes and the event leaves it.
    QVERIFY(desk.fixture.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("UPDATE letter_rescue SET event_seq = NULL"); });
    }));
    QCOMPARE(desk.waiting().rescued, std::int64_t{1});
    const auto events = desk.events(u"deadletter.rescued"_s);
    QCOMPARE(events.size(), std::size_t{2});
    QCOMPARE(events.back()[u"letters"].toArray().size(), 2);
    Database reader = desk.fixture.reader();
    const auto open = reader.query<int>([](SQLite::Database& db) {
        return db.execAndGet("SELECT count(*) FROM letter_rescue WHERE event_seq IS NULL").getInt();
    });
    QCOMPARE(open.value(), 0);
}

void LetterRescueTest::lettersWithTheirPayloadNeedNoRescue()
{
    Desk desk;
    const auto inlined = StoreFixture::prepared(1, u"E"_s, u"billing"_s);
    auto homeless = pointer(2);
    homeless.facts.originOffset.reset();
    desk.fixture.add({inlined, homeless});
    QCOMPARE(desk.waiting(), RescueReport{});
    const auto asked = desk.rescuer.rescue(desk.origins, {desk.letter(inlined), desk.letter(homeless)}, {}, {});
    QCOMPARE(asked->already, std::int64_t{1});
    QCOMPARE(asked->refused.size(), std::size_t{1});
    QVERIFY(desk.origins.asked.empty());
    QCOMPARE(desk.letter(homeless).state, TriageState::New);
}

void LetterRescueTest::theLedgerHoldsNoPayload()
{
    Desk desk;
    desk.fixture.add({pointer(1)});
    desk.origins.put(1, originMs);
    QCOMPARE(desk.waiting().rescued, std::int64_t{1});
    const auto events = desk.ledger->read(0, 1'000);
    for (const LedgerEvent& event : *events)
        QVERIFY(!event.body.contains("payload-1") && !event.body.contains("key-1"));
}

void LetterRescueTest::aRescuedPayloadIsInEveryExport_data()
{
    QTest::addColumn<QString>("ending");
    QTest::newRow("in JSON lines, as in what shows it") << u"jsonl"_s;
    QTest::newRow("in a table, where its payload would stand") << u"csv"_s;
}

void LetterRescueTest::aRescuedPayloadIsInEveryExport()
{
    QFETCH(QString, ending);
    Desk desk;
    PreparedLetter plain = StoreFixture::prepared(2, u"com.acme.E"_s, u"billing"_s);
    desk.fixture.add({pointer(1), plain});
    desk.origins.put(1, originMs);
    QCOMPARE(desk.waiting().rescued, 1);
    const QString file = desk.fixture.folder() + u"/out."_s + ending;
    Database reader = desk.fixture.reader();
    int explained = 0;
    const auto report = exportLetters(reader,
                                      {.file = file,
                                       .queryText = {},
                                       .query = *parseQuery(u""),
                                       .now = desk.clock.now(),
                                       .masker = {},
                                       .revealReason = {},
                                       .explain =
                                           [&explained](const DeadLetter&) {
                                               ++explained;
                                               return DecodedPayload{.format = DecodedPayload::Format::Json};
                                           }},
                                      [](const ExportRecord&) { return Status(); }, {}, {});
    QVERIFY2(report, qPrintable(report ? QString() : report.error().detail));
    QFile in(file);
    QVERIFY(in.open(QIODevice::ReadOnly));
    const QByteArray text = in.readAll();
    QVERIFY2(text.contains("payload-1"), text.constData());
    QCOMPARE(explained, ending == u"jsonl" ? 2 : 0); // what was rescued is explained as any other payload
    QCOMPARE(text.count("\"payloadFormat\":\"json\""), explained);
}

QTEST_GUILESS_MAIN(LetterRescueTest)
#include "tst_letterrescue.moc"
