// SPDX-License-Identifier: GPL-3.0-or-later
// The article's calculator on the article's catalog, to four decimals, in every format: the numbers were worked out by
// hand from the article's constants.
#include "tests/app/ctl/ctl.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QMap>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

struct TeamCost
{
    const char* team;
    const char* storage;
    const char* network;
    const char* compute;
    const char* registry;
    const char* total;
};

constexpr TeamCost article[] = {
    {"payment-team", "0.1215", "0.0087", "0.0790", "0.0200", "0.2292"},
    {"inventory-team", "0.1215", "0.0087", "0.0790", "0.0200", "0.2292"},
    {"analytics-team", "0.1173", "0.0084", "0.0750", "0.0100", "0.2107"},
    {"order-team", "0.1215", "0.0087", "0.0000", "0.0200", "0.1502"},
    {"ml-team", "0.0081", "0.0006", "0.0125", "0.0100", "0.0312"},
    {"notification-team", "0.0081", "0.0006", "0.0125", "0.0100", "0.0312"},
    {"user-team", "0.0081", "0.0006", "0.0000", "0.0100", "0.0187"},
};
constexpr auto articleTotal = "0.9005";

QString four(double amount)
{
    return QString::number(amount, 'f', 4);
}

void writeArticle(const Scene& scene)
{
    scene.write(u"spillway.yaml"_s,
                workspaceText({{.name = u"orders"_s, .bootstrap = u"127.0.0.1:9"_s}}, u"development"_s,
                              {u"ownership: schemas/_meta/ownership.yaml"_s, u"catalog: event-catalog.yaml"_s}));
    for (const QString& name : {u"schemas/_meta/ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QFile file(spillway::test::sourceFile(u"tests/data/article/"_s) + name);
        EXPECT(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        scene.write(name, file.readAll());
    }
}

} // namespace

class CostTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theArticlesTableInJson_data();
    void theArticlesTableInJson();
    void theArticlesTableInCsv();
    void theArticlesTableInText();
    void amountsAddUp();
    void theFileHoldsWhatStdoutWould_data();
    void theFileHoldsWhatStdoutWould();
    void datesCountDays();
    void everyPolicyIsTheSameBill();
    void anInvoiceIsKeptOnceAndIsTheBill();
    void aCorrectedInvoiceTakesTheOthersPlace();
    void answersGoWhereTheyAreSent_data();
    void answersGoWhereTheyAreSent();
    void formsThatAnAnswerHasNotAreRefused_data();
    void formsThatAnAnswerHasNotAreRefused();
    void manyShortCommandsAtOnceAllSucceed();
    void questionsBesidesTheBill_data();
    void questionsBesidesTheBill();
    void budgetsStandInTheProfile();
    void aForecastKnowsWhatDayItIs_data();
    void aForecastKnowsWhatDayItIs();
    void whereNothingCanBePricedNothingIsZero();
    void savingsLeaveAsAPatchThatGitApplies();
    void whatIfKeepsTheInvoicesFactors();
    void allFaultsOfOptionsAtOnce();
    void zonesAreWrittenOneWay_data();
    void zonesAreWrittenOneWay();
};

void CostTest::theArticlesTableInJson_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("the profile by name") << u"cost --profile seed --json"_s;
    QTest::newRow("the profile by default") << u"cost --json"_s;
    QTest::newRow("as a format") << u"cost --profile seed --format json"_s;
}

void CostTest::theArticlesTableInJson()
{
    QFETCH(QString, line);
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl(line.split(u' '));
    EXPECT_EXIT(output, 0);
    const QJsonObject report = output.object();
    for (const QString& field : {u"currency"_s, u"period"_s, u"from"_s, u"to"_s, u"teams"_s, u"total"_s,
                                 u"unattributed"_s, u"idle"_s, u"basis"_s})
        EXPECT(report.contains(field), qPrintable(field));
    QCOMPARE(report[u"currency"_s].toString(), u"USD"_s);
    QCOMPARE(report[u"period"_s].toString(), u"day"_s);
    QVERIFY(report[u"from"_s].isNull() && report[u"to"_s].isNull());
    EXPECT(report[u"total"_s].isDouble(), "amounts are numbers");
    QCOMPARE(four(report[u"total"_s].toDouble()), QString::fromLatin1(articleTotal));

    QMap<QString, QJsonObject> teams;
    const QJsonArray rows = report[u"teams"_s].toArray();
    for (const QJsonValue& row : rows)
        teams[row[u"team"_s].toString()] = row.toObject();
    QCOMPARE(teams.size(), qsizetype{7});
    for (const TeamCost& expected : article) {
        const QJsonObject row = teams.value(QString::fromLatin1(expected.team));
        QCOMPARE(four(row[u"storage"_s].toDouble()), QString::fromLatin1(expected.storage));
        QCOMPARE(four(row[u"network"_s].toDouble()), QString::fromLatin1(expected.network));
        QCOMPARE(four(row[u"compute"_s].toDouble()), QString::fromLatin1(expected.compute));
        QCOMPARE(four(row[u"registry"_s].toDouble()), QString::fromLatin1(expected.registry));
        QCOMPARE(four(row[u"total"_s].toDouble()), QString::fromLatin1(expected.total));
    }
}

