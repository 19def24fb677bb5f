// SPDX-License-Identifier: GPL-3.0-or-later
// What one letter said is erased: it is shown nowhere, nothing brings it back, and its bytes are in none of the files.
#include "letters.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/triage.h"
#include "model/store/projection.h"
#include "storefixture.h"
#include "tests/support/childprocess.h"
#include "tests/support/filesearch.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <SQLiteCpp/Database.h>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray secretName = "Wilhelmina-Quendelbeck";
const UtcTime now = utcFromMs(letterMs + 3'600'000);

/// A letter that names somebody in its payload, key, headers, message and stack.
PreparedLetter telling(int number, qsizetype payloadBytes = 200)
{
    PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.Rejected"_s, u"billing"_s);
    letter.record.value = R"({"customer":")" + secretName + R"(-payload","filler":")" + QByteArray(payloadBytes, 'x') +
                          secretName + R"(-end"})";
    letter.record.key = secretName + "-key";
    letter.record.headers = {{"who", secretName + "-header"}, {"n", QByteArray::number(number)}};
    letter.facts.errorMessage = u"no account for %1-message"_s.arg(QString::fromLatin1(secretName));
    letter.facts.stack = u"at %1-stack"_s.arg(QString::fromLatin1(secretName));
    letter.digest = recordDigest(letter.record);
    return letter;
}

template<typename T>
QString whyNot(const Result<T>& result)
{
    return result ? QString() : result.error().detail;
}

struct Bench
{
    Bench()
        : ledger(std::move(*Ledger::open(fixture.folder() + u"/ledger.sqlite"_s, clock)))
    {
    }
    Result<PurgeReport> purge(const QString& id, const QString& reason = u"the customer asked for it"_s)
    {
        return purgeLetter(*ledger, fixture.store(), id, reason, u"anna"_s, {});
    }
    [[nodiscard]] DeadLetter letter(const QString& id)
    {
        auto reader = fixture.reader();
        return deadLetter(reader, id).value_or(DeadLetter());
    }

    StoreFixture fixture;
    SystemClock clock;
    std::unique_ptr<Ledger> ledger;
};

} // namespace

class LetterPurgeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itsBytesAreInNoFile_data();
    void itsBytesAreInNoFile();
    void afterManyLettersCameAndWentToo();
    void anEarlierCopyIsErasedToo();
    void whatIsLeftSaysWhoErasedItAndWhy();
    void aShortIdWillDo();
    void itIsDoneOnce();
    void itNeedsAReasonAndALetter();
    void theSamePayloadElsewhereIsTold();
    void itsGroupShowsAnotherLettersMessage();
    void theLastOfItsGroupTakesTheTitleWithIt();
    void readingItAgainBringsNothingBack();
    void aRescuedPayloadGoesAndIsNotRescuedAgain();
    void groupingAnewLeavesItWhereItIs();
    void aReaderOfAnOlderStateIsNamed();
    void killedAtAnyInstantItIsErasedOrWhole();
};

void LetterPurgeTest::itsBytesAreInNoFile_data()
{
    QTest::addColumn<qsizetype>("payloadBytes");
    QTest::newRow("a payload within its page") << qsizetype{200};
    QTest::newRow("a payload of a page") << qsizetype{16'384};
    QTest::newRow("a payload of many pages") << qsizetype{1'000'000};
}

void LetterPurgeTest::itsBytesAreInNoFile()
{
    QFETCH(const qsizetype, payloadBytes);
    Bench bench;
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 40; ++i)
        letters.push_back(StoreFixture::prepared(i, u"com.acme.Other"_s, u"billing"_s));
    letters.push_back(telling(100, payloadBytes));
    for (int i = 200; i < 240; ++i)
        letters.push_back(StoreFixture::prepared(i, u"com.acme.Other"_s, u"billing"_s));
    QCOMPARE(bench.fixture.add(letters), 81);
    QVERIFY(!filesWith(bench.fixture.folder(), secretName).isEmpty());
    const auto report = bench.purge(StoreFixture::idOf(letters[40]));
    QVERIFY2(report, qPrintable(whyNot(report)));
    QVERIFY2(report->left.isEmpty(), qPrintable(report->left.join(u'\n')));
    QVERIFY(report->isNew);
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
    // Nothing else is gone.
    auto reader = bench.fixture.reader();
    QCOMPARE(reader
                 .query<std::int64_t>([](SQLite::Database& db) {
                     return db.execAndGet("SELECT count(*) FROM letter_body WHERE key IS NOT NULL").getInt64();
                 })
                 .value(),
             80);
    QCOMPARE(reader
                 .query<QString>([](SQLite::Database& db) {
                     return QString::fromStdString(db.execAndGet("PRAGMA integrity_check").getString());
                 })
                 .value(),
             u"ok"_s);
}

