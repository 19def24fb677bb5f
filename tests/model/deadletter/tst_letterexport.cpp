// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterexport.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/lettersheet.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <csignal>

#include <unistd.h>

class TstLetterExport final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonLines();
    void csvIsSafeAndReadsBack();
    void workbookReadsBack();
    void moreRowsThanASheetHolds();
    void masksAndTheirAbsenceAreOnRecord();
    void withoutARecordNothingIsWritten();
    void whatCannotBeWritten();
    void stopped();
    void killedBeforeItsNameTheTargetIsAsItWas();
    void theStoreKeepsTheBytes();
};

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const UtcTime now = utcFromMs(letterMs + 3'600'000);

Masker production()
{
    return Masker(defaultMaskRules(Environment::Production));
}

/// Ordinary ones, and what breaks careless writers.
std::vector<PreparedLetter> letters()
{
    std::vector<PreparedLetter> all;
    const auto add = [&all](int number, const QByteArray& key, const std::optional<QByteArray>& value,
                            const QString& message) {
        PreparedLetter letter = StoreFixture::prepared(number, u"com.acme.E"_s, u"payments"_s, number);
        letter.record.key = key;
        letter.record.value = value;
        letter.facts.errorMessage = message;
        letter.digest = recordDigest(letter.record);
        all.push_back(letter);
    };
    add(1, "order-1", R"({"order_id":"1","amount":10.50,"email":"joe@example.com"})",
        u"no account for joe@example.com"_s);
    add(2, "=cmd|' /C calc'!A0", "+1,\"two\"\r\nthree", u"-1"_s);
    add(3, "\xFF\xFE", QByteArray("a\0b", 3), u"@x"_s);
    add(4, "order-4", std::nullopt, u"_x0041_ \u0007 \uFFFE ü 😀"_s);
    add(5, "order-5", "{\"x\":\"" + QByteArray("ab ").repeated(20'000) + "\"}", u"long"_s);
    return all;
}

struct Exported
{
    Result<ExportReport> report;
    std::vector<ExportRecord> records;
};

Exported exported(StoreFixture& fixture, const QString& file, const Masker& masker = {}, const QString& reveal = {},
                  std::stop_token stop = {})
{
    Exported result;
    Database reader = fixture.reader();
    result.report = exportLetters(
        reader,
        {.file = file,
         .queryText = u"team:team-of-payments"_s,
         .query = *parseQuery(u"team:team-of-payments"),
         .now = now,
         .masker = masker,
         .revealReason = reveal},
        [&result](const ExportRecord& record) {
            result.records.push_back(record);
            return Status();
        },
        [](std::int64_t) {}, stop);
    return result;
}

QByteArray contentOf(const QString& file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

/// What Python's own reader finds: rows of cells as JSON.
QJsonDocument readBack(const QByteArray& script, const QString& file)
{
    QProcess python;
    python.start(u"/usr/bin/python3"_s, // the one that the distribution's packages are for
                 {u"-c"_s, QString::fromUtf8(script), file});
    python.waitForFinished(60'000);
    if (python.exitCode() != 0)
        qWarning("%s", python.readAllStandardError().constData());
    return QJsonDocument::fromJson(python.readAllStandardOutput());
}

/// {sheet: [[cell, …], …]}; a time as text with milliseconds.
const QByteArray readWorkbook = R"PY(
import sys, json, datetime, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
def cell(c):
    v = c.value
    if isinstance(v, datetime.datetime):
        v = v + datetime.timedelta(microseconds=500)
        return v.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (v.microsecond // 1000)
    return v
print(json.dumps({s.title: [[cell(c) for c in row] for row in s.iter_rows()] for s in book.worksheets}
                 | {"filter": book.worksheets[0].auto_filter.ref, "frozen": book.worksheets[0].freeze_panes,
                    "types": [c.data_type for c in book.worksheets[0][2]]}))
)PY";

QJsonValue at(const QJsonArray& rows, int row, const QString& column)
{
    return rows[row].toArray()[letterColumnNames().indexOf(column)];
}

} // namespace

void TstLetterExport::jsonLines()
{
    StoreFixture fixture;
    QCOMPARE(fixture.add(letters()), 5);
    const QString file = fixture.folder() + u"/out.jsonl"_s;
    const Exported result = exported(fixture, file);
    QVERIFY(result.report);
    QCOMPARE(result.report->letters, 5);
    QCOMPARE(exportReportJson(*result.report),
             "{\"file\":\"" + file.toUtf8() + "\",\"letters\":5,\"masked\":0,\"isMasked\":false,\"cutCells\":0}");
    const QByteArrayList lines = contentOf(file).split('\n');
    QCOMPARE(lines.size(), 6); // each ends with a line feed
    const QJsonObject newest = QJsonDocument::fromJson(lines[0]).object();
    QCOMPARE(newest[u"key"].toString(), u"order-1"_s);
    QCOMPARE(newest[u"value"].toString(), QString::fromUtf8(*letters()[0].record.value));
    const QJsonObject bytes = QJsonDocument::fromJson(lines[2]).object();
    QVERIFY(bytes[u"key"].isNull());
    QCOMPARE(bytes[u"keyBase64"].toString(), u"//4="_s);
}

void TstLetterExport::csvIsSafeAndReadsBack()
{
    StoreFixture fixture;
    fixture.add(letters());
    const QString file = fixture.folder() + u"/out.csv"_s;
    QVERIFY(exported(fixture, file).report);
    const QJsonArray rows = readBack(R"PY(
import sys, csv, json
print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))))
)PY",
                                     file)
                                .array();
    QCOMPARE(rows.size(), 6);
    QCOMPARE(rows[0].toArray(), QJsonArray::fromStringList(letterColumnNames()));
    QCOMPARE(at(rows, 1, u"value"_s).toString(), QString::fromUtf8(*letters()[0].record.value));
    QCOMPARE(at(rows, 1, u"offset"_s).toString(), u"1"_s);
    QCOMPARE(at(rows, 2, u"key"_s).toString(), u"'=cmd|' /C calc'!A0"_s);
    QCOMPARE(at(rows, 2, u"value"_s).toString(), u"'+1,\"two\"\r\nthree"_s);
    QCOMPARE(at(rows, 2, u"errorMessage"_s).toString(), u"'-1"_s);
    QCOMPARE(at(rows, 3, u"keyBase64"_s).toString(), u"//4="_s);
    QCOMPARE(at(rows, 3, u"valueBase64"_s).toString(), u"YQBi"_s);
    QCOMPARE(at(rows, 4, u"value"_s).toString(), QString());
}

