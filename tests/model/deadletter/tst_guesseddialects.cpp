// SPDX-License-Identifier: GPL-3.0-or-later
// Letters without a framework's name on them: read by shape, and not a word more than they say.
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/guesseddialects.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray varint(quint64 number)
{
    QByteArray bytes;
    for (; number >= 0x80; number >>= 7)
        bytes += static_cast<char>((number & 0x7f) | 0x80);
    return bytes + static_cast<char>(number);
}

/// uForwarder's dlq_metadata.proto as its Java encoder writes it: fields in order, zeros left out.
QByteArray metadata(const QByteArray& topic, quint64 partition, quint64 offset, quint64 time, const QByteArray& key)
{
    QByteArray bytes = "\x08" + varint(3) + "\x12" + varint(static_cast<quint64>(topic.size())) + topic;
    if (partition)
        bytes += "\x18" + varint(partition);
    bytes += "\x20" + varint(offset) + "\x28" + varint(time);
    return bytes + "\x32" + varint(static_cast<quint64>(key.size())) + key;
}

} // namespace

class TstGuessedDialects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void uForwarderKeys_data();
    void uForwarderKeys();
    void genericLetters_data();
    void genericLetters();
    void ownDialectsComeAfterTheBundledOnes();
    void everyMistakeIsTold();
};

void TstGuessedDialects::uForwarderKeys_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<bool>("isRead");
    QTest::addColumn<qint64>("ms");
    const QByteArray whole = metadata("orders", 3, 88120, originMs, "order-4711");
    QTest::newRow("milliseconds, as the proxy writes them") << whole << true << qint64{originMs};
    QTest::newRow("nanoseconds, as the field is named")
        << metadata("orders", 3, 88120, quint64(originMs) * 1'000'000, "k") << true << qint64{originMs};
    QTest::newRow("a byte is missing") << whole.chopped(1) << false << qint64{0};
    QTest::newRow("a byte too many") << whole + '\1' << false << qint64{0};
    QTest::newRow("a field nobody knows") << whole + "\x40\x01" << false << qint64{0};
    QTest::newRow("no topic can be named so") << metadata("or ders", 3, 1, originMs, "k") << false << qint64{0};
    QTest::newRow("a time before Kafka") << metadata("orders", 3, 1, 17, "k") << false << qint64{0};
    QTest::newRow("a length beyond the end")
        << QByteArray("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f") << false << qint64{0};
    QTest::newRow("a number that never ends") << QByteArray(11, '\xff') << false << qint64{0};
    QTest::newRow("an ordinary key") << QByteArray("order-4711") << false << qint64{0};
}

void TstGuessedDialects::uForwarderKeys()
{
    QFETCH(QByteArray, key);
    QFETCH(bool, isRead);
    QFETCH(qint64, ms);
    RawRecord record = letter({});
    record.key = key;
    const auto facts = readUForwarder(record);
    QCOMPARE(facts.has_value(), isRead);
    if (!facts)
        return;
    QCOMPARE(facts->dialect, u"uforwarder"_s);
    QCOMPARE(facts->originTopic, u"orders"_s);
    QCOMPARE(facts->originPartition, 3);
    QCOMPARE(facts->originOffset, Offset{88120});
    QCOMPARE(facts->originTimestamp, utcFromMs(ms));
    QCOMPARE(facts->attempts, 3);
    QVERIFY(!facts->errorClass && !facts->errorMessage && !facts->deadLetteredAt);
}