void LetterPurgeTest::afterManyLettersCameAndWentToo()
{
    // Pages fill, split and are joined again around the letter: copies of it are not left behind in them.
    Bench bench;
    std::mt19937 random(20'261'127);
    const PreparedLetter secret = telling(50'000, 500);
    for (int round = 0; round < 30; ++round) {
        std::vector<PreparedLetter> letters;
        for (int i = 0; i < 60; ++i) {
            letters.push_back(
                StoreFixture::prepared(round * 100 + i, u"com.acme.E%1"_s.arg(random() % 7), u"billing"_s));
            letters.back().record.value = QByteArray(static_cast<qsizetype>(random() % 3'000), 'p');
            letters.back().digest = recordDigest(letters.back().record);
        }
        if (round == 10)
            letters.insert(letters.begin() + 30, secret);
        bench.fixture.add(letters);
        QVERIFY(bench.fixture.store().write([&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                // As triage, replays and retention do: rows grow, shrink and go.
                const std::string some = std::to_string(random() % 3);
                db.exec("UPDATE letter SET state = CASE state WHEN 'new' THEN 'failedAgain' ELSE 'new' END,"
                        " assignee = CASE WHEN assignee IS NULL THEN 'somebody-with-a-long-name' END WHERE id % 3 = " +
                        some);
                db.exec("DELETE FROM letter_body WHERE letter_ref % 5 = " + some +
                        " AND instr(key, CAST('Quendelbeck' AS BLOB)) = 0");
            });
        }));
    }
    const auto report = bench.purge(StoreFixture::idOf(secret));
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
}

void LetterPurgeTest::anEarlierCopyIsErasedToo()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    const QString copy = bench.fixture.file() + u".v83.backup"_s;
    {
        auto reader = bench.fixture.reader();
        QVERIFY(reader.guarded([&](SQLite::Database& db) { db.exec("VACUUM INTO '" + copy.toStdString() + "'"); }));
    }
    QVERIFY(filesWith(bench.fixture.folder(), secretName).contains(u"samples.sqlite.v83.backup"_s));
    QFile broken(bench.fixture.file() + u".v2.backup"_s);
    QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write(QByteArray(20'000, 'z')) == 20'000);
    broken.close();
    const auto report = bench.purge(StoreFixture::idOf(letter));
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(report->backups, QStringList{copy});
    QCOMPARE(report->left.size(), 1);
    QVERIFY(report->left.front().contains(u"samples.sqlite.v2.backup"_s));
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
}

void LetterPurgeTest::whatIsLeftSaysWhoErasedItAndWhy()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    const DeadLetter before = bench.letter(StoreFixture::idOf(letter));
    QVERIFY(bench.purge(before.id));
    const DeadLetter after = bench.letter(before.id);
    QVERIFY(after.erased);
    QCOMPARE(after.erased->by, u"anna"_s);
    QCOMPARE(after.erased->reason, u"the customer asked for it"_s);
    QVERIFY(!after.record.key && !after.record.value && after.record.headers.empty());
    QVERIFY(!after.facts.errorMessage && !after.facts.stack);
    QCOMPARE(after.sizeBytes, before.sizeBytes);
    QCOMPARE(after.state, before.state);
    QCOMPARE(after.group, before.group);
    QCOMPARE(after.facts.errorClass, before.facts.errorClass);
    QCOMPARE(after.consumer, before.consumer);
    const QJsonObject told = QJsonDocument::fromJson(letterDetailJson(after)).object();
    QCOMPARE(told[u"erased"][u"by"].toString(), u"anna"_s);
    QVERIFY(told[u"value"].isNull() && told[u"key"].isNull());
    QVERIFY(letterDetailText(after, now).contains(u"erased by anna on "_s));
    QVERIFY(QJsonDocument::fromJson(letterDetailJson(before)).object()[u"erased"].isNull());
    // The ledger says so too, and nothing of what was erased, not even a digest of it.
    const auto events = bench.ledger->read(0, 10);
    QVERIFY(events);
    QCOMPARE(events->size(), std::size_t{1});
    const QJsonObject body = QJsonDocument::fromJson(events->front().body).object();
    QCOMPARE(body.keys(),
             (QStringList{u"bytes"_s, u"channel"_s, u"letter"_s, u"offset"_s, u"partition"_s, u"reason"_s}));
}