void TstLetterExport::workbookReadsBack()
{
    StoreFixture fixture;
    fixture.add(letters());
    const QString file = fixture.folder() + u"/out.xlsx"_s;
    const Exported result = exported(fixture, file);
    QVERIFY2(result.report, result.report ? "" : qUtf8Printable(result.report.error().detail));
    QCOMPARE(result.report->cutCells, 1);
    const QJsonObject book = readBack(readWorkbook, file).object();
    const QJsonArray rows = book[u"Letters"].toArray();
    QCOMPARE(rows.size(), 6);
    QCOMPARE(rows[0].toArray(), QJsonArray::fromStringList(letterColumnNames()));
    QCOMPARE(book[u"filter"].toString(), u"A1:AJ6"_s);
    QCOMPARE(book[u"frozen"].toString(), u"B2"_s);
    QCOMPARE(at(rows, 1, u"offset"_s).toInt(), 1); // a number
    QCOMPARE(at(rows, 1, u"deadLetteredAt"_s).toString(), u"2025-11-21T04:45:26.204Z"_s);
    QCOMPARE(at(rows, 1, u"value"_s).toString(), QString::fromUtf8(*letters()[0].record.value));
    QCOMPARE(at(rows, 2, u"key"_s).toString(), u"=cmd|' /C calc'!A0"_s);
    QCOMPARE(book[u"types"].toArray()[letterColumnNames().indexOf(u"key"_s)].toString(), u"s"_s); // no formula
    QVERIFY(at(rows, 4, u"value"_s).isNull());
    QVERIFY(at(rows, 4, u"errorMessage"_s).toString().endsWith(u"ü 😀"_s));
    const QString cut = at(rows, 5, u"value"_s).toString();
    QVERIFY(cut.size() <= 32'767 && cut.size() > 28'000);
    QVERIFY(cut.endsWith(u"… [cut here; 60008 characters in all]"_s));
    const QJsonArray summary = book[u"Summary"].toArray();
    QCOMPARE(summary[0].toArray(), (QJsonArray{u"Query"_s, u"team:team-of-payments"_s}));
    QCOMPARE(summary[1].toArray(), (QJsonArray{u"Letters"_s, 5}));
    QCOMPARE(summary[2].toArray(), (QJsonArray{u"Masking"_s, u"off"_s}));
    QCOMPARE(QDir(fixture.folder()).entryList({u".spillway*"_s}, QDir::AllEntries | QDir::Hidden), QStringList());
}

