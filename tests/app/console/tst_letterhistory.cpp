// SPDX-License-Identifier: GPL-3.0-or-later
// A letter as text for the clipboard: the line that sends it again leaves out what a replay leaves out.
#include "app/console/letterhistory.h"
#include "tests/model/deadletter/storefixture.h"

#include <QFile>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

class LetterHistoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theCopiedLineLeavesOutWhatAReplayDoes_data();
    void theCopiedLineLeavesOutWhatAReplayDoes();
};

void LetterHistoryTest::theCopiedLineLeavesOutWhatAReplayDoes_data()
{
    QTest::addColumn<QByteArray>("policy"); // of spillway.yaml
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QStringList>("sent"); // names in -H
    QTest::addColumn<QStringList>("says");
    const Headers spring{{"kafka_dlt-original-topic", "orders"}, {"kafka_dlt-exception-fqcn", "a.B"}};
    const Headers mine{{"own", "1"}, {"traceparent", "t"}};
    QTest::newRow("nothing of a framework is in it")
        << QByteArray() << u"unrecognised"_s << mine << QStringList{u"own"_s, u"traceparent"_s} << QStringList();
    QTest::newRow("a framework's headers")
        << QByteArray() << u"spring-dlpr"_s << joined({mine, spring}) << QStringList{u"own"_s, u"traceparent"_s}
        << QStringList{u"left out as in a replay: kafka_dlt-original-topic, kafka_dlt-exception-fqcn"_s};
    QTest::newRow("those of an older framework too")
        << QByteArray() << u"kafka-connect"_s
        << joined({mine, spring, {{"__connect.errors.topic", "x"}, {"__connect.errors.connector.name", "c"}}})
        << QStringList{u"own"_s, u"traceparent"_s}
        << QStringList{u"left out as in a replay: kafka_dlt-original-topic, kafka_dlt-exception-fqcn, "
                       u"__connect.errors.topic, __connect.errors.connector.name"_s};
    QTest::newRow("what the workspace chose")
        << QByteArray("replay_headers: { sets: [trace], keep: [kafka_dlt-exception-fqcn] }\n") << u"spring-dlpr"_s
        << joined({mine, spring}) << QStringList{u"own"_s, u"kafka_dlt-exception-fqcn"_s}
        << QStringList{u"left out as in a replay: traceparent, kafka_dlt-original-topic"_s};
    QTest::newRow("those of an earlier replay")
        << QByteArray() << u"unrecognised"_s
        << joined({mine, {{"spillway-replay-id", "J"}, {"spillway-replay-id", "K"}}})
        << QStringList{u"own"_s, u"traceparent"_s} << QStringList{u"left out as in a replay: spillway-replay-id"_s};
    QTest::newRow("a dialect that nobody knows any more")
        << QByteArray() << u"acme"_s << joined({mine, {{"acme-failure", "a.B"}}})
        << QStringList{u"own"_s, u"traceparent"_s, u"acme-failure"_s}
        << QStringList{u"dialect acme is not known any more: the headers it wrote go along"_s};
}

void LetterHistoryTest::theCopiedLineLeavesOutWhatAReplayDoes()
{
    QFETCH(QByteArray, policy);
    QFETCH(QString, dialect);
    QFETCH(Headers, headers);
    QFETCH(QStringList, sent);
    QFETCH(QStringList, says);
    StoreFixture fixture;
    QFile file(fixture.folder() + u"/spillway.yaml"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("version: 1\nname: w\nenvironment: development\n" + policy +
               "connections:\n  - name: orders\n    bootstrap_servers: broker:9092\n");
    file.close();
    const Checked<Context> context = openContext(file.fileName(), fixture.folder());
    QVERIFY2(context.value, qPrintable(context.issues.empty() ? QString() : context.issues.front().toString()));

    PreparedLetter letter = StoreFixture::prepared(1, u"a.B"_s, u"payments"_s);
    letter.record.headers = headers;
    letter.digest = recordDigest(letter.record);
    letter.facts.dialect = dialect;
    letter.facts.originTopic = u"orders"_s;
    QCOMPARE(fixture.add({letter}), 1);
    Database reader = fixture.reader();
    const auto copied = copiedLetter(*context.value, reader, StoreFixture::idOf(letter), LetterCopyForm::Kcat, {});
    QVERIFY2(copied, qPrintable(copied ? QString() : copied.error().detail));
    QStringList names;
    const QStringList words = copied->line.split(u' ');
    for (qsizetype i = 0; i + 1 < words.size(); ++i) {
        if (words[i] == u"-H")
            names << QString(words[i + 1]).remove(u'\'').section(u'=', 0, 0);
    }
    QCOMPARE(names, sent);
    QVERIFY2(copied->line.contains(u"-b broker:9092 -t orders"_s), qPrintable(copied->line));
    QCOMPARE(copied->missing, says);
}

QTEST_GUILESS_MAIN(LetterHistoryTest)
#include "tst_letterhistory.moc"
