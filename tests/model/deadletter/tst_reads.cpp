// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

class TstReads final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groups();
    void aLargePayloadIsSearchedToo();
    void aGroupStaysWithWhomItWasGivenTo();
    void groupsAgeWithTheirOpenLetters_data();
    void groupsAgeWithTheirOpenLetters();
    void groupsOfAQuery();
    void openCountsForThresholds();
    void listLines();
    void aMarkInFrontIsACharacterLikeAnyOther();
    void detail();
    void bytesThatAreNoTextAreHex();
    void anOwnDialectsNumbersAreNumbers();
    void anIdWithoutItsLastPart();
    void whatTheSchemaSays();
    void textShowsNothingInvisible();
    void transitions_data();
    void transitions();
    void requests_data();
    void requests();
    void aDecisionIsInTheLedgerAndBesideTheLetters();
    void aDeletedStoreFindsItsDecisionsAgain();
    void manyLettersAreSeveralEvents();
};

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(letterMs + 3'600'000);

QJsonObject objectOf(const QByteArray& json)
{
    return QJsonDocument::fromJson(json).object();
}

Query all()
{
    return *parseQuery(u"");
}

/// Three letters of one group, two of another.
std::vector<PreparedLetter> company()
{
    return {StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s, 5),
            StoreFixture::prepared(2, u"com.acme.E1"_s, u"payments"_s, 3),
            StoreFixture::prepared(3, u"com.acme.E1"_s, u"payments"_s, 1),
            StoreFixture::prepared(4, u"com.acme.E2"_s, u"stock"_s, 30),
            StoreFixture::prepared(5, u"com.acme.E2"_s, u"stock"_s, 20)};
}

std::vector<QString> idsOf(const std::vector<PreparedLetter>& letters)
{
    std::vector<QString> ids;
    for (const PreparedLetter& letter : letters)
        ids.push_back(StoreFixture::idOf(letter));
    return ids;
}

} // namespace

void TstReads::groups()
{
    StoreFixture fixture;
    const auto letters = company();
    QCOMPARE(fixture.add(letters), 5);
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyTriageState(database, {StoreFixture::idOf(letters[0])}, TriageState::Archived, std::nullopt, 1);
    }));
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyTriageState(database, {StoreFixture::idOf(letters[3]), StoreFixture::idOf(letters[4])},
                                TriageState::Assigned, u"kim"_s, 2);
    }));
    Database reader = fixture.reader();
    const auto groups = deadLetterGroups(reader, all(), now);
    QVERIFY2(groups, groups ? "" : qPrintable(groups.error().detail));
    QCOMPARE(groups->size(), std::size_t{2});
    const DeadLetterGroup& first = groups->at(0); // two open each: the one with the newer letter
    QCOMPARE(first.errorClass, u"com.acme.E1"_s);
    QCOMPARE(first.count, 3);
    QCOMPARE(first.openCount, 2);
    QCOMPARE(first.state, TriageState::New);
    QVERIFY(!first.assignee);
    QCOMPARE(first.firstSeen, utcFromMs(letterMs - 5 * 3'600'000));
    QCOMPARE(first.lastSeen, utcFromMs(letterMs - 3'600'000));
    QCOMPARE(first.kind, FailureKind::Transient);
    const DeadLetterGroup& second = groups->at(1);
    QCOMPARE(second.state, TriageState::Assigned);
    QCOMPARE(second.assignee, u"kim"_s);

    const QJsonArray json = QJsonDocument::fromJson(groupsJson(*groups, now)).array();
    const QStringList fields{u"id"_s,          u"title"_s, u"errorClass"_s, u"eventType"_s, u"consumer"_s,
                             u"team"_s,        u"kind"_s,  u"count"_s,      u"firstSeen"_s, u"lastSeen"_s,
                             u"oldestAgeMs"_s, u"state"_s, u"assignee"_s,   u"substate"_s};
    QStringList keys = json[0].toObject().keys();
    QStringList expected = fields;
    keys.sort();
    expected.sort();
    QCOMPARE(keys, expected);
    QCOMPARE(json[0].toObject()[u"oldestAgeMs"_s].toInteger(), 4 * 3'600'000); // the older one is archived
    QCOMPARE(json[0].toObject()[u"title"_s].toString(), u"E1: message <n>"_s);
    QVERIFY(json[0].toObject()[u"assignee"_s].isNull());
    QCOMPARE(json[1].toObject()[u"assignee"_s].toString(), u"kim"_s);
    QVERIFY(groupsText(*groups, now).contains(u"E1: message <n>"));
    QCOMPARE(groupsJson({}, now), QByteArray("[]"));
}

