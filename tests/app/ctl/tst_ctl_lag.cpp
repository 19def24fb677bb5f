// SPDX-License-Identifier: GPL-3.0-or-later
// `lag` says what Kafka's own kafka-consumer-groups says, row by row, and what that tool does not say.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include <algorithm>
#include <map>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

/// What both tell of a partition that a group has committed in.
struct Row
{
    QString group;
    QString topic;
    int partition = 0;
    qint64 committed = 0;
    qint64 end = 0;
    qint64 lag = 0;
    [[nodiscard]] QString toString() const
    {
        return u"%1 %2/%3 %4 of %5, lag %6"_s.arg(group, topic).arg(partition).arg(committed).arg(end).arg(lag);
    }
};

/// The rows with a commit of `kafka-consumer-groups --describe --all-groups`, without our own groups. The tool does
/// not clamp its difference; the promise is made of max(0, …).
QStringList toolsRows(const Peer& kafka)
{
    QStringList rows;
    QStringList header;
    const QStringList lines =
        QString::fromUtf8(kafka.consumerGroups({u"--describe"_s, u"--all-groups"_s}).out).split(u'\n');
    static const QRegularExpression blank(u"\\s+"_s);
    for (const QString& line : lines) {
        const QStringList cells = line.split(blank, Qt::SkipEmptyParts);
        if (cells.value(0) == u"GROUP"_s) {
            header = cells;
            continue;
        }
        const auto cell = [&](const QString& name) { return cells.value(header.indexOf(name)); };
        if (cells.size() < header.size() || header.isEmpty() || cell(u"CURRENT-OFFSET"_s) == u"-"_s ||
            cells[0].startsWith(u"spillway.replay."_s))
            continue;
        rows += Row{.group = cell(u"GROUP"_s),
                    .topic = cell(u"TOPIC"_s),
                    .partition = cell(u"PARTITION"_s).toInt(),
                    .committed = cell(u"CURRENT-OFFSET"_s).toLongLong(),
                    .end = cell(u"LOG-END-OFFSET"_s).toLongLong(),
                    .lag = std::max(0LL, cell(u"LAG"_s).toLongLong())}
                    .toString();
    }
    rows.sort();
    return rows;
}

QStringList ourRows(const std::vector<QJsonObject>& objects)
{
    QStringList rows;
    for (const QJsonObject& object : objects) {
        if (object[u"committedOffset"_s].isNull())
            continue;
        rows += Row{.group = object[u"group"_s].toString(),
                    .topic = object[u"topic"_s].toString(),
                    .partition = object[u"partition"_s].toInt(-1),
                    .committed = integer(object[u"committedOffset"_s]).value_or(-1),
                    .end = integer(object[u"endOffset"_s]).value_or(-1),
                    .lag = integer(object[u"lag"_s]).value_or(-1)}
                    .toString();
    }
    rows.sort();
    return rows;
}

const QByteArray ownership = R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, consumer_group: behind, slo_processing_time_ms: 500 }
      - { team: audit-team, service: never-came }
)";
const QByteArray catalog = R"(catalog:
  - event_type: order.created
    topic: orders
    producer: { service: order-service, team: order-team }
)";

/// A broker where everything has happened to groups that happens to groups; looked at before and after a topic went.
class Company
{
public:
    explicit Company(const QString& version)
        : m_own(version)
        , m_openTransaction(std::make_unique<ForeignProducer>(kafka().bootstrap(), u"open"_s))
    {
        fill();
        commit();
        writeWorkspace(fresh);
        writeWorkspace(seenBefore);
        before = seenBefore.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
        kafka().deleteTopic(u"gone"_s);
        toolSays = toolsRows(kafka());
        after = seenBefore.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
        first = fresh.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    }

    [[nodiscard]] const Peer& kafka() const { return m_own.peer(); }

