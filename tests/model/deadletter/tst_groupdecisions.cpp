// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/deadletter/triagemarks.h"
#include "model/store/projection.h"
#include "storefixture.h"

#include <QTest>

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(letterMs + 3'600'000);

/// A letter with a real stack, as the intake prepares it.
class Preparer
{
public:
    explicit Preparer(GroupingRules rules = {})
        : m_registry(std::move(*DialectRegistry::bundled()))
        , m_fingerprinter(*GroupingKnowledge::bundled(std::move(rules)))
    {
    }
    PreparedLetter operator()(int number, const QByteArray& className, const QByteArray& message,
                              const QString& consumer = u"billing"_s)
    {
        PreparedLetter prepared;
        prepared.record = letter(
            joined({springOriginals({"orders", 3, 88'000 + number}), springException({className, message, ""})}));
        prepared.record.offset = Offset{number};
        prepared.record.timestamp = utcFromMs(letterMs + number);
        prepared.digest = recordDigest(prepared.record);
        prepared.facts = m_registry.read(prepared.record);
        prepared.owner = {consumer, u"order.created"_s, u"payment-team"_s};
        prepared.fingerprint = m_fingerprinter.of(prepared.record, prepared.facts, prepared.owner);
        return prepared;
    }

private:
    DialectRegistry m_registry;
    Fingerprinter m_fingerprinter;
};

GroupingKnowledge knowledgeWith(const std::vector<GroupingRule>& rules, const QString& digest)
{
    return *GroupingKnowledge::bundled({.rules = rules, .inApp = {}, .notInApp = {}, .digest = digest});
}

GroupingRule dropMessages()
{
    GroupingRule rule;
    rule.name = u"messages tell nothing"_s;
    rule.withoutMessage = true;
    return rule;
}

/// The answer; a failure ends the test with its words.
template<typename T>
T valueOf(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
    return std::move(*result);
}

/// A store, its ledger, and what is true of them together.
class World
{
public:
    World() { openLedger(); }

    void openLedger()
    {
        m_ledger.reset();
        m_ledger = std::move(*Ledger::open(m_folder.filePath(u"ledger.sqlite"_s), m_clock));
    }
    Ledger& ledger() { return *m_ledger; }
    StoreFixture& fixture() { return m_store; }
    StoreWriter& store() { return m_store.store(); }
    Database reader() { return m_store.reader(); }

    /// As another program, or a fault, left it.
    void sql(const char* statement)
    {
        const Status done = store().write(
            [&](Database& database) { return database.guarded([&](SQLite::Database& db) { db.exec(statement); }); });
        if (!done)
            qFatal("%s", qPrintable(done.error().detail));
    }
    void add(const PreparedLetter& letter) { (void)m_store.add({letter}, utcFromMs(letterMs)); }

    std::vector<DeadLetterGroup> groups(const QString& query = {})
    {
        auto db = reader();
        return valueOf(deadLetterGroups(db, valueOf(parseQuery(query)), now));
    }
    std::vector<DeadLetter> letters(const QString& query = {})
    {
        auto db = reader();
        return valueOf(deadLetters(db, valueOf(parseQuery(query)), {.now = now, .limit = std::nullopt}));
    }
    QString present(const QString& id)
    {
        auto db = reader();
        return valueOf(db.query<QString>([&](SQLite::Database& sqlite) { return effectiveGroup(sqlite, id); }));
    }
    Status merge(const QStringList& ids, const QString& into)
    {
        auto db = reader();
        const auto plan = planMerge(db, ids, into, u"alike"_s);
        return plan ? decideGroups(ledger(), store(), mergeDrafts(*plan, u"anna"_s)) : tl::unexpected(plan.error());
    }
    Status unmerge(const QStringList& ids)
    {
        auto db = reader();
        const auto plan = planUnmerge(db, ids, u"not alike"_s);
        return plan ? decideGroups(ledger(), store(), unmergeDrafts(*plan, u"anna"_s)) : tl::unexpected(plan.error());
    }
    Result<QString> split(const QString& query, const QString& title)
    {
        const auto plan = planSplit(letters(query), title, u"another one"_s, utcFromMs(letterMs + ++m_splits));
        if (!plan)
            return tl::unexpected(plan.error());
        if (const Status done = decideGroups(ledger(), store(), splitDrafts(*plan, u"anna"_s)); !done)
            return tl::unexpected(done.error());
        return plan->group;
    }
    Result<ActionReport> undo(std::optional<std::int64_t> seq = {})
    {
        auto db = reader();
        return decideAction({ledger(), store(), db, u"anna"_s, now}, UndoAction{seq, {}});
    }
    QString refusal(std::optional<std::int64_t> seq = {})
    {
        auto db = reader();
        const auto plan = planUndo(db, seq);
        return plan ? plan->refusal.value_or(QString()) : plan.error().detail;
    }
    std::vector<DecisionEntry> history(const QString& subject = {})
    {
        auto db = reader();
        return valueOf(db.query<std::vector<DecisionEntry>>(
            [&](SQLite::Database& sqlite) { return decisionsAbout(sqlite, subject, 100); }));
    }
    Result<std::optional<RegroupProgress>> regroup(const GroupingKnowledge& knowledge, std::stop_token stop = {})
    {
        if (const Status asked =
                decideGroups(ledger(), store(), {regroupDraft(u"new rules"_s, knowledge.rules.digest, u"anna"_s)});
            !asked)
            return tl::unexpected(asked.error());
        return regroupRest(ledger(), store(), knowledge, u"anna"_s, std::move(stop), {});
    }
    /// The projection thrown away and made again from the ledger.
    Status rebuild()
    {
        const Status cleared = store().write([](Database& database) -> Status {
            if (const Status done = clearGroupDecisions(database); !done)
                return done;
            return saveAppliedSeq(database, groupProjectionName(), 0);
        });
        return cleared ? catchUpGroups(ledger(), store()) : cleared;
    }

    /// Counters against a recount, and every letter's group against the lists.
    QString difference()
    {
        auto db = reader();
        const auto count = [&](const char* sql) {
            return valueOf(
                db.query<std::int64_t>([&](SQLite::Database& sqlite) { return sqlite.execAndGet(sql).getInt64(); }));
        };
        if (count("SELECT count(*) FROM (SELECT group_ref, kind, state, ifnull(assignee, '') AS who, count(*) AS n"
                  " FROM letter GROUP BY 1, 2, 3, 4"
                  " EXCEPT SELECT group_ref, kind, state, assignee, letters FROM letter_count)") != 0)
            return u"counters miss letters"_s;
        if (count("SELECT ifnull(sum(letters), 0) FROM letter_count") != count("SELECT count(*) FROM letter"))
            return u"counters count what is not there"_s;
        if (count("SELECT count(*) FROM letter l WHERE NOT EXISTS (SELECT 1 FROM letter_group WHERE id = l.group_ref)"))
            return u"a letter without a group"_s;
        if (count("SELECT count(*) FROM letter_group g WHERE EXISTS (SELECT 1 FROM letter WHERE group_ref = g.id)"
                  " AND (first_at_ms <> (SELECT min(moment_ms) FROM letter WHERE group_ref = g.id)"
                  " OR last_at_ms <> (SELECT max(moment_ms) FROM letter WHERE group_ref = g.id)"
                  " OR oldest_open_at_ms IS NOT (SELECT min(moment_ms) FROM letter WHERE group_ref = g.id"
                  "  AND state NOT IN ('archived', 'resolved', 'lost')))"))
            return u"a group's moments are not its letters'"_s;
        std::map<QString, std::int64_t> byLetter;
        for (const DeadLetter& letter : letters())
            ++byLetter[letter.group];
        std::map<QString, std::int64_t> byGroup;
        for (const DeadLetterGroup& group : groups()) {
            byGroup[group.id] = group.count;
            if (letters(u"group:"_s + group.id).size() != static_cast<std::size_t>(group.count))
                return u"the query group:%1 finds other letters"_s.arg(group.id);
            if (groups(u"group:"_s + group.id).size() != 1)
                return u"the groups of group:%1 are not one"_s.arg(group.id);
            if (present(group.id) != group.id)
                return u"%1 has letters and is called otherwise"_s.arg(group.id);
        }
        return byLetter == byGroup ? QString() : u"letters and groups differ"_s;
    }
    /// Which letters stand together, whatever the groups are called.
    std::map<QString, QString> groupOfLetter()
    {
        std::map<QString, QString> all;
        for (const DeadLetter& letter : letters())
            all[letter.id] = letter.group;
        return all;
    }

private:
    QTemporaryDir m_folder;
    SystemClock m_clock;
    std::unique_ptr<Ledger> m_ledger;
    StoreFixture m_store;
    int m_splits = 0;
};

} // namespace

class TstGroupDecisions final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mergedGroupsAreOneAlsoForLettersToCome();
    void aMergeTakenBackIsAsIfItHadNotBeen();
    void aSplitIsItsOwnGroupUntilItIsTakenBack();
    void decisionsFindLettersThatAreReadAgain();
    void refusals_data();
    void refusals();
    void newRulesCountForOldLettersOnlyByGroupingAnew();
    void anOldIdLeadsToTheLargestShare();
    void aMergeGoesOnUnderNewNames();
    void aMergeIsTakenBackUnderNewNamesToo();
    void aPersonsKindGoesWithTheGroupsName();
    void aPreviewKnowsWhatPeopleMerged();
    void groupingAnewGoesOnAfterItsEnd();
    void thePreviewSaysWhatGroupingAnewDoes();
    void groupsOfVersion1AreGroupedAnew();
    void anOlderVersionIsGroupedAnewOnce();
    void groupingAnewByAnOlderVersionBeginsAgain();
    void decisionsOnGroupsStandInTheHistory();
    void whatIsUndoneIsAsIfItHadNotBeen_data();
    void whatIsUndoneIsAsIfItHadNotBeen();
    void whateverIsDecidedTheCountsAreExact_data();
    void whateverIsDecidedTheCountsAreExact();
};

void TstGroupDecisions::mergedGroupsAreOneAlsoForLettersToCome()
{
    World world;
    Preparer prepare;
    const PreparedLetter stock = prepare(1, "com.acme.StockException", "no stock for sku 17");
    const PreparedLetter price = prepare(2, "com.acme.PriceException", "no price for sku 17");
    world.add(stock);
    world.add(price);
    world.add(prepare(3, "com.acme.StockException", "no stock for sku 18"));
    QCOMPARE(world.groups().size(), std::size_t{2});

    QVERIFY(world.merge({price.fingerprint.id}, stock.fingerprint.id));
    QCOMPARE(world.groups().size(), std::size_t{1});
    QCOMPARE(world.groups().front().count, 3);
    QCOMPARE(world.groups().front().id, stock.fingerprint.id);
    QCOMPARE(world.groups().front().title, u"StockException: no stock for sku <n>"_s);

    world.add(prepare(4, "com.acme.PriceException", "no price for sku 99"));
    world.add(prepare(5, "com.acme.PriceException", "no price for sku 99", u"refunds"_s)); // another problem
    QCOMPARE(world.groups().size(), std::size_t{2});
    QCOMPARE(world.groups().front().count, 4);
    QCOMPARE(world.letters(u"group:"_s + price.fingerprint.id).size(), std::size_t{4}); // by its old name
    QCOMPARE(world.groups(u"group:%1 no"_s.arg(price.fingerprint.id)).size(),
             std::size_t{1}); // also where SQL is not enough
    QCOMPARE(world.present(price.fingerprint.id), stock.fingerprint.id);
    auto db = world.reader();
    QCOMPARE(*db.query<QStringList>([&](SQLite::Database& sqlite) { return groupNames(sqlite, price.fingerprint.id); }),
             (QStringList{stock.fingerprint.id, price.fingerprint.id}));
    QCOMPARE(world.difference(), QString());
}

void TstGroupDecisions::aMergeTakenBackIsAsIfItHadNotBeen()
{
    World world;
    Preparer prepare;
    QStringList ids;
    for (int i = 0; i < 3; ++i) {
        const PreparedLetter letter = prepare(i, "com.acme.E" + QByteArray(1, static_cast<char>('a' + i)), "boom");
        ids += letter.fingerprint.id;
        world.add(letter);
    }
    const auto before = world.groupOfLetter();
    QVERIFY(world.merge({ids[0]}, ids[1]));
    QVERIFY(world.merge({ids[1]}, ids[2]));
    QCOMPARE(world.groups().size(), std::size_t{1});
    QCOMPARE(world.present(ids[0]), ids[2]);
    QVERIFY(world.unmerge({ids[1]})); // takes what had gone into it along
    QCOMPARE(world.groups().size(), std::size_t{2});
    QCOMPARE(world.present(ids[0]), ids[1]);
    QVERIFY(world.unmerge({ids[1]})); // the other one, by its survivor
    QCOMPARE(world.groupOfLetter(), before);
    QCOMPARE(world.difference(), QString());
    QVERIFY(!world.unmerge({ids[1]}));
}

void TstGroupDecisions::aSplitIsItsOwnGroupUntilItIsTakenBack()
{
    World world;
    Preparer prepare;
    for (int i = 1; i <= 5; ++i)
        world.add(prepare(i, "com.acme.StockException", "no stock for sku " + QByteArray::number(i % 2)));
    const auto before = world.groupOfLetter();
    const auto odd = world.split(u"error~\"sku 1\""_s, u"Sku 1 is gone"_s);
    QVERIFY2(odd, odd ? "" : qPrintable(odd.error().detail));
    QCOMPARE(world.groups().size(), std::size_t{2});
    QCOMPARE(world.letters(u"group:"_s + *odd).size(), std::size_t{3});
    QCOMPARE(world.groups(u"group:"_s + *odd).front().title, u"Sku 1 is gone"_s);
    QCOMPARE(world.difference(), QString());
    const auto again = world.split(u"group:%1"_s.arg(*odd), u"Once more"_s); // out of a split
    QVERIFY(again);
    QCOMPARE(world.letters(u"group:"_s + *odd).size(), std::size_t{0});
    QVERIFY(world.merge({*again}, world.letters(u"-group:"_s + *again).front().group));
    QCOMPARE(world.groups().size(), std::size_t{1});
    QCOMPARE(world.difference(), QString());
    QVERIFY(world.unmerge({*again})); // a split: its letters go home, wherever it was shown
    QCOMPARE(world.groupOfLetter(), before);
    QCOMPARE(world.difference(), QString());
}

void TstGroupDecisions::decisionsFindLettersThatAreReadAgain()
{
    World world;
    Preparer prepare;
    std::vector<PreparedLetter> letters;
    for (int i = 1; i <= 6; ++i)
        letters.push_back(prepare(i, i % 2 == 0 ? "com.acme.StockException" : "com.acme.PriceException", "boom"));
    for (const PreparedLetter& letter : letters)
        world.add(letter);
    QVERIFY(world.merge({letters[0].fingerprint.id}, letters[1].fingerprint.id));
    QVERIFY(world.split(u"key:order-4711 attempts<1 OR error:boom"_s, u"All of them"_s));
    QVERIFY(world.unmerge({world.groups().front().id}));
    QVERIFY(world.split(u"error:com.acme.StockException"_s, u"Stock"_s));
    const auto before = world.groupOfLetter();

    // samples.sqlite was deleted: the ledger is applied to an empty store, then the brokers are read again.
    StoreFixture fresh;
    QVERIFY(catchUpGroups(world.ledger(), fresh.store()));
    QCOMPARE(fresh.add(letters), 6);
    auto db = fresh.reader();
    std::map<QString, QString> after;
    for (const DeadLetter& letter :
         valueOf(deadLetters(db, valueOf(parseQuery(u"")), {.now = now, .limit = std::nullopt})))
        after[letter.id] = letter.group;
    QCOMPARE(after, before);
    QVERIFY(world.rebuild());
    QCOMPARE(world.groupOfLetter(), before);
    QCOMPARE(world.difference(), QString());
}

void TstGroupDecisions::refusals_data()
{
    QTest::addColumn<QStringList>("ids");
    QTest::addColumn<QString>("into");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("code");
    QTest::newRow("no reason") << QStringList{u"a"_s} << u"b"_s << u" "_s << static_cast<int>(ErrorCode::InvalidConfig);
    QTest::newRow("a group nobody knows")
        << QStringList{u"a"_s} << u"g000000000000"_s << u"alike"_s << static_cast<int>(ErrorCode::NotFound);
    QTest::newRow("into itself") << QStringList{u"b"_s} << u"b"_s << u"alike"_s
                                 << static_cast<int>(ErrorCode::InvalidConfig);
    QTest::newRow("nothing") << QStringList{} << u"b"_s << u"alike"_s << static_cast<int>(ErrorCode::InvalidConfig);
}

void TstGroupDecisions::refusals()
{
    QFETCH(QStringList, ids);
    QFETCH(QString, into);
    QFETCH(QString, reason);
    QFETCH(int, code);
    World world;
    Preparer prepare;
    const PreparedLetter a = prepare(1, "com.acme.A", "boom");
    const PreparedLetter b = prepare(2, "com.acme.B", "boom");
    world.add(a);
    world.add(b);
    const auto real = [&](const QString& id) {
        return id == u"a"_s ? a.fingerprint.id : id == u"b"_s ? b.fingerprint.id : id;
    };
    for (QString& id : ids)
        id = real(id);
    auto db = world.reader();
    const auto plan = planMerge(db, ids, real(into), reason);
    QVERIFY(!plan);
    QCOMPARE(static_cast<int>(plan.error().code), code);
    QCOMPARE(*world.ledger().lastSeq(), 0);
}

void TstGroupDecisions::newRulesCountForOldLettersOnlyByGroupingAnew()
{
    World world;
    Preparer old;
    world.add(old(1, "com.acme.StockException", "no stock"));
    world.add(old(2, "com.acme.StockException", "stock is gone"));
    QCOMPARE(world.groups().size(), std::size_t{2});
    const QString first = world.letters().back().group;
    const QString second = world.letters().front().group;

    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    Preparer renewed(knowledge.rules);
    world.add(renewed(3, "com.acme.StockException", "sold out"));
    QCOMPARE(world.groups().size(), std::size_t{3}); // the new letter by the new rules, at once

    const auto done = world.regroup(knowledge);
    QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
    QCOMPARE((*done)->total, 3);
    QCOMPARE((*done)->moved, 2);
    QCOMPARE(world.groups().size(), std::size_t{1});
    QCOMPARE(world.present(first), world.groups().front().id);
    QCOMPARE(world.present(second), world.groups().front().id);
    QCOMPARE(world.letters(u"group:"_s + first).size(), std::size_t{3});
    QCOMPARE(world.difference(), QString());

    // Back again: the ids are themselves again.
    QVERIFY(world.regroup(*GroupingKnowledge::bundled()));
    QCOMPARE(world.present(first), first);
    QCOMPARE(world.present(second), second);
    QCOMPARE(world.groups().size(), std::size_t{3});
    QCOMPARE(world.difference(), QString());
}

void TstGroupDecisions::anOldIdLeadsToTheLargestShare()
{
    World world;
    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    Preparer coarse(knowledge.rules);
    for (int i = 1; i <= 5; ++i)
        world.add(coarse(i, "com.acme.StockException", i <= 2 ? "no stock" : "stock is gone"));
    QCOMPARE(world.groups().size(), std::size_t{1});
    const QString old = world.groups().front().id;
    QVERIFY(world.regroup(*GroupingKnowledge::bundled()));
    QCOMPARE(world.groups().size(), std::size_t{2});
    QCOMPARE(world.present(old), world.groups().front().id);
    QCOMPARE(world.groups().front().count, 3);
    QVERIFY(world.rebuild());
    QCOMPARE(world.present(old), world.groups().front().id);
}

void TstGroupDecisions::aPersonsKindGoesWithTheGroupsName()
{
    World world;
    Preparer prepare;
    for (int i = 0; i < 2; ++i)
        world.add(prepare(i, "com.acme.E" + QByteArray(1, static_cast<char>('a' + i)), "boom"));
    const QString old = world.letters().front().group;
    const QString id = world.letters().front().id;
    {
        auto db = world.reader();
        const KnownErrorAction known{old, KnownError{.kind = FailureKind::Business}, u"it is so"_s};
        QVERIFY(decideAction({world.ledger(), world.store(), db, u"anna"_s, now}, known));
    }
    QCOMPARE(world.letters(u"kind:business"_s).size(), std::size_t{1});
    QVERIFY(world.regroup(knowledgeWith({dropMessages()}, u"rules-1"_s)));
    QVERIFY(world.present(old) != old); // all have new names
    for (bool isRebuilt : {false, true}) {
        const auto business = world.letters(u"kind:business"_s);
        QCOMPARE(business.size(), std::size_t{1});
        QCOMPARE(business.front().id, id);
        QCOMPARE(world.groups(u"kind:business"_s).size(), std::size_t{1});
        if (!isRebuilt)
            QVERIFY(world.rebuild());
    }
}

void TstGroupDecisions::aMergeIsTakenBackUnderNewNamesToo()
{
    World world;
    Preparer prepare;
    for (int i = 0; i < 3; ++i)
        world.add(prepare(i, "com.acme.E" + QByteArray(1, static_cast<char>('a' + i)), "boom"));
    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    QStringList ids;
    for (const DeadLetter& letter : world.letters())
        ids += letter.group;
    QVERIFY(world.merge({ids[1]}, ids[0]));
    QVERIFY(world.regroup(knowledge));
    QCOMPARE(world.groups().size(), std::size_t{2});
    QVERIFY(world.present(ids[1]) != ids[0]); // all have new names
    QVERIFY(world.unmerge({ids[1]}));
    QCOMPARE(world.groups().size(), std::size_t{3});
    QVERIFY(world.present(ids[1]) != world.present(ids[0]));
    QCOMPARE(world.letters(u"group:"_s + ids[1]).size(), std::size_t{1});
    for (const QString& id : ids) // nobody is merged any more, and an id that was is not torn off
        QVERIFY(!world.unmerge({id}));
    QCOMPARE(world.difference(), QString());
    QVERIFY(world.rebuild());
    QCOMPARE(world.groups().size(), std::size_t{3});
}

void TstGroupDecisions::aPreviewKnowsWhatPeopleMerged()
{
    World world;
    Preparer prepare;
    for (int i = 0; i < 3; ++i)
        world.add(prepare(i, "com.acme.E" + QByteArray(1, static_cast<char>('a' + i)), "boom"));
    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    const auto letters = world.letters();
    QVERIFY(world.merge({letters[1].group}, letters[0].group));
    auto db = world.reader();
    const RegroupPreview preview = valueOf(previewRegroup(db, knowledge, {}));
    QCOMPARE(preview.groupsBefore, 2);
    QCOMPARE(preview.groupsAfter, 2);
    QVERIFY(std::none_of(preview.moves.begin(), preview.moves.end(),
                         [](const RegroupPreview::Move& move) { return move.splits || move.joins; }));
    QVERIFY(world.regroup(knowledge));
    for (const RegroupPreview::Move& move : preview.moves)
        QCOMPARE(world.present(move.from), move.into);
}

void TstGroupDecisions::aMergeGoesOnUnderNewNames()
{
    World world;
    Preparer prepare;
    world.add(prepare(1, "com.acme.StockException", "no stock"));
    world.add(prepare(2, "com.acme.PriceException", "no price"));
    world.add(prepare(3, "com.acme.OtherException", "no idea"));
    const QString stock = world.letters(u"error:com.acme.StockException"_s).front().group;
    const QString price = world.letters(u"error:com.acme.PriceException"_s).front().group;
    QVERIFY(world.merge({price}, stock));
    QVERIFY(world.regroup(knowledgeWith({dropMessages()}, u"rules-1"_s)));
    QCOMPARE(world.groups().size(), std::size_t{2}); // all three have new fingerprints; two are still one
    QCOMPARE(world.present(price), world.present(stock));
    QCOMPARE(world.letters(u"group:"_s + price).size(), std::size_t{2});
    QCOMPARE(world.difference(), QString());
    const auto before = world.groupOfLetter();
    QVERIFY(world.rebuild());
    QCOMPARE(world.groupOfLetter(), before);
}

void TstGroupDecisions::groupingAnewGoesOnAfterItsEnd()
{
    World world;
    Preparer prepare;
    constexpr int letters = 1'200; // three batches
    for (int i = 0; i < letters; ++i)
        world.add(prepare(i, "com.acme.StockException", i % 3 == 0 ? "no stock" : "stock is gone"));
    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    QVERIFY(decideGroups(world.ledger(), world.store(), {regroupDraft(u"new rules"_s, u"rules-1"_s, u"anna"_s)}));

    // The process ends after the first batch; the next one begins with what the files say.
    std::stop_source stop;
    const auto stopped = regroupRest(world.ledger(), world.store(), knowledge, u"anna"_s, stop.get_token(),
                                     [&](const RegroupProgress&) { stop.request_stop(); });
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    auto db = world.reader();
    QCOMPARE((*regroupProgress(db))->done, 500);
    QCOMPARE((*regroupProgress(db))->total, letters);
    QCOMPARE(world.difference(), QString());
    world.openLedger();
    QVERIFY(catchUpGroups(world.ledger(), world.store()));
    const auto rest = regroupRest(world.ledger(), world.store(), knowledge, u"anna"_s, {}, {});
    QVERIFY(rest && *rest);
    QCOMPARE((*rest)->moved, letters);
    QCOMPARE(world.groups().size(), std::size_t{1});
    QCOMPARE(world.difference(), QString());
    QVERIFY(!*regroupProgress(db));
    QVERIFY(!*regroupRest(world.ledger(), world.store(), knowledge, u"anna"_s, {}, {}));

    // The end's event was written, and then the process died: the start applies it and does not write another one.
    QVERIFY(decideGroups(world.ledger(), world.store(), {regroupDraft(u"again"_s, QString(), u"anna"_s)}));
    QVERIFY(world.ledger().append(regroupedDrafts({.reason = u"again"_s}, u"anna"_s)));
    const auto seq = *world.ledger().lastSeq();
    QVERIFY(catchUpGroups(world.ledger(), world.store()));
    QVERIFY(!*regroupRest(world.ledger(), world.store(), knowledge, u"anna"_s, {}, {}));
    QCOMPARE(*world.ledger().lastSeq(), seq);
}

void TstGroupDecisions::thePreviewSaysWhatGroupingAnewDoes()
{
    World world;
    Preparer prepare;
    world.add(prepare(1, "com.acme.StockException", "no stock"));
    world.add(prepare(2, "com.acme.StockException", "stock is gone"));
    world.add(prepare(3, "com.acme.StockException", "stock is gone"));
    const auto before = world.groupOfLetter();
    const GroupingKnowledge knowledge = knowledgeWith({dropMessages()}, u"rules-1"_s);
    auto db = world.reader();
    const auto preview = previewRegroup(db, knowledge, {});
    QVERIFY(preview);
    QCOMPARE(preview->letters, 3);
    QCOMPARE(preview->moved, 3);
    QCOMPARE(preview->groupsBefore, 2);
    QCOMPARE(preview->groupsAfter, 1);
    QCOMPARE(preview->moves.size(), std::size_t{2});
    QCOMPARE(preview->moves.front().letters, 2);
    QVERIFY(preview->moves.front().joins && !preview->moves.front().splits);
    QCOMPARE(world.groupOfLetter(), before); // nothing happened
    QVERIFY(world.regroup(knowledge));
    QCOMPARE(world.groups().front().id, preview->moves.front().into);
}

void TstGroupDecisions::groupsOfVersion1AreGroupedAnew()
{
    // A store as the release before made it: one group for whatever error class, event and consumer have in common.
    QTemporaryDir folder;
    const QString migrations = folder.filePath(u"migrations"_s);
    QVERIFY(QDir().mkpath(migrations));
    const QDir all(u":/migrations/samples"_s);
    for (const QString& name : all.entryList({u"000*.sql"_s}))
        QVERIFY(QFile::copy(all.filePath(name), migrations + u'/' + name));
    const QString file = folder.filePath(u"samples.sqlite"_s);
    Preparer prepare;
    std::vector<PreparedLetter> letters;
    for (int i = 1; i <= 4; ++i)
        letters.push_back(prepare(i, "com.acme.StockException", i <= 3 ? "no stock" : "stock is gone"));
    {
        auto old = Database::open(file, Database::Access::Writer);
        QVERIFY(old);
        QVERIFY(old->migrate(migrations));
        QVERIFY(old->guarded([&](SQLite::Database& db) {
            db.exec("INSERT INTO letter_channel VALUES (1, 'cluster-1', 'orders-dlt', '" +
                    channelTag(u"cluster-1"_s, u"orders-dlt"_s).toStdString() + "', 'orders', 1)");
            db.exec(
                "INSERT INTO letter_group VALUES (1, 'g000000000001', 1, 'StockException in billing on order.created',"
                " 'com.acme.StockException', 'order.created', 'billing', 'payment-team', 1, 9, 1, 'no stock')");
            db.exec("INSERT INTO letter_facet VALUES (1, x'00', 'spring-dlpr', 0.99, 'orders', 0, 'billing', NULL,"
                    " 'com.acme.StockException', NULL)");
            db.exec(
                "INSERT INTO letter_count VALUES (1, 'unknown', 'new', '', 3), (1, 'unknown', 'parked', 'anna', 1)");
            int number = 0;
            for (const PreparedLetter& letter : letters) {
                ++number;
                SQLite::Statement insert(
                    db,
                    "INSERT INTO letter (id, channel_ref, generation, partition, offset, digest, group_ref, facet_ref,"
                    " moment_ms, first_seen_at_ms, timestamp_type, size_bytes, is_pointer, kind, state, assignee,"
                    " error_message, stack_header) VALUES (?, 1, 1, 2, ?, ?, 1, 1, ?, ?, 0, 1, 0, 'unknown', ?, ?, ?, "
                    "?)");
                insert.bind(1, number);
                insert.bind(2, number);
                insert.bind(3, static_cast<std::int64_t>(letter.digest));
                insert.bind(4, number);
                insert.bind(5, number);
                insert.bind(6, number == 1 ? "parked" : "new");
                if (number == 1)
                    insert.bind(7, "anna");
                insert.bind(8, letter.facts.errorMessage->toStdString());
                insert.bind(9, *letter.facts.stackHeader);
                insert.exec();
                SQLite::Statement body(db, "INSERT INTO letter_body VALUES (?, NULL, NULL, ?)");
                const QByteArray headers = packHeaders(letter.record.headers);
                body.bind(1, number);
                body.bind(2, headers.constData(), static_cast<int>(headers.size()));
                body.exec();
            }
        }));
    }
    auto store = StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s);
    QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
    SystemClock clock;
    auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
    QVERIFY(ledger);
    const auto groups = [&] {
        auto db = Database::open(file, Database::Access::Reader);
        return valueOf(deadLetterGroups(*db, valueOf(parseQuery(u"")), now));
    };
    QCOMPARE(groups().size(), std::size_t{1}); // shown as it was until it is done
    QCOMPARE(groups().front().count, 4);

    QVERIFY(regroupOldVersions(**store, QString(), u"anna"_s));
    const auto done = regroupRest(**ledger, **store, *GroupingKnowledge::bundled(), u"anna"_s, {}, {});
    QVERIFY(done && *done);
    QCOMPARE((*done)->moved, 4);
    const auto after = groups();
    QCOMPARE(after.size(), std::size_t{2});
    QCOMPARE(after.front().count, 3);
    QCOMPARE(after.front().id, letters.front().fingerprint.id);
    QCOMPARE(after.front().title, u"StockException: no stock"_s);
    QCOMPARE(after.back().id, letters.back().fingerprint.id);
    auto db = Database::open(file, Database::Access::Reader);
    QCOMPARE(*db->query<QString>([](SQLite::Database& sqlite) { return effectiveGroup(sqlite, u"g000000000001"_s); }),
             after.front().id);
    const auto parked = *deadLetters(*db, *parseQuery(u"state:parked"), {.now = now, .limit = std::nullopt});
    QCOMPARE(parked.size(), std::size_t{1});
    QCOMPARE(parked.front().assignee, u"anna"_s);
    QCOMPARE(*db->query<std::int64_t>([](SQLite::Database& sqlite) {
        return sqlite.execAndGet("SELECT sum(letters) FROM letter_count WHERE state = 'parked'").getInt64();
    }),
             1);
    QVERIFY(regroupOldVersions(**store, QString(), u"anna"_s));
    QVERIFY(!*regroupProgress(*db)); // once
}

void TstGroupDecisions::anOlderVersionIsGroupedAnewOnce()
{
    World world;
    Preparer prepare;
    for (int i = 1; i <= 4; ++i)
        world.add(prepare(i, "com.acme.StockException", "no stock"));
    const PreparedLetter gone = prepare(5, "com.acme.PriceException", "no price");
    world.add(gone);
    const PreparedLetter unreadable = prepare(6, "com.acme.TaxException", "no tax");
    world.add(unreadable);
    // Groups that no letter is put into anew: one that a person made, one without letters, one that does not read.
    const QString query = u"group:%1 age<%2ms"_s.arg(world.groups(u"error~Stock"_s).front().id).arg(3'600'000 - 2);
    QVERIFY(world.split(query, u"another problem"_s));
    const auto plan = planTriage({TriageState::Resolved, u"done"_s, std::nullopt}, world.letters(u"error~Price"_s));
    QVERIFY(decideTriage(world.ledger(), world.store(), plan, u"anna"_s));
    RetentionSettings nothingOld;
    nothingOld.deadLetters = Millis{0};
    SystemClock clock;
    const auto pruned =
        pruneLetters(world.ledger(), world.store(), nothingOld, {}, clock.now() + Millis{60'000}, u"anna"_s, {});
    QVERIFY(pruned);
    QCOMPARE(pruned->byAge, 1);
    world.sql("UPDATE letter_body SET headers = x'ff' WHERE letter_ref = (SELECT max(id) FROM letter)");
    world.sql("UPDATE letter_group SET fingerprint_version = 2");

    QVERIFY(regroupOldVersions(world.store(), QString(), u"anna"_s));
    const auto done = regroupRest(world.ledger(), world.store(), *GroupingKnowledge::bundled(), u"anna"_s, {}, {});
    QVERIFY(done && *done);
    const auto seq = *world.ledger().lastSeq();
    QVERIFY(regroupOldVersions(world.store(), QString(), u"anna"_s));
    QVERIFY(!*regroupRest(world.ledger(), world.store(), *GroupingKnowledge::bundled(), u"anna"_s, {}, {}));
    QCOMPARE(*world.ledger().lastSeq(), seq);
}

void TstGroupDecisions::groupingAnewByAnOlderVersionBeginsAgain()
{
    World world;
    Preparer prepare;
    for (int i = 1; i <= 3; ++i)
        world.add(prepare(i, "com.acme.StockException", "no stock"));
    const QString rules = GroupingKnowledge::bundled()->rules.digest;
    // Somebody asked for it, and the process ended half-way; then came a program with another version.
    QVERIFY(decideGroups(world.ledger(), world.store(), {regroupDraft(u"new rules"_s, rules, u"anna"_s)}));
    world.sql("UPDATE regroup_run SET next_letter = 2, done = 2");
    world.sql("UPDATE letter_group SET fingerprint_version = 2");
    QVERIFY(regroupOldVersions(world.store(), rules, u"anna"_s));
    auto db = world.reader();
    QCOMPARE((*regroupProgress(db))->done, 0);
    // The one that it began goes on where it was.
    world.sql("UPDATE regroup_run SET next_letter = 2, done = 2");
    QVERIFY(regroupOldVersions(world.store(), rules, u"anna"_s));
    QCOMPARE((*regroupProgress(db))->done, 2);
}

void TstGroupDecisions::decisionsOnGroupsStandInTheHistory()
{
    World world;
    Preparer prepare;
    const PreparedLetter stock = prepare(1, "com.acme.StockException", "no stock for sku 17");
    const PreparedLetter price = prepare(2, "com.acme.PriceException", "no price for sku 17");
    world.add(stock);
    world.add(price);
    QVERIFY(world.merge({price.fingerprint.id}, stock.fingerprint.id));
    QCOMPARE(world.history().size(), std::size_t{1});
    const DecisionEntry merged = world.history(price.fingerprint.id).front();
    QCOMPARE(merged.summary, u"%1 merged into %2"_s.arg(price.fingerprint.id, stock.fingerprint.id));
    QCOMPARE(merged.reason, u"alike"_s);
    QCOMPARE(merged.actor, u"anna"_s);
    const auto split = world.split(u"error~Price"_s, u"Prices"_s);
    QVERIFY(split);
    QCOMPARE(world.history(StoreFixture::idOf(price)).front().summary,
             u"1 letter split off as %1, Prices"_s.arg(*split));

    // The last one is taken back, not one before it; an undo is one entry.
    QVERIFY(world.undo());
    QCOMPARE(world.history().size(), std::size_t{3});
    QCOMPARE(world.groups().size(), std::size_t{1});
    QVERIFY(world.refusal(world.history()[1].seq).contains(u"taken back already"_s));
    QVERIFY(world.refusal(world.history()[0].seq).contains(u"decide anew"_s));
    QVERIFY(world.undo(merged.seq));
    QCOMPARE(world.groups().size(), std::size_t{2});
    QVERIFY(world.refusal().contains(u"no decision"_s));

    // What a later word changed is not taken back from under it; and not what has other names by now.
    QVERIFY(world.merge({price.fingerprint.id}, stock.fingerprint.id));
    const std::int64_t again = world.history().front().seq;
    QVERIFY(world.unmerge({price.fingerprint.id}));
    const std::int64_t unmerged = world.history().front().seq;
    QVERIFY(world.refusal(again).contains(u"undo event %1 first"_s.arg(unmerged)));
    QVERIFY(world.undo());
    QCOMPARE(world.groups().size(), std::size_t{1});
    QVERIFY(world.regroup(*GroupingKnowledge::bundled()));
    QVERIFY2(world.refusal(again).contains(u"grouped anew since"_s), qPrintable(world.refusal(again)));
    // Grouping anew is the last decision now, and nothing before it is taken back in its place.
    QCOMPARE(world.history().front().summary, u"everything grouped anew"_s);
    QVERIFY2(world.refusal().contains(u"put that file back"_s) && world.refusal().contains(u"dlq history"_s),
             qPrintable(world.refusal()));
    QVERIFY(!world.undo());
    QCOMPARE(world.groups().size(), std::size_t{1});
}

void TstGroupDecisions::whatIsUndoneIsAsIfItHadNotBeen_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 12; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TstGroupDecisions::whatIsUndoneIsAsIfItHadNotBeen()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
    World world;
    Preparer prepare;
    for (int number = 1; number <= 18; ++number)
        world.add(prepare(number, "com.acme.E" + QByteArray(1, static_cast<char>('a' + number % 6)), "no stock"));
    QStringList everNamed;
    std::vector<std::map<QString, QString>> states; // before each decision that stands
    for (int step = 0; step < 60; ++step) {
        const auto groups = world.groups();
        for (const DeadLetterGroup& group : groups) {
            if (!everNamed.contains(group.id))
                everNamed += group.id;
        }
        const auto any = [&] { return groups[below(groups.size())].id; };
        const auto was = world.groupOfLetter();
        bool isDecided = false;
        switch (below(5)) {
        case 0:
            isDecided = world.merge({any(), any()}, any()).has_value();
            break;
        case 1:
            isDecided =
                world.split(u"group:%1 age<%2ms"_s.arg(any()).arg(3'600'000 - below(18)), u"split"_s).has_value();
            break;
        case 2:
            isDecided = world.unmerge({everNamed[static_cast<qsizetype>(below(std::size(everNamed)))]}).has_value();
            break;
        default:
            // The newest depends on nothing; one after the other all of them go.
            if (!states.empty()) {
                const auto undone = world.undo();
                QVERIFY2(undone, qPrintable(undone ? QString() : undone.error().detail));
                QCOMPARE(world.groupOfLetter(), states.back());
                states.pop_back();
            }
        }
        if (isDecided)
            states.push_back(was);
        QCOMPARE(world.difference(), QString());
    }
    const auto is = world.groupOfLetter();
    QVERIFY(world.rebuild());
    QCOMPARE(world.groupOfLetter(), is);
}

void TstGroupDecisions::whateverIsDecidedTheCountsAreExact_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 12; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TstGroupDecisions::whateverIsDecidedTheCountsAreExact()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned limit) { return static_cast<int>(random() % limit); };
    World world;
    Preparer plain;
    const GroupingKnowledge coarse = knowledgeWith({dropMessages()}, u"rules-1"_s);
    Preparer dropped(coarse.rules);
    std::vector<PreparedLetter> stored;
    QStringList everNamed; // ids that anybody may have written down
    int number = 0;
    for (int step = 0; step < 40; ++step) {
        const auto groups = world.groups();
        for (const DeadLetterGroup& group : groups) {
            if (!everNamed.contains(group.id))
                everNamed += group.id;
        }
        const auto any = [&] {
            return groups[static_cast<std::size_t>(below(static_cast<unsigned>(groups.size())))].id;
        };
        switch (groups.empty() ? 0 : below(8)) {
        case 0:
        case 1: {
            Preparer& prepare = below(2) == 0 ? plain : dropped;
            for (int i = below(6); i >= 0; --i) {
                stored.push_back(prepare(++number, "com.acme.E" + QByteArray(1, static_cast<char>('a' + below(3))),
                                         below(2) == 0 ? "no stock" : "gone",
                                         below(3) == 0 ? u"refunds"_s : u"billing"_s));
                world.add(stored.back());
            }
            break;
        }
        case 2:
        case 3:
            (void)world.merge({any(), any()}, any());
            break;
        case 4:
            (void)world.split(u"group:%1 age<%2ms"_s.arg(any()).arg(3'600'000 - below(20)), u"split"_s);
            break;
        case 5:
            (void)world.unmerge({everNamed[below(static_cast<unsigned>(everNamed.size()))]});
            break;
        case 6:
            QVERIFY(world.regroup(below(2) == 0 ? coarse : *GroupingKnowledge::bundled()));
            break;
        default: {
            auto letters = world.letters(u"group:"_s + any());
            const auto plan = planTriage(
                {below(2) == 0 ? TriageState::Parked : TriageState::Resolved, u"why"_s, std::nullopt}, letters);
            QVERIFY(decideTriage(world.ledger(), world.store(), plan, u"anna"_s));
        }
        }
        QCOMPARE(world.difference(), QString());
    }
    // Nothing was lost: every letter is somewhere, and every id leads to a group that is shown, or was taken back.
    QCOMPARE(world.letters().size(), stored.size());
}

QTEST_GUILESS_MAIN(TstGroupDecisions)
#include "tst_groupdecisions.moc"
