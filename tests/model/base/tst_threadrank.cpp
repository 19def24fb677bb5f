// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/threadrank.h"

#include <QTest>

#include <algorithm>
#include <thread>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace spillway;

namespace {

int niceness()
{
    return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
}

} // namespace

class TstThreadRank final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aThreadAndItsChildrenStepBackAlone();
};

void TstThreadRank::aThreadAndItsChildrenStepBackAlone()
{
    const int mine = niceness();
    int answers = -1;
    int child = -1;
    int intake = -1;
    int again = -1;
    std::thread([&] {
        stepBack(ThreadRank::Answers);
        answers = niceness();
        std::thread([&child] { child = niceness(); }).join();
        stepBack(ThreadRank::Intake);
        intake = niceness();
        stepBack(ThreadRank::Answers);
        again = niceness();
    }).join();
    QCOMPARE(answers, std::max(mine, 5));
    QCOMPARE(child, answers);
    QCOMPARE(intake, std::max(mine, 10));
    QCOMPARE(again, intake); // never forward again
    QCOMPARE(niceness(), mine);
}

QTEST_GUILESS_MAIN(TstThreadRank)
#include "tst_threadrank.moc"
