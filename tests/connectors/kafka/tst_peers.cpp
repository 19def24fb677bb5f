// SPDX-License-Identifier: GPL-3.0-or-later
// The instruments themselves: what the other broker tests rely on.
#include "tests/support/peers.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class PeersTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void topicsAreMadeAndTakenAway_data() { Peers::addVersionRows(); }
    void topicsAreMadeAndTakenAway();
    void aKilledBrokerComesBackWithItsData();
};

void PeersTest::topicsAreMadeAndTakenAway()
{
    QFETCH(QString, version);
    const Peer& kafka = Peers::byVersion(version);
    QCOMPARE(kafka.version(), version);
    const QString topic = kafka.newTopic(u"peers"_s, 2);
    const auto listed = [&] {
        return kafka.tool(u"org.apache.kafka.tools.TopicCommand"_s, {u"--list"_s}).out.contains(topic.toUtf8());
    };
    QVERIFY(listed());
    kafka.addPartitions(topic, 3);
    kafka.deleteTopic(topic);
    QVERIFY(!listed());
}

void PeersTest::aKilledBrokerComesBackWithItsData()
{
    OwnPeer own(u"4.1.1"_s);
    const Peer& kafka = own.peer();
    const QString address = kafka.bootstrap();
    kafka.createTopic(u"kept"_s);
    kafka.kcat({u"-P"_s, u"-t"_s, u"kept"_s}, "one\ntwo\n");
    own.kill();
    QVERIFY(runProcess(u"kcat"_s, {u"-b"_s, address, u"-L"_s, u"-m"_s, u"1"_s}).exitCode != 0);
    own.start();
    QCOMPARE(kafka.bootstrap(), address);
    QCOMPARE(kafka.kcat({u"-C"_s, u"-t"_s, u"kept"_s, u"-e"_s, u"-q"_s}).out, QByteArray("one\ntwo\n"));
}

QTEST_GUILESS_MAIN(PeersTest)
#include "tst_peers.moc"
