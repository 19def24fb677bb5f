// SPDX-License-Identifier: GPL-3.0-or-later
// A review's word and what it does to letters do not part: whoever is killed in between, whoever decides beside,
// whatever is taken back.
#include "app/console/reviewoperations.h"
#include "app/console/reviews.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "tests/model/deadletter/storefixture.h"
#include "tests/support/childprocess.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kills = 12;
const AnswerSink nobody{.data = [](const QByteArray&) { return true; }, .note = [](const QString&) {}};

template<typename T>
T valueOf(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
    return std::move(*result);
}

ReviewWords wordsFor(int number)
{
    switch (number % 4) {
    case 0:
        return {.verdict = u"archive"_s, .note = u"test data"_s, .action = {}, .who = {}, .due = {}, .seen = {}};
    case 1:
        return {.verdict = u"assign"_s, .note = {}, .action = {}, .who = u"kim"_s, .due = {}, .seen = {}};
    case 2:
        return {.verdict = u"archive"_s, .note = u"once more"_s, .action = {}, .who = {}, .due = {}, .seen = {}};
    default:
        return {.verdict = u"watch"_s, .note = {}, .action = {}, .who = {}, .due = {}, .seen = {}};
    }
}

/// The files of a state directory and the review in it, opened as a holder opens them.
class Room
{
public:
    explicit Room(const QString& folder)
        : m_store(valueOf(
              StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s)))
        , m_ledger(valueOf(Ledger::open(folder + u"/ledger.sqlite"_s, m_clock)))
    {
        m_context.stateFolder = folder;
        if (const Status status = catchUpTriage(*m_ledger, *m_store); !status)
            qFatal("%s", qPrintable(status.error().detail));
        m_reviews = std::make_unique<ReviewOperations>(ReviewOperations::World{.context = m_context,
                                                                               .ledger = *m_ledger,
                                                                               .samples = *m_store,
                                                                               .clock = m_clock,
                                                                               .actor = u"ana"_s,
                                                                               .deciding = m_deciding});
    }

    void fill(int letters)
    {
        std::vector<PreparedLetter> prepared;
        for (int number = 1; number <= letters; ++number)
            prepared.push_back(StoreFixture::prepared(number, u"com.acme.Timeout"_s, u"payments"_s));
        const Status stored = m_store->write([&](Database& database) -> Status {
            const auto done = storeLetters(database, u"cluster-1"_s, u"orders"_s, prepared, utcFromMs(letterMs));
            return done ? Status() : tl::unexpected<Error>(done.error());
        });
        if (!stored)
            qFatal("%s", qPrintable(stored.error().detail));
    }
    ReviewOperations& reviews() { return *m_reviews; }
    Database reader() { return valueOf(Database::open(m_store->file(), Database::Access::Reader)); }
    QString group()
    {
        auto db = reader();
        return valueOf(deadLetterGroups(db, Query{}, m_clock.now())).front().id;
    }
    /// The word on the group; empty: none.
    QString word()
    {
        auto db = reader();
        const ReviewBook book = valueOf(presentBook(db, m_context));
        const auto& decisions = book.open()->decisions;
        return decisions.empty() ? QString() : reviewVerdictWord(decisions.begin()->second.verdict);
    }
    std::size_t former()
    {
        auto db = reader();
        return valueOf(presentBook(db, m_context)).open()->former.size();
    }
    /// The letters' states, each once.
    QStringList states()
    {
        auto db = reader();
        QStringList all;
        for (const DeadLetter& letter : valueOf(deadLetters(
                 db, Query{}, {.now = m_clock.now(), .limit = std::nullopt, .parts = LetterParts::Summary})))
            all += triageStateWord(letter.state);
        all.removeDuplicates();
        return all;
    }
    /// What the letters have to be by the word.
    static QStringList statesBy(const QString& word)
    {
        return {word == u"archive"_s ? u"archived"_s : word == u"assign"_s ? u"assigned"_s : u"new"_s};
    }
    Result<ActionReport> undo(std::optional<std::int64_t> seq = {})
    {
        auto db = reader();
        const std::lock_guard lock(m_deciding);
        return decideAction({*m_ledger, *m_store, db, u"ana"_s, m_clock.now()}, UndoAction{seq, {}});
    }
    UndoPlan undoable()
    {
        auto db = reader();
        return valueOf(planUndo(db, std::nullopt));
    }
    /// Words on the group that count no longer aside, the review as it stands.
    std::map<QString, ReviewDecision> words()
    {
        auto db = reader();
        return valueOf(presentBook(db, m_context)).reviews.back().decisions;
    }
    QStringList carriedOver()
    {
        auto db = reader();
        return valueOf(presentBook(db, m_context)).carriedOver();
    }
    /// The first `count` letters go there, by hand.
    bool triage(const TriageRequest& request, int count)
    {
        auto db = reader();
        auto letters = valueOf(
            deadLetters(db, Query{}, {.now = m_clock.now(), .limit = std::nullopt, .parts = LetterParts::Summary}));
        std::sort(letters.begin(), letters.end(), [](const DeadLetter& a, const DeadLetter& b) { return a.id < b.id; });
        letters.resize(static_cast<std::size_t>(count));
        return decideTriage(*m_ledger, *m_store, planTriage(request, letters), u"bob"_s).has_value();
    }
    /// What letters are, and by which event.
    QStringList letterRows()
    {
        return rows({u"SELECT letter_id, triage_state, assignee, triage_seq FROM letter_decision"
                     " WHERE triage_seq > 0 ORDER BY letter_id"_s,
                     u"SELECT id, state, assignee FROM letter ORDER BY id"_s,
                     u"SELECT kind, state, assignee, letters FROM letter_count WHERE letters > 0 ORDER BY 1, 2, 3"_s});
    }
    /// All that the ledger makes of letters and of the book of decisions.
    QStringList allRows()
    {
        return letterRows() + rows({u"SELECT seq, decision, summary, reverted_by FROM triage_event ORDER BY seq"_s,
                                    u"SELECT seq, letter_id FROM letter_past ORDER BY 1, 2"_s,
                                    u"SELECT seq, state, assignee FROM triage_effect ORDER BY seq"_s});
    }
    void rebuild()
    {
        const Status cleared = m_store->write([](Database& database) -> Status {
            if (const Status done = clearLetterDecisions(database); !done)
                return done;
            return database.guarded(
                [](SQLite::Database& db) { db.exec("DELETE FROM projection WHERE name = 'deadletter.triage'"); });
        });
        if (!cleared || !catchUpTriage(*m_ledger, *m_store))
            qFatal("the ledger cannot be applied once more");
    }
    std::int64_t lastSeq() { return valueOf(m_ledger->lastSeq()); }

