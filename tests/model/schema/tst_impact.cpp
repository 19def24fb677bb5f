// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/impact.h"
#include "model/compatibility/schemaacks.h"
#include "model/compatibility/schemanotices.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

SchemaVersion version(int number, SchemaLanguage language, const QByteArray& text)
{
    return {.eventType = u"order.created"_s,
            .version = number,
            .file = u"order.created.v%1"_s.arg(number),
            .language = language,
            .text = text,
            .uri = u"file:///schemas/order.created.v%1"_s.arg(number),
            .load = {}};
}

SchemaChange change(const QString& path, ChangeVerdict verdict)
{
    return {.eventType = u"order.created"_s,
            .from = 1,
            .to = 2,
            .difference = {.path = path, .kind = u"x"_s},
            .verdict = verdict};
}

Catalog company(std::optional<int> noticeDays)
{
    OwnedEvent event{.eventType = u"order.created"_s,
                     .producer = {.team = u"order-team"_s, .service = u"order-service"_s, .slackChannel = u"#order"_s}};
    const auto add = [&](const QString& service, const QString& team, const QStringList& fields) {
        event.consumers.push_back({.team = team, .service = service, .fields = fields});
    };
    add(u"payment"_s, u"payment-team"_s, {u"id"_s, u"customer.id"_s});
    add(u"mail"_s, u"order-team"_s, {u"customer.mail"_s});
    add(u"search"_s, u"search-team"_s, {});
    GovernanceRules rules;
    rules.schemaChangeNoticeDays = noticeDays;
    return Catalog({event}, {}, rules);
}

} // namespace

class TstImpact final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fields_data();
    void fields();
    void touching_data();
    void touching();
    void consumers();
    void pinned_data();
    void pinned();
    void consumersOfTheReport();
    void protobufSamples();
    void jsonSamples();
    void avroSamples();
    void output();
    void acknowledgements();
    void notices_data();
    void notices();
    void overdueFirst();
};

void TstImpact::fields_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("field");
    QTest::newRow("a property") << u"#/properties/id"_s << u"id"_s;
    QTest::newRow("its keyword") << u"#/properties/id/type"_s << u"id"_s;
    QTest::newRow("a property within") << u"#/properties/customer/properties/id/maxLength"_s << u"customer.id"_s;
    QTest::newRow("of a list's element") << u"#/properties/lines/items/properties/sku"_s << u"lines[].sku"_s;
    QTest::newRow("what is required") << u"#/properties/customer/required/id"_s << u"customer.id"_s;
    QTest::newRow("a branch") << u"#/allOf/1/properties/id"_s << u"id"_s;
    QTest::newRow("a property called properties") << u"#/properties/properties/properties/x"_s << u"properties.x"_s;
    QTest::newRow("a name with a slash") << u"#/properties/a~1b"_s << u"a/b"_s;
    QTest::newRow("the whole") << u"#"_s << QString();
    QTest::newRow("a keyword of the whole") << u"#/additionalProperties"_s << QString();
}

void TstImpact::fields()
{
    QFETCH(QString, path);
    QFETCH(QString, field);
    QCOMPARE(payloadFieldOf({.path = path}), field);
}

void TstImpact::touching_data()
{
    QTest::addColumn<QStringList>("declared");
    QTest::addColumn<QString>("field");
    QTest::addColumn<bool>("touched");
    QTest::newRow("the same") << QStringList{u"id"_s} << u"id"_s << true;
    QTest::newRow("another") << QStringList{u"id"_s} << u"idx"_s << false;
    QTest::newRow("below what is read") << QStringList{u"customer"_s} << u"customer.id"_s << true;
    QTest::newRow("above what is read") << QStringList{u"customer.id"_s} << u"customer"_s << true;
    QTest::newRow("beside what is read") << QStringList{u"customer.id"_s} << u"customer.mail"_s << false;
    QTest::newRow("an element by its place") << QStringList{u"lines[0].sku"_s} << u"lines[].sku"_s << true;
    QTest::newRow("nothing is declared") << QStringList() << u"id"_s << true;
    QTest::newRow("the whole changes") << QStringList{u"id"_s} << QString() << true;
}

void TstImpact::touching()
{
    QFETCH(QStringList, declared);
    QFETCH(QString, field);
    QFETCH(bool, touched);
    QCOMPARE(touches(declared, field), touched);
}

