// SPDX-License-Identifier: GPL-3.0-or-later
// A backup taken while letters come and people decide opens as whole as what it was taken of, and nothing else does.
#include "carebench.h"
#include "model/care/backuparchive.h"
#include "model/care/statebackup.h"
#include "model/care/storecheck.h"
#include "model/store/statedirectory.h"
#include "tests/support/childprocess.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const SystemClock systemClock;

Result<BackupReport> backUp(
    const QString& state, const QString& file, bool replaces = false,
    const std::function<Status(const BackupReport&)>& record = [](const BackupReport&) { return Status(); },
    std::stop_token stop = {})
{
    return backUpState(
        {.stateFolder = state, .workspace = u"acme"_s, .file = file, .replaces = replaces, .now = systemClock.now()},
        record, {}, std::move(stop));
}

Result<RestoreReport> restore(const QString& file, const QString& state)
{
    return restoreState(file, state, systemClock, u"anna"_s, {}, {});
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
}

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

/// A sound state with some letters and decisions.
void fill(const QString& folder)
{
    CareBench bench(folder);
    QVERIFY(bench.add(0, 200));
    for (int i = 0; i < 20; ++i)
        QVERIFY(bench.decide(i, i % 2 == 0 ? TriageState::Parked : TriageState::Archived));
}

} // namespace

class StateBackupTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsRestoredIsWhatWasThere();
    void theFileIsPrivateAndOneThatTarReads();
    void takenWhileOthersWriteItIsOfOneInstant();
    void anExistingFileStays();
    void whatIsNotOnRecordIsNotWritten();
    void stoppedItLeavesNothing();
    void killedItLeavesNoBackup();
    void thereHasToBeAState();
    void itDoesNotLieInTheStateFolder();
    void onlyAnEmptyFolderIsRestoredInto_data();
    void onlyAnEmptyFolderIsRestoredInto();
    void aHeldFolderIsNotRestoredInto();
    void aDamagedBackupIsNotRestored_data();
    void aDamagedBackupIsNotRestored();
    void aRestoreThatWasKilledIsBegunAgain();
    void anArchiveHasItsBytesBack();
    void aFileOfManyGigabytesSaysItsSize();
};

void StateBackupTest::whatIsRestoredIsWhatWasThere()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const QString file = root.filePath(u"b.tar.zst"_s);
    const auto report = backUp(root.filePath(u"state"_s), file);
    QVERIFY2(report, qPrintable(whyNot(report)));
    QVERIFY(report->isIntact);
    QCOMPARE(report->entries, 20);
    QCOMPARE(report->bytes, QFileInfo(file).size());
    QVERIFY(report->samplesBytes > report->bytes); // packed
    const QString target = root.filePath(u"other/state"_s);
    QVERIFY(QDir().mkpath(root.filePath(u"other"_s)));
    const auto restored = restore(file, target);
    QVERIFY2(restored, qPrintable(whyNot(restored)));
    QCOMPARE(restored->takenAt, report->takenAt);
    QCOMPARE(restored->entries, 21); // and that it was restored
    const auto check = checkStore(target, {}, {});
    QVERIFY2(check, qPrintable(whyNot(check)));
    QVERIFY2(check->isSound(), qPrintable(storeCheckText(*check)));
    QVERIFY(check->isAsLedgerSays.value_or(false));
    CareBench again(target); // opens as any state does
    QVERIFY(again.add(200, 1));
    auto reader = Database::open(again.samplesFile(), Database::Access::Reader);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter_body WHERE value IS NOT NULL"), 201);
    QCOMPARE(number(*reader, "SELECT count(*) FROM letter WHERE state = 'archived'"), 10);
    const auto events = again.ledger().read(20, 5);
    QCOMPARE(events->front().type, u"store.restored"_s);
    QCOMPARE(events->front().actor, u"anna"_s);
    QVERIFY(!QFileInfo::exists(target + u".restoring"_s));
}

