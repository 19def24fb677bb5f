// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/eventversions.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList kinds(const EventVersion& version)
{
    QStringList words;
    for (const SchemaChange& change : version.changes)
        words += change.difference.kind;
    return words;
}

} // namespace

class EventVersionsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void versionsAreNumbers();
    void anotherVersion();
    void theFirstHasNothingBefore();
    void faultyFiles();
    void notThere();

private:
    void write(const QString& path, const QByteArray& text) const
    {
        QDir(m_dir->path()).mkpath(QFileInfo(path).path());
        QFile file(m_dir->filePath(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    [[nodiscard]] Result<EventVersion> version(std::optional<int> number, const QString& event = u"a.b"_s) const
    {
        return eventVersionOf(m_dir->path(), event, number, {.today = QDate(2026, 11, 26)});
    }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void EventVersionsTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    write(u"a/a.b.v1.json"_s, R"({"type":"object","properties":{"x":{"type":"string"}}})");
    write(u"a/a.b.v9.json"_s, R"({"type":"object","properties":{"x":{"type":"string"}},"required":["x"]})");
    write(u"a/a.b.v10.json"_s, R"({"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]})");
    write(u"a/a.c.v2.json"_s, "not read, and no fault of a.b");
}

void EventVersionsTest::versionsAreNumbers()
{
    const auto newest = version({});
    QVERIFY(newest);
    QCOMPARE(newest->version, 10);
    QCOMPARE(newest->versions, (std::vector<int>{1, 9, 10}));
    QCOMPARE(newest->previous, 9);
    QCOMPARE(newest->file, m_dir->filePath(u"a/a.b.v10.json"_s));
    QCOMPARE(newest->fields.size(), std::size_t{1});
    QCOMPARE(newest->fields[0].type, u"integer"_s);
    QVERIFY(newest->changesFault.isEmpty());
    QVERIFY2(!newest->changes.empty() && newest->changes[0].verdict == ChangeVerdict::Breaking,
             qPrintable(kinds(*newest).join(u", ")));
}

void EventVersionsTest::anotherVersion()
{
    const auto found = version(9);
    QVERIFY(found);
    QCOMPARE(found->previous, 1);
    QCOMPARE(kinds(*found), QStringList{u"requiredAdded"_s});
}

void EventVersionsTest::theFirstHasNothingBefore()
{
    const auto found = version(1);
    QVERIFY(found && !found->previous && found->changes.empty() && found->changesFault.isEmpty());
}

void EventVersionsTest::faultyFiles()
{
    write(u"a/a.b.v10.json"_s, "{");
    const auto found = version({});
    QVERIFY(found);
    QVERIFY(!found->fieldsFault.isEmpty());
    QVERIFY2(found->changesFault.contains(u"a.b.v10.json"_s), qPrintable(found->changesFault));
    QCOMPARE(found->versions.size(), std::size_t{3}); // the others can still be leafed to
    write(u"p/p.q.v1.avsc"_s, R"({"type":"record","name":"R","fields":[]})");
    const auto avro = version({}, u"p.q"_s);
    QVERIFY(avro && !avro->fieldsFault.isEmpty());
}

void EventVersionsTest::notThere()
{
    const auto none = version(3);
    QVERIFY(!none && none.error().code == ErrorCode::NotFound);
    QVERIFY(version({}, u"x.y"_s).error().code == ErrorCode::NotFound);
}

QTEST_GUILESS_MAIN(EventVersionsTest)
#include "tst_eventversions.moc"