private:
    QStringList rows(const QStringList& selects)
    {
        auto database = reader();
        return valueOf(database.query<QStringList>([&](SQLite::Database& db) {
            QStringList rows;
            for (const QString& text : selects) {
                SQLite::Statement select(db, text.toStdString());
                while (select.executeStep()) {
                    QStringList values;
                    for (int column = 0; column < select.getColumnCount(); ++column)
                        values += sql::maybeText(select.getColumn(column)).value_or(u"NULL"_s);
                    rows += values.join(u'|');
                }
            }
            return rows;
        }));
    }

    SystemClock m_clock;
    Context m_context;
    std::mutex m_deciding;
    std::unique_ptr<StoreWriter> m_store;
    std::unique_ptr<Ledger> m_ledger;
    std::unique_ptr<ReviewOperations> m_reviews;
};

/// Decides, and now and then takes back, until it is killed.
int decideForEver(const QString& folder)
{
    Room room(folder);
    const QString group = room.group();
    for (int number = 0;; ++number) {
        if (number % 5 == 4)
            (void)room.undo();
        else if (const auto done = room.reviews().decide(group, wordsFor(number), nobody, {}); !done)
            qFatal("%s", qPrintable(done.error().detail));
        ChildProcess::report(QByteArray::number(number));
    }
}

} // namespace

class TstReviewOperations final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aNewWordTakesBackWhatTheFormerDid();
    void undoTakesBackWordAndDeed();
    void undoOfANewWordBringsTheFormerBack_data();
    void undoOfANewWordBringsTheFormerBack();
    void whatSomebodyDecidedSinceStaysWhenAWordComesBack();
    void aFormerWordComesBackAfterTheEnd();
    void aWordThatNobodySawIsNotReplaced();
    void ofManyAtOnceOneWins();
    void wordAndDeedSurviveKills();
};

