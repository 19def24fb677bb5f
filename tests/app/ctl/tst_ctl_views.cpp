// SPDX-License-Identifier: GPL-3.0-or-later
// Saved views on the command line: every command that takes a query takes a view, and faults in their files are named.
#include "tests/app/ctl/ctl.h"
#include "tests/model/deadletter/storefixture.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class CtlViewsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_scene.reset(); }
    void aViewAsksForItsLetters_data();
    void aViewAsksForItsLetters();
    void aViewIsWhatIsDecidedOn_data();
    void aViewIsWhatIsDecidedOn();
    void aPlanOfAView();
    void anExportOfAView();
    void viewsThatCannotBe_data();
    void viewsThatCannotBe();
    void faultsInFilesAreNamed();
    void whereNothingFitsItSaysSo_data();
    void whereNothingFitsItSaysSo();

private:
    [[nodiscard]] QStringList idsOf(const QString& query) const
    {
        QStringList ids;
        for (const QJsonObject& letter : m_scene->ctl({u"dlq"_s, u"list"_s, u"--json"_s, u"--query"_s, query}).lines())
            ids += letter[u"id"].toString();
        return ids;
    }

    std::unique_ptr<Scene> m_scene; ///< three letters of payments, two of orders; a view for each, one for all
};

void CtlViewsTest::init()
{
    m_scene = std::make_unique<Scene>();
    m_scene->write(u"spillway.yaml"_s,
                   workspaceText({{u"orders"_s, deadAddress(), {u"dead_letters: [{ topic: orders.DLT }]"_s}}}));
    m_scene->write(u"queries/pay.yaml"_s, "name: Pay\nquery: consumer:payments\ncolumns: [key, state]\nsort: -key\n");
    m_scene->write(u"queries/orders.yaml"_s, "name: The orders\nquery: consumer:orders OR consumer:nobody\n");
    m_scene->write(u"queries/all.yaml"_s, "name: All\npivot: [consumer, kind]\n");
    m_scene->write(u"queries/nobody.yaml"_s, "name: Nobody\nquery: consumer:nobody\n");
    QDir().mkpath(m_scene->state());
    QFile::setPermissions(m_scene->state(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    StoreFixture fixture;
    std::vector<spillway::PreparedLetter> letters;
    for (int i = 0; i < 5; ++i)
        letters.push_back(StoreFixture::prepared(i, u"com.acme.E"_s, i < 3 ? u"payments"_s : u"orders"_s));
    fixture.add(letters);
    auto reader = fixture.reader();
    const std::string copy = (m_scene->state() + u"/samples.sqlite"_s).toStdString();
    QVERIFY(reader.guarded([&](SQLite::Database& db) { db.exec("VACUUM INTO '" + copy + "'"); }));
    QFile::setPermissions(QString::fromStdString(copy), QFile::ReadOwner | QFile::WriteOwner);
}

void CtlViewsTest::aViewAsksForItsLetters_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("letters");
    QTest::newRow("one view") << QStringList{u"--view"_s, u"Pay"_s} << 3;
    QTest::newRow("an OR in the view stays in it")
        << QStringList{u"--view"_s, u"The orders"_s, u"--query"_s, u"key:order-3"_s} << 1;
    QTest::newRow("an OR in the query stays in it")
        << QStringList{u"--view"_s, u"Pay"_s, u"--query"_s, u"key:order-0 OR key:order-3"_s} << 1;
    QTest::newRow("a view of everything") << QStringList{u"--view"_s, u"All"_s} << 5;
}

void CtlViewsTest::aViewAsksForItsLetters()
{
    QFETCH(QStringList, words);
    QFETCH(int, letters);
    EXPECT(int(m_scene->ctl(QStringList{u"dlq"_s, u"list"_s, u"--json"_s} + words).lines().size()) == letters,
           m_scene->ctl(QStringList{u"dlq"_s, u"list"_s} + words).told());
    const auto counted = [&](const QStringList& command, const QString& field) {
        int sum = 0;
        for (const QJsonObject& row : m_scene->ctl(command + QStringList{u"--json"_s} + words).rows())
            sum += row[field].toInt();
        return sum;
    };
    QCOMPARE(counted({u"dlq"_s, u"groups"_s}, u"count"_s), letters);
    QCOMPARE(counted({u"dlq"_s, u"pivot"_s, u"--by"_s, u"team"_s}, u"count"_s), letters);
    EXPECT_EXIT(m_scene->ctl(QStringList{u"dlq"_s, u"kinds"_s} + words), 0);
}

void CtlViewsTest::aViewIsWhatIsDecidedOn_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("state");
    QTest::newRow("triage") << u"dlq triage --view Pay --to parked --reason x"_s << u"parked"_s;
    QTest::newRow("assign") << u"dlq assign --view Pay --to kim --reason x"_s << u"assigned"_s;
    QTest::newRow("archive") << u"dlq archive --view Pay --reason x"_s << u"archived"_s;
    QTest::newRow("rescue, where nothing points anywhere") << u"dlq rescue --view Pay"_s << u"new"_s;
    QTest::newRow("split") << u"dlq split --view Pay --title Mine --reason x"_s << u"new"_s;
}

