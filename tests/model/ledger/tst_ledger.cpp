// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/ledger.h"
#include "model/store/database.h"
#include "tests/support/manualclock.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>

#include <thread>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

const QString actor = u"ada"_s;
constexpr std::int64_t written = 6;

QByteArray body(std::int64_t number)
{
    return "{\"n\":" + QByteArray::number(static_cast<qlonglong>(number)) + ",\"why\":\"käse\"}";
}

/// SQL on the file, past every rule of ours, as a tamperer has it.
void tamper(const QString& file, const char* sql)
{
    SQLite::Database db(file.toStdString(), SQLite::OPEN_READWRITE);
    db.exec(
        "DROP TRIGGER event_is_not_changed; DROP TRIGGER event_is_not_removed; DROP TRIGGER event_is_not_replaced;");
    db.exec(sql);
}

QByteArray readAll(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(bytes);
}

} // namespace

class LedgerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void eventsComeBackInOrder();
    void theHashIsTheDocumentedOne();
    void aBatchIsAllOrNothing();
    void theFileRefusesChanges_data();
    void theFileRefusesChanges();
    void readingPagesAndFilters();
    void anEmptyLedgerIsIntact();
    void tamperingIsFound_data();
    void tamperingIsFound();
    void aTamperedLedgerIsNotAppendedTo_data();
    void aTamperedLedgerIsNotAppendedTo();
    void aHeadThatFellBehindIsNoTampering();
    void aLostHeadIsTampering();
    void itGoesOnAfterReopening();
    void manyThreadsAppendOneChain();
    void withoutAFileThereIsNothingToVerify();

private:
    void fill();

    std::unique_ptr<QTemporaryDir> m_root;
    QString m_file;
    QString m_head;
    test::ManualClock m_clock;
};

void LedgerTest::init()
{
    m_root = std::make_unique<QTemporaryDir>();
    m_file = m_root->filePath(u"ledger.sqlite"_s);
    m_head = m_root->filePath(u"ledger.head"_s);
}

void LedgerTest::fill()
{
    auto ledger = Ledger::open(m_file, m_clock);
    QVERIFY(ledger);
    for (std::int64_t i = 1; i <= written; ++i) {
        m_clock.advance(Millis{10});
        QVERIFY((*ledger)->append(actor, i % 2 == 0 ? u"replay.planned"_s : u"deadletter.triaged"_s, body(i)));
    }
}

void LedgerTest::eventsComeBackInOrder()
{
    auto ledger = Ledger::open(m_file, m_clock);
    QVERIFY2(ledger, qPrintable(ledger ? QString() : ledger.error().detail));
    const auto first = (*ledger)->append(actor, u"replay.planned"_s, body(1));
    QVERIFY(first);
    m_clock.advance(Millis{1});
    const auto more = (*ledger)->append({{actor, u"replay.sent"_s, body(2)}, {u"bob"_s, u"replay.done"_s, "{}"}});
    QVERIFY(more);
    QCOMPARE(more->size(), std::size_t{2});
    const auto all = (*ledger)->read(0, 10).value();
    QCOMPARE(all.size(), std::size_t{3});
    QCOMPARE(all[0].seq, 1);
    QCOMPARE(all[0].body, body(1));
    QCOMPARE(all[0].previousHash, QByteArray(32, '\0'));
    QCOMPARE(all[0].hash, first->hash);
    QCOMPARE(all[1].previousHash, all[0].hash);
    QCOMPARE(all[2].previousHash, all[1].hash);
    QCOMPARE(all[2].actor, u"bob"_s);
    QCOMPARE(all[2].type, u"replay.done"_s);
    QCOMPARE(all[2].at, m_clock.now());
    QCOMPARE(all[2].hash, more->back().hash);
    QCOMPARE((*ledger)->lastSeq().value(), 3);
    QCOMPARE(readAll(m_head), "3 " + all[2].hash.toHex() + '\n');
    QVERIFY((*ledger)->append({}).value().empty());
    QCOMPARE((*ledger)->lastSeq().value(), 3);
}

void LedgerTest::theHashIsTheDocumentedOne()
{
    m_clock.set(utcFromMs(0x0102030405));
    auto ledger = Ledger::open(m_file, m_clock);
    QVERIFY(ledger);
    const auto event = (*ledger)->append(u"ä"_s, u"t.x"_s, "{}").value();
    const QByteArray eight("\0\0\0\0\0\0\0\x08", 8);
    const QByteArray documented =
        eight + QByteArray("\0\0\0\0\0\0\0\x01", 8) + eight + QByteArray("\0\0\0\x01\x02\x03\x04\x05", 8) +
        QByteArray("\0\0\0\0\0\0\0\x02", 8) + "\xc3\xa4" + QByteArray("\0\0\0\0\0\0\0\x03", 8) + "t.x" +
        QByteArray("\0\0\0\0\0\0\0\x02", 8) + "{}" + QByteArray("\0\0\0\0\0\0\0\x20", 8) + QByteArray(32, '\0');
    QCOMPARE(event.hash, QCryptographicHash::hash(documented, QCryptographicHash::Sha256));
}

