// SPDX-License-Identifier: GPL-3.0-or-later
// What the store forgets by itself: closed letters, after their time or when there is no more room; never an open one.
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/triage.h"
#include "storefixture.h"
#include "tests/support/childprocess.h"
#include "tests/support/manualclock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr qint64 hour = 3'600'000;
constexpr qint64 day = 24 * hour;
const RetentionSettings aMonth{.samples = {}, .deadLetters = Millis{30 * day}, .maxSizeBytes = 1LL << 40};

int number(Database& reader, const char* what)
{
    return reader.query<int>([&](SQLite::Database& db) { return db.execAndGet(what).getInt(); }).value_or(-1);
}

/// Rows of letter_count that differ from what is there.
constexpr char wrongCounts[] =
    "SELECT count(*) FROM (SELECT group_ref, kind, state, ifnull(assignee, '') AS assignee, count(*) AS letters"
    " FROM letter GROUP BY 1, 2, 3, 4) l FULL JOIN letter_count n USING (group_ref, kind, state, assignee)"
    " WHERE l.letters IS NOT n.letters";

struct Desk
{
    Desk(StoreFixture& store, UtcTime now)
        : clock(now)
        , fixture(store)
        , ledger(std::move(*Ledger::open(store.folder() + u"/ledger.sqlite"_s, clock)))
    {
    }
    void decide(const std::vector<PreparedLetter>& letters, TriageState to)
    {
        TriagePlan plan{.request = {to, u"a test"_s, std::nullopt}, .letterIds = {}, .unchanged = 0, .refused = {}};
        for (const PreparedLetter& letter : letters)
            plan.letterIds.push_back(StoreFixture::idOf(letter));
        QVERIFY(decideTriage(*ledger, fixture.store(), plan, u"me"_s));
    }
    LetterPruneReport prune(const RetentionSettings& settings, const LetterHold& hold = {})
    {
        const auto report = pruneLetters(*ledger, fixture.store(), settings, hold, clock.now(), u"me"_s, {});
        return report ? *report : LetterPruneReport{.byAge = -1};
    }
    [[nodiscard]] std::vector<QJsonObject> retired() const
    {
        std::vector<QJsonObject> bodies;
        const auto events = ledger->read(0, 1'000, u"deadletter.retired"_s);
        for (const LedgerEvent& event : *events)
            bodies.push_back(QJsonDocument::fromJson(event.body).object());
        return bodies;
    }

    ManualClock clock;
    StoreFixture& fixture;
    std::unique_ptr<Ledger> ledger;
};

std::vector<PreparedLetter> prepared(int count, int hoursAgo, int first = 0)
{
    std::vector<PreparedLetter> letters;
    for (int i = first; i < first + count; ++i)
        letters.push_back(StoreFixture::prepared(i, u"com.acme.E%1"_s.arg(i % 3), u"billing"_s, hoursAgo));
    return letters;
}

constexpr int killedLetters = 4'000;

/// The child: says that it is about to look at letters, again and again, while it drops them.
int pruneUntilKilled(const QString& folder)
{
    auto store = StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s);
    const ManualClock clock(utcFromMs(letterMs));
    auto ledger = Ledger::open(folder + u"/ledger.sqlite"_s, clock);
    if (!store || !ledger || !catchUpRetired(**ledger, **store))
        return 1;
    int seen = 0;
    const LetterHold hold = [&seen](Database&, const QString&) -> Result<bool> {
        if (seen++ % 100 == 0)
            ChildProcess::report("looking");
        return false;
    };
    const auto report = pruneLetters(**ledger, **store, aMonth, hold, clock.now(), u"child"_s, {});
    ChildProcess::report("done");
    return report ? 0 : 2;
}

} // namespace

class LetterRetentionTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatMayGo_data();
    void whatMayGo();
    void aLetterClosedLatelyStays();
    void aLetterThatAJobNeedsStays();
    void countsStayExactAndTheLedgerSaysWhat();
    void aStoreThatIsTooLargeDropsTheOldestClosed();
    void aDecisionAfterwardsIsKept();
    void aKillLosesNothingThatIsOpen();
};

void LetterRetentionTest::whatMayGo_data()
{
    QTest::addColumn<TriageState>("state");
    QTest::addColumn<int>("daysOld");
    QTest::addColumn<bool>("goes");
    QTest::newRow("resolved and old") << TriageState::Resolved << 40 << true;
    QTest::newRow("archived and old") << TriageState::Archived << 40 << true;
    QTest::newRow("lost and old") << TriageState::Lost << 40 << true;
    QTest::newRow("resolved and young") << TriageState::Resolved << 29 << false;
    QTest::newRow("open, however old") << TriageState::Parked << 4'000 << false;
    QTest::newRow("new, however old") << TriageState::New << 4'000 << false;
    QTest::newRow("assigned, however old") << TriageState::Assigned << 4'000 << false;
}