void TstReads::aLargePayloadIsSearchedToo()
{
    StoreFixture fixture;
    PreparedLetter small = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    small.record.value = R"({"id":1,"note":"small"})";
    PreparedLetter large = StoreFixture::prepared(2, u"com.acme.E1"_s, u"payments"_s);
    large.record.value = R"({"id":1,"note":")" + QByteArray(largestIndexedJson, 'x') + R"(","end":{"at":7}})";
    fixture.add({small, large});
    Database reader = fixture.reader();
    const auto found = [&](const QString& query) {
        const auto outcome =
            scanLetters(reader, *parseQuery(query), {.now = now, .limit = {}, .timeLimit = {}, .progress = {}},
                        [](std::span<const std::int64_t>) { return true; });
        return outcome ? outcome->found : -1;
    };
    QCOMPARE(found(u"payload.id=1"_s), 2);
    QCOMPARE(found(u"-payload.id=1"_s), 0); // it has it
    QCOMPARE(found(u"payload.end.at>=7"_s), 1);
    QCOMPARE(found(u"payload.note~^xxx"_s), 1);
    QCOMPARE(found(u"note"_s), 2);
}

void TstReads::aGroupStaysWithWhomItWasGivenTo()
{
    StoreFixture fixture;
    const auto letters = company();
    fixture.add({letters[0], letters[1], letters[2]});
    std::int64_t seq = 0;
    const auto give = [&](const std::vector<int>& which, TriageState state, const std::optional<QString>& who) {
        std::vector<QString> ids;
        for (const int i : which)
            ids.push_back(StoreFixture::idOf(letters[static_cast<std::size_t>(i)]));
        QVERIFY(fixture.store().write(
            [&](Database& database) { return applyTriageState(database, ids, state, who, ++seq); }));
    };
    int number = 100;
    const auto standing = [&](int more) {
        for (int i = 0; i < more; ++i)
            fixture.add({StoreFixture::prepared(++number, u"com.acme.E1"_s, u"payments"_s)});
        Database reader = fixture.reader();
        const auto groups = deadLetterGroups(reader, all(), now);
        const DeadLetterGroup& group = groups->at(0);
        return triageStateWord(group.state) + u' ' + group.assignee.value_or(u"nobody"_s);
    };
    QCOMPARE(standing(0), u"new nobody"_s);
    give({0}, TriageState::Assigned, u"kim"_s);
    QCOMPARE(standing(0), u"new nobody"_s); // one of three
    give({0, 1, 2}, TriageState::Assigned, u"kim"_s);
    QCOMPARE(standing(0), u"assigned kim"_s);
    QCOMPARE(standing(2), u"assigned kim"_s); // three of five
    QCOMPARE(standing(1), u"new nobody"_s);   // half is not most: others came
    give({0}, TriageState::FailedAgain, u"kim"_s);
    QVERIFY(standing(0).startsWith(u"failedAgain"));
    give({0, 1, 2}, TriageState::Parked, u"kim"_s);
    QCOMPARE(standing(0), u"new nobody"_s);
}

void TstReads::groupsAgeWithTheirOpenLetters_data()
{
    QTest::addColumn<QString>("query");
    QTest::newRow("from counters") << QString();
    QTest::newRow("where SQLite answers the query") << u"attempts>=0 OR -attempts>=0"_s;
    QTest::newRow("where letters are read for it") << u"header.n>0"_s;
}