void LedgerTest::aBatchIsAllOrNothing()
{
    auto ledger = Ledger::open(m_file, m_clock);
    QVERIFY(ledger);
    QVERIFY((*ledger)->append(actor, u"a"_s, "{}"));
    for (const QByteArray& wrong : {QByteArray("{"), QByteArray("[]"), QByteArray(""), QByteArray("3")}) {
        const auto refused = (*ledger)->append({{actor, u"a"_s, "{}"}, {actor, u"b"_s, wrong}});
        QVERIFY2(!refused, wrong.constData());
        QCOMPARE(refused.error().code, ErrorCode::Internal);
    }
    QCOMPARE((*ledger)->lastSeq().value(), 1);
    QVERIFY(verifyLedger(m_file)->isIntact);
}

void LedgerTest::theFileRefusesChanges_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::newRow("an update") << QByteArray("UPDATE event SET actor = 'eve' WHERE seq = 2");
    QTest::newRow("a removal") << QByteArray("DELETE FROM event WHERE seq = 6");
    QTest::newRow("a replacement") << QByteArray("INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 2");
}

void LedgerTest::theFileRefusesChanges()
{
    QFETCH(QByteArray, sql);
    fill();
    SQLite::Database db(m_file.toStdString(), SQLite::OPEN_READWRITE);
    QVERIFY_EXCEPTION_THROWN(db.exec(sql.constData()), SQLite::Exception);
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification && verification->isIntact);
    QCOMPARE(verification->entries, written);
}

void LedgerTest::readingPagesAndFilters()
{
    fill();
    const auto page = readLedger(m_file, 2, 3).value();
    QCOMPARE(page.size(), std::size_t{3});
    QCOMPARE(page.front().seq, 3);
    const auto replays = readLedger(m_file, 0, 10, u"replay."_s).value();
    QCOMPARE(replays.size(), std::size_t{3});
    QCOMPARE(replays.back().seq, 6);
    QVERIFY(readLedger(m_file, 0, 10, u"replay_"_s).value().empty());
    QVERIFY(readLedger(m_file, written, 10).value().empty());
}

void LedgerTest::anEmptyLedgerIsIntact()
{
    QVERIFY(Ledger::open(m_file, m_clock));
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification);
    QVERIFY(verification->isIntact);
    QCOMPARE(verification->entries, 0);
    QCOMPARE(verification->head, QByteArray(32, '\0'));
    QCOMPARE(verification->firstBreak, std::nullopt);
    QVERIFY(Ledger::open(m_file, m_clock));
}

void LedgerTest::tamperingIsFound_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("head"); ///< replaces ledger.head when not empty
    QTest::addColumn<std::int64_t>("firstBreak");
    const auto row = [](const char* name, const char* sql, std::int64_t firstBreak, const QByteArray& head = {}) {
        QTest::newRow(name) << QByteArray(sql) << head << firstBreak;
    };
    row("a body was changed", "UPDATE event SET body = '{\"n\":9}' WHERE seq = 3", 3);
    row("an actor was changed", "UPDATE event SET actor = 'eve' WHERE seq = 1", 1);
    row("a type was changed", "UPDATE event SET type = 'replay.done' WHERE seq = 4", 4);
    row("a time was changed", "UPDATE event SET at_ms = at_ms + 1 WHERE seq = 6", 6);
    row("text moved from one field to the next",
        "UPDATE event SET actor = 'adad', type = substr(type, 2) WHERE seq = 3", 3);
    row("a hash was changed", "UPDATE event SET hash = zeroblob(32) WHERE seq = 2", 2);
    row("a link was changed", "UPDATE event SET previous_hash = zeroblob(32) WHERE seq = 2", 2);
    row("an event was removed from the middle", "DELETE FROM event WHERE seq = 3", 3);
    row("the first event was removed", "DELETE FROM event WHERE seq = 1", 1);
    row("the last event was removed", "DELETE FROM event WHERE seq = 6", 6);
    row("the second half was removed", "DELETE FROM event WHERE seq > 3", 4);
    row("everything was removed", "DELETE FROM event", 1);
    row("an event was removed and the rest moved up",
        "DELETE FROM event WHERE seq = 3; UPDATE event SET seq = seq - 1 WHERE seq > 3", 3);
    row("two events were exchanged",
        "UPDATE event SET seq = 99 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; UPDATE event SET seq = 3 "
        "WHERE seq = 99",
        2);
    row("an event was forged at the end",
        "INSERT INTO event SELECT 7, at_ms, 'eve', type, body, hash, zeroblob(32) FROM event WHERE seq = 6", 7);
    row("an event was copied to the end",
        "INSERT INTO event SELECT 7, at_ms, actor, type, body, previous_hash, hash FROM event WHERE seq = 6", 7);
    row("the head is not one", "SELECT 1", 7, "whatever\n");
    row("the head names another hash", "SELECT 1", 6, "6 " + QByteArray(64, 'a') + '\n');
    row("the head names the start with another hash", "SELECT 1", 7, "0 " + QByteArray(64, 'a') + '\n');
    row("the head names an event that never was", "SELECT 1", 7, "9 " + QByteArray(64, 'a') + '\n');
}

