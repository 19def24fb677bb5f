// SPDX-License-Identifier: GPL-3.0-or-later
// A letter that was erased, while the broker still has it: it is not sent, and nothing brings it back.
#include "tests/app/ctl/replayscene.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class CtlPurgeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatWasPlannedBeforeIsNotSent();
    void aStoreMadeAnewHasItErasedStill();

private:
    static QJsonObject aLetter(const ReplayScene& replay)
    {
        return replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().at(0);
    }
    static void erase(const ReplayScene& replay, const QString& id)
    {
        const CtlOutput purge =
            replay.scene().ctl({u"store"_s, u"purge"_s, id, u"--reason"_s, u"ticket 12"_s, u"--json"_s});
        EXPECT_EXIT(purge, 0);
        QCOMPARE(purge.object()[u"left"].toArray(), QJsonArray());
    }
    static QJsonObject plan(const ReplayScene& replay)
    {
        const CtlOutput output = replay.scene().ctl({u"replay"_s, u"plan"_s, u"--query"_s, u""_s, u"--out"_s,
                                                     replay.scene().path(u"later.plan"_s), u"--json"_s});
        if (output.exitCode != 0)
            qWarning("%s", output.told().constData());
        return output.object();
    }
};

void CtlPurgeTest::whatWasPlannedBeforeIsNotSent()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(4);
    const QString planned = replay.plan();
    const QJsonObject letter = aLetter(replay);
    erase(replay, letter[u"id"].toString());
    const CtlOutput run = replay.run(planned, {u"--json"_s});
    EXPECT_EXIT(run, 0);
    QCOMPARE(run.lastLine()[u"sent"].toInteger(), 3);
    QCOMPARE(run.lastLine()[u"skipped"].toInteger(), 1);
    const std::vector<ForeignRecord> landed = replay.landed();
    QCOMPARE(landed.size(), std::size_t{3});
    for (const ForeignRecord& record : landed)
        QVERIFY(record.key != letter[u"key"].toString().toUtf8());
    // What is shown of the job and of its letters is what the ledger says.
    const CtlOutput check = replay.scene().ctl({u"store"_s, u"check"_s, u"--json"_s});
    EXPECT_EXIT(check, 0);
    QCOMPARE(check.object()[u"asLedgerSays"].toBool(), true);
}

void CtlPurgeTest::aStoreMadeAnewHasItErasedStill()
{
    const ReplayScene replay(Peers::kafka411(), 1);
    replay.fail(3);
    const QJsonObject letter = aLetter(replay);
    const QString id = letter[u"id"].toString();
    erase(replay, id);
    for (const QString& name : QDir(replay.scene().state()).entryList({u"samples.sqlite*"_s}, QDir::Files))
        QVERIFY(QFile::remove(replay.scene().state() + u'/' + name));
    replay.collect();
    int whole = 0;
    int erased = 0;
    for (const QJsonObject& row : replay.scene().ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines()) {
        const bool isIt = row[u"id"].toString() == id;
        QCOMPARE(row[u"erased"].isObject(), isIt);
        QCOMPARE(row[u"key"].isNull(), isIt);
        (isIt ? erased : whole) += 1;
    }
    QCOMPARE(erased, 1);
    QCOMPARE(whole, 2);
    const QJsonObject planned = plan(replay);
    QCOMPARE(planned[u"messages"].toInteger(), 2);
    QCOMPARE(planned[u"blocked"].toArray().size(), 1);
    const QString reason = planned[u"blocked"][0][u"reason"].toString();
    QVERIFY2(reason.startsWith(u"erased by "_s) && reason.endsWith(u": ticket 12"_s), qPrintable(reason));
    // Reading the channel again changes nothing of it either.
    EXPECT_EXIT(replay.scene().ctl({u"dlq"_s, u"reread"_s, replay.letterTopic()}), 0);
    const QJsonObject again = replay.scene().ctl({u"dlq"_s, u"show"_s, id, u"--json"_s}).object();
    QVERIFY(again[u"erased"].isObject() && again[u"value"].isNull());
    EXPECT_EXIT(replay.scene().ctl({u"store"_s, u"check"_s}), 0);
}

CTL_TEST_MAIN(CtlPurgeTest)

#include "tst_ctl_purge.moc"
