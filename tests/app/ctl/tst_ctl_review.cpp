// SPDX-License-Identifier: GPL-3.0-or-later
// The weekly review and its report from outside: agenda from what a real broker holds, decisions, minutes, files.
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class CtlReviewTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void nothingIsDecidedBeforeAReviewIsOpen();
    void aReviewFromOpeningToMinutes();
    void wordAndDeedDoNotPart();
    void theWeeklyReportIsWritten_data();
    void theWeeklyReportIsWritten();
    void whatCannotBeWrittenIsSaid();

private:
    [[nodiscard]] std::vector<QJsonObject> agenda() const
    {
        return m_scene->ctl({u"review"_s, u"agenda"_s, u"--json"_s}).rows();
    }
    std::unique_ptr<Scene> m_scene;
};

void CtlReviewTest::initTestCase()
{
    const Peer& kafka = Peers::kafka411();
    const QString topic = uniqueName(u"orders"_s) + u".DLT"_s;
    kafka.createTopic(topic, 1);
    ForeignProducer producer(kafka.bootstrap());
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    Failure failure{.topic = "orders", .partition = 0, .offset = 7, .timestampMs = now - 60'000, .group = "payments"};
    const auto send = [&](int count) {
        for (int number = 0; number < count; ++number)
            producer.send(topic, {.key = QByteArray::number(number),
                                  .value = "{}",
                                  .headers = springHeaders(failure),
                                  .timestampMs = now - 30'000});
    };
    send(3);
    failure.thrown = "com.acme.CardRefusedException";
    failure.message = "card refused";
    send(2);
    producer.flush();
    m_scene = std::make_unique<Scene>();
    m_scene->write(u"spillway.yaml"_s, workspaceText({{.name = u"orders"_s,
                                                       .bootstrap = kafka.bootstrap(),
                                                       .more = {u"groups: { include: [ nobody ] }"_s,
                                                                u"dead_letters:"_s, u"  - topic: "_s + topic}}}));
    EXPECT_EXIT(m_scene->ctl({u"collect"_s, u"--once"_s}), 0);
}

void CtlReviewTest::nothingIsDecidedBeforeAReviewIsOpen()
{
    const auto groups = agenda();
    QCOMPARE(groups.size(), std::size_t{2});
    QCOMPARE(integer(groups[0][u"open"_s]), 3); // both are new; the larger first
    QCOMPARE(integer(groups[0][u"arrived"_s]), 3);
    QVERIFY(groups[0][u"reasons"_s].toArray().contains(u"new"_s));
    const CtlOutput refused =
        m_scene->ctl({u"review"_s, u"decide"_s, groups[0][u"group"_s].toString(), u"--decision"_s, u"replay"_s});
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.err.contains("spillwayctl review open"), refused.told());
    EXPECT_EXIT(m_scene->ctl({u"review"_s, u"close"_s}), 2);
}

void CtlReviewTest::aReviewFromOpeningToMinutes()
{
    const CtlOutput opened =
        m_scene->ctl({u"review"_s, u"open"_s, u"--with"_s, u"Ana"_s, u"--with"_s, u"Kim"_s, u"--json"_s});
    EXPECT_EXIT(opened, 0);
    const QString review = opened.object()[u"review"_s].toString();
    QVERIFY(review.startsWith(u"r-2"_s));
    EXPECT(m_scene->ctl({u"review"_s, u"open"_s}).exitCode != 0, opened.told());

    const auto groups = agenda();
    const QString first = groups[0][u"group"_s].toString();
    EXPECT_EXIT(m_scene->ctl({u"review"_s, u"decide"_s, u"g-none"_s, u"--decision"_s, u"watch"_s}), 2);
    const CtlOutput archived = m_scene->ctl({u"review"_s, u"decide"_s, first, u"--decision"_s, u"archive"_s,
                                             u"--note"_s, u"test data"_s, u"--action"_s, u"stop the test"_s, u"--who"_s,
                                             u"kim"_s, u"--due"_s, u"2030-01-31"_s, u"--json"_s});
    EXPECT_EXIT(archived, 0);
    QCOMPARE(integer(archived.object()[u"changed"_s]), 3);
    for (const QJsonObject& letter :
         m_scene->ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"group:"_s + first, u"--json"_s}).lines())
        QCOMPARE(letter[u"state"_s].toString(), u"archived"_s);

    const CtlOutput closed = m_scene->ctl({u"review"_s, u"close"_s, u"--json"_s});
    EXPECT_EXIT(closed, 0);
    QCOMPARE(integer(closed.object()[u"decided"_s]), 1);
    QCOMPARE(integer(closed.object()[u"undecided"_s]), 1);

    const CtlOutput minutes = m_scene->ctl({u"review"_s, u"minutes"_s});
    EXPECT_EXIT(minutes, 0);
    EXPECT(minutes.out.contains("Present: Ana, Kim."), minutes.told());
    EXPECT(minutes.out.contains("| stop the test | kim | 2030-01-31 |"), minutes.told());
    EXPECT(minutes.out.contains("Carried over"), minutes.told());

    const auto next = agenda(); // what was left undecided leads the next one
    QCOMPARE(next.size(), std::size_t{1});
    QCOMPARE(next[0][u"reasons"_s].toArray().first().toString(), u"carriedOver"_s);
    EXPECT_EXIT(m_scene->ctl({u"audit"_s, u"verify"_s}), 0);
}