    Scene fresh;      ///< looked at the broker once
    Scene seenBefore; ///< has also seen it before
    CtlOutput before;
    CtlOutput after;
    CtlOutput first;
    QStringList toolSays;

private:
    void fill()
    {
        const Peer& peer = kafka();
        peer.createTopic(u"orders"_s, 3);
        for (const QString& topic : {u"payments"_s, u"gone"_s, u"purged"_s, u"ledger"_s, u"short"_s, u"quiet"_s})
            peer.createTopic(topic, 1);
        const QByteArray ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
        for (const QString& partition : {u"0"_s, u"1"_s, u"2"_s})
            peer.kcat({u"-P"_s, u"-t"_s, u"orders"_s, u"-p"_s, partition}, ten);
        peer.tool(peer.version().startsWith(u'3') ? u"kafka.tools.ConsoleProducer"_s
                                                  : u"org.apache.kafka.tools.ConsoleProducer"_s,
                  {u"--topic"_s, u"payments"_s}, ten);
        for (const QString& topic : {u"gone"_s, u"purged"_s, u"short"_s})
            peer.kcat({u"-P"_s, u"-t"_s, topic}, ten);
        ForeignProducer done(peer.bootstrap(), u"done"_s);
        done.begin();
        done.send(u"ledger"_s, {.value = "committed"});
        done.commit();
        done.begin();
        done.send(u"ledger"_s, {.value = "aborted"});
        done.flush();
        done.abort();
        m_openTransaction->begin();
        for (int i = 0; i < 3; ++i)
            m_openTransaction->send(u"ledger"_s, {.value = "open"});
        m_openTransaction->flush();
    }

