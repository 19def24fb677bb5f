// SPDX-License-Identifier: GPL-3.0-or-later
// Whoever writes the ledger is killed again and again: the chain stays whole, and what was acknowledged is in it.
#include "model/ledger/ledger.h"
#include "tests/support/childprocess.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr int rounds = 12;

/// The child: batches of one to five events that say how many they are; each batch is reported once it is appended.
int appendUntilKilled(const QString& file)
{
    const SystemClock clock;
    auto ledger = Ledger::open(file, clock);
    if (!ledger)
        return 1;
    for (int batch = 0;; ++batch) {
        const int size = 1 + batch % 5;
        std::vector<Ledger::Draft> drafts;
        for (int part = 1; part <= size; ++part)
            drafts.push_back({u"child"_s, u"test.step"_s,
                              "{\"part\":" + QByteArray::number(part) + ",\"of\":" + QByteArray::number(size) + "}"});
        const auto events = (*ledger)->append(std::move(drafts));
        if (!events)
            return 2;
        test::ChildProcess::report(QByteArray::number(static_cast<qlonglong>(events->back().seq)));
    }
}

} // namespace

class LedgerKillTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theChainSurvivesKills();
};

void LedgerKillTest::theChainSurvivesKills()
{
    const QTemporaryDir root;
    const QString file = root.filePath(u"ledger.sqlite"_s);
    QRandomGenerator random(4'711);
    std::int64_t acknowledged = 0;
    for (int round = 0; round < rounds; ++round) {
        test::ChildProcess child({u"--append-until-killed"_s, file});
        const QByteArray firstLine = child.readLine();
        QVERIFY2(!firstLine.isEmpty(), "the ledger did not open after a kill");
        QVERIFY(firstLine.toLongLong() > acknowledged);
        acknowledged = firstLine.toLongLong();
        QVERIFY(child.killWithin(random, 25));
        for (const QByteArray& line : child.allLines())
            acknowledged = line.toLongLong();

        const auto verification = verifyLedger(file);
        QVERIFY2(verification && verification->isIntact,
                 qPrintable(verification ? verification->finding : verification.error().detail));
        QVERIFY(verification->entries >= acknowledged);
        QVERIFY(verification->headBehindBy <= 5);
        const auto events = readLedger(file, verification->entries - 1, 1).value();
        QCOMPARE(events.size(), std::size_t{1});
        const QByteArray last = events.front().body;
        QCOMPARE(last.mid(8, 1), last.mid(15, 1)); // {"part":N,"of":N}: the last batch is whole
    }
    QVERIFY(acknowledged > rounds);
}

int main(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "--append-until-killed") == 0)
        return appendUntilKilled(QString::fromLocal8Bit(argv[2]));
    const QCoreApplication application(argc, argv);
    LedgerKillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_ledgerkill.moc"
