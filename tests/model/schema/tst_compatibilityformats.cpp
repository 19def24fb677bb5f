// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilityformats.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QXmlStreamReader>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

SchemaChange change(const QString& event, int from, int to, const QString& kind, ChangeVerdict verdict)
{
    return {.eventType = event,
            .from = from,
            .to = to,
            .difference = {.path = u"#/properties/id"_s,
                           .kind = kind,
                           .place = {.file = u"schemas/a b/%1.v%2.json"_s.arg(event).arg(to), .line = 12, .column = 5},
                           .message = u"id was removed, 100% <of> \"it\"\n::error::x\u202e"_s},
            .verdict = verdict,
            .levels = {CompatibilityLevel::Backward, CompatibilityLevel::Full},
            .counterexample = QByteArray(R"({"id":"<1>"})"),
            .consumers = {u"payment"_s, u"mail"_s},
            .waiver = verdict == ChangeVerdict::Waived ? u"waived until 2027-01-01 by ann: known"_s : QString()};
}

CompatibilityReport report()
{
    CompatibilityReport all{.compatible = false};
    all.changes = {change(u"order.created"_s, 1, 2, u"propertyRemoved"_s, ChangeVerdict::Breaking),
                   change(u"order.created"_s, 1, 2, u"propertyAdded"_s, ChangeVerdict::Compatible),
                   change(u"order.created"_s, 2, 3, u"propertyAdded"_s, ChangeVerdict::Compatible),
                   change(u"order.paid"_s, 1, 2, u"type_mismatch"_s, ChangeVerdict::Waived),
                   change(u"order.sent"_s, 1, 2, u"notUnderstood"_s, ChangeVerdict::Undecided)};
    all.issues = {{.severity = IssueSeverity::Error,
                   .place = {.file = u"/abs/x.v1.json"_s, .line = 3, .column = 2},
                   .message = u"no JSON"_s,
                   .remedy = u"correct it"_s}};
    return all;
}

} // namespace

class TstCompatibilityFormats final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sarif();
    void sarifOfNothing();
    void junit();
    void annotations();
};

/// What SARIF 2.1.0 asks of a log, and what GitHub's code scanning reads.
void TstCompatibilityFormats::sarif()
{
    const QJsonObject log = QJsonDocument::fromJson(compatibilityAsSarif(report())).object();
    QCOMPARE(log[u"version"_s].toString(), u"2.1.0"_s);
    QVERIFY(log[u"$schema"_s].toString().contains(u"sarif-2.1.0"));
    QCOMPARE(log[u"runs"_s].toArray().size(), 1);
    const QJsonObject run = log[u"runs"_s].toArray().first().toObject();
    const QJsonObject driver = run[u"tool"_s][u"driver"_s].toObject();
    QCOMPARE(driver[u"name"_s].toString(), u"Spillway"_s);
    const QJsonArray rules = driver[u"rules"_s].toArray();
    QCOMPARE(rules.size(), 3);
    for (const QJsonValue& rule : rules)
        QVERIFY(!rule[u"id"_s].toString().isEmpty() && !rule[u"shortDescription"_s][u"text"_s].toString().isEmpty());
    const QJsonArray results = run[u"results"_s].toArray();
    QCOMPARE(results.size(), 3); // what is compatible is no finding
    const QStringList levels{u"none"_s, u"note"_s, u"warning"_s, u"error"_s};
    for (const QJsonValue& result : results) {
        QVERIFY(levels.contains(result[u"level"_s].toString()));
        QVERIFY(!result[u"message"_s][u"text"_s].toString().isEmpty());
        QVERIFY(!result[u"message"_s][u"text"_s].toString().contains(u'\u202e'));
        QCOMPARE(rules[result[u"ruleIndex"_s].toInt(-1)][u"id"_s].toString(), result[u"ruleId"_s].toString());
        const QJsonValue place = result[u"locations"_s][0][u"physicalLocation"_s];
        QVERIFY(place[u"artifactLocation"_s][u"uri"_s].toString().startsWith(u"schemas/a%20b/order."));
        QCOMPARE(place[u"region"_s][u"startLine"_s].toInt(), 12);
        QCOMPARE(place[u"region"_s][u"startColumn"_s].toInt(), 5);
        QVERIFY(result[u"partialFingerprints"_s].isObject());
        QCOMPARE(result[u"suppressions"_s].isArray(), result[u"level"_s].toString() == u"note");
    }
    const QJsonObject invocation = run[u"invocations"_s][0].toObject();
    QCOMPARE(invocation[u"executionSuccessful"_s].toBool(true), false);
    const QJsonValue told = invocation[u"toolExecutionNotifications"_s][0];
    QCOMPARE(told[u"level"_s].toString(), u"error"_s);
    QCOMPARE(told[u"locations"_s][0][u"physicalLocation"_s][u"artifactLocation"_s][u"uri"_s].toString(),
             u"file:///abs/x.v1.json"_s);
}

