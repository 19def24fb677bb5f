// SPDX-License-Identifier: GPL-3.0-or-later
// What spillwayctl shows, prints raw and takes away in production and elsewhere, from a store that was filled before.
#include "tests/app/ctl/ctl.h"
#include "tests/model/deadletter/storefixture.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

const QByteArray payload = R"({"order_id":"4711","amount":10.50,"customer_id":"C-7","email":"joe@example.com"})";

} // namespace

class CtlMaskingTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void elsewhereNothingIsMasked();
    void productionShowsMarks();
    void rawIsALookBehindTheMarks();
    void whatCannotBePutOnRecordIsNotShown();
    void aLookBehindTheMarksIsOnRecord();
    void theRecordLeavesAsLinesOfTheCommonSchema();
    void exports_data();
    void exports();
    void exportsThatCannotBe();
    void whatPeopleWriteIsMaskedToo();
    void theWorkspacesOwnRules();

private:
    /// A workspace with one letter in its store.
    [[nodiscard]] std::unique_ptr<Scene> scene(const QString& environment)
    {
        auto made = std::make_unique<Scene>();
        made->write(u"spillway.yaml"_s, "version: 1\nname: shop\nenvironment: " + environment.toUtf8() + "\n");
        QDir().mkpath(made->state());
        QFile::setPermissions(made->state(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        {
            StoreFixture fixture;
            spillway::PreparedLetter letter = StoreFixture::prepared(1, u"com.acme.E"_s, u"payments"_s);
            letter.record.key = "joe@example.com";
            letter.record.value = payload;
            letter.record.headers.push_back({"Authorization", QByteArray("Basic am9lOng=")});
            letter.facts.errorMessage = u"no account for joe@example.com"_s;
            letter.digest = recordDigest(letter.record);
            m_id = StoreFixture::idOf(letter);
            fixture.add({letter});
            QFile::copy(fixture.file(), made->state() + u"/samples.sqlite"_s);
            for (const char* tail : {"-wal", "-shm"}) {
                const QString more = fixture.file() + QString::fromLatin1(tail);
                if (QFile::exists(more))
                    QFile::copy(more, made->state() + u"/samples.sqlite"_s + QString::fromLatin1(tail));
            }
        }
        return made;
    }
    [[nodiscard]] static QByteArray ledger(const Scene& scene)
    {
        QFile file(scene.state() + u"/ledger.sqlite"_s);
        QByteArray all = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        QFile log(scene.state() + u"/ledger.sqlite-wal"_s);
        return all + (log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray());
    }

    QString m_id;
};

void CtlMaskingTest::elsewhereNothingIsMasked()
{
    const auto here = scene(u"development"_s);
    const QJsonObject letter = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s}).object();
    QCOMPARE(letter[u"value"].toString().toUtf8(), payload);
    QCOMPARE(letter[u"key"].toString(), u"joe@example.com"_s);
    QVERIFY(!letter.contains(u"masking"));
    QCOMPARE(here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s}).out, payload);
    QVERIFY(here->ctl({u"check"_s}).out.contains("masking: off (development"));
}

void CtlMaskingTest::productionShowsMarks()
{
    const auto here = scene(u"production"_s);
    const QJsonObject letter = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s}).object();
    QCOMPARE(letter[u"value"].toString(),
             u"{\"order_id\":\"4711\",\"amount\":10.50,\"customer_id\":\"C-7\",\"email\":\"•••\"}"_s);
    QCOMPARE(letter[u"key"].toString(), u"•••"_s);
    QCOMPARE(letter[u"errorMessage"].toString(), u"no account for •••"_s);
    QCOMPARE(letter[u"masking"].toString(), u"parts"_s);
    QCOMPARE(letter[u"headers"].toArray().last().toObject()[u"value"].toString(), u"•••"_s);
    for (const QStringList& command :
         {QStringList{u"dlq"_s, u"show"_s, m_id},
          {u"dlq"_s, u"list"_s},
          {u"dlq"_s, u"list"_s, u"--json"_s},
          {u"dlq"_s, u"groups"_s},
          {u"dlq"_s, u"groups"_s, u"--json"_s},
          {u"dlq"_s, u"list"_s, u"--json"_s, u"--query"_s, u"payload.email=joe@example.com"_s}}) {
        const CtlOutput output = here->ctl(command);
        EXPECT_EXIT(output, 0);
        EXPECT(output.out.contains("com.acme.E") || output.out.contains("payments"), output.told());
        EXPECT(!output.out.contains("joe@example.com"), output.told());
    }
    QVERIFY(here->ctl({u"check"_s}).out.contains("masking: on, "));
}

