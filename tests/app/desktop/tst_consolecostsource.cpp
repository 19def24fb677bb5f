// SPDX-License-Identifier: GPL-3.0-or-later
// What the cost screen is answered, from a workspace's files and its ledger.
#include "app/desktop/consolecostsource.h"
#include "tests/support/folders.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr auto workspaceText = "version: 1\nname: shop\nenvironment: development\n"
                               "ownership: schemas/_meta/ownership.yaml\ncatalog: event-catalog.yaml\n"
                               "pricing: pricing.yaml\nconnections:\n  - name: orders\n    kind: kafka\n"
                               "    bootstrap_servers: 127.0.0.1:9\n";
constexpr auto pricingText =
    "profiles:\n  house:\n    currency: EUR\n    effective_from: 2020-01-01\n    source: a test\n"
    "    quantities: declared\n    budget: { monthly: 1 }\n    components:\n"
    "      storage: { rate: 0.10, unit: GiB-Day }\n      network: { rate: 0.05, unit: GiB }\n"
    "      compute: { rate: 0.50, unit: Million-Events }\n"
    "      registry: { rate: 0.01, unit: Entry-Day }\n"
    "      requests: { rate: 1, unit: Million-Requests } # one by one\n";

} // namespace

class ConsoleCostSourceTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_holder.reset(); }
    void changesNeedDays();
    void theMonthBesideTheBudget();
    void anInvoiceIsKeptOnce();
    void aFaultyInvoiceSaysWhere();
    void adviceBecomesAPatchAndAnEdit();
    void anEditOfTheCatalogCountsAtOnce();