void TstImpact::consumers()
{
    CompatibilityReport report;
    report.changes = {change(u"#/properties/customer/properties/id"_s, ChangeVerdict::Breaking),
                      change(u"#/properties/customer/properties/mail"_s, ChangeVerdict::Compatible),
                      change(u"#/properties/customer/properties/mail"_s, ChangeVerdict::Waived)};
    const auto impact = impactOf(report, company(7), QDate(2026, 11, 26));
    QCOMPARE(impact.size(), 1U);
    const EventImpact& one = impact.front();
    QCOMPARE(one.breaking, 1);
    QCOMPARE(one.consumers.size(), 3U);
    QVERIFY(one.consumers[0].isBroken);
    QCOMPARE(one.consumers[0].fields, QStringList{u"customer.id"_s});
    QVERIFY(!one.consumers[1].isBroken);
    QCOMPARE(one.consumers[1].slackChannel, u"#order"_s); // its team's
    QVERIFY(one.consumers[2].isBroken);                   // may read anything
    QVERIFY(one.consumers[2].fields.isEmpty());
    QCOMPARE(one.notBefore, std::optional(QDate(2026, 12, 3)));
    QVERIFY(!impactOf(report, company({}), QDate(2026, 11, 26)).front().notBefore);
    report.changes.erase(report.changes.begin());
    QVERIFY(!impactOf(report, company(7), QDate(2026, 11, 26)).front().notBefore); // nobody breaks
}

void TstImpact::pinned_data()
{
    QTest::addColumn<int>("pin");
    QTest::addColumn<bool>("isTwoWay");
    QTest::addColumn<QString>("affected");
    QTest::addColumn<QString>("reason");
    QTest::newRow("an older version that reads new messages: not yet")
        << 1 << false << u"notYet"_s << u"pinned to v1, which reads the new messages too; breaks when it moves"_s;
    QTest::newRow("an older version that does not read them: now")
        << 1 << true << u"now"_s << u"pinned to v1, which cannot read the new messages; reads id"_s;
    QTest::newRow("the new version: it has moved")
        << 2 << true << u"no"_s << u"pinned to v2; nothing that it reads breaks"_s;
    QTest::newRow("a version that is still to come")
        << 3 << false << u"no"_s << u"pinned to v3; nothing that it reads breaks"_s;
}

void TstImpact::pinned()
{
    QFETCH(int, pin);
    QFETCH(bool, isTwoWay);
    QFETCH(QString, affected);
    QFETCH(QString, reason);
    OwnedEvent event{.eventType = u"order.created"_s, .producer = {}};
    event.consumers.push_back(
        {.team = u"payment-team"_s, .service = u"payment"_s, .fields = {u"id"_s}, .schemaVersion = pin});
    const Catalog catalog({event}, {}, {.schemaChangeNoticeDays = 7});
    CompatibilityReport report;
    report.changes = {change(u"#/properties/id"_s, ChangeVerdict::Breaking)};
    report.changes.front().difference.backward = DirectionVerdict::Breaks;
    report.changes.front().difference.forward = isTwoWay ? DirectionVerdict::Breaks : DirectionVerdict::Holds;
    addConsumers(report.changes.front(), {.policy = {}, .level = {}, .rules = {}, .catalog = &catalog, .today = {}});
    // What the check says of a change and what impact says of its consumers is the same.
    QCOMPARE(report.changes.front().consumers.contains(u"payment"), affected == u"now");
    QCOMPARE(report.changes.front().consumersNotYet.contains(u"payment"), affected == u"notYet");
    const auto impact = impactOf(report, catalog, QDate(2026, 11, 26));
    QCOMPARE(impact.front().notBefore.has_value(), affected == u"now");
    const QJsonObject consumer =
        QJsonDocument::fromJson(impactAsJson(impact, {}, QDate(2026, 11, 26))).array()[0][u"consumers"][0].toObject();
    QCOMPARE(consumer[u"affected"].toString(), affected);
    QCOMPARE(consumer[u"broken"].toBool(), affected == u"now");
    QCOMPARE(consumer[u"schemaVersion"].toInt(), pin);
    QCOMPARE(consumer[u"reason"].toString(), reason);
}

