// SPDX-License-Identifier: GPL-3.0-or-later
// Whoever decides on dead letters, groups them anew and takes in more of them is killed again and again: what was
// acknowledged is true, nothing is true twice, and what the ledger says makes the same rows again.
#include "letters.h"
#include "memorysource.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterretention.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/deadletter/triagedecisions.h"
#include "model/store/projection.h"
#include "storefixture.h"
#include "tests/support/childprocess.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Database.h>

#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kills = 10;
constexpr int partitions = 3;
constexpr int lettersPerLife = 60; // a partition's, that one process may take in
constexpr int pointers = 60;
const QString channel = u"orders-dlt"_s;
const QString pointerChannel = u"streams-dlt"_s;
const UtcTime now = utcFromMs(letterMs + 3'600'000);

/// The answer; a failure ends the process with its words.
template<typename T>
T valueOf(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
    return std::move(*result);
}
void expect(const Status& status)
{
    if (!status)
        qFatal("%s", qPrintable(status.error().detail));
}

/// Always the same for the same place.
RawRecord letterAt(int partition, int offset)
{
    const int number = partition * 100'000 + offset;
    const QByteArray className = "com.acme.E" + QByteArray(1, static_cast<char>('a' + number % 5));
    const QByteArray message = number % 3 == 0 ? "no stock" : "stock is gone";
    RawRecord record = letter(
        joined({own(), springOriginals({"orders", partition, number}), springException({className, message, ""})}));
    record.key = "order-" + QByteArray::number(number);
    record.value = R"({"order_id":)" + QByteArray::number(number) + R"(,"event_type":"order.created"})";
    record.timestamp = utcFromMs(letterMs + number);
    return record;
}

PreparedLetter pointerAt(int number)
{
    PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.Early"_s, u"billing"_s);
    letter.record.at = {pointerChannel, 0};
    letter.record.key.reset();
    letter.record.value.reset();
    letter.record.headers = {{"n", QByteArray::number(number)}};
    letter.digest = recordDigest(letter.record);
    letter.facts.isPointer = true;
    letter.facts.originTopic = u"orders"_s;
    letter.facts.originPartition = 0;
    letter.facts.originOffset = Offset{number};
    letter.facts.originTimestamp = utcFromMs(originMs);
    return letter;
}

/// Every third record is gone.
class Origins final : public RecordLookup
{
public:
    Result<LookedUpRecord> recordAt(const TopicPartition& at, Offset offset, std::stop_token) override
    {
        if (offset.value % 3 == 0)
            return LookedUpRecord{.answer = LookedUpRecord::Answer::BeforeLog, .record = {}, .bounds = {}};
        RawRecord record;
        record.at = at;
        record.offset = offset;
        record.timestamp = utcFromMs(originMs);
        record.value = "payload-" + QByteArray::number(static_cast<qlonglong>(offset.value));
        return LookedUpRecord{.answer = LookedUpRecord::Answer::Found, .record = record, .bounds = {}};
    }
    Result<RangeRead> readRange(const TopicPartition&, Offset, Offset, const std::function<bool(const RawRecord&)>&,
                                std::stop_token) override
    {
        return fail(ErrorCode::Unsupported, u"nobody reads ranges here"_s);
    }
};

GroupingKnowledge knowledgeOf(bool isCoarse)
{
    GroupingRule rule;
    rule.name = u"messages tell nothing"_s;
    rule.withoutMessage = true;
    GroupingRules rules;
    rules.digest = isCoarse ? u"coarse"_s : u"fine"_s;
    if (isCoarse)
        rules.rules.push_back(rule);
    return valueOf(GroupingKnowledge::bundled(std::move(rules)));
}

/// The files of a state directory, opened as the holder opens them.
struct Office
{
    explicit Office(const QString& folder)
        : store(valueOf(
              StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s)))
        , ledger(valueOf(Ledger::open(folder + u"/ledger.sqlite"_s, clock)))
    {
        catchUp();
    }
    void catchUp()
    {
        expect(catchUpTriage(*ledger, *store));
        expect(catchUpRescues(*ledger, *store));
        expect(catchUpRetired(*ledger, *store));
        expect(catchUpGroups(*ledger, *store));
    }
    /// What the ledger tells is forgotten and told again.
    void rebuild()
    {
        expect(store->write([](Database& database) -> Status {
            for (const auto clear : {clearLetterDecisions, clearGroupDecisions}) {
                if (const Status cleared = clear(database); !cleared)
                    return cleared;
            }
            if (const Status saved = saveAppliedSeq(database, triageProjectionName(), 0); !saved)
                return saved;
            return saveAppliedSeq(database, groupProjectionName(), 0);
        }));
        catchUp();
    }
    [[nodiscard]] Database reader() const { return valueOf(Database::open(store->file(), Database::Access::Reader)); }
    [[nodiscard]] std::vector<LedgerEvent> events() const
    {
        return valueOf(ledger->read(0, std::numeric_limits<int>::max()));
    }

    SystemClock clock;
    std::unique_ptr<StoreWriter> store;
    std::unique_ptr<Ledger> ledger;
};