void CostTest::theArticlesTableInCsv()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl({u"cost"_s, u"--profile"_s, u"seed"_s, u"--format"_s, u"csv"_s});
    EXPECT_EXIT(output, 0);
    const QStringList lines = QString::fromUtf8(output.out).remove(u'\r').split(u'\n', Qt::SkipEmptyParts);
    EXPECT(lines.size() >= 8, output.told());
    const QStringList header = lines.first().toLower().split(u',');
    const auto column = [&](const QString& name) { return header.indexOf(name); };
    for (const QString& name : {u"team"_s, u"storage"_s, u"network"_s, u"compute"_s, u"registry"_s, u"total"_s})
        EXPECT(column(name) >= 0, output.told());
    for (const TeamCost& expected : article) {
        QStringList found;
        for (const QString& line : lines) {
            const QStringList cells = line.split(u',');
            if (cells.value(column(u"team"_s)) == QString::fromLatin1(expected.team))
                found = cells;
        }
        EXPECT(!found.isEmpty(), expected.team);
        const auto amount = [&](const QString& name) { return four(found.value(column(name)).toDouble()); };
        QCOMPARE(amount(u"storage"_s), QString::fromLatin1(expected.storage));
        QCOMPARE(amount(u"network"_s), QString::fromLatin1(expected.network));
        QCOMPARE(amount(u"compute"_s), QString::fromLatin1(expected.compute));
        QCOMPARE(amount(u"registry"_s), QString::fromLatin1(expected.registry));
        QCOMPARE(amount(u"total"_s), QString::fromLatin1(expected.total));
    }
}

void CostTest::theArticlesTableInText()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl({u"cost"_s, u"--profile"_s, u"seed"_s});
    EXPECT_EXIT(output, 0);
    const QStringList lines = QString::fromUtf8(output.out).split(u'\n');
    for (const TeamCost& expected : article) {
        const bool stands = std::any_of(lines.begin(), lines.end(), [&](const QString& line) {
            return line.contains(QString::fromLatin1(expected.team)) &&
                   line.contains(QString::fromLatin1(expected.storage)) &&
                   line.contains(QString::fromLatin1(expected.total));
        });
        EXPECT(stands, output.told() + "\nteam: " + expected.team);
    }
    EXPECT(output.out.contains(articleTotal), output.told());
    EXPECT(output.out.contains("USD") || output.out.contains('$'), output.told());
}

void CostTest::amountsAddUp()
{
    const Scene scene;
    writeArticle(scene);
    const QJsonObject report = scene.ctl({u"cost"_s, u"--json"_s}).object();
    const auto micros = [](const QJsonValue& amount) { return std::llround(amount.toDouble() * 1'000'000); };
    long long sum = micros(report[u"unattributed"_s]) + micros(report[u"idle"_s]);
    const QJsonArray rows = report[u"teams"_s].toArray();
    for (const QJsonValue& row : rows) {
        long long parts = 0;
        const QJsonObject fields = row.toObject();
        for (auto field = fields.begin(); field != fields.end(); ++field) {
            if (field.key() != u"total"_s && field->isDouble())
                parts += micros(*field);
        }
        QCOMPARE(parts, micros(row[u"total"_s]));
        sum += micros(row[u"total"_s]);
    }
    QCOMPARE(sum, micros(report[u"total"_s]));
}

void CostTest::theFileHoldsWhatStdoutWould_data()
{
    QTest::addColumn<QString>("format");
    QTest::newRow("text") << u"text"_s;
    QTest::newRow("json") << u"json"_s;
    QTest::newRow("csv") << u"csv"_s;
}

