// SPDX-License-Identifier: GPL-3.0-or-later
// Care of the files from outside: backup and restore, check, prune and purge, alone and while a collector holds them.
#include "tests/app/ctl/ctl.h"
#include "tests/model/deadletter/storefixture.h"
#include "tests/support/filesearch.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray secret = "Wilhelmina-Quendelbeck";

} // namespace

class CtlStoreTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aBackupComesBackWhole();
    void aBackupIsTakenBesideACollector();
    void backupsThatCannotBe_data();
    void backupsThatCannotBe();
    void aCheckFindsWhatIsDamaged();
    void pruneSaysWhatItDrops();
    void anErasedLetterSaysSoEverywhere();
    void aCollectorErasesForOthers();
    void purgesThatCannotBe_data();
    void purgesThatCannotBe();

private:
    /// A workspace with ten letters in its store; the first names somebody. Its broker is not there.
    [[nodiscard]] std::unique_ptr<Scene> scene()
    {
        auto made = std::make_unique<Scene>();
        made->write(u"spillway.yaml"_s,
                    workspaceText({{u"orders"_s, deadAddress(), {u"dead_letters: [{ topic: orders.DLT }]"_s}}}));
        QDir().mkpath(made->state());
        QFile::setPermissions(made->state(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        StoreFixture fixture;
        std::vector<spillway::PreparedLetter> letters;
        for (int i = 0; i < 10; ++i)
            letters.push_back(StoreFixture::prepared(i, u"com.acme.E"_s, u"payments"_s));
        spillway::PreparedLetter& first = letters.front();
        first.record.value = "{\"customer\":\"" + secret + "\"}";
        first.record.headers.push_back({"who", secret});
        first.facts.errorMessage = u"no account for %1"_s.arg(QString::fromLatin1(secret));
        first.digest = recordDigest(first.record);
        m_id = StoreFixture::idOf(first);
        m_other = StoreFixture::idOf(letters[5]);
        fixture.add(letters);
        auto reader = fixture.reader();
        const std::string copy = (made->state() + u"/samples.sqlite"_s).toStdString();
        if (!reader.guarded([&](SQLite::Database& db) { db.exec("VACUUM INTO '" + copy + "'"); }))
            qFatal("the store cannot be copied");
        QFile::setPermissions(QString::fromStdString(copy), QFile::ReadOwner | QFile::WriteOwner);
        return made;
    }
    /// A collector that holds the state and serves.
    [[nodiscard]] static std::unique_ptr<RunningCtl> holder(const Scene& scene)
    {
        auto running = scene.start({u"collect"_s, u"--json"_s});
        if (!QTest::qWaitFor([&] { return QFile::exists(scene.state() + u"/socket"_s); }, 30'000))
            qFatal("nobody holds the state");
        return running;
    }
    [[nodiscard]] static std::vector<QJsonObject> audit(const Scene& scene)
    {
        return scene.ctl({u"audit"_s, u"export"_s}).lines();
    }

    QString m_id;
    QString m_other;
};

void CtlStoreTest::aBackupComesBackWhole()
{
    const auto here = scene();
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"triage"_s, m_other, u"--to"_s, u"archived"_s, u"--reason"_s, u"done"_s}), 0);
    const QString file = here->path(u"b.tar.zst"_s);
    const CtlOutput backup = here->ctl({u"store"_s, u"backup"_s, file, u"--json"_s});
    EXPECT_EXIT(backup, 0);
    const QJsonObject told = backup.object();
    QCOMPARE(fieldNames(told), (QStringList{u"bytes"_s, u"entries"_s, u"file"_s, u"head"_s, u"intact"_s,
                                            u"ledgerBytes"_s, u"samplesBytes"_s, u"takenAt"_s}));
    QCOMPARE(told[u"file"].toString(), file);
    QCOMPARE(told[u"bytes"].toInteger(), QFileInfo(file).size());
    QCOMPARE(told[u"entries"].toInteger(), 1);
    QVERIFY(isUtcTime(told[u"takenAt"]));
    QCOMPARE(audit(*here).back()[u"event"][u"action"].toString(), u"store.backedUp"_s);

    // A full folder is not overwritten, an empty one is filled.
    const CtlOutput refused = here->ctl({u"store"_s, u"restore"_s, file});
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.err.contains("is not empty"), refused.told());
    const QJsonArray before = here->ctl({u"dlq"_s, u"groups"_s, u"--json"_s}).array();
    QVERIFY(QDir(here->state()).removeRecursively());
    const CtlOutput restored = here->ctl({u"store"_s, u"restore"_s, file, u"--json"_s});
    EXPECT_EXIT(restored, 0);
    QCOMPARE(restored.object()[u"takenAt"], told[u"takenAt"]);
    QCOMPARE(restored.object()[u"state"].toString(), here->state());
    const std::vector<QJsonObject> letters = here->ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines();
    QCOMPARE(letters.size(), std::size_t{10});
    QCOMPARE(here->ctl({u"dlq"_s, u"show"_s, m_other, u"--json"_s}).object()[u"state"].toString(), u"archived"_s);
    QCOMPARE(here->ctl({u"dlq"_s, u"groups"_s, u"--json"_s}).array().size(), before.size());
    EXPECT_EXIT(here->ctl({u"store"_s, u"check"_s}), 0);
    EXPECT_EXIT(here->ctl({u"audit"_s, u"verify"_s}), 0);
    QCOMPARE(audit(*here).back()[u"event"][u"action"].toString(), u"store.restored"_s);
}