std::int64_t number(Database& reader, const char* sql)
{
    return valueOf(reader.query<std::int64_t>([sql](SQLite::Database& db) { return db.execAndGet(sql).getInt64(); }));
}

/// Takes in letters beside those who decide, as a collector does, until its share is stored.
void takeIn(Office& office, const GroupingInUse& grouping)
{
    MemorySource source;
    source.recordsPerPoll = 7;
    std::map<int, qint64> goals;
    for (int partition = 0; partition < partitions; ++partition) {
        auto reader = office.reader();
        const auto stored = valueOf(reader.query<std::int64_t>([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT ifnull(max(next_offset), 0) FROM checkpoint WHERE partition = ?");
            select.bind(1, partition);
            select.executeStep();
            return select.getColumn(0).getInt64();
        }));
        goals[partition] = stored + lettersPerLife;
        for (int offset = 0; offset < goals[partition]; ++offset)
            source.append({channel, partition}, letterAt(partition, offset));
    }
    ConnectionSettings settings;
    settings.name = u"orders"_s;
    settings.deadLetters.push_back({{channel, {}}, std::nullopt, {}});
    const Catalog catalog;
    const DialectRegistry dialects = valueOf(DialectRegistry::bundled());
    const KindRules kinds = valueOf(KindRules::bundled());
    DeadLetterIntake intake(source, *office.store, catalog, settings, dialects, kinds, office.clock, nullptr,
                            &grouping);
    std::int64_t stored = 0;
    while (stored < partitions * lettersPerLife)
        stored += valueOf(intake.step(Millis{0}, {})).deadLetters;
}

/// One person who decides whatever comes to mind, and says so before (`+word`) and after (`-word`).
class Decider
{
public:
    Decider(Office& office, GroupingInUse& grouping, std::mutex& regroupMutex, unsigned life, unsigned seed)
        : m_office(office)
        , m_grouping(grouping)
        , m_regroupMutex(regroupMutex)
        , m_life(life)
        , m_random(seed)
        , m_rescuer(*office.ledger, *office.store, office.clock, u"anna"_s)
    {
    }