void StateBackupTest::theFileIsPrivateAndOneThatTarReads()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const QString file = root.filePath(u"b.tar.zst"_s);
    QVERIFY(backUp(root.filePath(u"state"_s), file));
    QCOMPARE(QFileInfo(file).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
             QFile::ReadOwner | QFile::WriteOwner);
    QCOMPARE(QDir(root.path()).entryList(QDir::Files | QDir::Hidden), QStringList{u"b.tar.zst"_s});
    // Unpacked here, as `tar` takes a compressed file only where the program zstd is.
    auto archive = ArchiveReader::open(file);
    QVERIFY(archive);
    QStringList names;
    QByteArray manifest;
    while (true) {
        const auto entry = (*archive)->next();
        QVERIFY2(entry, qPrintable(whyNot(entry)));
        if (!*entry)
            break;
        names += (*entry)->name;
        QByteArray content;
        for (auto bytes = (*archive)->read(); bytes && !bytes->isEmpty(); bytes = (*archive)->read())
            content += *bytes;
        QCOMPARE(content.size(), (*entry)->sizeBytes);
        if ((*entry)->name == u"backup.json")
            manifest = content;
    }
    QCOMPARE(names, (QStringList{u"ledger.sqlite"_s, u"samples.sqlite"_s, u"ledger.head"_s, u"backup.json"_s}));
    const QJsonObject told = QJsonDocument::fromJson(manifest).object();
    QCOMPARE(told[u"workspace"].toString(), u"acme"_s);
    QCOMPARE(told[u"entries"].toInteger(), 20);
}

void StateBackupTest::takenWhileOthersWriteItIsOfOneInstant()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    std::atomic<bool> isOver{false};
    std::atomic<int> written{0};
    std::atomic<bool> isWriting{true};
    std::thread writer([&] {
        CareBench bench(root.filePath(u"state"_s));
        for (int i = 0; !isOver; ++i) {
            // A letter and the decision on it: never the one without the other.
            if (!bench.add(1'000 + i, 1, 4'000) || !bench.decide(1'000 + i, TriageState::Archived))
                isWriting = false;
            ++written;
        }
    });
    for (int round = 0; round < 6; ++round) {
        const int before = written;
        QTRY_VERIFY_WITH_TIMEOUT(written > before + 5, 30'000);
        const QString file = root.filePath(u"b%1.tar.zst"_s.arg(round));
        const auto report = backUp(root.filePath(u"state"_s), file);
        const QString target = root.filePath(u"restored%1"_s.arg(round));
        const auto restored = report ? restore(file, target) : Result<RestoreReport>(tl::unexpected(report.error()));
        if (!restored) {
            isOver = true;
            writer.join();
            QFAIL(qPrintable(restored.error().detail));
        }
        const auto check = checkStore(target, {}, {});
        const bool isSound = check && check->isSound() && check->isAsLedgerSays.value_or(false);
        // Every letter but the newest was decided on, once the rest of the ledger is applied.
        CareBench again(target);
        auto reader = Database::open(again.samplesFile(), Database::Access::Reader);
        const auto undecided = number(*reader, "SELECT count(*) FROM letter WHERE offset >= 1000 AND state = 'new'");
        const auto letters = number(*reader, "SELECT count(*) FROM letter WHERE offset >= 1000");
        const auto last = number(*reader, "SELECT ifnull(max(offset), 1000) - 999 FROM letter");
        if (!isSound || undecided > 1 || letters != last) {
            isOver = true;
            writer.join();
            QFAIL(qPrintable(u"%1 letters to %2, %3 undecided; %4"_s.arg(letters).arg(last).arg(undecided).arg(
                check ? storeCheckText(*check) : check.error().detail)));
        }
    }
    isOver = true;
    writer.join();
    QVERIFY(isWriting);
}

void StateBackupTest::anExistingFileStays()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const QString file = root.filePath(u"b.tar.zst"_s);
    QVERIFY(writeFile(file, "something else"));
    const auto refused = backUp(root.filePath(u"state"_s), file);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidConfig);
    QVERIFY(refused.error().detail.contains(u"--force"_s));
    QCOMPARE(contentOf(file), QByteArray("something else"));
    QVERIFY(backUp(root.filePath(u"state"_s), file, true));
    QVERIFY(restore(file, root.filePath(u"again"_s)));
}