void TstImpact::protobufSamples()
{
    SamplePlayer player(version(1, SchemaLanguage::Protobuf, "message O { int32 a = 1; }"),
                        version(2, SchemaLanguage::Protobuf, "message O { sint32 a = 1; }"));
    player.play(u"a"_s, QByteArray());                            // nothing set: reads the same
    player.play(u"b"_s, QByteArray::fromHex("0801"));             // reads as another number
    player.play(u"c"_s, QByteArray::fromHex("000000000700080a")); // behind a registry's id and index
    QCOMPARE(player.outcome().fitting, 3);
    QCOMPARE(player.outcome().failing, 2);
    QCOMPARE(player.outcome().first, u"b"_s);
    QCOMPARE(player.outcome().firstMessage, u"a reads as another value"_s);
}

void TstImpact::consumersOfTheReport()
{
    const Catalog catalog = company(7);
    const CompatibilityOptions options{
        .level = CompatibilityLevel::Backward, .catalog = &catalog, .today = QDate(2026, 11, 26)};
    const auto report =
        checkCompatibility({version(1, SchemaLanguage::JsonSchema,
                                    R"({"properties": {"customer": {"properties": {"id": {"type": "string"}}}}})"),
                            version(2, SchemaLanguage::JsonSchema,
                                    R"({"properties": {"customer": {"properties": {"id": {"type": "integer"}}}}})")},
                           {{0, 1, true}}, options);
    QVERIFY(!report.compatible);
    QCOMPARE(report.changes.front().consumers, (QStringList{u"payment"_s, u"search"_s}));
}

void TstImpact::jsonSamples()
{
    SamplePlayer player(
        version(1, SchemaLanguage::JsonSchema, R"({"type": "object", "required": ["id"]})"),
        version(2, SchemaLanguage::JsonSchema,
                R"({"type": "object", "required": ["id"], "properties": {"total": {"type": "integer"}}})"));
    player.play(u"a"_s, R"({"id": 1, "total": 5})");
    player.play(u"b"_s, R"({"id": 1, "total": "secret"})");
    player.play(u"c"_s, R"({"id": 1, "total": 1.5})");
    player.play(u"d"_s, R"({"total": 1})"); // fitted nothing before
    player.play(u"e"_s, "no json");
    QCOMPARE(player.outcome().fitting, 3);
    QCOMPARE(player.outcome().failing, 2);
    QCOMPARE(player.outcome().others, 2);
    QCOMPARE(player.outcome().first, u"b"_s);
    QCOMPARE(player.outcome().firstPath, u"/total"_s);
    QVERIFY(!player.outcome().firstMessage.contains(u"secret"));
}

void TstImpact::avroSamples()
{
    SamplePlayer player(version(1, SchemaLanguage::Avro, R"({"type":"enum","name":"S","symbols":["A","B"]})"),
                        version(2, SchemaLanguage::Avro, R"({"type":"enum","name":"S","symbols":["A"]})"));
    player.play(u"a"_s, QByteArray::fromHex("00"));
    player.play(u"b"_s, QByteArray::fromHex("02"));
    player.play(u"c"_s, QByteArray::fromHex("000000000702")); // behind a registry's id
    player.play(u"d"_s, QByteArray::fromHex("09"));
    QCOMPARE(player.outcome().fitting, 3);
    QCOMPARE(player.outcome().failing, 2);
    QCOMPARE(player.outcome().others, 1);
    QCOMPARE(player.outcome().first, u"b"_s);
}

void TstImpact::output()
{
    CompatibilityReport report;
    report.changes = {change(u"#/properties/customer/properties/id"_s, ChangeVerdict::Breaking)};
    auto impact = impactOf(report, company(7), QDate(2026, 11, 26));
    impact.front().samples =
        SampleOutcome{.fitting = 4, .failing = 1, .first = u"x-1"_s, .firstPath = u"/id"_s, .firstMessage = u"no"_s};
    const QJsonObject one =
        QJsonDocument::fromJson(impactAsJson(impact, {}, QDate(2026, 11, 26))).array().first().toObject();
    QCOMPARE(one[u"event"_s].toString(), u"order.created"_s);
    QCOMPARE(one[u"notBefore"_s].toString(), u"2026-12-03"_s);
    QCOMPARE(one[u"consumers"_s][0][u"broken"_s].toBool(), true);
    QCOMPARE(one[u"consumers"_s][1][u"broken"_s].toBool(true), false);
    QCOMPARE(one[u"samples"_s][u"failing"_s].toInt(), 1);
    const QString text = impactAsText(impact);
    QVERIFY2(text.contains(u"2 of 3 consumers break; told today, not before 2026-12-03 (7 days' notice)"),
             qPrintable(text));
    QVERIFY2(text.contains(u"of 4 real messages that fit v1, 1 would fail; first x-1 at /id: no"), qPrintable(text));
    const QDate today(2026, 11, 26);
    QCOMPARE(one[u"notice"_s].toString(), u"notTold"_s);
    QCOMPARE(one[u"takesEffect"_s].toString(), u"2026-12-03"_s);
    QVERIFY(one[u"toldAt"_s].isNull());
    const QByteArray calendar = noticesAsCalendar(noticesOf(impact, {}, today), today);
    QCOMPARE(calendar.count("BEGIN:VEVENT"), 1);
    QVERIFY(calendar.contains("DTSTART;VALUE=DATE:20261203\r\n"));
    QVERIFY(calendar.contains("7 days' notice for payment-team\\, search-team"));
    for (const QByteArray& line : calendar.split('\n'))
        QVERIFY(line.size() <= 76);
}