/// The group that is left: decided, decided anew by somebody who did not know, taken back.
void CtlReviewTest::wordAndDeedDoNotPart()
{
    EXPECT_EXIT(m_scene->ctl({u"review"_s, u"open"_s}), 0);
    const QString group = agenda().front()[u"group"_s].toString();
    const auto states = [&] {
        QStringList all;
        for (const QJsonObject& letter :
             m_scene->ctl({u"dlq"_s, u"list"_s, u"--query"_s, u"group:"_s + group, u"--json"_s}).lines())
            all += letter[u"state"_s].toString();
        all.removeDuplicates();
        return all;
    };
    const auto decide = [&](const QStringList& words) {
        return m_scene->ctl(QStringList{u"review"_s, u"decide"_s, group, u"--decision"_s} + words);
    };
    EXPECT_EXIT(decide({u"replay"_s, u"--action"_s, u"later"_s, u"--due"_s, u"2020-01-01"_s}), 2);
    const CtlOutput archived =
        decide({u"archive"_s, u"--note"_s, u"first line\nsecond"_s, u"--action"_s, u"bobs action"_s, u"--json"_s});
    EXPECT_EXIT(archived, 0);
    QVERIFY(archived.object()[u"replaced"_s].isNull());
    const qint64 word = integer(archived.object()[u"seq"_s]).value_or(-1);
    QCOMPARE(states(), QStringList{u"archived"_s});
    const auto rows = agenda(); // it stays: its word can be seen and changed
    QCOMPARE(rows.size(), std::size_t{1});
    QCOMPARE(rows[0][u"decision"_s].toObject()[u"verdict"_s].toString(), u"archive"_s);

    const CtlOutput late = decide({u"watch"_s, u"--seen"_s, u"0"_s});
    EXPECT(late.exitCode != 0 && late.err.contains("bobs action"), late.told());
    QCOMPARE(states(), QStringList{u"archived"_s});
    const CtlOutput anew = decide({u"fixFirst"_s});
    EXPECT_EXIT(anew, 0);
    EXPECT(anew.out.contains("replaces ") && anew.out.contains("bobs action"), anew.told());
    EXPECT(anew.out.contains("2 letters are open again"), anew.told());
    QCOMPARE(states(), QStringList{u"new"_s});
    const CtlOutput minutes = m_scene->ctl({u"review"_s, u"minutes"_s});
    EXPECT(minutes.out.contains("before, by ") && minutes.out.contains("bobs action"), minutes.told());

    const CtlOutput older = decide({u"assign"_s, u"--who"_s, u"kim"_s, u"--seen"_s, QString::number(word)});
    EXPECT(older.exitCode != 0, older.told()); // another word came since that one
    EXPECT_EXIT(decide({u"archive"_s, u"--note"_s, u"first line\nsecond"_s}), 0);
    EXPECT(m_scene->ctl({u"review"_s, u"minutes"_s}).out.contains("first line<br>second"), "a line break");
    const CtlOutput preview = m_scene->ctl({u"dlq"_s, u"undo"_s, u"--preview"_s});
    EXPECT(preview.out.contains("(and 1 event that belongs to it)"), preview.told());
    // One after another: the word before counts again, with what it did to letters, until none is left.
    const auto verdict = [&] { return agenda().front()[u"decision"_s].toObject()[u"verdict"_s].toString(); };
    EXPECT_EXIT(m_scene->ctl({u"dlq"_s, u"undo"_s}), 0);
    QCOMPARE(states(), QStringList{u"new"_s});
    QCOMPARE(verdict(), u"fixFirst"_s);
    EXPECT_EXIT(m_scene->ctl({u"dlq"_s, u"undo"_s}), 0);
    QCOMPARE(states(), QStringList{u"archived"_s});
    QCOMPARE(verdict(), u"archive"_s);
    EXPECT_EXIT(m_scene->ctl({u"dlq"_s, u"undo"_s}), 0);
    QCOMPARE(states(), QStringList{u"new"_s});
    QVERIFY(agenda().front()[u"decision"_s].isNull());

    const CtlOutput closed = m_scene->ctl({u"review"_s, u"close"_s, u"--json"_s});
    EXPECT_EXIT(closed, 0);
    QCOMPARE(integer(closed.object()[u"carriedOver"_s]), 1);
    const CtlOutput after = m_scene->ctl({u"review"_s, u"minutes"_s});
    EXPECT(after.out.contains("taken back by"), after.told());
    EXPECT_EXIT(m_scene->ctl({u"audit"_s, u"verify"_s}), 0);
}

void CtlReviewTest::theWeeklyReportIsWritten_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("Markdown") << u"week.md"_s << QByteArray("# Weekly dead-letter report");
    QTest::newRow("HTML") << u"week.html"_s << QByteArray("<!DOCTYPE html>");
    QTest::newRow("PDF") << u"week.PDF"_s << QByteArray("%PDF-");
}

void CtlReviewTest::theWeeklyReportIsWritten()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, begins);
    const CtlOutput output = m_scene->ctl({u"report"_s, u"weekly"_s, u"--out"_s, m_scene->path(file), u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(output.object()[u"file"_s].toString(), m_scene->path(file));
    EXPECT(m_scene->read(file).startsWith(begins), output.told());
}

void CtlReviewTest::whatCannotBeWrittenIsSaid()
{
    const CtlOutput ending = m_scene->ctl({u"report"_s, u"weekly"_s, u"--out"_s, u"week.doc"_s});
    EXPECT_EXIT(ending, 2);
    EXPECT(ending.err.contains(".pdf"), ending.told());
    const CtlOutput nowhere = m_scene->ctl({u"report"_s, u"weekly"_s, u"--out"_s, u"/nowhere/week.md"_s});
    EXPECT_EXIT(nowhere, 3);
    EXPECT(nowhere.err.contains("/nowhere/week.md"), nowhere.told());
    EXPECT_EXIT(m_scene->ctl({u"review"_s, u"minutes"_s, u"r-1999-01-01"_s}), 2);
}

CTL_TEST_MAIN(CtlReviewTest)
#include "tst_ctl_review.moc"
