// SPDX-License-Identifier: GPL-3.0-or-later
// The catalog's files are read and judged again when one of them changes, and not before.
#include "app/console/catalogexchange.h"
#include "app/console/catalogkeeper.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class CatalogKeeperTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void theSameFilesAreJudgedOnce();
    void aChangeIsSeen_data();
    void aChangeIsSeen();
    void anotherDayIsJudgedAnew();
    void faultyFilesAreSaidAndReadAgain();
    void costsAreThoseOfTheBill();
    void registrationsBeginTheirSchema();

private:
    void write(const QString& path, const QByteArray& text) const
    {
        QDir(m_dir->path()).mkpath(QFileInfo(path).path());
        QFile file(m_dir->filePath(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    [[nodiscard]] std::shared_ptr<const JudgedCatalog> current()
    {
        const auto judged = m_keeper->current(*m_context, m_now);
        return judged.value ? *judged.value : nullptr;
    }
    std::unique_ptr<QTemporaryDir> m_dir;
    std::optional<Context> m_context;
    std::unique_ptr<CatalogKeeper> m_keeper;
    UtcTime m_now{std::chrono::seconds(1'790'000'000)};
};

void CatalogKeeperTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_keeper = std::make_unique<CatalogKeeper>();
    write(u"spillway.yaml"_s, "version: 1\nname: w\nownership: own.yaml\ncatalog: cat.yaml\nschemas: schemas\n"
                              "connections:\n  - { name: k, kind: kafka, bootstrap_servers: 'localhost:9' }\n");
    write(u"own.yaml"_s, "events:\n  a.b:\n    producer: { team: t, service: s }\n    consumers: []\n");
    write(u"cat.yaml"_s, "catalog:\n  - event_type: a.b\n    avg_daily_volume: 1000\n    avg_payload_bytes: 100\n"
                         "    retention_days: 7\n    schema_path: other/a.b.v1.json\n");
    write(u"schemas/a/x.y.v1.json"_s, "{}");
    write(u"other/a.b.v1.json"_s, R"({"type":"object","properties":{"x":{}}})");
    Checked<Context> opened = openContext(m_dir->path(), m_dir->filePath(u"state"_s));
    QVERIFY2(opened.value, qPrintable(opened.issues.empty() ? QString() : opened.issues.front().toString()));
    m_context = std::move(opened.value);
}

void CatalogKeeperTest::theSameFilesAreJudgedOnce()
{
    const auto first = current();
    QVERIFY(first);
    QCOMPARE(first->sources.events.size(), std::size_t{1});
    // A schema outside the folder is known by the first reading only, and counts from the second on.
    const auto second = current();
    QCOMPARE(current(), second);
    m_now += std::chrono::minutes(1);
    QCOMPARE(current(), second);
}

void CatalogKeeperTest::aChangeIsSeen_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("ownership") << u"own.yaml"_s << QByteArray("events: {}\n");
    QTest::newRow("the catalog") << u"cat.yaml"_s << QByteArray("catalog: []\n");
    QTest::newRow("a schema in the folder") << u"schemas/a/a.b.v2.json"_s << QByteArray("{}");
    QTest::newRow("a schema outside it") << u"other/a.b.v1.json"_s << QByteArray("{ }");
    QTest::newRow("the lint file comes") << u"catalog-lint.yaml"_s << QByteArray("policy: { max_retention_days: 3 }\n");
    QTest::newRow("contacts come") << u"contacts.yaml"_s << QByteArray("slack_channel: https://c.example/{name}\n");
}

void CatalogKeeperTest::aChangeIsSeen()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, text);
    QVERIFY(current());
    const auto before = current();
    write(file, text);
    const auto after = current();
    QVERIFY(after);
    QVERIFY(after != before);
}

void CatalogKeeperTest::anotherDayIsJudgedAnew()
{
    QVERIFY(current());
    const auto today = current();
    m_now += std::chrono::hours(24); // waivers end
    QVERIFY(current() != today);
}

void CatalogKeeperTest::faultyFilesAreSaidAndReadAgain()
{
    QVERIFY(current());
    write(u"cat.yaml"_s, "catalog: [\n");
    const auto faulty = m_keeper->current(*m_context, m_now);
    QVERIFY(!faulty.value && !faulty.issues.empty());
    write(u"cat.yaml"_s, "catalog: []\n");
    QVERIFY(current());
}

void CatalogKeeperTest::costsAreThoseOfTheBill()
{
    const auto judged = current();
    QVERIFY(judged && judged->cost && judged->costFault.isEmpty());
    QCOMPARE(judged->costs.size(), std::size_t{1});
    const EventDayCost& cost = judged->costs.at(u"a.b"_s);
    QVERIFY(cost.day.micros > 0);
    Money components;
    for (const Money amount : cost.components)
        components += amount;
    QCOMPARE(components.micros, cost.day.micros);
    QCOMPARE(cost.day.micros, judged->cost->total.total.micros); // nothing else is priced here
    QCOMPARE(cost.basis(), QuantityBasis::Declared);
    write(u"cat.yaml"_s, "catalog:\n  - event_type: a.b\n");
    QVERIFY(current()->costs.empty()); // not known, not zero
}

void CatalogKeeperTest::registrationsBeginTheirSchema()
{
    const Registration wanted{.eventType = u"a.new"_s,
                              .producerTeam = u"t"_s,
                              .producerService = u"s"_s,
                              .consumers = {u"u/r"_s},
                              .volume = 10,
                              .payloadBytes = 20,
                              .retentionDays = 1,
                              .domain = {},
                              .topic = {},
                              .startsSchema = true};
    const auto planned = planRegistration(*m_context, wanted);
    QVERIFY2(planned, planned ? "" : qPrintable(planned.error().detail));
    QVERIFY(planned->faults.empty() && planned->schema && planned->change.whyNotWritable.isEmpty());
    for (const CatalogFinding& finding : planned->findings)
        QVERIFY2(finding.rule != u"schema-missing", "it is begun with the lines");
    const auto written = applyRegistration(*planned);
    QVERIFY2(written, written ? "" : qPrintable(written.error().detail));
    QVERIFY(QFile::exists(m_dir->filePath(u"schemas/a/a.new.v1.json"_s)));
    const auto judged = current();
    QCOMPARE(judged->sources.events.back().eventType, u"a.new"_s);
    QVERIFY(judged->sources.events.back().schema.isReadable);
    // What is there stays, and nothing else is written.
    Registration other = wanted;
    other.eventType = u"a.other"_s;
    const auto second = planRegistration(*m_context, other);
    QVERIFY(second);
    write(u"schemas/a/a.other.v1.json"_s, "{\"mine\":true}");
    const auto refused = applyRegistration(*second);
    QVERIFY(!refused && refused.error().code == ErrorCode::Conflict);
    QCOMPARE(current()->sources.events.size(), std::size_t{2});
}

QTEST_GUILESS_MAIN(CatalogKeeperTest)
#include "tst_catalogkeeper.moc"