void LedgerTest::tamperingIsFound()
{
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, head);
    QFETCH(std::int64_t, firstBreak);
    fill();
    QVERIFY(verifyLedger(m_file)->isIntact);
    tamper(m_file, sql.constData());
    if (!head.isEmpty())
        writeAll(m_head, head);
    const auto verification = verifyLedger(m_file);
    QVERIFY2(verification, qPrintable(verification ? QString() : verification.error().detail));
    QVERIFY(!verification->isIntact);
    QCOMPARE(verification->firstBreak, std::optional(firstBreak));
    QVERIFY(!verification->finding.isEmpty());
}

void LedgerTest::aTamperedLedgerIsNotAppendedTo_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("its end was cut off") << QByteArray("DELETE FROM event WHERE seq = 6") << QByteArray();
    QTest::newRow("its end was rewritten")
        << QByteArray("UPDATE event SET hash = zeroblob(32) WHERE seq = 6") << QByteArray();
    QTest::newRow("its head is nonsense") << QByteArray("SELECT 1") << QByteArray("6\n");
}

void LedgerTest::aTamperedLedgerIsNotAppendedTo()
{
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, head);
    fill();
    tamper(m_file, sql.constData());
    if (!head.isEmpty())
        writeAll(m_head, head);
    const QByteArray before = readAll(m_head);
    const auto refused = Ledger::open(m_file, m_clock);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Corrupt);
    QVERIFY(refused.error().detail.contains(u"backup"_s));
    QCOMPARE(readAll(m_head), before);
    QVERIFY(!verifyLedger(m_file)->isIntact);
}

void LedgerTest::aHeadThatFellBehindIsNoTampering()
{
    fill();
    const QByteArray older = readAll(m_head);
    {
        auto ledger = Ledger::open(m_file, m_clock);
        QVERIFY(ledger);
        QVERIFY((*ledger)->append({{actor, u"a"_s, "{}"}, {actor, u"b"_s, "{}"}}));
    }
    const QByteArray newer = readAll(m_head);
    writeAll(m_head, older);
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification && verification->isIntact);
    QCOMPARE(verification->headBehindBy, 2);
    QVERIFY(Ledger::open(m_file, m_clock));
    QCOMPARE(readAll(m_head), newer);
    QCOMPARE(verifyLedger(m_file)->headBehindBy, 0);
}

void LedgerTest::aLostHeadIsTampering()
{
    fill();
    QVERIFY(QFile::remove(m_head));
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification && !verification->isIntact);
    QCOMPARE(verification->firstBreak, std::optional(written + 1));
    QVERIFY(!Ledger::open(m_file, m_clock));
    QVERIFY(!QFile::exists(m_head));
}

void LedgerTest::itGoesOnAfterReopening()
{
    fill();
    fill();
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification && verification->isIntact);
    QCOMPARE(verification->entries, 2 * written);
}

void LedgerTest::manyThreadsAppendOneChain()
{
    auto ledger = Ledger::open(m_file, m_clock);
    QVERIFY(ledger);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 25; ++n)
                    (void)(*ledger)->append({{actor, u"a"_s, body(n)}, {actor, u"b"_s, body(n)}});
            });
        }
    }
    const auto verification = verifyLedger(m_file);
    QVERIFY(verification && verification->isIntact);
    QCOMPARE(verification->entries, 200);
    QCOMPARE(verification->headBehindBy, 0);
    const auto events = (*ledger)->read(0, 1000).value();
    for (std::size_t i = 0; i < events.size(); i += 2)
        QCOMPARE(events[i].body, events[i + 1].body);
}

void LedgerTest::withoutAFileThereIsNothingToVerify()
{
    const auto verification = verifyLedger(m_file);
    QVERIFY(!verification);
    QCOMPARE(verification.error().code, ErrorCode::NotFound);
    QVERIFY(!QFile::exists(m_file));
}

QTEST_GUILESS_MAIN(LedgerTest)
#include "tst_ledger.moc"
