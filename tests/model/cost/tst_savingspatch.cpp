// SPDX-License-Identifier: GPL-3.0-or-later
// Savings as edits of a workspace's files: comments stay, git applies them, and the bill is then what was simulated.
#include "model/catalog/catalogfiles.h"
#include "model/cost/savingspatch.h"
#include "tests/model/cost/costcases.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto catalogText = "# ours\n"
                             "catalog:\n"
                             "  - event_type: order.created # the first\n"
                             "    topic: orders\n"
                             "    avg_daily_volume: 1000000\n"
                             "    avg_payload_bytes: 2000 # as of May\n"
                             "    retention_days: 30 # nobody knows why\n"
                             "    producer: { team: p, service: p-service }\n"
                             "    consumers:\n"
                             "      - { team: c, service: c-service } # reads\n"
                             "      - team: d\n"
                             "        service: d-service # stopped in March\n"
                             "  # kept for the auditors?\n"
                             "  - event_type: order.audited\n"
                             "    topic: audits\n"
                             "    avg_daily_volume: 1000\n"
                             "    avg_payload_bytes: 100\n"
                             "    retention_days: 365\n"
                             "    producer: { team: p, service: p-service }\n"
                             "    consumers: []\n";
constexpr auto ownershipText = "events:\n"
                               "  order.created:\n"
                               "    producer: { team: p, service: p-service }\n"
                               "    consumers:\n"
                               "      - { team: c, service: c-service }\n"
                               "      - { team: d, service: d-service }\n"
                               "  order.audited: # unread\n"
                               "    producer: { team: p, service: p-service }\n"
                               "    consumers: []\n";
constexpr auto pricingText = "profiles:\n"
                             "  house:\n"
                             "    currency: EUR # as billed\n"
                             "    effective_from: 2026-01-01\n"
                             "    source: a test\n"
                             "    quantities: declared\n"
                             "    replication: 3\n"
                             "    components:\n"
                             "      storage: { rate: 0.10, unit: GiB-Day }\n"
                             "      tiered_storage: { rate: 0.01, unit: GiB-Day }\n"
                             "      network: { rate: 0.05, unit: GiB }\n"
                             "      compute: { rate: 0.50, unit: Million-Events }\n"
                             "      registry: { rate: 0.01, unit: Entry-Day }\n"
                             "      requests:\n"
                             "        rate: 1\n"
                             "        unit: Million-Requests # one by one\n";

struct Folder
{
    QTemporaryDir dir;
    Workspace workspace;

    Folder()
    {
        workspace.folder = dir.path();
        workspace.catalogFile = write(u"event-catalog.yaml"_s, catalogText);
        workspace.ownershipFile = write(u"ownership.yaml"_s, ownershipText);
        workspace.pricingFile = write(u"pricing.yaml"_s, pricingText);
    }
    QString write(const QString& name, const QByteArray& text) const
    {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    [[nodiscard]] QByteArray read(const QString& name) const
    {
        QFile file(dir.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] Catalog catalog() const { return readSavingsFiles(workspace).value.value().sources.model; }
    [[nodiscard]] PricingProfile profile() const
    {
        return chooseProfile(loadPricing(workspace.pricingFile).value.value(), u"house"_s).value();
    }
    [[nodiscard]] Money total() const { return costBill(catalog(), profile()).value().totals.total; }
};

Saving saving(SavingKind kind, const QString& id, const QString& event, const QString& topic)
{
    Saving one;
    one.kind = kind;
    one.id = id;
    one.eventType = event;
    one.topic = topic;
    return one;
}

std::vector<Saving> everything()
{
    std::vector<Saving> all;
    all.push_back(saving(SavingKind::Retention, u"retention"_s, u"order.created"_s, u"orders"_s));
    all.back().retentionDays = 4.5;
    all.back().exported = {u"kafka-configs --alter …"_s, u"# a remark"_s};
    all.push_back(saving(SavingKind::DeadGroup, u"deadGroup"_s, u"order.created"_s, u"orders"_s));
    all.back().withoutService = u"d-service"_s;
    all.push_back(saving(SavingKind::UnreadTopic, u"unreadTopic"_s, u"order.audited"_s, u"audits"_s));
    all.back().isRemoved = true;
    all.push_back(saving(SavingKind::UnusedFields, u"unusedFields"_s, u"order.created"_s, u"orders"_s));
    all.back().payloadBytes = 700;
    all.push_back(saving(SavingKind::TieredStorage, u"tieredStorage"_s, u"order.created"_s, u"orders"_s));
    all.back().hotDays = 1.25;
    all.push_back(saving(SavingKind::Batching, u"batching"_s, {}, {}));
    all.back().recordsPerRequest = 100;
    return all;
}

} // namespace

class SavingsPatchTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theBillIsThenWhatWasSimulated_data();
    void theBillIsThenWhatWasSimulated();
    void everyCommentStays();
    void gitMakesTheSameOfIt();
    void whatStandsInNoFileIsSaid();
    void aChangedFileIsNotOverwritten();
    void theOtherProfileIsLeftAlone();
};