    void commit()
    {
        const Peer& peer = kafka();
        const auto reset = [&](const QString& group, const QStringList& how) {
            (void)peer.consumerGroups(QStringList{u"--group"_s, group, u"--reset-offsets"_s, u"--execute"_s} + how);
        };
        reset(u"even"_s, {u"--topic"_s, u"orders"_s, u"--to-latest"_s});
        reset(u"behind"_s, {u"--topic"_s, u"orders"_s, u"--to-offset"_s, u"4"_s});
        reset(u"torn"_s, {u"--topic"_s, u"gone"_s, u"--topic"_s, u"payments"_s, u"--to-offset"_s, u"3"_s});
        peer.tool(u"org.apache.kafka.tools.consumer.ConsoleConsumer"_s,
                  {u"--topic"_s, u"payments"_s, u"--group"_s, u"console"_s, u"--from-beginning"_s, u"--max-messages"_s,
                   u"5"_s, u"--timeout-ms"_s, u"30000"_s});
        commitOffset(peer.bootstrap(), u"robbed"_s, u"purged"_s, 0, 2);
        QTemporaryFile file;
        if (!file.open() ||
            file.write(R"({"partitions":[{"topic":"purged","partition":0,"offset":6}],"version":1})") < 0 ||
            !file.flush())
            throw std::runtime_error("no temporary file");
        peer.tool(u"org.apache.kafka.tools.DeleteRecordsCommand"_s, {u"--offset-json-file"_s, file.fileName()});
        commitOffset(peer.bootstrap(), u"ahead"_s, u"short"_s, 0, 1'000);
        commitOffset(peer.bootstrap(), u"committed-reader"_s, u"ledger"_s, 0, 2);
        commitOffset(peer.bootstrap(), u"spillway.replay.of-long-ago"_s, u"orders"_s, 0, 1);
        // A member that reads and never commits: the tool shows its partitions with "-".
        m_live.start(u"kcat"_s, {u"-b"_s, peer.bootstrap(), u"-G"_s, u"live"_s, u"-X"_s, u"enable.auto.commit=false"_s,
                                 u"-q"_s, u"quiet"_s});
        const auto isMember = [&] {
            return peer.consumerGroups({u"--describe"_s, u"--group"_s, u"live"_s}).out.contains("quiet");
        };
        if (!QTest::qWaitFor(isMember, 60'000))
            throw std::runtime_error("the group 'live' has not come");
    }

    void writeWorkspace(const Scene& scene) const
    {
        scene.write(u"spillway.yaml"_s,
                    workspaceText({{.name = u"main"_s, .bootstrap = kafka().bootstrap()}}, u"development"_s,
                                  {u"ownership: ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
        scene.write(u"ownership.yaml"_s, ownership);
        scene.write(u"event-catalog.yaml"_s, catalog);
    }

    struct Member : QProcess
    {
        ~Member() override
        {
            kill();
            waitForFinished();
        }
    };

    OwnPeer m_own;
    std::unique_ptr<ForeignProducer> m_openTransaction;
    Member m_live;
};

} // namespace

class LagTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanupTestCase() { m_companies.clear(); }

    void rowsWithACommitEqualTheTools_data() { Peers::addVersionRows(); }
    void rowsWithACommitEqualTheTools();
    void everyRowHasItsFields_data() { Peers::addVersionRows(); }
    void everyRowHasItsFields();
    void statesAreHonest_data();
    void statesAreHonest();
    void aTopicThatWentLeavesNoCommitBehind_data() { Peers::addVersionRows(); }
    void aTopicThatWentLeavesNoCommitBehind();
    void anOpenTransactionStandsBesideTheHighWatermark_data() { Peers::addVersionRows(); }
    void anOpenTransactionStandsBesideTheHighWatermark();
    void theOwnerComesFromOwnership_data() { Peers::addVersionRows(); }
    void theOwnerComesFromOwnership();
    void oneGroupCanBeAskedFor_data() { Peers::addVersionRows(); }
    void oneGroupCanBeAskedFor();
    void groupsAreTakenAndLeftByPattern_data();
    void groupsAreTakenAndLeftByPattern();

private:
    Company& company()
    {
        QFETCH(QString, version);
        std::unique_ptr<Company>& place = m_companies[version];
        if (!place)
            place = std::make_unique<Company>(version);
        return *place;
    }
    static QJsonObject rowOf(const std::vector<QJsonObject>& rows, const QString& group, const QString& topic,
                             int partition = 0)
    {
        for (const QJsonObject& row : rows) {
            if (row[u"group"_s].toString() == group && row[u"topic"_s].toString() == topic &&
                row[u"partition"_s].toInt(-1) == partition)
                return row;
        }
        return {};
    }
    std::map<QString, std::unique_ptr<Company>> m_companies;
};

void LagTest::rowsWithACommitEqualTheTools()
{
    const Company& c = company();
    EXPECT_EXIT(c.before, 0);
    EXPECT_EXIT(c.after, 0);
    EXPECT_EXIT(c.first, 0);
    EXPECT(c.toolSays.size() >= 11, qPrintable(c.toolSays.join(u'\n'))); // 3 + 3 + 1 + 1 + 1 + 1 + 1
    for (const Scene* scene : {&c.fresh, &c.seenBefore}) {
        const CtlOutput output = scene->ctl({u"lag"_s, u"--json"_s});
        EXPECT_EXIT(output, 0);
        QCOMPARE(ourRows(output.rows()), c.toolSays);
    }
    // The number of samples is told: at least a row for each commit.
    QVERIFY(integer(c.first.object()[u"lagSamples"_s]).value_or(0) >= c.toolSays.size());
}

void LagTest::everyRowHasItsFields()
{
    const CtlOutput output = company().fresh.ctl({u"--json"_s, u"lag"_s});
    EXPECT_EXIT(output, 0);
    for (const QJsonObject& row : output.rows()) {
        QCOMPARE(fieldNames(row),
                 (QStringList{u"committedOffset"_s, u"connection"_s, u"endOffset"_s, u"group"_s, u"lag"_s,
                              u"lastStableOffset"_s, u"logStartOffset"_s, u"owner"_s, u"partition"_s, u"sampledAt"_s,
                              u"state"_s, u"timeLagHighMs"_s, u"timeLagLowMs"_s, u"topic"_s}));
        QCOMPARE(row[u"connection"_s].toString(), u"main"_s);
        QVERIFY(isUtcTime(row[u"sampledAt"_s]));
        const auto low = integer(row[u"timeLagLowMs"_s]);
        const auto high = integer(row[u"timeLagHighMs"_s]);
        EXPECT(!low || *low >= 0, output.told());
        EXPECT(!low || !high || *low <= *high, output.told());
        const auto lag = integer(row[u"lag"_s]);
        EXPECT(!lag || *lag >= 0, output.told());
        if (row[u"committedOffset"_s].isNull())
            EXPECT(!lag && !low && !high, output.told()); // unknown is not zero
    }
}

void LagTest::statesAreHonest_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("topic");
    QTest::addColumn<QStringList>("states");
    for (const QString& version : {u"3.9.1"_s, u"4.1.1"_s}) {
        const auto row = [&](const char* what, const QString& group, const QString& topic, const QStringList& states) {
            QTest::addRow("%s (%s)", what, qPrintable(version)) << version << group << topic << states;
        };
        row("nothing unread is ok", u"even"_s, u"orders"_s, {u"ok"_s});
        row("unread is not ok", u"behind"_s, u"orders"_s, {u"behind"_s, u"stopped"_s});
        row("a member that never commits", u"live"_s, u"quiet"_s, {u"neverCommitted"_s});
        row("known from ownership, never came", u"never-came"_s, u"orders"_s, {u"neverCommitted"_s});
        row("its next message is gone", u"robbed"_s, u"purged"_s, {u"lostToRetention"_s});
        row("the commit lies beyond the end", u"ahead"_s, u"short"_s, {u"topicRecreated"_s, u"unknown"_s});
        row("an open transaction is all that is unread", u"committed-reader"_s, u"ledger"_s,
            {u"blockedByTransaction"_s, u"behind"_s});
    }
}

void LagTest::statesAreHonest()
{
    QFETCH(QString, group);
    QFETCH(QString, topic);
    QFETCH(QStringList, states);
    const CtlOutput output = company().fresh.ctl({u"lag"_s, u"--json"_s, u"--group"_s, group});
    EXPECT_EXIT(output, 0);
    const QJsonObject row = rowOf(output.rows(), group, topic);
    EXPECT(!row.isEmpty(), output.told());
    EXPECT(states.contains(row[u"state"_s].toString()), output.told());
    QCOMPARE(row[u"committedOffset"_s].isNull(), states.contains(u"neverCommitted"_s));
    if (group == u"robbed"_s)
        QCOMPARE(integer(row[u"logStartOffset"_s]).value_or(-1), 6);
    if (group == u"never-came"_s)
        QCOMPARE(output.rows().size(), std::size_t{3}); // every partition of the topic
    if (group == u"ahead"_s)
        QCOMPARE(integer(row[u"lag"_s]).value_or(-1), 0);
}

void LagTest::aTopicThatWentLeavesNoCommitBehind()
{
    Company& c = company();
    EXPECT(!rowOf(c.fresh.ctl({u"lag"_s, u"--json"_s}).rows(), u"torn"_s, u"payments"_s).isEmpty(), "torn is there");
    for (const Scene* scene : {&c.fresh, &c.seenBefore}) {
        const CtlOutput output = scene->ctl({u"lag"_s, u"--json"_s, u"--group"_s, u"torn"_s});
        const QJsonObject row = rowOf(output.rows(), u"torn"_s, u"gone"_s);
        if (row.isEmpty())
            continue; // the broker has forgotten the commit, and so may we
        QCOMPARE(row[u"state"_s].toString(), u"topicGone"_s);
        EXPECT(row[u"lag"_s].isNull() && row[u"endOffset"_s].isNull(), output.told());
    }
}

void LagTest::anOpenTransactionStandsBesideTheHighWatermark()
{
    const Company& c = company();
    const auto [low, high] = watermarks(c.kafka().bootstrap(), u"ledger"_s, 0);
    const CtlOutput output = c.fresh.ctl({u"lag"_s, u"--json"_s});
    const QJsonObject row = rowOf(output.rows(), u"committed-reader"_s, u"ledger"_s);
    // A committed message, its marker, an aborted one, its marker: what follows is the open transaction.
    QCOMPARE(integer(row[u"lastStableOffset"_s]).value_or(-1), 4);
    QCOMPARE(integer(row[u"endOffset"_s]).value_or(-1), high);
    QCOMPARE(integer(row[u"logStartOffset"_s]).value_or(-1), low);
    QCOMPARE(high, 7);
    const QJsonObject calm = rowOf(output.rows(), u"even"_s, u"orders"_s);
    QCOMPARE(calm[u"lastStableOffset"_s], calm[u"endOffset"_s]);
}

void LagTest::theOwnerComesFromOwnership()
{
    const std::vector<QJsonObject> rows = company().fresh.ctl({u"lag"_s, u"--json"_s}).rows();
    QCOMPARE(rowOf(rows, u"behind"_s, u"orders"_s)[u"owner"_s].toString(), u"payment-team"_s);
    QCOMPARE(rowOf(rows, u"never-came"_s, u"orders"_s)[u"owner"_s].toString(), u"audit-team"_s);
    QVERIFY(rowOf(rows, u"even"_s, u"orders"_s)[u"owner"_s].isNull());
}

void LagTest::oneGroupCanBeAskedFor()
{
    Company& c = company();
    const CtlOutput one = c.fresh.ctl({u"lag"_s, u"--group"_s, u"behind"_s, u"--json"_s});
    EXPECT_EXIT(one, 0);
    QCOMPARE(one.rows().size(), std::size_t{3});
    for (const QJsonObject& row : one.rows())
        QCOMPARE(row[u"group"_s].toString(), u"behind"_s);
    for (const QJsonObject& row : c.fresh.ctl({u"lag"_s, u"--json"_s}).rows())
        EXPECT(!row[u"group"_s].toString().startsWith(u"spillway.replay."_s), "our own groups are hidden");
    const CtlOutput text = c.fresh.ctl({u"lag"_s, u"--group"_s, u"behind"_s});
    EXPECT_EXIT(text, 0);
    EXPECT(text.out.contains("behind") && text.out.contains("orders") && text.out.contains("payment-team"),
           text.told());
}

void LagTest::groupsAreTakenAndLeftByPattern_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("groups");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("included") << u"4.1.1"_s << u"{ include: [\"be*\", \"even\"] }"_s
                              << QStringList{u"behind"_s, u"even"_s};
    QTest::newRow("excluded") << u"4.1.1"_s
                              << u"{ exclude: [\"c*\", \"live\", \"torn\", \"robbed\", \"ahead\", \"never-*\"] }"_s
                              << QStringList{u"behind"_s, u"even"_s};
    QTest::newRow("both") << u"3.9.1"_s
                          << u"{ include: [\"*e*\"], exclude: [\"*d*\", \"l*\", \"c*\", \"never-came\"] }"_s
                          << QStringList{u"even"_s};
}

void LagTest::groupsAreTakenAndLeftByPattern()
{
    QFETCH(QString, groups);
    QFETCH(QStringList, expected);
    const Scene scene;
    scene.write(u"spillway.yaml"_s,
                workspaceText(
                    {{.name = u"main"_s, .bootstrap = company().kafka().bootstrap(), .more = {u"groups: "_s + groups}}},
                    u"development"_s, {u"ownership: ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
    scene.write(u"ownership.yaml"_s, ownership);
    scene.write(u"event-catalog.yaml"_s, catalog);
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    QStringList found;
    for (const QJsonObject& row : scene.ctl({u"lag"_s, u"--json"_s}).rows())
        found += row[u"group"_s].toString();
    found.sort();
    found.removeDuplicates();
    QCOMPARE(found, expected);
}

CTL_TEST_MAIN(LagTest)
#include "tst_ctl_lag.moc"