void TstReads::groupsAgeWithTheirOpenLetters()
{
    QFETCH(QString, query);
    StoreFixture fixture;
    const auto letters = company();
    fixture.add(letters);
    std::int64_t seq = 0;
    const auto decide = [&](const std::vector<int>& which, TriageState state) {
        std::vector<QString> ids;
        for (const int i : which)
            ids.push_back(StoreFixture::idOf(letters[static_cast<std::size_t>(i)]));
        QVERIFY(fixture.store().write(
            [&](Database& database) { return applyTriageState(database, ids, state, std::nullopt, ++seq); }));
    };
    Database reader = fixture.reader();
    const auto hours = [&](const QString& errorClass) {
        const auto groups = deadLetterGroups(reader, *parseQuery(query), now);
        for (const DeadLetterGroup& group : *groups) {
            if (group.errorClass != errorClass)
                continue;
            const QJsonObject json = QJsonDocument::fromJson(groupsJson({group}, now)).array()[0].toObject();
            const auto age = oldestAge(group, now);
            if (json[u"oldestAgeMs"].isNull() != !age || (age && json[u"oldestAgeMs"].toInteger() != age->count()))
                return u"the output differs"_s;
            return age ? QString::number(age->count() / 3'600'000) : u"none"_s;
        }
        return u"no group"_s;
    };
    QCOMPARE(hours(u"com.acme.E1"_s), u"6"_s);
    QCOMPARE(hours(u"com.acme.E2"_s), u"31"_s);
    decide({0, 3}, TriageState::Archived);
    QCOMPARE(hours(u"com.acme.E1"_s), u"4"_s);
    QCOMPARE(hours(u"com.acme.E2"_s), u"21"_s);
    decide({1}, TriageState::Parked); // parked ones are open
    QCOMPARE(hours(u"com.acme.E1"_s), u"4"_s);
    decide({1, 2}, TriageState::Lost);
    QCOMPARE(hours(u"com.acme.E1"_s), u"none"_s);
    decide({0}, TriageState::New);
    QCOMPARE(hours(u"com.acme.E1"_s), u"6"_s);
    QVERIFY(groupsText(*deadLetterGroups(reader, *parseQuery(query), now), now).contains(u"6 h"));
    // A clock that stepped back.
    QCOMPARE(oldestAge(deadLetterGroups(reader, Query{}, now)->at(0), utcFromMs(0)), std::optional(Millis{0}));
}

void TstReads::groupsOfAQuery()
{
    StoreFixture fixture;
    const auto letters = company();
    fixture.add(letters);
    Database reader = fixture.reader();
    // One query that SQLite answers, one that letters are read for: the same groups.
    for (const QString& text : {u"age>5h"_s, u"age>5h header.n>0"_s}) {
        const auto groups = deadLetterGroups(reader, *parseQuery(text), now);
        QVERIFY(groups);
        QCOMPARE(groups->size(), std::size_t{2});
        QCOMPARE(groups->at(0).consumer, u"stock"_s);
        QCOMPARE(groups->at(0).count, 2);
        QCOMPARE(groups->at(1).count, 1);
        QCOMPARE(groups->at(1).lastSeen, utcFromMs(letterMs - 5 * 3'600'000));
    }
    QVERIFY(deadLetterGroups(reader, *parseQuery(u"team:nobody"), now)->empty());
}

void TstReads::openCountsForThresholds()
{
    StoreFixture fixture;
    const auto letters = company();
    fixture.add(letters);
    PreparedLetter unowned = StoreFixture::prepared(9, u"com.acme.E3"_s, u"nobody"_s, 2);
    unowned.owner = {};
    fixture.add({unowned});
    Database reader = fixture.reader();
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyTriageState(
            database, {StoreFixture::idOf(letters[0]), StoreFixture::idOf(letters[3]), StoreFixture::idOf(letters[4])},
            TriageState::Resolved, std::nullopt, 1);
    }));
    const auto counts = openLetterCounts(reader);
    QVERIFY(counts);
    QCOMPARE(counts->size(), std::size_t{2});
    QCOMPARE(counts->at(0), (OpenLetterCount{std::nullopt, std::nullopt, 1, utcFromMs(letterMs - 2 * 3'600'000)}));
    QCOMPARE(counts->at(1),
             (OpenLetterCount{u"team-of-payments"_s, u"order.created"_s, 2, utcFromMs(letterMs - 3 * 3'600'000)}));
    QCOMPARE(*deadLetterTotals(reader), (DeadLetterTotals{6, 3, 2}));
}

