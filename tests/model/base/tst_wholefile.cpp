// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/wholefile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

QByteArray readAll(const QString& name)
{
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

} // namespace

class WholeFileTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itTakesTheOldOnesPlaceAtOnce();
    void withoutACommitNothingChanged();
    void behindALinkTheLinkStays();
    void aPipeIsWrittenToAndStaysOne();
    void aDeviceStaysOne();
    void whatHasNoRoomIsToldAndTheDeviceStays();
    void whereItCannotBeItIsSaid_data();
    void whereItCannotBeItIsSaid();
    void permissionsAreThoseOfAPlainFileOnly();
};

void WholeFileTest::itTakesTheOldOnesPlaceAtOnce()
{
    const QTemporaryDir folder;
    const QString name = folder.filePath(u"a"_s);
    QVERIFY(writeWhole(name, "old"));
    WholeFile file(name);
    QVERIFY(file.open());
    QVERIFY(file.write("new"));
    QVERIFY(file.flush());
    QCOMPARE(readAll(name), "old");
    QVERIFY(file.commit());
    QCOMPARE(readAll(name), "new");
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"a"_s});
}

void WholeFileTest::withoutACommitNothingChanged()
{
    const QTemporaryDir folder;
    const QString name = folder.filePath(u"a"_s);
    QVERIFY(writeWhole(name, "old"));
    {
        WholeFile file(name);
        QVERIFY(file.open());
        QVERIFY(file.write("new"));
    }
    QCOMPARE(readAll(name), "old");
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"a"_s});
}

void WholeFileTest::behindALinkTheLinkStays()
{
    const QTemporaryDir folder;
    QVERIFY(writeWhole(folder.filePath(u"a"_s), "old"));
    QVERIFY(QFile::link(folder.filePath(u"a"_s), folder.filePath(u"link"_s)));
    QVERIFY(writeWhole(folder.filePath(u"link"_s), "new"));
    QCOMPARE(readAll(folder.filePath(u"a"_s)), "new");
    QVERIFY(QFileInfo(folder.filePath(u"link"_s)).isSymLink());
}

void WholeFileTest::aPipeIsWrittenToAndStaysOne()
{
    const QTemporaryDir folder;
    const QByteArray name = QFile::encodeName(folder.filePath(u"pipe"_s));
    QCOMPARE(::mkfifo(name.constData(), 0600), 0);
    const int reader = ::open(name.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    QVERIFY(isStream(folder.filePath(u"pipe"_s)));
    QVERIFY(writeWhole(folder.filePath(u"pipe"_s), "through"));
    char bytes[16] = {};
    QCOMPARE(::read(reader, bytes, sizeof bytes), 7);
    QCOMPARE(QByteArray(bytes), "through");
    ::close(reader);
    struct stat found = {};
    QCOMPARE(::stat(name.constData(), &found), 0);
    QVERIFY(S_ISFIFO(found.st_mode));
}

void WholeFileTest::aDeviceStaysOne()
{
    const QTemporaryDir folder; // a link, so that a mistake costs the link and not the machine's device
    const QString name = folder.filePath(u"link"_s);
    QVERIFY(QFile::link(u"/dev/null"_s, name));
    QVERIFY(writeWhole(name, "gone"));
    QVERIFY(isStream(u"/dev/null"_s));
    QVERIFY(QFileInfo(name).isSymLink());
}

void WholeFileTest::whatHasNoRoomIsToldAndTheDeviceStays()
{
    const Status written = writeWhole(u"/dev/full"_s, QByteArray(100'000, 'x'));
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Unreachable);
    QVERIFY2(written.error().detail.startsWith(u"/dev/full cannot be written: "_s), qPrintable(written.error().detail));
    QVERIFY(isStream(u"/dev/full"_s));
    QVERIFY2(!writeWhole(u"/dev/full"_s, "few"), "a byte that was only buffered is a byte lost");
}

void WholeFileTest::whereItCannotBeItIsSaid_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("in a folder that is not there") << u"no/such"_s;
    QTest::newRow("in the place of a folder") << u"folder"_s;
    QTest::newRow("without a name") << QString();
}

void WholeFileTest::whereItCannotBeItIsSaid()
{
    QFETCH(QString, name);
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(u"folder"_s));
    const Status written = writeWhole(name.isEmpty() ? name : folder.filePath(name), "x");
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Unreachable);
    QVERIFY2(written.error().detail.contains(u" cannot be written: "_s), qPrintable(written.error().detail));
    QVERIFY(QFileInfo(folder.filePath(u"folder"_s)).isDir());
}

void WholeFileTest::permissionsAreThoseOfAPlainFileOnly()
{
    const QTemporaryDir folder;
    const QString name = folder.filePath(u"a"_s);
    const auto mine = QFile::ReadOwner | QFile::WriteOwner;
    WholeFile file(name);
    QVERIFY(file.open(mine));
    QVERIFY(file.write("secret"));
    QVERIFY(file.commit());
    QCOMPARE(QFile::permissions(name) & ~(QFile::ReadUser | QFile::WriteUser), mine);

    const QByteArray pipe = QFile::encodeName(folder.filePath(u"pipe"_s));
    QCOMPARE(::mkfifo(pipe.constData(), 0644), 0);
    const int reader = ::open(pipe.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    QVERIFY(reader >= 0);
    struct stat before = {};
    struct stat after = {};
    QCOMPARE(::stat(pipe.constData(), &before), 0);
    WholeFile stream(folder.filePath(u"pipe"_s));
    QVERIFY(stream.open(mine));
    QCOMPARE(::stat(pipe.constData(), &after), 0);
    ::close(reader);
    QCOMPARE(after.st_mode, before.st_mode);
}

QTEST_GUILESS_MAIN(WholeFileTest)
#include "tst_wholefile.moc"
