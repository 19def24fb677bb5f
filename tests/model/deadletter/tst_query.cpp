// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/base/text.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/querymatch.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/querysql.h"
#include "model/deadletter/termmatch.h"

#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

class TstQuery final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void meaning_data();
    void meaning();
    void faults_data();
    void faults();
    void aTimeInTheFutureIsNoAge();
    void aCostlyExpressionIsAnErrorNotAMatch();
    void longTextsAreDecided_data();
    void longTextsAreDecided();
    void aLetterThatTellsNoTimeAgesFromWhenItWasSeen();
    void termsAreQuotedForFilters();
    void sqlAndMemoryAgree();
    void runs();
    void whatMayFailHandsOverAllOrNothing();
    void hostileQueriesHarmNothing();
};

namespace {

/// Of work that was cancelled before it began. By itself: GCC 12 takes it for uninitialised within a long function.
std::stop_token stoppedToken()
{
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

const UtcTime now = utcFromMs(letterMs + 48LL * 3'600'000);

/// The letter that the table below asks about.
DeadLetter example()
{
    DeadLetter letter;
    letter.id = u"0a0b0c0d-2-41-01020304"_s;
    letter.connection = u"orders"_s;
    letter.record = test::letter({{"region", QByteArray("eu")},
                                  {"region", QByteArray("us")},
                                  {"retries", QByteArray("10")},
                                  {"at", QByteArray("2026-11-20T10:00:00Z")},
                                  {"x y", QByteArray("spaced")},
                                  {"wait", QByteArray("30s")},
                                  {"room", QByteArray("10KiB")},
                                  {"sum", QByteArray("=1+1")},
                                  {"x!", QByteArray("1")},
                                  {"bin", QByteArray("\xFF\xFE", 2)},
                                  {"nothing", std::nullopt}});
    letter.record.value =
        R"({"order":{"amount":950.0,"id":"4711","big":9007199254740993,"tags":["gift wrap",{"n":1}],"paid":true,"note":null,)"
        R"("at":"2026-11-20T10:00:00Z","a.b":7,"money":"950.00","day":"2026-11-20","noDay":"2026-02-31"},"dup":1,"dup":2,"text":"say \"hi\" C:\\x"})";
    letter.sizeBytes = 20 * 1024;
    letter.facts.dialect = u"spring-dlpr"_s;
    letter.facts.errorClass = u"java.util.concurrent.TimeoutException"_s;
    letter.facts.errorMessage = u"time out after 30 s\nat gateway"_s;
    letter.facts.deadLetteredAt = utcFromMs(letterMs);
    letter.facts.attempts = 3;
    letter.consumer = u"payment-service"_s;
    letter.eventType = u"order.created"_s;
    letter.kind = FailureKind::Transient;
    letter.assignee = u"kim"_s;
    letter.state = TriageState::Assigned;
    letter.group = u"gdffff57fea2b"_s;
    letter.firstSeenAt = now;
    return letter;
}

} // namespace