void StateBackupTest::whatIsNotOnRecordIsNotWritten()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const auto refused = backUp(root.filePath(u"state"_s), root.filePath(u"b"_s), false, [](const BackupReport&) {
        return Status(fail(ErrorCode::Unreachable, u"the ledger is full"_s));
    });
    QCOMPARE(refused.error().detail, u"the ledger is full"_s);
    QCOMPARE(QDir(root.path()).entryList(QDir::Files | QDir::Hidden), QStringList());
}

void StateBackupTest::stoppedItLeavesNothing()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = backUp(
        root.filePath(u"state"_s), root.filePath(u"b"_s), false, [](const BackupReport&) { return Status(); },
        stop.get_token());
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
    QCOMPARE(QDir(root.path()).entryList(QDir::Files | QDir::Hidden), QStringList());
}

void StateBackupTest::killedItLeavesNoBackup()
{
    const QTemporaryDir root;
    {
        CareBench bench(root.filePath(u"state"_s));
        QVERIFY(bench.add(0, 3'000, 5'000));
    }
    QRandomGenerator random(20'261'127);
    for (int round = 0; round < 6; ++round) {
        ChildProcess child({u"--back-up"_s, root.filePath(u"state"_s), root.filePath(u"b"_s)});
        QCOMPARE(child.readLine(), QByteArray("begun"));
        (void)child.killWithin(random, 60);
        if (!QFileInfo::exists(root.filePath(u"b"_s)))
            continue;
        // It was quicker: then it is whole.
        const QString target = root.filePath(u"restored%1"_s.arg(round));
        const auto restored = restore(root.filePath(u"b"_s), target);
        QVERIFY2(restored, qPrintable(whyNot(restored)));
        QVERIFY(QFile::remove(root.filePath(u"b"_s)));
    }
    const auto after = backUp(root.filePath(u"state"_s), root.filePath(u"b"_s));
    QVERIFY2(after, qPrintable(whyNot(after)));
}

void StateBackupTest::thereHasToBeAState()
{
    const QTemporaryDir root;
    QCOMPARE(backUp(root.filePath(u"none"_s), root.filePath(u"b"_s)).error().code, ErrorCode::NotFound);
    QVERIFY(!QFileInfo::exists(root.filePath(u"none"_s)));
    QVERIFY(!QFileInfo::exists(root.filePath(u"b"_s)));
}

void StateBackupTest::itDoesNotLieInTheStateFolder()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const QByteArray before = contentOf(root.filePath(u"state/samples.sqlite"_s));
    for (const QString& name : {u"state/b.tar.zst"_s, u"state/samples.sqlite"_s, u"state/../state/ledger.head"_s})
        QCOMPARE(backUp(root.filePath(u"state"_s), root.filePath(name), true).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(contentOf(root.filePath(u"state/samples.sqlite"_s)), before);
}

void StateBackupTest::onlyAnEmptyFolderIsRestoredInto_data()
{
    QTest::addColumn<QString>("there");
    QTest::addColumn<bool>("isRestored");
    QTest::newRow("no folder") << QString() << true;
    QTest::newRow("an empty one") << u"."_s << true;
    QTest::newRow("one that was held, and nothing was collected") << u"lock"_s << true;
    QTest::newRow("samples") << u"samples.sqlite"_s << false;
    QTest::newRow("a ledger") << u"ledger.sqlite"_s << false;
    QTest::newRow("anything else") << u".hidden"_s << false;
}

