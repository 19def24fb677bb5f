// SPDX-License-Identifier: GPL-3.0-or-later
// One process holds the state directory: reads go on, decisions go through it, nobody waits for one that does not
// answer. And the ledger notices what was changed behind its back.
#include "tests/app/ctl/replayscene.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QTest>

#include <sqlite3.h>

#include <csignal>
#include <stdexcept>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

/// Changes the ledger as an intruder would: with SQLite, past every trigger.
void changeLedger(const QString& folder, const QByteArray& statement)
{
    QDirIterator files(folder, {u"ledger.sqlite"_s}, QDir::Files, QDirIterator::Subdirectories);
    if (!files.hasNext())
        throw std::runtime_error("there is no ledger");
    sqlite3* db = nullptr;
    if (sqlite3_open(files.next().toUtf8().constData(), &db) != SQLITE_OK)
        throw std::runtime_error("the ledger does not open");
    QList<QByteArray> triggers;
    const auto collect = [](void* list, int, char** columns, char**) {
        static_cast<QList<QByteArray>*>(list)->append(columns[0]);
        return 0;
    };
    sqlite3_exec(db, "SELECT name FROM sqlite_master WHERE type = 'trigger'", collect, &triggers, nullptr);
    for (const QByteArray& trigger : triggers)
        sqlite3_exec(db, ("DROP TRIGGER \"" + trigger + '"').constData(), nullptr, nullptr, nullptr);
    char* why = nullptr;
    const int status = sqlite3_exec(db, statement.constData(), nullptr, nullptr, &why);
    const int changed = sqlite3_changes(db);
    const std::string text = why ? why : "nothing was changed";
    sqlite3_free(why);
    sqlite3_close(db);
    if (status != SQLITE_OK || changed == 0)
        throw std::runtime_error(text);
}

} // namespace

class OneWriterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theOthersReadAndDecideThroughIt();
    void aSecondHolderIsSentAwayByName();
    void whoeverDoesNotAnswerIsNamed();
    void aKilledHolderLeavesNothingBehind();
    void aChangedLedgerIsNoticed_data();
    void aChangedLedgerIsNoticed();
    void aLedgerThatWentIsNoticed();
    void withoutAnyDecisionTheLedgerIsIntact();

private:
    /// A collector that has come so far that it holds the store: a letter that came after its start is there.
    static std::unique_ptr<RunningCtl> holder(const ReplayScene& replay)
    {
        const auto stored = [&] { return replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().size(); };
        const std::size_t before = stored();
        std::unique_ptr<RunningCtl> running = replay.scene().start({u"collect"_s, u"--json"_s});
        ForeignProducer producer(replay.kafka().bootstrap());
        producer.send(replay.letterTopic(), replay.letter(90));
        producer.flush();
        if (!QTest::qWaitFor([&] { return stored() > before; }, 30'000))
            throw std::runtime_error("nobody holds the store");
        return running;
    }
    static QString anId(const ReplayScene& replay)
    {
        return replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().at(0)[u"id"_s].toString();
    }
    static QStringList park(const QString& id)
    {
        return {u"dlq"_s, u"triage"_s, id, u"--to"_s, u"parked"_s, u"--reason"_s, u"later"_s, u"--json"_s};
    }
};

void OneWriterTest::theOthersReadAndDecideThroughIt()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(3);
    const QString id = anId(replay);
    const std::unique_ptr<RunningCtl> held = holder(replay);
    for (const QStringList& read : {QStringList{u"lag"_s}, QStringList{u"slo"_s}, QStringList{u"dlq"_s, u"groups"_s},
                                    QStringList{u"dlq"_s, u"list"_s}, QStringList{u"dlq"_s, u"show"_s, id},
                                    QStringList{u"replay"_s, u"status"_s}, QStringList{u"audit"_s, u"verify"_s}})
        EXPECT_EXIT(replay.scene().ctl(read + QStringList{u"--json"_s}), 0);
    const CtlOutput parked = replay.scene().ctl(park(id));
    EXPECT_EXIT(parked, 0);
    QCOMPARE(integer(parked.object()[u"changed"_s]).value_or(-1), 1);
    QCOMPARE(replay.scene().ctl({u"dlq"_s, u"show"_s, id, u"--json"_s}).object()[u"state"_s].toString(), u"parked"_s);
    QVERIFY(held->isRunning());
    held->signal(SIGTERM);
    EXPECT_EXIT(held->wait(), 0);
    QCOMPARE(replay.scene().ctl({u"dlq"_s, u"show"_s, id, u"--json"_s}).object()[u"state"_s].toString(), u"parked"_s);
}