void TstReviewOperations::aNewWordTakesBackWhatTheFormerDid()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(20);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    const auto archived = room.reviews().decide(group, wordsFor(0), nobody, {});
    QVERIFY(archived);
    QCOMPARE(archived->changed, 20);
    QVERIFY(!archived->replaced);
    QCOMPARE(room.states(), QStringList{u"archived"_s});
    const auto assigned = room.reviews().decide(group, wordsFor(1), nobody, {});
    QVERIFY(assigned);
    QCOMPARE(assigned->changed, 20);
    QCOMPARE(assigned->restored, 0);
    QCOMPARE(room.states(), QStringList{u"assigned"_s});
    QVERIFY(room.reviews().decide(group, wordsFor(0), nobody, {}));
    const auto watched = room.reviews().decide(group, wordsFor(3), nobody, {});
    QVERIFY(watched);
    QCOMPARE(watched->restored, 20);
    QCOMPARE(watched->replaced->verdict, ReviewVerdict::Archive);
    QCOMPARE(room.states(), QStringList{u"new"_s});
    QCOMPARE(room.former(), std::size_t{3});
    const auto closed = room.reviews().close({});
    QVERIFY(closed);
    QCOMPARE(closed->carriedOver(), QStringList{group});
}

void TstReviewOperations::undoTakesBackWordAndDeed()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(3);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    for (int number = 0; number < 4; ++number) {
        QVERIFY(room.reviews().decide(group, wordsFor(number), nobody, {}));
        QVERIFY(room.undo());
        QCOMPARE(room.word(), QString());
        QCOMPARE(room.states(), QStringList{u"new"_s});
    }
    QVERIFY(!room.undo()); // nothing stands
}

void TstReviewOperations::undoOfANewWordBringsTheFormerBack_data()
{
    QTest::addColumn<QList<int>>("said"); // numbers of words, one after the other
    QTest::newRow("watched instead of archived") << QList<int>{0, 3};
    QTest::newRow("archived instead of assigned") << QList<int>{1, 0};
    QTest::newRow("assigned instead of archived") << QList<int>{0, 1};
    QTest::newRow("archived instead of watched") << QList<int>{3, 2};
    QTest::newRow("archived for another reason") << QList<int>{0, 2};
    QTest::newRow("the same word twice") << QList<int>{1, 1};
    QTest::newRow("five words") << QList<int>{0, 1, 3, 2, 1};
}

void TstReviewOperations::undoOfANewWordBringsTheFormerBack()
{
    QFETCH(const QList<int>, said);
    QTemporaryDir folder;
    std::optional<Room> room(std::in_place, folder.path());
    room->fill(20);
    QVERIFY(room->reviews().open({}, {}));
    const QString group = room->group();
    struct Moment
    {
        std::map<QString, ReviewDecision> words;
        QStringList letters;
    };
    std::vector<Moment> moments{{room->words(), room->letterRows()}};
    for (const int number : said) {
        QVERIFY(room->reviews().decide(group, wordsFor(number), nobody, {}));
        moments.push_back({room->words(), room->letterRows()});
    }
    moments.pop_back();
    while (!moments.empty()) {
        QCOMPARE(room->undoable().former.has_value(), moments.size() > 1);
        const auto undone = room->undo();
        QVERIFY(undone);
        QCOMPARE(undone->summary.contains(u"counts again"_s), moments.size() > 1);
        QCOMPARE(room->words(), moments.back().words);
        QCOMPARE(room->letterRows(), moments.back().letters);
        const QStringList all = room->allRows();
        room.reset(); // as after a restart
        room.emplace(folder.path());
        QCOMPARE(room->allRows(), all);
        room->rebuild();
        QCOMPARE(room->allRows(), all);
        moments.pop_back();
    }
    QVERIFY(!room->undo()); // nothing stands
    QVERIFY(room->reviews().decide(group, wordsFor(1), nobody, {}));
    QCOMPARE(room->states(), QStringList{u"assigned"_s});
}

void TstReviewOperations::whatSomebodyDecidedSinceStaysWhenAWordComesBack()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(4);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    const auto assigned = room.reviews().decide(group, wordsFor(1), nobody, {}); // kim has all
    QVERIFY(assigned);
    const QStringList before = room.letterRows();
    QVERIFY(room.triage({TriageState::Parked, u"later"_s, {}}, 1));
    const std::int64_t parked = room.lastSeq();
    const auto watched = room.reviews().decide(group, wordsFor(3), nobody, {});
    QVERIFY(watched);
    const auto first = room.undo(assigned->seq);
    QVERIFY(!first);
    QVERIFY2(first.error().detail.contains(u"undo event %1,"_s.arg(watched->seq)), qPrintable(first.error().detail));
    QVERIFY(room.undo(watched->seq));
    QCOMPARE(room.states().size(), 2);  // one is parked, the others are kim's again
    QVERIFY(!room.undo(assigned->seq)); // the parked one depends on it
    QVERIFY(room.undo(parked));
    QCOMPARE(room.letterRows(), before);

    // In the other order: what was parked falls back to what stands by then.
    QVERIFY(room.triage({TriageState::Parked, u"later"_s, {}}, 1));
    const std::int64_t again = room.lastSeq();
    const auto anew = room.reviews().decide(group, wordsFor(3), nobody, {});
    QVERIFY(anew);
    QVERIFY(room.undo(again));
    QCOMPARE(room.states(), QStringList{u"new"_s});
    QVERIFY(room.undo(anew->seq));
    QCOMPARE(room.letterRows(), before);
    const QStringList all = room.allRows();
    room.rebuild();
    QCOMPARE(room.allRows(), all);
}

