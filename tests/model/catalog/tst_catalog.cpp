// SPDX-License-Identifier: GPL-3.0-or-later
// ownership.yaml and event-catalog.yaml: the governance article's own files unchanged, look-ups, and every fault with
// its place.
#include "model/catalog/catalog.h"
#include "model/catalog/catalogfiles.h"
#include "tests/support/folders.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList said(const std::vector<FileIssue>& issues, const QString& folder)
{
    QStringList lines;
    for (const FileIssue& issue : issues)
        lines += (issue.severity == IssueSeverity::Warning ? u"warning "_s : QString()) +
                 issue.toString().replace(folder + u'/', QString());
    return lines;
}

ConsumerEntry consumer(const QString& team, const QString& service, const QString& group)
{
    ConsumerEntry entry;
    entry.team = team;
    entry.service = service;
    entry.consumerGroup = group;
    return entry;
}

OwnedEvent owned(const QString& type, const std::vector<ConsumerEntry>& consumers)
{
    OwnedEvent event;
    event.eventType = type;
    event.producer = ProducerEntry{u"producers"_s, u"producer"_s, u"#producers"_s, u"producers-oncall"_s};
    event.consumers = consumers;
    return event;
}

CatalogEvent placed(const QString& type, const QString& topic)
{
    CatalogEvent event;
    event.eventType = type;
    event.topic = topic;
    return event;
}

} // namespace

class CatalogTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theArticlesFilesLoadUnchanged();
    void optionalKeysOfAConsumer();
    void lookUps();
    void emptyCatalogKnowsNothing();
    void faultsOfOwnership_data();
    void faultsOfOwnership();
    void faultsOfTheCatalog_data();
    void faultsOfTheCatalog();
    void teamsThatOnlyOwnershipNames();
    void everyFileOfAWorkspaceIsJudgedAtOnce();
    void tenThousandEvents();

private:
    static QString write(const QTemporaryDir& folder, const QString& name, const QByteArray& text)
    {
        const QString path = folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's own file");
        return path;
    }
};

void CatalogTest::theArticlesFilesLoadUnchanged()
{
    const auto workspace = loadWorkspace(test::sourceFile(u"tests/data/article"_s));
    QVERIFY2(workspace.value, qPrintable(said(workspace.issues, QString()).join(u'\n')));
    const auto checked = loadCatalog(*workspace.value);
    QCOMPARE(said(checked.issues, QString()), QStringList());
    QVERIFY(checked.value);
    const Catalog& catalog = *checked.value;
    QCOMPARE(catalog.owned().size(), std::size_t{3});
    QCOMPARE(catalog.events().size(), std::size_t{3});
    QCOMPARE(catalog.subscriptions().size(), std::size_t{7});
    QCOMPARE(catalog.rules().schemaChangeNoticeDays, 7);
    QCOMPARE(catalog.rules().consumerRegistration, u"requires_producer_approval"_s);
    QVERIFY(catalog.rules().sloViolationAlert);

    const Subscription* promise = catalog.subscription(u"analytics-pipeline"_s, u"order.created"_s);
    QVERIFY(promise != nullptr);
    QCOMPARE(promise->consumer.sloProcessingTimeMs, 60000.0);
    QCOMPARE(promise->consumer.sloObjective, 0.99);
    QCOMPARE(promise->consumer.purpose, u"Collect order analytics data"_s);
    QCOMPARE(promise->consumer.consumerGroup, u"analytics-pipeline"_s);
    QCOMPARE(promise->consumer.place.line, 20);
    QCOMPARE(promise->consumer.place.column, 9);
    QCOMPARE(catalog.ownedEvent(u"payment.completed"_s)->producer.oncallRotation, u"payment-oncall"_s);

    const CatalogEvent& created = *catalog.catalogEvent(u"order.created"_s);
    QCOMPARE(created.topic, u"order-events"_s);
    QCOMPARE(created.avgDailyVolume, 150000);
    QCOMPARE(created.avgPayloadBytes, 1200);
    QCOMPARE(created.retentionDays, 7.0);
    QCOMPARE(created.currentVersion, 2);
    QCOMPARE(created.tags, (QStringList{u"critical"_s, u"transactional"_s}));
    QCOMPARE(created.lastSchemaChange, u"2025-11-20"_s);
    QCOMPARE(created.consumers.size(), std::size_t{3});
    QCOMPARE(created.place.line, 5);
    QCOMPARE(catalog.eventTypesOfTopic(u"order-events"_s), (QStringList{u"order.created"_s, u"order.cancelled"_s}));
    QCOMPARE(catalog.contactOf(u"payment-team"_s).slackChannel, u"#payment-alerts"_s);
}

