// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"
#include "model/schema/schemavalidator.h"
#include "tests/model/compatibility/randomschemas.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int pairsOfDraft = 500; // each takes many times as long there
#else
constexpr int pairsOfDraft = 1'000;
#endif
constexpr int documentsOfPair = 30;
constexpr std::int64_t workOfOne = 300'000; // steps; some schemas lead back to themselves by every branch
constexpr int othersTried = 500;            // schemas of all drafts, in the other tests

/// Our validator, read once for all the documents of a pair.
class Judge
{
public:
    explicit Judge(const QJsonObject& schema)
        : m_program(compileSchema(u"file:///judge.json"_s, test::jsonOf(schema), {},
                                  {.unheardKeywordsDecide = false, .openFormatsDecide = false}))
    {
    }
    [[nodiscard]] SchemaVerdict of(const QByteArray& document) const
    {
        JsonTape tape;
        return tape.parse(document) ? schemaVerdict(*m_program, tape, {.work = workOfOne}) : SchemaVerdict::Unknown;
    }

private:
    std::shared_ptr<const SchemaProgram> m_program; // shared with nobody; compileSchema hands it out so
};

DirectionVerdict worst(const std::vector<SchemaDifference>& differences, DirectionVerdict SchemaDifference::*direction)
{
    DirectionVerdict verdict = DirectionVerdict::Holds;
    for (const SchemaDifference& difference : differences) {
        if (difference.*direction == DirectionVerdict::Breaks ||
            (difference.*direction == DirectionVerdict::Undecided && verdict == DirectionVerdict::Holds))
            verdict = difference.*direction;
    }
    return verdict;
}

} // namespace