void LetterRetentionTest::whatMayGo()
{
    QFETCH(TriageState, state);
    QFETCH(int, daysOld);
    QFETCH(bool, goes);
    StoreFixture fixture;
    const auto letters = prepared(1, daysOld * 24);
    QCOMPARE(fixture.add(letters), std::int64_t{1});
    Desk desk(fixture, utcFromMs(letterMs - daysOld * day));
    desk.decide(letters, state);
    desk.clock.set(utcFromMs(letterMs));
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{goes ? 1 : 0});
    Database reader = fixture.reader();
    QCOMPARE(number(reader, "SELECT count(*) FROM letter"), goes ? 0 : 1);
    QCOMPARE(number(reader, "SELECT count(*) FROM letter_body"), goes ? 0 : 1);
    QCOMPARE(number(reader, wrongCounts), 0);
    QCOMPARE(desk.retired().size(), std::size_t(goes ? 1 : 0));
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{0});
}

void LetterRetentionTest::aLetterClosedLatelyStays()
{
    StoreFixture fixture;
    const auto letters = prepared(2, 90 * 24);
    fixture.add(letters);
    Desk desk(fixture, utcFromMs(letterMs - 40 * day));
    desk.decide({letters[0]}, TriageState::Archived);
    desk.clock.set(utcFromMs(letterMs - 2 * day));
    desk.decide({letters[1]}, TriageState::Archived);
    desk.clock.set(utcFromMs(letterMs));
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{1});
    Database reader = fixture.reader();
    QVERIFY(!deadLetter(reader, StoreFixture::idOf(letters[0])));
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[1])));
    desk.clock.advance(Millis{29 * day});
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{1});
}

void LetterRetentionTest::aLetterThatAJobNeedsStays()
{
    StoreFixture fixture;
    const auto letters = prepared(3, 90 * 24);
    fixture.add(letters);
    Desk desk(fixture, utcFromMs(letterMs - 80 * day));
    desk.decide(letters, TriageState::Resolved);
    desk.clock.set(utcFromMs(letterMs));
    const LetterHold hold = [&](Database&, const QString& id) -> Result<bool> {
        return id == StoreFixture::idOf(letters[1]);
    };
    QCOMPARE(desk.prune(aMonth, hold).byAge, std::int64_t{2});
    Database reader = fixture.reader();
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[1])));
    const LetterHold broken = [](Database&, const QString&) -> Result<bool> {
        return fail(ErrorCode::Corrupt, u"no such table"_s);
    };
    QCOMPARE(desk.prune(aMonth, broken).byAge, std::int64_t{-1}); // in doubt nothing goes
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[1])));
}