void TstImpact::acknowledgements()
{
    const QTemporaryDir dir;
    const QString file = dir.filePath(u"order.created.v2.json"_s);
    QFile schema(file);
    QVERIFY(schema.open(QIODevice::WriteOnly));
    schema.write("{}");
    schema.close();
    const Catalog catalog = company(7);
    const SchemaFolder schemas(dir.path());
    const auto says = [&](const SchemaAck& ack) {
        const auto draft = schemaAckDraft(ack, catalog, schemas);
        return draft ? QString() : draft.error().detail;
    };
    const SchemaAck good{
        .eventType = u"order.created"_s, .version = 2, .consumer = u"payment"_s, .note = u"done"_s, .actor = u"ann"_s};
    QCOMPARE(says(good), QString());
    SchemaAck other = good;
    other.eventType = u"order.creatd"_s;
    QVERIFY2(says(other).contains(u"did you mean 'order.created'"), qPrintable(says(other)));
    other = good;
    other.consumer = u"nobody"_s;
    QVERIFY2(says(other).contains(u"payment, mail, search"), qPrintable(says(other)));
    other = good;
    other.version = 3;
    QVERIFY(says(other).contains(u"no version 3"));

    const QString ledgerFile = dir.filePath(u"ledger.sqlite"_s);
    QVERIFY(readSchemaAcks(ledgerFile).value().empty());
    const SystemClock clock;
    const auto ledger = Ledger::open(ledgerFile, clock);
    QVERIFY(ledger.has_value());
    QVERIFY((*ledger)->append({*schemaAckDraft(good, catalog, schemas)}).has_value());
    const auto acks = readSchemaAcks(ledgerFile);
    QCOMPARE(acks->size(), 1U);
    QCOMPARE(acks->front().note, u"done"_s);
    CompatibilityReport report;
    report.changes = {change(u"#/properties/id"_s, ChangeVerdict::Breaking)};
    auto impact = impactOf(report, catalog, QDate(2026, 11, 26));
    applySchemaAcks(*acks, impact);
    QCOMPARE(impact.front().consumers[0].acknowledgedBy, u"ann"_s);
    QVERIFY(impact.front().consumers[0].acknowledgedAt.has_value());
    QVERIFY(!impact.front().consumers[2].acknowledgedAt);
    QVERIFY(impactAsText(impact).contains(u"acknowledged by ann at "));
    QVERIFY(impactAsText(impact).contains(u"not acknowledged"));
}

void TstImpact::notices_data()
{
    QTest::addColumn<QStringList>("told"); // teams, on 2026-11-20
    QTest::addColumn<QStringList>("acked");
    QTest::addColumn<int>("daysLater"); // after 2026-11-20
    QTest::addColumn<QString>("state");
    QTest::addColumn<QDate>("day");
    const QStringList both{u"payment-team"_s, u"search-team"_s};
    const QStringList services{u"payment"_s, u"search"_s};
    QTest::newRow("nobody was told") << QStringList() << QStringList() << 3 << u"notTold"_s << QDate(2026, 11, 30);
    QTest::newRow("one team of two was told")
        << QStringList{u"payment-team"_s} << QStringList() << 3 << u"notTold"_s << QDate(2026, 11, 30);
    QTest::newRow("all were told, the day is to come")
        << both << QStringList() << 6 << u"waiting"_s << QDate(2026, 11, 27);
    QTest::newRow("one of two is ready") << both << QStringList{u"payment"_s} << 6 << u"waiting"_s
                                         << QDate(2026, 11, 27);
    QTest::newRow("all are ready before the day") << both << services << 6 << u"ready"_s << QDate(2026, 11, 27);
    QTest::newRow("all are ready and nobody was told by us")
        << QStringList() << services << 0 << u"ready"_s << QDate(2026, 11, 27);
    QTest::newRow("the day has come without them") << both << QStringList() << 7 << u"overdue"_s << QDate(2026, 11, 27);
    QTest::newRow("the day has come with one of them")
        << both << QStringList{u"search"_s} << 30 << u"overdue"_s << QDate(2026, 11, 27);
    QTest::newRow("the day has come and all are ready") << both << services << 7 << u"due"_s << QDate(2026, 11, 27);
}

