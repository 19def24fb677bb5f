// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/filebatch.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class FileBatchTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;

    QString at(const QString& name) const { return m_dir.filePath(name); }
    static QByteArray read(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }
    static void put(const QString& path, const QByteArray& bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    /// Names of all files below the folder, leftovers too.
    static QStringList names(const QString& folder)
    {
        return QDir(folder).entryList(QDir::Files | QDir::Hidden | QDir::System, QDir::Name);
    }

private slots:
    void allAreWrittenAndTheirFoldersMade()
    {
        const QByteArray one("one");
        const QByteArray none;
        const Status done = writeFiles({{at(u"a/b/one"_s), &one}, {at(u"a/none"_s), &none}});
        QVERIFY2(done.has_value(), qPrintable(done ? QString() : done.error().detail));
        QCOMPARE(read(at(u"a/b/one"_s)), one);
        QCOMPARE(read(at(u"a/none"_s)), none);
        QCOMPARE(names(at(u"a/b"_s)), QStringList{u"one"_s});
    }

    void aReplacedFileKeepsItsPermissions()
    {
        const QString path = at(u"kept"_s);
        put(path, "before");
        const auto permissions = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser;
        QVERIFY(QFile::setPermissions(path, permissions));
        const QByteArray after("after");
        QVERIFY(writeFiles({{path, &after}}).has_value());
        QCOMPARE(read(path), after);
        QCOMPARE(QFileInfo(path).permissions(), permissions);
    }

    void whenOneCannotBeWrittenNoneHasChangedAndNothingIsLeftBehind()
    {
        QVERIFY(QDir().mkpath(at(u"whole"_s)));
        put(at(u"whole/first"_s), "before");
        put(at(u"whole/notafolder"_s), "file");
        const QByteArray after("after");
        const Status done = writeFiles({{at(u"whole/first"_s), &after}, {at(u"whole/notafolder/second"_s), &after}});
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Unreachable);
        QVERIFY2(done.error().detail.contains(u"notafolder/second"_s), qPrintable(done.error().detail));
        QCOMPARE(read(at(u"whole/first"_s)), QByteArray("before"));
        QCOMPARE(names(at(u"whole"_s)), (QStringList{u"first"_s, u"notafolder"_s}));
    }

    void aLeftoverOfAKilledRunIsTakenAwayAndALinkThereIsNotFollowed()
    {
        put(at(u"precious"_s), "precious");
        QVERIFY(QFile::link(at(u"precious"_s), at(u"page.unfinished"_s)));
        const QByteArray page("page");
        QVERIFY(writeFiles({{at(u"page"_s), &page}}).has_value());
        QCOMPARE(read(at(u"page"_s)), page);
        QCOMPARE(read(at(u"precious"_s)), QByteArray("precious"));
        QVERIFY(!QFileInfo(at(u"page"_s)).isSymLink());
    }
};

QTEST_GUILESS_MAIN(FileBatchTest)
#include "tst_filebatch.moc"