void LetterRetentionTest::countsStayExactAndTheLedgerSaysWhat()
{
    StoreFixture fixture;
    const auto old = prepared(2'500, 50 * 24);
    const auto young = prepared(500, 1, 2'500);
    fixture.add(old);
    fixture.add(young);
    Desk desk(fixture, utcFromMs(letterMs - 45 * day));
    const std::vector<PreparedLetter> closed(old.begin(), old.begin() + 2'200);
    desk.decide(closed, TriageState::Archived);
    desk.clock.set(utcFromMs(letterMs));
    const LetterPruneReport report = desk.prune(aMonth);
    QCOMPARE(report.byAge, std::int64_t{2'200});
    std::int64_t bytes = 0;
    for (const PreparedLetter& letter : closed)
        bytes += letter.record.sizeBytes();
    QCOMPARE(report.bytes, bytes);
    Database reader = fixture.reader();
    QCOMPARE(number(reader, wrongCounts), 0);
    QCOMPARE(deadLetterTotals(reader)->open, std::int64_t{800});
    QCOMPARE(number(reader, "SELECT count(*) FROM letter_body"), 800);
    std::int64_t told = 0;
    QSet<QString> ids;
    for (const QJsonObject& body : desk.retired()) {
        QCOMPARE(body[u"why"].toString(), u"age"_s);
        told += body[u"count"].toInteger();
        bytes -= body[u"bytes"].toInteger();
        for (const QJsonValue& id : body[u"letters"].toArray())
            ids.insert(id.toString());
    }
    QCOMPARE(told, std::int64_t{2'200});
    QCOMPARE(ids.size(), 2'200);
    QCOMPARE(bytes, std::int64_t{0});
}

void LetterRetentionTest::aStoreThatIsTooLargeDropsTheOldestClosed()
{
    StoreFixture fixture;
    std::vector<PreparedLetter> letters = prepared(3'000, 0);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        letters[i].record.value = QByteArray(4'000, 'x');
        letters[i].facts.deadLetteredAt = utcFromMs(letterMs - 3'000'000 + static_cast<qint64>(i) * 1'000);
    }
    fixture.add(letters);
    Desk desk(fixture, utcFromMs(letterMs));
    desk.decide({letters.begin() + 500, letters.end()}, TriageState::Resolved);
    Database reader = fixture.reader();
    const std::int64_t full = storeSize(reader)->usedBytes;
    QVERIFY(full > 3'000 * 4'000);
    QCOMPARE(desk.prune(aMonth).bySize, std::int64_t{0});
    RetentionSettings small = aMonth;
    small.maxSizeBytes = full - 3'000'000;
    LetterPruneReport report = desk.prune(small);
    QCOMPARE(report.bySize, std::int64_t{1'000}); // a chunk: its 4 MB were enough
    QVERIFY(!report.isOverSize);
    QVERIFY(report.usedBytes <= small.maxSizeBytes);
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[0])));    // open
    QVERIFY(!deadLetter(reader, StoreFixture::idOf(letters[500]))); // oldest closed
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[2'999])));
    small.maxSizeBytes = 1'000;
    report = desk.prune(small);
    QCOMPARE(report.bySize, std::int64_t{1'500});
    QVERIFY(report.isOverSize); // what is left is open
    QCOMPARE(number(reader, "SELECT count(*) FROM letter"), 500);
    QCOMPARE(number(reader, wrongCounts), 0);
    QCOMPARE(desk.retired().back()[u"why"].toString(), u"size"_s);
}

void LetterRetentionTest::aDecisionAfterwardsIsKept()
{
    StoreFixture fixture;
    const auto letters = prepared(1, 90 * 24);
    fixture.add(letters);
    Desk desk(fixture, utcFromMs(letterMs - 80 * day));
    desk.decide(letters, TriageState::Archived);
    desk.clock.set(utcFromMs(letterMs));
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{1});
    // Read again from the broker it is what was decided, and goes again.
    QCOMPARE(fixture.add(letters), std::int64_t{1});
    Database reader = fixture.reader();
    QCOMPARE(deadLetter(reader, StoreFixture::idOf(letters[0]))->state, TriageState::Archived);
    QVERIFY(catchUpRetired(*desk.ledger, fixture.store()));
    QVERIFY(deadLetter(reader, StoreFixture::idOf(letters[0])));
    QCOMPARE(desk.prune(aMonth).byAge, std::int64_t{1});
}

void LetterRetentionTest::aKillLosesNothingThatIsOpen()
{
    QTemporaryDir folder;
    QSet<QString> open;
    QSet<QString> all;
    {
        auto store = std::move(*StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer,
                                                  u":/migrations/samples"_s));
        const ManualClock clock(utcFromMs(letterMs - 80 * day));
        auto ledger = std::move(*Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock));
        const auto letters = prepared(killedLetters, 90 * 24);
        QVERIFY(store->write([&](Database& database) -> Status {
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, letters, utcFromMs(letterMs));
            return stored ? Status() : tl::unexpected<Error>(stored.error());
        }));
        TriagePlan plan{.request = {TriageState::Resolved, u"a test"_s, std::nullopt},
                        .letterIds = {},
                        .unchanged = 0,
                        .refused = {}};
        for (std::size_t i = 0; i < letters.size(); ++i) {
            const QString id = StoreFixture::idOf(letters[i]);
            all.insert(id);
            if (i % 10 == 0)
                open.insert(id);
            else
                plan.letterIds.push_back(id);
        }
        QVERIFY(decideTriage(*ledger, *store, plan, u"me"_s));
    }
    QRandomGenerator random(4'712);
    int rounds = 0;
    for (bool isDone = false; !isDone; ++rounds) {
        QVERIFY2(rounds < 500, "it does not come to an end");
        {
            ChildProcess child({u"--prune-until-killed"_s, folder.path()});
            const int lines = random.bounded(1, 14);
            for (int i = 0; i < lines && !isDone; ++i) {
                const QByteArray line = child.readLine();
                QVERIFY(!line.isEmpty());
                isDone = line == "done";
            }
            if (!isDone)
                (void)child.killWithin(random, 15);
        }
        auto store = StoreWriter::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Writer,
                                       u":/migrations/samples"_s);
        QVERIFY(store);
        const ManualClock clock(utcFromMs(letterMs));
        auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
        QVERIFY2(ledger, qPrintable(ledger ? QString() : ledger.error().detail));
        QVERIFY(catchUpRetired(**ledger, **store));
        QSet<QString> retired;
        const auto events = (*ledger)->read(0, 1'000, u"deadletter.retired"_s);
        for (const LedgerEvent& event : *events) {
            for (const QJsonValue& id : QJsonDocument::fromJson(event.body).object()[u"letters"].toArray()) {
                QVERIFY2(!retired.contains(id.toString()), "dropped twice");
                retired.insert(id.toString());
            }
        }
        auto reader = std::move(*Database::open(folder.filePath(u"samples.sqlite"_s), Database::Access::Reader));
        QVERIFY(!retired.intersects(open));
        QCOMPARE(number(reader, "SELECT count(*) FROM letter"), int(all.size() - retired.size()));
        QCOMPARE(number(reader, "SELECT count(*) FROM letter_body"), int(all.size() - retired.size()));
        QCOMPARE(number(reader, "SELECT count(*) FROM letter WHERE state = 'new'"), int(open.size()));
        QCOMPARE(number(reader, wrongCounts), 0);
        if (isDone)
            QCOMPARE(retired.size(), all.size() - open.size());
    }
    QVERIFY(rounds > 1);
}

int main(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "--prune-until-killed") == 0)
        return pruneUntilKilled(QString::fromLocal8Bit(argv[2]));
    const QCoreApplication application(argc, argv);
    LetterRetentionTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_letterretention.moc"