void TstImpact::notices()
{
    QFETCH(QStringList, told);
    QFETCH(QStringList, acked);
    QFETCH(int, daysLater);
    QFETCH(QString, state);
    QFETCH(QDate, day);
    const QDate today = QDate(2026, 11, 20).addDays(daysLater);
    CompatibilityReport report;
    report.changes = {change(u"#/properties/customer/properties/id"_s, ChangeVerdict::Breaking)};
    auto impact = impactOf(report, company(7), today); // breaks payment and search
    const UtcTime told20(Millis(QDateTime(QDate(2026, 11, 20), QTime(12, 0), Qt::UTC).toMSecsSinceEpoch()));
    std::vector<SchemaAck> acks;
    for (const QString& service : acked)
        acks.push_back({.eventType = u"order.created"_s,
                        .version = 2,
                        .consumer = service,
                        .note = {},
                        .actor = u"ann"_s,
                        .at = told20});
    applySchemaAcks(acks, impact);
    std::vector<Notification> outbox;
    for (const QString& team : told) {
        Notification one;
        one.message.occasion = schemaOccasion(u"order.created"_s, 2);
        one.message.team = team;
        one.state = NotifyState::Delivered;
        one.settledAt = told20;
        outbox.push_back(one);
        one.settledAt = told20 + Millis(86'400'000); // by another target, later: the first time counts
        outbox.push_back(one);
    }
    Notification failed;
    failed.message.occasion = schemaOccasion(u"order.created"_s, 2);
    failed.message.team = u"search-team"_s;
    failed.state = NotifyState::Failed; // tells nobody
    failed.settledAt = told20;
    outbox.push_back(failed);
    const auto notice = noticeOf(impact.front(), toldTimesOf(outbox), today);
    QVERIFY(notice.has_value());
    QCOMPARE(noticeStateWord(notice->state), state);
    QCOMPARE(notice->day, day);
    QCOMPARE(notice->missing, 2 - int(acked.size()));
    const QByteArray calendar = noticesAsCalendar({*notice}, today);
    QCOMPARE(calendar.contains("SUMMARY:Overdue: order.created"), state == u"overdue");
    QVERIFY(calendar.contains("DTSTART;VALUE=DATE:" + day.toString(u"yyyyMMdd"_s).toLatin1() + "\r\n"));
}

void TstImpact::overdueFirst()
{
    const QDate today(2026, 11, 26);
    std::vector<EventImpact> all;
    ToldTimes told;
    const auto add = [&](const QString& event, std::optional<QDate> on) {
        EventImpact impact{.eventType = event, .from = 1, .to = 2, .breaking = 1, .consumers = {}, .noticeDays = 7};
        impact.consumers.push_back({.service = u"s"_s, .team = u"t"_s, .slackChannel = {}, .isBroken = true});
        all.push_back(impact);
        if (on)
            told[{schemaOccasion(event, 2), u"t"_s}] =
                UtcTime(Millis(QDateTime(*on, QTime(1, 0), Qt::UTC).toMSecsSinceEpoch()));
    };
    add(u"a.later"_s, {});
    add(u"b.soon"_s, QDate(2026, 11, 22));
    add(u"c.overdue"_s, QDate(2026, 11, 1));
    all.push_back({.eventType = u"d.fine"_s, .from = 1, .to = 2, .breaking = 0, .consumers = {}, .noticeDays = 7});
    QStringList events;
    for (const SchemaNotice& notice : noticesOf(all, told, today))
        events += notice.impact.eventType;
    QCOMPARE(events, (QStringList{u"c.overdue"_s, u"b.soon"_s, u"a.later"_s}));
}

QTEST_GUILESS_MAIN(TstImpact)
#include "tst_impact.moc"