void TstGuessedDialects::genericLetters_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QString>("className");
    QTest::addColumn<QString>("message");
    const QString none;
    const Headers home{{"X-Original-Topic", QByteArray("orders")},
                       {"x_original_offset", QByteArray("17")},
                       {"x-exception-class", QByteArray("com.acme.Broken")},
                       {"x-error-message", QByteArray("no stock")}};
    QTest::newRow("headers of a home-made framework")
        << home << QByteArray("{}") << u"generic"_s << u"orders"_s << u"com.acme.Broken"_s << u"no stock"_s;
    QTest::newRow("an envelope") << Headers()
                                 << QByteArray(
                                        R"({"originalTopic":"orders","error":"no stock","retryCount":3,"payload":{}})")
                                 << u"generic"_s << u"orders"_s << none << u"no stock"_s;
    Headers torn = home;
    torn.push_back({"source-topic", QByteArray("other")});
    QTest::newRow("two origins that contradict each other are none")
        << torn << QByteArray("{}") << u"generic"_s << none << u"com.acme.Broken"_s << u"no stock"_s;
    QTest::newRow("an origin without a failure is a copy, no dead letter")
        << Headers{{"original-topic", QByteArray("orders")}} << QByteArray("{}") << u"unrecognised"_s << none << none
        << none;
    QTest::newRow("an error code alone tells nothing")
        << Headers{{"error-code", QByteArray("0")}} << QByteArray("{}") << u"unrecognised"_s << none << none << none;
    QTest::newRow("a payload with an error of its own")
        << Headers() << QByteArray(R"({"error":"declined"})") << u"unrecognised"_s << none << none << none;
}

void TstGuessedDialects::genericLetters()
{
    QFETCH(Headers, headers);
    QFETCH(QByteArray, value);
    QFETCH(QString, dialect);
    QFETCH(QString, topic);
    QFETCH(QString, className);
    QFETCH(QString, message);
    const auto registry = DialectRegistry::bundled();
    QVERIFY(registry.has_value());
    RawRecord record = letter(headers);
    record.value = value;
    const LetterFacts facts = registry->read(record);
    QCOMPARE(facts.dialect, dialect);
    QVERIFY(facts.confidence <= 0.3);
    QCOMPARE(facts.originTopic.value_or(QString()), topic);
    QCOMPARE(facts.errorClass.value_or(QString()), className);
    QCOMPARE(facts.errorMessage.value_or(QString()), message);
    QVERIFY(!facts.attempts && !facts.consumerGroup && !facts.originTimestamp);
}

namespace {

void write(const QTemporaryDir& folder, const QString& name, const QByteArray& text)
{
    QFile file(folder.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

void TstGuessedDialects::ownDialectsComeAfterTheBundledOnes()
{
    const QTemporaryDir folder;
    write(folder, u"acme.json"_s,
          R"({ "id": "acme", "name": "Acme", "detect": [{ "all": ["acme-topic"], "confidence": 0.9 }],
                                      "fields": { "originTopic": [{ "header": "acme-topic" }] } })");
    write(folder, u"watermill.json"_s,
          R"({ "id": "watermill", "name": "Ours", "detect": [{ "all": ["w"], "confidence": 1 }],
                                           "fields": { "originTopic": [{ "header": "w" }] } })");
    const auto bundled = DialectRegistry::bundled();
    const Checked<DialectRegistry> registry = DialectRegistry::withUsers(folder.path());
    QVERIFY(bundled.has_value() && registry.value.has_value());
    QCOMPARE(registry.value->dialects().size(), bundled->dialects().size() + 1);
    QCOMPARE(registry.value->dialect(u"watermill")->name, u"Ours"_s);
    QCOMPARE(registry.value->read(letter({{"acme-topic", QByteArray("orders")}})).dialect, u"acme"_s);
}

void TstGuessedDialects::everyMistakeIsTold()
{
    const QTemporaryDir folder;
    write(folder, u"a.json"_s,
          "{\n  \"id\": \"a\",\n  \"name\": \"A\",\n  \"detect\": [{ \"all\": [\"x\"], \"confidence\": 2 }],\n"
          "  \"fields\": { \"originTopik\": [{ \"header\": \"x\" }] },\n  \"more\": 1\n}\n");
    write(folder, u"b.json"_s, "{\n  \"id\": ");
    const Checked<DialectRegistry> registry = DialectRegistry::withUsers(folder.path());
    QVERIFY(!registry.value.has_value());
    QStringList told;
    for (const FileIssue& issue : registry.issues)
        told += u"%1:%2:%3"_s.arg(QFileInfo(issue.place.file).fileName()).arg(issue.place.line).arg(issue.place.column);
    QCOMPARE(told, (QStringList{u"a.json:6:3"_s, u"a.json:4:30"_s, u"a.json:5:15"_s, u"b.json:2:9"_s}));
}

QTEST_GUILESS_MAIN(TstGuessedDialects)
#include "tst_guesseddialects.moc"