void CtlStoreTest::aBackupIsTakenBesideACollector()
{
    const auto here = scene();
    const auto collector = holder(*here);
    const CtlOutput backup = here->ctl({u"store"_s, u"backup"_s, here->path(u"b.tar.zst"_s)});
    EXPECT_EXIT(backup, 0);
    EXPECT(backup.out.contains("b.tar.zst"), backup.told());
    EXPECT_EXIT(here->ctl({u"store"_s, u"check"_s}), 0);
    // It went through the collector: the entry stands in its ledger.
    QCOMPARE(audit(*here).back()[u"event"][u"action"].toString(), u"store.backedUp"_s);
    const CtlOutput refused = here->ctl({u"store"_s, u"restore"_s, here->path(u"b.tar.zst"_s)});
    EXPECT_EXIT(refused, 2);
    collector->signal(SIGTERM);
    QVERIFY(collector->wait().exitCode >= 0);
    // What it wrote opens as well.
    const QString other = here->home() + u"/restored"_s;
    QStringList globals = here->globals();
    globals[globals.indexOf(u"--state"_s) + 1] = other;
    const CtlOutput restored =
        here->bare(globals + QStringList{u"store"_s, u"restore"_s, here->path(u"b.tar.zst"_s)}, here->folder());
    EXPECT_EXIT(restored, 0);
    EXPECT_EXIT(here->bare(globals + QStringList{u"store"_s, u"check"_s}, here->folder()), 0);
}

void CtlStoreTest::backupsThatCannotBe_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("a file that is there") << u"there"_s << 2 << QByteArray("--force");
    QTest::newRow("a folder that is not there") << u"none/b"_s << 3 << QByteArray("cannot be written");
    QTest::newRow("no file") << QString() << 2 << QByteArray("FILE");
}

void CtlStoreTest::backupsThatCannotBe()
{
    QFETCH(const QString, file);
    QFETCH(const int, exitCode);
    QFETCH(const QByteArray, words);
    const auto here = scene();
    here->write(u"there"_s, "mine");
    const CtlOutput output = here->ctl(file.isEmpty() ? QStringList{u"store"_s, u"backup"_s}
                                                      : QStringList{u"store"_s, u"backup"_s, here->path(file)});
    EXPECT_EXIT(output, exitCode);
    EXPECT(output.err.contains(words), output.told());
    QCOMPARE(here->read(u"there"_s), QByteArray("mine"));
}