void LetterPurgeTest::aShortIdWillDo()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    const QString id = StoreFixture::idOf(letter);
    const auto report = bench.purge(id.section(u'-', 0, 2));
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(report->letterId, id);
    QVERIFY(bench.letter(id).erased);
}

void LetterPurgeTest::itIsDoneOnce()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    const QString id = StoreFixture::idOf(letter);
    QVERIFY(bench.purge(id, u"first"_s));
    const auto again = bench.purge(id, u"second"_s);
    QVERIFY(again);
    QVERIFY(!again->isNew);
    QCOMPARE(again->erasure.reason, u"first"_s);
    QCOMPARE(bench.ledger->lastSeq().value(), 1);
}

void LetterPurgeTest::itNeedsAReasonAndALetter()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    QCOMPARE(bench.purge(StoreFixture::idOf(letter), u"  "_s).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(bench.purge(u"what"_s).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(bench.purge(u"00000000-0-1-00000000"_s).error().code, ErrorCode::NotFound);
    QCOMPARE(bench.ledger->lastSeq().value(), 0);
    QVERIFY(!bench.letter(StoreFixture::idOf(letter)).erased);
}

void LetterPurgeTest::theSamePayloadElsewhereIsTold()
{
    Bench bench;
    const PreparedLetter first = telling(1);
    PreparedLetter second = telling(2);
    second.record.value = first.record.value;
    second.digest = recordDigest(second.record);
    bench.fixture.add({first, second, StoreFixture::prepared(3, u"com.acme.Other"_s, u"billing"_s)});
    const auto report = bench.purge(StoreFixture::idOf(first));
    QVERIFY(report);
    QCOMPARE(report->sameElsewhere, QStringList{StoreFixture::idOf(second)});
    QVERIFY(!bench.letter(StoreFixture::idOf(second)).erased);
}

void LetterPurgeTest::itsGroupShowsAnotherLettersMessage()
{
    Bench bench;
    PreparedLetter harmless = StoreFixture::prepared(1, u"com.acme.Rejected"_s, u"billing"_s, 5);
    PreparedLetter secret = telling(2);
    // One strain, two messages.
    harmless.fingerprint = plainFingerprint(harmless.facts, harmless.owner);
    secret.fingerprint = harmless.fingerprint;
    bench.fixture.add({harmless, secret});
    const auto sample = [&] {
        auto reader = bench.fixture.reader();
        return reader
            .query<QString>([](SQLite::Database& db) {
                return QString::fromStdString(
                    db.execAndGet("SELECT ifnull(sample_message, '') FROM letter_group").getString());
            })
            .value_or(u"?"_s);
    };
    QVERIFY(sample().contains(u"Quendelbeck"_s));
    QVERIFY(bench.purge(StoreFixture::idOf(secret)));
    QCOMPARE(sample(), u"message 1"_s);
}

void LetterPurgeTest::theLastOfItsGroupTakesTheTitleWithIt()
{
    Bench bench;
    PreparedLetter secret = telling(2);
    secret.fingerprint = plainFingerprint(secret.facts, secret.owner);
    QVERIFY2(secret.fingerprint.title.contains(u"Quendelbeck"_s), qPrintable(secret.fingerprint.title));
    bench.fixture.add({secret});
    const DeadLetter before = bench.letter(StoreFixture::idOf(secret));
    QVERIFY(bench.purge(before.id));
    auto reader = bench.fixture.reader();
    const auto groups = deadLetterGroups(reader, parseQuery(u"").value(), now, {});
    QVERIFY(groups);
    QCOMPARE(groups->size(), std::size_t{1});
    QCOMPARE(groups->front().id, before.group);
    QCOMPARE(groups->front().title, u"com.acme.Rejected"_s);
    QCOMPARE(groups->front().count, 1);
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
}

void LetterPurgeTest::readingItAgainBringsNothingBack()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    const PreparedLetter other = StoreFixture::prepared(2, u"com.acme.Other"_s, u"billing"_s);
    bench.fixture.add({letter, other});
    const QString id = StoreFixture::idOf(letter);
    QVERIFY(bench.purge(id));
    // The store is lost, the ledger is not, and the broker still has all of it.
    StoreFixture fresh;
    QVERIFY(catchUpPurges(*bench.ledger, fresh.store()));
    QCOMPARE(fresh.add({letter, other}), 2);
    auto reader = fresh.reader();
    const auto again = deadLetter(reader, id);
    QVERIFY(again);
    QVERIFY(again->erased && again->erased->by == u"anna"_s);
    QVERIFY(!again->record.key && !again->record.value && again->record.headers.empty());
    QVERIFY(!again->facts.errorMessage);
    QCOMPARE(again->sizeBytes, bench.letter(id).sizeBytes);
    QVERIFY(deadLetter(reader, StoreFixture::idOf(other))->record.value);
    QCOMPARE(filesWith(fresh.folder(), secretName), QStringList());
    // As it stands, it is stored once: the batch that was read twice adds nothing.
    QCOMPARE(fresh.add({letter, other}), 0);
    QCOMPARE(filesWith(fresh.folder(), secretName), QStringList());
}

