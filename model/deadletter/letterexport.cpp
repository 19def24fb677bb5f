// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterexport.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/lettercells.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/lettersheet.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/topicstore.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString formatWord(ExportFormat format)
{
    switch (format) {
    case ExportFormat::JsonLines:
        return u"jsonl"_s;
    case ExportFormat::Csv:
        return u"csv"_s;
    case ExportFormat::Xlsx:
        return u"xlsx"_s;
    }
    return {};
}

/// One way to write letters. Gone before `commit`, it leaves the target as it was.
class Writer
{
public:
    virtual ~Writer() = default;
    virtual Status add(const DeadLetter& letter, const LetterDetails& details) = 0;
    /// What is left to write before the report is put on record.
    virtual Status finish(ExportReport& report, const LetterExport& what) = 0;
    virtual Status commit() = 0;
};

Status cannotWrite(const QString& file, const QString& why)
{
    return fail(ErrorCode::Unreachable,
                u"%1 could not be written: %2; check the folder's rights and the disk"_s.arg(file, why));
}

/// A table has one place for a payload: a rescued one stands in it.
auto cellsOf(const DeadLetter& letter, const LetterDetails& details)
{
    if (!details.rescue)
        return letterCells(letter);
    DeadLetter whole = letter;
    whole.record.value = details.rescue->value;
    return letterCells(whole);
}

class LineWriter final : public Writer
{
public:
    LineWriter(const QString& file, ExportFormat format)
        : m_file(file)
        , m_format(format)
    {
    }
    Status begin()
    {
        if (Status opened = m_file.open(); !opened)
            return opened;
        if (m_format == ExportFormat::JsonLines)
            return {};
        return put(letterColumnNames().join(u',').toLatin1() + "\r\n");
    }
    Status add(const DeadLetter& letter, const LetterDetails& details) override
    {
        return put(m_format == ExportFormat::JsonLines ? letterDetailJson(letter, details) + '\n'
                                                       : csvLine(cellsOf(letter, details)));
    }
    Status finish(ExportReport& /*report*/, const LetterExport& /*what*/) override { return m_file.flush(); }
    Status commit() override { return m_file.commit(); }

private:
    Status put(const QByteArray& bytes) { return m_file.write(bytes); }

    WholeFile m_file;
    ExportFormat m_format;
};

class SheetWriter final : public Writer
{
public:
    explicit SheetWriter(const QString& file)
        : m_file(file)
        , m_folder(QFileInfo(file).absolutePath() + u"/.spillway-export-XXXXXX"_s)
    {
    }
    Status begin()
    {
        if (!m_folder.isValid())
            return cannotWrite(m_file, m_folder.errorString());
        auto sheet = LetterSheet::create(temporary());
        if (!sheet)
            return tl::unexpected(sheet.error());
        m_sheet = std::move(*sheet);
        return {};
    }
    Status add(const DeadLetter& letter, const LetterDetails& details) override
    {
        return m_sheet->add(cellsOf(letter, details));
    }
    Status finish(ExportReport& report, const LetterExport& what) override
    {
        report.cutCells = m_sheet->cutCells();
        const QString masks = !report.isMasked
                                  ? (what.revealReason.isEmpty() ? u"off"_s : u"taken off: "_s + what.revealReason)
                                  : u"on"_s;
        return m_sheet->finish({{u"Query"_s, what.masker.text(what.queryText, MaskPurpose::Export)},
                                {u"Letters"_s, report.letters},
                                {u"Masking"_s, masks},
                                {u"Letters with masks"_s, report.masked},
                                {u"Cells cut at 32 767 characters"_s, report.cutCells},
                                {u"Written at (UTC)"_s, formatUtc(what.now)}});
    }
    Status commit() override
    {
        // Within one folder's file system a rename replaces in one step.
        if (std::rename(QFile::encodeName(temporary()).constData(), QFile::encodeName(m_file).constData()) != 0)
            return cannotWrite(m_file, QString::fromLocal8Bit(strerror(errno)));
        return {};
    }

private:
    [[nodiscard]] QString temporary() const { return m_folder.filePath(u"letters.xlsx"_s); }

    QString m_file;
    QTemporaryDir m_folder; // goes after the sheet
    std::unique_ptr<LetterSheet> m_sheet;
};

Result<std::unique_ptr<Writer>> openWriter(const QString& file, ExportFormat format)
{
    const auto begun = [](auto writer) -> Result<std::unique_ptr<Writer>> {
        if (const Status status = writer->begin(); !status)
            return tl::unexpected(status.error());
        return writer;
    };
    if (QFileInfo(file).isDir())
        return tl::unexpected(cannotWrite(file, u"it is a folder"_s).error());
    if (format == ExportFormat::Xlsx && isStream(file))
        return tl::unexpected(cannotWrite(file, u"a workbook needs a file of its own"_s).error());
    if (format == ExportFormat::Xlsx)
        return begun(std::make_unique<SheetWriter>(file));
    return begun(std::make_unique<LineWriter>(file, format));
}

} // namespace

