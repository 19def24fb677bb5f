// SPDX-License-Identifier: GPL-3.0-or-later
// The collector killed ten times while 100 000 processing records and 5 000 dead letters arrive: what it counted in the
// end is what was produced.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QDeadlineTimer>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

constexpr int kills = 10;
constexpr int recordsPerKill = 10'000;
constexpr int lettersPerKill = 500;

struct Counts
{
    qint64 total = 0;
    qint64 succeeded = 0;
    qint64 good = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

/// Another company's producer: sends a share of its records each time it is let go on, from a thread of its own.
class Arrival
{
public:
    Arrival(const Peer& kafka, const QString& log, const QString& letters)
        : m_producer(kafka.bootstrap())
        , m_log(log)
        , m_letters(letters)
        , m_thread([this] { work(); })
    {
    }
    ~Arrival()
    {
        letGo(kills);
        m_thread.join();
    }
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;

    void letGo(int shares)
    {
        const std::lock_guard lock(m_mutex);
        m_allowed += shares;
        m_changed.notify_all();
    }
    void awaitShares(int shares)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_done >= shares; });
    }

    std::map<QString, Counts> produced; ///< complete once all shares are done

private:
    void work()
    {
        QRandomGenerator random(20'261'121);
        for (int share = 0; share < kills; ++share) {
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock, [&] { return m_allowed > share; });
            }
            for (int i = 0; i < recordsPerKill; ++i) {
                sendRecord(random);
                if (i % (recordsPerKill / lettersPerKill) == 0)
                    m_producer.send(m_letters,
                                    {.partition = i / 20 % 2, .value = QByteArray::number(share * 10'000 + i)});
                if (i % 500 == 499)
                    m_producer.flush(); // a stream, not one heap
            }
            m_producer.flush();
            const std::lock_guard lock(m_mutex);
            m_done = share + 1;
            m_changed.notify_all();
        }
    }

    void sendRecord(QRandomGenerator& random)
    {
        static const char* const consumers[] = {"payment-service", "inventory-service", "analytics-pipeline"};
        static const char* const events[] = {"order.created", "order.cancelled"};
        const QByteArray consumer = consumers[random.bounded(3)];
        const QByteArray event = events[random.bounded(2)];
        const int latency = random.bounded(1, 1'000);
        const bool isSuccess = random.bounded(10) != 0;
        Counts& counts = produced[QString::fromLatin1(consumer + ' ' + event)];
        ++counts.total;
        counts.succeeded += isSuccess;
        counts.good += isSuccess && latency <= 500;
        m_producer.send(m_log, {.partition = static_cast<int>(random.bounded(4)),
                                .value = R"({"consumer_service":")" + consumer + R"(","event_type":")" + event +
                                         R"(","status":")" + (isSuccess ? "success" : "failed") +
                                         R"(","processing_latency_ms":)" + QByteArray::number(latency) +
                                         R"(,"processed_at":)" +
                                         QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + "}"});
    }

    ForeignProducer m_producer;
    QString m_log;
    QString m_letters;
    std::mutex m_mutex; // guards: m_allowed, m_done
    std::condition_variable m_changed;
    int m_allowed = 0;
    int m_done = 0;
    std::thread m_thread; // last: it uses all the others
};

const QByteArray ownership = R"(events:
  order.created: &event
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service, slo_processing_time_ms: 500 }
      - { team: inventory-team, service: inventory-service, slo_processing_time_ms: 500 }
      - { team: analytics-team, service: analytics-pipeline, slo_processing_time_ms: 500 }
  order.cancelled: *event
)";

} // namespace

class CollectKillTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void countsEqualWhatWasProduced_data() { Peers::addVersionRows(); }
    void countsEqualWhatWasProduced();
};

