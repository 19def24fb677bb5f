// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/base/text.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/lettercopy.h"
#include "model/deadletter/lettertimeline.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

QStringList linesOf(const std::vector<TimelineEntry>& timeline)
{
    QStringList lines;
    for (const TimelineEntry& entry : timeline)
        lines << u"%1 %2 %3"_s.arg(entry.at ? QString::number(toMs(*entry.at)) : u"?"_s, timelineKindWord(entry.kind),
                                   entry.what);
    return lines;
}

DeadLetter known()
{
    DeadLetter letter;
    letter.id = u"0123abcd-1-42-89abcdef"_s;
    letter.group = u"g0123456789ab"_s;
    letter.record.at = {u"orders.DLT"_s, 1};
    letter.record.offset = Offset{42};
    letter.facts.originTopic = u"orders"_s;
    letter.facts.originPartition = 3;
    letter.facts.originOffset = Offset{7};
    letter.facts.originTimestamp = utcFromMs(1'000);
    letter.facts.errorClass = u"java.net.SocketTimeoutException"_s;
    letter.facts.attempts = 3;
    letter.facts.deadLetteredAt = utcFromMs(5'000);
    letter.firstSeenAt = utcFromMs(6'000);
    return letter;
}

LedgerEvent decided(std::int64_t seq, qint64 ms, const QString& type, const QByteArray& body)
{
    LedgerEvent made;
    made.seq = seq;
    made.at = utcFromMs(ms);
    made.actor = u"alice"_s;
    made.type = type;
    made.body = body;
    return made;
}

} // namespace

class TstLetterTimeline final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everythingStandsInItsOrder();
    void unknownTimesSaySo();
    void hopsComeFromTheLetter();
    void decisionsNameTheLetterOrItsGroup();
    void kcatSaysWhatItCannot_data();
    void kcatSaysWhatItCannot();
};

void TstLetterTimeline::everythingStandsInItsOrder()
{
    LetterHistory history;
    history.decisions = {
        decided(9, 9'000, u"deadletter.triaged"_s, R"({"to":"assigned","assignee":"payments","reason":"theirs"})"),
        decided(12, 20'000, u"deadletter.commented"_s, R"({"text":"was it the gateway?"})")};
    history.replays = {{.jobId = u"r-1"_s,
                        .generation = 1,
                        .target = u"orders"_s,
                        .status = LetterReplay::Status::Sent,
                        .outcome = u"failedAgain"_s,
                        .skippedBecause = {},
                        .startedAt = utcFromMs(10'000),
                        .cameBackAs = {u"0123abcd-1-99-00000000"_s},
                        .cameBackAt = {utcFromMs(12'000)}},
                       {.jobId = u"r-2"_s,
                        .generation = 2,
                        .target = u"orders"_s,
                        .status = LetterReplay::Status::Pending,
                        .outcome = {},
                        .skippedBecause = {},
                        .startedAt = {},
                        .cameBackAs = {},
                        .cameBackAt = {}}};
    const auto timeline = letterTimeline(known(), history);
    QCOMPARE(linesOf(timeline),
             (QStringList{u"1000 published published to orders [3] @ 7"_s,
                          u"? failed failed at 3 deliveries, java.net.SocketTimeoutException"_s,
                          u"5000 deadLettered dead-lettered to orders.DLT [1] @ 42"_s,
                          u"6000 firstSeen first seen by Spillway"_s,
                          u"9000 decision marked as assigned for payments “theirs”"_s,
                          u"10000 replay replay r-1, generation 1, to orders: sent, and it failed again"_s,
                          u"12000 cameBack came back as letter 0123abcd-1-99-00000000"_s,
                          u"20000 decision commented “was it the gateway?”"_s,
                          u"? replay replay r-2, generation 2, to orders: planned, not sent yet"_s}));
    QCOMPARE(*timeline[4].ledgerSeq, 9);
    QCOMPARE(*timeline[4].actor, u"alice"_s);
    QCOMPARE(*timeline[6].letterId, u"0123abcd-1-99-00000000"_s);
    QVERIFY(timelineJson(timeline).startsWith(
        R"([{"kind":"published","at":"1970-01-01T00:00:01.000Z","what":"published to orders [3] @ 7","actor":null,)"));
}

void TstLetterTimeline::unknownTimesSaySo()
{
    DeadLetter letter = known();
    letter.facts = {};
    letter.facts.replayId = "r-7";
    letter.facts.replayGeneration = 2;
    const auto timeline = letterTimeline(letter, {.cameFrom = u"0123abcd-1-1-00000000"_s});
    QCOMPARE(
        linesOf(timeline),
        (QStringList{
            u"? published published to a topic that is not told"_s,
            u"? cameBack sent again by replay r-7, generation 2, as which letter 0123abcd-1-1-00000000 came back"_s,
            u"? failed failed"_s, u"? deadLettered dead-lettered to orders.DLT [1] @ 42"_s,
            u"6000 firstSeen first seen by Spillway"_s}));
    QVERIFY(timelineText(timeline).startsWith(u"  time unknown"_s));
    QVERIFY(timelineJson(timeline).contains(R"("at":null)"));
}

void TstLetterTimeline::hopsComeFromTheLetter()
{
    auto registry = DialectRegistry::bundled();
    QVERIFY(registry);
    const Failure later{"com.acme.Later", "gone", {}};
    DeadLetter letter = known();
    letter.record.headers = joined({springOriginals({}), springException({}),
                                    springOriginals({"orders.retry", 0, 9, 1, {}}), springException(later)});
    letter.facts = registry->read(letter.record);
    const auto failures = [&] {
        QStringList lines;
        for (const TimelineEntry& entry : letterTimeline(letter, {.hops = failureCourse(letter, *registry).hops})) {
            if (entry.kind == TimelineEntry::Kind::Failed)
                lines << (entry.at ? formatUtc(*entry.at) + u' ' : QString()) + entry.what;
        }
        return lines;
    };
    QCOMPARE(failures(), (QStringList{u"failed, read from orders [3] @ 88120, java.lang.IllegalStateException"_s,
                                      u"failed, read from orders.retry [0] @ 9, com.acme.Later"_s}));
    letter.record.headers =
        joined({springOriginals({}, "kafka_original-"), retryTriple(2), retryException(later), retryTriple(3)});
    letter.facts = registry->read(letter.record);
    QCOMPARE(failures(), (QStringList{u"failed, read from orders [3] @ 88120, delivery 1"_s,
                                      u"2026-11-21T05:28:45.162Z failed, delivery 2, com.acme.Later"_s}));
    letter.record.headers = joined({retryException(later), springOriginals({}, "kafka_original-"), retryTriple(2)});
    letter.facts = registry->read(letter.record);
    QCOMPARE(failures(), (QStringList{u"2026-11-21T05:28:45.162Z failed at its only delivery, com.acme.Later"_s}));
}

void TstLetterTimeline::decisionsNameTheLetterOrItsGroup()
{
    const DeadLetter letter = known();
    QVERIFY(isAboutLetter(decided(1, 1, u"deadletter.triaged"_s, R"({"letters":["0123abcd-1-42-89abcdef"]})"), letter));
    QVERIFY(isAboutLetter(decided(1, 1, u"deadletter.commented"_s, R"({"group":"g0123456789ab"})"), letter));
    QVERIFY(
        !isAboutLetter(decided(1, 1, u"deadletter.triaged"_s, R"({"letters":["0123abcd-1-421-89abcdef"]})"), letter));
    QVERIFY(!isAboutLetter(decided(1, 1, u"replay.planned"_s, R"({"letters":["0123abcd-1-42-89abcdef"]})"), letter));
}

void TstLetterTimeline::kcatSaysWhatItCannot_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("contains");
    QTest::addColumn<QString>("missing");
    QTest::newRow("plain") << Headers{{"a", QByteArray("b")}} << QByteArray("k'1")
                           << u"kcat -P -b h:1 -t orders -k 'k'\\''1' -H a=b 0123abcd-1-42-89abcdef.payload"_s
                           << QString();
    QTest::newRow("a binary key") << Headers{} << QByteArray("\xFF") << u"-t orders 0123"_s << u"key is binary"_s;
    QTest::newRow("a binary header") << Headers{{"n", QByteArray("\0\1", 2)}, {"m", std::nullopt}} << QByteArray("k")
                                     << u"-k k -H m "_s << u"1 header is binary"_s;
    QTest::newRow("a name with a sign") << Headers{{"a=b", QByteArray("c")}} << QByteArray("k") << u"-k k 0123"_s
                                        << u"1 header has a name"_s;
    QTest::newRow("a header that would kill the line")
        << Headers{{"h", QByteArray("x\x15touch y\n#")}} << QByteArray("k")
        << u"-k k -H \"$(printf 'h=x\\025touch y\\012#')\" 0123"_s << QString();
    QTest::newRow("an empty key") << Headers{} << QByteArray("") << u"-t orders 0123"_s << u"key is empty"_s;
}

void TstLetterTimeline::kcatSaysWhatItCannot()
{
    QFETCH(Headers, headers);
    QFETCH(QByteArray, key);
    QFETCH(QString, contains);
    QFETCH(QString, missing);
    DeadLetter letter = known();
    letter.record.headers = headers;
    letter.record.key = key;
    letter.record.value = "{}";
    const CopiedLine copied = kcatLine(letter, u"h:1"_s, u"orders"_s);
    QVERIFY2(copied.line.contains(contains), qPrintable(copied.line));
    QVERIFY(copied.line.startsWith(u"spillwayctl dlq show 0123abcd-1-42-89abcdef --raw > "_s));
    QCOMPARE(copied.missing.isEmpty(), missing.isEmpty());
    QVERIFY2(copied.missing.join(u'\n').contains(missing), qPrintable(copied.missing.join(u'\n')));
}

QTEST_GUILESS_MAIN(TstLetterTimeline)
#include "tst_lettertimeline.moc"