void CostTest::theFileHoldsWhatStdoutWould()
{
    QFETCH(QString, format);
    const Scene scene;
    writeArticle(scene);
    const QString file = scene.path(u"report"_s);
    const CtlOutput toFile = scene.ctl({u"cost"_s, u"--format"_s, format, u"--out"_s, file});
    EXPECT_EXIT(toFile, 0);
    QCOMPARE(scene.read(u"report"_s), scene.ctl({u"cost"_s, u"--format"_s, format}).out);

    const CtlOutput nowhere =
        scene.ctl({u"cost"_s, u"--format"_s, format, u"--out"_s, scene.path(u"no/such/folder/report"_s)});
    EXPECT_EXIT(nowhere, 3);
    EXPECT(nowhere.err.contains("no/such/folder/report"), nowhere.told());
}

void CostTest::datesCountDays()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output =
        scene.ctl({u"cost"_s, u"--json"_s, u"--from"_s, u"2026-11-01"_s, u"--to"_s, u"2026-11-11"_s});
    EXPECT_EXIT(output, 0);
    const QJsonObject report = output.object();
    EXPECT(report[u"from"_s].toString().startsWith(u"2026-11-01"_s), output.told());
    EXPECT(report[u"to"_s].toString().startsWith(u"2026-11-1"_s), output.told());
    EXPECT(report[u"period"_s].toString() != u"day"_s, output.told());
    const double days = report[u"total"_s].toDouble() / 0.90051868277788;
    EXPECT(std::abs(days - 10) < 0.001 || std::abs(days - 11) < 0.001, output.told());
}

void CostTest::everyPolicyIsTheSameBill()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl({u"cost"_s, u"compare"_s, u"--json"_s});
    EXPECT_EXIT(output, 0);
    const QJsonArray policies = output.object()[u"policies"_s].toArray();
    QCOMPARE(policies.size(), qsizetype{6});
    for (const QJsonValue& policy : policies) {
        double sum = policy[u"idle"_s].toDouble() + policy[u"unattributed"_s].toDouble();
        const QJsonArray teams = policy[u"teams"_s].toArray();
        for (const QJsonValue& team : teams)
            sum += team[u"total"_s].toDouble();
        EXPECT(std::abs(sum - policy[u"total"_s].toDouble()) < 1e-9, output.told());
        QCOMPARE(four(sum), QString::fromLatin1(articleTotal));
    }
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"--policy"_s, u"nobody"_s}), 2);
}

void CostTest::anInvoiceIsKeptOnceAndIsTheBill()
{
    const Scene scene;
    writeArticle(scene);
    scene.write(u"october.csv"_s, "from,to,component,amount,currency\n2026-10-01,2026-10-31,compute,10.50,USD\n"
                                  "2026-10-01,2026-10-31,tax,1.234567,USD\n");
    const QStringList import{u"cost"_s, u"invoice"_s, u"import"_s, scene.path(u"october.csv"_s), u"--json"_s};
    const CtlOutput first = scene.ctl(import);
    EXPECT_EXIT(first, 0);
    EXPECT(first.object()[u"imported"_s].toBool(), first.told());
    const CtlOutput second = scene.ctl(import);
    EXPECT_EXIT(second, 0);
    EXPECT(!second.object()[u"imported"_s].toBool(true), second.told());
    const CtlOutput bill =
        scene.ctl({u"cost"_s, u"--json"_s, u"--from"_s, u"2026-10-01"_s, u"--to"_s, u"2026-10-31"_s});
    EXPECT_EXIT(bill, 0);
    EXPECT(std::abs(bill.object()[u"total"_s].toDouble() - 11.734567) < 1e-9, bill.told());
    // Teams, idle and unattributed are the bill, with what no model explains.
    double sum = bill.object()[u"idle"_s].toDouble() + bill.object()[u"unattributed"_s].toDouble();
    for (const QJsonValue& team : bill.object()[u"teams"_s].toArray())
        sum += team[u"total"].toDouble();
    EXPECT(std::abs(sum - 11.734567) < 1e-9, bill.told());
    const CtlOutput list = scene.ctl({u"cost"_s, u"invoice"_s, u"list"_s, u"--json"_s});
    QCOMPARE(list.array().size(), qsizetype{1});
    const CtlOutput modelled =
        scene.ctl({u"cost"_s, u"--json"_s, u"--modelled"_s, u"--from"_s, u"2026-10-01"_s, u"--to"_s, u"2026-10-31"_s});
    EXPECT(std::abs(modelled.object()[u"total"_s].toDouble() - 31 * 0.90051868277788) < 1e-5, modelled.told());
    const CtlOutput card = scene.ctl({u"scorecard"_s, u"--json"_s});
    EXPECT_EXIT(card, 0);
    const QJsonArray items = card.array();
    const auto error = std::find_if(items.begin(), items.end(), [](const QJsonValue& row) {
        return row[u"item"].toString() == u"calibration-error" && row[u"scope"].toString() == u"all";
    });
    EXPECT(error != items.end(), card.told());
    EXPECT(std::abs((*error)[u"value"].toDouble() - 100 * (31 * 0.90051868277788 / 11.734567 - 1)) < 1e-3, card.told());
}