void CollectKillTest::countsEqualWhatWasProduced()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    const QString log = kafka.newTopic(u"log"_s, 4);
    const QString letters = kafka.newTopic(u"letters"_s, 2);
    const Scene scene;
    scene.write(u"spillway.yaml"_s, workspaceText({{.name = u"main"_s,
                                                    .bootstrap = kafka.bootstrap(),
                                                    .more = {u"groups: { include: [ \"nobody\" ] }"_s,
                                                             u"processing_log: { topic: %1 }"_s.arg(log),
                                                             u"dead_letters: [ { topic: %1 } ]"_s.arg(letters)}}},
                                                  u"development"_s, {u"ownership: ownership.yaml"_s}));
    scene.write(u"ownership.yaml"_s, ownership);

    Arrival arrival(kafka, log, letters);
    QRandomGenerator random(4'711);
    for (int kill = 0; kill < kills; ++kill) {
        const std::unique_ptr<RunningCtl> collector = scene.start({u"collect"_s, u"--json"_s});
        arrival.letGo(1);
        const QDeadlineTimer moment(random.bounded(50, 1'500), Qt::PreciseTimer);
        QVERIFY(!QTest::qWaitFor([&] { return moment.hasExpired() || !collector->isRunning(); }, 60'000) ||
                collector->isRunning());
        EXPECT(collector->kill(), "it ended by itself");
    }
    arrival.awaitShares(kills);

    const CtlOutput last = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s});
    EXPECT_EXIT(last, 0);
    const QJsonObject report = last.object();
    QCOMPARE(integer(report[u"unreadable"_s]).value_or(-1), 0);
    // What the killed ones had committed is not read again, or the kills came before anything was done.
    EXPECT(integer(report[u"processingRecords"_s]).value_or(kills * recordsPerKill) < kills * recordsPerKill,
           last.told());

    std::map<QString, Counts> counted;
    const CtlOutput slo = scene.ctl({u"slo"_s, u"--json"_s});
    EXPECT_EXIT(slo, 0);
    for (const QJsonObject& row : slo.rows()) {
        const qint64 total = integer(row[u"total"_s]).value_or(-1);
        counted[row[u"consumer"_s].toString() + u' ' + row[u"eventType"_s].toString()] = {
            .total = total,
            .succeeded = qRound64(row[u"successRate"_s].toDouble() * static_cast<double>(total)),
            .good = integer(row[u"good"_s]).value_or(-1)};
    }
    QCOMPARE(counted.size(), arrival.produced.size());
    for (const auto& [pair, expected] : arrival.produced) {
        QCOMPARE(counted[pair].total, expected.total);
        QCOMPARE(counted[pair].succeeded, expected.succeeded);
        QCOMPARE(counted[pair].good, expected.good);
    }

    QSet<QString> ids;
    QSet<QString> places;
    for (const QJsonObject& letter : scene.ctl({u"dlq"_s, u"list"_s, u"--limit"_s, u"100000"_s, u"--json"_s}).lines()) {
        ids.insert(letter[u"id"_s].toString());
        places.insert(u"%1/%2"_s.arg(letter[u"partition"_s].toInt()).arg(letter[u"offset"_s].toInteger()));
    }
    QCOMPARE(ids.size(), qsizetype{kills * lettersPerKill});
    QCOMPARE(places.size(), qsizetype{kills * lettersPerKill});
    qint64 grouped = 0;
    for (const QJsonObject& group : scene.ctl({u"dlq"_s, u"groups"_s, u"--json"_s}).rows())
        grouped += integer(group[u"count"_s]).value_or(0);
    QCOMPARE(grouped, kills * lettersPerKill);

    const QJsonObject again = scene.ctl({u"collect"_s, u"--once"_s, u"--json"_s}).object();
    QCOMPARE(integer(again[u"processingRecords"_s]).value_or(-1), 0);
    QCOMPARE(integer(again[u"deadLetters"_s]).value_or(-1), 0);
}

CTL_TEST_MAIN(CollectKillTest)
#include "tst_ctl_collectkill.moc"