void TstLetterExport::moreRowsThanASheetHolds()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(u"many.xlsx"_s);
    auto sheet = LetterSheet::create(file, 2);
    QVERIFY(sheet);
    for (std::int64_t i = 0; i < 5; ++i)
        QVERIFY((*sheet)->add({u"id-%1"_s.arg(i), std::monostate(), std::int64_t{1} << 60}));
    QVERIFY((*sheet)->finish({}));
    const QJsonObject book = readBack(readWorkbook, file).object();
    QCOMPARE(book[u"Letters"].toArray().size(), 3);
    QCOMPARE(book[u"Letters 2"].toArray().size(), 3);
    QCOMPARE(book[u"Letters 3"].toArray().size(), 2);
    QCOMPARE(book[u"Letters 3"].toArray()[1].toArray()[0].toString(), u"id-4"_s);
    // What a double cannot hold exactly is a text.
    QCOMPARE(book[u"Letters"].toArray()[1].toArray()[2].toString(), QString::number(qint64{1} << 60));
}

void TstLetterExport::masksAndTheirAbsenceAreOnRecord()
{
    StoreFixture fixture;
    fixture.add(letters());
    for (const QString& ending : {u"jsonl"_s, u"csv"_s, u"xlsx"_s}) {
        const QString file = fixture.folder() + u"/out."_s + ending;
        const Exported masked = exported(fixture, file, production());
        QVERIFY(masked.report);
        QVERIFY(masked.report->isMasked);
        QCOMPARE(masked.report->masked, 2); // the personal one, and the one that is no text
        QCOMPARE(masked.records.size(), std::size_t{1});
        QCOMPARE(masked.records[0].format, ending);
        QCOMPARE(masked.records[0].letters, 5);
        QVERIFY(masked.records[0].isMasked && masked.records[0].reason.isEmpty());
        if (ending != u"xlsx") {
            QVERIFY(!contentOf(file).contains("joe@example.com"));
            QVERIFY(contentOf(file).contains("•••"));
        } else {
            const QByteArray all = QJsonDocument(readBack(readWorkbook, file).object()).toJson();
            QVERIFY(all.contains("order-1") && !all.contains("joe@example.com"));
        }
        const Exported bare = exported(fixture, file, production(), u"asked by the customer"_s);
        QVERIFY(bare.report && !bare.report->isMasked);
        QCOMPARE(bare.records[0].reason, u"asked by the customer"_s);
        QVERIFY(!bare.records[0].isMasked);
        if (ending != u"xlsx")
            QVERIFY(contentOf(file).contains("joe@example.com"));
    }
    QTemporaryDir folder;
    ManualClock clock(now);
    auto ledger = Ledger::open(folder.filePath(u"ledger.sqlite"_s), clock);
    QVERIFY(ledger);
    QVERIFY(recordExport(**ledger, u"ann"_s, {.query = u"q"_s, .file = u"/f.csv"_s, .format = u"csv"_s, .letters = 3}));
    QVERIFY(!recordReveal(**ledger, u"ann"_s, {.letterId = StoreFixture::idOf(letters()[0]), .reason = u" "_s}));
    QVERIFY(!recordReveal(**ledger, u"ann"_s, {.letterId = u"x"_s, .reason = u"why"_s}));
    QVERIFY(recordReveal(**ledger, u"ann"_s, {.letterId = StoreFixture::idOf(letters()[0]), .reason = u"why"_s}));
    const auto events = (*ledger)->read(0, 10, u"deadletter."_s);
    QVERIFY(events);
    QCOMPARE(events->size(), std::size_t{2});
    QCOMPARE(events->at(0).type, u"deadletter.exported"_s);
    QCOMPARE(
        events->at(0).body,
        QByteArray(
            R"({"query":"q","file":"/f.csv","format":"csv","letters":3,"maskedLetters":0,"isMasked":true,"reason":null})"));
    QCOMPARE(events->at(1).type, u"deadletter.revealed"_s);
    QCOMPARE(events->at(1).actor, u"ann"_s);
}

