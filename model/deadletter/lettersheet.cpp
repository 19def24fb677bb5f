// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettersheet.h"

#include "model/base/sheettext.h"

#include <QFile>
#include <QFileInfo>

#include <xlsxwriter.h>

#include <algorithm>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

struct LetterSheet::Parts
{
    QString file;
    QByteArray folder; // the workbook keeps a pointer into it
    lxw_workbook* workbook = nullptr;
    lxw_worksheet* sheet = nullptr;
    lxw_format* title = nullptr;
    lxw_format* time = nullptr;
    lxw_row_t row = 0;
    lxw_row_t rowsPerSheet = 0;
    int sheets = 0;
    std::int64_t cut = 0;

    ~Parts()
    {
        if (!workbook)
            return;
        // There is no way to drop a workbook but to write it.
        workbook_close(workbook);
        QFile::remove(file);
    }

    Status write(lxw_row_t at, lxw_col_t column, const LetterCell& cell);
    Status begin();
    void end();
};

namespace {

constexpr qsizetype longestCell = longestSheetText;
constexpr std::int64_t largestExact = 1LL << 53; // a number in Excel is a double

Status judged(lxw_error error, const QString& file)
{
    if (error == LXW_NO_ERROR)
        return {};
    return fail(ErrorCode::Unreachable,
                u"%1 could not be written: %2; check the folder's rights and the disk, or write .jsonl"_s.arg(
                    file, QString::fromUtf8(lxw_strerror(error))));
}

} // namespace

Status LetterSheet::Parts::write(lxw_row_t at, lxw_col_t column, const LetterCell& cell)
{
    struct Writer
    {
        Parts& parts;
        lxw_row_t at;
        lxw_col_t column;

        lxw_error operator()(std::monostate) const { return LXW_NO_ERROR; }
        lxw_error operator()(std::int64_t number) const
        {
            if (number > largestExact || number < -largestExact)
                return (*this)(QString::number(number));
            return worksheet_write_number(parts.sheet, at, column, static_cast<double>(number), nullptr);
        }
        lxw_error operator()(UtcTime value) const
        {
            constexpr double msPerDay = 86'400'000.0;
            constexpr double dayOf1970 = 25'569; // in Excel's count
            const double days = static_cast<double>(value.time_since_epoch().count()) / msPerDay + dayOf1970;
            return worksheet_write_number(parts.sheet, at, column, days, parts.time);
        }
        lxw_error operator()(const QString& text) const
        {
            QString whole = text;
            QByteArray bytes = sheetText(whole);
            if (bytes.size() > longestCell && QString::fromUtf8(bytes).size() > longestCell) {
                ++parts.cut;
                const QString note = u"… [cut here; %1 characters in all]"_s.arg(text.size());
                // An escape is written out as seven characters, so a seventh of the text always fits.
                for (qsizetype keep = longestCell - note.size();; keep -= longestCell / 8) {
                    bytes = sheetText(text.first(keep) + note);
                    if (QString::fromUtf8(bytes).size() <= longestCell)
                        break;
                }
            }
            return bytes.isEmpty() ? LXW_NO_ERROR
                                   : worksheet_write_string(parts.sheet, at, column, bytes.constData(), nullptr);
        }
    };
    return judged(std::visit(Writer{*this, at, column}, cell), file);
}

Status LetterSheet::Parts::begin()
{
    ++sheets;
    const QByteArray name = sheets == 1 ? QByteArray("Letters") : "Letters " + QByteArray::number(sheets);
    sheet = workbook_add_worksheet(workbook, name.constData());
    if (!sheet)
        return judged(LXW_ERROR_MEMORY_MALLOC_FAILED, file);
    worksheet_freeze_panes(sheet, 1, 1);
    const QStringList& names = letterColumnNames();
    for (qsizetype i = 0; i < names.size(); ++i) {
        const bool isTime = names[i].endsWith(u"At"_s) || names[i] == u"originTimestamp";
        worksheet_set_column(sheet, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i), isTime ? 24 : 16, nullptr);
        if (const Status written = judged(
                worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), names[i].toUtf8().constData(), title),
                file);
            !written)
            return written;
    }
    row = 0;
    return {};
}

void LetterSheet::Parts::end()
{
    if (sheet)
        worksheet_autofilter(sheet, 0, 0, row, static_cast<lxw_col_t>(letterColumnNames().size() - 1));
}

LetterSheet::LetterSheet(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
{
}

LetterSheet::~LetterSheet() = default;

Result<std::unique_ptr<LetterSheet>> LetterSheet::create(const QString& file, int rowsPerSheet)
{
    auto parts = std::make_unique<Parts>();
    parts->file = file;
    parts->folder = QFile::encodeName(QFileInfo(file).absolutePath());
    parts->rowsPerSheet = static_cast<lxw_row_t>(rowsPerSheet);
    lxw_workbook_options options{.constant_memory = LXW_TRUE, .tmpdir = parts->folder.data(), .use_zip64 = LXW_FALSE};
    parts->workbook = workbook_new_opt(QFile::encodeName(file).constData(), &options);
    if (!parts->workbook)
        return tl::unexpected(judged(LXW_ERROR_MEMORY_MALLOC_FAILED, file).error());
    parts->title = workbook_add_format(parts->workbook);
    format_set_bold(parts->title);
    parts->time = workbook_add_format(parts->workbook);
    format_set_num_format(parts->time, "yyyy-mm-dd\"T\"hh:mm:ss.000\"Z\"");
    if (const Status begun = parts->begin(); !begun)
        return tl::unexpected(begun.error());
    return std::unique_ptr<LetterSheet>(new LetterSheet(std::move(parts)));
}

Status LetterSheet::add(const std::vector<LetterCell>& cells)
{
    if (m_parts->row == m_parts->rowsPerSheet) {
        m_parts->end();
        if (const Status begun = m_parts->begin(); !begun)
            return begun;
    }
    ++m_parts->row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (const Status written = m_parts->write(m_parts->row, static_cast<lxw_col_t>(i), cells[i]); !written)
            return written;
    }
    return {};
}

std::int64_t LetterSheet::cutCells() const
{
    return m_parts->cut;
}

Status LetterSheet::finish(const std::vector<std::pair<QString, LetterCell>>& summary)
{
    m_parts->end();
    m_parts->sheet = workbook_add_worksheet(m_parts->workbook, "Summary");
    if (!m_parts->sheet)
        return judged(LXW_ERROR_MEMORY_MALLOC_FAILED, m_parts->file);
    worksheet_set_column(m_parts->sheet, 0, 0, 28, m_parts->title);
    worksheet_set_column(m_parts->sheet, 1, 1, 60, nullptr);
    lxw_row_t row = 0;
    for (const auto& [name, value] : summary) {
        const Status named = m_parts->write(row, 0, name);
        const Status written = named ? m_parts->write(row, 1, value) : named;
        if (!written)
            return written;
        ++row;
    }
    lxw_workbook* workbook = std::exchange(m_parts->workbook, nullptr);
    const Status closed = judged(workbook_close(workbook), m_parts->file);
    if (!closed)
        QFile::remove(m_parts->file);
    return closed;
}

} // namespace spillway