void StateBackupTest::onlyAnEmptyFolderIsRestoredInto()
{
    QFETCH(const QString, there);
    QFETCH(const bool, isRestored);
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    QVERIFY(backUp(root.filePath(u"state"_s), root.filePath(u"b"_s)));
    const QString target = root.filePath(u"target"_s);
    if (!there.isEmpty()) {
        QVERIFY(QDir().mkpath(target));
        if (there != u".")
            QVERIFY(writeFile(target + u'/' + there, "there"));
    }
    const auto restored = restore(root.filePath(u"b"_s), target);
    QCOMPARE(restored.has_value(), isRestored);
    if (!isRestored) {
        QCOMPARE(restored.error().code, ErrorCode::InvalidConfig);
        QVERIFY(restored.error().detail.contains(there));
        QCOMPARE(contentOf(target + u'/' + there), QByteArray("there"));
    }
    QVERIFY(!QFileInfo::exists(target + u".restoring"_s));
    QCOMPARE(QFileInfo(target).permissions() & (QFile::ReadOther | QFile::ReadGroup),
             isRestored || there.isEmpty() ? QFile::Permissions()
                                           : QFileInfo(target).permissions() & (QFile::ReadOther | QFile::ReadGroup));
}

void StateBackupTest::aHeldFolderIsNotRestoredInto()
{
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    QVERIFY(backUp(root.filePath(u"state"_s), root.filePath(u"b"_s)));
    const auto holder = StateDirectory::hold(root.filePath(u"target"_s), u"a collector"_s);
    QVERIFY(holder);
    const auto refused = restore(root.filePath(u"b"_s), root.filePath(u"target"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    QVERIFY(refused.error().detail.contains(u"a collector"_s));
    QVERIFY(!QFileInfo::exists(root.filePath(u"target.restoring"_s)));
}

void StateBackupTest::aDamagedBackupIsNotRestored_data()
{
    QTest::addColumn<QString>("damage");
    for (const QString& damage : {u"cut in the middle"_s, u"its last byte is missing"_s, u"one bit is another"_s,
                                  u"empty"_s, u"a text file"_s, u"a database"_s})
        QTest::newRow(qPrintable(damage)) << damage;
}

void StateBackupTest::aDamagedBackupIsNotRestored()
{
    QFETCH(const QString, damage);
    const QTemporaryDir root;
    fill(root.filePath(u"state"_s));
    const QString file = root.filePath(u"b"_s);
    QVERIFY(backUp(root.filePath(u"state"_s), file));
    QByteArray bytes = contentOf(file);
    if (damage == u"cut in the middle")
        bytes.truncate(bytes.size() / 2);
    else if (damage == u"its last byte is missing")
        bytes.chop(1);
    else if (damage == u"one bit is another")
        bytes[bytes.size() * 2 / 3] = static_cast<char>(bytes[bytes.size() * 2 / 3] ^ 4);
    else if (damage == u"empty")
        bytes.clear();
    else if (damage == u"a text file")
        bytes = "not a backup\n";
    else
        bytes = contentOf(root.filePath(u"state/samples.sqlite"_s));
    QVERIFY(writeFile(file, bytes));
    const auto refused = restore(file, root.filePath(u"target"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Corrupt);
    QVERIFY2(refused.error().detail.contains(file), qPrintable(refused.error().detail));
    QVERIFY(!QFileInfo::exists(root.filePath(u"target"_s)));
    QVERIFY(!QFileInfo::exists(root.filePath(u"target.restoring"_s)));
}

void StateBackupTest::aRestoreThatWasKilledIsBegunAgain()
{
    const QTemporaryDir root;
    {
        CareBench bench(root.filePath(u"state"_s));
        QVERIFY(bench.add(0, 3'000, 5'000));
        QVERIFY(bench.decide(1, TriageState::Archived));
    }
    QVERIFY(backUp(root.filePath(u"state"_s), root.filePath(u"b"_s)));
    QRandomGenerator random(20'261'127);
    for (int round = 0; round < 8; ++round) {
        const QString target = root.filePath(u"target%1"_s.arg(round));
        ChildProcess child({u"--restore"_s, root.filePath(u"b"_s), target});
        QCOMPARE(child.readLine(), QByteArray("begun"));
        (void)child.killWithin(random, 80);
        if (!QFileInfo::exists(target + u"/samples.sqlite"_s)) {
            QVERIFY(!QFileInfo::exists(target + u"/ledger.sqlite"_s));
            const auto again = restore(root.filePath(u"b"_s), target);
            QVERIFY2(again, qPrintable(whyNot(again)));
        }
        const auto check = checkStore(target, {}, {});
        QVERIFY2(check && check->isSound(), qPrintable(check ? storeCheckText(*check) : check.error().detail));
    }
}

void StateBackupTest::anArchiveHasItsBytesBack()
{
    const QTemporaryDir root;
    QRandomGenerator random(7);
    QMap<QString, QByteArray> files;
    for (const qsizetype size : {0, 1, 511, 512, 513, 1'000'000, 3'000'000}) {
        QByteArray bytes(size, Qt::Uninitialized);
        for (char& byte : bytes)
            byte = static_cast<char>(random.bounded(256));
        files[u"f%1"_s.arg(size)] = bytes;
    }
    QFile file(root.filePath(u"a.tar.zst"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    {
        ArchiveWriter writer([&file](const QByteArray& bytes) {
            return file.write(bytes) == bytes.size() ? Status()
                                                     : Status(fail(ErrorCode::Unreachable, file.errorString()));
        });
        for (auto it = files.cbegin(); it != files.cend(); ++it) {
            QVERIFY(writer.begin(it.key(), it->size(), systemClock.now()));
            for (qsizetype at = 0; at < it->size(); at += 70'000)
                QVERIFY(writer.add(QByteArrayView(*it).sliced(at, std::min<qsizetype>(70'000, it->size() - at))));
            QVERIFY(writer.end());
        }
        QVERIFY(writer.finish());
    }
    file.close();
    auto reader = ArchiveReader::open(file.fileName());
    QVERIFY(reader);
    QMap<QString, QByteArray> read;
    for (auto entry = (*reader)->next(); entry && *entry; entry = (*reader)->next()) {
        QByteArray& content = read[(*entry)->name];
        for (auto bytes = (*reader)->read(); bytes && !bytes->isEmpty(); bytes = (*reader)->read())
            content += *bytes;
    }
    QCOMPARE(read, files);
}

void StateBackupTest::aFileOfManyGigabytesSaysItsSize()
{
    // More than eleven octal digits hold. Only its header: the rest would take as long as it is large.
    constexpr std::int64_t size = (std::int64_t{9} << 30) + 7;
    QByteArray packed;
    ArchiveWriter writer([&packed](const QByteArray& bytes) {
        packed += bytes;
        return Status();
    });
    QVERIFY(writer.begin(u"large"_s, size, systemClock.now()));
    QVERIFY(writer.finish());
    const QTemporaryDir root;
    QVERIFY(writeFile(root.filePath(u"a"_s), packed));
    const auto reader = ArchiveReader::open(root.filePath(u"a"_s));
    QVERIFY(reader);
    const auto entry = (*reader)->next();
    QVERIFY(entry && *entry);
    QCOMPARE((*entry)->sizeBytes, size);
}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    if (argc == 4 && qstrcmp(argv[1], "--back-up") == 0) {
        ChildProcess::report("begun");
        return backUp(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3])) ? 0 : 1;
    }
    if (argc == 4 && qstrcmp(argv[1], "--restore") == 0) {
        ChildProcess::report("begun");
        return restore(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3])) ? 0 : 1;
    }
    StateBackupTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_statebackup.moc"
