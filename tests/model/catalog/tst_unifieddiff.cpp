// SPDX-License-Identifier: GPL-3.0-or-later
// Patches as others apply them: git, on whatever text there is.
#include "model/catalog/unifieddiff.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// What `git apply` makes of a text; nullopt when it refuses.
std::optional<QByteArray> applied(const QByteArray& before, const QByteArray& patch)
{
    QTemporaryDir folder;
    const auto write = [&folder](const QString& name, const QByteArray& bytes) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
    };
    QDir(folder.path()).mkpath(u"a folder"_s);
    write(u"a folder/file.yaml"_s, before);
    write(u"change.patch"_s, patch);
    QProcess git;
    git.setWorkingDirectory(folder.path());
    git.start(u"git"_s, {u"apply"_s, u"--whitespace=nowarn"_s, u"change.patch"_s});
    if (!git.waitForFinished() || git.exitCode() != 0) {
        qInfo() << git.readAllStandardError() << patch;
        return std::nullopt;
    }
    QFile file(folder.filePath(u"a folder/file.yaml"_s));
    return file.open(QIODevice::ReadOnly) ? std::optional(file.readAll()) : std::nullopt;
}

QByteArray diff(const QByteArray& before, const QByteArray& after)
{
    return unifiedDiff(u"a folder/file.yaml"_s, before, after);
}

} // namespace

class UnifiedDiffTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingDiffers();
    void asPeopleExpectIt();
    void gitAppliesIt_data();
    void gitAppliesIt();
    void gitAppliesRandomChanges();
};

void UnifiedDiffTest::nothingDiffers()
{
    QVERIFY(diff("a\n", "a\n").isEmpty());
    QVERIFY(diff({}, {}).isEmpty());
}

void UnifiedDiffTest::asPeopleExpectIt()
{
    QCOMPARE(diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
             QByteArray("diff --git a/a folder/file.yaml b/a folder/file.yaml\n--- a/a folder/file.yaml\n"
                        "+++ b/a folder/file.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"));
}

void UnifiedDiffTest::gitAppliesIt_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("the first line") << QByteArray("a\nb\nc\n") << QByteArray("A\nb\nc\n");
    QTest::newRow("a line in front") << QByteArray("a\nb\n") << QByteArray("0\na\nb\n");
    QTest::newRow("a line at the end") << QByteArray("a\nb\n") << QByteArray("a\nb\nc\n");
    QTest::newRow("lines go") << QByteArray("a\nb\nc\nd\n") << QByteArray("a\nd\n");
    QTest::newRow("no line end at the end") << QByteArray("a\nb") << QByteArray("a\nc");
    QTest::newRow("a line end is added") << QByteArray("a\nb") << QByteArray("a\nb\n");
    QTest::newRow("Windows' line ends stay") << QByteArray("a\r\nb\r\nc\r\n") << QByteArray("a\r\nB\r\nc\r\n");
    QTest::newRow("two changes far apart") << QByteArray("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n")
                                           << QByteArray("1\nx\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\ny\n14\n");
    QTest::newRow("two changes near each other")
        << QByteArray("1\n2\n3\n4\n5\n6\n7\n8\n9\n") << QByteArray("1\nx\n3\n4\n5\n6\n7\ny\n9\n");
    QTest::newRow("comments in other alphabets")
        << QByteArray("a: 1 # größe\nb: 2\n") << QByteArray("a: 7 # größe\nb: 2\n");
}

void UnifiedDiffTest::gitAppliesIt()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QCOMPARE(applied(before, "What this is about.\n# and why\n\n" + diff(before, after)), std::optional(after));
}

void UnifiedDiffTest::gitAppliesRandomChanges()
{
    QRandomGenerator random(5);
    for (int round = 0; round < 60; ++round) {
        QByteArrayList lines;
        const int count = random.bounded(1, 60);
        for (int i = 0; i < count; ++i)
            lines += QByteArray::number(random.bounded(8)); // few words: many lines alike
        QByteArrayList changed = lines;
        for (int change = random.bounded(1, 9); change > 0; --change) {
            const int at = random.bounded(static_cast<int>(changed.size()) + 1);
            switch (random.bounded(3)) {
            case 0:
                changed.insert(at, "new " + QByteArray::number(change));
                break;
            case 1:
                if (at < changed.size())
                    changed.removeAt(at);
                break;
            default:
                if (at < changed.size())
                    changed[at] = QByteArray::number(random.bounded(8));
            }
        }
        const bool endsWhole = random.bounded(4) != 0;
        const QByteArray before = lines.join('\n') + '\n';
        const QByteArray after = changed.join('\n') + (endsWhole && !changed.isEmpty() ? "\n" : "");
        if (before == after || after.isEmpty())
            continue;
        QCOMPARE(applied(before, diff(before, after)), std::optional(after));
    }
}

QTEST_GUILESS_MAIN(UnifiedDiffTest)
#include "tst_unifieddiff.moc"