void CtlMaskingTest::rawIsALookBehindTheMarks()
{
    const auto here = scene(u"production"_s);
    const CtlOutput raw = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s});
    EXPECT_EXIT(raw, 0);
    QCOMPARE(raw.out, payload);
    EXPECT(raw.err.contains("is on record"), raw.told());
    const CtlOutput because = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s, u"--reason"_s, u"ticket 12"_s});
    EXPECT_EXIT(because, 0);
    QCOMPARE(because.out, payload);
    const CtlOutput spelledOut =
        here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s, u"--reveal"_s, u"--reason"_s, u"ticket 13"_s});
    EXPECT_EXIT(spelledOut, 0);
    QCOMPARE(spelledOut.out, payload);
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"show"_s, m_id, u"--reason"_s, u"ticket 14"_s}), 2); // of what?

    QStringList reasons;
    for (const QJsonObject& event : here->ctl({u"audit"_s, u"export"_s}).lines()) {
        QCOMPARE(event[u"event"][u"action"].toString(), u"deadletter.revealed"_s);
        reasons += event[u"event"][u"reason"].toString();
    }
    QCOMPARE(reasons, (QStringList{u"dlq show --raw"_s, u"ticket 12"_s, u"ticket 13"_s}));
    QVERIFY(!ledger(*here).contains("joe@example.com"));
}

void CtlMaskingTest::whatCannotBePutOnRecordIsNotShown()
{
    const auto here = scene(u"production"_s);
    QVERIFY(QDir().mkpath(here->state() + u"/ledger.sqlite"_s)); // nothing can be written there
    const CtlOutput raw = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s});
    EXPECT_EXIT(raw, 3);
    QCOMPARE(raw.out, QByteArray());
    EXPECT(raw.err.contains("ledger.sqlite"), raw.told());
    // Elsewhere nothing is recorded, so nothing stands in the way.
    const auto open = scene(u"development"_s);
    QVERIFY(QDir().mkpath(open->state() + u"/ledger.sqlite"_s));
    QCOMPARE(open->ctl({u"dlq"_s, u"show"_s, m_id, u"--raw"_s}).out, payload);
}

void CtlMaskingTest::aLookBehindTheMarksIsOnRecord()
{
    const auto here = scene(u"production"_s);
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"show"_s, m_id, u"--reveal"_s}), 2);
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"show"_s, m_id, u"--reveal"_s, u"--reason"_s, u" "_s}), 2);
    QVERIFY(!ledger(*here).contains("deadletter.revealed"));
    const CtlOutput shown =
        here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s, u"--reveal"_s, u"--reason"_s, u"ticket 12"_s});
    QCOMPARE(shown.object()[u"value"].toString().toUtf8(), payload);
    QVERIFY(ledger(*here).contains("deadletter.revealed"));
    QVERIFY(!ledger(*here).contains("joe@example.com"));
    QVERIFY(here->ctl({u"audit"_s, u"verify"_s, u"--json"_s}).object()[u"intact"].toBool());
}