void SavingsPatchTest::theBillIsThenWhatWasSimulated_data()
{
    QTest::addColumn<QStringList>("ids");
    for (const Saving& one : everything())
        QTest::newRow(qPrintable(one.id)) << QStringList{one.id};
    QTest::newRow("retention and the dead group") << QStringList{u"retention"_s, u"deadGroup"_s};
    QTest::newRow("all together") << QStringList();
}

void SavingsPatchTest::theBillIsThenWhatWasSimulated()
{
    QFETCH(QStringList, ids);
    const Folder folder;
    std::vector<Saving> chosen = everything();
    if (!ids.isEmpty())
        std::erase_if(chosen, [&](const Saving& one) { return !ids.contains(one.id); });
    const Catalog catalog = folder.catalog();
    const PricingProfile profile = folder.profile();
    const SavingsInput input{.catalog = catalog, .profile = profile, .options = {}, .evidence = {}};
    const Money simulated = simulateSavings(input, chosen).value().totals.total;
    QVERIFY(simulated < folder.total());
    const SavingsFiles files = std::move(*readSavingsFiles(folder.workspace).value);
    const SavingsEdits edits = savingsEdits(files, u"house"_s, chosen);
    QVERIFY(!edits.edits.empty());
    std::vector<YamlText> texts = files.sources.texts();
    texts.push_back(files.pricing.text);
    QVERIFY(saveEdits(texts, edits.edits));
    QCOMPARE(folder.total(), simulated);
}

void SavingsPatchTest::everyCommentStays()
{
    const Folder folder;
    const SavingsFiles files = std::move(*readSavingsFiles(folder.workspace).value);
    std::vector<Saving> chosen = everything();
    std::erase_if(chosen, [](const Saving& one) { return one.isRemoved || !one.withoutService.isEmpty(); });
    const SavingsEdits edits = savingsEdits(files, u"house"_s, chosen);
    std::vector<YamlText> texts = files.sources.texts();
    texts.push_back(files.pricing.text);
    QVERIFY(saveEdits(texts, edits.edits));
    for (const QString& name : {u"event-catalog.yaml"_s, u"ownership.yaml"_s, u"pricing.yaml"_s}) {
        const Folder original;
        for (const QByteArray& line : original.read(name).split('\n')) {
            const qsizetype comment = line.indexOf('#');
            QVERIFY2(comment < 0 || folder.read(name).contains(line.mid(comment)), line.constData());
        }
    }
    QVERIFY(folder.read(u"event-catalog.yaml"_s).contains("retention_days: 4.5 # nobody knows why\n"));
    QVERIFY(folder.read(u"event-catalog.yaml"_s).contains("avg_payload_bytes: 700 # as of May\n"));
    QVERIFY(folder.read(u"pricing.yaml"_s).contains("    replication: 3\n    hot_days_of: { orders: 1.25 }\n"));
    QVERIFY(folder.read(u"pricing.yaml"_s)
                .contains("unit: Million-Requests # one by one\n        records_per_request: 100\n"));
}