void CatalogTest::optionalKeysOfAConsumer()
{
    const QTemporaryDir folder;
    const OwnershipFile file = readOwnershipFile(write(folder, u"own.yaml"_s, R"(x-defaults: &defaults
  slo_processing_time_ms: 250.5
  slo_objective: 0.999
events:
  e:
    producer: { team: p, service: ps }
    consumers:
      - <<: *defaults
        team: t
        service: s
        consumer_group: s-group
        slo_success_rate: 1
        slo_dlq_dwell: 24h
        slack_channel: '#t'
        fields: [order_id, order.amount]
)"));
    QCOMPARE(said(file.issues, folder.path()), QStringList());
    const ConsumerEntry& entry = file.events.at(0).consumers.at(0);
    QCOMPARE(entry.consumerGroup, u"s-group"_s);
    QCOMPARE(entry.sloProcessingTimeMs, 250.5);
    QCOMPARE(entry.sloObjective, 0.999);
    QCOMPARE(entry.sloSuccessRate, 1.0);
    QCOMPARE(entry.sloDeadLetterDwell, Millis(86'400'000));
    QCOMPARE(entry.slackChannel, u"#t"_s);
    QCOMPARE(entry.fields, (QStringList{u"order_id"_s, u"order.amount"_s}));
}

void CatalogTest::lookUps()
{
    const Catalog catalog(
        {owned(u"a"_s, {consumer(u"red"_s, u"one"_s, u"g1"_s), consumer(u"blue"_s, u"two"_s, u"g2"_s)}),
         owned(u"b"_s, {consumer(u"green"_s, u"one"_s, u"g1"_s), consumer(u"blue"_s, u"three"_s, u"g2"_s)}),
         owned(u"c"_s, {consumer(u"blue"_s, u"two"_s, u"g4"_s)})},
        {placed(u"a"_s, u"t1"_s), placed(u"b"_s, u"t1"_s), placed(u"c"_s, u"t2"_s), placed(u"d"_s, QString())}, {});
    QCOMPARE(catalog.groups(), (QStringList{u"g1"_s, u"g2"_s, u"g4"_s}));
    QCOMPARE(catalog.subscriptionsOfGroup(u"g1"_s).size(), std::size_t{2});
    QCOMPARE(catalog.serviceOfGroup(u"g1"_s), u"one"_s);
    QCOMPARE(catalog.serviceOfGroup(u"g2"_s), std::nullopt); // two services claim it
    QCOMPARE(catalog.serviceOfGroup(u"g9"_s), std::nullopt);
    QCOMPARE(catalog.teamOfGroup(u"g1"_s), std::nullopt); // its entries disagree
    QCOMPARE(catalog.teamOfGroup(u"g2"_s), u"blue"_s);
    QCOMPARE(catalog.teamOf(u"one"_s, u"a"_s), u"red"_s);
    QCOMPARE(catalog.teamOf(u"one"_s, u"b"_s), u"green"_s);
    QCOMPARE(catalog.teamOf(u"one"_s, u"c"_s), std::nullopt);
    QCOMPARE(catalog.teamOf(u"one"_s, std::nullopt), std::nullopt);
    QCOMPARE(catalog.teamOf(u"two"_s, std::nullopt), u"blue"_s);
    QCOMPARE(catalog.eventTypesOfTopic(u"t1"_s), (QStringList{u"a"_s, u"b"_s}));
    QVERIFY(catalog.eventTypesOfTopic(QString()).isEmpty());
    QCOMPARE(catalog.topicsOfGroup(u"g1"_s), QStringList{u"t1"_s});
    QVERIFY(catalog.subscription(u"two"_s, u"b"_s) == nullptr);
    QVERIFY(catalog.ownedEvent(u"d"_s) == nullptr);
    QVERIFY(catalog.catalogEvent(u"d"_s) != nullptr);
    QCOMPARE(catalog.contactOf(u"producers"_s).oncallRotation, u"producers-oncall"_s);
    QVERIFY(catalog.contactOf(u"blue"_s).oncallRotation.isEmpty());
}

void CatalogTest::emptyCatalogKnowsNothing()
{
    const auto checked = loadCatalog(Workspace{});
    QVERIFY(checked.value);
    QVERIFY(checked.value->groups().isEmpty());
    QVERIFY(checked.value->subscriptions().empty());
    QCOMPARE(checked.value->teamOfGroup(u"g"_s), std::nullopt);
}

void CatalogTest::faultsOfOwnership_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const char* text, const QStringList& lines) {
        QTest::newRow(name) << QByteArray(text) << lines;
    };
    row("no events", "governance_rules: {}\n",
        {u"own.yaml:1:1: the ownership file has no 'events'; add events: with one key per event type"_s});
    row("events as a list", "events:\n  - a\n",
        {u"own.yaml:2:3: 'events' of the ownership file is not a map; write each event type as a key, like order.created:"_s});
    row("missing names are told together",
        "events:\n  a:\n    producer: { team: t }\n    consumers:\n      - service: s\n  b:\n    consumers: []\n",
        {u"own.yaml:3:15: the producer of 'a' has no 'service'; add service: NAME"_s,
         u"own.yaml:5:9: a consumer of 'a' has no 'team'; add team: NAME"_s,
         u"own.yaml:7:5: event 'b' has no 'producer'; add producer: { team: NAME, service: NAME }"_s});
    row("an event without content", "events:\n  a:\n",
        {u"own.yaml:2:3: event 'a' is empty; write a map of keys, one 'key: value' per line"_s});
    row("promises that are none",
        "events:\n  a:\n    producer: { team: t, service: s }\n    consumers:\n      - { team: t, service: u, "
        "slo_processing_time_ms: 0, slo_objective: 99, slo_success_rate: -1 }\n      - { team: t, service: v, "
        "slo_processing_time_ms: fast, slo_dlq_dwell: 24 }\n",
        {u"own.yaml:5:56: 'slo_processing_time_ms' of a consumer of 'a' is '0'; write a number above 0"_s,
         u"own.yaml:5:74: 'slo_objective' of a consumer of 'a' is '99'; write a number above 0 and at most 1"_s,
         u"own.yaml:5:96: 'slo_success_rate' of a consumer of 'a' is '-1'; write a number above 0 and at most 1"_s,
         u"own.yaml:6:56: 'slo_processing_time_ms' of a consumer of 'a' is 'fast', which is not a number; write a number above 0"_s,
         u"own.yaml:6:77: 'slo_dlq_dwell' of a consumer of 'a' is '24', which is not a duration; write a number with ms, s, m, h, d or w, like 90s or 24h"_s});
    row("a service twice",
        "events:\n  a:\n    producer: { team: t, service: s }\n    consumers:\n      - { team: t, service: u }\n      "
        "- { team: v, service: u }\n",
        {u"own.yaml:6:9: 'u' is listed as a consumer of 'a' twice; keep one entry per service, or give the second its own service name"_s});
    row("yes is no boolean", "events: {}\ngovernance_rules: { slo_violation_alert: yes }\n",
        {u"own.yaml:2:42: 'slo_violation_alert' of governance_rules is 'yes', which is a word and not a boolean in YAML 1.2; write true"_s});
    row("a typing error is a warning", "events:\n  a:\n    producer: { team: t, service: s, slack_chanel: '#a' }\n",
        {u"warning own.yaml:3:38: the producer of 'a' has an unknown key 'slack_chanel', which is ignored (did you mean 'slack_channel'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("consumers as a map", "events:\n  a:\n    producer: { team: t, service: s }\n    consumers: { team: x }\n",
        {u"own.yaml:4:16: 'consumers' of event 'a' is not a list; begin each consumer with '- team: …'"_s});
}

