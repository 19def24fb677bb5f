// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/guesseddialects.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

std::optional<QByteArray> bytesOf(const QJsonObject& object, const QString& name)
{
    if (const QJsonValue coded = object[name + u"Base64"_s]; coded.isString())
        return QByteArray::fromBase64(coded.toString().toLatin1());
    const QJsonValue text = object[name];
    return text.isString() ? std::optional(text.toString().toUtf8()) : std::nullopt;
}

RawRecord recordOf(const QJsonObject& object)
{
    RawRecord record;
    record.at = {object[u"topic"_s].toString(), object[u"partition"_s].toInt()};
    record.offset = Offset{object[u"offset"_s].toInteger()};
    record.timestamp = utcFromMs(object[u"timestampMs"_s].toInteger());
    record.key = bytesOf(object, u"key"_s);
    record.value = bytesOf(object, u"value"_s);
    const QJsonArray headers = object[u"headers"_s].toArray();
    for (const QJsonValue& header : headers)
        record.headers.push_back({header[u"name"_s].toString().toUtf8(), bytesOf(header.toObject(), u"value"_s)});
    return record;
}

/// What was read, in the file's words; what was not told is left out.
QJsonObject factsOf(const LetterFacts& facts)
{
    QJsonObject object{{u"dialect"_s, facts.dialect}, {u"isPointer"_s, facts.isPointer}};
    const auto add = [&object](const QString& name, const auto& value) {
        if (value)
            object[name] = *value;
    };
    add(u"originTopic"_s, facts.originTopic);
    add(u"originPartition"_s, facts.originPartition);
    add(u"originOffset"_s, facts.originOffset ? std::optional<qint64>(facts.originOffset->value) : std::nullopt);
    add(u"consumerGroup"_s, facts.consumerGroup);
    add(u"errorClass"_s, facts.errorClass);
    add(u"errorMessage"_s, facts.errorMessage);
    add(u"stage"_s, facts.stage);
    add(u"attempts"_s, facts.attempts);
    return object;
}

} // namespace

/// Letters of frameworks that are not to be had for a live run, made from their source and documents.
class TstGoldenDialects final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyFactIsRead_data();
    void everyFactIsRead();
};

void TstGoldenDialects::everyFactIsRead_data()
{
    QTest::addColumn<QJsonObject>("golden");
    const QDir folder(QStringLiteral(DIALECT_LETTERS));
    const QStringList names = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    QVERIFY(names.size() >= 14);
    for (const QString& name : names) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject golden = QJsonDocument::fromJson(file.readAll()).object();
        QVERIFY2(!golden.isEmpty(), qPrintable(name));
        QTest::newRow(qPrintable(golden[u"about"_s].toString())) << golden;
    }
}

void TstGoldenDialects::everyFactIsRead()
{
    QFETCH(QJsonObject, golden);
    const auto registry = DialectRegistry::bundled();
    QVERIFY(registry);
    const RawRecord record = recordOf(golden[u"record"_s].toObject());
    const LetterFacts facts = registry->read(record);
    QJsonObject wanted = golden[u"facts"_s].toObject();
    if (const QJsonValue at = wanted.take(u"deadLetteredAt"_s); at.isString())
        QCOMPARE(facts.deadLetteredAt, parseRfc3339(at.toString().toUtf8()));
    QCOMPARE(factsOf(facts), wanted);
    if (const QJsonValue key = golden[u"replayedKey"_s]; key.isString())
        QCOMPARE(uForwarderKey(record), std::optional(key.toString().toUtf8()));
    if (const QJsonValue value = golden[u"replayedValue"_s]; value.isString()) {
        const PayloadToSend sent = payloadToSend(record, facts.dialect, registry->payloadPlace(facts.dialect));
        QVERIFY2(sent.inner, qPrintable(sent.refusal));
        QCOMPARE(sent.inner->bytes, value.toString().toUtf8());
        QCOMPARE(record.value->mid(sent.inner->from, sent.inner->to - sent.inner->from), sent.inner->bytes);
    }
    if (const QJsonValue name = golden[u"strippedHeader"_s]; name.isString()) {
        for (const Header& header : record.headers)
            QCOMPARE(isUForwarderHeader(header), header.name == name.toString().toUtf8());
    }
}

QTEST_GUILESS_MAIN(TstGoldenDialects)
#include "tst_goldendialects.moc"