void CostTest::aCorrectedInvoiceTakesTheOthersPlace()
{
    const Scene scene;
    writeArticle(scene);
    const QByteArray header = "from,to,component,amount,currency\n2026-10-01,2026-10-31,total,";
    scene.write(u"october.csv"_s, header + "1000,USD\n");
    scene.write(u"corrected.csv"_s, header + "1100,USD\n");
    const auto import = [&](const QString& file) {
        return scene.ctl({u"cost"_s, u"invoice"_s, u"import"_s, scene.path(file), u"--json"_s});
    };
    const auto octoberCosts = [&] {
        const CtlOutput bill =
            scene.ctl({u"cost"_s, u"--json"_s, u"--from"_s, u"2026-10-01"_s, u"--to"_s, u"2026-10-31"_s});
        return bill.object()[u"total"_s].toDouble();
    };
    const CtlOutput first = import(u"october.csv"_s);
    EXPECT_EXIT(first, 0);
    EXPECT(first.object()[u"overlaps"_s].toArray().isEmpty() && first.err.isEmpty(), first.told());
    const QString id = first.object()[u"invoice"_s].toString();
    const CtlOutput second = import(u"corrected.csv"_s);
    EXPECT_EXIT(second, 0);
    const QJsonArray overlaps = second.object()[u"overlaps"_s].toArray();
    QCOMPARE(overlaps.size(), qsizetype{1});
    QCOMPARE(overlaps[0][u"invoice"].toString(), id);
    EXPECT(second.errorText().contains(u"total of 2026-10-01 to 2026-10-31 is invoiced by october.csv"_s),
           second.told());
    EXPECT(second.errorText().contains(u"cost invoice remove %1 --reason"_s.arg(id)), second.told());
    QCOMPARE(octoberCosts(), 2100.0);

    const QStringList remove{u"cost"_s, u"invoice"_s, u"remove"_s, id, u"--json"_s};
    EXPECT_EXIT(scene.ctl(remove), 2); // without a reason
    EXPECT_EXIT(scene.ctl(remove + QStringList{u"--reason"_s, u" "_s}), 2);
    QCOMPARE(octoberCosts(), 2100.0);
    const CtlOutput removed = scene.ctl(remove + QStringList{u"--reason"_s, u"corrected by the provider"_s});
    EXPECT_EXIT(removed, 0);
    EXPECT(removed.object()[u"removed"_s].toBool(), removed.told());
    QCOMPARE(octoberCosts(), 1100.0);
    QCOMPARE(scene.ctl({u"cost"_s, u"invoice"_s, u"list"_s, u"--json"_s}).array().size(), qsizetype{1});
    EXPECT_EXIT(scene.ctl(remove + QStringList{u"--reason"_s, u"again"_s}), 2);
    EXPECT_EXIT(scene.ctl({u"audit"_s, u"verify"_s}), 0);
    const CtlOutput told = scene.ctl({u"audit"_s, u"export"_s, u"--type"_s, u"cost.invoiceRemoved"_s});
    EXPECT(told.out.contains("corrected by the provider"), told.told());
}

void CostTest::answersGoWhereTheyAreSent_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isJson");
    for (const char* answer : {"unit", "lines", "compare", "what-if", "forecast", "anomalies"})
        QTest::addRow("%s into a text", answer) << u"cost %1"_s.arg(QLatin1String(answer)) << u"a.txt"_s << false;
    QTest::newRow("unit into a .json") << u"cost unit"_s << u"a.json"_s << true;
    QTest::newRow("lines, --json, into any name") << u"cost lines --json"_s << u"a.dat"_s << true;
    QTest::newRow("changes, by --format")
        << u"cost changes --from 2026-10-01 --to 2026-10-07 --format json"_s << u"a"_s << true;
    QTest::newRow("text is asked for a .json") << u"cost compare --format text"_s << u"a.json"_s << false;
}