void CtlMaskingTest::theRecordLeavesAsLinesOfTheCommonSchema()
{
    const auto here = scene(u"production"_s);
    const CtlOutput before = here->ctl({u"audit"_s, u"export"_s});
    EXPECT_EXIT(before, 0);
    QCOMPARE(before.out, QByteArray());
    const CtlOutput shown = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--reveal"_s, u"--reason"_s, u"ticket 12"_s});
    EXPECT_EXIT(shown, 0);
    const CtlOutput parked =
        here->ctl({u"dlq"_s, u"triage"_s, m_id, u"--to"_s, u"parked"_s, u"--reason"_s, u"until Monday"_s});
    EXPECT_EXIT(parked, 0);

    const CtlOutput all = here->ctl({u"audit"_s, u"export"_s});
    EXPECT_EXIT(all, 0);
    const std::vector<QJsonObject> lines = all.lines();
    QStringList actions;
    for (const QJsonObject& line : lines)
        actions += line[u"event"][u"action"].toString();
    EXPECT(actions == (QStringList{u"deadletter.revealed"_s, u"deadletter.triaged"_s}), actions.join(u' ').toUtf8());
    QCOMPARE(lines[0][u"event"][u"reason"].toString(), u"ticket 12"_s);
    QCOMPARE(lines[1][u"labels"][u"workspace"].toString(), u"shop"_s);
    QVERIFY(!all.out.contains("joe@example.com"));

    const QString out = here->folder() + u"/audit.jsonl"_s;
    const CtlOutput rest = here->ctl({u"audit"_s, u"export"_s, u"--after"_s, u"1"_s, u"--out"_s, out});
    EXPECT_EXIT(rest, 0);
    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), all.out.mid(all.out.indexOf('\n') + 1));
    EXPECT_EXIT(here->ctl({u"audit"_s, u"export"_s, u"--out"_s, here->folder() + u"/no/such.jsonl"_s}), 3);
    EXPECT_EXIT(here->ctl({u"audit"_s, u"export"_s, u"--after"_s, u"-1"_s}), 2);

    // What somebody changed is told, and leaves all the same.
    QVERIFY(QFile::remove(here->state() + u"/ledger.head"_s));
    const CtlOutput broken = here->ctl({u"audit"_s, u"export"_s});
    EXPECT_EXIT(broken, 1);
    QCOMPARE(broken.out, all.out);
    EXPECT(broken.err.contains("breaks at entry 3"), broken.told());
}

void CtlMaskingTest::exports_data()
{
    QTest::addColumn<QString>("ending");
    for (const char* ending : {"jsonl", "csv", "xlsx"})
        QTest::newRow(ending) << QString::fromLatin1(ending);
}