void CtlViewsTest::aViewIsWhatIsDecidedOn()
{
    QFETCH(QString, command);
    QFETCH(QString, state);
    const QStringList words = command.split(u' ');
    const QStringList others = idsOf(u"state:new consumer:orders"_s);
    const CtlOutput output = m_scene->ctl(words + QStringList{u"--json"_s});
    EXPECT_EXIT(output, 0);
    QCOMPARE(idsOf(u"consumer:payments state:"_s + state).size(), 3);
    if (words[1] == u"split"_s)
        QCOMPARE(output.object()[u"changed"].toInt(), 3);
    QCOMPARE(idsOf(u"state:new consumer:orders"_s), others);
}

void CtlViewsTest::aPlanOfAView()
{
    const auto plan = [&](const QString& view) {
        return m_scene->ctl({u"replay"_s, u"plan"_s, u"--view"_s, view, u"--to"_s, u"orders"_s, u"--out"_s,
                             m_scene->path(u"plan.json"_s)});
    };
    const CtlOutput nobody = plan(u"Nobody"_s);
    EXPECT_EXIT(nobody, 0);
    EXPECT(nobody.out.contains(": 0 messages"), nobody.told());
    EXPECT_EXIT(plan(u"Pay"_s), 3); // there are some, and their broker is not there
}

void CtlViewsTest::anExportOfAView()
{
    const QString out = m_scene->path(u"out.jsonl"_s);
    const CtlOutput taken = m_scene->ctl({u"dlq"_s, u"export"_s, u"--view"_s, u"Pay"_s, u"--out"_s, out, u"--json"_s});
    EXPECT_EXIT(taken, 0);
    QCOMPARE(taken.object()[u"letters"].toInt(), 3);
    // What left is on record with the query that found it, not with a name whose file may change.
    const CtlOutput record = m_scene->ctl({u"audit"_s, u"export"_s});
    EXPECT(record.out.contains("consumer:payments"), record.told());
}

void CtlViewsTest::viewsThatCannotBe_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QString& command, const QString& says) {
        QTest::newRow(name) << command.split(u' ') << says;
    };
    row("a view that is not there", u"dlq list --view Pya"_s, u"there are: All, Nobody, Pay, The orders"_s);
    row("of a decision", u"dlq archive --view Pya --reason x"_s, u"there is no saved view 'Pya'"_s);
    row("a fault in what is typed, by its own column", u"dlq archive --view Pay --reason x --query foo:1"_s,
        u"column 1"_s);
    row("an array at the root, without its dot", u"dlq list --query payload[0].sku=7"_s, u"write payload.[0].sku"_s);
    row("beside an id", u"dlq triage g0123456789ab --view Pay --to parked --reason x"_s, u"do not go together"_s);
    row("neither", u"dlq triage --to parked --reason x"_s, u"an ID, --query or --view is missing"_s);
    row("an export of nothing in particular", u"dlq export --out x.csv"_s, u"--query is missing"_s);
    row("everything that is missing, at once", u"dlq export"_s, u"--out is missing"_s);
    row("a view without its name", u"dlq export --out x.csv --view"_s, u"--view lacks its value"_s);
}