void TstReads::aMarkInFrontIsACharacterLikeAnyOther()
{
    const QByteArray mark = "\xEF\xBB\xBF";
    PreparedLetter letter = StoreFixture::prepared(1, u"a.A"_s, u"billing"_s);
    letter.record.key = mark + "key";
    letter.record.value = mark + R"({"a":1})";
    letter.record.headers = {{mark + "name", mark + "value"}};
    letter.facts.errorMessage = u"\uFEFFmessage"_s;
    letter.digest = recordDigest(letter.record);
    StoreFixture fixture;
    fixture.add({letter});
    Database reader = fixture.reader();
    const DeadLetter stored = deadLetter(reader, StoreFixture::idOf(letter)).value();
    // The bytes, as Qt's own reader of JSON drops a mark too.
    const QByteArray shown = letterDetailJson(stored);
    for (const char* text : {R"("key":")", R"("value":")", R"("errorMessage":")", R"("name":")"})
        QVERIFY2(shown.contains(text + mark), text);
    QVERIFY(shown.contains(R"("value":")" + mark + R"({\"a\":1}")") && shown.contains(mark + R"(value")"));
    QVERIFY(letterDetailText(stored, utcFromMs(letterMs)).contains(u"\\u{FEFF}key"_s));
    const auto found = deadLetters(reader, *parseQuery(u"key:\"\\u{FEFF}key\""), {.now = utcFromMs(letterMs)});
    QCOMPARE(found->size(), std::size_t{1});
}

void TstReads::listLines()
{
    StoreFixture fixture;
    auto letters = company();
    letters[0].record.key = QByteArray("\xFF\x01", 2);
    letters[0].digest = recordDigest(letters[0].record);
    letters[1].facts.deadLetteredAt.reset();
    fixture.add(letters, now);
    Database reader = fixture.reader();
    const auto found = deadLetters(reader, all(), {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary});
    QVERIFY(found);
    QStringList order;
    for (const DeadLetter& letter : *found)
        order += QString::number(letter.record.offset.value);
    QCOMPARE(order.join(u' '), u"2 3 1 5 4"_s);
    const QJsonObject line = objectOf(letterJson(found->at(2)));
    const QStringList fields{u"id"_s,
                             u"connection"_s,
                             u"channel"_s,
                             u"partition"_s,
                             u"offset"_s,
                             u"key"_s,
                             u"keyBase64"_s,
                             u"eventType"_s,
                             u"consumer"_s,
                             u"team"_s,
                             u"errorClass"_s,
                             u"rootCauseClass"_s,
                             u"errorMessage"_s,
                             u"kind"_s,
                             u"dialect"_s,
                             u"originTopic"_s,
                             u"originPartition"_s,
                             u"originOffset"_s,
                             u"originTimestamp"_s,
                             u"deliveredTopic"_s,
                             u"deliveredPartition"_s,
                             u"deliveredOffset"_s,
                             u"deliveredTimestamp"_s,
                             u"consumerGroup"_s,
                             u"attempts"_s,
                             u"isPointer"_s,
                             u"deadLetteredAt"_s,
                             u"firstSeenAt"_s,
                             u"state"_s,
                             u"assignee"_s,
                             u"group"_s,
                             u"sizeBytes"_s,
                             u"brokerLossAt"_s,
                             u"brokerLoss"_s,
                             u"originLossAt"_s,
                             u"originLoss"_s,
                             u"schemaVerdict"_s,
                             u"schemaVersion"_s,
                             u"confidence"_s,
                             u"erased"_s};
    QStringList keys = line.keys();
    QStringList expected = fields;
    keys.sort();
    expected.sort();
    QCOMPARE(keys, expected);
    QVERIFY(line[u"key"_s].isNull());
    QCOMPARE(line[u"keyBase64"_s].toString(), u"/wE="_s);
    QVERIFY(line[u"originTopic"_s].isNull());
    QCOMPARE(line[u"sizeBytes"_s].toInteger(), letters[0].record.sizeBytes());
    const QJsonObject unknownTime = objectOf(letterJson(found->at(0)));
    QVERIFY(unknownTime[u"deadLetteredAt"_s].isNull());
    QVERIFY(!letterJson(found->at(0)).contains('\n'));
    QVERIFY(letterAgeText(found->at(0), utcFromMs(toMs(now) + 5000)).startsWith(u"at least 5 s"));
    QVERIFY(!letterAgeText(found->at(1), now).contains(u"at least"));
    QVERIFY(lettersText(*found, now).contains(found->at(3).id));
}

void TstReads::detail()
{
    StoreFixture fixture;
    PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    letter.record.headers = {{"a", QByteArray("1")},
                             {"a", std::nullopt},
                             {"b", QByteArray("")},
                             {"c", QByteArray("\xFF")},
                             {"s", QByteArray("E1: x\n\tat y")}};
    letter.record.value = QByteArray("\0\x80", 2);
    letter.facts.stackHeader = 4;
    letter.digest = recordDigest(letter.record);
    fixture.add({letter});
    Database reader = fixture.reader();
    const auto stored = deadLetter(reader, StoreFixture::idOf(letter));
    QVERIFY(stored);
    const QJsonObject json = objectOf(letterDetailJson(*stored));
    const QJsonArray headers = json[u"headers"_s].toArray();
    QCOMPARE(headers.size(), 5);
    QCOMPARE(headers[0].toObject()[u"value"_s].toString(), u"1"_s);
    QVERIFY(headers[1].toObject()[u"value"_s].isNull() && !headers[1].toObject().contains(u"valueBase64"_s));
    QCOMPARE(headers[2].toObject()[u"value"_s].toString(), u""_s);
    QCOMPARE(headers[3].toObject()[u"valueBase64"_s].toString(), u"/w=="_s);
    QVERIFY(json[u"value"_s].isNull());
    QCOMPARE(json[u"valueBase64"_s].toString(), u"AIA="_s);
    QCOMPARE(json[u"stack"_s].toString(), u"E1: x\n\tat y"_s);
    QCOMPARE(json[u"id"_s].toString(), stored->id);
    QVERIFY(json[u"schemaVerdict"_s].isNull() && json[u"schemaErrors"_s].toArray().isEmpty());
}

void TstReads::bytesThatAreNoTextAreHex()
{
    const QByteArray time = QByteArray::fromHex("0000019a0c19786a");
    StoreFixture fixture;
    PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    letter.facts.dialect = u"spring-dlpr"_s;
    letter.record.headers = {{"kafka_dlt-original-timestamp", time},
                             {"kafka_dlt-original-partition", QByteArray("\0\0\0\x02", 4)},
                             {"kafka_dlt-original-offset", QByteArray::fromHex("00000000000000ff")},
                             {"kafka_dlt-original-topic", QByteArray("orders")},
                             {"nobody's", time},
                             {"\xFF", QByteArray("\xFE")},
                             {"text", QByteArray("a\x1b[31mé")}};
    letter.record.key = QByteArray::fromHex("8000000000000000ff");
    letter.record.value = QByteArray(5'000, '\x80');
    letter.digest = recordDigest(letter.record);
    fixture.add({letter});
    Database reader = fixture.reader();
    const auto stored = deadLetter(reader, StoreFixture::idOf(letter));
    QVERIFY(stored);
    const QString text = letterDetailText(*stored, now);
    for (const QString& line :
         {u"  kafka_dlt-original-timestamp: 2025-10-22T13:26:27.178Z (0x0000019a0c19786a)\n"_s,
          u"  kafka_dlt-original-partition: 2 (0x00000002)\n"_s,
          u"  kafka_dlt-original-offset: 255 (0x00000000000000ff)\n"_s, u"  kafka_dlt-original-topic: orders\n"_s,
          u"  nobody's: 0x0000019a0c19786a (8 bytes)\n"_s, u"  0xff (1 byte): 0xfe (1 byte)\n"_s,
          u"  text: a\\u{001B}[31mé\n"_s})
        QVERIFY2(text.contains(line), qPrintable(line + u"is not in\n"_s + text));
    QVERIFY(text.contains(QRegularExpression(u"\nKey +0x8000000000000000ff \\(9 bytes\\)\n"_s)));
    QVERIFY(text.contains(u"\nPayload\n0x8080"));
    QVERIFY(text.contains(u"8080… (5\u2009000 bytes)\n")); // no screenful of what nobody reads
    QVERIFY(lettersText({*stored}, now).contains(u"  0x8000000000000000… (9 bytes)  "));
}

void TstReads::anOwnDialectsNumbersAreNumbers()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"acme.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        R"({"id":"acme","name":"Acme","detect":[{"all":["acme-from","acme-at"],"confidence":0.95}],"newest":"last",)"
        R"("fields":{"originTopic":[{"header":"acme-from"}],"originOffset":[{"header":"acme-at","type":"int64"}]},)"
        R"("errorStart":["acme-from"],"letterTime":"record","strip":["acme-*"]})");
    file.close();
    const Checked<DialectRegistry> dialects = DialectRegistry::withUsers(folder.path());
    QVERIFY2(dialects.value, dialects.issues.empty() ? "" : qPrintable(dialects.issues.front().toString()));
    StoreFixture fixture;
    PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    letter.facts.dialect = u"acme"_s;
    letter.record.headers = {{"acme-from", QByteArray("orders")}, {"acme-at", QByteArray::fromHex("00000000000000ff")}};
    letter.digest = recordDigest(letter.record);
    fixture.add({letter});
    Database reader = fixture.reader();
    const DeadLetter stored = *deadLetter(reader, StoreFixture::idOf(letter));
    LetterDetails details;
    QVERIFY(letterDetailText(stored, now, details).contains(u"  acme-at: 0x00000000000000ff (8 bytes)\n"));
    details.dialect = dialects.value->dialect(u"acme"_s);
    QVERIFY(letterDetailText(stored, now, details).contains(u"  acme-at: 255 (0x00000000000000ff)\n"));
}

void TstReads::anIdWithoutItsLastPart()
{
    StoreFixture fixture;
    const PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    PreparedLetter other = StoreFixture::prepared(2, u"com.acme.E1"_s, u"payments"_s);
    fixture.add({letter, other});
    Database reader = fixture.reader();
    const QString id = StoreFixture::idOf(letter);
    const QString shortId = id.section(u'-', 0, 2);
    QCOMPARE(deadLetter(reader, shortId)->id, id);
    const auto both = deadLettersById(reader, {shortId, StoreFixture::idOf(other)}, LetterParts::Summary);
    QCOMPARE(both->size(), std::size_t{2});
    QCOMPARE(both->front().id, id);
    const auto none = deadLetter(reader, shortId + u'7');
    QCOMPARE(none.error().code, ErrorCode::NotFound);
    for (const QString& wrong : {shortId.section(u'-', 0, 1), shortId + u'-', u"x-1-2"_s, u"--"_s})
        QCOMPARE(deadLetter(reader, wrong).error().code, ErrorCode::InvalidConfig);

    // The topic was made anew, and another letter lies there.
    QVERIFY(fixture.store().write([](Database& database) {
        return startGeneration(database, u"cluster-1"_s, u"orders"_s, test::letter({}).at.topic);
    }));
    PreparedLetter later = StoreFixture::prepared(3, u"com.acme.E1"_s, u"payments"_s);
    later.record.offset = letter.record.offset;
    fixture.add({later});
    Database again = fixture.reader();
    const auto torn = deadLetter(again, shortId);
    QVERIFY(!torn);
    QCOMPARE(torn.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(torn.error().detail.contains(id) && torn.error().detail.contains(StoreFixture::idOf(later)),
             qPrintable(torn.error().detail));
    QCOMPARE(deadLetter(again, id)->id, id);
}

void TstReads::whatTheSchemaSays()
{
    StoreFixture fixture;
    PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E1"_s, u"payments"_s);
    letter.schema = {SchemaVerdict::Valid, 2};
    fixture.add({letter});
    Database reader = fixture.reader();
    const DeadLetter stored = *deadLetter(reader, StoreFixture::idOf(letter));
    QCOMPARE(stored.schema, letter.schema);
    DecodedPayload payload;
    payload.wire = u"Confluent schema id 42"_s;
    payload.text = R"({"a":1})";
    payload.note = u"Decoded by a.v3.avsc."_s;
    payload.judgement = {.verdict = SchemaVerdict::Invalid,
                         .schemaFile = u"a.v3.avsc"_s,
                         .version = 3,
                         .errors = {{u"/a"_s, u"#/properties/a/type"_s, u"type"_s, u"the value is wrong"_s, 5, 6}},
                         .reasons = {}};
    const QJsonObject json = objectOf(letterDetailJson(stored, {.payload = payload}));
    QCOMPARE(json[u"schemaVerdict"_s].toString(), u"valid"_s);
    QCOMPARE(json[u"schemaVersion"_s].toInt(), 2);
    QCOMPARE(json[u"schemaNow"_s][u"verdict"_s].toString(), u"invalid"_s);
    const QJsonObject error = json[u"schemaErrors"_s].toArray().first().toObject();
    QCOMPARE(error[u"path"_s].toString(), u"/a"_s);
    QCOMPARE(error[u"keyword"_s].toString(), u"type"_s);
    QCOMPARE(error[u"message"_s].toString(), u"the value is wrong"_s);
    QCOMPARE(json[u"decoded"_s][u"a"_s].toInt(), 1);
    QCOMPARE(json[u"wireFormat"_s].toString(), payload.wire);
    const QString text = letterDetailText(stored, now, {.payload = payload});
    QVERIFY(text.contains(u"invalid by a.v3.avsc (when it was read: valid by version 2)"));
    QVERIFY(text.contains(u"  /a: the value is wrong (type)\n"));
    QVERIFY(text.contains(u"Decoded by a.v3.avsc."));
    // A verdict beside a kind that is sure by the error.
    DeadLetter both = stored;
    both.schema.verdict = SchemaVerdict::Invalid;
    both.kind = FailureKind::Transient;
    QVERIFY(letterDetailText(both, now).contains(u"transient; the payload does not fit its schema, besides\n"));
    both.kind = FailureKind::Schema;
    QVERIFY(!letterDetailText(both, now).contains(u", besides"));
    for (const auto& [query, found] : {std::pair{u"schema:valid"_s, 1}, std::pair{u"schema:invalid"_s, 0},
                                       std::pair{u"-schema:invalid"_s, 1}, std::pair{u"schema~^val"_s, 1}}) {
        const auto letters =
            deadLetters(reader, *parseQuery(query), {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary});
        QVERIFY2(letters, qPrintable(query));
        QCOMPARE(static_cast<int>(letters->size()), found);
    }
    QVERIFY(!parseQuery(u"schema:fine"));
}

void TstReads::textShowsNothingInvisible()
{
    StoreFixture fixture;
    PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E\u202E1"_s, u"pay\u200Bments"_s);
    letter.record.key = "\x1b[31mred";
    letter.record.value = "line\nnext\x1b[0m";
    letter.record.headers = {{"h\x07", QByteArray("v\r\n")}};
    letter.facts.errorMessage = u"msg\u0007"_s;
    letter.digest = recordDigest(letter.record);
    fixture.add({letter});
    Database reader = fixture.reader();
    const DeadLetter stored = *deadLetter(reader, StoreFixture::idOf(letter));
    const QString text = letterDetailText(stored, now) + lettersText({stored}, now) +
                         groupsText(*deadLetterGroups(reader, all(), now), now);
    for (const QChar c : text)
        QVERIFY2(c == u'\n' || (c.unicode() >= 0x20 && c.unicode() != 0x200B && c.unicode() != 0x202E),
                 qPrintable(QString::number(c.unicode(), 16)));
    QVERIFY(text.contains(u"\\u{001B}[31mred"));
}

void TstReads::transitions_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<bool>("isAllowed");
    const QStringList people{u"new"_s, u"assigned"_s, u"parked"_s, u"archived"_s, u"resolved"_s, u"lost"_s};
    for (const QString& from : people + QStringList{u"failedAgain"_s, u"unknown"_s}) {
        for (const QString& to : people)
            QTest::addRow("%s to %s", qPrintable(from), qPrintable(to)) << from << to << true;
    }
    for (const QString& to : {u"planned"_s, u"sent"_s, u"failedAgain"_s, u"unknown"_s})
        QTest::addRow("new to %s is a replay's", qPrintable(to)) << u"new"_s << to << false;
    for (const QString& to : people)
        QTest::addRow("planned to %s", qPrintable(to)) << u"planned"_s << to << false;
    QTest::addRow("sent may be resolved by hand") << u"sent"_s << u"resolved"_s << true;
    QTest::addRow("sent is not new again") << u"sent"_s << u"new"_s << false;
}

void TstReads::transitions()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(bool, isAllowed);
    QCOMPARE(isTriageAllowed(*triageStateFromWord(from), *triageStateFromWord(to)), isAllowed);
}

