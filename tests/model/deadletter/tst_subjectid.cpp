// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triagedecisions.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

/// Ids as people type them.
class TstSubjectId final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsAnId_data();
    void whatIsAnId();
    void aLetterByItsPlace();
    void twoLettersOfOnePlaceAreNamed();
    void aGroupByItsBeginning();
    void severalGroupsAreNamed();
    void decisionsKeepTheWholeId();
};

namespace {

PreparedLetter inGroup(int number, const QString& group)
{
    PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.E"_s, u"billing"_s);
    letter.fingerprint.id = group;
    letter.fingerprint.title = group;
    return letter;
}

QString errorOf(const Result<QString>& found)
{
    return found ? u"found "_s + *found : found.error().detail;
}

} // namespace

void TstSubjectId::whatIsAnId_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("isId");
    QTest::newRow("a group") << u"g40f6ea1440a3"_s << true;
    QTest::newRow("a group's beginning") << u"g40f6"_s << true;
    QTest::newRow("too little of a group's beginning") << u"g40f"_s << false;
    QTest::newRow("more than a group's id") << u"g40f6ea1440a3f"_s << false;
    QTest::newRow("no hex digit") << u"g40fz"_s << false;
    QTest::newRow("a letter") << u"0011aabb-2-65-cafe0123"_s << true;
    QTest::newRow("a letter without its digest") << u"0011aabb-2-65"_s << true;
    QTest::newRow("a letter without its offset") << u"0011aabb-2"_s << false;
    QTest::newRow("a negative offset") << u"0011aabb-2--5"_s << false;
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("a word") << u"order-6388"_s << false;
}

void TstSubjectId::whatIsAnId()
{
    QFETCH(QString, typed);
    QFETCH(bool, isId);
    QCOMPARE(isSubjectText(typed), isId);
    StoreFixture store;
    auto reader = store.reader();
    const auto found = wholeSubject(reader, typed);
    if (!isId) {
        QVERIFY(!found);
        QVERIFY2(found.error().detail.contains(u"no group's or letter's id"_s), qPrintable(found.error().detail));
        QCOMPARE(found.error().code, ErrorCode::InvalidConfig);
    }
}

void TstSubjectId::aLetterByItsPlace()
{
    StoreFixture store;
    const PreparedLetter letter = inGroup(7, u"g111111111111"_s);
    QCOMPARE(store.add({letter}), 1);
    const QString whole = StoreFixture::idOf(letter);
    const QString place = whole.section(u'-', 0, 2);
    auto reader = store.reader();
    QCOMPARE(wholeSubject(reader, place).value(), whole);
    QCOMPARE(wholeSubject(reader, whole).value(), whole);
    QCOMPARE(wholeSubjects(reader, {place, whole}).value(), QStringList({whole, whole}));
    QCOMPARE(deadLetter(reader, place).value().id, whole);
    QCOMPARE(errorOf(wholeSubject(reader, place + u'1')), u"no dead letter %1 is stored"_s.arg(place + u'1'));
    QVERIFY(!wholeGroup(reader, place));
}

void TstSubjectId::twoLettersOfOnePlaceAreNamed()
{
    StoreFixture store;
    PreparedLetter letter = inGroup(7, u"g111111111111"_s);
    QCOMPARE(store.add({letter}), 1);
    const QString first = StoreFixture::idOf(letter);
    // The topic was made anew under its name.
    QVERIFY(store.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) { db.exec("UPDATE letter_channel SET generation = 2"); });
    }));
    letter.record.key = "another";
    letter.digest = recordDigest(letter.record);
    QCOMPARE(store.add({letter}), 1);
    const QString second = StoreFixture::idOf(letter);
    auto reader = store.reader();
    const auto found = wholeSubject(reader, first.section(u'-', 0, 2));
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(found.error().detail.contains(first + u" and "_s + second), qPrintable(found.error().detail));
    QVERIFY(!deadLetter(reader, first.section(u'-', 0, 2)));
    QCOMPARE(deadLetter(reader, second).value().id, second);
}

