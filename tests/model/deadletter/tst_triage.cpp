// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/messagecodes.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/store/projection.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QJsonDocument>
#include <QTest>

#include <algorithm>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A store with its ledger, and people who decide.
class Desk
{
public:
    Desk()
        : m_ledger(std::move(*Ledger::open(m_fixture.folder() + u"/ledger.sqlite"_s, m_clock)))
    {
        m_clock.set(utcFromMs(letterMs + 3'600'000));
    }

    StoreFixture& fixture() { return m_fixture; }
    Ledger& ledger() { return *m_ledger; }
    ManualClock& clock() { return m_clock; }

    Result<ActionReport> act(const TriageAction& action, const QString& actor = u"pat"_s)
    {
        Database reader = m_fixture.reader();
        std::vector<DeadLetter> letters;
        if (const auto* archive = std::get_if<ArchiveAction>(&action)) {
            for (const QString& id : archive->ids) {
                if (isGroupId(id)) {
                    for (DeadLetter& letter : matching(u"group:"_s + id))
                        letters.push_back(std::move(letter));
                } else {
                    letters.push_back(*deadLetter(reader, id));
                }
            }
        }
        return decideAction({*m_ledger, m_fixture.store(), reader, actor, m_clock.now()}, action, letters);
    }
    std::int64_t triage(const QString& to, const QStringList& ids, const std::optional<QString>& assignee = {})
    {
        Database reader = m_fixture.reader();
        std::vector<DeadLetter> letters;
        for (const QString& id : ids)
            letters.push_back(*deadLetter(reader, id));
        return *decideTriage(*m_ledger, m_fixture.store(),
                             planTriage(*readTriageRequest(to, u"because"_s, assignee), letters), u"pat"_s);
    }
    std::int64_t keepRules()
    {
        Database reader = m_fixture.reader();
        const auto changed = keepArchiveRules({*m_ledger, m_fixture.store(), reader, u"spillway"_s, m_clock.now()});
        return changed.value_or(-1);
    }
    DecisionSheet sheet(const QString& subject)
    {
        Database reader = m_fixture.reader();
        const auto read = decisionSheet(reader, m_rules, subject, m_clock.now());
        return read.value_or(DecisionSheet{});
    }
    std::vector<DeadLetter> matching(const QString& query)
    {
        Database reader = m_fixture.reader();
        return *deadLetters(reader, *parseQuery(query),
                            {.now = m_clock.now(), .limit = std::nullopt, .parts = LetterParts::Summary});
    }
    DeadLetter letter(const PreparedLetter& prepared)
    {
        Database reader = m_fixture.reader();
        return *deadLetter(reader, StoreFixture::idOf(prepared));
    }
    /// Letters as replays ended for them.
    void outcome(const QStringList& ids, TriageState state, std::int64_t seq)
    {
        QVERIFY(m_fixture.store().write([&](Database& database) {
            return applyReplayState(database, {ids.begin(), ids.end()}, state, seq);
        }));
    }
    /// The letter that a replay of `before` brought back; the ledger knows that replay.
    PreparedLetter cameBack(const PreparedLetter& before, int number, const QString& errorClass)
    {
        const int generation = before.facts.replayGeneration.value_or(0) + 1;
        const QByteArray of = before.facts.replayOf.value_or("orders/0/" + QByteArray::number(number) + "@1");
        const QByteArray job = "r-" + QByteArray::number(number);
        const Status kept = m_fixture.store().write([&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                SQLite::Statement item(
                    db, "INSERT INTO replay_item (job_id, item, letter_id, channel, partition, offset, digest,"
                        " size_bytes, target, generation, replay_of, strip_rule, status, status_seq)"
                        " VALUES (?, 0, ?, 'orders-dlt', 0, 0, 0, 1, 'orders', ?, ?, 0, 'sent', 1)");
                sql::bind(item, 1, QString::fromUtf8(job));
                sql::bind(item, 2, StoreFixture::idOf(before));
                item.bind(3, generation);
                sql::bind(item, 4, of);
                item.exec();
            });
        });
        Q_ASSERT(kept);
        PreparedLetter letter = StoreFixture::prepared(number, errorClass, u"payments"_s, 1);
        letter.facts.errorMessage = before.facts.errorMessage;
        letter.facts.replayId = job;
        letter.facts.replayOf = of;
        letter.facts.replayGeneration = generation;
        KindInput input{.facts = letter.facts, .consumer = {}, .eventType = {}, .fitsSchema = {}};
        letter.kind = m_rules.verdict(input).kind;
        while (input.sameErrorReplays++ < generation)
            letter.kindAfterReplays.push_back(m_rules.verdict(input).kind);
        return letter;
    }
    /// As another program left it.
    void sql(const char* statement)
    {
        QVERIFY(m_fixture.store().write(
            [&](Database& database) { return database.guarded([&](SQLite::Database& db) { db.exec(statement); }); }));
    }
    /// What is kept of replays in a row; -1: nothing.
    int sameErrors(const PreparedLetter& prepared)
    {
        const std::int64_t place = letter(prepared).place;
        Database reader = m_fixture.reader();
        return *reader.query<int>([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT ifnull(same_error_replays, -1) FROM letter WHERE id = ?");
            select.bind(1, place);
            return select.executeStep() ? select.getColumn(0).getInt() : -2;
        });
    }
    /// All rows of the tables that decisions make or change, as text.
    QStringList rows(bool withBooks = true)
    {
        QStringList tables{
            u"SELECT letter_id, triage_state, assignee, triage_seq, replay_state, replay_seq FROM letter_decision"_s,
            u"SELECT id, kind, rule_kind, state, assignee, replay_outcome FROM letter"_s,
            u"SELECT group_ref, kind, state, assignee, letters FROM letter_count WHERE letters > 0"_s,
            u"SELECT group_id, kind_by, oldest_open_at_ms FROM letter_group"_s};
        if (withBooks)
            tables += {u"SELECT seq, decision, at_ms, actor, type, summary, reason, reverted_by FROM triage_event"_s,
                       u"SELECT subject, seq FROM triage_subject"_s,
                       u"SELECT seq, letter_id FROM letter_past"_s,
                       u"SELECT seq, state, assignee FROM triage_effect"_s,
                       u"SELECT seq, subject, actor, text FROM triage_comment"_s,
                       u"SELECT subject, field, value, seq FROM triage_mark"_s,
                       u"SELECT seq, subject, field, value, value_seq FROM triage_mark_past"_s};
        Database reader = m_fixture.reader();
        return *reader.query<QStringList>([&](SQLite::Database& db) {
            QStringList rows;
            for (const QString& table : tables) {
                QStringList its;
                SQLite::Statement select(db, table.toStdString());
                while (select.executeStep()) {
                    QString row = table.section(u' ', -1) + u": "_s;
                    for (int i = 0; i < select.getColumnCount(); ++i)
                        row += sql::maybeText(select.getColumn(i)).value_or(u"NULL"_s) + u'|';
                    its += row;
                }
                its.sort();
                rows += its;
            }
            return rows;
        });
    }
    void rebuild()
    {
        QVERIFY(m_fixture.store().write([](Database& database) -> Status {
            if (const Status cleared = clearLetterDecisions(database); !cleared)
                return cleared;
            return saveAppliedSeq(database, triageProjectionName(), 0);
        }));
        QVERIFY(catchUpTriage(*m_ledger, m_fixture.store()));
    }
    /// Counters against the letters themselves.
    void verifyCounts()
    {
        Database reader = m_fixture.reader();
        const QStringList counted = *reader.query<QStringList>([](SQLite::Database& db) {
            QStringList differences;
            SQLite::Statement select(
                db, "SELECT group_ref, kind, state, assignee, letters FROM letter_count WHERE letters <> 0"
                    " EXCEPT SELECT group_ref, kind, state, ifnull(assignee, ''), count(*) FROM letter GROUP BY 1, 2, "
                    "3, 4");
            while (select.executeStep())
                differences += sql::text(select.getColumn(1)) + u' ' + sql::text(select.getColumn(2));
            const auto total = db.execAndGet("SELECT ifnull(sum(letters), 0) FROM letter_count").getInt64();
            const auto letters = db.execAndGet("SELECT count(*) FROM letter").getInt64();
            if (total != letters)
                differences += u"%1 counted, %2 there"_s.arg(total).arg(letters);
            return differences;
        });
        QVERIFY2(counted.isEmpty(), qPrintable(counted.join(u"; "_s)));
    }