Result<ExportFormat> exportFormatOf(const QString& file)
{
    const QString ending = QFileInfo(file).suffix().toLower();
    if (ending == u"jsonl")
        return ExportFormat::JsonLines;
    if (ending == u"csv")
        return ExportFormat::Csv;
    if (ending == u"xlsx")
        return ExportFormat::Xlsx;
    return fail(ErrorCode::InvalidConfig,
                u"the ending of %1 names no format; write a file that ends with .jsonl, .csv or .xlsx"_s.arg(
                    visibleText(file)));
}

Result<ExportReport> exportLetters(Database& reader, const LetterExport& what,
                                   const std::function<Status(const ExportRecord&)>& record,
                                   const std::function<void(std::int64_t)>& progress, std::stop_token stop)
{
    constexpr std::int64_t reportedEach = 5'000;
    const auto format = exportFormatOf(what.file);
    if (!format)
        return tl::unexpected(format.error());
    auto writer = openWriter(what.file, *format);
    if (!writer)
        return tl::unexpected(writer.error());
    const auto topics = topicBook(reader);
    if (!topics)
        return tl::unexpected(topics.error());
    const Masker masker = what.revealReason.isEmpty() ? what.masker : Masker();
    ExportReport report{.file = what.file, .isMasked = masker.isOn(MaskPurpose::Export)};
    const bool isExplained = what.explain && *format == ExportFormat::JsonLines && !report.isMasked;
    Status written;
    const auto outcome = runQuery(
        reader, what.query, {.now = what.now, .parts = LetterParts::Whole},
        [&](const DeadLetter& found) {
            DeadLetter letter = found;
            const LetterMasking masking = maskLetter(letter, masker, MaskPurpose::Export);
            LetterDetails details{.loss = letterLoss(found, *topics), .masking = masking, .dialects = what.dialects};
            if (found.facts.isPointer) {
                auto rescue = rescueOf(reader, found.id);
                if (!rescue) {
                    written = tl::unexpected(rescue.error());
                    return false;
                }
                if (*rescue && isExplained) {
                    DeadLetter whole = found;
                    whole.record.value = (*rescue)->value;
                    whole.record.headers = (*rescue)->headers;
                    details.payload = what.explain(whole);
                }
                if (*rescue)
                    maskRescue(**rescue, masker, MaskPurpose::Export);
                details.rescue = std::move(*rescue);
            } else if (isExplained) {
                details.payload = what.explain(found);
            }
            written = (*writer)->add(letter, details);
            if (!written)
                return false;
            report.masked += masking.coverage == MaskCoverage::None ? 0 : 1;
            if (++report.letters % reportedEach == 0 && progress)
                progress(report.letters);
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected(outcome.error());
    if (!written)
        return tl::unexpected(written.error());
    if (outcome->end == QueryOutcome::End::Stopped || stop.stop_requested())
        return fail(ErrorCode::Cancelled,
                    u"the export was stopped after %1 letters; nothing was written"_s.arg(formatCount(report.letters)));
    if (const Status finished = (*writer)->finish(report, what); !finished)
        return tl::unexpected(finished.error());
    const ExportRecord entry{.query = what.masker.text(what.queryText, MaskPurpose::Report), // it quotes what it seeks
                             .file = what.file,
                             .format = formatWord(*format),
                             .letters = report.letters,
                             .masked = report.masked,
                             .isMasked = report.isMasked,
                             .reason = what.revealReason};
    if (const Status recorded = record(entry); !recorded)
        return tl::unexpected(recorded.error());
    if (const Status moved = (*writer)->commit(); !moved)
        return tl::unexpected(moved.error());
    return report;
}

QByteArray exportReportJson(const ExportReport& report)
{
    JsonWriter json;
    json.beginObject()
        .field(u"file", report.file)
        .field(u"letters", report.letters)
        .field(u"masked", report.masked)
        .field(u"isMasked", report.isMasked)
        .field(u"cutCells", report.cutCells)
        .endObject();
    return json.json();
}

QString exportReportText(const ExportReport& report)
{
    QString text = u"%1 %2 written to %3"_s.arg(formatCount(report.letters),
                                                report.letters == 1 ? u"letter"_s : u"letters"_s, report.file);
    text += report.isMasked ? u"; masked in %1 of them"_s.arg(formatCount(report.masked)) : u"; nothing is masked"_s;
    if (report.cutCells > 0)
        text += u"\n%1 longer than Excel's 32 767 characters and %2 cut; .jsonl holds %3 whole"_s.arg(
            report.cutCells == 1 ? u"1 cell was"_s : u"%1 cells were"_s.arg(formatCount(report.cutCells)),
            report.cutCells == 1 ? u"is"_s : u"are"_s, report.cutCells == 1 ? u"it"_s : u"them"_s);
    return text;
}

} // namespace spillway