/// Whatever schemas come: what is called compatible no document refutes, and each document that is shown is true.
class RandomSchemasTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noDocumentRefutesCompatible_data()
    {
        QTest::addColumn<int>("draft");
        QTest::newRow("schemas of draft-07") << int(test::RandomSchemas::Draft::Seven);
        QTest::newRow("schemas of 2019-09") << int(test::RandomSchemas::Draft::Of2019);
        QTest::newRow("schemas of 2020-12") << int(test::RandomSchemas::Draft::Of2020);
    }
    void noDocumentRefutesCompatible()
    {
        QFETCH(int, draft);
        int breaks = 0;
        int shown = 0;
        int holds = 0;
        int undecided = 0;
        for (int i = 0; i < pairsOfDraft; ++i) {
            test::RandomSchemas random(static_cast<quint32>(20261126 + i), test::RandomSchemas::Draft(draft));
            const QJsonObject older = random.schema();
            const QJsonObject newer = random.changed(older);
            const Judge judgeOfOlder(older);
            const Judge judgeOfNewer(newer);
            const auto differences = compareSchemaVersions(test::randomVersion(older, 1), test::randomVersion(newer, 2),
                                                           CompatibilityPolicy::ConfluentStrict);
            const QByteArray context =
                "pair " + QByteArray::number(i) + "\nolder " + test::jsonOf(older) + "\nnewer " + test::jsonOf(newer);
            for (const SchemaDifference& difference : differences) {
                if (difference.backwardExample) {
                    QVERIFY2(judgeOfOlder.of(*difference.backwardExample) == SchemaVerdict::Valid &&
                                 judgeOfNewer.of(*difference.backwardExample) == SchemaVerdict::Invalid,
                             QByteArray(context + "\nshown " + *difference.backwardExample).constData());
                    QCOMPARE(difference.backward, DirectionVerdict::Breaks);
                }
                if (difference.forwardExample) {
                    QVERIFY2(judgeOfNewer.of(*difference.forwardExample) == SchemaVerdict::Valid &&
                                 judgeOfOlder.of(*difference.forwardExample) == SchemaVerdict::Invalid,
                             QByteArray(context + "\nshown " + *difference.forwardExample).constData());
                    QCOMPARE(difference.forward, DirectionVerdict::Breaks);
                }
            }
            const DirectionVerdict backward = worst(differences, &SchemaDifference::backward);
            const DirectionVerdict forward = worst(differences, &SchemaDifference::forward);
            holds += backward == DirectionVerdict::Holds ? 1 : 0;
            undecided += backward == DirectionVerdict::Undecided ? 1 : 0;
            breaks += backward == DirectionVerdict::Breaks ? 1 : 0;
            shown += std::any_of(differences.begin(), differences.end(),
                                 [](const SchemaDifference& one) { return one.backwardExample.has_value(); });
            for (int j = 0; j < documentsOfPair; ++j) {
                const QByteArray document = test::jsonOf(random.document(j % 2 == 0 ? older : newer));
                const SchemaVerdict before = judgeOfOlder.of(document);
                const SchemaVerdict after = judgeOfNewer.of(document);
                if (before == SchemaVerdict::Valid && after == SchemaVerdict::Invalid)
                    QVERIFY2(backward != DirectionVerdict::Holds,
                             QByteArray(context + "\nrefuted backward by " + document).constData());
                if (before == SchemaVerdict::Invalid && after == SchemaVerdict::Valid)
                    QVERIFY2(forward != DirectionVerdict::Holds,
                             QByteArray(context + "\nrefuted forward by " + document).constData());
            }
        }
        qInfo("%d hold, %d break (%d shown), %d undecided", holds, breaks, shown, undecided);
        // The test would prove nothing if every pair came out the same way.
        QVERIFY(holds > pairsOfDraft / 10);
        QVERIFY(shown > pairsOfDraft / 10);
        QVERIFY2(shown * 100 >= breaks * 90, "nine breaks in ten are shown by a document");
        QVERIFY2(undecided * 100 <= pairsOfDraft, "one in a hundred at most is left undecided");
    }
    void theSameIsCompatibleWithItself()
    {
        for (int i = 0; i < othersTried; ++i) {
            test::RandomSchemas random(static_cast<quint32>(77 + i), test::RandomSchemas::Draft(i % 3));
            const QJsonObject schema = random.schema();
            for (const CompatibilityPolicy policy :
                 {CompatibilityPolicy::ConfluentStrict, CompatibilityPolicy::ConfluentLenient,
                  CompatibilityPolicy::OptionalFriendly, CompatibilityPolicy::Seed}) {
                const auto differences =
                    compareSchemaVersions(test::randomVersion(schema, 1), test::randomVersion(schema, 2), policy);
                QVERIFY2(differences.empty(),
                         QByteArray(test::jsonOf(schema) +
                                    (differences.empty() ? QByteArray() : differences.front().kind.toUtf8()))
                             .constData());
            }
        }
    }
    void aLenientPolicyNeverFindsMoreThanTheStrictOne()
    {
        for (int i = 0; i < othersTried; ++i) {
            test::RandomSchemas random(static_cast<quint32>(99 + i), test::RandomSchemas::Draft(i % 3));
            const QJsonObject older = random.schema();
            const QJsonObject newer = random.changed(older);
            const auto strict =
                worst(compareSchemaVersions(test::randomVersion(older, 1), test::randomVersion(newer, 2),
                                            CompatibilityPolicy::ConfluentStrict),
                      &SchemaDifference::backward);
            const auto lenient =
                worst(compareSchemaVersions(test::randomVersion(older, 1), test::randomVersion(newer, 2),
                                            CompatibilityPolicy::ConfluentLenient),
                      &SchemaDifference::backward);
            if (strict == DirectionVerdict::Holds)
                QVERIFY2(lenient == DirectionVerdict::Holds,
                         QByteArray(test::jsonOf(older) + '\n' + test::jsonOf(newer)).constData());
        }
    }
};

QTEST_GUILESS_MAIN(RandomSchemasTest)
#include "tst_randomschemas.moc"