private:
    StoreFixture m_fixture;
    ManualClock m_clock;
    std::unique_ptr<Ledger> m_ledger;
    KindRules m_rules = *KindRules::bundled();
};

PreparedLetter failed(int number, const QString& errorClass, FailureKind kind, int hoursAgo = 30)
{
    PreparedLetter letter = StoreFixture::prepared(number, errorClass, u"payments"_s, hoursAgo);
    letter.facts.errorMessage = u"no answer"_s;
    letter.kind = kind;
    return letter;
}

/// Letters of one failure that rules call transient.
std::vector<PreparedLetter> timeouts(int first, int count, int hoursAgo = 30)
{
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < count; ++i)
        letters.push_back(failed(first + i, u"java.net.SocketTimeoutException"_s, FailureKind::Transient, hoursAgo));
    return letters;
}

KnownErrorAction known(const QString& group, FailureKind kind)
{
    return {group,
            KnownError{.kind = kind,
                       .cause = u"the gateway's certificate ran out"_s,
                       .fix = u"renew it, then replay"_s,
                       .link = u"https://wiki.acme.test/gateway"_s,
                       .safety = ReplaySafety::Yes},
            u"seen in March"_s};
}

QStringList idsOf(const std::vector<PreparedLetter>& letters)
{
    QStringList ids;
    for (const PreparedLetter& letter : letters)
        ids += StoreFixture::idOf(letter);
    return ids;
}

} // namespace

class TstTriage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPersonsWordCountsForAllLettersAlsoThoseToCome();
    void aKnownErrorOutlivesTheStore();
    void aKnownErrorIsSuggestedWhereAnotherGroupResemblesIt();
    void howReplaysEndHasASay();
    void anotherErrorIsNotTheSameAgain();
    void replaysInARowAreCountedByTheirErrors();
    void whatCameBackIsCountedInAnyOrder_data();
    void whatCameBackIsCountedInAnyOrder();
    void groupingAnewKnowsWhatFailedAgain_data();
    void groupingAnewKnowsWhatFailedAgain();
    void whatFailedAgainOutlivesTheLetterBefore();
    void tagsAreAskedFor();
    void lettersStoredByOldRulesAreSortedToo();
    void otherRulesSortWhatIsStored();
    void commentsTagsAndLinks();
    void refusals_data();
    void refusals();
    void actionsCrossTheSocket();
    void nothingIsWrittenForNothing();
    void archivedUntilADateComesBack();
    void newTermsOfTheArchiveReplaceTheFormer();
    void otherTermsEndTheRuleForWhatArrives();
    void archivedUntilItEscalatesComesBack();
    void archivedForEverHidesNoOtherFailure();
    void codesInMessages_data();
    void codesInMessages();
    void archivedForEverHidesNoOtherCode();
    void undoTakesBackWhatNothingDependsOn();
    void substates_data();
    void substates();
    void aRebuiltProjectionIsTheSame_data();
    void aRebuiltProjectionIsTheSame();
};

void TstTriage::aPersonsWordCountsForAllLettersAlsoThoseToCome()
{
    Desk desk;
    desk.fixture().add(timeouts(1, 3));
    const QString group = desk.matching(u""_s).front().group;
    QCOMPARE(desk.sheet(group).kindBy, u"rule"_s);
    QVERIFY(desk.act(known(group, FailureKind::Business)));
    desk.fixture().add(timeouts(10, 2));
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{5});
    QCOMPARE(desk.matching(u"kind:transient"_s).size(), std::size_t{0});
    desk.verifyCounts();
    const DecisionSheet sheet = desk.sheet(group);
    QCOMPARE(sheet.kind, FailureKind::Business);
    QCOMPARE(sheet.kindBy, u"person"_s);
    QCOMPARE(sheet.kindReason, u"the gateway's certificate ran out"_s);
    QCOMPARE(sheet.suggestion, u"renew it, then replay"_s);
    QCOMPARE(sheet.known->actor, u"pat"_s);
    // Forgotten: the rules' word counts again, for all five.
    QVERIFY(desk.act(KnownErrorAction{group, std::nullopt, u"it was something else"_s}));
    QCOMPARE(desk.matching(u"kind:transient"_s).size(), std::size_t{5});
    desk.verifyCounts();
}

void TstTriage::aKnownErrorOutlivesTheStore()
{
    ManualClock clock;
    QTemporaryDir folder;
    auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
    QVERIFY(ledger);
    {
        StoreFixture fixture;
        fixture.add(timeouts(1, 2));
        Database reader = fixture.reader();
        const QString group = deadLetter(reader, StoreFixture::idOf(timeouts(1, 1).front()))->group;
        QVERIFY(decideAction({**ledger, fixture.store(), reader, u"pat"_s, clock.now()},
                             known(group, FailureKind::Schema)));
    }
    StoreFixture anew;
    QVERIFY(catchUpTriage(**ledger, anew.store()));
    anew.add(timeouts(1, 2));
    Database reader = anew.reader();
    QCOMPARE(deadLetter(reader, StoreFixture::idOf(timeouts(1, 1).front()))->kind, FailureKind::Schema);
    const auto groups = deadLetterGroups(reader, *parseQuery(u"kind:schema"), clock.now());
    QCOMPARE(groups->front().count, 2);
}

void TstTriage::aKnownErrorIsSuggestedWhereAnotherGroupResemblesIt()
{
    Desk desk;
    std::vector<PreparedLetter> letters = timeouts(1, 2);
    letters[0].facts.errorMessage = u"no answer from 10.0.0.1 after 500 ms"_s;
    letters[1].facts.errorMessage = u"no answer from 10.0.0.7 after 1200 ms"_s;
    letters[1].owner.consumer = u"stock"_s;
    PreparedLetter other = failed(3, u"java.net.SocketTimeoutException"_s, FailureKind::Transient);
    other.facts.errorMessage = u"the pool is empty"_s;
    other.owner.consumer = u"mail"_s;
    desk.fixture().add({letters[0], letters[1], other});
    const QString group = desk.letter(letters[0]).group;
    const QString alike = desk.letter(letters[1]).group;
    QVERIFY(group != alike);
    QVERIFY(desk.act(known(group, FailureKind::Business)));
    const DecisionSheet sheet = desk.sheet(alike);
    QCOMPARE(sheet.resembling.size(), std::size_t{1});
    QCOMPARE(sheet.resembling.front().group, group);
    QVERIFY(!sheet.known); // a suggestion, never more
    QCOMPARE(desk.letter(letters[1]).kind, FailureKind::Transient);
    QVERIFY(desk.sheet(desk.letter(other).group).resembling.empty());
}