void TstQuery::meaning_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("fits");
    const auto row = [](const char* name, const QString& query, bool fits) { QTest::newRow(name) << query << fits; };
    row("an empty query fits all", u"  "_s, true);
    row("a field", u"consumer:payment-service"_s, true);
    row("a colon and an equals sign are the same", u"consumer=payment-service"_s, true);
    row("exact means exact", u"consumer:payment"_s, false);
    row("exact minds the case", u"consumer:Payment-Service"_s, false);
    row("quoted value", u"consumer:\"payment-service\""_s, true);
    row("a field the letter lacks fits nothing", u"team:payment-team"_s, false);
    row("and its negation fits", u"-team:payment-team"_s, true);
    row("also with NOT", u"NOT team:payment-team"_s, true);
    row("event type", u"eventType:order.created"_s, true);
    row("group", u"group:gdffff57fea2b"_s, true);
    row("kind", u"kind:transient"_s, true);
    row("another kind", u"kind:schema"_s, false);
    row("state", u"state:assigned"_s, true);
    row("open is all but archived, resolved, lost", u"state:open"_s, true);
    row("dialect, channel, connection", u"dialect:spring-dlpr channel:orders-dlt connection:orders"_s, true);
    row("error is the class", u"error:java.util.concurrent.TimeoutException"_s, true);
    row("or its last part, as tables print it", u"error:TimeoutException"_s, true);
    row("not the end of its last part", u"-error:Exception -error:imeoutException"_s, true);
    row("nor two parts of it", u"-error:concurrent.TimeoutException"_s, true);
    row("or the message", u"error:\"time out after 30 s\nat gateway\""_s, true);
    row("an expression is not anchored", u"error~\"time(d )?out\""_s, false);
    row("and may fit the class", u"error~Time(out|up)Exception$"_s, true);
    row("and a part of the message", u"error~\"out after [0-9]+ s\""_s, true);
    row("and minds the case unless told otherwise", u"error~(?i)TIMEOUT"_s, true);
    row("expressions on any text", u"eventType~^order\\. channel~dlt$ state~assign"_s, true);
    row("a backslash stays in quotes", u"error~\"after \\d+ s\""_s, true);
    row("age above", u"age>24h"_s, true);
    row("age at", u"age:48h"_s, true);
    row("age not above", u"age>48h"_s, false);
    row("age at least", u"age>=2d"_s, true);
    row("age below", u"age<2w"_s, true);
    row("who has it", u"assignee:kim assignee~^k"_s, true);
    row("somebody else has it", u"assignee:lee"_s, false);
    row("somebody has it", u"-assignee~^"_s, false);
    row("attempts", u"attempts>=3 attempts<4 attempts:3.0"_s, true);
    row("attempts compare by value", u"attempts>2.5"_s, true);
    row("a place", u"partition:%1 offset:%2"_s.arg(example().record.at.partition).arg(example().record.offset.value),
        true);
    row("another place", u"offset>%1"_s.arg(example().record.offset.value), false);
    row("size in units", u"size>10KiB size=20KiB size<1MB"_s, true);
    row("size in bytes", u"size:20480"_s, true);
    row("a header", u"header.region=eu"_s, true);
    row("any of repeated headers", u"header.region=us"_s, true);
    row("a header that is not there", u"header.zone=eu"_s, false);
    row("its negation", u"-header.zone=eu"_s, true);
    row("a null header has no value", u"header.nothing=\"\""_s, false);
    row("a header's number by value", u"header.retries=10.0"_s, true);
    row("a header's order", u"header.retries>9"_s, true);
    row("a header's time", u"header.at>2026-11-19 header.at<2026-11-20T10:00:01Z"_s, true);
    row("a header with a space", u"header.\"x y\"=spaced"_s, true);
    row("a header's expression", u"header.region~^e"_s, true);
    row("a binary header is no number", u"header.bin>0"_s, false);
    row("payload number by value", u"payload.order.amount=950"_s, true);
    row("payload order", u"payload.order.amount>=900"_s, true);
    row("payload below", u"payload.order.amount<950"_s, false);
    row("payload text", u"payload.order.id=4711"_s, true);
    row("numbers that doubles confuse", u"payload.order.big=9007199254740992"_s, false);
    row("money as text has an order", u"payload.order.money>949.5"_s, true);
    row("payload time", u"payload.order.at>=2026-11-20T11:00:00+01:00"_s, true);
    row("a payload's bare day is its midnight in UTC",
        u"payload.order.day>2026-11-19 payload.order.day<2026-11-21 payload.order.day>=2026-11-20"_s, true);
    row("a bare day against an instant",
        u"payload.order.day<2026-11-20T00:00:01Z payload.order.day>=2026-11-20T01:00:00+01:00"_s, true);
    row("a bare day is not after itself", u"payload.order.day>2026-11-20 OR payload.order.day<2026-11-20"_s, false);
    row("a day that no calendar has fits neither way",
        u"payload.order.noDay>2026-11-20 OR payload.order.noDay<2026-11-20"_s, false);
    row("a payload's number against a size", u"payload.order.amount<1KiB -payload.order.amount>=1KiB"_s, true);
    row("a payload's number against a duration in ms", u"payload.order.amount>949ms payload.order.amount<1s"_s, true);
    row("what a text says with its own unit", u"header.wait>20s header.wait<1m header.room<=10KiB header.room>9kB"_s,
        true);
    row("a unit against a bare number says nothing", u"header.wait>1 OR header.wait<=1 OR header.room>0"_s, false);
    row("nor a size against a duration", u"header.room>1s OR header.room<1s OR header.wait>1B OR header.wait<=1B"_s,
        false);
    row("a unit is never exact", u"header.wait=30000 OR header.wait=0.5m"_s, false);
    row("a value that begins with a sign stands in quotes", u"header.sum=\"=1+1\" header.sum:=1+1 header.\"x!\"=1"_s,
        true);
    row("text has no order against a number", u"payload.order.id>4710 -payload.text>1"_s, true);
    row("a field that is no number fits neither way", u"payload.text<1 OR payload.text>=1"_s, false);
    row("a quote within a quoted value", u"payload.text=\"say \\\"hi\\\" C:\\x\""_s, true);
    row("a character by its number, as tables print what nobody sees",
        u"payload.text=\"say \\u{22}hi\\u{0022} C:\\x\""_s, true);
    row("in a phrase too", u"\"gift\\u{20}wrap\""_s, true);
    row("in a name too", u"header.\"x\\u{0020}y\"=spaced"_s, true);
    row("a number that no character has stays as it is written", u"\"gift\\u{110000}wrap\" OR \"gift\\u{D800}wrap\""_s,
        false);
    row("an array's element", u"payload.order.tags[0]=\"gift wrap\""_s, true);
    row("a field in an array's element", u"payload.order.tags[1].n=1.0"_s, true);
    row("beyond the array", u"payload.order.tags[2]=1"_s, false);
    row("true and null are words", u"payload.order.paid=true payload.order.note=null"_s, true);
    row("a key with a dot", u"payload.order.\"a.b\"=7"_s, true);
    row("of duplicate keys the last", u"payload.dup=2 -payload.dup=1"_s, true);
    row("an object is no value", u"payload.order=x"_s, false);
    row("a path that is not there", u"-payload.order.missing>0"_s, true);
    row("a word in the payload", u"amount"_s, true);
    row("a word in the key", u"order-4711"_s, true);
    row("a word in a header's value", u"spaced"_s, true);
    row("a word in a header's name", u"retries"_s, true);
    row("a word in the error", u"gateway"_s, true);
    row("a phrase", u"\"gift wrap\""_s, true);
    row("a phrase that is not there", u"\"gift  wrap\""_s, false);
    row("a quote inside quotes", u"\"say \\\\\\\"hi\\\\\\\"\""_s, true);
    row("words mind the case", u"AMOUNT"_s, false);
    row("a space is AND", u"amount nowhere"_s, false);
    row("AND", u"amount AND gateway"_s, true);
    row("OR", u"nowhere OR gateway"_s, true);
    row("AND binds closer than OR", u"gateway OR nowhere nowhere"_s, true);
    row("parentheses", u"(gateway OR nowhere) nowhere"_s, false);
    row("minus before parentheses", u"-(nowhere OR state:archived)"_s, true);
    row("NOT NOT", u"NOT NOT gateway"_s, true);
    row("and in small letters is a word", u"and"_s, false);
    row("NOTE is a word, not a NOT", u"NOTE"_s, false);
    row("an expression's parentheses are its own", u"(error~(Time)out)"_s, true);
    row("the contract's own example, but for its team and header",
        u"kind:transient age>24h header.region=eu payload.order.amount>=900 error~\"time( )?out\" -state:archived \"gift wrap\""_s,
        true);
}