void TstCompatibilityFormats::sarifOfNothing()
{
    const QJsonObject run = QJsonDocument::fromJson(compatibilityAsSarif({})).object()[u"runs"_s][0].toObject();
    QVERIFY(run[u"results"_s].isArray()); // present and empty: looked, and found nothing
    QVERIFY(run[u"results"_s].toArray().isEmpty());
    QCOMPARE(run[u"invocations"_s][0][u"executionSuccessful"_s].toBool(), true);
}

void TstCompatibilityFormats::junit()
{
    QXmlStreamReader xml(compatibilityAsJUnit(report()));
    QStringList seen;
    QString failure;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        const auto attribute = [&](const QString& name) { return xml.attributes().value(name).toString(); };
        if (xml.name() == u"testsuites")
            seen.append(u"%1 tests %2 failures %3 errors"_s.arg(attribute(u"tests"_s), attribute(u"failures"_s),
                                                                attribute(u"errors"_s)));
        else if (xml.name() == u"testsuite")
            seen.append(u"%1: %2/%3/%4"_s.arg(attribute(u"name"_s), attribute(u"tests"_s), attribute(u"failures"_s),
                                              attribute(u"errors"_s)));
        else if (xml.name() == u"testcase")
            seen.append(u"  "_s + attribute(u"name"_s));
        else
            seen.append(u"    "_s + xml.name().toString());
        if (xml.name() == u"failure" && failure.isEmpty())
            failure = xml.readElementText();
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(seen, (QStringList{u"5 tests 2 failures 1 errors"_s, u"order.created: 2/1/0"_s, u"  v1 to v2"_s,
                                u"    failure"_s, u"  v2 to v3"_s, u"order.paid: 1/0/0"_s, u"  v1 to v2"_s,
                                u"order.sent: 1/1/0"_s, u"  v1 to v2"_s, u"    failure"_s, u"files: 1/0/1"_s,
                                u"  /abs/x.v1.json"_s, u"    error"_s}));
    QVERIFY2(failure.contains(u"order.created.v2.json:12:5: order.created v1 to v2: id was removed"),
             qPrintable(failure));
    QVERIFY(failure.contains(uR"(for example {"id":"<1>"})"));
}

/// A message cannot end its line and begin a command of its own.
void TstCompatibilityFormats::annotations()
{
    const QList<QByteArray> lines = compatibilityAsAnnotations(report()).trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].startsWith("::error file=/abs/x.v1.json,line=3,col=2,title=Schema does not read::"));
    QVERIFY(
        lines[1].startsWith("::error file=schemas/a b/order.created.v2.json,line=12,col=5,title=Property removed::"));
    QVERIFY(lines[1].contains("100%25"));
    QVERIFY(lines[2].startsWith("::notice "));
    QVERIFY(lines[3].startsWith("::warning "));
}

QTEST_GUILESS_MAIN(TstCompatibilityFormats)
#include "tst_compatibilityformats.moc"
