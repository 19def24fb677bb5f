// SPDX-License-Identifier: GPL-3.0-or-later
// `collect`: once, for a while, until stopped; what it reports, and that it never reads anything twice.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

QByteArray record()
{
    return R"({"consumer_service":"payment-service","event_type":"order.created","status":"success",)"
           R"("processing_latency_ms":12.5,"processed_at":)" +
           QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + "}\n";
}

/// A processing log and a dead-letter topic at a broker, and a workspace that names both.
struct Company
{
    explicit Company(const Peer& peer)
        : kafka(peer)
        , log(peer.newTopic(u"log"_s, 3))
        , letters(peer.newTopic(u"letters"_s, 2))
    {
        scene.write(u"spillway.yaml"_s,
                    workspaceText({{.name = u"main"_s,
                                    .bootstrap = kafka.bootstrap(),
                                    .more = {u"sample_interval: 1s"_s, u"processing_log: { topic: %1 }"_s.arg(log),
                                             u"dead_letters:"_s, u"  - topic: "_s + letters}}}));
    }
    void work(int records) const { (void)kafka.kcat({u"-P"_s, u"-t"_s, log}, record().repeated(records)); }
    void fail(int count) const
    {
        (void)kafka.kcat({u"-P"_s, u"-t"_s, letters}, QByteArray("{\"order\":1}\n").repeated(count));
    }
    [[nodiscard]] qint64 total() const
    {
        const CtlOutput output = scene.ctl({u"slo"_s, u"--json"_s});
        if (output.exitCode != 0)
            return -1;
        const std::vector<QJsonObject> rows = output.rows();
        return rows.empty() ? 0 : integer(rows.front()[u"total"_s]).value_or(-1);
    }
    [[nodiscard]] std::size_t stored() const { return scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().size(); }

    const Peer& kafka;
    QString log;
    QString letters;
    Scene scene;
};

} // namespace

class CollectTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSecondOneReadsOnlyWhatIsNew_data() { Peers::addVersionRows(); }
    void aSecondOneReadsOnlyWhatIsNew();
    void theReportHasItsFields();
    void itRunsUntilItIsToldToStop_data();
    void itRunsUntilItIsToldToStop();
    void itRunsForAsLongAsItIsTold();
    void theStateFolderIsForItsOwnerAlone();
    void deletedHistoryIsReadAgainUnderTheSameIds();
    void aTopicMadeAnewIsReadFromItsStart_data();
    void aTopicMadeAnewIsReadFromItsStart();
    void withoutALimitAllLettersAreListed();
    void whatAppearsLaterIsFollowed();
    void aBrokerThatComesBackIsReadOn();
};

void CollectTest::aSecondOneReadsOnlyWhatIsNew()
{
    QFETCH(QString, version);
    const Company company(Peers::byVersion(version));
    const auto collected = [&] {
        const CtlOutput output = company.scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
        if (output.exitCode != 0)
            throw std::runtime_error(output.told().toStdString());
        const QJsonObject report = output.object();
        return std::pair(integer(report[u"processingRecords"_s]).value_or(-1),
                         integer(report[u"deadLetters"_s]).value_or(-1));
    };
    using Counts = std::pair<qint64, qint64>;
    QVERIFY(collected() == Counts(0, 0)); // empty topics have an end too
    company.work(20);
    company.fail(7);
    QVERIFY(collected() == Counts(20, 7));
    QVERIFY(collected() == Counts(0, 0));
    company.work(3);
    QVERIFY(collected() == Counts(3, 0));
    company.fail(2);
    QVERIFY(collected() == Counts(0, 2));
    QCOMPARE(company.total(), 23);
    QCOMPARE(company.stored(), std::size_t{9});
}