void CtlMaskingTest::exports()
{
    QFETCH(QString, ending);
    const auto here = scene(u"production"_s);
    const QString file = here->path(u"out."_s + ending);
    const CtlOutput output = here->ctl(
        {u"dlq"_s, u"export"_s, u"--query"_s, u"\"joe@example.com\""_s, u"--out"_s, u"out."_s + ending, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject report = output.object();
    QCOMPARE(report[u"letters"].toInt(), 1);
    QCOMPARE(report[u"masked"].toInt(), 1);
    QVERIFY(QFile::exists(report[u"file"].toString()));
    QFile written(report[u"file"].toString());
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    QVERIFY(!bytes.contains("joe@example.com"));
    if (ending != u"xlsx")
        QVERIFY(bytes.contains("•••") && bytes.contains("4711"));
    QVERIFY(ledger(*here).contains("deadletter.exported"));
    QVERIFY(!ledger(*here).contains("joe@example.com")); // nor does the record repeat what was looked for
}

void CtlMaskingTest::exportsThatCannotBe()
{
    const auto here = scene(u"production"_s);
    const auto take = [&](const QString& query, const QString& out, const QStringList& more = {}) {
        return here->ctl(QStringList{u"dlq"_s, u"export"_s, u"--query"_s, query, u"--out"_s, out} + more);
    };
    EXPECT_EXIT(take(u""_s, u"/nowhere/x.csv"_s), 3);
    EXPECT_EXIT(take(u""_s, u"x.txt"_s), 2);
    EXPECT_EXIT(take(u"nosuch:field"_s, u"x.csv"_s), 2);
    EXPECT_EXIT(take(u""_s, u"x.csv"_s, {u"--reveal"_s}), 2);
    EXPECT_EXIT(here->ctl({u"dlq"_s, u"export"_s, u"--out"_s, u"x.csv"_s}), 2);
    QVERIFY(!ledger(*here).contains("deadletter.exported"));
}

void CtlMaskingTest::whatPeopleWriteIsMaskedToo()
{
    const auto here = scene(u"production"_s);
    const QString group = here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s}).object()[u"group"].toString();
    const QString said = u"joe@example.com called, password=hunter2"_s;
    const QString file = here->path(u"known.yaml"_s);
    const QString minutes = here->path(u"minutes.md"_s);
    for (const QStringList& command : {QStringList{u"dlq"_s, u"comment"_s, group, u"--text"_s, said},
                                       {u"dlq"_s, u"known"_s, u"set"_s, group, u"--kind"_s, u"business"_s, u"--cause"_s,
                                        said, u"--fix"_s, said, u"--reason"_s, said},
                                       {u"dlq"_s, u"known"_s, u"export"_s, u"--out"_s, file},
                                       {u"review"_s, u"open"_s},
                                       {u"review"_s, u"decide"_s, group, u"--decision"_s, u"fixFirst"_s, u"--note"_s,
                                        said, u"--action"_s, said, u"--who"_s, u"kim"_s},
                                       {u"review"_s, u"minutes"_s, u"--out"_s, minutes}}) {
        const CtlOutput output = here->ctl(command);
        EXPECT_EXIT(output, 0);
    }
    const auto read = [](const QString& name) {
        QFile opened(name);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    };
    for (const QByteArray& told :
         {read(file), read(minutes), here->ctl({u"dlq"_s, u"notes"_s, group}).out,
          here->ctl({u"dlq"_s, u"history"_s, group, u"--json"_s}).out, here->ctl({u"review"_s, u"agenda"_s}).out,
          here->ctl({u"review"_s, u"agenda"_s, u"--json"_s}).out,
          // The word is replaced, and told as the one before.
          here->ctl({u"review"_s, u"decide"_s, group, u"--decision"_s, u"watch"_s}).out,
          here->ctl({u"review"_s, u"agenda"_s}).out, here->ctl({u"review"_s, u"minutes"_s}).out}) {
        QVERIFY2(told.contains("••• called, password=•••"), told.constData());
        QVERIFY2(!told.contains("hunter2"), told.constData());
    }
    // What is decided, and what is taken back, says so with what people wrote.
    for (const QStringList& command :
         {QStringList{u"dlq"_s, u"link"_s, group, u"--url"_s, u"https://wiki.example/x"_s, u"--title"_s, said},
          {u"dlq"_s, u"undo"_s, u"--preview"_s},
          {u"dlq"_s, u"undo"_s, u"--reason"_s, u"wrong page"_s}}) {
        const CtlOutput output = here->ctl(command);
        EXPECT_EXIT(output, 0);
        EXPECT(!output.out.contains("hunter2") && !output.out.contains("joe@"), output.told());
    }
    QVERIFY(ledger(*here).contains("hunter2")); // as it was written
}

void CtlMaskingTest::theWorkspacesOwnRules()
{
    const auto here = scene(u"development"_s);
    here->write(u"masking.yaml"_s, "fields: [order_id]\nshow_fields: ['**.email']\ndefaults: false\n");
    QCOMPARE(here->ctl({u"dlq"_s, u"show"_s, m_id, u"--json"_s}).object()[u"value"].toString(),
             u"{\"order_id\":\"•••\",\"amount\":10.50,\"customer_id\":\"C-7\",\"email\":\"joe@example.com\"}"_s);
    here->write(u"masking.yaml"_s, "fields: [a..b]\npatterns: [emial]\n");
    const CtlOutput faulty = here->ctl({u"dlq"_s, u"show"_s, m_id});
    EXPECT_EXIT(faulty, 2);
    EXPECT(faulty.err.contains("masking.yaml:1:10: ") && faulty.err.contains("masking.yaml:2:12: "), faulty.told());
}

CTL_TEST_MAIN(CtlMaskingTest)
#include "tst_ctl_masking.moc"
