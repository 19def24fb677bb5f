// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilitycheck.h"
#include "model/schema/schemavalidator.h"
#include "tests/model/compatibility/randomschemas.h"
#include "tests/support/folders.h"
#include "tests/support/peers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pairsOfDraft = 400;
constexpr int documentsOfPair = 20;

/// One schema with documents, and what becomes of them.
struct Question
{
    QJsonObject schema;
    QList<QByteArray> documents;
};

/// ajv's answers, one list a question; nothing where it refuses the schema or goes round in circles.
std::vector<std::vector<std::optional<bool>>> askAjv(const std::vector<Question>& questions)
{
    const auto folder = test::runProcess(test::sourceFile(u"packaging/peers"_s), {u"ajv"_s}, {}, 300'000);
    if (folder.exitCode != 0)
        throw std::runtime_error(folder.err.toStdString());
    qputenv("NODE_PATH", folder.out.trimmed());
    QByteArray lines;
    for (const Question& question : questions) {
        QJsonArray documents;
        for (const QByteArray& document : question.documents)
            documents.append(QString::fromUtf8(document));
        lines += test::jsonOf(QJsonObject{{u"schema"_s, question.schema}, {u"documents"_s, documents}}) + '\n';
    }
    const auto judged =
        test::runProcess(u"node"_s, {test::sourceFile(u"tests/model/compatibility/ajvjudge.js"_s)}, lines, 300'000);
    std::vector<std::vector<std::optional<bool>>> answers;
    for (const QByteArray& line : judged.out.split('\n')) {
        if (line.isEmpty())
            continue;
        std::vector<std::optional<bool>> row;
        for (const QJsonValue& answer : QJsonDocument::fromJson(line).array())
            row.push_back(answer.isBool() ? std::optional(answer.toBool()) : std::nullopt);
        answers.push_back(std::move(row));
    }
    return answers;
}

/// Known of ajv 8: `contains` is passed over in lists that are shorter than the list of places beside it.
bool isKnownOfAjv(const QJsonObject& schema, const QByteArray& document)
{
    const QByteArray text = test::jsonOf(schema);
    return document.contains('[') && text.contains("\"contains\"") &&
           (text.contains("\"prefixItems\"") || text.contains("\"items\":["));
}

} // namespace

/// Our verdicts before a judge who is not ours: ajv, from npm.
class AjvTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ajvAgrees_data()
    {
        QTest::addColumn<int>("draft");
        QTest::newRow("on schemas of draft-07") << int(test::RandomSchemas::Draft::Seven);
        QTest::newRow("on schemas of 2019-09") << int(test::RandomSchemas::Draft::Of2019);
        QTest::newRow("on schemas of 2020-12") << int(test::RandomSchemas::Draft::Of2020);
    }
    void ajvAgrees()
    {
        QFETCH(int, draft);
        std::vector<Question> questions;
        std::vector<std::vector<SchemaDifference>> differences;
        for (int i = 0; i < pairsOfDraft; ++i) {
            test::RandomSchemas random(static_cast<quint32>(4711 + i), test::RandomSchemas::Draft(draft));
            const QJsonObject older = random.schema();
            const QJsonObject newer = random.changed(older);
            QList<QByteArray> documents;
            for (int j = 0; j < documentsOfPair; ++j)
                documents += test::jsonOf(random.document(j % 2 == 0 ? older : newer));
            differences.push_back(compareSchemaVersions(test::randomVersion(older, 1), test::randomVersion(newer, 2),
                                                        CompatibilityPolicy::ConfluentStrict));
            for (const SchemaDifference& difference : differences.back()) {
                if (difference.backwardExample)
                    documents += *difference.backwardExample;
                if (difference.forwardExample)
                    documents += *difference.forwardExample;
            }
            questions.push_back({older, documents});
            questions.push_back({newer, documents});
        }
        const auto answers = askAjv(questions);
        QCOMPARE(answers.size(), questions.size());

        int shown = 0;
        int agreed = 0;
        for (std::size_t pair = 0; pair < differences.size(); ++pair) {
            const Question& older = questions[2 * pair];
            const Question& newer = questions[2 * pair + 1];
            const auto& before = answers[2 * pair];
            const auto& after = answers[2 * pair + 1];
            const QByteArray context =
                "\nolder " + test::jsonOf(older.schema) + "\nnewer " + test::jsonOf(newer.schema);
            // Our validator and ajv say the same of the same document.
            for (const std::size_t side : {2 * pair, 2 * pair + 1}) {
                const auto program = compileSchema(u"file:///judge.json"_s, test::jsonOf(questions[side].schema), {},
                                                   {.unheardKeywordsDecide = false, .openFormatsDecide = false});
                for (std::size_t i = 0; i < answers[side].size(); ++i) {
                    const QByteArray& document = questions[side].documents[static_cast<qsizetype>(i)];
                    JsonTape tape;
                    QVERIFY(tape.parse(document));
                    const SchemaVerdict own = schemaVerdict(*program, tape);
                    if (!answers[side][i] || own == SchemaVerdict::Unknown ||
                        isKnownOfAjv(questions[side].schema, document))
                        continue;
                    QVERIFY2((own == SchemaVerdict::Valid) == *answers[side][i],
                             QByteArray(test::jsonOf(questions[side].schema) + "\ndocument " + document).constData());
                    ++agreed;
                }
            }
            // Every document that is shown is one by ajv too.
            auto at = static_cast<std::size_t>(documentsOfPair);
            bool breaksBackward = false;
            bool breaksForward = false;
            const auto check = [&](const std::optional<QByteArray>& document, const auto& accepting,
                                   const auto& refusing) {
                if (!document)
                    return true;
                const std::size_t i = at++;
                if (!accepting[i] || !refusing[i] || isKnownOfAjv(older.schema, *document) ||
                    isKnownOfAjv(newer.schema, *document))
                    return true;
                ++shown;
                return *accepting[i] && !*refusing[i];
            };
            for (const SchemaDifference& difference : differences[pair]) {
                QVERIFY2(
                    check(difference.backwardExample, before, after),
                    QByteArray(context + "\nshown " + difference.backwardExample.value_or(QByteArray())).constData());
                QVERIFY2(
                    check(difference.forwardExample, after, before),
                    QByteArray(context + "\nshown " + difference.forwardExample.value_or(QByteArray())).constData());
                breaksBackward = breaksBackward || difference.backward != DirectionVerdict::Holds;
                breaksForward = breaksForward || difference.forward != DirectionVerdict::Holds;
            }
            // And by ajv no document refutes "compatible".
            for (std::size_t i = 0; i < static_cast<std::size_t>(documentsOfPair); ++i) {
                const QByteArray& document = older.documents[static_cast<qsizetype>(i)];
                if (!before[i] || !after[i] || isKnownOfAjv(older.schema, document) ||
                    isKnownOfAjv(newer.schema, document))
                    continue;
                if (*before[i] && !*after[i])
                    QVERIFY2(breaksBackward, QByteArray(context + "\nrefuted by " + document).constData());
                if (*after[i] && !*before[i])
                    QVERIFY2(breaksForward, QByteArray(context + "\nrefuted by " + document).constData());
            }
        }
        qInfo("%d documents judged alike, %d shown ones confirmed", agreed, shown);
        QVERIFY(agreed > pairsOfDraft * documentsOfPair);
        QVERIFY(shown > pairsOfDraft / 4);
    }
};

QTEST_GUILESS_MAIN(AjvTest)
#include "tst_ajv.moc"
