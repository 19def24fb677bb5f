// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/knownfile.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// One Spillway with a store and people who say what its groups are.
class Desk
{
public:
    Desk()
        : m_ledger(std::move(*Ledger::open(m_fixture.folder() + u"/ledger.sqlite"_s, m_clock)))
    {
        m_clock.set(utcFromMs(letterMs + 3'600'000));
    }
    void add(const std::vector<PreparedLetter>& letters) { (void)m_fixture.add(letters); }
    QString groupOf(const PreparedLetter& letter)
    {
        Database reader = m_fixture.reader();
        return deadLetter(reader, StoreFixture::idOf(letter))->group;
    }
    void say(const QString& group, const KnownError& error, const QString& reason)
    {
        Database reader = m_fixture.reader();
        QVERIFY(decideAction({*m_ledger, m_fixture.store(), reader, u"pat"_s, m_clock.now()},
                             KnownErrorAction{group, error, reason}, {}));
    }
    std::vector<KnownErrorEntry> known()
    {
        Database reader = m_fixture.reader();
        return *reader.query<std::vector<KnownErrorEntry>>([](SQLite::Database& db) { return knownMarks(db); });
    }
    KnownImport plan(const QString& file, bool replaces = false)
    {
        const auto entries = readKnownErrors(file);
        Database reader = m_fixture.reader();
        return *planKnownImport(reader, *entries.value, {}, replaces, m_clock.now());
    }
    void take(const KnownImport& import)
    {
        for (const KnownErrorAction& action : import.actions)
            say(action.group, *action.error, action.reason);
    }
    QString folder() const { return m_fixture.folder(); }

private:
    StoreFixture m_fixture;
    ManualClock m_clock;
    std::unique_ptr<Ledger> m_ledger;
};

KnownError soldOut()
{
    return {.kind = FailureKind::Business,
            .cause = u"sold \"out\"\n- not: yaml #"_s,
            .fix = u"ask the shop"_s,
            .link = u"https://wiki.example.com/sold-out?a=1#b"_s,
            .safety = ReplaySafety::No};
}

} // namespace

/// What one team found out reaches another by a file.
class TstKnownFile final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsWrittenIsRead_data();
    void whatIsWrittenIsRead();
    void importingTwiceChangesNothing();
    void anotherGroupThatLooksAlikeGetsIt();
    void aPersonsWordHereStays();
    void faults_data();
    void faults();
};

void TstKnownFile::whatIsWrittenIsRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("as YAML") << u"known.yaml"_s;
    QTest::newRow("as JSON") << u"known.json"_s;
}

void TstKnownFile::whatIsWrittenIsRead()
{
    QFETCH(QString, name);
    Desk desk;
    const PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.Stock"_s, u"payments"_s);
    desk.add({letter});
    desk.say(desk.groupOf(letter), soldOut(), u"as in March"_s);
    const QString file = desk.folder() + u'/' + name;
    QVERIFY(writeKnownErrors(desk.known(), file));
    const auto read = readKnownErrors(file);
    QVERIFY2(read.value && read.issues.empty(), read.issues.empty() ? "" : qPrintable(read.issues.front().toString()));
    QCOMPARE(read.value->size(), std::size_t{1});
    KnownErrorEntry expected = desk.known().front();
    expected.actor.clear();
    expected.at = {};
    expected.seq = 0;
    QCOMPARE(read.value->front(), expected);
    QVERIFY(!writeKnownErrors(desk.known(), desk.folder() + u"/known.txt"_s));
}

void TstKnownFile::importingTwiceChangesNothing()
{
    Desk one;
    Desk other;
    const PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.Stock"_s, u"payments"_s);
    one.add({letter});
    other.add({letter});
    one.say(one.groupOf(letter), soldOut(), u"as in March"_s);
    const QString file = one.folder() + u"/known.yaml"_s;
    QVERIFY(writeKnownErrors(one.known(), file));
    const KnownImport first = other.plan(file);
    QCOMPARE(first.actions.size(), std::size_t{1});
    QCOMPARE(first.actions.front().reason, u"as in March"_s);
    other.take(first);
    QCOMPARE(other.known().front().error, soldOut());
    const KnownImport second = other.plan(file);
    QVERIFY(second.actions.empty());
    QCOMPARE(second.same, 1);
}

void TstKnownFile::anotherGroupThatLooksAlikeGetsIt()
{
    Desk one;
    Desk other;
    const PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.Stock"_s, u"payments"_s);
    const PreparedLetter alike = StoreFixture::prepared(2, u"com.acme.Stock"_s, u"shipping"_s);
    const PreparedLetter odd = StoreFixture::prepared(3, u"com.acme.Odd"_s, u"shipping"_s);
    one.add({letter});
    one.say(one.groupOf(letter), soldOut(), u"as in March"_s);
    const QString file = one.folder() + u"/known.yaml"_s;
    QVERIFY(writeKnownErrors(one.known(), file));
    other.add({alike, odd});
    const KnownImport import = other.plan(file);
    QCOMPARE(import.actions.size(), std::size_t{1});
    QCOMPARE(import.actions.front().group, other.groupOf(alike));
    Desk empty;
    QCOMPARE(empty.plan(file).actions.size(), std::size_t{0});
    QCOMPARE(empty.plan(file).skipped.size(), 1);
}

void TstKnownFile::aPersonsWordHereStays()
{
    Desk one;
    Desk other;
    const PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.Stock"_s, u"payments"_s);
    one.add({letter});
    other.add({letter});
    one.say(one.groupOf(letter), soldOut(), u"as in March"_s);
    other.say(other.groupOf(letter), {.kind = FailureKind::Schema, .cause = u"other"_s}, u"seen"_s);
    const QString file = one.folder() + u"/known.yaml"_s;
    QVERIFY(writeKnownErrors(one.known(), file));
    const KnownImport import = other.plan(file);
    QVERIFY(import.actions.empty());
    QVERIFY(import.skipped.front().contains(u"pat said something else here"_s));
    QCOMPARE(other.plan(file, true).actions.size(), std::size_t{1});
}

void TstKnownFile::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("faults");
    QTest::newRow("no list") << QByteArray("other: 1\n") << QStringList{u"known_errors"_s};
    QTest::newRow("no kind, and nothing it is about")
        << QByteArray("known_errors:\n  - cause: sold out\n")
        << QStringList{u":2:5:"_s, u"'kind'"_s, u"which failures it is about"_s};
    QTest::newRow("words that are none")
        << QByteArray("known_errors:\n  - kind: odd\n    safe_to_replay: maybe\n    group: g1\n")
        << QStringList{u":2:11:"_s, u":3:21:"_s, u":4:12:"_s, u"transient, schema, business or unknown"_s};
    QTest::newRow("a link that is no web address")
        << QByteArray("known_errors:\n  - kind: business\n    message: boom\n    link: javascript:alert(1)\n")
        << QStringList{u"known error 1"_s};
}

void TstKnownFile::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, faults);
    QTemporaryDir folder;
    QFile file(folder.filePath(u"known.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const auto read = readKnownErrors(file.fileName());
    QVERIFY(!read.value);
    QStringList issues;
    for (const FileIssue& issue : read.issues)
        issues += issue.toString();
    for (const QString& fault : faults)
        QVERIFY2(issues.join(u'\n').contains(fault), qPrintable(issues.join(u'\n')));
}

QTEST_GUILESS_MAIN(TstKnownFile)
#include "tst_knownfile.moc"