void CostTest::answersGoWhereTheyAreSent()
{
    QFETCH(QString, line);
    QFETCH(QString, file);
    QFETCH(bool, isJson);
    const Scene scene;
    writeArticle(scene);
    const QStringList words = line.split(u' ');
    const CtlOutput written = scene.ctl(words + QStringList{u"--out"_s, scene.path(file)});
    EXPECT_EXIT(written, 0);
    EXPECT(written.out.isEmpty(), written.told());
    const CtlOutput printed = scene.ctl(isJson && !line.contains(u"json"_s) ? words + QStringList{u"--json"_s} : words);
    EXPECT(!printed.out.isEmpty(), printed.told());
    QCOMPARE(scene.read(file), printed.out);
    if (isJson)
        EXPECT(!printed.object().isEmpty(), "one document");
}

void CostTest::formsThatAnAnswerHasNotAreRefused_data()
{
    QTest::addColumn<QString>("line");
    QTest::newRow("unit costs as CSV") << u"cost unit --format csv"_s;
    QTest::newRow("unit costs into a .csv") << u"cost unit --out F.csv"_s;
    QTest::newRow("lines into a workbook") << u"cost lines --out F.xlsx"_s;
    QTest::newRow("a forecast on paper") << u"cost forecast --format pdf"_s;
    QTest::newRow("advice as FOCUS") << u"cost savings --format focus"_s;
    QTest::newRow("commands in a .csv") << u"cost savings --out F.csv"_s;
    QTest::newRow("the list of invoices into a file") << u"cost invoice list --out F.txt"_s;
    QTest::newRow("findings of a cost file into a file") << u"cost validate F --out F.txt"_s;
    QTest::newRow("findings of a cost file as CSV") << u"cost validate F --format csv"_s;
}

void CostTest::formsThatAnAnswerHasNotAreRefused()
{
    QFETCH(QString, line);
    const Scene scene;
    writeArticle(scene);
    QStringList words = line.split(u' ');
    for (QString& word : words) {
        if (word.startsWith(u'F'))
            word = scene.path(word);
    }
    const CtlOutput refused = scene.ctl(words);
    EXPECT_EXIT(refused, 2);
    EXPECT(refused.out.isEmpty() && !refused.err.isEmpty(), refused.told());
    for (const QString& file : {u"F.csv"_s, u"F.txt"_s, u"F.xlsx"_s})
        QVERIFY(!QFile::exists(scene.path(file)));
}

void CostTest::manyShortCommandsAtOnceAllSucceed()
{
    const Scene scene;
    writeArticle(scene);
    constexpr int many = 8;
    std::vector<std::unique_ptr<RunningCtl>> running;
    for (int at = 0; at < many; ++at) {
        const QString file = u"invoice-%1.csv"_s.arg(at);
        scene.write(file, "from,to,component,amount,currency\n2026-10-01,2026-10-31,compute," +
                              QByteArray::number(at + 1) + ",USD\n");
        running.push_back(scene.start({u"cost"_s, u"invoice"_s, u"import"_s, scene.path(file), u"--json"_s}));
    }
    for (const auto& each : running) {
        const CtlOutput output = each->wait();
        EXPECT_EXIT(output, 0);
        EXPECT(output.object()[u"imported"_s].toBool(), output.told());
    }
    const CtlOutput bill =
        scene.ctl({u"cost"_s, u"--json"_s, u"--from"_s, u"2026-10-01"_s, u"--to"_s, u"2026-10-31"_s});
    EXPECT(std::abs(bill.object()[u"total"_s].toDouble() - many * (many + 1) / 2) < 1e-9, bill.told());
}

void CostTest::questionsBesidesTheBill_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("field");
    QTest::newRow("changes") << u"cost changes --from 2026-10-01 --to 2026-10-07 --json"_s << u"changes"_s;
    QTest::newRow("anomalies") << u"cost anomalies --json"_s << u"anomalies"_s;
    QTest::newRow("a forecast") << u"cost forecast --from 2026-09-01 --to 2026-10-20 --budget 20 --json"_s
                                << u"month"_s;
    QTest::newRow("unit costs") << u"cost unit --json"_s << u"events"_s;
    QTest::newRow("what if") << u"cost what-if --volume 200 --json"_s << u"then"_s;
    QTest::newRow("savings") << u"cost savings --json"_s << u"savings"_s;
}