void TstReads::requests_data()
{
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("assignee");  // null: not given
    QTest::addColumn<QString>("complaint"); // empty: fine
    QTest::newRow("archived") << u"archived"_s << u"known bug"_s << QString() << u""_s;
    QTest::newRow("assigned to somebody") << u"assigned"_s << u"look"_s << u"kim"_s << u""_s;
    QTest::newRow("assigned to whoever has it") << u"assigned"_s << u"look"_s << QString() << u""_s;
    QTest::newRow("assigned to nobody") << u"assigned"_s << u"look"_s << u" "_s << u"--assign WHO"_s;
    QTest::newRow("no such state") << u"done"_s << u"x"_s << QString() << u"no state \"done\""_s;
    QTest::newRow("a replay's state") << u"sent"_s << u"x"_s << QString() << u"by a replay"_s;
    QTest::newRow("no reason") << u"archived"_s << u"  "_s << QString() << u"--reason"_s;
}

void TstReads::requests()
{
    QFETCH(QString, to);
    QFETCH(QString, reason);
    QFETCH(QString, assignee);
    QFETCH(QString, complaint);
    const auto request = readTriageRequest(to, reason, assignee.isNull() ? std::nullopt : std::optional(assignee));
    QCOMPARE(request.has_value(), complaint.isEmpty());
    if (!request) {
        QCOMPARE(request.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(request.error().detail.contains(complaint), qPrintable(request.error().detail));
    }
}

void TstReads::aDecisionIsInTheLedgerAndBesideTheLetters()
{
    StoreFixture fixture;
    const auto letters = company();
    fixture.add(letters);
    ManualClock clock;
    auto ledger = Ledger::open(fixture.folder() + u"/ledger.sqlite"_s, clock);
    QVERIFY2(ledger, ledger ? "" : qPrintable(ledger.error().detail));
    Database reader = fixture.reader();
    const auto request = readTriageRequest(u"archived"_s, u"fixed by release 7"_s, u"kim"_s);
    const auto plan =
        planTriage(*request, *deadLetters(reader, *parseQuery(u"consumer:stock"),
                                          {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary}));
    QCOMPARE(plan.letterIds.size(), std::size_t{2});
    QCOMPARE(*decideTriage(**ledger, fixture.store(), plan, u"pat"_s), 2);
    QCOMPARE(deadLetters(reader, *parseQuery(u"state:archived"),
                         {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary})
                 ->size(),
             std::size_t{2});
    const auto events = (*ledger)->read(0, 10);
    QCOMPARE(events->size(), std::size_t{1});
    QCOMPARE(events->front().type, u"deadletter.triaged"_s);
    QCOMPARE(events->front().actor, u"pat"_s);
    QCOMPARE(objectOf(events->front().body)[u"reason"_s].toString(), u"fixed by release 7"_s);
    // The same again changes nothing, and is no event.
    const auto again =
        planTriage(*request, *deadLetters(reader, *parseQuery(u"consumer:stock"),
                                          {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary}));
    QCOMPARE(again.unchanged, 2);
    QCOMPARE(*decideTriage(**ledger, fixture.store(), again, u"pat"_s), 0);
    QCOMPARE(*(*ledger)->lastSeq(), 1);
    // A letter that a replay holds is refused, the others go on.
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyReplayState(database, {StoreFixture::idOf(letters[0])}, TriageState::Planned, 5);
    }));
    const auto held =
        planTriage(*request, *deadLetters(reader, *parseQuery(u"consumer:payments"),
                                          {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary}));
    QCOMPARE(held.letterIds.size(), std::size_t{2});
    QCOMPARE(held.refused.size(), std::size_t{1});
    QCOMPARE(held.refused.front().letterId, StoreFixture::idOf(letters[0]));
    // Assigning to whoever has it needs somebody who does.
    const auto assign =
        planTriage(*readTriageRequest(u"assigned"_s, u"x"_s, std::nullopt),
                   *deadLetters(reader, all(), {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary}));
    QCOMPARE(assign.letterIds.size(), std::size_t{2});
    QCOMPARE(assign.refused.size(), std::size_t{3});
}

