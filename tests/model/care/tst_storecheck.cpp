// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with the files is found and told with what to do; what is not wrong is not.
#include "carebench.h"
#include "model/care/storecheck.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

/// What somebody does to a state folder.
struct Harm
{
    std::function<void(const QString& folder)> to;
};
Q_DECLARE_METATYPE(Harm)

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A state with letters, decisions of every kind of letter, and nothing open.
QString filled(const QTemporaryDir& root)
{
    const QString folder = root.filePath(u"state"_s);
    CareBench bench(folder);
    if (!bench.add(0, 300))
        qFatal("no letters");
    for (int i = 0; i < 30; ++i) {
        if (!bench.decide(i, i % 3 == 0 ? TriageState::Parked : TriageState::Archived))
            qFatal("no decision");
    }
    auto reader = Database::open(bench.samplesFile(), Database::Access::Reader);
    const auto commented = decideAction({bench.ledger(), bench.store(), *reader, u"anna"_s, SystemClock().now()},
                                        CommentAction{CareBench::idOf(CareBench::letter(3)), u"looked at"_s}, {});
    if (!commented)
        qFatal("%s", qPrintable(commented.error().detail));
    reader = fail(ErrorCode::Internal, u"closed"_s);
    if (!purgeLetter(bench.ledger(), bench.store(), CareBench::idOf(CareBench::letter(4)), u"asked"_s, u"anna"_s, {}))
        qFatal("not purged");
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return folder;
}

void execute(const QString& file, const char* sql)
{
    auto database = Database::open(file, Database::Access::Writer);
    QVERIFY(database);
    const Status done = database->guarded([sql](SQLite::Database& db) { db.exec(sql); });
    QVERIFY2(done, qPrintable(done ? QString() : done.error().detail));
}

/// Overwrites a part of the file, behind SQLite's back.
void overwrite(const QString& path, qint64 at, qint64 bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(at));
    QCOMPARE(file.write(QByteArray(bytes, '\x5a')), bytes);
}

} // namespace

class StoreCheckTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aSoundStateHasNoFindings();
    void itSaysWhatIsStored();
    void aLedgerAloneIsToldToo();
    void nothingCollectedIsNoFault();
    void whatIsWrongIsFound_data();
    void whatIsWrongIsFound();
    void besideAWriterItIsSoundToo();
};

void StoreCheckTest::aSoundStateHasNoFindings()
{
    const QTemporaryDir root;
    const QString folder = filled(root);
    QStringList looked;
    const auto check = checkStore(folder, [&looked](const QString& what) { looked += what; }, {});
    QVERIFY2(check, qPrintable(whyNot(check)));
    QVERIFY2(check->isSound(), qPrintable(storeCheckText(*check)));
    QCOMPARE(check->isAsLedgerSays, std::optional(true));
    QCOMPARE(check->notes, QStringList());
    QVERIFY(check->chain && check->chain->isIntact);
    QCOMPARE(check->chain->entries, 32);
    QVERIFY(!looked.isEmpty());
    QVERIFY(storeCheckText(*check).contains(u"Sound; the ledger's chain of 32 entries is whole"_s));
}

void StoreCheckTest::itSaysWhatIsStored()
{
    const QTemporaryDir root;
    const auto check = checkStore(filled(root), {}, {});
    QVERIFY(check);
    const QJsonObject told = QJsonDocument::fromJson(storeCheckJson(*check)).object();
    QCOMPARE(told[u"sound"].toBool(), true);
    QMap<QString, QJsonObject> data;
    std::int64_t bytes = 0;
    for (const QJsonValue& each : told[u"data"].toArray()) {
        data[each[u"kind"].toString()] = each.toObject();
        bytes += each[u"bytes"].toInteger();
    }
    QCOMPARE(data[u"payloads"_s][u"rows"].toInteger(), 300);
    QVERIFY(data[u"payloads"_s][u"bytes"].toInteger() > 300 * 300);
    QVERIFY(data[u"letters"_s][u"oldest"].toString().startsWith(u"20"_s));
    QCOMPARE(data[u"ledger"_s][u"rows"].toInteger(), 32);
    QVERIFY(data[u"decisions"_s][u"rows"].toInteger() > 30);
    // All of it together is what the files hold.
    std::int64_t files = 0;
    for (const QJsonValue& each : told[u"files"].toArray()) {
        if (each[u"name"].toString().endsWith(u".sqlite"_s)) {
            files += each[u"bytes"].toInteger() - each[u"freeBytes"].toInteger();
            QVERIFY(each[u"schema"].toInteger() > 0);
        }
    }
    QCOMPARE(bytes, files);
}

void StoreCheckTest::aLedgerAloneIsToldToo()
{
    const QTemporaryDir root;
    const QString folder = filled(root);
    QVERIFY(QFile::remove(folder + u"/samples.sqlite"_s)); // as after moving it away
    const auto check = checkStore(folder, {}, {});
    QVERIFY2(check, qPrintable(whyNot(check)));
    QVERIFY2(check->isSound(), qPrintable(storeCheckText(*check)));
    QCOMPARE(check->data.size(), std::size_t{1});
    QCOMPARE(check->data.front().kind, u"ledger"_s);
    QCOMPARE(check->data.front().rows, 32);
    QVERIFY(check->data.front().bytes && check->data.front().oldest);
}