void LetterPurgeTest::aRescuedPayloadGoesAndIsNotRescuedAgain()
{
    class Origin final : public RecordLookup
    {
    public:
        Result<LookedUpRecord> recordAt(const TopicPartition& at, Offset offset, std::stop_token) override
        {
            ++asked;
            RawRecord record;
            record.at = at;
            record.offset = offset;
            record.timestamp = utcFromMs(originMs);
            record.value = secretName + "-rescued";
            return LookedUpRecord{.answer = LookedUpRecord::Answer::Found, .record = record, .bounds = {}};
        }
        Result<RangeRead> readRange(const TopicPartition&, Offset, Offset, const std::function<bool(const RawRecord&)>&,
                                    std::stop_token) override
        {
            return fail(ErrorCode::Unsupported, u"nobody reads ranges here"_s);
        }
        int asked = 0;
    };
    Bench bench;
    PreparedLetter pointer = StoreFixture::prepared(1, u"com.acme.Early"_s, u"billing"_s);
    pointer.record.value.reset();
    pointer.digest = recordDigest(pointer.record);
    pointer.facts.isPointer = true;
    pointer.facts.originTopic = u"orders"_s;
    pointer.facts.originPartition = 0;
    pointer.facts.originOffset = Offset{1};
    pointer.facts.originTimestamp = utcFromMs(originMs);
    bench.fixture.add({pointer});
    const QString id = StoreFixture::idOf(pointer);
    Origin origin;
    LetterRescuer rescuer(*bench.ledger, bench.fixture.store(), bench.clock, u"anna"_s);
    QCOMPARE(rescuer.rescueWaiting(origin, u"orders"_s, {}, {}).value().rescued, 1);
    QVERIFY(!filesWith(bench.fixture.folder(), secretName).isEmpty());
    QVERIFY(bench.purge(id));
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
    auto reader = bench.fixture.reader();
    QVERIFY(!rescueOf(reader, id).value());
    QCOMPARE(rescuer.rescueWaiting(origin, u"orders"_s, {}, {}).value(), RescueReport());
    const auto asked = rescuer.rescue(origin, {bench.letter(id)}, {}, {});
    QVERIFY(asked);
    QCOMPARE(asked->refused.size(), std::size_t{1});
    QVERIFY(asked->refused.front().second.startsWith(u"erased by anna on "_s));
    QCOMPARE(origin.asked, 1);
    QVERIFY(catchUpRescues(*bench.ledger, bench.fixture.store()));
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
}