void TstQuery::meaning()
{
    QFETCH(QString, query);
    QFETCH(bool, fits);
    const auto parsed = parseQuery(query);
    QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().detail));
    const auto result = matches(*parsed, example(), now);
    QVERIFY(result);
    QCOMPARE(*result, fits);
    if (query.trimmed().isEmpty())
        return;
    const auto negated = parseQuery(u"-("_s + query + u')');
    QVERIFY2(negated, negated ? "" : qPrintable(negated.error().detail));
    QCOMPARE(*matches(*negated, example(), now), !fits);
}

void TstQuery::faults_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const QString& query, int column, const QString& message) {
        QTest::newRow(name) << query << column << message;
    };
    row("unknown field", u"kind:schema foo:bar"_s, 13, u"no field \"foo\""_s);
    row("another case", u"eventtype:x"_s, 1, u"write eventType"_s);
    row("a field after a character beyond the basic plane", u"\U0001F4E6 foo:bar"_s, 3, u"no field"_s);
    row("missing value at the end", u"team:"_s, 6, u"value is missing"_s);
    row("missing value before a space", u"team: x"_s, 6, u"value is missing"_s);
    row("missing value before a parenthesis", u"(team:)"_s, 7, u"value is missing"_s);
    row("missing field", u":x"_s, 1, u"name is missing"_s);
    row("bad expression", u"error~\"a(b\""_s, 10, u"no regular expression"_s);
    row("bad duration", u"age>soon"_s, 5, u"no duration"_s);
    row("a number is no duration", u"age>24"_s, 5, u"no duration"_s);
    row("bad size", u"size>big"_s, 6, u"no size"_s);
    row("bad number", u"attempts>many"_s, 10, u"no number"_s);
    row("bad place", u"offset:newest"_s, 8, u"no number"_s);
    row("bad comparison", u"payload.amount>many"_s, 16, u"no number, size, duration or time"_s);
    row("order on a text field", u"team>a"_s, 5, u"no order"_s);
    row("expression on a number", u"age~1"_s, 4, u"~ is for text"_s);
    row("unknown kind", u"kind:bad"_s, 6, u"kinds are"_s);
    row("unknown state", u"state:done"_s, 7, u"states are"_s);
    row("open quote", u"team:x \"abc"_s, 8, u"not closed"_s);
    row("open parenthesis", u"a (b OR c"_s, 3, u"not closed"_s);
    row("closing parenthesis", u"a b) c"_s, 4, u"closes nothing"_s);
    row("empty parentheses", u"a ()"_s, 3, u"nothing between"_s);
    row("empty quotes", u"a \"\""_s, 3, u"nothing between"_s);
    row("AND at the end", u"a AND"_s, 6, u"missing at the end"_s);
    row("OR at the start", u"OR a"_s, 1, u"missing before"_s);
    row("two ORs", u"a OR OR b"_s, 6, u"missing before"_s);
    row("a minus alone", u"a - b"_s, 3, u"missing after -"_s);
    row("NOT at the end", u"NOT"_s, 4, u"missing"_s);
    row("no header name", u"header.=x"_s, 8, u"name is missing"_s);
    row("no path", u"payload.a.=x"_s, 11, u"name is missing"_s);
    row("a bad place", u"payload.a[x]=1"_s, 10, u"number in brackets"_s);
    row("text behind a quoted value", u"team:\"a\"b"_s, 9, u"space is missing"_s);
    row("not equal, in another language", u"team:a key!=b"_s, 11, u"no sign !=; write - before the term: -key="_s);
    row("not equal, of a payload", u"payload.amount!=900"_s, 15, u"no sign !="_s);
    row("not like", u"payload.note!~x"_s, 13, u"no sign !~"_s);
    row("not, in another language", u"!team:a"_s, 1, u"write - before"_s);
    row("equal, in another language", u"payload.amount==900"_s, 15, u"no sign ==; write = ("_s);
    row("like, in another language", u"error=~out"_s, 6, u"no sign =~; write ~ ("_s);
    row("at least, the other way round", u"payload.amount=>900"_s, 15, u"no sign =>; write >= ("_s);
    row("a quoted field", u"\"team\":a"_s, 1, u"not quoted"_s);
}

