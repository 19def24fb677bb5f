// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/statedirectory.h"
#include "tests/support/childprocess.h"
#include "tests/support/ordinaryuser.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr auto anyOther =
    QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;

/// The child: holds the folder until it is killed.
int holdUntilKilled(const QString& folder)
{
    const auto held = StateDirectory::hold(folder, u"spillway collect"_s);
    test::ChildProcess::report(held ? "held" : "refused");
    while (held)
        ::pause();
    return 1;
}

} // namespace

class StateDirectoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itIsMadePrivate();
    void aFolderOpenToOthersIsClosed();
    void whoHoldsItIsNamed();
    void oneProcessHoldsItOnce();
    void aKillFreesIt();
    void lettingGoFreesItAndNamesNobody();
    void whatCannotBeHeldIsSaid_data();
    void whatCannotBeHeldIsSaid();
    void aFolderWithoutTheRightToWriteIsSaid();
    void whatIsClosedToUsIsNoEmptyState_data();
    void whatIsClosedToUsIsNoEmptyState();
    void whatIsNotThereYetIsNoFault();
};

void StateDirectoryTest::itIsMadePrivate()
{
    const QTemporaryDir root;
    const QString folder = root.filePath(u"state/spillway/acme-01234567"_s);
    const auto held = StateDirectory::hold(folder, u"spillway"_s);
    QVERIFY2(held, qPrintable(held ? QString() : held.error().detail));
    QCOMPARE((*held)->folder(), folder);
    QCOMPARE((*held)->samplesFile(), folder + u"/samples.sqlite"_s);
    QCOMPARE((*held)->ledgerFile(), folder + u"/ledger.sqlite"_s);
    QVERIFY(!(QFile::permissions(folder) & anyOther));
    QVERIFY(!(QFile::permissions(folder + u"/lock"_s) & anyOther));
}

void StateDirectoryTest::aFolderOpenToOthersIsClosed()
{
    const QTemporaryDir root;
    QVERIFY(QFile::setPermissions(root.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner |
                                                   QFile::ReadOther | QFile::ExeOther));
    QVERIFY(StateDirectory::hold(root.path(), u"spillway"_s));
    QVERIFY(!(QFile::permissions(root.path()) & anyOther));
}

