// SPDX-License-Identifier: GPL-3.0-or-later
// Each failure as data: what headers tell of each hop, and nothing of one beside another.
#include "letters.h"
#include "model/base/text.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterhops.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

const Failure later{"com.acme.Later", "gone", "Caused by: java.io.IOException: reset\n\tat a.B.c(B.java:1)\n"};

/// `topic [partition] @ offset | group | class | message | at | delivery`, `-` where it is not told.
QString toldBy(const LetterHop& hop)
{
    const auto orDash = [](const auto& value, const auto& write) { return value ? write(*value) : u"-"_s; };
    const auto text = [](const QString& t) { return t; };
    const auto number = [](auto n) { return QString::number(n); };
    return QStringList{orDash(hop.topic, text) + u" ["_s + orDash(hop.partition, number) + u"] @ "_s +
                           orDash(hop.offset, [](Offset o) { return QString::number(o.value); }),
                       orDash(hop.group, text),
                       orDash(hop.errorClass, text),
                       orDash(hop.message, text),
                       orDash(hop.at, [](UtcTime t) { return formatUtc(t); }),
                       orDash(hop.delivery, number)}
        .join(u" | ");
}

QByteArray delayed(const QByteArray& name)
{
    return "delayed-retry-" + name;
}

Headers delayedRetry(int hops)
{
    Headers headers;
    for (int hop = hops; hop > 0; --hop)
        append(headers,
               smallrye({"orders-" + QByteArray::number(hop), 0, hop, 0, {}}, "com.acme.E" + QByteArray::number(hop),
                        "m" + QByteArray::number(hop), {}, {}, "delayed-retry-"));
    append(headers, own());
    append(headers, {{delayed("original-timestamp"), QByteArray::number(originMs)},
                     {delayed("first-processing-timestamp"), QByteArray::number(originMs + 500)},
                     {delayed("count"), QByteArray::number(hops - 1)}});
    return headers;
}

} // namespace

class TstLetterHops final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyHopIsTold_data();
    void everyHopIsTold();
    void whatCannotBeReadIsToldByTheFacts();
    void theCauseIsOneBelowTheError();
    void aLetterIsShownWhole();
    void payloadsAreSomewhere_data();
    void payloadsAreSomewhere();

private:
    /// As intake makes it.
    [[nodiscard]] DeadLetter stored(const RawRecord& record) const
    {
        DeadLetter letter;
        letter.record = record;
        letter.facts = m_registry.read(record);
        return letter;
    }

    DialectRegistry m_registry;
};

void TstLetterHops::initTestCase()
{
    auto registry = DialectRegistry::bundled();
    QVERIFY(registry);
    m_registry = std::move(*registry);
}