void TstQuery::faults()
{
    QFETCH(QString, query);
    QFETCH(int, column);
    QFETCH(QString, message);
    const auto parsed = readQuery(query);
    QVERIFY(!parsed);
    QVERIFY2(parsed.error().message.contains(message), qPrintable(parsed.error().message));
    QCOMPARE(parsed.error().column, column);
    const auto failed = parseQuery(query);
    QCOMPARE(failed.error().code, ErrorCode::InvalidConfig);
    QVERIFY(failed.error().detail.startsWith(u"query, column %1: "_s.arg(column)));
}

void TstQuery::aLetterThatTellsNoTimeAgesFromWhenItWasSeen()
{
    DeadLetter letter = example();
    letter.facts.deadLetteredAt.reset();
    letter.firstSeenAt = utcFromMs(toMs(now) - 25LL * 3'600'000);
    QVERIFY(*matches(*parseQuery(u"age>24h age:25h age<=25h"), letter, now));
    QVERIFY(!*matches(*parseQuery(u"age>25h"), letter, now));
    QVERIFY(!*matches(*parseQuery(u"-age>24h"), letter, now));
}

void TstQuery::aTimeInTheFutureIsNoAge()
{
    DeadLetter letter = example();
    letter.facts.deadLetteredAt = utcFromMs(toMs(now) + 3'600'000LL);
    QVERIFY(*matches(*parseQuery(u"age:0s age<=0s age<1s -age>0s"), letter, now));
    QVERIFY(!*matches(*parseQuery(u"age<0s"), letter, now));
}

void TstQuery::aCostlyExpressionIsAnErrorNotAMatch()
{
    DeadLetter letter = example();
    letter.facts.errorMessage = u"a"_s.repeated(20'000) + u'!';
    const auto query = parseQuery(u"error~^(?=(a|a|aa)+$)"_s);
    QVERIFY(query);
    const auto result = matches(*query, letter, now);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InvalidConfig);
    QVERIFY(result.error().detail.contains(u"too costly"));
    QVERIFY2(result.error().detail.startsWith(u"query, column 7: "), qPrintable(result.error().detail));
    QVERIFY(!matches(*parseQuery(u"-error~^(?=(a|a|aa)+$)"_s), letter, now));
}