void StateDirectoryTest::whoHoldsItIsNamed()
{
    const QTemporaryDir root;
    test::ChildProcess child({u"--hold"_s, root.path()});
    QCOMPARE(child.readLine(), QByteArray("held"));
    const auto refused = StateDirectory::hold(root.path(), u"spillway"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    const QString name = u"spillway collect (process %1)"_s.arg(child.process().processId());
    QVERIFY2(refused.error().detail.contains(name), qPrintable(refused.error().detail));
    QVERIFY(refused.error().detail.startsWith(root.path()));
    QCOMPARE(namedHolder(root.path()).value().toString(), name);
}

void StateDirectoryTest::oneProcessHoldsItOnce()
{
    const QTemporaryDir root;
    const auto held = StateDirectory::hold(root.path(), u"spillway"_s);
    QVERIFY(held);
    const auto again = StateDirectory::hold(root.path() + u"/."_s, u"spillway"_s);
    QVERIFY(!again);
    QCOMPARE(again.error().code, ErrorCode::Conflict);
}

void StateDirectoryTest::aKillFreesIt()
{
    const QTemporaryDir root;
    {
        test::ChildProcess child({u"--hold"_s, root.path()});
        QCOMPARE(child.readLine(), QByteArray("held"));
        child.kill();
    }
    QCOMPARE(namedHolder(root.path()), std::nullopt);
    const auto held = StateDirectory::hold(root.path(), u"spillway"_s);
    QVERIFY2(held, qPrintable(held ? QString() : held.error().detail));
    QCOMPARE(namedHolder(root.path()), std::optional((*held)->holder()));
}

void StateDirectoryTest::lettingGoFreesItAndNamesNobody()
{
    const QTemporaryDir root;
    QVERIFY(StateDirectory::hold(root.path(), u"a program with a rather long name"_s));
    QCOMPARE(namedHolder(root.path()), std::nullopt);
    const auto held = StateDirectory::hold(root.path(), u"b\nc"_s);
    QVERIFY(held);
    QCOMPARE(namedHolder(root.path())->program, u"b c"_s);
}

void StateDirectoryTest::whatCannotBeHeldIsSaid_data()
{
    QTest::addColumn<QString>("inTheWay");
    QTest::addColumn<QString>("folder");
    QTest::newRow("a file stands where the folder should") << u"state"_s << u"state"_s;
    QTest::newRow("a file stands where a parent should") << u"state"_s << u"state/deeper/yet"_s;
}

void StateDirectoryTest::whatCannotBeHeldIsSaid()
{
    QFETCH(QString, inTheWay);
    QFETCH(QString, folder);
    const QTemporaryDir root;
    QFile file(root.filePath(inTheWay));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto refused = StateDirectory::hold(root.filePath(folder), u"spillway"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    QVERIFY(refused.error().detail.startsWith(root.filePath(folder)));
}

void StateDirectoryTest::whatIsClosedToUsIsNoEmptyState_data()
{
    QTest::addColumn<bool>("isFile");
    QTest::addColumn<QString>("closed"); // within the folder; empty: the folder itself
    QTest::addColumn<QString>("why");
    QTest::newRow("a folder that another user keeps private")
        << false << u""_s << u"cannot be read: Permission denied"_s;
    QTest::newRow("samples that another user keeps private")
        << false << u"/samples.sqlite"_s << u"cannot be read: Permission denied"_s;
    QTest::newRow("a ledger that another user keeps private")
        << false << u"/ledger.sqlite"_s << u"cannot be read: Permission denied"_s;
    QTest::newRow("a file stands where the folder should") << true << u""_s << u"is no folder: Not a directory"_s;
}

void StateDirectoryTest::whatIsClosedToUsIsNoEmptyState()
{
    QFETCH(bool, isFile);
    QFETCH(QString, closed);
    QFETCH(QString, why);
    const QTemporaryDir root;
    QVERIFY(QFile::setPermissions(root.path(), QFile::Permissions(0x7755)));
    const QString folder = root.filePath(u"state"_s);
    if (isFile) {
        QFile file(folder);
        QVERIFY(file.open(QIODevice::WriteOnly));
    } else {
        QVERIFY(QDir().mkdir(folder));
        for (const QString& name : {u"/samples.sqlite"_s, u"/ledger.sqlite"_s}) {
            QFile file(folder + name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.setPermissions(QFile::Permissions(0x6644)));
        }
        QVERIFY(QFile::setPermissions(folder, QFile::Permissions(0x7755)));
        QVERIFY(readableState(folder));
        QVERIFY(QFile::setPermissions(folder + closed, QFile::Permissions()));
    }
    std::optional<Error> error;
    {
        const test::OrdinaryUser user;
        QVERIFY(user.isOrdinary());
        if (const Status status = readableState(folder); !status)
            error = status.error();
    }
    if (!isFile && closed.isEmpty()) // so that it can be removed
        QVERIFY(QFile::setPermissions(folder, QFile::Permissions(0x7700)));
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::Unreachable);
    QVERIFY2(error->detail.startsWith(folder + closed + u' ' + why + u"; "_s), qPrintable(error->detail));
}

void StateDirectoryTest::whatIsNotThereYetIsNoFault()
{
    const QTemporaryDir root;
    QVERIFY(readableState(root.filePath(u"never/made"_s)));
    QVERIFY(readableState(root.path())); // there, and nothing in it
}

void StateDirectoryTest::aFolderWithoutTheRightToWriteIsSaid()
{
    const test::OrdinaryUser user;
    QVERIFY(user.isOrdinary());
    const QTemporaryDir root;
    QVERIFY(QFile::setPermissions(root.path(), QFile::ReadOwner | QFile::ExeOwner));
    const auto refused = StateDirectory::hold(root.path(), u"spillway"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
    QVERIFY(refused.error().detail.contains(u"ermission denied"_s));
    QVERIFY(QFile::setPermissions(root.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

int main(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "--hold") == 0)
        return holdUntilKilled(QString::fromLocal8Bit(argv[2]));
    const QCoreApplication application(argc, argv);
    StateDirectoryTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_statedirectory.moc"