void TstReviewOperations::aFormerWordComesBackAfterTheEnd()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(3);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    QVERIFY(room.reviews().decide(group, wordsFor(1), nobody, {}));
    const auto words = room.words();
    QVERIFY(room.reviews().decide(group, wordsFor(3), nobody, {}));
    QVERIFY(room.reviews().close({}));
    QCOMPARE(room.carriedOver(), QStringList{group}); // it is watched
    QVERIFY(room.undo());
    QCOMPARE(room.words(), words);
    QCOMPARE(room.carriedOver(), QStringList());
    QVERIFY(room.undo());
    QCOMPARE(room.carriedOver(), QStringList{group}); // it has no word
}

void TstReviewOperations::aWordThatNobodySawIsNotReplaced()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(3);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    QVERIFY(room.reviews().decide(group, wordsFor(1), nobody, {})); // assigned to kim
    const ReviewWords unseen{.verdict = u"watch"_s, .note = {}, .action = {}, .who = {}, .due = {}, .seen = 0};
    const std::int64_t last = room.lastSeq();
    const auto refused = room.reviews().decide(group, unseen, nobody, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    QVERIFY2(refused.error().detail.contains(u"kim"_s), qPrintable(refused.error().detail));
    QCOMPARE(room.lastSeq(), last);
    QCOMPARE(room.word(), u"assign"_s);
}

void TstReviewOperations::ofManyAtOnceOneWins()
{
    QTemporaryDir folder;
    Room room(folder.path());
    room.fill(5);
    QVERIFY(room.reviews().open({}, {}));
    const QString group = room.group();
    const auto atOnce = [&](std::optional<std::int64_t> seen) {
        std::vector<Result<ReviewOutcome>> outcomes(4, Result<ReviewOutcome>(ReviewOutcome{}));
        std::vector<std::jthread> people;
        for (int number = 0; number < 4; ++number)
            people.emplace_back([&, number] {
                ReviewWords words = wordsFor(number);
                words.seen = seen;
                outcomes[static_cast<std::size_t>(number)] = room.reviews().decide(group, words, nobody, {});
            });
        people.clear(); // joins
        return outcomes;
    };
    const auto careful = atOnce(0);
    QCOMPARE(std::count_if(careful.begin(), careful.end(), [](const auto& one) { return one.has_value(); }), 1);
    QCOMPARE(room.states(), Room::statesBy(room.word()));
    const auto careless = atOnce(std::nullopt);
    for (const auto& one : careless)
        QVERIFY(one && one->replaced); // each is told whose word it replaced
    QCOMPARE(room.former(), std::size_t{4});
    QCOMPARE(room.states(), Room::statesBy(room.word()));
}

void TstReviewOperations::wordAndDeedSurviveKills()
{
    QTemporaryDir folder;
    {
        Room room(folder.path());
        room.fill(50);
        QVERIFY(room.reviews().open({}, {}));
    }
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    std::int64_t last = 0;
    for (int number = 0; number < kills; ++number) {
        {
            ChildProcess child({u"decide"_s, folder.path()});
            QVERIFY(!child.readLine().isNull());
            QVERIFY(child.killWithin(random, 80));
        }
        Room room(folder.path());
        const QString word = room.word();
        QCOMPARE(room.states(), Room::statesBy(word));
        QVERIFY(room.lastSeq() > last);
        last = room.lastSeq();
    }
    const auto verified = verifyLedger(folder.filePath(u"ledger.sqlite"_s));
    QVERIFY(verified && verified->isIntact);
}

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    if (argc == 3 && QByteArray(argv[1]) == "decide")
        return decideForEver(QString::fromLocal8Bit(argv[2]));
    TstReviewOperations test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_reviewoperations.moc"