void TstReads::aDeletedStoreFindsItsDecisionsAgain()
{
    QTemporaryDir folder;
    ManualClock clock;
    auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
    QVERIFY(ledger);
    const auto letters = company();
    {
        StoreFixture fixture;
        fixture.add(letters);
        TriagePlan plan;
        plan.request = *readTriageRequest(u"parked"_s, u"until Monday"_s, u"kim"_s);
        plan.letterIds = {idsOf(letters)[1]};
        QCOMPARE(*decideTriage(**ledger, fixture.store(), plan, u"pat"_s), 1);
    }
    StoreFixture anew;
    QVERIFY(catchUpTriage(**ledger, anew.store())); // the letters are not there yet
    anew.add(letters);
    Database reader = anew.reader();
    const DeadLetter letter = *deadLetter(reader, idsOf(letters)[1]);
    QCOMPARE(letter.state, TriageState::Parked);
    QCOMPARE(letter.assignee, u"kim"_s);
    QCOMPARE(deadLetter(reader, idsOf(letters)[0])->state, TriageState::New);
    QVERIFY(catchUpTriage(**ledger, anew.store()));
    QCOMPARE(deadLetter(reader, idsOf(letters)[1])->state, TriageState::Parked);
}

void TstReads::manyLettersAreSeveralEvents()
{
    TriagePlan plan;
    plan.request = {TriageState::Archived, u"x"_s, std::nullopt};
    for (int i = 0; i < 5001; ++i)
        plan.letterIds.push_back(u"0a0b0c0d-0-%1-01020304"_s.arg(i));
    const auto drafts = triageDrafts(plan, u"pat"_s);
    QCOMPARE(drafts.size(), std::size_t{2});
    QCOMPARE(objectOf(drafts[0].body)[u"letters"_s].toArray().size(), 5000);
    QCOMPARE(objectOf(drafts[1].body)[u"letters"_s].toArray().size(), 1);
    QVERIFY(!objectOf(drafts[0].body).contains(u"assignee"_s));
    LedgerEvent event;
    event.seq = 1;
    event.type = u"deadletter.triaged"_s;
    event.body = "{}";
    StoreFixture fixture;
    const Status status = fixture.store().write([&](Database& database) { return applyTriageEvent(database, event); });
    QCOMPARE(status.error().code, ErrorCode::Corrupt);

    // Taking them back counts letters, not events.
    QTemporaryDir folder;
    ManualClock clock;
    auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
    QVERIFY(ledger);
    QVERIFY(decideTriage(**ledger, fixture.store(), plan, u"pat"_s));
    Database reader = fixture.reader();
    const auto undo = planUndo(reader, std::nullopt);
    QVERIFY2(undo, undo ? "" : qPrintable(undo.error().detail));
    QCOMPARE(undo->seqs.size(), std::size_t{2});
    QCOMPARE(undo->summary, u"5\u2009001 letters to archived"_s);
}

QTEST_GUILESS_MAIN(TstReads)
#include "tst_reads.moc"
