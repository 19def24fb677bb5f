// SPDX-License-Identifier: GPL-3.0-or-later
// What Overview and Alerts look at after every sample: all that is open, from what is counted, without a look at a
// single letter.
#include "app/console/overviewfacts.h"
#include "tests/model/deadletter/storefixture.h"

#include <sqlite3.h>

#include <QFile>
#include <QSet>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Every table that a statement of this connection will read.
int note(void* tables, int action, const char* table, const char* /*column*/, const char* /*file*/,
         const char* /*trigger*/)
{
    if (action == SQLITE_READ)
        static_cast<QSet<QString>*>(tables)->insert(QString::fromUtf8(table));
    return SQLITE_OK;
}

} // namespace

class OverviewFactsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lettersAreNotWalkedThrough();
};

void OverviewFactsTest::lettersAreNotWalkedThrough()
{
    StoreFixture fixture;
    QFile file(fixture.folder() + u"/spillway.yaml"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("version: 1\nname: w\nenvironment: development\n"
               "connections:\n  - name: orders\n    bootstrap_servers: broker:9092\n");
    file.close();
    const Checked<Context> context = openContext(file.fileName(), fixture.folder());
    QVERIFY2(context.value, qPrintable(context.issues.empty() ? QString() : context.issues.front().toString()));
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 12; ++i)
        letters.push_back(
            StoreFixture::prepared(i, i % 2 == 0 ? u"a.B"_s : u"a.C"_s, i < 8 ? u"payments"_s : u"shipping"_s, i));
    QCOMPARE(fixture.add(letters), 12);

    Database reader = fixture.reader();
    QSet<QString> tables;
    const auto watch = [&reader](void* into) {
        return reader.guarded([into](SQLite::Database& db) {
            sqlite3_set_authorizer(db.getHandle(), into == nullptr ? nullptr : note, into);
        });
    };
    QVERIFY(watch(&tables).has_value());
    const auto facts = readOverviewFacts(reader, *context.value, {}, StateHolder::Alive, utcFromMs(letterMs));
    QVERIFY(watch(nullptr).has_value());
    QVERIFY2(facts, qPrintable(facts ? QString() : facts.error().detail));

    QCOMPARE(facts->letters.size(), 2U);
    QCOMPARE(facts->letters[0].team, std::optional(u"team-of-payments"_s));
    QCOMPARE(facts->letters[0].open, 8);
    QCOMPARE(facts->letters[0].oldestAt, std::optional(utcFromMs(letterMs - 7 * 3'600'000LL)));
    QCOMPARE(facts->letters[1].open, 4);
    QCOMPARE(facts->store->openLetters, 12);

    QVERIFY(tables.contains(u"letter_count"_s)); // else nobody was asked
    for (const auto& walked :
         {u"letter"_s, u"letter_past"_s, u"letter_decision"_s, u"replay_item"_s, u"triage_event"_s})
        QVERIFY2(!tables.contains(walked), qPrintable(walked));
}

QTEST_GUILESS_MAIN(OverviewFactsTest)
#include "tst_overviewfacts.moc"
