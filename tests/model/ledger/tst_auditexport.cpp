// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/auditexport.h"
#include "tests/support/manualclock.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

LedgerEvent entry(const QString& type, const QByteArray& body)
{
    return {7, utcFromMs(1'795'737'600'123), u"ada"_s, type, body, QByteArray(32, '\1'), QByteArray(32, '\2')};
}

QJsonObject line(const LedgerEvent& event)
{
    const QByteArray text = ecsLine(event, u"shop"_s);
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(text, &error).object();
    return error.error == QJsonParseError::NoError && !text.contains('\n') ? object : QJsonObject();
}

QByteArray number(std::int64_t value)
{
    QByteArray bytes(8, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

/// The ledger's own rule, made anew from what one line says.
QByteArray hashOfLine(const QByteArray& text)
{
    const QJsonObject object = QJsonDocument::fromJson(text).object();
    const QByteArray mark = "\"body\":";
    const QByteArray body = text.mid(text.indexOf(mark) + mark.size()).chopped(2);
    QByteArray all =
        number(8) + number(object[u"spillway"][u"seq"].toInteger()) + number(8) +
        number(QDateTime::fromString(object[u"@timestamp"].toString(), Qt::ISODateWithMs).toMSecsSinceEpoch());
    for (const QByteArray& field :
         {object[u"user"][u"name"].toString().toUtf8(), object[u"event"][u"action"].toString().toUtf8(), body,
          QByteArray::fromHex(object[u"spillway"][u"previousHash"].toString().toLatin1())})
        all += number(field.size()) + field;
    return QCryptographicHash::hash(all, QCryptographicHash::Sha256).toHex();
}

} // namespace

class AuditExportTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatHappenedHasTheSchemasWords_data();
    void whatHappenedHasTheSchemasWords();
    void whoWhenWhyAndWhere();
    void aBodyThatSomebodyChangedIsShownAsText();
    void whoHasTheLinesCanProveTheChain();
    void itGoesOnWhereTheLastExportEnded();
    void whoHadEnoughIsNotGivenMore();
    void withoutAFileThereIsNothing();
};

void AuditExportTest::whatHappenedHasTheSchemasWords_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("category");
    QTest::addColumn<QString>("kindOfChange");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char* name, const char* type, const char* body, const char* category, const char* kind,
                        const char* outcome) {
        QTest::newRow(name) << QString::fromLatin1(type) << QByteArray(body) << QString::fromLatin1(category)
                            << QString::fromLatin1(kind) << QString::fromLatin1(outcome);
    };
    row("a decision about letters", "deadletter.triaged", "{}", "database", "change", "success");
    row("a look behind the masks", "deadletter.revealed", "{}", "database", "access", "success");
    row("letters that left the house", "deadletter.exported", "{}", "database", "access", "success");
    row("a replay begins", "replay.runStarted", "{}", "process", "start", "success");
    row("a replay ended as failed", "replay.stateChanged", R"({"state":"failed"})", "process", "change", "failure");
    row("a replay is done", "replay.stateChanged", R"({"state":"done"})", "process", "change", "success");
    row("a batch that was not sent", "replay.batchNotSent", "{}", "process", "change", "failure");
    row("a break that was acknowledged", "schema.acknowledged", "{}", "configuration", "change", "success");
    row("a type of a later release", "weather.changed", "{}", "database", "change", "success");
}

void AuditExportTest::whatHappenedHasTheSchemasWords()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, body);
    QFETCH(QString, category);
    QFETCH(QString, kindOfChange);
    QFETCH(QString, outcome);
    const QJsonObject told = line(entry(type, body));
    const QJsonObject what = told[u"event"].toObject();
    QCOMPARE(told[u"ecs"][u"version"].toString(), u"8.11.0"_s);
    QCOMPARE(what[u"kind"].toString(), u"event"_s);
    QCOMPARE(what[u"action"].toString(), type);
    QCOMPARE(what[u"category"].toArray(), QJsonArray{category});
    QCOMPARE(what[u"type"].toArray(), QJsonArray{kindOfChange});
    QCOMPARE(what[u"outcome"].toString(), outcome);
}

