// SPDX-License-Identifier: GPL-3.0-or-later
// Rules for kinds from the screen's side over a real store and real files: tried, written, in use, sorted by.
#include "app/desktop/consoledatasource.h"
#include "tests/model/deadletter/storefixture.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

const QByteArray oddIsBusiness =
    "rules:\n  - { name: odd, kind: business, class: 'Odd$', reason: we say so, suggestion: ask }\n";

} // namespace

class KindRulesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void whatAFileWouldChangeIsToldBeforeItCounts();
    void theFirstFileCountsAtOnce();
    void aPersonsDecisionStays();
    void faultyOrOutdatedTextsAreRefused();

private:
    [[nodiscard]] QString file(const QString& name) const { return m_dir->filePath(name); }
    void start()
    {
        m_data.reset();
        m_holder.reset();
        Checked<Context> context = openContext(m_dir->path(), file(u"state"_s));
        QVERIFY2(context.value, qPrintable(context.issues.empty() ? QString() : context.issues.front().toString()));
        auto holder = Holder::acquire(std::move(*context.value), u"a test"_s);
        QVERIFY2(holder, qPrintable(holder ? QString() : holder.error().detail));
        m_holder = std::move(*holder);
        m_data = std::make_unique<ConsoleDataSource>(*m_holder, false);
    }
    void add(int number, const QString& errorClass)
    {
        const std::vector<PreparedLetter> letters{StoreFixture::prepared(number, errorClass, u"billing"_s)};
        QVERIFY(m_holder->samples().write([&](Database& database) -> Status {
            const auto stored = storeLetters(database, u"cluster-1"_s, u"orders"_s, letters, utcFromMs(letterMs));
            return stored ? Status() : tl::unexpected<Error>(stored.error());
        }));
    }
    [[nodiscard]] std::size_t lettersOf(const QString& query) const
    {
        const auto page = m_data->letters(query, 100, {});
        return page ? page->letters.size() : 999;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Holder> m_holder;
    std::unique_ptr<ConsoleDataSource> m_data;
};

void KindRulesTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QFile workspace(file(u"spillway.yaml"_s));
    QVERIFY(workspace.open(QIODevice::WriteOnly));
    workspace.write("version: 1\nname: shop\nenvironment: development\nconnections:\n  - name: orders\n"
                    "    kind: kafka\n    bootstrap_servers: 127.0.0.1:9\n");
    workspace.close();
    start();
    for (int i = 0; i < 3; ++i)
        add(i, u"com.acme.Odd"_s);
    add(10, u"java.net.SocketTimeoutException"_s);
}

void KindRulesTest::cleanup()
{
    m_data.reset();
    m_holder.reset();
}

void KindRulesTest::whatAFileWouldChangeIsToldBeforeItCounts()
{
    const auto inUse = m_data->tryKindRules(std::nullopt, nullptr, {});
    QVERIFY(inUse && !inUse->isTrial);
    QCOMPARE(inUse->all, (LetterSum{.letters = 4, .groups = 2}));
    views::WorkProgress progress;
    const auto trial = m_data->tryKindRules(oddIsBusiness, &progress, {});
    QVERIFY2(trial, qPrintable(trial ? QString() : trial.error().detail));
    QCOMPARE(progress.total.load(), 4);
    QCOMPARE(trial->changed, (LetterSum{.letters = 3, .groups = 1}));
    QCOMPARE(trial->shares.front().after(), FailureKind::Business);
    QCOMPARE(trial->rules.front().name, u"odd"_s);
    QCOMPARE(trial->rules.front().line, 2);
    QCOMPARE(trial->rules.front().decides, (LetterSum{.letters = 3, .groups = 1}));
    QCOMPARE(lettersOf(u"kind:business"_s), std::size_t{0});
    QVERIFY(!QFile::exists(file(u"kinds.yaml"_s)));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = m_data->tryKindRules(oddIsBusiness, nullptr, stop.get_token());
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
}

void KindRulesTest::theFirstFileCountsAtOnce()
{
    const auto before = m_data->kindRulesFile({});
    QVERIFY(before && !before->text);
    QCOMPARE(before->file, file(u"kinds.yaml"_s));
    QVERIFY(m_data->saveKindRules(*before, oddIsBusiness, {}));
    views::WorkProgress progress;
    QVERIFY(m_data->waitForKinds(&progress, {}));
    QCOMPARE(progress.done.load(), progress.total.load());
    QCOMPARE(lettersOf(u"kind:business"_s), std::size_t{3});
    QCOMPARE(m_data->kindRulesFile({})->text, oddIsBusiness);
    // In use from now on, without a restart and after one.
    QCOMPARE(m_data->tryKindRules(std::nullopt, nullptr, {})->rules.front().name, u"odd"_s);
    start();
    QCOMPARE(m_data->tryKindRules(std::nullopt, nullptr, {})->rules.front().name, u"odd"_s);
    QCOMPARE(lettersOf(u"kind:business"_s), std::size_t{3});
    // Another text takes it back.
    const auto now = m_data->kindRulesFile({});
    QVERIFY(m_data->saveKindRules(*now, "rules: []\n", {}));
    QVERIFY(m_data->waitForKinds(nullptr, {}));
    QCOMPARE(lettersOf(u"kind:business"_s), std::size_t{0});
}

void KindRulesTest::aPersonsDecisionStays()
{
    const auto groups = m_data->letterGroups(u"error:com.acme.Odd"_s, {});
    QVERIFY(groups && groups->size() == 1);
    KnownErrorAction known{.group = groups->front().id, .error = KnownError{}, .reason = u"looked at"_s};
    known.error->kind = FailureKind::Schema;
    const auto done = m_data->act(known, {});
    QVERIFY2(done, qPrintable(done ? QString() : done.error().detail));
    const auto trial = m_data->tryKindRules(oddIsBusiness, nullptr, {});
    QVERIFY(trial);
    QCOMPARE(trial->changed, LetterSum{});
    QCOMPARE(trial->heldByPerson, (LetterSum{.letters = 3, .groups = 1}));
    QVERIFY(m_data->saveKindRules(*m_data->kindRulesFile({}), oddIsBusiness, {}));
    QVERIFY(m_data->waitForKinds(nullptr, {}));
    QCOMPARE(lettersOf(u"kind:schema"_s), std::size_t{3});
}

void KindRulesTest::faultyOrOutdatedTextsAreRefused()
{
    const auto before = m_data->kindRulesFile({});
    const Status faulty = m_data->saveKindRules(*before, "rules:\n  - { kind: nonsense, class: x, reason: y }\n", {});
    QVERIFY(!faulty && faulty.error().code == ErrorCode::InvalidConfig);
    QVERIFY2(faulty.error().detail.contains(u"kinds.yaml:2:13: "), qPrintable(faulty.error().detail));
    QVERIFY(!QFile::exists(file(u"kinds.yaml"_s)));
    QFile other(file(u"kinds.yaml"_s));
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write("rules: []\n");
    other.close();
    const Status outdated = m_data->saveKindRules(*before, oddIsBusiness, {});
    QVERIFY(!outdated && outdated.error().code == ErrorCode::Conflict);
    QCOMPARE(m_data->kindRulesFile({})->text, QByteArray("rules: []\n"));
    const Status elsewhere =
        m_data->saveKindRules({.file = file(u"other.yaml"_s), .text = std::nullopt}, oddIsBusiness, {});
    QVERIFY(!elsewhere && !QFile::exists(file(u"other.yaml"_s)));
}

QTEST_GUILESS_MAIN(KindRulesTest)
#include "tst_kindrules.moc"