void CtlViewsTest::viewsThatCannotBe()
{
    QFETCH(QStringList, words);
    QFETCH(QString, says);
    const CtlOutput refused = m_scene->ctl(words);
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.errorText().contains(says), refused.told());
    QCOMPARE(idsOf(u"state:new"_s).size(), 5);
}

void CtlViewsTest::faultsInFilesAreNamed()
{
    m_scene->write(u"queries/odd.yaml"_s, "name: Odd\ncolumns: [key, nope]\nsort: -later\npivot: [nope]\n");
    const int nobodyAnswers = 3; // the scene's broker, which check asks too, is none
    for (const auto& [command, exit] :
         {std::pair{QStringList{u"check"_s}, nobodyAnswers}, std::pair{QStringList{u"dlq"_s, u"views"_s}, 2}}) {
        const CtlOutput told = m_scene->ctl(command);
        EXPECT_EXIT(told, exit);
        for (const QString& fault :
             {u"odd.yaml:2:16: there is no column 'nope'"_s, u"odd.yaml:3:7: there is no column 'later'"_s,
              u"odd.yaml:4:9: there is no field to count by 'nope'"_s})
            EXPECT(told.errorText().contains(fault), told.told());
    }
    EXPECT_EXIT(m_scene->ctl({u"dlq"_s, u"list"_s, u"--view"_s, u"Odd"_s}), 2);
    EXPECT_EXIT(m_scene->ctl({u"dlq"_s, u"list"_s, u"--view"_s, u"Pay"_s}), 0); // it stops nothing but itself
}

void CtlViewsTest::whereNothingFitsItSaysSo_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("hint");
    QTest::newRow("nothing to hint at") << u"key:nobody"_s << QString();
    QTest::newRow("or in small letters") << u"key:order-1 or key:order-2"_s
                                         << u"\"or\" is looked for as a word; the operator is OR"_s;
    QTest::newRow("two of them") << u"(Not key:x) and key:y"_s
                                 << u"\"Not\" is looked for as a word; the operator is NOT; \"and\" is looked"_s;
    QTest::newRow("in quotes it is meant") << u"\"this \\\" or that\" key:x"_s << QString();
    QTest::newRow("within a word it is none") << u"order key:x"_s << QString();
    QTest::newRow("a sign of other languages")
        << u"key:x || key:y"_s << u"\"||\" is looked for as a word; the operator is OR"_s;
    QTest::newRow("what tables print where no team is told")
        << u"-(-team:unknown)"_s << u"\"unknown\" is looked for as a name; -team~^ finds what has no team"_s;
    QTest::newRow("a star") << u"key:order-*"_s << u"* is a character like any other in \"order-*\""_s;
    QTest::newRow("a star of an expression") << u"key~nothing*here"_s << QString();
}

void CtlViewsTest::whereNothingFitsItSaysSo()
{
    QFETCH(QString, query);
    QFETCH(QString, hint);
    for (const QStringList& command : {QStringList{u"dlq"_s, u"list"_s}, QStringList{u"dlq"_s, u"groups"_s},
                                       QStringList{u"dlq"_s, u"pivot"_s, u"--by"_s, u"team"_s}}) {
        const CtlOutput output = m_scene->ctl(command + QStringList{u"--query"_s, query});
        EXPECT_EXIT(output, 0);
        QCOMPARE(output.out, QByteArray("No dead letter fits the query.\n"));
        EXPECT(hint.isEmpty() ? output.err.isEmpty() : output.errorText().contains(hint), output.told());
    }
    const CtlOutput lines = m_scene->ctl({u"dlq"_s, u"list"_s, u"--json"_s, u"--query"_s, query});
    EXPECT_EXIT(lines, 0);
    QCOMPARE(lines.out, QByteArray());
    EXPECT(hint.isEmpty() ? lines.err.isEmpty() : lines.errorText().contains(hint), lines.told());
}

CTL_TEST_MAIN(CtlViewsTest)
#include "tst_ctl_views.moc"