void CtlStoreTest::aCheckFindsWhatIsDamaged()
{
    const auto here = scene();
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"triage"_s, m_other, u"--to"_s, u"archived"_s, u"--reason"_s, u"done"_s}), 0);
    const CtlOutput sound = here->ctl({u"store"_s, u"check"_s, u"--json"_s});
    EXPECT_EXIT(sound, 0);
    QCOMPARE(fieldNames(sound.object()), (QStringList{u"asLedgerSays"_s, u"data"_s, u"diskFreeBytes"_s, u"files"_s,
                                                      u"findings"_s, u"ledger"_s, u"notes"_s, u"sound"_s}));
    QCOMPARE(sound.object()[u"asLedgerSays"].toBool(), true);
    QFile samples(here->state() + u"/samples.sqlite"_s);
    QVERIFY(samples.open(QIODevice::ReadWrite));
    QVERIFY(samples.seek(0));
    QCOMPARE(samples.write(QByteArray(8'192, 'z')), 8'192);
    samples.close();
    const CtlOutput damaged = here->ctl({u"store"_s, u"check"_s});
    EXPECT_EXIT(damaged, 1);
    EXPECT(damaged.out.contains("samples.sqlite: ") && damaged.out.contains("not a database"), damaged.told());
    EXPECT(damaged.out.contains("1 finding"), damaged.told());
}

void CtlStoreTest::pruneSaysWhatItDrops()
{
    const auto here = scene();
    const CtlOutput dry = here->ctl({u"store"_s, u"prune"_s, u"--dry-run"_s, u"--json"_s});
    EXPECT_EXIT(dry, 0);
    QCOMPARE(dry.object()[u"dryRun"].toBool(), true);
    QCOMPARE(dry.object()[u"letters"].toInteger(), 0);
    QCOMPARE(dry.object()[u"maxBytes"].toInteger(), 20LL << 30); // without `retention` its defaults hold
    const CtlOutput done = here->ctl({u"store"_s, u"prune"_s, u"--compact"_s, u"--json"_s});
    EXPECT_EXIT(done, 0);
    QStringList names = fieldNames(done.object());
    QCOMPARE(names, fieldNames(dry.object()));
    QCOMPARE(done.object()[u"dryRun"].toBool(), false);
    QCOMPARE(done.object()[u"letters"].toInteger(), 0);
    QCOMPARE(here->ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines().size(), std::size_t{10}); // open ones stay
}

void CtlStoreTest::anErasedLetterSaysSoEverywhere()
{
    const auto here = scene();
    QVERIFY(!filesWith(here->state(), secret).isEmpty());
    const CtlOutput purge =
        here->ctl({u"store"_s, u"purge"_s, m_id.section(u'-', 0, 2), u"--reason"_s, u"ticket 12"_s, u"--json"_s});
    EXPECT_EXIT(purge, 0);
    QCOMPARE(fieldNames(purge.object()), (QStringList{u"backups"_s, u"by"_s, u"bytes"_s, u"erasedAt"_s, u"id"_s,
                                                      u"isNew"_s, u"left"_s, u"reason"_s, u"sameElsewhere"_s}));
    QCOMPARE(purge.object()[u"id"].toString(), m_id);
    QCOMPARE(purge.object()[u"left"].toArray(), QJsonArray());
    QCOMPARE(filesWith(here->state(), secret), QStringList());

    const CtlOutput shown = here->ctl({u"dlq"_s, u"show"_s, m_id});
    EXPECT_EXIT(shown, 0);
    EXPECT(shown.out.contains("erased by ") && shown.out.contains("ticket 12"), shown.told());
    const QJsonObject letter = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s}).object();
    QCOMPARE(letter[u"erased"][u"reason"].toString(), u"ticket 12"_s);
    QVERIFY(letter[u"value"].isNull() && letter[u"key"].isNull() && letter[u"errorMessage"].isNull());
    QCOMPARE(letter[u"headers"].toArray(), QJsonArray());
    const CtlOutput raw = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s});
    EXPECT_EXIT(raw, 2);
    QCOMPARE(raw.out, QByteArray());
    EXPECT(raw.err.contains("erased by ") && raw.err.contains("ticket 12"), raw.told());
    const CtlOutput diff = here->ctl({u"dlq"_s, u"diff"_s, m_id, m_other});
    EXPECT_EXIT(diff, 2);
    EXPECT(diff.err.contains("erased by "), diff.told());
    int erased = 0;
    for (const QJsonObject& row : here->ctl({u"dlq"_s, u"list"_s, u"--json"_s}).lines())
        erased += row[u"erased"].isObject() ? 1 : 0;
    QCOMPARE(erased, 1);
    EXPECT(here->ctl({u"dlq"_s, u"list"_s}).out.contains("erased"), "the list does not say so");
    const QString out = here->path(u"letters.csv"_s);
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"export"_s, u"--query"_s, u""_s, u"--out"_s, out}), 0);
    const QByteArray exported = here->read(u"letters.csv"_s);
    QVERIFY(exported.contains("erased by ") && !exported.contains(secret));
    const QJsonObject entry = audit(*here).front();
    QCOMPARE(entry[u"event"][u"action"].toString(), u"deadletter.purged"_s);
    QCOMPARE(entry[u"event"][u"reason"].toString(), u"ticket 12"_s);
    EXPECT(!here->ctl({u"audit"_s, u"export"_s}).out.contains(secret), "the ledger quotes it");

    const CtlOutput again = here->ctl({u"store"_s, u"purge"_s, m_id, u"--reason"_s, u"other"_s});
    EXPECT_EXIT(again, 0);
    EXPECT(again.out.contains("was erased before"), again.told());
    EXPECT_EXIT(here->ctl({u"store"_s, u"check"_s}), 0);
}