void SavingsPatchTest::gitMakesTheSameOfIt()
{
    const Folder byUs;
    const Folder byGit;
    const SavingsFiles files = std::move(*readSavingsFiles(byGit.workspace).value);
    const SavingsEdits edits = savingsEdits(files, u"house"_s, everything());
    const auto patch = savingsPatch(files, edits, everything(), u"EUR"_s);
    QVERIFY2(patch, qPrintable(patch ? QString() : patch.error().detail));
    byGit.write(u"savings.patch"_s, *patch);
    QProcess git;
    git.setWorkingDirectory(byGit.dir.path());
    git.start(u"git"_s, {u"apply"_s, u"savings.patch"_s});
    QVERIFY(git.waitForFinished());
    QVERIFY2(git.exitCode() == 0, git.readAllStandardError().constData());

    const SavingsFiles ours = std::move(*readSavingsFiles(byUs.workspace).value);
    std::vector<YamlText> texts = ours.sources.texts();
    texts.push_back(ours.pricing.text);
    QVERIFY(saveEdits(texts, savingsEdits(ours, u"house"_s, everything()).edits));
    for (const QString& name : {u"event-catalog.yaml"_s, u"ownership.yaml"_s, u"pricing.yaml"_s})
        QCOMPARE(byGit.read(name), byUs.read(name));
    QVERIFY(!byGit.read(u"event-catalog.yaml"_s).contains("order.audited"));
    QVERIFY(!byGit.read(u"ownership.yaml"_s).contains("d-service"));
}

void SavingsPatchTest::whatStandsInNoFileIsSaid()
{
    const Folder folder;
    const SavingsFiles files = std::move(*readSavingsFiles(folder.workspace).value);
    Saving packed = saving(SavingKind::Compression, u"compression"_s, u"order.created"_s, u"orders"_s);
    packed.payloadBytes = 100;
    packed.exported = {u"kafka-configs --alter …"_s};
    const SavingsEdits edits = savingsEdits(files, u"house"_s, {packed});
    QVERIFY(edits.edits.empty());
    QCOMPARE(edits.byHand, QStringList{u"compression: kafka-configs --alter …"_s});
    const QByteArray patch = savingsPatch(files, edits, {packed}, u"EUR"_s).value();
    QVERIFY(patch.contains("# by hand, compression: kafka-configs"));
    QVERIFY(!patch.contains("diff --git"));
    // The only consumer is not taken out of its list: an empty list would say something else.
    Saving dead = saving(SavingKind::DeadGroup, u"deadGroup"_s, u"order.created"_s, u"orders"_s);
    dead.withoutService = u"c-service"_s;
    Saving alsoDead = dead;
    alsoDead.withoutService = u"d-service"_s;
    QVERIFY(!savingsEdits(files, u"house"_s, {dead, alsoDead}).byHand.isEmpty());
}

void SavingsPatchTest::aChangedFileIsNotOverwritten()
{
    const Folder folder;
    const SavingsFiles files = std::move(*readSavingsFiles(folder.workspace).value);
    const SavingsEdits edits = savingsEdits(files, u"house"_s, everything());
    folder.write(u"event-catalog.yaml"_s, QByteArray(catalogText) + "# meanwhile\n");
    const auto saved = saveEdits(files.sources.texts(), edits.edits);
    QVERIFY(!saved);
    QCOMPARE(saved.error().code, ErrorCode::Conflict);
    QCOMPARE(folder.read(u"ownership.yaml"_s), QByteArray(ownershipText));
}

void SavingsPatchTest::theOtherProfileIsLeftAlone()
{
    const Folder folder;
    const SavingsFiles files = std::move(*readSavingsFiles(folder.workspace).value);
    std::vector<Saving> chosen = everything();
    std::erase_if(chosen, [](const Saving& one) { return !one.hotDays && !one.recordsPerRequest; });
    const SavingsEdits edits = savingsEdits(files, u"seed"_s, chosen); // stands in no file
    QVERIFY(edits.edits.empty());
    QVERIFY(edits.byHand.size() >= 2);
}

QTEST_GUILESS_MAIN(SavingsPatchTest)
#include "tst_savingspatch.moc"