void CatalogTest::faultsOfOwnership()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const QTemporaryDir folder;
    const OwnershipFile file = readOwnershipFile(write(folder, u"own.yaml"_s, text));
    QCOMPARE(said(file.issues, folder.path()), lines);
}

void CatalogTest::faultsOfTheCatalog_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const char* text, const QStringList& lines) {
        QTest::newRow(name) << QByteArray(text) << lines;
    };
    row("no catalog", "events: []\n",
        {u"cat.yaml:1:1: the catalog file has no 'catalog'; add catalog: with one '- event_type: …' per event"_s,
         u"warning cat.yaml:1:1: the catalog file has an unknown key 'events', which is ignored; correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("an entry without a type and one twice", "catalog:\n  - topic: t\n  - event_type: a\n  - event_type: a\n",
        {u"cat.yaml:2:5: an entry of the catalog has no 'event_type'; add event_type: NAME"_s,
         u"cat.yaml:4:5: event 'a' is listed twice; keep one of the entries"_s});
    row("teams are ownership's to say",
        "catalog:\n  - event_type: a\n    producer: { service: s }\n    consumers: [{ service: v }]\n", {});
    row("a consumer is known by its service",
        "catalog:\n  - event_type: a\n    producer: { team: t }\n    consumers: [{ team: t }]\n",
        {u"cat.yaml:4:17: a consumer of 'a' has no 'service'; add service: NAME"_s});
    row("a number too large", "catalog:\n  - { event_type: a, avg_daily_volume: 99999999999999999999999999 }\n",
        {u"cat.yaml:2:40: 'avg_daily_volume' of event 'a' is '99999999999999999999999999'; write a whole number of at least 0 and at most 1000000000000000"_s});
    row("numbers that are none",
        "catalog:\n  - { event_type: a, avg_daily_volume: lots, avg_payload_bytes: -1, retention_days: 0, "
        "current_version: 1.5 }\n",
        {u"cat.yaml:2:40: 'avg_daily_volume' of event 'a' is 'lots', which is not a number; write a whole number of at least 0"_s,
         u"cat.yaml:2:65: 'avg_payload_bytes' of event 'a' is '-1'; write a whole number of at least 0 and at most 1000000000000"_s,
         u"cat.yaml:2:85: 'retention_days' of event 'a' is '0'; write a number above 0 and at most 36500"_s,
         u"cat.yaml:2:105: 'current_version' of event 'a' is '1.5', which is not a whole number; write a whole number of at least 1 and at most 1000000000"_s});
}