void TstQuery::longTextsAreDecided_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<bool>("fits");
    QTest::newRow("nested repetition") << u"error~^(a|a|aa)+$"_s << false;
    QTest::newRow("nested repetition, negated") << u"-error~^(a|a|aa)+$"_s << true;
    QTest::newRow("words in order in one long line") << u"error~\".*line 42.*joe.*end\""_s << true;
    QTest::newRow("words in another order") << u"error~\".*joe.*line 42 .*end\""_s << false;
    QTest::newRow("a dot for a line feed too") << u"error~\"(?s)a!.*line 43.*joe\""_s << true;
    QTest::newRow("letters of any script") << u"error~\"^(\\p{L}|\\p{L}\\p{L})+$\""_s << false;
    QTest::newRow("lines") << u"error~\"(?m)^(a|a|aa)+$\""_s << false;
    QTest::newRow("no border of words") << u"error~\"^(a|a|aa)+\\B$\""_s << false;
    QTest::newRow("something behind the end") << u"error~\"^(a|a|aa)+($|!)\""_s << true;
    QTest::newRow("letters beyond ASCII in any case") << u"error~\"(?i)^(a|A|é)+$\""_s << false;
    QTest::newRow("whatever the case") << u"error~\"(?i).*LINE 42.*JOE.*END\""_s << true;
}