void CostTest::questionsBesidesTheBill()
{
    QFETCH(QString, line);
    QFETCH(QString, field);
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl(line.split(u' '));
    EXPECT_EXIT(output, 0);
    EXPECT(output.object().contains(field), output.told());
    if (field == u"month") { // twenty days and eleven to come, at a constant 0.9005 a day
        EXPECT(std::abs(output.object()[u"month"_s].toDouble() - 31 * 0.90051868277788) < 1e-4, output.told());
        QCOMPARE(output.object()[u"isOverBudget"_s].toBool(), true);
        // no sample was ever taken: days do not vary, and no band can be told
        EXPECT(output.object()[u"low"_s].isNull() && output.object()[u"high"_s].isNull(), output.told());
        QCOMPARE(output.object()[u"measuredDays"_s].toInt(-1), 0);
    }
    if (field == u"anomalies") {
        QCOMPARE(output.object()[u"measuredDays"_s].toInt(-1), 0);
        QCOMPARE(output.object()[u"neededDays"_s].toInt(-1), 56);
        const CtlOutput told = scene.ctl({u"cost"_s, u"anomalies"_s});
        EXPECT(told.out.contains("cannot be told yet") && told.out.contains("Samples cover 0 of the 143 days"),
               told.told());
    }
}

namespace {

constexpr auto housePrices = "profiles:\n  house:\n    currency: EUR\n    effective_from: 2020-01-01\n"
                             "    source: a test\n    quantities: declared\n"
                             "    budget: { monthly: 31, teams: { order-team: 0.5, user-team: 1000 } }\n"
                             "    components:\n"
                             "      storage: { rate: 0.10, unit: GiB-Day }\n      network: { rate: 0.05, unit: GiB }\n"
                             "      compute: { rate: 0.50, unit: Million-Events }\n"
                             "      registry: { rate: 0.01, unit: Entry-Day }\n"
                             "      requests: { rate: 1, unit: Million-Requests } # billed one by one\n";

void writeHouse(const Scene& scene)
{
    writeArticle(scene);
    scene.write(u"spillway.yaml"_s, scene.read(u"spillway.yaml"_s) + "pricing: pricing.yaml\n");
    scene.write(u"pricing.yaml"_s, housePrices);
}

} // namespace

void CostTest::budgetsStandInTheProfile()
{
    const Scene scene;
    writeHouse(scene);
    const QStringList question = u"cost forecast --from 2026-09-01 --to 2026-10-20 --json"_s.split(u' ');
    const CtlOutput output = scene.ctl(question);
    EXPECT_EXIT(output, 0);
    const QJsonObject forecast = output.object();
    QCOMPARE(forecast[u"budget"_s].toDouble(), 31.0);
    QCOMPARE(forecast[u"isOverBudget"_s].toBool(), forecast[u"month"_s].toDouble() > 31);
    const QJsonArray teams = forecast[u"teams"_s].toArray();
    QCOMPARE(teams.size(), qsizetype{2});
    QCOMPARE(teams[0][u"team"].toString(), u"order-team"_s);
    QCOMPARE(teams[0][u"budget"].toDouble(), 0.5);
    EXPECT(teams[0][u"isOverBudget"].toBool() && !teams[1][u"isOverBudget"].toBool(true), output.told());
    // A name that nobody bears hides whoever is meant.
    const QByteArray prices = scene.read(u"pricing.yaml"_s);
    scene.write(u"pricing.yaml"_s, QByteArray(prices).replace("order-team: 0.5", "ordre-team: 0.5"));
    const QJsonObject stranger = scene.ctl(question).object()[u"teams"_s][0].toObject();
    QCOMPARE(stranger[u"team"_s].toString(), u"ordre-team"_s);
    EXPECT(stranger[u"month"_s].isNull() && stranger[u"isOverBudget"_s].isNull(), "nobody's budget is not kept");
    EXPECT(scene.ctl(u"cost forecast --from 2026-09-01 --to 2026-10-20"_s.split(u' ')).out.contains("no such team"),
           "text");
    scene.write(u"pricing.yaml"_s, prices);
    // The option goes before the file's.
    QCOMPARE(scene.ctl(question + QStringList{u"--budget"_s, u"1"_s}).object()[u"budget"_s].toDouble(), 1.0);
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"forecast"_s, u"--budget"_s, u"-3"_s}), 2);

    scene.write(u"pricing.yaml"_s, scene.read(u"pricing.yaml"_s).replace("monthly: 31", "monthly: lots"));
    const CtlOutput faulty = scene.ctl(question);
    EXPECT_EXIT(faulty, 2);
    EXPECT(
        faulty.err.contains("pricing.yaml:7:24: 'monthly' of budget of profile 'house' is no amount; write a decimal"),
        faulty.told());
}