void AuditExportTest::whoWhenWhyAndWhere()
{
    const QJsonObject told = line(entry(u"deadletter.triaged"_s, "{\"to\":\"parked\",\"reason\":\"käse\\u2028 <x>\"}"));
    QCOMPARE(told[u"@timestamp"].toString(), u"2026-11-27T00:00:00.123Z"_s);
    QCOMPARE(told[u"user"][u"name"].toString(), u"ada"_s);
    QCOMPARE(told[u"labels"][u"workspace"].toString(), u"shop"_s);
    QCOMPARE(told[u"event"][u"reason"].toString(), u"käse\u2028 <x>"_s);
    QCOMPARE(told[u"message"].toString(), u"deadletter.triaged by ada: käse\u2028 <x>"_s);
    QCOMPARE(told[u"event"][u"sequence"].toInteger(), 7);
    QCOMPARE(told[u"event"][u"hash"].toString(), QString::fromLatin1(QByteArray(32, '\2').toHex()));
    QCOMPARE(told[u"spillway"][u"body"][u"to"].toString(), u"parked"_s);
    QVERIFY(!line(entry(u"deadletter.triaged"_s, "{}"))[u"event"].toObject().contains(u"reason"));
}

void AuditExportTest::aBodyThatSomebodyChangedIsShownAsText()
{
    const QJsonObject told = line(entry(u"deadletter.triaged"_s, "{\"to\":\n"));
    QVERIFY(told[u"spillway"].toObject()[u"body"].isNull());
    QCOMPARE(told[u"event"][u"original"].toString(), u"{\"to\":\n"_s);
}

void AuditExportTest::whoHasTheLinesCanProveTheChain()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"ledger.sqlite"_s);
    test::ManualClock clock;
    {
        auto ledger = Ledger::open(file, clock).value();
        for (int i = 0; i < 150; ++i) { // more than are read at once
            clock.advance(Millis{7});
            QVERIFY(ledger->append(i % 2 ? u"ada"_s : u"böb"_s, i % 3 ? u"replay.planned"_s : u"deadletter.triaged"_s,
                                   "{\"n\": " + QByteArray::number(i) + ",\"why\":\"käse\"}"));
        }
    }
    QByteArray previous = QByteArray(64, '0');
    int seen = 0;
    const auto lines = exportLedger(file, u"shop"_s, {}, [&](const QByteArray& text) {
        const QJsonObject told = QJsonDocument::fromJson(text).object();
        const bool follows = told[u"spillway"][u"previousHash"].toString().toLatin1() == previous &&
                             told[u"event"][u"sequence"].toInteger() == seen + 1;
        previous = told[u"event"][u"hash"].toString().toLatin1();
        seen += follows && hashOfLine(text) == previous ? 1 : 0;
        return true;
    });
    QCOMPARE(lines.value(), 150);
    QCOMPARE(seen, 150);
    QCOMPARE(verifyLedger(file).value().head.toHex(), previous);
}

void AuditExportTest::itGoesOnWhereTheLastExportEnded()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"ledger.sqlite"_s);
    test::ManualClock clock;
    {
        auto ledger = Ledger::open(file, clock).value();
        for (int i = 1; i <= 6; ++i)
            QVERIFY(ledger->append(u"ada"_s, i % 2 ? u"replay.planned"_s : u"deadletter.triaged"_s, "{}"));
    }
    const auto seqs = [&](const AuditFilter& filter) {
        QList<std::int64_t> found;
        const auto lines = exportLedger(file, u"shop"_s, filter, [&](const QByteArray& text) {
            found += QJsonDocument::fromJson(text)[u"event"][u"sequence"].toInteger();
            return true;
        });
        return lines ? found : QList<std::int64_t>{-1};
    };
    QCOMPARE(seqs({.after = 4, .typePrefix = {}}), (QList<std::int64_t>{5, 6}));
    QCOMPARE(seqs({.after = 2, .typePrefix = u"replay."_s}), (QList<std::int64_t>{3, 5}));
    QCOMPARE(seqs({.after = 6, .typePrefix = {}}), QList<std::int64_t>{});
}

void AuditExportTest::whoHadEnoughIsNotGivenMore()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"ledger.sqlite"_s);
    test::ManualClock clock;
    {
        auto ledger = Ledger::open(file, clock).value();
        for (int i = 1; i <= 6; ++i)
            QVERIFY(ledger->append(u"ada"_s, u"replay.planned"_s, "{}"));
    }
    int asked = 0;
    QCOMPARE(exportLedger(file, u"shop"_s, {}, [&](const QByteArray&) { return ++asked < 3; }).value(), 2);
    QCOMPARE(asked, 3);
}

void AuditExportTest::withoutAFileThereIsNothing()
{
    const QTemporaryDir folder;
    const auto lines =
        exportLedger(folder.filePath(u"ledger.sqlite"_s), u"shop"_s, {}, [](const QByteArray&) { return true; });
    QVERIFY(!lines);
    QCOMPARE(lines.error().code, ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(AuditExportTest)
#include "tst_auditexport.moc"
