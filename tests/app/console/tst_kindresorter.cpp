// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/kindresorter.h"
#include "model/deadletter/queryrun.h"
#include "tests/model/deadletter/storefixture.h"

#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString timeout = u"java.net.SocketTimeoutException"_s; // transient by the bundled rules

std::size_t lettersOfKind(StoreFixture& fixture, const QString& kind)
{
    Database reader = fixture.reader();
    const auto letters =
        deadLetters(reader, *parseQuery(u"kind:"_s + kind),
                    {.now = utcFromMs(letterMs), .limit = std::nullopt, .parts = LetterParts::Summary});
    return letters ? letters->size() : 999;
}

} // namespace

class TstKindResorter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachReaderOfTheRulesIsWaitedFor();
    void lettersWhoseReplaysWereCountedAnew();

private:
    static constexpr std::int64_t atOnce = 20'000;
};

void TstKindResorter::eachReaderOfTheRulesIsWaitedFor()
{
    StoreFixture fixture;
    fixture.add({StoreFixture::prepared(1, timeout, u"payments"_s)});
    const Checked<KindRules> own =
        KindRules::read("rules:\n  - {kind: business, reason: x, class: SocketTimeout}\n", u"kinds.yaml"_s);
    QVERIFY(own.value);
    {
        KindResorter resorter(fixture.store(), *KindRules::bundled(), atOnce);
        resorter.sortBy(*own.value); // the first connection has read the file
        resorter.wait({});
        QCOMPARE(lettersOfKind(fixture, u"business"_s), std::size_t{1});
        fixture.add({StoreFixture::prepared(2, timeout, u"payments"_s)}); // the second one has not
        resorter.sortBy(*own.value);                                      // now it has
        resorter.wait({});
        QCOMPARE(lettersOfKind(fixture, u"business"_s), std::size_t{2});
        fixture.add({StoreFixture::prepared(3, timeout, u"payments"_s)}); // the third one never will
    }
    KindResorter next(fixture.store(), *own.value, atOnce);
    next.wait({});
    QCOMPARE(lettersOfKind(fixture, u"business"_s), std::size_t{3});
}

void TstKindResorter::lettersWhoseReplaysWereCountedAnew()
{
    StoreFixture fixture;
    fixture.add({StoreFixture::prepared(1, timeout, u"payments"_s), StoreFixture::prepared(2, timeout, u"payments"_s)});
    KindResorter resorter(fixture.store(), *KindRules::bundled(), atOnce);
    resorter.wait({});
    QCOMPARE(lettersOfKind(fixture, u"transient"_s), std::size_t{2});
    QVERIFY(fixture.store().write([](Database& database) {
        return database.guarded([](SQLite::Database& db) {
            db.exec("UPDATE letter SET same_error_replays = 2 WHERE id = 2");
            sortAgainFrom(db, 2);
        });
    }));
    resorter.goOn();
    resorter.wait({});
    QCOMPARE(lettersOfKind(fixture, u"transient"_s), std::size_t{1});
    QCOMPARE(lettersOfKind(fixture, u"unknown"_s), std::size_t{1});
}

QTEST_GUILESS_MAIN(TstKindResorter)
#include "tst_kindresorter.moc"
