// SPDX-License-Identifier: GPL-3.0-or-later
// Our judgement of FOCUS 1.2 files beside that of the FinOps Foundation's own validator (packaging/peers validator).
#include "model/focus/focusjudge.h"
#include "tests/model/focus/focusfile.h"
#include "tests/model/focus/foundation.h"

#include <QBuffer>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

QSet<QString> ourColumns(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    const auto report = judgeFocus(buffer, FocusVersion::V1_2);
    QSet<QString> columns;
    for (const FocusFinding& finding : report ? report->findings : std::vector<FocusFinding>())
        columns += finding.field;
    return columns;
}

} // namespace

class FocusPeerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatTheFoundationFindsWeFind_data();
    void whatTheFoundationFindsWeFind();
};

void FocusPeerTest::whatTheFoundationFindsWeFind_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("columns");    ///< what both must name
    QTest::addColumn<QStringList>("overlooked"); ///< what only we name: it does not look into lists of words
    const auto row = [](const char* name, const std::function<void(FocusFile&)>& change, const QStringList& columns,
                        const QStringList& overlooked = {}) {
        FocusFile file = goodFocusFile();
        file.rows += file.rows[0];
        change(file);
        QTest::newRow(name) << file.bytes() << columns << overlooked;
    };
    row("a good file", [](FocusFile&) {}, {});
    row("no mandatory cost", [](FocusFile& file) { file.drop("BilledCost"); }, {u"BilledCost"_s});
    row("numbers and currencies that are none",
        [](FocusFile& file) {
            file.rows[0]["EffectiveCost"] = "abc";
            file.rows[1]["BillingCurrency"] = "EURO";
        },
        {u"EffectiveCost"_s, u"BillingCurrency"_s});
    row("nulls where there must be a value",
        [](FocusFile& file) {
            file.rows[0]["ProviderName"] = "";
            file.rows[0]["ServiceName"] = "";
            file.rows[1]["PricingUnit"] = "";
            file.rows[1]["BillingAccountId"] = "";
        },
        {u"ProviderName"_s, u"ServiceName"_s, u"PricingUnit"_s, u"BillingAccountId"_s});
    row("words that the standard does not list",
        [](FocusFile& file) {
            file.rows[0]["ChargeCategory"] = "Storage";
            file.rows[0]["ChargeClass"] = "Refund";
            file.rows[1]["ServiceCategory"] = "Messaging";
        },
        {u"ChargeClass"_s}, {u"ChargeCategory"_s, u"ServiceCategory"_s});
    row("instants that are none", [](FocusFile& file) { file.rows[0]["ChargePeriodStart"] = "2026-11-01 00:00"; },
        {u"ChargePeriodStart"_s});
}

void FocusPeerTest::whatTheFoundationFindsWeFind()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, columns);
    QFETCH(QStringList, overlooked);
    const QTemporaryDir folder;
    const QString name = folder.filePath(u"cost.csv"_s);
    QFile file(name);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    const FoundationVerdict verdict = askFoundation(name);
    QVERIFY2(verdict.failure.isEmpty(), qPrintable(verdict.failure));
    QVERIFY(verdict.rules > 500);
    QSet<QString> theirs;
    for (const QString& rule : verdict.failed)
        theirs += columnOfRule(rule, bytes);
    const QSet<QString> ours = ourColumns(bytes);
    QVERIFY2((theirs - ours).isEmpty(), qPrintable(QStringList((theirs - ours).values()).join(u' ')));
    for (const QString& column : columns) {
        QVERIFY2(ours.contains(column), qPrintable(column));
        QVERIFY2(theirs.contains(column), qPrintable(column));
    }
    for (const QString& column : overlooked)
        QVERIFY2(ours.contains(column), qPrintable(column));
    if (columns.isEmpty())
        QVERIFY(ours.isEmpty());
}

QTEST_GUILESS_MAIN(FocusPeerTest)
#include "tst_focuspeer.moc"
