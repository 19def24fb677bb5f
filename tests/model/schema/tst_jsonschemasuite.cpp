// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemacompiler.h"
#include "model/schema/schemavalidator.h"
#include "tests/support/folders.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString suite(const QString& path)
{
    return test::sourceFile(u"tests/data/json-schema-suite/"_s + path);
}

struct Draft
{
    QString folder;
    SchemaDraft draft;
};
const std::vector<Draft> drafts{{u"draft4"_s, SchemaDraft::Draft4},
                                {u"draft6"_s, SchemaDraft::Draft6},
                                {u"draft7"_s, SchemaDraft::Draft7},
                                {u"draft2019-09"_s, SchemaDraft::Draft2019},
                                {u"draft2020-12"_s, SchemaDraft::Draft2020}};

/// The suite asks here for a format that 2020-12 makes a note.
const QStringList notAsked{
    u"draft2020-12/optional/ecmascript-regex.json: \\a is not an ECMA 262 control escape: when used as a pattern"_s};

std::optional<QByteArray> remote(const QString& uri)
{
    if (!uri.startsWith(u"http://localhost:1234/"))
        return std::nullopt;
    const QByteArray json = contents(suite(u"remotes/"_s + uri.sliced(22)));
    return json.isEmpty() ? std::nullopt : std::optional(json);
}

QString text(const JsonTape& tape, std::uint32_t node)
{
    const std::string_view text = tape.text(node);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

struct Outcome
{
    QStringList wrong;   ///< another answer than the suite's
    QStringList unknown; ///< no answer
    int asked = 0;
};

Outcome runFile(const Draft& draft, const QString& name, SchemaReading reading)
{
    Outcome outcome;
    const QByteArray bytes = contents(suite(u"tests/%1/%2"_s.arg(draft.folder, name)));
    JsonTape tape;
    if (!tape.parse(bytes))
        return outcome;
    reading.withoutSchemaKeyword = draft.draft;
    for (std::uint32_t group = 1; group < tape[0].end; group = tape[group].end) {
        const auto program = compileSchema(u"http://example.test/schema.json"_s,
                                           tape.token(*tape.member(group, "schema")).toByteArray(), &remote, reading);
        const std::uint32_t tests = *tape.member(group, "tests");
        for (std::uint32_t test = tests + 1; test < tape[tests].end; test = tape[test].end) {
            const QByteArray data = tape.token(*tape.member(test, "data")).toByteArray();
            const bool isValid = tape.isTrue(*tape.member(test, "valid"));
            JsonTape instance;
            if (!instance.parse(data))
                outcome.wrong.append(u"unreadable: "_s + QString::fromUtf8(data));
            const SchemaJudgement judged = judge(*program, instance);
            const QString label =
                u"%1/%2: %3: %4"_s.arg(draft.folder, name, text(tape, *tape.member(group, "description")),
                                       text(tape, *tape.member(test, "description")));
            // What is remembered of parts changes no answer and tells each error.
            const SchemaJudgement again = judge(*program, instance, {.remembersAfter = 0});
            if (again.verdict != judged.verdict)
                outcome.wrong.append(label + u" (another verdict from memory)"_s);
            for (const SchemaError& error : judged.errors) {
                if (std::find(again.errors.begin(), again.errors.end(), error) == again.errors.end())
                    outcome.wrong.append(label + u" (an error is missing from memory: "_s + error.message + u')');
            }
            ++outcome.asked;
            if (judged.verdict == SchemaVerdict::Unknown)
                outcome.unknown.append(label + u" ["_s + judged.reasons.join(u"; "_s) + u']');
            else if ((judged.verdict == SchemaVerdict::Valid) != isValid && !notAsked.contains(label))
                outcome.wrong.append(label);
            if ((judged.verdict == SchemaVerdict::Invalid) == judged.errors.empty())
                outcome.wrong.append(label + u" (verdict and errors do not agree)"_s);
        }
    }
    return outcome;
}

QString shown(const QStringList& lines)
{
    return u"\n  "_s + lines.join(u"\n  "_s);
}

} // namespace