void LetterPurgeTest::groupingAnewLeavesItWhereItIs()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter, telling(2), telling(3)});
    const QString id = StoreFixture::idOf(letter);
    QVERIFY(bench.purge(id));
    const QString group = bench.letter(id).group;
    GroupingRules rules;
    rules.digest = u"other"_s;
    GroupingRule rule;
    rule.name = u"messages tell nothing"_s;
    rule.withoutMessage = true;
    rules.rules.push_back(rule);
    const auto knowledge = GroupingKnowledge::bundled(std::move(rules));
    QVERIFY(knowledge);
    const auto asked = bench.ledger->append({regroupDraft(u"because"_s, knowledge->rules.digest, u"anna"_s)});
    QVERIFY(asked);
    QVERIFY(catchUpGroups(*bench.ledger, bench.fixture.store()));
    QVERIFY(regroupRest(*bench.ledger, bench.fixture.store(), *knowledge, u"anna"_s, {}, {}));
    QCOMPARE(bench.letter(id).group, group);
    QVERIFY(bench.letter(StoreFixture::idOf(telling(2))).group != group);
}

void LetterPurgeTest::aReaderOfAnOlderStateIsNamed()
{
    Bench bench;
    const PreparedLetter letter = telling(1);
    bench.fixture.add({letter});
    const QString id = StoreFixture::idOf(letter);
    auto older = bench.fixture.reader();
    QVERIFY(older.guarded([](SQLite::Database& db) {
        db.exec("BEGIN");
        (void)db.execAndGet("SELECT count(*) FROM letter").getInt();
    }));
    std::stop_source stop;
    stop.request_stop(); // it does not wait for the reader
    const auto report = purgeLetter(*bench.ledger, bench.fixture.store(), id, u"asked"_s, u"anna"_s, stop.get_token());
    QVERIFY2(report, qPrintable(whyNot(report)));
    QCOMPARE(report->left.size(), 1);
    QVERIFY(report->left.front().contains(u"samples.sqlite-wal"_s));
    QVERIFY(bench.letter(id).erased);
    QVERIFY(older.guarded([](SQLite::Database& db) { db.exec("COMMIT"); }));
    // The next start, or purging it again, does the rest.
    QVERIFY(catchUpPurges(*bench.ledger, bench.fixture.store()));
    QCOMPARE(filesWith(bench.fixture.folder(), secretName), QStringList());
}