void TstTriage::howReplaysEndHasASay()
{
    Desk desk;
    std::vector<PreparedLetter> odd;
    for (int i = 1; i <= 6; ++i)
        odd.push_back(failed(i, u"com.acme.Odd"_s, FailureKind::Unknown));
    desk.fixture().add(odd);
    const QStringList ids = idsOf(odd);
    desk.outcome(ids.first(2), TriageState::Resolved, 5);
    QCOMPARE(desk.letter(odd[5]).kind, FailureKind::Unknown); // two are not enough to tell
    desk.outcome({ids[2]}, TriageState::Resolved, 6);
    QCOMPARE(desk.letter(odd[5]).kind, FailureKind::Transient);
    QCOMPARE(desk.sheet(desk.letter(odd[5]).group).kindBy, u"replays"_s);
    desk.verifyCounts();
    desk.fixture().add({failed(20, u"com.acme.Odd"_s, FailureKind::Unknown)});
    QCOMPARE(desk.matching(u"kind:transient"_s).size(), std::size_t{7});
    desk.outcome(ids.mid(3), TriageState::FailedAgain, 7);
    for (int i = 3; i < 6; ++i)
        desk.fixture().add({desk.cameBack(odd[static_cast<std::size_t>(i)], 30 + i, u"com.acme.Odd"_s)});
    QCOMPARE(desk.letter(odd[0]).kind, FailureKind::Unknown); // three to three: no majority
    desk.verifyCounts();

    Desk other;
    const std::vector<PreparedLetter> letters = timeouts(1, 4);
    other.fixture().add(letters);
    for (int i = 0; i < 3; ++i)
        other.fixture().add(
            {other.cameBack(letters[static_cast<std::size_t>(i)], 30 + i, u"java.net.SocketTimeoutException"_s)});
    QCOMPARE(other.matching(u"kind:transient"_s).size(), std::size_t{0});
    QVERIFY(other.act(known(other.matching(u""_s).front().group, FailureKind::Transient)));
    QCOMPARE(other.matching(u"kind:transient"_s).size(), std::size_t{7}); // a person stands above replays
    other.verifyCounts();
}

void TstTriage::anotherErrorIsNotTheSameAgain()
{
    Desk desk;
    const std::vector<PreparedLetter> letters = timeouts(1, 5);
    desk.fixture().add(letters);
    desk.outcome(idsOf(letters), TriageState::FailedAgain, 5);
    // The time-out passed; then something else went wrong.
    for (int i = 0; i < 5; ++i)
        desk.fixture().add({desk.cameBack(letters[static_cast<std::size_t>(i)], 30 + i, u"com.acme.Odd"_s)});
    QCOMPARE(desk.matching(u"kind:transient"_s).size(), std::size_t{5});
    QCOMPARE(desk.sheet(desk.letter(letters[0]).group).kindBy, u"rule"_s);
    desk.verifyCounts();
}

void TstTriage::replaysInARowAreCountedByTheirErrors()
{
    Desk desk;
    const QString timeout = u"java.net.SocketTimeoutException"_s;
    const PreparedLetter first = timeouts(1, 1).front();
    desk.fixture().add({first});
    const PreparedLetter second = desk.cameBack(first, 2, timeout);
    desk.fixture().add({second});
    QCOMPARE(desk.letter(second).kind, FailureKind::Transient);
    const PreparedLetter third = desk.cameBack(second, 3, timeout);
    desk.fixture().add({third});
    QCOMPARE(desk.letter(third).kind, FailureKind::Unknown); // two in a row ended with the same error
    const PreparedLetter other = desk.cameBack(third, 4, u"com.acme.Odd"_s);
    const PreparedLetter back = desk.cameBack(other, 5, timeout);
    desk.fixture().add({other});
    desk.fixture().add({back});
    QCOMPARE(desk.letter(back).kind, FailureKind::Transient); // the row was broken
    // A letter of a replay that nobody here knows: nothing is said of its errors.
    PreparedLetter stranger = desk.cameBack(back, 6, timeout);
    stranger.facts.replayId = "r-elsewhere";
    desk.fixture().add({stranger});
    QCOMPARE(desk.letter(stranger).kind, FailureKind::Transient);
    desk.verifyCounts();
}