void CostTest::aForecastKnowsWhatDayItIs_data()
{
    QTest::addColumn<QString>("days");
    QTest::addColumn<QString>("said");
    QTest::newRow("of a month that is over") << u"--from 2020-01-01 --to 2020-02-10"_s << u"was to cost"_s;
    QTest::newRow("and where to see what it did cost")
        << u"--from 2020-01-01 --to 2020-02-10"_s << u"That month is over"_s;
    QTest::newRow("of days that have not been")
        << u"--from 2190-12-01 --to 2190-12-10"_s << u"from 2190-12-01 on have not been"_s;
}

void CostTest::aForecastKnowsWhatDayItIs()
{
    QFETCH(QString, days);
    QFETCH(QString, said);
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output = scene.ctl(QStringList{u"cost"_s, u"forecast"_s} + days.split(u' '));
    EXPECT_EXIT(output, 0);
    EXPECT(output.out.contains(said.toUtf8()), output.told());
}

void CostTest::whereNothingCanBePricedNothingIsZero()
{
    const Scene scene;
    writeArticle(scene);
    scene.write(u"event-catalog.yaml"_s, "catalog: []\n");
    const CtlOutput bill = scene.ctl({u"cost"_s, u"--json"_s});
    EXPECT_EXIT(bill, 0);
    EXPECT(bill.object().value(u"total"_s).isNull(), bill.told());
    const CtlOutput forecast = scene.ctl({u"cost"_s, u"forecast"_s});
    EXPECT_EXIT(forecast, 2);
    EXPECT(forecast.err.contains("no event can be priced"), forecast.told());
}

void CostTest::savingsLeaveAsAPatchThatGitApplies()
{
    const Scene scene;
    writeHouse(scene);
    const CtlOutput advice = scene.ctl({u"cost"_s, u"savings"_s, u"--json"_s});
    EXPECT_EXIT(advice, 0);
    const QJsonArray found = advice.object()[u"savings"_s].toArray();
    EXPECT(found.size() == 1 && found[0][u"id"].toString() == u"batching:all"_s, advice.told());
    const CtlOutput simulated = scene.ctl({u"cost"_s, u"savings"_s, u"--simulate"_s, u"batching:all"_s, u"--json"_s});
    EXPECT_EXIT(simulated, 0);

    const QByteArray before = scene.read(u"pricing.yaml"_s);
    const CtlOutput patch = scene.ctl({u"cost"_s, u"savings"_s, u"--patch"_s, u"-"_s});
    EXPECT_EXIT(patch, 0);
    EXPECT(
        patch.out.contains("\n-      requests: { rate: 1, unit: Million-Requests } # billed one by one\n"
                           "+      requests: { rate: 1, unit: Million-Requests, records_per_request: 100 } # billed"),
        patch.told());
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"savings"_s, u"--patch"_s, scene.path(u"savings.patch"_s)}), 0);
    QCOMPARE(scene.read(u"savings.patch"_s), patch.out);
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"savings"_s, u"--patch"_s, scene.path(u"no/such/folder/x"_s)}), 3);
    QCOMPARE(scene.read(u"pricing.yaml"_s), before);
    QProcess git;
    git.setWorkingDirectory(scene.folder());
    git.start(u"git"_s, {u"apply"_s, u"savings.patch"_s});
    EXPECT(git.waitForFinished() && git.exitCode() == 0, git.readAllStandardError());
    const QByteArray byGit = scene.read(u"pricing.yaml"_s);
    QVERIFY(byGit != before);
    const CtlOutput after = scene.ctl({u"cost"_s, u"--json"_s});
    QCOMPARE(after.object()[u"total"_s].toDouble(), simulated.object()[u"after"_s].toDouble());

    // The same by ourselves, and only on request.
    scene.write(u"pricing.yaml"_s, before);
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"savings"_s, u"--apply"_s}), 2);
    const CtlOutput applied = scene.ctl({u"cost"_s, u"savings"_s, u"--simulate"_s, u"batching:all"_s, u"--apply"_s});
    EXPECT_EXIT(applied, 0);
    EXPECT(applied.err.contains("linger.ms"), applied.told()); // what no file holds is said
    QCOMPARE(scene.read(u"pricing.yaml"_s), byGit);
    // Nothing is left to edit: no patch, as git takes none that changes nothing.
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"savings"_s, u"--patch"_s, scene.path(u"empty.patch"_s)}), 0);
    QVERIFY(!QFile::exists(scene.path(u"empty.patch"_s)));
}