void TstLetterExport::withoutARecordNothingIsWritten()
{
    StoreFixture fixture;
    fixture.add(letters());
    for (const QString& ending : {u"jsonl"_s, u"xlsx"_s}) {
        const QString file = fixture.folder() + u"/out."_s + ending;
        Database reader = fixture.reader();
        const auto report = exportLetters(
            reader, {.file = file, .query = *parseQuery(u""), .now = now},
            [](const ExportRecord&) -> Status { return fail(ErrorCode::Unreachable, u"the ledger is full"_s); }, {});
        QVERIFY(!report);
        QVERIFY(!QFile::exists(file));
        QCOMPARE(QDir(fixture.folder()).entryList({u"*out*"_s, u".spillway*"_s}, QDir::AllEntries | QDir::Hidden),
                 QStringList());
    }
}

void TstLetterExport::whatCannotBeWritten()
{
    StoreFixture fixture;
    QCOMPARE(exported(fixture, u"/nowhere/at/all.csv"_s).report.error().code, ErrorCode::Unreachable);
    QCOMPARE(exported(fixture, u"/nowhere/at/all.xlsx"_s).report.error().code, ErrorCode::Unreachable);
    QCOMPARE(exported(fixture, fixture.folder() + u"/x.txt"_s).report.error().code, ErrorCode::InvalidConfig);
    const Exported none = exported(fixture, fixture.folder() + u"/none.xlsx"_s);
    QVERIFY(none.report);
    QCOMPARE(none.report->letters, 0);
    QCOMPARE(readBack(readWorkbook, fixture.folder() + u"/none.xlsx"_s).object()[u"Letters"].toArray().size(), 1);
}

void TstLetterExport::stopped()
{
    StoreFixture fixture;
    fixture.add(letters());
    std::stop_source stop;
    stop.request_stop();
    const QString file = fixture.folder() + u"/out.csv"_s;
    const Exported result = exported(fixture, file, {}, {}, stop.get_token());
    QCOMPARE(result.report.error().code, ErrorCode::Cancelled);
    QVERIFY(result.records.empty() && !QFile::exists(file));
}

void TstLetterExport::killedBeforeItsNameTheTargetIsAsItWas()
{
    StoreFixture fixture;
    fixture.add(letters());
    for (const QString& ending : {u"jsonl"_s, u"csv"_s, u"xlsx"_s}) {
        const QString file = fixture.folder() + u"/out."_s + ending;
        QFile before(file);
        QVERIFY(before.open(QIODevice::WriteOnly) && before.write("before") == 6);
        before.close();
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {u"--killed"_s, fixture.file(), file});
        QVERIFY(child.waitForFinished(60'000));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        QCOMPARE(contentOf(file), QByteArray("before"));
    }
}

void TstLetterExport::theStoreKeepsTheBytes()
{
    StoreFixture fixture;
    fixture.add(letters());
    Database reader = fixture.reader();
    for (const PreparedLetter& stored : letters()) {
        auto letter = deadLetter(reader, StoreFixture::idOf(stored));
        QVERIFY(letter);
        maskLetter(*letter, production(), MaskPurpose::View);
        // Masking is for eyes: what a replay reads is byte for byte what came.
        const auto again = deadLetter(reader, StoreFixture::idOf(stored));
        QVERIFY(again);
        QCOMPARE(again->record.value, stored.record.value);
        QCOMPARE(again->record.key, stored.record.key);
        QCOMPARE(again->record.headers, stored.record.headers);
        QCOMPARE(recordDigest(again->record), stored.digest);
    }
}

int main(int argc, char* argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.value(1) == u"--killed") { // dies when all is written and nothing has its name
        auto reader = Database::open(arguments.value(2), Database::Access::Reader);
        (void)exportLetters(*reader, {.file = arguments.value(3), .query = *parseQuery(u""), .now = now},
                            [](const ExportRecord&) {
                                ::kill(::getpid(), SIGKILL);
                                return Status();
                            },
                            {});
        return 1;
    }
    TstLetterExport test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_letterexport.moc"