void TstLetterHops::everyHopIsTold_data()
{
    QTest::addColumn<RawRecord>("record");
    QTest::addColumn<QStringList>("hops");
    QTest::addColumn<QString>("firstFailedAt");
    const QString wrapped = u"com.acme.Later | gone | "_s;
    const QString thrownAt = u"2026-11-21T05:28:45.162Z"_s;
    const Origin second{"orders-dlt", 0, 9, letterMs - 9, QByteArray("parking-desk")};

    QTest::newRow("Spring: one hop is one, its time is not told")
        << letter(joined({springException(later), springOriginals({})}))
        << QStringList{u"orders [3] @ 88120 | billing | "_s + wrapped + u"- | -"_s} << QString();
    QTest::newRow("Spring: the older of two hops keeps its place, the newer one has the only error")
        << letter(joined({springOriginals({}), springException(later), springOriginals(second)}), u"orders-dlt-dlt"_s)
        << QStringList{u"orders [3] @ 88120 | billing | - | - | - | -"_s,
                       u"orders-dlt [0] @ 9 | parking-desk | "_s + wrapped + u"- | -"_s}
        << QString();
    QTest::newRow("Spring: a second hop that told no origin is a hop nevertheless, without a place or a group")
        << letter(joined({springOriginals({}), springException(later)}), u"parking"_s)
        << QStringList{u"orders [3] @ 88120 | billing | - | - | - | -"_s, u"- [-] @ - | - | "_s + wrapped + u"- | -"_s}
        << QString();
    QTest::newRow("Spring: both errors where nothing was taken off, each without its wrapper")
        << letter(joined({springOriginals({}), springException({}), springOriginals(second), springException(later)}),
                  u"orders-dlt-dlt"_s)
        << QStringList{u"orders [3] @ 88120 | billing | java.lang.IllegalStateException | no stock for sku 17 | - | -"_s,
                       u"orders-dlt [0] @ 9 | parking-desk | "_s + wrapped + u"- | -"_s}
        << QString();
    QTest::newRow("Spring 2.7: the class stands in the message")
        << letter(joined({springOriginals({.group = {}}), springException27({}),
                          springOriginals({"orders.DLT", 0, 9, 1, {}}),
                          springException27({"com.acme.Later", "gone", ""})}),
                  u"orders.DLT.DLT"_s)
        << QStringList{u"orders [3] @ 88120 | - | java.lang.IllegalStateException | no stock for sku 17 | - | -"_s,
                       u"orders.DLT [0] @ 9 | - | "_s + wrapped + u"- | -"_s}
        << QString();
    const Headers retryOrigin = springOriginals({}, "kafka_original-");
    QTest::newRow("@RetryableTopic: three deliveries, the time of the last one's failure, the first one's place")
        << letter(joined({own(), retryOrigin, retryTriple(2), retryTriple(3), retryException(later), retryTriple(4)}))
        << QStringList{u"orders [3] @ 88120 | billing | - | - | - | 1"_s, u"- [-] @ - | - | - | - | - | 2"_s,
                       u"- [-] @ - | - | "_s + wrapped + thrownAt + u" | 3"_s}
        << QString();
    QTest::newRow("@RetryableTopic: with one delivery its failure is the first one")
        << letter(joined({retryException(later), retryOrigin, retryTriple(2)}))
        << QStringList{u"orders [3] @ 88120 | billing | "_s + wrapped + thrownAt + u" | -"_s} << thrownAt;
    QTest::newRow("@RetryableTopic 2.7: no time in the stack")
        << letter(joined({retryOrigin, retryException(later, true), retryTriple(2, true)}))
        << QStringList{u"orders [3] @ 88120 | billing | "_s + wrapped + u"- | -"_s} << QString();
    QTest::newRow("SmallRye: newest first, each with its own error")
        << letter(joined({smallrye({"orders-retry", 1, 8, 0, {}}, "com.acme.New", "n", {}, {}),
                          smallrye({}, "com.acme.Old", "o", QByteArray("com.acme.Cause"), QByteArray("c"))}))
        << QStringList{u"orders [3] @ 88120 | - | com.acme.Old | o | - | -"_s,
                       u"orders-retry [1] @ 8 | - | com.acme.New | n | - | -"_s}
        << QString();
    const QString first = formatUtc(utcFromMs(originMs + 500));
    QTest::newRow("SmallRye delayed retry: the first failure's time stands beside all hops")
        << letter(delayedRetry(2))
        << QStringList{u"orders-1 [0] @ 1 | - | com.acme.E1 | m1 | "_s + first + u" | -"_s,
                       u"orders-2 [0] @ 2 | - | com.acme.E2 | m2 | - | -"_s}
        << first;
    QTest::newRow("Connect: appended, newest last")
        << letter(joined({test::connect({}, "com.acme.Old", "o", "com.acme.Old: o\n\tat x.Y.z(Y.java:1)\n"),
                          test::connect({.offset = 99'001}, "com.acme.New", "n", "com.acme.New: n\n")}))
        << QStringList{u"orders [3] @ 88120 | - | com.acme.Old | o | - | -"_s,
                       u"orders [3] @ 99001 | - | com.acme.New | n | - | -"_s}
        << QString();
    QTest::newRow("Spring, then Connect: the older framework's hop comes first")
        << letter(joined({springException({}), springOriginals({}),
                          test::connect({.topic = "orders-dlt", .partition = 0, .offset = 9}, "x.Y", "m", "x.Y: m\n")}),
                  u"connect-dlq"_s)
        << QStringList{u"orders [3] @ 88120 | billing | java.lang.IllegalStateException | no stock for sku 17 | - | -"_s,
                       u"orders-dlt [0] @ 9 | - | x.Y | m | - | -"_s}
        << QString();
    QTest::newRow("eventferry: the time of the failure, of three tries not the first")
        << letter({{"dlq-reason", QByteArray("m")},
                   {"dlq-error-class", QByteArray("TypeError")},
                   {"dlq-original-topic", QByteArray("orders")},
                   {"dlq-failed-at", QByteArray("2026-11-21T05:28:45.162Z")},
                   {"dlq-attempts", QByteArray("3")}})
        << QStringList{u"orders [-] @ - | - | TypeError | m | 2026-11-21T05:28:45.162Z | -"_s} << QString();
    QTest::newRow("nothing told, no hop") << letter({}) << QStringList() << QString();
}

void TstLetterHops::everyHopIsTold()
{
    QFETCH(RawRecord, record);
    QFETCH(QStringList, hops);
    QFETCH(QString, firstFailedAt);
    const FailureCourse course = failureCourse(stored(record), m_registry);
    QStringList told;
    for (const LetterHop& hop : course.hops)
        told += toldBy(hop);
    QCOMPARE(told, hops);
    QCOMPARE(course.firstFailedAt ? formatUtc(*course.firstFailedAt) : QString(), firstFailedAt);
}

void TstLetterHops::whatCannotBeReadIsToldByTheFacts()
{
    DeadLetter mapped = stored(letter({}));
    mapped.facts.dialect = u"mapping"_s;
    mapped.facts.originTopic = u"orders"_s;
    mapped.facts.errorClass = u"com.acme.Late"_s;
    FailureCourse course = failureCourse(mapped, m_registry);
    QCOMPARE(course.hops.size(), 1U);
    QCOMPARE(toldBy(course.hops.front()), u"orders [-] @ - | - | com.acme.Late | - | - | -"_s);
    mapped.facts.deliveredTopic = u"orders.copy"_s; // of a letter that came back out of a replay: where it was read
    mapped.facts.deliveredPartition = 1;
    course = failureCourse(mapped, m_registry);
    QCOMPARE(toldBy(course.hops.front()), u"orders.copy [1] @ - | - | com.acme.Late | - | - | -"_s);

    // The masked message of the letter is that of its newest hop, whatever the headers say.
    DeadLetter masked = stored(letter(joined({springException({}), springOriginals({})})));
    masked.facts.errorMessage = u"•••"_s;
    QCOMPARE(failureCourse(masked, m_registry).hops.back().message, u"•••"_s);

    DeadLetter erased = stored(letter(joined({springException({}), springOriginals({})})));
    erased.erased = LetterErasure{.at = utcFromMs(1), .by = u"anna"_s, .reason = u"asked to"_s};
    erased.record.headers.clear();
    erased.facts.errorMessage.reset();
    QCOMPARE(toldBy(failureCourse(erased, m_registry).hops.front()),
             u"orders [3] @ 88120 | billing | java.lang.IllegalStateException | - | - | -"_s);
}

void TstLetterHops::theCauseIsOneBelowTheError()
{
    // Under a wrapper the header's cause is the error itself; the stack tells what caused it.
    QCOMPARE(
        failureCourse(stored(letter(joined({springException(later), springOriginals({})}))), m_registry).causeClass,
        u"java.io.IOException"_s);
    QVERIFY(!failureCourse(stored(letter(joined({springException({}), springOriginals({})}))), m_registry).causeClass);
    QCOMPARE(failureCourse(stored(letter(smallrye({}, "com.acme.A", "a", QByteArray("com.acme.B"), QByteArray("b")))),
                           m_registry)
                 .causeClass,
             u"com.acme.B"_s);
}

void TstLetterHops::aLetterIsShownWhole()
{
    DeadLetter shown = stored(
        letter(joined({own(),
                       springOriginals({}, "kafka_original-"),
                       retryException(later),
                       retryTriple(2),
                       {{"spillway-replay-id", QByteArray("r-7")}, {"spillway-replay-generation", QByteArray("2")}}})));
    const QJsonObject json = QJsonDocument::fromJson(letterDetailJson(shown)).object();
    QCOMPARE(json[u"confidence"_s].toDouble(), 0.99);
    QCOMPARE(json[u"causeClass"_s].toString(), u"java.io.IOException"_s);
    QCOMPARE(json[u"reportedClass"_s].toString(), QString::fromUtf8(lefe));
    QCOMPARE(json[u"firstFailedAt"_s].toString(), u"2026-11-21T05:28:45.162Z"_s);
    QCOMPARE(json[u"payloadState"_s].toString(), u"inline"_s);
    QCOMPARE(json[u"timestamp"_s].toString(), formatUtc(utcFromMs(letterMs)));
    QCOMPARE(json[u"timestampType"_s].toString(), u"CreateTime"_s);
    QCOMPARE(json[u"originTimestampType"_s].toString(), u"CreateTime"_s);
    QVERIFY(json.contains(u"stage"_s) && json[u"stage"_s].isNull() && json[u"wrappedKey"_s].isNull());
    const QJsonArray hops = json[u"hops"_s].toArray();
    QCOMPARE(hops.size(), 1);
    QCOMPARE(QJsonDocument(hops[0].toObject()).toJson(QJsonDocument::Compact),
             QByteArray(R"({"at":"2026-11-21T05:28:45.162Z","delivery":null,"errorClass":"com.acme.Later",)"
                        R"("group":"billing","message":"gone","offset":88120,"partition":3,"topic":"orders"})"));
    QCOMPARE(QJsonDocument(json[u"replay"_s].toObject()).toJson(QJsonDocument::Compact),
             QByteArray(R"({"generation":2,"id":"r-7","of":null})"));
    const QString text = letterDetailText(shown, utcFromMs(letterMs));
    QVERIFY(text.contains(u"First failed"_s) && text.contains(u"Caused by"_s));

    DeadLetter plain = stored(letter({}));
    plain.record.timestampType = TimestampType::Unknown;
    const QJsonObject nothing = QJsonDocument::fromJson(letterDetailJson(plain)).object();
    for (const char16_t* field : {u"causeClass", u"stage", u"firstFailedAt", u"replay", u"timestampType",
                                  u"originTimestampType", u"reportedClass"})
        QVERIFY2(nothing.contains(QStringView(field)) && nothing[QStringView(field)].isNull(),
                 qPrintable(QStringView(field).toString()));
    QVERIFY(nothing[u"hops"_s].isArray() && nothing[u"hops"_s].toArray().isEmpty());

    // A proxy's letter: the record's own key stands in its metadata.
    RawRecord proxy = letter({});
    proxy.key = QByteArray::fromHex("080312066f72646572731803") + QByteArray("\x20\x11\x28") +
                QByteArray::fromHex("8090dfb4ab33") + QByteArray("\x32\x02k1");
    const QJsonObject wrapped = QJsonDocument::fromJson(letterDetailJson(stored(proxy))).object();
    QCOMPARE(wrapped[u"dialect"_s].toString(), u"uforwarder"_s);
    QCOMPARE(wrapped[u"wrappedKey"_s].toString(), u"k1"_s);
    QCOMPARE(wrapped[u"attempts"_s].toInt(), 3);
}

void TstLetterHops::payloadsAreSomewhere_data()
{
    QTest::addColumn<bool>("hasValue");
    QTest::addColumn<bool>("isPointer");
    QTest::addColumn<bool>("isRescued");
    QTest::addColumn<bool>("isErased");
    QTest::addColumn<QString>("state");
    QTest::newRow("in the letter") << true << false << false << false << u"inline"_s;
    QTest::newRow("no value: a tombstone, or left out") << false << false << false << false << u"missing"_s;
    QTest::newRow("at its origin") << false << true << false << false << u"pointer"_s;
    QTest::newRow("copied from there") << false << true << true << false << u"rescued"_s;
    QTest::newRow("erased") << false << true << false << true << u"erased"_s;
}

void TstLetterHops::payloadsAreSomewhere()
{
    QFETCH(bool, hasValue);
    QFETCH(bool, isPointer);
    QFETCH(bool, isRescued);
    QFETCH(bool, isErased);
    QFETCH(QString, state);
    DeadLetter shown;
    if (hasValue)
        shown.record.value = "{}";
    shown.facts.isPointer = isPointer;
    if (isErased)
        shown.erased = LetterErasure{};
    QCOMPARE(payloadStateWord(shown, isRescued), state);
}

QTEST_GUILESS_MAIN(TstLetterHops)
#include "tst_letterhops.moc"