void OneWriterTest::aSecondHolderIsSentAwayByName()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(1);
    const std::unique_ptr<RunningCtl> held = holder(replay);
    const CtlOutput second = replay.scene().ctl({u"collect"_s, u"--json"_s}, {}, 20'000);
    EXPECT_EXIT(second, 3);
    EXPECT(second.err.contains(QByteArray::number(held->pid())), second.told());
    QCOMPARE(second.out, QByteArray());
}

void OneWriterTest::whoeverDoesNotAnswerIsNamed()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(1);
    const QString id = anId(replay);
    const std::unique_ptr<RunningCtl> held = holder(replay);
    held->signal(SIGSTOP);
    const CtlOutput output = replay.scene().ctl(park(id), {}, 60'000);
    const bool readsGoOn = replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).exitCode == 0;
    held->signal(SIGCONT);
    EXPECT_EXIT(output, 3);
    EXPECT(output.err.contains(QByteArray::number(held->pid())), output.told());
    QVERIFY(readsGoOn);
}

void OneWriterTest::aKilledHolderLeavesNothingBehind()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(1);
    const QString id = anId(replay);
    std::unique_ptr<RunningCtl> held = holder(replay);
    QVERIFY(held->kill());
    EXPECT_EXIT(replay.scene().ctl(park(id)), 0);
    EXPECT_EXIT(replay.scene().ctl({u"collect"_s, u"--once"_s}), 0);
}

void OneWriterTest::aChangedLedgerIsNoticed_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::newRow("a body was changed") << QByteArray(
        "UPDATE event SET body = replace(body, 'later', 'never') WHERE seq = (SELECT max(seq) FROM event)");
    QTest::newRow("an actor was changed")
        << QByteArray("UPDATE event SET actor = 'nobody' WHERE seq = (SELECT min(seq) FROM event)");
    QTest::newRow("one in the middle is gone")
        << QByteArray("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event) - 1");
    QTest::newRow("the end is gone") << QByteArray("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)");
}

void OneWriterTest::aChangedLedgerIsNoticed()
{
    QFETCH(QByteArray, statement);
    const ReplayScene replay(Peers::kafka391(), 1);
    replay.fail(3);
    for (const QJsonObject& letter : replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
        EXPECT_EXIT(replay.scene().ctl(park(letter[u"id"_s].toString())), 0);
    const CtlOutput before = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(before, 0);
    const QJsonObject sound = before.object();
    QCOMPARE(fieldNames(sound), (QStringList{u"entries"_s, u"firstBreak"_s, u"head"_s, u"intact"_s}));
    QVERIFY(sound[u"intact"_s].toBool() && sound[u"firstBreak"_s].isNull());
    QVERIFY(integer(sound[u"entries"_s]).value_or(0) >= 3);
    QVERIFY(!sound[u"head"_s].toString().isEmpty());
    changeLedger(replay.scene().state(), statement);
    const CtlOutput after = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(after, 1);
    QCOMPARE(after.object()[u"intact"_s].toBool(true), false);
    EXPECT(!after.object()[u"firstBreak"_s].isNull(), after.told());
}

void OneWriterTest::aLedgerThatWentIsNoticed()
{
    const ReplayScene replay(Peers::kafka391(), 1);
    replay.fail(1);
    EXPECT_EXIT(replay.scene().ctl(park(anId(replay))), 0);
    QDirIterator files(replay.scene().state(), {u"ledger.sqlite*"_s}, QDir::Files);
    while (files.hasNext())
        QVERIFY(QFile::remove(files.next()));
    const CtlOutput output = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(output, 1);
    QCOMPARE(output.object()[u"intact"_s].toBool(true), false);
}

void OneWriterTest::withoutAnyDecisionTheLedgerIsIntact()
{
    const ReplayScene replay(Peers::kafka391(), 1);
    replay.collect();
    const CtlOutput output = replay.scene().ctl({u"audit"_s, u"verify"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    QVERIFY(output.object()[u"intact"_s].toBool());
}

CTL_TEST_MAIN(OneWriterTest)
#include "tst_ctl_onewriter.moc"