private:
    QString write(const QString& name, const QByteArray& text) const
    {
        QFile file(m_dir->filePath(name));
        QDir().mkpath(QFileInfo(file).path());
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    [[nodiscard]] QByteArray read(const QString& name) const
    {
        QFile file(m_dir->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Holder> m_holder;
    std::unique_ptr<ConsoleCostSource> m_source;
};

void ConsoleCostSourceTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    for (const QString& name : {u"schemas/_meta/ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QFile file(sourceFile(u"tests/data/article/"_s) + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        write(name, file.readAll());
    }
    write(u"spillway.yaml"_s, workspaceText);
    write(u"pricing.yaml"_s, pricingText);
    Checked<Context> context = openContext(m_dir->path(), m_dir->filePath(u"state"_s));
    QVERIFY2(context.value, qPrintable(context.issues.empty() ? QString() : context.issues.front().toString()));
    auto holder = Holder::acquire(std::move(*context.value), u"a test"_s);
    QVERIFY2(holder, qPrintable(holder ? QString() : holder.error().detail));
    m_holder = std::move(*holder);
    m_source = std::make_unique<ConsoleCostSource>(*m_holder);
}

void ConsoleCostSourceTest::changesNeedDays()
{
    const auto none = m_source->changes({.period = CostPeriod::CatalogDay}, {});
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::InvalidConfig);
    const auto week = m_source->changes({.period = CostPeriod::Last7Days}, {});
    QVERIFY2(week, qPrintable(week ? QString() : week.error().detail));
    QCOMPARE(week->currency, u"EUR"_s);
    QCOMPARE(week->totalBefore, week->totalAfter); // as declared, day by day
    QCOMPARE(week->before.first.daysTo(week->after.first), qint64{7});
}

void ConsoleCostSourceTest::theMonthBesideTheBudget()
{
    const auto month = m_source->forecast({}, {});
    QVERIFY2(month, qPrintable(month ? QString() : month.error().detail));
    QCOMPARE(month->budget, std::optional(Money{1'000'000}));
    QVERIFY(month->month() > *month->budget);
}

void ConsoleCostSourceTest::anInvoiceIsKeptOnce()
{
    const QString file = write(u"october.csv"_s, "from,to,component,amount,currency\n"
                                                 "2026-10-01,2026-10-31,compute,10.50,EUR\n"
                                                 "2026-10-01,2026-10-31,tax,1.25,EUR\n");
    const auto preview = m_source->previewInvoice(file, {}, {});
    QVERIFY2(preview, qPrintable(preview ? QString() : preview.error().detail));
    QCOMPARE(preview->invoice.profile, u"house"_s);
    QCOMPARE(preview->total, Money{11'750'000});
    QVERIFY(!preview->known);
    QVERIFY(m_source->invoices({}).value().empty()); // looking keeps nothing
    QVERIFY(m_source->importInvoice(preview->invoice, {}).value());
    QCOMPARE(m_source->invoices({}).value().size(), std::size_t{1});
    const auto again = m_source->previewInvoice(file, {}, {});
    QVERIFY(again && again->known);
    QCOMPARE(again->known->name, u"october.csv"_s);
    QVERIFY(!m_source->importInvoice(preview->invoice, {}).value());
    QCOMPARE(m_source->invoices({}).value().size(), std::size_t{1});
}

void ConsoleCostSourceTest::aFaultyInvoiceSaysWhere()
{
    const auto faulty = m_source->previewInvoice(
        write(u"faulty.csv"_s, "from,to,component,amount,currency\n2026-10-01,2026-10-31,compute,much,EUR\n"), {}, {});
    QVERIFY(!faulty);
    QVERIFY2(faulty.error().detail.contains(u"faulty.csv:2:31: "_s), qPrintable(faulty.error().detail));
    const auto foreign = m_source->previewInvoice(
        write(u"dollars.csv"_s, "from,to,component,amount,currency\n2026-10-01,2026-10-31,compute,1,USD\n"), {}, {});
    QVERIFY(!foreign && foreign.error().detail.contains(u"in USD and profile 'house' in EUR"_s));
    QVERIFY(!m_source->previewInvoice(m_dir->filePath(u"none.csv"_s), {}, {}));
}

void ConsoleCostSourceTest::adviceBecomesAPatchAndAnEdit()
{
    const QStringList ids{u"batching:all"_s};
    const views::CostRequest request{.period = CostPeriod::CatalogDay};
    const auto sheet = m_source->savings(request, {}, {});
    QVERIFY2(sheet, qPrintable(sheet ? QString() : sheet.error().detail));
    QCOMPARE(sheet->savings.size(), std::size_t{1});
    QVERIFY(!sheet->after);
    const auto chosen = m_source->savings(request, ids, {});
    QVERIFY(chosen && chosen->after && *chosen->after < chosen->before && chosen->hasEdits);
    const QString patch = m_dir->filePath(u"savings.patch"_s);
    QVERIFY(m_source->writePatch(request, ids, patch, {}));
    QCOMPARE(QString::fromUtf8(read(u"savings.patch"_s)), chosen->patch);
    QCOMPARE(read(u"pricing.yaml"_s), QByteArray(pricingText));
    QVERIFY(!m_source->applySavings(request, {}, {})); // nothing is chosen
    QVERIFY(!m_source->savings(request, {u"no such advice"_s}, {}));
    const auto files = m_source->applySavings(request, ids, {});
    QVERIFY2(files, qPrintable(files ? QString() : files.error().detail));
    QCOMPARE(files->size(), 1);
    QVERIFY(read(u"pricing.yaml"_s).contains("records_per_request: 100 } # one by one\n"));
    const auto later = m_source->savings(request, {}, {});
    QVERIFY(later && later->savings.empty()); // it counts at once
    QCOMPARE(later->before, *chosen->after);
}

/// Whoever makes it, here or elsewhere; a file that cannot be read just now takes nothing away.
void ConsoleCostSourceTest::anEditOfTheCatalogCountsAtOnce()
{
    const views::CostRequest request{.period = CostPeriod::CatalogDay};
    const Money before = m_source->savings(request, {}, {}).value().before;
    const QByteArray catalog = read(u"event-catalog.yaml"_s);
    QByteArray doubled = catalog;
    const qsizetype at = doubled.indexOf("avg_daily_volume: ");
    QVERIFY(at > 0);
    doubled.insert(at + qsizetype{18}, '9');
    write(u"event-catalog.yaml"_s, doubled);
    const Money after = m_source->savings(request, {}, {}).value().before;
    QVERIFY(after > before);
    write(u"event-catalog.yaml"_s, "events: [\n");
    QCOMPARE(m_holder->contextNow()->catalog.events().size(), std::size_t{3});
    write(u"event-catalog.yaml"_s, catalog + "\n");
    QCOMPARE(m_source->savings(request, {}, {}).value().before, before);
}

QTEST_GUILESS_MAIN(ConsoleCostSourceTest)
#include "tst_consolecostsource.moc"