/// The official tests: required ones answered as they say, optional ones never answered otherwise.
class TstJsonSchemaSuite final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void required_data();
    void required();
    void optional_data();
    void optional();
    void formats_data();
    void formats();
};

void TstJsonSchemaSuite::required_data()
{
    QTest::addColumn<int>("draft");
    QTest::addColumn<QString>("file");
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        for (const QString& file : QDir(suite(u"tests/"_s + drafts[i].folder)).entryList({u"*.json"_s}, QDir::Files))
            QTest::newRow(qPrintable(drafts[i].folder + u'/' + file)) << static_cast<int>(i) << file;
    }
}

void TstJsonSchemaSuite::required()
{
    QFETCH(int, draft);
    QFETCH(QString, file);
    const Draft& of = drafts[static_cast<std::size_t>(draft)];
    const SchemaReading byTheLetter{.unheardKeywordsDecide = false, .openFormatsDecide = false};
    const Outcome plain = runFile(of, file, byTheLetter);
    QVERIFY(plain.asked > 0);
    QVERIFY2(plain.wrong.isEmpty(), qPrintable(shown(plain.wrong)));
    QVERIFY2(plain.unknown.isEmpty(), qPrintable(shown(plain.unknown)));
    // As Spillway reads schemas it may know less, but must not say the opposite.
    const Outcome careful = runFile(of, file, SchemaReading{});
    QVERIFY2(careful.wrong.isEmpty(), qPrintable(shown(careful.wrong)));
}

void TstJsonSchemaSuite::optional_data()
{
    QTest::addColumn<int>("draft");
    QTest::addColumn<QString>("file");
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const QString folder = u"tests/%1/optional"_s.arg(drafts[i].folder);
        for (const QString& file : QDir(suite(folder)).entryList({u"*.json"_s}, QDir::Files))
            QTest::newRow(qPrintable(drafts[i].folder + u'/' + file)) << static_cast<int>(i) << u"optional/"_s + file;
    }
}

void TstJsonSchemaSuite::optional()
{
    QFETCH(int, draft);
    QFETCH(QString, file);
    const Outcome careful = runFile(drafts[static_cast<std::size_t>(draft)], file, SchemaReading{});
    QVERIFY(careful.asked > 0);
    QVERIFY2(careful.wrong.isEmpty(), qPrintable(shown(careful.wrong)));
}

void TstJsonSchemaSuite::formats_data()
{
    QTest::addColumn<int>("draft");
    QTest::addColumn<QString>("file");
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const QString folder = u"tests/%1/optional/format"_s.arg(drafts[i].folder);
        for (const QString& file : QDir(suite(folder)).entryList({u"*.json"_s}, QDir::Files))
            QTest::newRow(qPrintable(drafts[i].folder + u'/' + file))
                << static_cast<int>(i) << u"optional/format/"_s + file;
    }
}

void TstJsonSchemaSuite::formats()
{
    QFETCH(int, draft);
    QFETCH(QString, file);
    const SchemaReading asserting{.unheardKeywordsDecide = false, .openFormatsDecide = true, .formatsAssert = true};
    const Outcome outcome = runFile(drafts[static_cast<std::size_t>(draft)], file, asserting);
    QVERIFY(outcome.asked > 0);
    QVERIFY2(outcome.wrong.isEmpty(), qPrintable(shown(outcome.wrong)));
    const QString name = file.section(u'/', -1).section(u'.', 0, 0);
    if (jsonFormatFromName(name))
        QVERIFY2(outcome.unknown.size() * 10 <= outcome.asked, qPrintable(shown(outcome.unknown)));
}

QTEST_GUILESS_MAIN(TstJsonSchemaSuite)
#include "tst_jsonschemasuite.moc"