void CostTest::whatIfKeepsTheInvoicesFactors()
{
    const Scene scene;
    writeHouse(scene);
    scene.write(u"october.csv"_s, "from,to,component,amount,currency\n2026-10-01,2026-10-31,compute,1000,EUR\n"
                                  "2026-10-01,2026-10-31,tax,7,EUR\n");
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"invoice"_s, u"import"_s, scene.path(u"october.csv"_s)}), 0);
    const QStringList days = u"--from 2026-10-01 --to 2026-10-31 --json"_s.split(u' ');
    const QJsonObject bill = scene.ctl(QStringList{u"cost"_s} + days).object();
    const CtlOutput twice = scene.ctl(QStringList{u"cost"_s, u"what-if"_s, u"--volume"_s, u"200"_s} + days);
    EXPECT_EXIT(twice, 0);
    const QJsonObject answer = twice.object();
    QCOMPARE(answer[u"now"_s].toDouble(), bill[u"total"_s].toDouble());
    EXPECT(answer[u"isCalibrated"_s].toBool(), twice.told());
    for (const QJsonValue& component : answer[u"components"_s].toArray()) {
        if (component[u"component"].toString() == u"compute"_s)
            EXPECT(std::abs(component[u"then"].toDouble() - 2000) < 1e-5, twice.told());
    }
    const QJsonObject plain =
        scene.ctl(QStringList{u"cost"_s, u"what-if"_s, u"--volume"_s, u"200"_s, u"--modelled"_s} + days).object();
    QCOMPARE(plain[u"isCalibrated"_s].toBool(true), false);
    EXPECT_EXIT(scene.ctl({u"cost"_s, u"what-if"_s, u"--volume"_s, u"-1"_s}), 2);
    EXPECT(scene.ctl({u"cost"_s, u"what-if"_s, u"--copies"_s, u"3"_s}).out.contains("storage"), "text");
}

void CostTest::allFaultsOfOptionsAtOnce()
{
    const Scene scene;
    writeArticle(scene);
    const CtlOutput output =
        scene.ctl(u"cost --from x --to y --time-zone Q --profile no --policy some --idle maybe"_s.split(u' '));
    EXPECT_EXIT(output, 2);
    for (const char* fault : {"'x' is no day", "'y' is no day", "'Q' is no time zone",
                              "--profile: there is no pricing profile", "some", "maybe"})
        EXPECT(output.err.contains(fault), output.told());
    EXPECT(!output.err.contains("spillway.yaml:1:1"), output.told());
    const CtlOutput ending = scene.ctl({u"cost"_s, u"--out"_s, scene.path(u"bill.docx"_s)});
    EXPECT_EXIT(ending, 2);
    EXPECT(ending.err.contains(".docx; write .csv"), ending.told());
    QVERIFY(!QFile::exists(scene.path(u"bill.docx"_s)));
    QCOMPARE(scene.ctl({u"cost"_s, u"invoice"_s, u"list"_s, u"--json"_s}).array().size(), qsizetype{0});
}

void CostTest::zonesAreWrittenOneWay_data()
{
    QTest::addColumn<QString>("zone");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("by its name") << u"Europe/Berlin"_s << 0;
    QTest::newRow("in small letters") << u"europe/berlin"_s << 0;
    QTest::newRow("east of UTC") << u"+02:00"_s << 0;
    QTest::newRow("west of UTC") << u"-03:30"_s << 0;
    QTest::newRow("a sign that means two things") << u"UTC+2"_s << 2;
    QTest::newRow("no zone") << u"Mars/Base"_s << 2;
}

void CostTest::zonesAreWrittenOneWay()
{
    QFETCH(QString, zone);
    QFETCH(int, exitCode);
    const Scene scene;
    writeArticle(scene);
    // --time-zone=: a dash in front would be an option
    const CtlOutput output = scene.ctl(
        {u"cost"_s, u"--from"_s, u"2026-11-01"_s, u"--to"_s, u"2026-11-02"_s, u"--time-zone="_s + zone, u"--json"_s});
    EXPECT_EXIT(output, exitCode);
    if (exitCode == 0)
        EXPECT(std::abs(output.object()[u"total"_s].toDouble() - 2 * 0.90051868277788) < 1e-5, output.told());
}

CTL_TEST_MAIN(CostTest)
#include "tst_ctl_cost.moc"