void TstQuery::longTextsAreDecided()
{
    QFETCH(QString, query);
    DeadLetter letter = example();
    QString text = u"a"_s.repeated(20'000) + u"! "_s;
    for (int line = 0; line < 20'000; ++line)
        text += u"line %1 of a log; "_s.arg(line);
    letter.facts.errorMessage = text + u"joe came to the end"_s;
    const auto fits = matches(*parseQuery(query), letter, now);
    QVERIFY2(fits, fits ? "" : qPrintable(fits.error().detail));
    QTEST(*fits, "fits");
}

void TstQuery::termsAreQuotedForFilters()
{
    QCOMPARE(queryTermText(u"team", u"payment-team"), u"team:payment-team"_s);
    for (const QString& value :
         {u"a b"_s, u"say \"hi\""_s, u"C:\\x\\"_s, u"(x)"_s, u""_s, u"a:b"_s, u"\u200B"_s, u"\uFEFFkey"_s, u"a\nb"_s,
          u"\\u{200B}"_s, u"\U000E0001\\"_s, u"x\\\"\u202E\\\\u{41}"_s}) {
        const auto query = parseQuery(queryTermText(u"error", value));
        QVERIFY2(query || value.isEmpty(), qPrintable(value));
        if (query)
            QCOMPARE(query->root.term.text, value);
    }
    QCOMPARE(queryTermText(u"key", u"\u200B"), u"key:\"\\u{200B}\""_s); // what nobody sees is seen in a chip
}

namespace {

constexpr int manyLetters = 1'500; // several blocks of a scan, on several threads

/// Random letters and random queries over the same small words, so that they often meet.
class Random
{
public:
    explicit Random(unsigned seed)
        : m_engine(seed)
    {
    }
    int below(int limit) { return static_cast<int>(m_engine() % static_cast<std::size_t>(limit)); }
    QString pick(const QStringList& list) { return list[below(static_cast<int>(list.size()))]; }

    PreparedLetter letter(int number)
    {
        PreparedLetter letter;
        RawRecord& record = letter.record;
        record.at = {pick({u"orders-dlt"_s, u"stock-dlt"_s}), below(3)};
        record.offset = Offset{number};
        if (below(4) != 0)
            record.key = pick({u"k1"_s, u"k2"_s, u"é"_s, u""_s}).toUtf8();
        if (below(5) != 0)
            record.value = u"{\"a\":%1,\"b\":\"%2\",\"d\":\"2026-11-2%3\"}"_s.arg(below(5))
                               .arg(pick({u"x"_s, u"y z"_s}))
                               .arg(below(4))
                               .toUtf8();
        if (below(2) != 0)
            record.headers.push_back({"h", below(3) == 0 ? std::nullopt : std::optional(QByteArray::number(below(4)))});
        LetterFacts& facts = letter.facts;
        facts.dialect = pick({u"spring-dlpr"_s, u"kafka-connect"_s, u"unrecognised"_s, u"uforwarder"_s});
        if (facts.dialect == u"uforwarder"_s && record.key && below(4) != 0) // its metadata, the record's key within
            record.key = QByteArray::fromHex("12066f7264657273180320b8b0052880d0dfb4ab33") +
                         (record.key->isEmpty() ? QByteArray() : uForwarderKeyBytes(*record.key));
        letter.digest = recordDigest(record);
        facts.errorClass = maybe({u"E1"_s, u"E2"_s, u"a.b.E2"_s, u"a.é"_s, u"a.E3\0b"_s});
        facts.errorMessage = maybe({u"E1"_s, u"boom 7"_s, u"x"_s});
        if (below(2) != 0)
            facts.attempts = below(4) + 1;
        if (below(3) != 0)
            facts.deadLetteredAt = utcFromMs(toMs(now) - (below(6) - 1) * 3'600'000LL); // one hour ahead at most
        letter.owner = {maybe({u"c1"_s, u"c2"_s}), maybe({u"e1"_s, u"e2"_s}), std::nullopt};
        if (letter.owner.consumer == u"c1"_s)
            letter.owner.team = u"t1"_s;
        letter.kind = static_cast<FailureKind>(below(4));
        return letter;
    }

    QString query(int depth)
    {
        const int shape = depth > 3 ? 0 : below(6);
        if (shape == 1)
            return u'-' + query(depth + 1);
        if (shape == 2)
            return u'(' + query(depth + 1) + u" OR "_s + query(depth + 1) + u')';
        if (shape == 3)
            return u'(' + query(depth + 1) + u' ' + query(depth + 1) + u')';
        if (shape == 4)
            return u"NOT ("_s + query(depth + 1) + u" AND "_s + query(depth + 1) + u')';
        return pick({u"team:t1"_s,
                     u"team:t2"_s,
                     u"consumer:c1"_s,
                     u"consumer~c[12]"_s,
                     u"eventType:e2"_s,
                     u"error:E1"_s,
                     u"error:E2"_s,
                     u"error:b.E2"_s,
                     u"error:é"_s,
                     u"error:E3"_s,
                     u"error:\"boom 7\""_s,
                     u"error~7$"_s,
                     u"key:k1"_s,
                     u"key:é"_s,
                     u"key:\"\\u{00E9}\""_s,
                     u"key~k"_s,
                     u"key~^k[12]$"_s,
                     u"kind:schema"_s,
                     u"kind:unknown"_s,
                     u"state:new"_s,
                     u"state:archived"_s,
                     u"state:open"_s,
                     u"state~arch"_s,
                     u"dialect:kafka-connect"_s,
                     u"channel:orders-dlt"_s,
                     u"connection:main"_s,
                     u"connection:other"_s,
                     u"age>2h"_s,
                     u"age>=2h"_s,
                     u"age:3h"_s,
                     u"age<1h"_s,
                     u"age<=0s"_s,
                     u"age<0s"_s,
                     u"age:0s"_s,
                     u"attempts:2"_s,
                     u"attempts:2.0"_s,
                     u"attempts>2.5"_s,
                     u"attempts<1e400"_s,
                     u"attempts>=1e-400"_s,
                     u"partition:1"_s,
                     u"offset>=7"_s,
                     u"size>20"_s,
                     u"size<=1KiB"_s,
                     u"size:9007199254740993"_s,
                     u"header.h=1"_s,
                     u"header.h>1"_s,
                     u"payload.a=3.0"_s,
                     u"payload.a>1"_s,
                     u"payload.d>2026-11-21"_s,
                     u"payload.b=\"y z\""_s,
                     u"boom"_s,
                     u"\"y z\""_s,
                     u"k1"_s,
                     u"group:g000000000000"_s});
    }

private:
    std::optional<QString> maybe(const QStringList& list)
    {
        return below(3) == 0 ? std::nullopt : std::optional(pick(list));
    }
    std::mt19937 m_engine;
};

} // namespace

void TstQuery::sqlAndMemoryAgree()
{
    QTemporaryDir folder;
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY(store);
    Random random(20261121);
    std::vector<PreparedLetter> letters;
    std::vector<QString> archived;
    for (int i = 0; i < manyLetters; ++i) {
        letters.push_back(random.letter(i));
        if (random.below(4) == 0)
            archived.push_back(
                letterId(u"c"_s, letters.back().record.at, letters.back().record.offset, letters.back().digest));
    }
    QVERIFY((*store)->write([&](Database& database) -> Status {
        const auto stored = storeLetters(database, u"c"_s, u"main"_s, letters, utcFromMs(toMs(now) - 7'200'000));
        if (!stored)
            return tl::unexpected<Error>(stored.error());
        return applyTriageState(database, archived, TriageState::Archived, std::nullopt, 1);
    }));
    auto reader = Database::open((*store)->file(), Database::Access::Reader);
    QVERIFY(reader);
    const auto all =
        deadLetters(*reader, *parseQuery(u""), {.now = now, .limit = std::nullopt, .parts = LetterParts::Whole});
    QVERIFY(all);
    QCOMPARE(all->size(), std::size_t{manyLetters});
    const auto inMemory = [&](const Query& query) {
        QStringList ids;
        for (const DeadLetter& letter : *all) {
            if (*matches(query, letter, now))
                ids += letter.id;
        }
        return ids;
    };
    int exact = 0;
    int nonTrivial = 0;
    for (int round = 0; round < 250; ++round) {
        const QString text = random.query(0);
        const auto query = parseQuery(text);
        QVERIFY2(query, query ? "" : qPrintable(text + u": "_s + query.error().detail));
        const QStringList expected = inMemory(*query);
        const auto found =
            deadLetters(*reader, *query, {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary});
        QVERIFY2(found, found ? "" : qPrintable(text + u": "_s + found.error().detail));
        QStringList ids;
        for (const DeadLetter& letter : *found)
            ids += letter.id;
        if (ids != expected)
            QCOMPARE(u"%1 -> %2"_s.arg(text, ids.join(u' ')), u"%1 -> %2"_s.arg(text, expected.join(u' ')));
        const auto places = letterPlaces(*reader, *query, now);
        QVERIFY(places);
        QCOMPARE(places->size(), found->size());
        exact += compileQuery(*query, now).isExact ? 1 : 0;
        nonTrivial += !expected.isEmpty() && expected.size() < manyLetters ? 1 : 0;
        // The first ones of them, and how far it looked.
        const auto limited =
            runQuery(*reader, *query, {.now = now, .limit = 3}, [](const DeadLetter&) { return true; });
        QVERIFY(limited);
        QCOMPARE(limited->found, std::min<std::int64_t>(3, expected.size()));
        QCOMPARE(limited->end, expected.size() >= 3 ? QueryOutcome::End::Limit : QueryOutcome::End::Exhausted);
        QVERIFY(limited->scanned <= limited->total && limited->total == manyLetters);
    }
    QVERIFY2(exact > 50 && exact < 220, qPrintable(QString::number(exact)));
    QVERIFY2(nonTrivial > 100, qPrintable(QString::number(nonTrivial)));
}

void TstQuery::runs()
{
    QTemporaryDir folder;
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY(store);
    Random random(7);
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 50; ++i) {
        letters.push_back(random.letter(i));
        letters.back().facts.deadLetteredAt = utcFromMs(letterMs + i * 37 % 50);
    }
    QVERIFY((*store)->write([&](Database& database) -> Status {
        const auto stored = storeLetters(database, u"c"_s, u"main"_s, letters, now);
        return stored ? Status() : Status(tl::unexpected<Error>(stored.error()));
    }));
    auto reader = Database::open((*store)->file(), Database::Access::Reader);
    const auto newest = deadLetters(*reader, *parseQuery(u""), {.now = now, .limit = 7, .parts = LetterParts::Summary});
    QVERIFY(newest);
    QCOMPARE(newest->size(), std::size_t{7});
    for (std::size_t i = 0; i < 7; ++i)
        QCOMPARE(toMs(*(*newest)[i].facts.deadLetteredAt), letterMs + 49 - static_cast<qint64>(i));
    QVERIFY((*newest)[0].record.headers.empty() && !(*newest)[0].record.value);
    QVERIFY((*newest)[0].sizeBytes > 0);

    const auto outcomeOf = [&](const QString& text, std::optional<std::int64_t> limit, bool goesOn,
                               std::stop_token stop) {
        return *runQuery(
            *reader, *parseQuery(text), {.now = now, .limit = limit, .parts = LetterParts::Summary},
            [goesOn](const DeadLetter&) { return goesOn; }, stop);
    };
    using End = QueryOutcome::End;
    QCOMPARE(outcomeOf(u""_s, std::nullopt, true, {}), (QueryOutcome{50, 50, 50, End::Exhausted}));
    QCOMPARE(outcomeOf(u""_s, 5, true, {}), (QueryOutcome{5, 50, 5, End::Limit}));
    QCOMPARE(outcomeOf(u""_s, 0, true, {}), (QueryOutcome{0, 50, 0, End::Limit}));
    QCOMPARE(outcomeOf(u""_s, std::nullopt, false, {}), (QueryOutcome{50, 50, 1, End::Refused}));
    QCOMPARE(outcomeOf(u"nowhere-to-be-found"_s, std::nullopt, true, {}), (QueryOutcome{50, 50, 0, End::Exhausted}));
    // Stopped from within: what was found until then was handed over, and no more is.
    std::stop_source within;
    int handedOver = 0;
    const auto cut = runQuery(
        *reader, *parseQuery(u"-nowhere-to-be-found"), {.now = now, .limit = std::nullopt},
        [&](const DeadLetter&) {
            if (++handedOver == 3)
                within.request_stop();
            return true;
        },
        within.get_token());
    QVERIFY(cut);
    QCOMPARE(cut->end, End::Stopped);
    QCOMPARE(handedOver, 3);
    QVERIFY(earlyEndText(*cut).contains(u"stopped"));
    // No time at all: after the first block.
    QueryOptions hurried{.now = now, .limit = std::nullopt};
    hurried.timeLimit = Millis{0};
    const auto late =
        runQuery(*reader, *parseQuery(u"-nowhere-to-be-found"), hurried, [](const DeadLetter&) { return true; });
    QVERIFY(late);
    QCOMPARE(late->end, End::TimedOut);
    QCOMPARE(outcomeOf(u""_s, std::nullopt, true, stoppedToken()).end, End::Stopped);

    const auto places = letterPlaces(*reader, *parseQuery(u""), now);
    QVERIFY(places);
    const auto page = lettersAt(*reader, {places->at(3), 999'999, places->at(1)});
    QVERIFY(page);
    QCOMPARE(page->size(), std::size_t{2});
    QCOMPARE(page->at(0).id, newest->at(3).id);
    QCOMPARE(page->at(1).id, newest->at(1).id);
}

void TstQuery::whatMayFailHandsOverAllOrNothing()
{
    QTemporaryDir folder;
    auto store =
        StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY(store);
    constexpr int count = 600; // more than the first block
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < count; ++i) {
        PreparedLetter letter;
        letter.record = test::letter({{"n", QByteArray::number(i)}});
        letter.record.offset = Offset{i};
        letter.digest = recordDigest(letter.record);
        letter.facts.errorMessage = i == 0 ? u"a"_s.repeated(20'000) + u'!' : u"message %1"_s.arg(i);
        letter.facts.deadLetteredAt = utcFromMs(letterMs + i);
        letters.push_back(std::move(letter));
    }
    QVERIFY((*store)->write([&](Database& database) -> Status {
        const auto stored = storeLetters(database, u"c"_s, u"main"_s, letters, now);
        return stored ? Status() : Status(tl::unexpected<Error>(stored.error()));
    }));
    auto reader = Database::open((*store)->file(), Database::Access::Reader);
    QVERIFY(reader);
    int handedOver = 0;
    const auto search = [&](const QString& query, std::optional<std::int64_t> limit, std::stop_token stop = {}) {
        handedOver = 0;
        return runQuery(
            *reader, *parseQuery(query), {.now = now, .limit = limit},
            [&](const DeadLetter& letter) {
                // Still the newest first.
                if (letter.facts.deadLetteredAt != utcFromMs(letterMs + count - 1 - handedOver))
                    return false;
                ++handedOver;
                return true;
            },
            std::move(stop));
    };
    const QString all = u"error~\"message|^((a|a|aa)+)\\1$\""_s; // PCRE gives up on the oldest; RE2 knows no \1
    QVERIFY(mayBeCostly(parseQuery(all)->root.term));
    QVERIFY(!mayBeCostly(parseQuery(u"error~message")->root.term));

    const auto failed = search(all, std::nullopt);
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::InvalidConfig);
    QCOMPARE(handedOver, 0);

    // Those before it are enough: nothing failed.
    const auto enough = search(all, 100);
    QVERIFY2(enough, enough ? "" : qPrintable(enough.error().detail));
    QCOMPARE(*enough, (QueryOutcome{100, count, 100, QueryOutcome::End::Limit}));
    QCOMPARE(handedOver, 100);

    // The oldest is not asked: all others are handed over.
    const auto others = search(u"-offset:0 "_s + all, std::nullopt);
    QVERIFY2(others, others ? "" : qPrintable(others.error().detail));
    QCOMPARE(others->found, count - 1);
    QCOMPARE(handedOver, count - 1);

    std::stop_source stopped;
    stopped.request_stop();
    const auto cut = search(all, std::nullopt, stopped.get_token());
    QVERIFY(cut);
    QCOMPARE(cut->end, QueryOutcome::End::Stopped);
    QCOMPARE(cut->found, handedOver);
}

void TstQuery::hostileQueriesHarmNothing()
{
    QVERIFY(!parseQuery(u"("_s.repeated(9'000)));
    QVERIFY(!parseQuery(u"-"_s.repeated(9'000) + u'a'));
    QVERIFY(!parseQuery(u"a"_s.repeated(10'001)));
    QVERIFY(!parseQuery(u"error~\""_s + u"a"_s.repeated(1'001) + u'"'));
    std::mt19937 engine(5);
    const QString signs = u"()\"\\-:=~<>.[] aANDOR9header.payload.\u202E\u0000é"_s;
    for (int i = 0; i < 20'000; ++i) {
        QString text;
        for (std::size_t n = engine() % 24; n > 0; --n)
            text += signs[static_cast<qsizetype>(engine() % static_cast<std::size_t>(signs.size()))];
        const auto query = readQuery(text);
        if (query)
            (void)matches(*query, example(), now);
        else
            QVERIFY(query.error().column >= 1 && query.error().column <= text.size() + 1);
    }
}

QTEST_GUILESS_MAIN(TstQuery)
#include "tst_query.moc"