void TstSubjectId::aGroupByItsBeginning()
{
    StoreFixture store;
    QCOMPARE(store.add({inGroup(1, u"g1234aaaaaaaa"_s), inGroup(2, u"g5678bbbbbbbb"_s)}), 2);
    auto reader = store.reader();
    QCOMPARE(wholeSubject(reader, u"g1234"_s).value(), u"g1234aaaaaaaa"_s);
    QCOMPARE(wholeGroup(reader, u"g5678bbb"_s).value(), u"g5678bbbbbbbb"_s);
    QVERIFY2(errorOf(wholeGroup(reader, u"g9999"_s)).contains(u"begins with g9999"_s),
             qPrintable(errorOf(wholeGroup(reader, u"g9999"_s))));
    // A whole id is taken at its word: whoever asks says that it is not there.
    QCOMPARE(wholeGroup(reader, u"g999999999999"_s).value(), u"g999999999999"_s);
}

void TstSubjectId::severalGroupsAreNamed()
{
    StoreFixture store;
    QCOMPARE(store.add({inGroup(1, u"g1234aaaaaaaa"_s), inGroup(2, u"g1234bbbbbbbb"_s)}), 2);
    auto reader = store.reader();
    QCOMPARE(errorOf(wholeGroup(reader, u"g1234"_s)),
             u"g1234 begins several groups' ids: g1234aaaaaaaa and g1234bbbbbbbb; write the whole id"_s);
    QCOMPARE(wholeGroup(reader, u"g1234b"_s).value(), u"g1234bbbbbbbb"_s);
}

void TstSubjectId::decisionsKeepTheWholeId()
{
    StoreFixture store;
    const PreparedLetter letter = inGroup(7, u"g1234aaaaaaaa"_s);
    QCOMPARE(store.add({letter, inGroup(8, u"g5678bbbbbbbb"_s)}), 2);
    ManualClock clock;
    const auto ledger = Ledger::open(store.folder() + u"/ledger.sqlite"_s, clock);
    QVERIFY2(ledger, ledger ? "" : qPrintable(ledger.error().detail));
    const QString whole = StoreFixture::idOf(letter);
    const auto decide = [&](const TriageAction& action) {
        auto reader = store.reader();
        const auto done = decideAction({**ledger, store.store(), reader, u"anna"_s, utcFromMs(letterMs)}, action);
        return done ? QString() : done.error().detail;
    };
    QCOMPARE(decide(CommentAction{whole.section(u'-', 0, 2), u"seen"_s}), QString());
    QCOMPARE(decide(TagAction{{u"g1234"_s, u"g1234aaaaaaaa"_s}, {u"bug"_s}, {}}), QString());
    QCOMPARE(decide(LinkAction{u"g1234a"_s, u"https://acme.example/1"_s, {}, false}), QString());
    auto reader = store.reader();
    const auto marks = reader.query<QStringList>([&](SQLite::Database& db) {
        QStringList said;
        for (const CommentEntry& comment : commentsOf(db, whole))
            said += comment.text;
        said += tagsOf(db, u"g1234aaaaaaaa"_s);
        for (const LinkMark& link : linksOf(db, u"g1234aaaaaaaa"_s))
            said += link.url;
        return said;
    });
    QVERIFY(marks);
    QCOMPARE(*marks, QStringList({u"seen"_s, u"bug"_s, u"https://acme.example/1"_s}));
    QVERIFY(decide(CommentAction{u"g9999"_s, u"seen"_s}).contains(u"begins with g9999"_s));
    // Merging takes them, too.
    const auto plan = planMerge(reader, {u"g5678"_s}, u"g1234"_s, u"alike"_s);
    QVERIFY2(plan, plan ? "" : qPrintable(plan.error().detail));
    QCOMPARE(plan->into, u"g1234aaaaaaaa"_s);
    QCOMPARE(plan->groups, QStringList{u"g5678bbbbbbbb"_s});
}

QTEST_GUILESS_MAIN(TstSubjectId)
#include "tst_subjectid.moc"
