// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costfiles.h"

#include "connectors/pdf/pdfprinter.h"
#include "model/base/wholefile.h"
#include "model/cost/costwriters.h"
#include "model/focus/focuswriter.h"
#include "model/report/costdocument.h"
#include "model/report/costworkbook.h"

#include <QBuffer>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <array>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array<std::pair<QStringView, CostFormat>, 10> words{{{u"text", CostFormat::Text},
                                                                    {u"json", CostFormat::Json},
                                                                    {u"csv", CostFormat::Csv},
                                                                    {u"xlsx", CostFormat::Xlsx},
                                                                    {u"focus", CostFormat::Focus12},
                                                                    {u"focus-1.2", CostFormat::Focus12},
                                                                    {u"focus-1.3", CostFormat::Focus13},
                                                                    {u"focus-1.4", CostFormat::Focus14},
                                                                    {u"pdf", CostFormat::Pdf},
                                                                    {u"html", CostFormat::Html}}};

FocusExport focusExport(const Context& context, CostFormat format, UtcTime now)
{
    const FocusVersion version = format == CostFormat::Focus12   ? FocusVersion::V1_2
                                 : format == CostFormat::Focus13 ? FocusVersion::V1_3
                                                                 : FocusVersion::V1_4;
    return {.version = version,
            .workspace = context.workspace.name,
            .today = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date()};
}

report::CostOccasion occasionOf(const Context& context, UtcTime now)
{
    return {.workspace = context.workspace.name, .madeAt = now};
}

tl::unexpected<Error> unwritable(const QString& file, const QString& why)
{
    return fail(ErrorCode::Unreachable,
                u"%1 cannot be written: %2; check the folder's rights and the disk"_s.arg(file, why));
}

/// Takes what `fill` writes; the file is whole or as it was.
template<typename Fill>
Status replaceFile(const QString& file, Fill fill)
{
    WholeFile out(file);
    const auto advised = [](const Status& status) {
        return status || status.error().code != ErrorCode::Unreachable
                   ? status
                   : fail(ErrorCode::Unreachable,
                          status.error().detail + u"; check the folder's rights and the disk"_s);
    };
    if (const Status opened = out.open(); !opened)
        return advised(opened);
    if (const Status filled = fill(out.device()); !filled)
        return filled.error().code == ErrorCode::Unreachable ? Status(unwritable(file, filled.error().detail)) : filled;
    return advised(out.commit());
}

Status put(QIODevice& out, const QByteArray& bytes)
{
    if (out.write(bytes) == bytes.size())
        return {};
    return fail(ErrorCode::Unreachable, out.errorString());
}

/// Everything but paper and workbooks, which want a file of their own.
Status writeTo(QIODevice& out, const Context& context, const CostBill& bill, CostFormat format, UtcTime now,
               std::stop_token stop)
{
    switch (format) {
    case CostFormat::Text:
        return put(out, costAsText(reportOf(bill)).toUtf8());
    case CostFormat::Json:
        return put(out, costAsJson(reportOf(bill)) + '\n');
    case CostFormat::Csv:
        return put(out, costAsCsv(reportOf(bill)));
    case CostFormat::Focus12:
    case CostFormat::Focus13:
    case CostFormat::Focus14:
        return writeFocus(out, bill, focusExport(context, format, now), stop);
    case CostFormat::Html:
        return put(out, report::writeHtml(report::costDocument(bill, occasionOf(context, now))));
    case CostFormat::Xlsx:
    case CostFormat::Pdf:
        break;
    }
    return fail(ErrorCode::Internal, u"this format goes into a file"_s);
}

/// A workbook in a file of its own beside `file`, then renamed.
Status writeWorkbook(const Context& context, const CostBill& bill, const QString& file, UtcTime now,
                     std::stop_token stop)
{
    const QFileInfo target(file);
    QTemporaryDir folder(target.absolutePath() + u"/.spillway-XXXXXX"_s);
    if (!folder.isValid())
        return unwritable(file, folder.errorString());
    const QString draft = folder.filePath(u"cost.xlsx"_s);
    if (const Status written = report::writeCostWorkbook(bill, occasionOf(context, now), draft, std::move(stop));
        !written)
        return written;
    QFile made(draft);
    if (!made.open(QIODevice::ReadOnly))
        return unwritable(file, made.errorString());
    return replaceFile(file, [&made](QIODevice& out) -> Status {
        while (!made.atEnd()) {
            if (const Status written = put(out, made.read(qint64{1} << 20)); !written)
                return written;
        }
        return {};
    });
}

} // namespace

std::optional<CostFormat> costFormatOf(const QString& word)
{
    for (const auto& [name, format] : words) {
        if (word == name)
            return format;
    }
    return std::nullopt;
}

std::optional<CostFormat> costFormatOfFile(const QString& file)
{
    const QString ending = QFileInfo(file).suffix().toLower();
    if (ending == u"txt")
        return CostFormat::Text;
    if (ending == u"htm")
        return CostFormat::Html;
    return costFormatOf(ending);
}

bool isFocusFormat(CostFormat format)
{
    return format == CostFormat::Focus12 || format == CostFormat::Focus13 || format == CostFormat::Focus14;
}

bool isBinaryFormat(CostFormat format)
{
    return format == CostFormat::Xlsx || format == CostFormat::Pdf;
}

QString costMetadataFile(const QString& file)
{
    const QFileInfo target(file);
    return target.dir().filePath(target.completeBaseName() + u".metadata.json"_s);
}

Status writeCostFile(const Context& context, const CostBill& bill, CostFormat format, const QString& file, UtcTime now,
                     std::stop_token stop)
{
    if (format == CostFormat::Pdf)
        return printPdf(report::costDocument(bill, occasionOf(context, now)), file);
    if (format == CostFormat::Xlsx)
        return writeWorkbook(context, bill, file, now, std::move(stop));
    return replaceFile(file, [&](QIODevice& out) -> Status {
        const Status written = writeTo(out, context, bill, format, now, std::move(stop));
        if (!written || !isFocusFormat(format))
            return written;
        // When the data are whole, and before they take their name: nothing but that lies between the two files, and
        // they never lie there without it.
        return replaceFile(costMetadataFile(file), [&](QIODevice& metadata) {
            return put(metadata, focusMetadata(bill, focusExport(context, format, now), now));
        });
    });
}

Result<QByteArray> costBytes(const Context& context, const CostBill& bill, CostFormat format, UtcTime now,
                             std::stop_token stop)
{
    if (!isBinaryFormat(format)) {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        if (const Status written = writeTo(buffer, context, bill, format, now, std::move(stop)); !written)
            return tl::unexpected(written.error());
        return buffer.data();
    }
    const QTemporaryDir folder;
    const QString draft = folder.filePath(u"cost"_s);
    if (const Status written = writeCostFile(context, bill, format, draft, now, std::move(stop)); !written)
        return tl::unexpected(written.error());
    QFile made(draft);
    if (!made.open(QIODevice::ReadOnly))
        return tl::unexpected(Error{ErrorCode::Unreachable, made.errorString()});
    return made.readAll();
}

} // namespace spillway