void CatalogTest::faultsOfTheCatalog()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const QTemporaryDir folder;
    const CatalogFile file = readCatalogFile(write(folder, u"cat.yaml"_s, text));
    QCOMPARE(said(file.issues, folder.path()), lines);
}

void CatalogTest::teamsThatOnlyOwnershipNames()
{
    const QTemporaryDir folder;
    Workspace workspace;
    workspace.ownershipFile = write(folder, u"own.yaml"_s, R"(events:
  a:
    producer: { team: makers, service: maker }
    consumers:
      - { team: red, service: one }
      - { team: blue, service: two }
  b:
    producer: { team: makers, service: maker }
    consumers:
      - { team: green, service: one }
      - { team: blue, service: two }
)");
    workspace.catalogFile = write(folder, u"cat.yaml"_s, R"(catalog:
  - { event_type: a, producer: { service: maker }, consumers: [{ service: one }, { service: stranger }] }
  - { event_type: c, producer: { service: maker }, consumers: [{ service: one }, { service: two }, { service: maker }] }
  - { event_type: d, producer: { team: own, service: maker }, consumers: [] }
  - { event_type: e }
)");
    const auto checked = loadCatalog(workspace);
    QVERIFY2(checked.value, qPrintable(said(checked.issues, folder.path()).join(u'\n')));
    const auto teams = [&](const QString& type) {
        const CatalogEvent& event = *checked.value->catalogEvent(type);
        QStringList names{event.producer.team};
        for (const ConsumerEntry& entry : event.consumers)
            names += entry.team;
        return names;
    };
    QCOMPARE(teams(u"a"_s), (QStringList{u"makers"_s, u"red"_s, QString()}));
    QCOMPARE(teams(u"c"_s), (QStringList{u"makers"_s, QString(), u"blue"_s, u"makers"_s})); // one's entries disagree
    QCOMPARE(teams(u"d"_s), QStringList{u"own"_s});
    QCOMPARE(teams(u"e"_s), QStringList{QString()});
}