namespace {

PreparedLetter secretOf(int number)
{
    PreparedLetter letter = telling(number, 3'000);
    letter.record.value = "secret-" + QByteArray::number(number) + "-" + *letter.record.value;
    letter.digest = recordDigest(letter.record);
    return letter;
}

constexpr int secrets = 400;

/// The child: erases letter after letter, and says which before and after.
int purgeUntilKilled(const QString& folder)
{
    const SystemClock clock;
    auto store = StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s);
    auto ledger = Ledger::open(folder + u"/ledger.sqlite"_s, clock);
    if (!store || !ledger || !catchUpPurges(**ledger, **store))
        return 1;
    for (int i = 0; i < secrets; ++i) {
        const QString id = StoreFixture::idOf(secretOf(i));
        auto reader = Database::open((*store)->file(), Database::Access::Reader);
        const auto letter = deadLetter(*reader, id);
        if (!letter)
            return 2;
        if (letter->erased)
            continue;
        reader = fail(ErrorCode::Internal, u"closed"_s);
        ChildProcess::report("+" + QByteArray::number(i));
        const auto report = purgeLetter(**ledger, **store, id, u"asked"_s, u"anna"_s, {});
        if (!report || !report->left.isEmpty())
            return 3;
        ChildProcess::report("-" + QByteArray::number(i));
    }
    return 0;
}

} // namespace

void LetterPurgeTest::killedAtAnyInstantItIsErasedOrWhole()
{
    const QTemporaryDir root;
    {
        auto store =
            StoreWriter::open(root.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
        QVERIFY(store);
        QVERIFY((*store)->write([](Database& database) -> Status {
            std::vector<PreparedLetter> letters;
            for (int i = 0; i < secrets; ++i)
                letters.push_back(secretOf(i));
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, letters, utcFromMs(letterMs));
            return stored ? Status() : tl::unexpected<Error>(stored.error());
        }));
    }
    const QString copy = root.filePath(u"samples.sqlite.v83.backup"_s);
    QVERIFY(QFile::copy(root.filePath(u"samples.sqlite"_s), copy));
    const auto bytesOf = [](const QString& database) {
        QFile file(database);
        QFile log(database + u"-wal"_s);
        return (file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray()) +
               (log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray());
    };
    QRandomGenerator random(20'261'127);
    int erased = 0;
    for (int life = 0; life < 8; ++life) {
        ChildProcess child({u"--purge-until-killed"_s, root.path()});
        QList<QByteArray> lines;
        for (int wanted = random.bounded(1, 12); wanted > 0; --wanted) {
            lines += child.readLine();
            QVERIFY2(!lines.back().isEmpty(), "it did not open after a kill, or a purge failed");
        }
        QVERIFY2(child.killWithin(random, 20), "it ended by itself");
        lines += child.allLines();

        // As whoever holds the state next.
        const SystemClock clock;
        auto store =
            StoreWriter::open(root.filePath(u"samples.sqlite"_s), Database::Access::Writer, u":/migrations/samples"_s);
        auto ledger = Ledger::open(root.filePath(u"ledger.sqlite"_s), clock);
        QVERIFY(store && ledger);
        QVERIFY(catchUpPurges(**ledger, **store));
        const QByteArray bytes = bytesOf(root.filePath(u"samples.sqlite"_s));
        const QByteArray copied = bytesOf(copy);
        auto reader = Database::open((*store)->file(), Database::Access::Reader);
        erased = 0;
        for (int i = 0; i < secrets; ++i) {
            const auto letter = deadLetter(*reader, StoreFixture::idOf(secretOf(i)));
            QVERIFY(letter);
            erased += letter->erased ? 1 : 0;
            QCOMPARE(letter->record.value.has_value(), !letter->erased.has_value());
            const QByteArray secret = "secret-" + QByteArray::number(i) + "-";
            QCOMPARE(bytes.contains(secret), !letter->erased.has_value());
            QCOMPARE(copied.contains(secret), !letter->erased.has_value());
            if (lines.contains("-" + QByteArray::number(i)))
                QVERIFY(letter->erased);
        }
        QCOMPARE((*ledger)->lastSeq().value(), erased); // each once
    }
    QVERIFY(erased > 8);
}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    if (argc == 3 && qstrcmp(argv[1], "--purge-until-killed") == 0)
        return purgeUntilKilled(QString::fromLocal8Bit(argv[2]));
    LetterPurgeTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_letterpurge.moc"