void TstTriage::whatCameBackIsCountedInAnyOrder_data()
{
    QTest::addColumn<QList<int>>("order");
    QTest::addColumn<bool>("inOneBatch");
    for (const bool inOneBatch : {true, false}) {
        QList<int> order{0, 1, 2, 3};
        do {
            QString name;
            for (const int number : order)
                name += QString::number(number + 1);
            QTest::addRow("%s: stored in the order %s", inOneBatch ? "one batch" : "four batches", qPrintable(name))
                << order << inOneBatch;
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

void TstTriage::whatCameBackIsCountedInAnyOrder()
{
    QFETCH(QList<int>, order);
    QFETCH(bool, inOneBatch);
    const QString timeout = u"java.net.SocketTimeoutException"_s;
    Desk desk;
    const PreparedLetter first = timeouts(1, 1).front();
    const PreparedLetter second = desk.cameBack(first, 2, timeout);
    const PreparedLetter third = desk.cameBack(second, 3, timeout);
    const PreparedLetter other = desk.cameBack(third, 4, u"com.acme.Odd"_s);
    const std::vector<PreparedLetter> letters{first, second, third, other};
    std::vector<PreparedLetter> batch;
    for (const int number : order) {
        if (inOneBatch)
            batch.push_back(letters[static_cast<std::size_t>(number)]);
        else
            desk.fixture().add({letters[static_cast<std::size_t>(number)]});
    }
    if (inOneBatch)
        desk.fixture().add(batch);
    QCOMPARE(desk.sameErrors(first), -1);
    QCOMPARE(desk.sameErrors(second), 1);
    QCOMPARE(desk.sameErrors(third), 2);
    QCOMPARE(desk.sameErrors(other), 0);
    QVERIFY(sortAnew(desk.fixture().store(), *KindRules::bundled(), {}));
    QCOMPARE(desk.letter(second).kind, FailureKind::Transient);
    QCOMPARE(desk.letter(third).kind, FailureKind::Unknown);
    desk.verifyCounts();
}

void TstTriage::groupingAnewKnowsWhatFailedAgain_data()
{
    QTest::addColumn<bool>("sortsFirst");
    QTest::newRow("the rules are asked before the letters are grouped") << true;
    QTest::newRow("the rules are asked afterwards") << false;
}

void TstTriage::groupingAnewKnowsWhatFailedAgain()
{
    QFETCH(bool, sortsFirst);
    const QString timeout = u"java.net.SocketTimeoutException"_s;
    const KindRules rules = *KindRules::bundled();
    GroupingRule rule;
    rule.name = u"messages tell nothing"_s;
    rule.withoutMessage = true;
    const GroupingKnowledge otherwise =
        *GroupingKnowledge::bundled({.rules = {rule}, .inApp = {}, .notInApp = {}, .digest = u"rules-1"_s});
    const auto upgrade = [&](Desk& desk, const std::function<void()>& comes) {
        // As a store looks whose letters were stored before anybody counted.
        desk.sql("UPDATE letter SET same_error_replays = NULL");
        desk.sql("UPDATE letter_group SET fingerprint_version = 2");
        desk.sql("UPDATE kind_sorting SET rules_digest = x'00'");
        QVERIFY(regroupOldVersions(desk.fixture().store(), QString(), u"pat"_s));
        if (sortsFirst)
            QVERIFY(sortAnew(desk.fixture().store(), rules, {}));
        comes();
        const auto done = regroupRest(desk.ledger(), desk.fixture().store(), otherwise, u"pat"_s, {}, {});
        QVERIFY(done && (*done)->moved > 0);
        QVERIFY(sortAnew(desk.fixture().store(), rules, {}));
        desk.verifyCounts();
    };

    // One letter, twice: too few for the group to have a say.
    const PreparedLetter first = timeouts(1, 1).front();
    Desk twice;
    const PreparedLetter second = twice.cameBack(first, 2, timeout);
    const PreparedLetter third = twice.cameBack(second, 3, timeout);
    twice.fixture().add({first, second, third});
    QVERIFY(sortAnew(twice.fixture().store(), rules, {}));
    upgrade(twice, [] {});
    QCOMPARE(twice.sameErrors(second), 1);
    QCOMPARE(twice.sameErrors(third), 2);
    QCOMPARE(twice.letter(second).kind, FailureKind::Transient);
    QCOMPARE(twice.letter(third).kind, FailureKind::Unknown);

    Desk meanwhile; // it comes back while the others are grouped anew
    (void)meanwhile.cameBack(first, 2, timeout);
    (void)meanwhile.cameBack(second, 3, timeout);
    meanwhile.fixture().add({first, second});
    QVERIFY(sortAnew(meanwhile.fixture().store(), rules, {}));
    upgrade(meanwhile, [&] { meanwhile.fixture().add({third}); });
    QCOMPARE(meanwhile.sameErrors(third), 2);
    QCOMPARE(meanwhile.letter(third).kind, FailureKind::Unknown);

    Desk many; // many letters, each once
    const std::vector<PreparedLetter> letters = timeouts(1, 4);
    many.fixture().add(letters);
    for (int i = 0; i < 3; ++i)
        many.fixture().add({many.cameBack(letters[static_cast<std::size_t>(i)], 30 + i, timeout)});
    QVERIFY(sortAnew(many.fixture().store(), rules, {}));
    QCOMPARE(many.matching(u"kind:unknown"_s).size(), std::size_t{7});
    upgrade(many, [] {});
    QCOMPARE(many.matching(u"kind:unknown"_s).size(), std::size_t{7});
    QCOMPARE(many.sheet(many.letter(letters[0]).group).kindBy, u"replays"_s);
}

void TstTriage::whatFailedAgainOutlivesTheLetterBefore()
{
    Desk desk;
    const QString timeout = u"java.net.SocketTimeoutException"_s;
    const PreparedLetter first = timeouts(1, 1).front();
    desk.fixture().add({first});
    const PreparedLetter second = desk.cameBack(first, 2, timeout);
    desk.fixture().add({second});
    QCOMPARE(desk.triage(u"resolved"_s, {StoreFixture::idOf(first)}), 1);
    RetentionSettings nothingOld;
    nothingOld.deadLetters = Millis{0};
    const auto pruned = pruneLetters(desk.ledger(), desk.fixture().store(), nothingOld, {},
                                     desk.clock().now() + Millis{60'000}, u"pat"_s, {});
    QVERIFY(pruned);
    QCOMPARE(pruned->byAge, 1);
    const GroupingKnowledge knowledge = *GroupingKnowledge::bundled();
    QVERIFY(decideGroups(desk.ledger(), desk.fixture().store(),
                         {regroupDraft(u"new rules"_s, knowledge.rules.digest, u"pat"_s)}));
    QVERIFY(regroupRest(desk.ledger(), desk.fixture().store(), knowledge, u"pat"_s, {}, {}));
    QCOMPARE(desk.sameErrors(second), 1);
    const PreparedLetter third = desk.cameBack(second, 3, timeout);
    desk.fixture().add({third});
    QCOMPARE(desk.sameErrors(third), 2);
}

void TstTriage::tagsAreAskedFor()
{
    Desk desk;
    std::vector<PreparedLetter> letters = timeouts(1, 3);
    letters.push_back(failed(9, u"com.acme.Odd"_s, FailureKind::Unknown));
    desk.fixture().add(letters);
    const QString group = desk.letter(letters[0]).group;
    const QString odd = StoreFixture::idOf(letters[3]);
    QVERIFY(desk.act(TagAction{{group}, {u"psp"_s}, {}}));
    QVERIFY(desk.act(TagAction{{odd}, {u"vip"_s}, {}}));
    QVERIFY(desk.act(TagAction{{odd, group}, {u"both"_s}, {}}));
    const auto found = [&](const QString& query) { return desk.matching(query).size(); };
    QCOMPARE(found(u"tag:psp"_s), std::size_t{3});
    QCOMPARE(found(u"tag:vip"_s), std::size_t{1});
    QCOMPARE(found(u"tag=both"_s), std::size_t{4});
    QCOMPARE(found(u"-tag:psp"_s), std::size_t{1});
    QCOMPARE(found(u"tag~^(psp|vip)$"_s), std::size_t{4});
    QCOMPARE(found(u"tag:ps"_s), std::size_t{0});
    QCOMPARE(found(u"tag:vip OR error~Socket"_s), std::size_t{4});
    Database reader = desk.fixture().reader();
    const UtcTime now = desk.clock().now();
    QCOMPARE(deadLetterGroups(reader, *parseQuery(u"tag:psp"), now)->size(), std::size_t{1});
    QCOMPARE(deadLetterGroups(reader, *parseQuery(u"tag~i"), now)->front().count, 1);
    QVERIFY(parseQuery(u"tag>1").error().detail.contains(u"column 4"_s));
    // The group goes into another one, and the tag with it.
    const auto merge = planMerge(reader, {group}, desk.letter(letters[3]).group, u"one cause"_s);
    QVERIFY(merge);
    QVERIFY(decideGroups(desk.ledger(), desk.fixture().store(), mergeDrafts(*merge, u"pat"_s)));
    QCOMPARE(found(u"tag:psp"_s), std::size_t{4});
    QVERIFY(desk.act(TagAction{{group}, {}, {u"psp"_s}}));
    QCOMPARE(found(u"tag:psp"_s), std::size_t{0});
    desk.rebuild();
    QCOMPARE(found(u"tag:vip"_s), std::size_t{1});
}

void TstTriage::lettersStoredByOldRulesAreSortedToo()
{
    Desk desk;
    StoreWriter& store = desk.fixture().store();
    desk.fixture().add(timeouts(1, 3));
    const Checked<KindRules> own =
        KindRules::read("rules:\n  - {kind: business, reason: x, class: SocketTimeout}\n", u"kinds.yaml"_s);
    QVERIFY(own.value);
    QVERIFY(!*sortTurn(store, *own.value, Intake::MaySortOtherwise));
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{3});
    desk.fixture().add(timeouts(10, 2)); // by somebody who has not seen the file yet, and then has
    QVERIFY(!*sortTurn(store, *own.value, Intake::MaySortOtherwise));
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{5});
    desk.fixture().add(timeouts(20, 2)); // and one whose process ends before: the next one begins with these rules
    QVERIFY(!*sortTurn(store, *own.value));
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{7});
    desk.verifyCounts();
    desk.fixture().add(timeouts(30, 1)); // all sort alike now: nothing is looked at again
    QVERIFY(!*sortTurn(store, *own.value));
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{7});
}

void TstTriage::otherRulesSortWhatIsStored()
{
    Desk desk;
    std::vector<PreparedLetter> letters = timeouts(1, 3);
    letters.push_back(failed(9, u"com.acme.Odd"_s, FailureKind::Unknown));
    desk.fixture().add(letters);
    QVERIFY(desk.act(known(desk.letter(letters[3]).group, FailureKind::Schema)));
    const KindRules bundled = *KindRules::bundled();
    QCOMPARE(*sortAnew(desk.fixture().store(), bundled, {}), 0);
    const Checked<KindRules> own = KindRules::read(
        "rules:\n  - {kind: business, reason: x, class: SocketTimeout}\n  - {kind: transient, reason: y, class: Odd}\n",
        u"kinds.yaml"_s);
    QVERIFY(own.value);
    QCOMPARE(*sortAnew(desk.fixture().store(), *own.value, {}), 4);
    QCOMPARE(desk.matching(u"kind:business"_s).size(), std::size_t{3});
    QCOMPARE(desk.letter(letters[3]).kind, FailureKind::Schema); // the person's word stays above
    desk.verifyCounts();
    QVERIFY(desk.act(KnownErrorAction{desk.letter(letters[3]).group, std::nullopt, u"x"_s}));
    QCOMPARE(desk.letter(letters[3]).kind, FailureKind::Transient);
    QCOMPARE(*sortAnew(desk.fixture().store(), *own.value, {}), 0);
    desk.verifyCounts();
}

void TstTriage::commentsTagsAndLinks()
{
    Desk desk;
    const auto letters = timeouts(1, 2);
    desk.fixture().add(letters);
    const QString id = StoreFixture::idOf(letters[0]);
    const QString group = desk.letter(letters[0]).group;
    QVERIFY(desk.act(CommentAction{group, u"  the psp is down \n since noon "_s}));
    QVERIFY(desk.act(CommentAction{id, u"this one is the boss's order"_s}, u"kim"_s));
    QVERIFY(desk.act(TagAction{{group}, {u"psp"_s, u"vip"_s}, {}}));
    QVERIFY(desk.act(TagAction{{group}, {}, {u"vip"_s}}));
    QVERIFY(desk.act(LinkAction{group, u"https://status.psp.test/42"_s, u"their incident"_s}));
    const DecisionSheet sheet = desk.sheet(id);
    QCOMPARE(sheet.comments.size(), std::size_t{2});
    QCOMPARE(sheet.comments[0].text, u"the psp is down \n since noon"_s);
    QCOMPARE(sheet.comments[1].actor, u"kim"_s);
    QCOMPARE(sheet.tags, QStringList{u"psp"_s});
    QCOMPARE(sheet.links, (std::vector{LinkMark{u"https://status.psp.test/42"_s, u"their incident"_s}}));
    QCOMPARE(desk.sheet(group).comments.size(), std::size_t{1});
    // Nothing takes a comment away.
    const auto undone = desk.act(UndoAction{desk.sheet(id).history.front().seq, {}});
    QVERIFY(!undone && undone.error().detail.contains(u"a comment stays"));
    desk.triage(u"resolved"_s, {id});
    QCOMPARE(desk.sheet(id).comments.size(), std::size_t{2});
}

void TstTriage::refusals_data()
{
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<QString>("complaint");
    const auto row = [](const char* name, const TriageAction& action, const QString& complaint) {
        QTest::newRow(name) << actionToJson(action) << complaint;
    };
    const QString group = u"g000000000000"_s;
    row("a comment without words", CommentAction{group, u" \n"_s}, u"needs words"_s);
    row("a comment that is a book", CommentAction{group, QString(10'001, u'x')}, u"longer than 10000"_s);
    row("a comment on nothing", CommentAction{u"order-4711"_s, u"x"_s}, u"no group's or letter's id"_s);
    row("a group that is not stored", CommentAction{group, u"x"_s}, u"no group g000000000000 is stored"_s);
    row("a tag of two words", TagAction{{group}, {u"two words"_s}, {}}, u"no tag"_s);
    row("a tag on and off", TagAction{{group}, {u"slow"_s}, {u"slow"_s}}, u"on and taken off at once"_s);
    row("no tag at all", TagAction{{group}, {}, {}}, u"nothing to tag"_s);
    row("a link that runs a script", LinkAction{group, u"javascript:alert(1)"_s, {}}, u"no web address"_s);
    row("a link to a file", LinkAction{group, u"file:///etc/passwd"_s, {}}, u"no web address"_s);
    row("a link with a password", LinkAction{group, u"https://me:secret@x.test/"_s, {}}, u"a password"_s);
    row("a known error without a reason", KnownErrorAction{group, KnownError{}, {}}, u"--reason"_s);
    row("future letters until a date",
        ArchiveAction{.ids = {group},
                      .query = {},
                      .until = ArchiveUntil::Date,
                      .at = utcFromMs(letterMs * 2),
                      .future = true,
                      .reason = u"x"_s},
        u"--until forever alone"_s);
    row("a day that is over",
        ArchiveAction{.ids = {},
                      .query = u""_s,
                      .until = ArchiveUntil::Date,
                      .at = utcFromMs(0),
                      .future = false,
                      .reason = u"x"_s},
        u"not in the future"_s);
    row("an undo of nothing", UndoAction{}, u"no decision to take back"_s);
    row("an undo of what is no decision", UndoAction{77, {}}, u"event 77 is no decision"_s);
}

void TstTriage::refusals()
{
    QFETCH(QByteArray, action);
    QFETCH(QString, complaint);
    Desk desk;
    const auto report = desk.act(*actionFromJson(action));
    QVERIFY(!report);
    QVERIFY2(report.error().detail.contains(complaint), qPrintable(report.error().detail));
    QVERIFY(!report.error().detail.contains(u"secret"));
    QCOMPARE(*desk.ledger().lastSeq(), 0);
}

void TstTriage::actionsCrossTheSocket()
{
    const std::vector<TriageAction> actions{CommentAction{u"g000000000001"_s, u"\"quoted\"\nline \u202E"_s},
                                            TagAction{{u"g000000000001"_s}, {u"a"_s}, {u"b"_s}},
                                            LinkAction{u"g000000000001"_s, u"https://x.test/?a=1&b=2"_s, u"t"_s, true},
                                            ArchiveAction{.ids = {u"x"_s},
                                                          .query = u"team:a"_s,
                                                          .until = ArchiveUntil::Date,
                                                          .at = utcFromMs(letterMs),
                                                          .future = false,
                                                          .reason = u"r"_s},
                                            ArchiveAction{.ids = {},
                                                          .query = std::nullopt,
                                                          .until = ArchiveUntil::Escalates,
                                                          .at = std::nullopt,
                                                          .future = true,
                                                          .reason = u"r"_s},
                                            known(u"g000000000001"_s, FailureKind::Schema),
                                            KnownErrorAction{u"g000000000001"_s, std::nullopt, u"r"_s},
                                            UndoAction{std::nullopt, {}},
                                            UndoAction{9'007'199'254'740'991, u"slip"_s}};
    for (const TriageAction& action : actions) {
        const auto read = actionFromJson(actionToJson(action));
        QVERIFY(read && *read == action);
    }
    for (const char* wrong : {"", "{}", R"({"action":"delete"})", R"({"action":"archive","until":"soon"})",
                              R"({"action":"known","error":{"kind":"odd"}})"})
        QVERIFY2(!actionFromJson(wrong), wrong);
}

void TstTriage::nothingIsWrittenForNothing()
{
    Desk desk;
    desk.fixture().add(timeouts(1, 1));
    const QString group = desk.matching(u""_s).front().group;
    QVERIFY(desk.act(TagAction{{group}, {u"gateway"_s}, {}}));
    QVERIFY(desk.act(LinkAction{group, u"https://wiki.example/1"_s, u"runbook"_s}));
    const std::int64_t last = *desk.ledger().lastSeq();
    for (const TriageAction& action :
         std::vector<TriageAction>{TagAction{{group}, {}, {u"nope"_s}}, TagAction{{group}, {u"gateway"_s}, {}},
                                   LinkAction{group, u"https://wiki.example/none"_s, {}, true},
                                   LinkAction{group, u"https://wiki.example/1"_s, u"runbook"_s}}) {
        const auto report = desk.act(action);
        QVERIFY(report);
        QCOMPARE(report->seq, 0);
        QCOMPARE(report->changed, 0);
        QVERIFY(report->summary.endsWith(u"nothing was changed"_s));
    }
    QCOMPARE(*desk.ledger().lastSeq(), last);
    QVERIFY(!readTriageRequest(u"assigned"_s, u"r"_s, u"x\u202Ey\nz"_s));
}

void TstTriage::archivedUntilADateComesBack()
{
    Desk desk;
    const auto letters = timeouts(1, 3);
    desk.fixture().add(letters);
    const QString group = desk.letter(letters[0]).group;
    desk.triage(u"assigned"_s, {StoreFixture::idOf(letters[0])}, u"kim"_s);
    const UtcTime day = desk.clock().now() + Millis{86'400'000};
    QVERIFY(desk.act(ArchiveAction{.ids = {group},
                                   .query = {},
                                   .until = ArchiveUntil::Date,
                                   .at = day,
                                   .future = false,
                                   .reason = u"after the release"_s}));
    QCOMPARE(desk.matching(u"state:archived"_s).size(), std::size_t{3});
    QCOMPARE(desk.sheet(group).substate, GroupSubstate::ArchivedUntilDate);
    desk.triage(u"resolved"_s, {StoreFixture::idOf(letters[2])}); // decided on since: stays so
    QCOMPARE(desk.keepRules(), 0);
    desk.clock().set(day);
    QCOMPARE(desk.keepRules(), 2);
    QCOMPARE(desk.keepRules(), 0); // once
    QCOMPARE(desk.letter(letters[0]).state, TriageState::New);
    QCOMPARE(desk.letter(letters[0]).assignee, u"kim"_s);
    QCOMPARE(desk.letter(letters[2]).state, TriageState::Resolved);
    const DecisionSheet sheet = desk.sheet(group);
    QCOMPARE(sheet.history.front().actor, u"spillway"_s);
    QVERIFY(sheet.history.front().reason->contains(u"the day came"));
    desk.verifyCounts();
}

void TstTriage::newTermsOfTheArchiveReplaceTheFormer()
{
    Desk desk;
    const auto letters = timeouts(1, 3);
    desk.fixture().add(letters);
    const QString group = desk.letter(letters[0]).group;
    const UtcTime day = desk.clock().now() + Millis{86'400'000};
    const auto archive = [&](ArchiveUntil until, std::optional<UtcTime> at) {
        ArchiveAction action{
            .ids = {}, .query = {}, .until = until, .at = at, .future = false, .reason = u"other terms"_s};
        for (const PreparedLetter& letter : letters)
            action.ids += StoreFixture::idOf(letter);
        const auto report = desk.act(action);
        return report ? report->changed : -1;
    };
    QCOMPARE(archive(ArchiveUntil::Date, day), 3);
    const QStringList dated = desk.rows(false);
    QCOMPARE(archive(ArchiveUntil::Date, day), 0); // the same terms
    QCOMPARE(archive(ArchiveUntil::Forever, {}), 3);
    QCOMPARE(desk.sheet(group).substate, GroupSubstate::ArchivedForever);
    QVERIFY(desk.act(UndoAction{}));
    QCOMPARE(desk.rows(false), dated);
    QCOMPARE(desk.sheet(group).substate, GroupSubstate::ArchivedUntilDate);
    QCOMPARE(archive(ArchiveUntil::Date, day + Millis{86'400'000}), 3); // a day later
    desk.clock().set(day);
    QCOMPARE(desk.keepRules(), 0);
    QCOMPARE(desk.matching(u"state:archived"_s).size(), std::size_t{3});
    desk.clock().set(day + Millis{86'400'000});
    QCOMPARE(desk.keepRules(), 3);
    QCOMPARE(desk.matching(u"state:archived"_s).size(), std::size_t{0});
    desk.verifyCounts();
}

void TstTriage::otherTermsEndTheRuleForWhatArrives()
{
    Desk desk;
    const auto letters = timeouts(1, 3);
    desk.fixture().add(letters);
    const QString group = desk.letter(letters[0]).group;
    const auto archive = [&](const QStringList& ids, bool future) {
        const auto report = desk.act(ArchiveAction{.ids = ids,
                                                   .query = {},
                                                   .until = ArchiveUntil::Forever,
                                                   .at = std::nullopt,
                                                   .future = future,
                                                   .reason = u"noise"_s});
        return report ? report->changed : -1;
    };
    QCOMPARE(archive({group}, true), 3);
    QCOMPARE(archive({StoreFixture::idOf(letters[0])}, false), 1); // one of them: the rule stands
    desk.clock().advance(Millis{60'000});
    desk.fixture().add(timeouts(50, 1), desk.clock().now());
    QCOMPARE(desk.keepRules(), 1);
    QCOMPARE(archive({group}, false), 3); // and what came since
    desk.clock().advance(Millis{60'000});
    desk.fixture().add(timeouts(60, 2), desk.clock().now());
    QCOMPARE(desk.keepRules(), 0);
    QCOMPARE(desk.matching(u"state:new"_s).size(), std::size_t{2});
    QVERIFY(desk.act(UndoAction{}));
    QCOMPARE(desk.keepRules(), 2); // the rule is back
    QCOMPARE(desk.matching(u"state:archived"_s).size(), std::size_t{6});
    desk.verifyCounts();
}

void TstTriage::archivedUntilItEscalatesComesBack()
{
    Desk desk;
    desk.fixture().add(timeouts(1, 7, 30)); // seven in one hour: fourteen may come before it escalates
    const QString group = desk.matching(u""_s).front().group;
    QVERIFY(desk.act(ArchiveAction{.ids = {group},
                                   .query = {},
                                   .until = ArchiveUntil::Escalates,
                                   .at = std::nullopt,
                                   .future = false,
                                   .reason = u"noise"_s}));
    QCOMPARE(desk.sheet(group).substate, GroupSubstate::ArchivedUntilEscalating);
    // They came an hour after the decision; earlier ones do not count.
    desk.clock().advance(Millis{2 * 3'600'000});
    desk.fixture().add(timeouts(100, 14, -2));
    QCOMPARE(desk.keepRules(), 0);
    desk.fixture().add(timeouts(200, 1, -2));
    QCOMPARE(desk.keepRules(), 7);
    QCOMPARE(desk.matching(u"state:archived"_s).size(), std::size_t{0});
    QVERIFY(desk.sheet(group).history.front().reason->contains(u"15 letters came in one hour, more than 14"));
    // The whole decision, its end included, is taken back together.
    const auto undone = desk.act(UndoAction{});
    QVERIFY2(undone, undone ? "" : qPrintable(undone.error().detail));
    QCOMPARE(desk.matching(u"state:new"_s).size(), std::size_t{22});
    QCOMPARE(desk.keepRules(), 0);
    desk.verifyCounts();
}

void TstTriage::archivedForEverHidesNoOtherFailure()
{
    Desk desk;
    const auto letters = timeouts(1, 2);
    desk.fixture().add(letters);
    const QString group = desk.letter(letters[0]).group;
    QVERIFY(desk.act(ArchiveAction{.ids = {group},
                                   .query = {},
                                   .until = ArchiveUntil::Forever,
                                   .at = std::nullopt,
                                   .future = false,
                                   .reason = u"test data"_s}));
    QCOMPARE(desk.sheet(group).substate, GroupSubstate::ArchivedForever);
    const UtcTime later = desk.clock().now() + Millis{60'000};
    desk.clock().set(later);
    desk.fixture().add(timeouts(10, 1), later);
    QCOMPARE(desk.keepRules(), 0); // nobody asked for those to come
    QCOMPARE(desk.matching(u"state:new"_s).size(), std::size_t{1});

    QVERIFY(desk.act(ArchiveAction{.ids = {group},
                                   .query = {},
                                   .until = ArchiveUntil::Forever,
                                   .at = std::nullopt,
                                   .future = true,
                                   .reason = u"test data"_s}));
    desk.clock().advance(Millis{60'000});
    desk.fixture().add({timeouts(20, 1).front(), failed(30, u"com.acme.Odd"_s, FailureKind::Unknown)},
                       desk.clock().now());
    QCOMPARE(desk.keepRules(), 1);
    QCOMPARE(desk.letter(timeouts(20, 1).front()).state, TriageState::Archived);
    QCOMPARE(desk.letter(failed(30, u"com.acme.Odd"_s, FailureKind::Unknown)).state, TriageState::New);
    // Whoever takes one out again keeps it out.
    desk.triage(u"new"_s, idsOf(timeouts(20, 1)));
    QCOMPARE(desk.keepRules(), 0);
    desk.verifyCounts();
}

void TstTriage::codesInMessages_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("codes");
    const auto row = [](const QString& message, const QString& codes) {
        QTest::newRow(qPrintable(message)) << message << codes;
    };
    row(u"gateway answered 503"_s, u"503"_s);
    row(u"HTTP/1.1 404 Not Found"_s, u"404"_s);
    row(u"Server returned 500 for https://x.test/a/401"_s, u"500"_s);
    row(u"status=429, errno: 13, sqlstate \"40001\""_s, u"429 13 40001"_s);
    row(u"Error Code: 1205. Lock wait timeout exceeded"_s, u"1205"_s);
    row(u"sqlState [42S02]; exit code 137"_s, u"42S02 137"_s);
    row(u"ora-00942: table or view does not exist"_s, u"ORA-00942"_s);
    row(u"no stock for sku 503"_s, QString());
    row(u"returned 12 rows, 1200 expected"_s, QString());
    row(u"error 5031 of customer 17"_s, QString());
    row(u"statuses 503"_s, QString());
    row(QString(), QString());
}

void TstTriage::codesInMessages()
{
    QFETCH(QString, message);
    QFETCH(QString, codes);
    QCOMPARE(messageCodes(message), codes);
}

void TstTriage::archivedForEverHidesNoOtherCode()
{
    Desk desk;
    const auto answered = [](int number, const QString& message) {
        PreparedLetter letter = failed(number, u"com.acme.GatewayException"_s, FailureKind::Transient);
        letter.facts.errorMessage = message;
        return letter;
    };
    desk.fixture().add(
        {answered(1, u"gateway answered 503 to order 17"_s), answered(2, u"gateway answered 503 to order 9"_s)});
    const QString group = desk.matching(u""_s).front().group;
    QVERIFY(desk.act(ArchiveAction{.ids = {group},
                                   .query = {},
                                   .until = ArchiveUntil::Forever,
                                   .at = std::nullopt,
                                   .future = true,
                                   .reason = u"known outage"_s}));
    desk.clock().advance(Millis{60'000});
    const PreparedLetter same = answered(3, u"gateway answered 503 to order 4711"_s);
    const PreparedLetter other = answered(4, u"gateway answered 401 to order 4711"_s);
    desk.fixture().add({same, other}, desk.clock().now());
    QCOMPARE(desk.letter(other).group, group); // one fingerprint
    QCOMPARE(desk.keepRules(), 1);
    QCOMPARE(desk.letter(same).state, TriageState::Archived);
    QCOMPARE(desk.letter(other).state, TriageState::New);
    QCOMPARE(desk.keepRules(), 0);
    // What somebody archives besides, without a word on the future, is no part of the rule.
    desk.triage(u"archived"_s, {StoreFixture::idOf(other)});
    desk.clock().advance(Millis{60'000});
    desk.fixture().add(
        {answered(5, u"gateway answered 401 to order 1"_s), answered(6, u"gateway answered 503 to order 1"_s)},
        desk.clock().now());
    QCOMPARE(desk.keepRules(), 1);
    QCOMPARE(desk.matching(u"state:new"_s).size(), std::size_t{1});
    desk.verifyCounts();
}

void TstTriage::undoTakesBackWhatNothingDependsOn()
{
    Desk desk;
    const auto letters = timeouts(1, 3);
    desk.fixture().add(letters);
    const QStringList ids = idsOf(letters);
    const QStringList before = desk.rows(false);
    desk.triage(u"assigned"_s, ids, u"kim"_s); // 1
    desk.triage(u"archived"_s, {ids[0]});      // 2
    const auto refused = desk.act(UndoAction{1, {}});
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains(u"1 letter or mark was decided anew since; undo event 2 first"),
             qPrintable(refused.error().detail));
    QVERIFY(desk.act(UndoAction{{}, u"slip"_s})); // 3: of 2
    QCOMPARE(desk.letter(letters[0]).state, TriageState::Assigned);
    QCOMPARE(desk.letter(letters[0]).assignee, u"kim"_s);
    QVERIFY(desk.act(UndoAction{})); // of 1
    QCOMPARE(desk.letter(letters[0]).state, TriageState::New);
    QVERIFY(!desk.letter(letters[0]).assignee);
    QVERIFY(desk.act(UndoAction{}).error().detail.contains(u"no decision to take back"));
    QVERIFY(desk.act(UndoAction{1, {}}).error().detail.contains(u"taken back already"));
    QVERIFY(desk.act(UndoAction{3, {}}).error().detail.contains(u"decide anew"));
    // Nothing is left but that somebody decided once: letters, counters and groups are as they were.
    QStringList after = desk.rows(false);
    after.removeIf([](const QString& row) { return row.startsWith(u"letter_decision"); });
    QCOMPARE(after, before);
    // What a replay took up stays.
    desk.triage(u"parked"_s, {ids[1]});
    desk.outcome({ids[1]}, TriageState::Planned, 50);
    QVERIFY(desk.act(UndoAction{}).error().detail.contains(u"a replay took up 1 letter"));
    // A known error goes, and the one before it counts again.
    const QString group = desk.letter(letters[0]).group;
    QVERIFY(desk.act(known(group, FailureKind::Schema)));
    QVERIFY(desk.act(known(group, FailureKind::Business)));
    QVERIFY(desk.act(UndoAction{}));
    QCOMPARE(desk.letter(letters[0]).kind, FailureKind::Schema);
    QVERIFY(desk.act(UndoAction{}));
    QCOMPARE(desk.letter(letters[0]).kind, FailureKind::Transient);
    desk.verifyCounts();
}

void TstTriage::substates_data()
{
    QTest::addColumn<int>("open");
    QTest::addColumn<int>("archived");
    QTest::addColumn<int>("lastHour");
    QTest::addColumn<int>("dayBefore");
    QTest::addColumn<int>("hoursOld");
    QTest::addColumn<bool>("isBack");
    QTest::addColumn<QString>("word");
    QTest::newRow("a first letter this morning") << 3 << 0 << 3 << 0 << 5 << false << u"new"_s;
    QTest::newRow("a day old is no longer new") << 3 << 0 << 0 << 3 << 24 << false << u"ongoing"_s;
    QTest::newRow("ten at once where there was nothing") << 10 << 0 << 10 << 0 << 1 << false << u"escalating"_s;
    QTest::newRow("nine are a handful") << 9 << 0 << 9 << 0 << 1 << false << u"new"_s;
    QTest::newRow("three times the mean hour is not more than that")
        << 90 << 0 << 10 << 80 << 99 << false << u"ongoing"_s;
    QTest::newRow("a little more is") << 90 << 0 << 11 << 80 << 99 << false << u"escalating"_s;
    QTest::newRow("it was resolved and came back") << 1 << 0 << 1 << 0 << 99 << true << u"regressed"_s;
    QTest::newRow("escalating is said before regressed") << 50 << 0 << 50 << 0 << 99 << true << u"escalating"_s;
    QTest::newRow("all archived") << 0 << 4 << 0 << 0 << 99 << false << u"archivedForever"_s;
    QTest::newRow("all resolved") << 0 << 0 << 0 << 0 << 99 << false << u"resolved"_s;
}

void TstTriage::substates()
{
    QFETCH(int, open);
    QFETCH(int, archived);
    QFETCH(int, lastHour);
    QFETCH(int, dayBefore);
    QFETCH(int, hoursOld);
    QFETCH(bool, isBack);
    QFETCH(QString, word);
    const UtcTime now = utcFromMs(letterMs);
    const GroupCourse course{.open = open,
                             .archived = archived,
                             .lastHour = lastHour,
                             .dayBefore = dayBefore,
                             .firstAt = now - Millis{hoursOld * 3'600'000LL},
                             .isBackAfterResolved = isBack,
                             .rule = std::nullopt};
    QCOMPARE(groupSubstateWord(substateOf(course, now)), word);
}

void TstTriage::aRebuiltProjectionIsTheSame_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 6; ++seed)
        QTest::addRow("random decisions, seed %u", seed) << seed;
}

void TstTriage::aRebuiltProjectionIsTheSame()
{
    QFETCH(quint32, seed);
    std::mt19937 random(seed);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    Desk desk;
    std::vector<PreparedLetter> letters;
    for (int i = 1; i <= 24; ++i)
        letters.push_back(failed(i, u"com.acme.E%1"_s.arg(pick(4)), static_cast<FailureKind>(pick(4)), pick(200)));
    desk.fixture().add({letters.begin(), letters.begin() + 16});
    const std::vector<PreparedLetter> rest{letters.begin() + 16, letters.end()};
    const QStringList states{u"new"_s, u"assigned"_s, u"parked"_s, u"archived"_s, u"resolved"_s, u"lost"_s};
    int undone = 0;
    for (int turn = 0; turn < 60; ++turn) {
        if (turn == 30)
            desk.fixture().add(rest, desk.clock().now());
        desk.clock().advance(Millis{pick(4) * 3'600'000});
        const auto stored = desk.matching(u""_s);
        const DeadLetter& one = stored[static_cast<std::size_t>(pick(static_cast<int>(stored.size())))];
        const DeadLetter& two = stored[static_cast<std::size_t>(pick(static_cast<int>(stored.size())))];
        switch (pick(8)) {
        case 0:
        case 1:
            desk.triage(states[pick(6)], one.id == two.id ? QStringList{one.id} : QStringList{one.id, two.id},
                        u"kim"_s);
            break;
        case 2:
            (void)desk.act(ArchiveAction{.ids = {one.group},
                                         .query = {},
                                         .until = ArchiveUntil::Forever,
                                         .at = std::nullopt,
                                         .future = pick(2) == 0,
                                         .reason = u"r"_s});
            break;
        case 3:
            (void)desk.act(ArchiveAction{.ids = {one.group},
                                         .query = {},
                                         .until = ArchiveUntil::Date,
                                         .at = desk.clock().now() + Millis{pick(20) * 3'600'000 + 1},
                                         .future = false,
                                         .reason = u"r"_s});
            break;
        case 4:
            (void)desk.act(known(one.group, static_cast<FailureKind>(pick(4))));
            break;
        case 5:
            (void)desk.act(TagAction{{one.group, two.id}, {u"t%1"_s.arg(pick(3))}, {u"t%1"_s.arg(pick(3) + 3)}});
            break;
        case 6:
            undone +=
                desk.act(UndoAction{pick(3) == 0 ? std::nullopt : std::optional<std::int64_t>(pick(turn + 1) + 1), {}})
                    ? 1
                    : 0;
            break;
        case 7:
            (void)desk.act(CommentAction{pick(2) == 0 ? one.group : one.id, u"turn %1"_s.arg(turn)});
            break;
        }
        QVERIFY(desk.keepRules() >= 0);
        desk.verifyCounts();
    }
    QVERIFY(undone > 0);
    const QStringList before = desk.rows();
    desk.rebuild();
    const QStringList after = desk.rows();
    for (qsizetype i = 0; i < std::min(before.size(), after.size()); ++i)
        QCOMPARE(after[i], before[i]);
    QCOMPARE(after.size(), before.size());
    desk.verifyCounts();
}

QTEST_GUILESS_MAIN(TstTriage)
#include "tst_triage.moc"