void StoreCheckTest::nothingCollectedIsNoFault()
{
    const QTemporaryDir root;
    const auto check = checkStore(root.filePath(u"none"_s), {}, {});
    QVERIFY2(check, qPrintable(whyNot(check)));
    QVERIFY(check->isSound());
    QCOMPARE(check->notes, QStringList{u"nothing was collected yet"_s});
    QVERIFY(!QFileInfo::exists(root.filePath(u"none"_s)));
}

void StoreCheckTest::whatIsWrongIsFound_data()
{
    QTest::addColumn<Harm>("harm");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::function<void(const QString&)>& harm, const char16_t* file,
                        const char16_t* words) {
        QTest::newRow(name) << Harm{harm} << QString::fromUtf16(file) << QString::fromUtf16(words);
    };
    row(
        "a damaged page of samples",
        [](const QString& folder) { overwrite(folder + u"/samples.sqlite"_s, 16'384LL * 3, 16'384LL * 4); },
        u"samples.sqlite", u"");
    row(
        "samples that are no database",
        [](const QString& folder) { overwrite(folder + u"/samples.sqlite"_s, 0, 4'096); }, u"samples.sqlite",
        u"not a database");
    row(
        "a ledger that is no database",
        [](const QString& folder) { overwrite(folder + u"/ledger.sqlite"_s, 0, 4'096); }, u"ledger.sqlite",
        u"not a database");
    row(
        "a changed entry",
        [](const QString& folder) {
            execute(folder + u"/ledger.sqlite"_s,
                    "DROP TRIGGER event_is_not_changed; UPDATE event SET actor = 'ben' WHERE seq = 7");
        },
        u"ledger.sqlite", u"event 7 was changed");
    row(
        "a ledger that was cut off",
        [](const QString& folder) {
            execute(folder + u"/ledger.sqlite"_s,
                    "DROP TRIGGER event_is_not_removed; DELETE FROM event WHERE seq > 20");
        },
        u"ledger.sqlite", u"there were 32 events");
    row(
        "a ledger that is gone", [](const QString& folder) { QVERIFY(QFile::remove(folder + u"/ledger.sqlite"_s)); },
        u"ledger.sqlite", u"ledger.head says that there was one");
    row(
        "a decision that nobody made",
        [](const QString& folder) {
            execute(folder + u"/samples.sqlite"_s,
                    "UPDATE letter_decision SET triage_state = 'archived' WHERE triage_state = 'parked'");
        },
        u"samples.sqlite", u"letter_decision (10 rows)");
    row(
        "a letter that shows another state",
        [](const QString& folder) {
            execute(folder + u"/samples.sqlite"_s, "UPDATE letter SET state = 'resolved' WHERE id = 200");
        },
        u"samples.sqlite", u"letter (1 row)");
    row(
        "a comment that was taken away",
        [](const QString& folder) { execute(folder + u"/samples.sqlite"_s, "DELETE FROM triage_comment"); },
        u"samples.sqlite", u"triage_comment (1 row)");
    row(
        "a newer Spillway's file",
        [](const QString& folder) { execute(folder + u"/samples.sqlite"_s, "PRAGMA user_version = 9999"); },
        u"samples.sqlite", u"newer Spillway");
    row(
        "a file that others may read",
        [](const QString& folder) {
            QVERIFY(QFile::setPermissions(folder + u"/samples.sqlite"_s,
                                          QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        },
        u"samples.sqlite", u"other users may read it");
    row(
        "a folder that is open to others",
        [](const QString& folder) {
            QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner |
                                                      QFile::ReadGroup | QFile::ExeGroup));
        },
        u".", u"open to other users");
}

void StoreCheckTest::whatIsWrongIsFound()
{
    QFETCH(const Harm, harm);
    QFETCH(const QString, file);
    QFETCH(const QString, words);
    const QTemporaryDir root;
    const QString folder = filled(root);
    harm.to(folder);
    const auto check = checkStore(folder, {}, {});
    QVERIFY2(check, qPrintable(whyNot(check)));
    QVERIFY(!check->isSound());
    const bool isThere = std::any_of(check->findings.begin(), check->findings.end(), [&](const StoreFault& finding) {
        return finding.file == file && finding.what.contains(words) && !finding.remedy.isEmpty();
    });
    QVERIFY2(isThere, qPrintable(storeCheckText(*check)));
    for (const StoreFault& finding : check->findings)
        QVERIFY2(finding.file == file, qPrintable(storeCheckText(*check))); // and nothing else is blamed
}

void StoreCheckTest::besideAWriterItIsSoundToo()
{
    const QTemporaryDir root;
    const QString folder = filled(root);
    CareBench bench(folder);
    std::atomic<bool> isOver{false};
    std::atomic<bool> isWriting{true};
    std::thread writer([&] {
        for (int i = 0; !isOver; ++i) {
            if (!bench.add(1'000 + i, 1) || !bench.decide(1'000 + i, TriageState::Archived))
                isWriting = false;
        }
    });
    std::vector<StoreCheck> checks;
    for (int round = 0; round < 3; ++round)
        checks.push_back(checkStore(folder, {}, {}).value_or(StoreCheck{.findings = {{u"?"_s, u"failed"_s, {}}}}));
    isOver = true;
    writer.join();
    QVERIFY(isWriting);
    for (const StoreCheck& check : checks) {
        QVERIFY2(check.isSound(), qPrintable(storeCheckText(check)));
        QCOMPARE(check.isAsLedgerSays, std::optional(true));
    }
}

QTEST_GUILESS_MAIN(StoreCheckTest)
#include "tst_storecheck.moc"
