// SPDX-License-Identifier: GPL-3.0-or-later
// `cost validate` as scripts call it: findings on stdout, exit 1 on an error, 2 for a file that cannot be read.
#include "tests/app/ctl/ctl.h"
#include "tests/model/focus/focusfile.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

class FocusCommandTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aCleanFileNeedsNoWorkspace();
    void findingsAreAnArray();
    void findingsAreLines();
    void adviceIsNoFailure();
    void aVersionMayBeNamed();
    void whatCannotBeReadIsExitTwo_data();
    void whatCannotBeReadIsExitTwo();
};

void FocusCommandTest::aCleanFileNeedsNoWorkspace()
{
    const Scene scene;
    scene.write(u"good.csv"_s, goodFocusFile().bytes());
    const CtlOutput output = scene.bare({u"cost"_s, u"validate"_s, scene.path(u"good.csv"_s)}, scene.home());
    EXPECT_EXIT(output, 0);
    EXPECT(output.out.contains("0 errors"), output.told());
    const CtlOutput json = scene.bare({u"cost"_s, u"validate"_s, scene.path(u"good.csv"_s), u"--json"_s}, scene.home());
    EXPECT_EXIT(json, 0);
    QVERIFY(json.array().isEmpty());
}

void FocusCommandTest::findingsAreAnArray()
{
    const Scene scene;
    FocusFile file = goodFocusFile();
    file.rows[0]["ChargeClass"] = "Refund";
    file.drop("BilledCost");
    const QString name = scene.path(u"bad.csv"_s);
    scene.write(u"bad.csv"_s, file.bytes());
    const CtlOutput output = scene.bare({u"--json"_s, u"cost"_s, u"validate"_s, name}, scene.home());
    EXPECT_EXIT(output, 1);
    const std::vector<QJsonObject> rows = output.rows();
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(fieldNames(rows[0]),
             (QStringList{u"column"_s, u"field"_s, u"file"_s, u"line"_s, u"message"_s, u"rule"_s, u"severity"_s}));
    QCOMPARE(rows[0][u"file"].toString(), name);
    QCOMPARE(rows[0][u"rule"].toString(), u"CostAndUsage-D-006-M"_s);
    QCOMPARE(rows[1][u"rule"].toString(), u"ChargeClass-C-005-C"_s);
    QCOMPARE(integer(rows[1][u"line"]), 2);
}

void FocusCommandTest::findingsAreLines()
{
    const Scene scene;
    FocusFile file = goodFocusFile();
    file.rows[0]["BillingCurrency"] = "Euro";
    scene.write(u"bad.csv"_s, file.bytes());
    const CtlOutput output = scene.bare({u"cost"_s, u"validate"_s, u"bad.csv"_s}, scene.folder());
    EXPECT_EXIT(output, 1);
    EXPECT(output.out.startsWith("bad.csv:2:"), output.told());
    EXPECT(output.out.contains("write a code of ISO 4217 like EUR [BillingCurrency-C-003-M]\n"), output.told());
}

void FocusCommandTest::adviceIsNoFailure()
{
    const Scene scene;
    FocusFile file = goodFocusFile();
    file.add("x_Team", "payments");
    file.columns.move(file.columns.size() - 1, 0); // before those of FOCUS
    scene.write(u"so.csv"_s, file.bytes());
    const CtlOutput output = scene.bare({u"cost"_s, u"validate"_s, u"so.csv"_s}, scene.folder());
    EXPECT_EXIT(output, 0);
    EXPECT(output.out.contains("warning:"), output.told());
}

void FocusCommandTest::aVersionMayBeNamed()
{
    const Scene scene;
    scene.write(u"good.csv"_s, goodFocusFile().bytes());
    const CtlOutput output = scene.bare(
        {u"cost"_s, u"validate"_s, u"good.csv"_s, u"--focus-version"_s, u"1.3"_s, u"--json"_s}, scene.folder());
    EXPECT_EXIT(output, 1);
    QStringList missing;
    for (const QJsonObject& row : output.rows())
        missing += row[u"field"].toString();
    QVERIFY(missing.contains(u"HostProviderName"_s) && missing.contains(u"ServiceProviderName"_s));
}

void FocusCommandTest::whatCannotBeReadIsExitTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("no file") << QStringList{u"cost"_s, u"validate"_s};
    QTest::newRow("a file that is not there") << QStringList{u"cost"_s, u"validate"_s, u"none.csv"_s};
    QTest::newRow("a folder") << QStringList{u"cost"_s, u"validate"_s, u"."_s};
    QTest::newRow("a version that is none")
        << QStringList{u"cost"_s, u"validate"_s, u"x.csv"_s, u"--focus-version"_s, u"2"_s};
}

void FocusCommandTest::whatCannotBeReadIsExitTwo()
{
    QFETCH(QStringList, arguments);
    const Scene scene;
    scene.write(u"x.csv"_s, goodFocusFile().bytes());
    const CtlOutput output = scene.bare(arguments, scene.folder());
    EXPECT_EXIT(output, 2);
    QVERIFY(output.out.isEmpty());
    QVERIFY(!output.err.isEmpty());
}

CTL_TEST_MAIN(FocusCommandTest)
#include "tst_ctl_focus.moc"