    void decideOnce()
    {
        m_word = u"word-%1-%2-"_s.arg(m_life).arg(++m_number);
        auto reader = m_office.reader();
        m_groups = valueOf(deadLetterGroups(reader, valueOf(parseQuery(u"")), now));
        ChildProcess::report('+' + m_word.toLatin1());
        // A refusal (nothing to take back, one group alone) changes nothing; whether it did is told by the ledger.
        switch (m_groups.empty() ? 9 : below(10)) {
        case 0:
            act(CommentAction{anyGroup(), m_word});
            break;
        case 1:
            act(TagAction{{anyGroup()}, {m_word + u'x'}, {}});
            break;
        case 2:
            act(KnownErrorAction{
                anyGroup(), KnownError{.kind = FailureKind::Business, .cause = u"it is so"_s, .fix = {}, .link = {}},
                m_word});
            break;
        case 3:
            act(UndoAction{std::nullopt, m_word});
            break;
        case 4: {
            const auto letters = someLetters();
            ArchiveAction archive;
            for (const DeadLetter& letter : letters)
                archive.ids += letter.id;
            archive.until = ArchiveUntil::Escalates;
            archive.reason = m_word;
            act(archive, letters);
            break;
        }
        case 5: {
            const auto request = valueOf(
                readTriageRequest(below(2) == 0 ? u"parked"_s : u"assigned"_s, m_word, std::optional(u"ben"_s)));
            (void)decideTriage(*m_office.ledger, *m_office.store, planTriage(request, someLetters()), u"anna"_s);
            break;
        }
        case 6:
            if (const auto plan = planMerge(reader, {anyGroup()}, anyGroup(), m_word))
                group(mergeDrafts(*plan, u"anna"_s));
            break;
        case 7:
            if (const auto plan = planSplit(someLetters(), u"apart"_s, m_word, m_office.clock.now()))
                group(splitDrafts(*plan, u"anna"_s));
            break;
        case 8:
            if (const auto plan = planUnmerge(reader, {anyGroup()}, m_word))
                group(unmergeDrafts(*plan, u"anna"_s));
            break;
        default: {
            if (below(2) == 0) {
                (void)valueOf(m_rescuer.rescueWaiting(m_origins, u"orders"_s, {.letters = 2, .bytes = 1 << 20}, {}));
                break;
            }
            m_grouping.exchange(knowledgeOf(below(2) == 0));
            const std::lock_guard lock(m_regroupMutex);
            group({regroupDraft(m_word, m_grouping.knowledge().rules.digest, u"anna"_s)});
            (void)valueOf(regroupRest(*m_office.ledger, *m_office.store, m_grouping.knowledge(), u"anna"_s, {}, {}));
        }
        }
        ChildProcess::report('-' + m_word.toLatin1());
    }

private:
    int below(unsigned limit) { return static_cast<int>(m_random() % limit); }
    QString anyGroup() { return m_groups[static_cast<std::size_t>(below(static_cast<unsigned>(m_groups.size())))].id; }
    std::vector<DeadLetter> someLetters()
    {
        auto reader = m_office.reader();
        auto all = valueOf(deadLetters(reader, valueOf(parseQuery(u"group:"_s + anyGroup())),
                                       {.now = now, .limit = 40, .parts = LetterParts::Whole}));
        std::shuffle(all.begin(), all.end(), m_random);
        all.resize(std::min<std::size_t>(all.size(), static_cast<std::size_t>(1 + below(4))));
        return all;
    }
    void act(const TriageAction& action, const std::vector<DeadLetter>& letters = {})
    {
        auto reader = m_office.reader();
        (void)decideAction({*m_office.ledger, *m_office.store, reader, u"anna"_s, m_office.clock.now()}, action,
                           letters);
    }
    void group(std::vector<Ledger::Draft> drafts)
    {
        expect(decideGroups(*m_office.ledger, *m_office.store, std::move(drafts)));
    }

    Office& m_office;
    GroupingInUse& m_grouping;
    std::mutex& m_regroupMutex;
    unsigned m_life;
    int m_number = 0;
    std::mt19937 m_random;
    Origins m_origins;
    LetterRescuer m_rescuer;
    QString m_word;
    std::vector<DeadLetterGroup> m_groups;
};

int decideUntilKilled(const QString& folder, unsigned life, unsigned seed)
{
    Office office(folder);
    GroupingInUse grouping(knowledgeOf(false));
    std::mutex regroupMutex;                                         // one at a time, as in the program
    const std::jthread regrouping([&](const std::stop_token& stop) { // what a process before this one left undone
        const std::lock_guard lock(regroupMutex);
        (void)regroupRest(*office.ledger, *office.store, grouping.knowledge(), u"anna"_s, stop, {});
    });
    const std::jthread intake([&] { takeIn(office, grouping); });
    Decider decider(office, grouping, regroupMutex, life, seed);
    while (true)
        decider.decideOnce();
}

/// All that the ledger decides, and what it decides about, as text; rows of tables in order.
QStringList rowsOf(Database& reader)
{
    const QStringList tables{
        u"SELECT letter_id, triage_state, assignee, triage_seq FROM letter_decision"_s,
        u"SELECT c.name, l.partition, l.offset, g.group_id, l.state, l.assignee, l.error_message FROM letter l"
        " JOIN letter_group g ON g.id = l.group_ref JOIN letter_channel c ON c.id = l.channel_ref"_s,
        u"SELECT seq, decision, at_ms, actor, type, summary, reason, reverted_by FROM triage_event"_s,
        u"SELECT subject, seq FROM triage_subject"_s,
        u"SELECT seq, letter_id FROM letter_past"_s,
        u"SELECT seq, state, assignee FROM triage_effect"_s,
        u"SELECT seq, subject, actor, text FROM triage_comment"_s,
        u"SELECT subject, field, value, seq FROM triage_mark"_s,
        u"SELECT seq, subject, field, value, value_seq FROM triage_mark_past"_s,
        u"SELECT from_id, kind, into_id FROM group_alias"_s,
        u"SELECT group_id, title, seq FROM group_split"_s,
        u"SELECT letter_id, group_id, seq FROM letter_pin"_s};
    return valueOf(reader.query<QStringList>([&](SQLite::Database& db) {
        QStringList rows;
        for (const QString& table : tables) {
            QStringList its;
            SQLite::Statement select(db, table.toStdString());
            while (select.executeStep()) {
                QString row = table.section(u" FROM "_s, 1).section(u' ', 0, 0) + u": "_s;
                for (int i = 0; i < select.getColumnCount(); ++i)
                    row += sql::maybeText(select.getColumn(i)).value_or(u"NULL"_s) + u'|';
                its += row;
            }
            its.sort();
            rows += its;
        }
        return rows;
    }));
}