void CtlStoreTest::aCollectorErasesForOthers()
{
    const auto here = scene();
    const auto collector = holder(*here);
    const CtlOutput purge = here->ctl({u"store"_s, u"purge"_s, m_id, u"--reason"_s, u"ticket 12"_s});
    EXPECT_EXIT(purge, 0);
    EXPECT(purge.out.contains("erased payload, key, headers and message"), purge.told());
    QCOMPARE(filesWith(here->state(), secret), QStringList());
    EXPECT_EXIT(here->ctl({u"store"_s, u"prune"_s}), 0);
    EXPECT(collector->isRunning(), "the collector ended");
}

void CtlStoreTest::purgesThatCannotBe_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("no reason") << QStringList{u"ID"_s} << QByteArray("--reason");
    QTest::newRow("an empty reason") << QStringList{u"ID"_s, u"--reason"_s, u" "_s} << QByteArray("reason");
    QTest::newRow("no letter") << QStringList{u"00000000-0-1-00000000"_s, u"--reason"_s, u"r"_s}
                               << QByteArray("no dead letter");
    QTest::newRow("no id") << QStringList{u"hello"_s, u"--reason"_s, u"r"_s} << QByteArray("dlq list");
}

void CtlStoreTest::purgesThatCannotBe()
{
    QFETCH(QStringList, arguments);
    QFETCH(const QByteArray, words);
    const auto here = scene();
    arguments.replaceInStrings(u"ID"_s, m_id);
    const CtlOutput output = here->ctl(QStringList{u"store"_s, u"purge"_s} + arguments);
    EXPECT_EXIT(output, 2);
    EXPECT(output.err.contains(words), output.told());
    QVERIFY(!filesWith(here->state(), secret).isEmpty());
}

CTL_TEST_MAIN(CtlStoreTest)

#include "tst_ctl_store.moc"