void CatalogTest::everyFileOfAWorkspaceIsJudgedAtOnce()
{
    const QTemporaryDir folder;
    (void)write(folder, u"own.yaml"_s, "events: 5\n");
    (void)write(folder, u"cat.yaml"_s, "catalog: 5\n");
    (void)write(folder, u"spillway.yaml"_s,
                "environment: staging\nversion: 3\nownership: own.yaml\ncatalog: cat.yaml\n");
    const LoadedWorkspace loaded = loadWorkspaceAndCatalog(folder.path());
    QVERIFY(!loaded.workspace && !loaded.catalog);
    QCOMPARE(
        said(loaded.issues, folder.path()),
        (QStringList{
            u"spillway.yaml:2:10: 'version' of the workspace is not 1, the only one this Spillway reads; write version: 1"_s,
            u"own.yaml:1:9: 'events' of the ownership file is not a map; write each event type as a key, like order.created:"_s,
            u"cat.yaml:1:10: 'catalog' of the catalog file is not a list; begin each event with '- event_type: …'"_s}));
    const LoadedWorkspace article = loadWorkspaceAndCatalog(test::sourceFile(u"tests/data/article"_s));
    QVERIFY(article.workspace && article.catalog);
}

/// As many events as a large company has, in both files: nothing here may take time that grows with the square.
void CatalogTest::tenThousandEvents()
{
    const QTemporaryDir folder;
    QByteArray ownership = "events:\n";
    QByteArray catalog = "catalog:\n";
    for (int i = 0; i < 10'000; ++i) {
        const QByteArray n = QByteArray::number(i);
        ownership += "  domain.event" + n + ":\n    producer:\n      team: team" + n + "\n      service: service" + n +
                     "\n    consumers:\n";
        for (const char* suffix : {"a", "b", "c"})
            ownership += "      - team: t\n        service: s" + n + suffix +
                         "\n        purpose: 'Do it'\n        slo_processing_time_ms: 500\n";
        catalog += "  - event_type: domain.event" + n + "\n    domain: d\n    topic: topic" +
                   QByteArray::number(i / 10) +
                   "\n    avg_daily_volume: 1000\n    avg_payload_bytes: 100\n    retention_days: 7\n    producer: { "
                   "service: s, team: t }\n    tags: [x, y]\n";
    }
    Workspace workspace;
    workspace.ownershipFile = write(folder, u"own.yaml"_s, ownership);
    workspace.catalogFile = write(folder, u"cat.yaml"_s, catalog);
    std::optional<Catalog> loaded;
    QBENCHMARK_ONCE
    {
        loaded = loadCatalog(workspace).value;
    }
    QVERIFY(loaded);
    QCOMPARE(loaded->subscriptions().size(), std::size_t{30'000});
    QCOMPARE(loaded->eventTypesOfTopic(u"topic7"_s).size(), 10);
    QVERIFY(loaded->subscription(u"s9999c"_s, u"domain.event9999"_s) != nullptr);
}

QTEST_GUILESS_MAIN(CatalogTest)
#include "tst_catalog.moc"