QString firstDifference(const QStringList& kept, const QStringList& rebuilt)
{
    const QSet<QString> a(kept.begin(), kept.end());
    const QSet<QString> b(rebuilt.begin(), rebuilt.end());
    QStringList said;
    for (const QString& row : kept) {
        if (!b.contains(row))
            said += u"only kept: "_s + row;
    }
    for (const QString& row : rebuilt) {
        if (!a.contains(row))
            said += u"only rebuilt: "_s + row;
    }
    if (said.isEmpty() && kept.size() != rebuilt.size())
        said += u"%1 rows kept, %2 rebuilt"_s.arg(kept.size()).arg(rebuilt.size());
    return said.mid(0, 6).join(u'\n');
}

} // namespace

class DecisionKillsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingIsLostAndNothingDoubled_data();
    void nothingIsLostAndNothingDoubled();

private:
    void verifyWords(const Office& office);
    void verifyLetters(const Office& office);
    void verifyRescues(const Office& office);
    void verifyRebuild(const QString& folder);

    std::set<QByteArray> m_begun;
    std::set<QByteArray> m_done;
    std::size_t m_known = 0; // of them, that the ledger had
};

void DecisionKillsTest::nothingIsLostAndNothingDoubled_data()
{
    QTest::addColumn<unsigned>("seed");
    for (const unsigned seed : {1U, 20'261'126U, 4'711U})
        QTest::addRow("seed %u", seed) << seed;
}

void DecisionKillsTest::nothingIsLostAndNothingDoubled()
{
    QFETCH(unsigned, seed);
    m_begun.clear();
    m_done.clear();
    const QTemporaryDir root;
    {
        const Office office(root.path());
        std::vector<PreparedLetter> letters;
        for (int i = 0; i < pointers; ++i)
            letters.push_back(pointerAt(i));
        QVERIFY(office.store->write([&](Database& database) -> Status {
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, letters, now);
            return stored ? Status() : tl::unexpected<Error>(stored.error());
        }));
    }
    QRandomGenerator random(seed);
    for (int life = 1; life <= kills; ++life) {
        ChildProcess child({u"--decide-until-killed"_s, root.path(), QString::number(life),
                            QString::number(seed * 1'000 + static_cast<unsigned>(life))});
        QList<QByteArray> lines;
        for (int wanted = random.bounded(2, 30); wanted > 0; --wanted) {
            lines += child.readLine();
            QVERIFY2(!lines.back().isEmpty(), "it did not open after a kill, or a decision failed");
        }
        QVERIFY2(child.killWithin(random, 60), "it ended by itself");
        lines += child.allLines();
        for (const QByteArray& line : lines)
            (line.startsWith('+') ? m_begun : m_done).insert(line.mid(1));

        Office office(root.path()); // as whoever holds the state next
        verifyWords(office);
        verifyLetters(office);
        verifyRescues(office);
        verifyRebuild(root.path());
        if (QTest::currentTestFailed())
            return;
    }
    QVERIFY(m_done.size() > kills);
    QVERIFY(m_known > kills); // more than refusals
    const auto verification = verifyLedger(root.filePath(u"ledger.sqlite"_s));
    QVERIFY(verification && verification->isIntact);
}

/// Each decision is in the ledger once or, when nobody was told, perhaps not; its events stand together.
void DecisionKillsTest::verifyWords(const Office& office)
{
    std::map<QByteArray, std::vector<LedgerEvent>> byWord;
    for (const LedgerEvent& event : office.events()) {
        const auto at = event.body.indexOf("word-");
        if (at < 0)
            continue;
        const auto end = event.body.indexOf('-', event.body.indexOf('-', at + 5) + 1);
        byWord[event.body.mid(at, end + 1 - at)].push_back(event);
    }
    m_known = byWord.size();
    auto reader = office.reader();
    for (const auto& [word, events] : byWord) {
        QVERIFY2(m_begun.contains(word), word.constData());
        std::set<std::pair<QString, QByteArray>> distinct;
        for (const LedgerEvent& event : events)
            distinct.emplace(event.type, event.body);
        QVERIFY2(distinct.size() == events.size(), (word + " is there twice").constData());
        std::int64_t last = events.front().seq;
        for (const LedgerEvent& event : events) {
            // The end of a grouping anew comes when it comes.
            QVERIFY2(event.seq - last <= 1 || event.type == u"deadletter.groups.regrouped",
                     (word + ' ' + event.type.toUtf8() + ' ' + event.body).constData());
            last = event.seq;
        }
    }
    const auto isOfComment = [&](const QByteArray& word) {
        const auto known = byWord.find(word);
        return known != byWord.end() && known->second.front().type == u"deadletter.commented";
    };
    for (const QByteArray& word : m_begun) {
        const auto comments = valueOf(reader.query<std::int64_t>([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT count(*) FROM triage_comment WHERE text = ?");
            sql::bind(select, 1, QString::fromLatin1(word));
            select.executeStep();
            return select.getColumn(0).getInt64();
        }));
        QCOMPARE(comments, std::int64_t{isOfComment(word) ? 1 : 0});
    }
}

/// What the positions say was read is stored once, and counted.
void DecisionKillsTest::verifyLetters(const Office& office)
{
    auto reader = office.reader();
    QCOMPARE(number(reader, "SELECT count(*) FROM letter l JOIN letter_channel c ON c.id = l.channel_ref"
                            " WHERE c.name = 'orders-dlt'"),
             number(reader, "SELECT ifnull(sum(next_offset), 0) FROM checkpoint"));
    QCOMPARE(number(reader, "SELECT count(*) FROM (SELECT DISTINCT channel_ref, partition, offset FROM letter)"),
             number(reader, "SELECT count(*) FROM letter"));
    QCOMPARE(number(reader, "SELECT count(*) FROM letter_body"), number(reader, "SELECT count(*) FROM letter"));
    QCOMPARE(number(reader, "SELECT count(*) FROM (SELECT group_ref, kind, state, ifnull(assignee, ''), count(*)"
                            " FROM letter GROUP BY 1, 2, 3, 4"
                            " EXCEPT SELECT group_ref, kind, state, assignee, letters FROM letter_count)"),
             0);
    QCOMPARE(number(reader, "SELECT ifnull(sum(letters), 0) FROM letter_count"),
             number(reader, "SELECT count(*) FROM letter"));
    QCOMPARE(number(reader, "SELECT count(*) FROM letter l"
                            " WHERE NOT EXISTS (SELECT 1 FROM letter_group WHERE id = l.group_ref)"),
             0);
}

/// Each pointer is rescued or lost once in the ledger, and what it says was rescued is here.
void DecisionKillsTest::verifyRescues(const Office& office)
{
    std::multiset<QString> rescued;
    std::multiset<QString> lost;
    for (const LedgerEvent& event : office.events()) {
        const bool isRescue = event.type == u"deadletter.rescued";
        if (!isRescue && event.type != u"deadletter.lost")
            continue;
        for (const QJsonValue& each : QJsonDocument::fromJson(event.body).object()["letters"_L1].toArray())
            (isRescue ? rescued : lost).insert(isRescue ? each["id"_L1].toString() : each.toString());
    }
    QCOMPARE(std::set<QString>(rescued.begin(), rescued.end()).size(), rescued.size());
    QCOMPARE(std::set<QString>(lost.begin(), lost.end()).size(), lost.size());
    auto reader = office.reader();
    QCOMPARE(number(reader, "SELECT count(*) FROM letter_rescue WHERE event_seq IS NOT NULL"),
             static_cast<std::int64_t>(rescued.size()));
    QCOMPARE(number(reader, "SELECT count(*) FROM letter_origin_gone"), static_cast<std::int64_t>(lost.size()));
}

/// The same rows from the ledger alone, in a copy.
void DecisionKillsTest::verifyRebuild(const QString& folder)
{
    const QTemporaryDir copy;
    for (const QString& name : QDir(folder).entryList(QDir::Files))
        QVERIFY(QFile::copy(folder + u'/' + name, copy.filePath(name)));
    Office office(copy.path());
    auto before = office.reader();
    const QStringList kept = rowsOf(before);
    office.rebuild();
    auto after = office.reader();
    const QString difference = firstDifference(kept, rowsOf(after));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    if (argc == 5 && qstrcmp(argv[1], "--decide-until-killed") == 0)
        return decideUntilKilled(QString::fromLocal8Bit(argv[2]), QByteArray(argv[3]).toUInt(),
                                 QByteArray(argv[4]).toUInt());
    DecisionKillsTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_decisionkills.moc"