void CollectTest::theReportHasItsFields()
{
    const Company company(Peers::kafka411());
    company.work(1);
    const CtlOutput output = company.scene.ctl({u"--json"_s, u"collect"_s, u"--once"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject report = output.object();
    QCOMPARE(fieldNames(report), (QStringList{u"deadLetters"_s, u"elapsedMs"_s, u"lagSamples"_s, u"lostBeforeRead"_s,
                                              u"phases"_s, u"processingRecords"_s, u"unreadable"_s}));
    QVERIFY(integer(report[u"elapsedMs"_s]).value_or(-1) >= 0);
    const QJsonArray phases = report[u"phases"_s].toArray();
    QVERIFY(!phases.isEmpty());
    for (const QJsonValue& phase : phases) {
        QCOMPARE(fieldNames(phase.toObject()), (QStringList{u"ms"_s, u"name"_s}));
        QVERIFY(!phase[u"name"_s].toString().isEmpty() && phase[u"ms"_s].toDouble(-1) >= 0);
    }
    const CtlOutput text = company.scene.ctl({u"collect"_s, u"--once"_s});
    EXPECT_EXIT(text, 0);
}

void CollectTest::itRunsUntilItIsToldToStop_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void CollectTest::itRunsUntilItIsToldToStop()
{
    QFETCH(int, number);
    const Company company(Peers::kafka411());
    company.work(10);
    const std::unique_ptr<RunningCtl> collector = company.scene.start({u"collect"_s, u"--json"_s});
    // Reads go on while it holds the store.
    QVERIFY(QTest::qWaitFor([&] { return company.total() == 10; }, 30'000));
    company.work(5);
    company.fail(4);
    QVERIFY(QTest::qWaitFor([&] { return company.total() == 15 && company.stored() == 4; }, 30'000));
    QVERIFY(collector->isRunning());
    collector->signal(number);
    const CtlOutput output = collector->wait(15'000);
    EXPECT_EXIT(output, 0);
    const QJsonObject report = output.object();
    QCOMPARE(integer(report[u"processingRecords"_s]).value_or(-1), 15);
    QCOMPARE(integer(report[u"deadLetters"_s]).value_or(-1), 4);
    const QJsonObject next = company.scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}).object();
    QCOMPARE(integer(next[u"processingRecords"_s]).value_or(-1), 0);
    QCOMPARE(integer(next[u"deadLetters"_s]).value_or(-1), 0);
}

void CollectTest::itRunsForAsLongAsItIsTold()
{
    const Company company(Peers::kafka411());
    company.work(6);
    QElapsedTimer elapsed;
    elapsed.start();
    const CtlOutput output = company.scene.ctl({u"collect"_s, u"--for"_s, u"2s"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QVERIFY(elapsed.elapsed() >= 1'900);
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), 6);
}

void CollectTest::theStateFolderIsForItsOwnerAlone()
{
    const Company company(Peers::kafka411());
    company.fail(1);
    EXPECT_EXIT(company.scene.bare({u"collect"_s, u"--once"_s}, company.scene.folder()), 0);
    const QDir states(company.scene.home() + u"/state/spillway"_s);
    const QStringList found = states.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(found.size(), 1);
    EXPECT(QRegularExpression(u"^judged-[0-9a-f]{8}$"_s).match(found.first()).hasMatch(), qPrintable(found.first()));
    const QString folder = states.filePath(found.first());
    const auto others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFile::permissions(folder) & others));
    QVERIFY(QFile::exists(folder + u"/samples.sqlite"_s) && QFile::exists(folder + u"/ledger.sqlite"_s));
    QDirIterator files(folder, QDir::Files | QDir::System | QDir::Hidden);
    while (files.hasNext()) {
        const QString file = files.next();
        EXPECT(!(QFile::permissions(file) & others), qPrintable(file));
    }
}

void CollectTest::deletedHistoryIsReadAgainUnderTheSameIds()
{
    const Company company(Peers::kafka391());
    company.fail(5);
    EXPECT_EXIT(company.scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const auto ids = [&] {
        QStringList out;
        for (const QJsonObject& letter : company.scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
            out += letter[u"id"_s].toString();
        out.sort();
        return out;
    };
    const QStringList before = ids();
    QCOMPARE(before.size(), 5);
    const CtlOutput triage = company.scene.ctl(
        {u"dlq"_s, u"triage"_s, before.first(), u"--to"_s, u"parked"_s, u"--reason"_s, u"waiting"_s, u"--json"_s});
    EXPECT_EXIT(triage, 0);
    QDirIterator files(company.scene.state(), {u"samples.sqlite*"_s}, QDir::Files);
    int removed = 0;
    while (files.hasNext())
        removed += QFile::remove(files.next()) ? 1 : 0;
    QVERIFY(removed >= 1);
    EXPECT_EXIT(company.scene.ctl({u"collect"_s, u"--once"_s}), 0);
    QCOMPARE(ids(), before);
    const QJsonObject parked = company.scene.ctl({u"dlq"_s, u"show"_s, before.first(), u"--json"_s}).object();
    QCOMPARE(parked[u"state"_s].toString(), u"parked"_s); // decisions outlive what they were about
}

void CollectTest::aTopicMadeAnewIsReadFromItsStart_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<int>("secondLife");
    QTest::newRow("with fewer records than were read") << u"3.9.1"_s << 3;
    QTest::newRow("with as many") << u"4.1.1"_s << 5;
    QTest::newRow("with more") << u"4.1.1"_s << 8;
}

void CollectTest::aTopicMadeAnewIsReadFromItsStart()
{
    QFETCH(QString, version);
    QFETCH(int, secondLife);
    const Peer& kafka = Peers::byVersion(version);
    const Company company(kafka);
    company.work(15);
    (void)kafka.kcat({u"-P"_s, u"-t"_s, company.letters, u"-p"_s, u"0"_s}, QByteArray("first life\n").repeated(5));
    EXPECT_EXIT(company.scene.ctl({u"collect"_s, u"--once"_s}), 0);
    for (const QString& topic : {company.log, company.letters}) {
        kafka.deleteTopic(topic);
        kafka.createTopic(topic, 3);
    }
    company.work(secondLife);
    (void)kafka.kcat({u"-P"_s, u"-t"_s, company.letters, u"-p"_s, u"0"_s},
                     QByteArray("second life\n").repeated(secondLife));
    const CtlOutput output = company.scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), secondLife);
    QCOMPARE(integer(output.object()[u"deadLetters"_s]).value_or(-1), secondLife);
    QCOMPARE(company.total(), 15 + secondLife);
    QCOMPARE(company.stored(), static_cast<std::size_t>(5 + secondLife)); // both lives stand beside each other
}

void CollectTest::withoutALimitAllLettersAreListed()
{
    const Company company(Peers::kafka411());
    company.fail(150);
    EXPECT_EXIT(company.scene.ctl({u"collect"_s, u"--once"_s}), 0);
    QCOMPARE(company.stored(), std::size_t{150});
    const CtlOutput text = company.scene.ctl({u"dlq"_s, u"list"_s});
    EXPECT_EXIT(text, 0);
    EXPECT(text.out.count('\n') >= 150, text.told());
}

void CollectTest::whatAppearsLaterIsFollowed()
{
    const Peer& kafka = Peers::kafka411();
    const QString stem = uniqueName(u"later"_s);
    kafka.createTopic(stem + u"-log-a"_s);
    kafka.createTopic(stem + u"-log-b"_s);
    const Scene scene;
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"main"_s,
                                .bootstrap = kafka.bootstrap(),
                                .more = {u"groups: { include: [ nobody ] }"_s,
                                         u"processing_log: [ { topic: %1-log-a }, { topic: %1-log-b } ]"_s.arg(stem),
                                         u"dead_letters: [ { topic_pattern: \"%1.*\\\\.dlq\" } ]"_s.arg(stem)}}}));
    const CtlOutput none = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(none, 0); // a pattern that matches nothing yet is no fault
    kafka.createTopic(stem + u"-orders.dlq"_s);
    kafka.createTopic(stem + u"-orders-dlq"_s); // no dot: not meant
    for (const QString& topic : {u"-log-a"_s, u"-log-b"_s})
        (void)kafka.kcat({u"-P"_s, u"-t"_s, stem + topic}, record().repeated(2));
    for (const QString& topic : {u"-orders.dlq"_s, u"-orders-dlq"_s})
        (void)kafka.kcat({u"-P"_s, u"-t"_s, stem + topic}, "a letter\n");
    const CtlOutput output = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(integer(output.object()[u"processingRecords"_s]).value_or(-1), 4);
    QCOMPARE(integer(output.object()[u"deadLetters"_s]).value_or(-1), 1);

    const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
    kafka.createTopic(stem + u"-payments.dlq"_s);
    (void)kafka.kcat({u"-P"_s, u"-t"_s, stem + u"-payments.dlq"_s}, "another\n");
    const auto letters = [&] { return scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().size(); };
    QVERIFY(QTest::qWaitFor([&] { return letters() == 2; }, 60'000));
}

void CollectTest::aBrokerThatComesBackIsReadOn()
{
    OwnPeer own(u"4.1.1"_s);
    const Company company(own.peer());
    company.work(4);
    const std::unique_ptr<RunningCtl> collector = company.scene.start({u"collect"_s, u"--json"_s});
    QVERIFY(QTest::qWaitFor([&] { return company.total() == 4; }, 60'000));
    own.kill();
    own.start();
    company.work(3);
    company.fail(2);
    QVERIFY(QTest::qWaitFor([&] { return company.total() == 7 && company.stored() == 2; }, 90'000));
    collector->signal(SIGTERM);
    EXPECT_EXIT(collector->wait(), 0);
}

CTL_TEST_MAIN(CollectTest)
#include "tst_ctl_collect.moc"
