// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/report/costworkbook.h"

#include "model/base/sheettext.h"
#include "model/cost/costreport.h"

#include <QDate>
#include <QFile>
#include <QFileInfo>

#include <xlsxwriter.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr lxw_row_t rowsPerSheet = 1'048'575;

double units(Money amount)
{
    return static_cast<double>(amount.micros) / 1e6;
}

/// A workbook that is being written. What goes wrong is remembered, so that cells need no answer each.
class Book
{
public:
    explicit Book(const QString& file)
        : m_file(file)
        , m_folder(QFile::encodeName(QFileInfo(file).absolutePath()))
    {
        lxw_workbook_options options{.constant_memory = LXW_TRUE, .tmpdir = m_folder.data(), .use_zip64 = LXW_FALSE};
        m_book = workbook_new_opt(QFile::encodeName(file).constData(), &options);
        if (!m_book) {
            note(LXW_ERROR_MEMORY_MALLOC_FAILED);
            return;
        }
        bold = workbook_add_format(m_book);
        format_set_bold(bold);
        head = workbook_add_format(m_book);
        format_set_bold(head);
        format_set_bottom(head, LXW_BORDER_THIN);
        headOfNumbers = workbook_add_format(m_book);
        format_set_bold(headOfNumbers);
        format_set_bottom(headOfNumbers, LXW_BORDER_THIN);
        format_set_align(headOfNumbers, LXW_ALIGN_RIGHT);
        boldMoney = workbook_add_format(m_book);
        format_set_num_format(boldMoney, "#,##0.000000");
        format_set_bold(boldMoney);
        money = workbook_add_format(m_book);
        format_set_num_format(money, "#,##0.000000");
        sum = workbook_add_format(m_book);
        format_set_num_format(sum, "#,##0.000000");
        format_set_bold(sum);
        format_set_top(sum, LXW_BORDER_THIN);
        day = workbook_add_format(m_book);
        format_set_num_format(day, "yyyy-mm-dd");
    }
    ~Book()
    {
        if (!m_book)
            return;
        // There is no way to drop a workbook but to write it.
        workbook_close(m_book);
        QFile::remove(m_file);
    }
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    void begin(const QByteArray& name)
    {
        m_sheet = m_book ? workbook_add_worksheet(m_book, name.constData()) : nullptr;
        if (m_book && !m_sheet)
            note(LXW_ERROR_MEMORY_MALLOC_FAILED);
        if (!m_sheet)
            return;
        // On paper: A4, lying, as wide as a page.
        constexpr std::uint8_t a4 = 9;
        worksheet_set_paper(m_sheet, a4);
        worksheet_set_landscape(m_sheet);
        worksheet_fit_to_pages(m_sheet, 1, 0);
        worksheet_set_footer(m_sheet, "&L&A&R&P / &N");
    }
    lxw_worksheet* sheet() const { return m_sheet; }

    void text(lxw_row_t row, lxw_col_t column, const QString& value, lxw_format* format = nullptr)
    {
        if (!m_sheet || value.isEmpty())
            return;
        QByteArray bytes = sheetText(value);
        if (QString::fromUtf8(bytes).size() > longestSheetText)
            bytes = sheetText(value.first(longestSheetText / 8) + u"… [cut here]"_s);
        note(worksheet_write_string(m_sheet, row, column, bytes.constData(), format));
    }
    void number(lxw_row_t row, lxw_col_t column, double value, lxw_format* format = nullptr)
    {
        if (m_sheet)
            note(worksheet_write_number(m_sheet, row, column, value, format));
    }
    /// A formula and what it gives, for whoever does not reckon.
    void formula(lxw_row_t row, lxw_col_t column, const QByteArray& formula, double value, lxw_format* format)
    {
        if (m_sheet)
            note(worksheet_write_formula_num(m_sheet, row, column, formula.constData(), format, value));
    }

    Status finish()
    {
        if (lxw_workbook* book = std::exchange(m_book, nullptr))
            note(workbook_close(book));
        if (m_error == LXW_NO_ERROR)
            return {};
        QFile::remove(m_file);
        return fail(ErrorCode::Unreachable,
                    u"%1 could not be written: %2; check the folder's rights and the disk"_s.arg(
                        m_file, QString::fromUtf8(lxw_strerror(m_error))));
    }

    lxw_format* bold = nullptr;
    lxw_format* head = nullptr;
    lxw_format* headOfNumbers = nullptr;
    lxw_format* boldMoney = nullptr;
    lxw_format* money = nullptr;
    lxw_format* sum = nullptr;
    lxw_format* day = nullptr;

private:
    void note(lxw_error error)
    {
        if (m_error == LXW_NO_ERROR)
            m_error = error;
    }

    QString m_file;
    QByteArray m_folder; // the workbook keeps a pointer into it
    lxw_workbook* m_book = nullptr;
    lxw_worksheet* m_sheet = nullptr;
    lxw_error m_error = LXW_NO_ERROR;
};

QByteArray cellName(lxw_row_t row, lxw_col_t column)
{
    char name[LXW_MAX_CELL_NAME_LENGTH];
    lxw_rowcol_to_cell(name, row, column);
    return name;
}

QByteArray sumOf(lxw_row_t firstRow, lxw_col_t firstColumn, lxw_row_t lastRow, lxw_col_t lastColumn)
{
    return "=SUM(" + cellName(firstRow, firstColumn) + ":" + cellName(lastRow, lastColumn) + ")";
}

/// Teams by component; the sums are formulas.
void writeSummary(Book& book, const CostBill& bill, const CostOccasion& occasion)
{
    book.begin("Summary");
    if (!book.sheet())
        return;
    const CostReport report = reportOf(bill);
    std::vector<CostComponent> components;
    for (const CostComponent component : billedComponents) {
        if (report.total.of(component).micros != 0 || componentIndex(component) < coreComponents.size())
            components.push_back(component);
    }
    const auto last = static_cast<lxw_col_t>(components.size() + 1);
    worksheet_set_column(book.sheet(), 0, 0, 28, nullptr);
    worksheet_set_column(book.sheet(), 1, last, 16, nullptr);
    book.text(0, 0, u"Cost of events: "_s + occasion.workspace, book.bold);
    book.text(1, 0, u"Amounts in "_s + bill.currency + u"; what they rest on: sheet Basis"_s);
    const lxw_row_t header = 3;
    book.text(header, 0, u"Team"_s, book.head);
    for (std::size_t i = 0; i < components.size(); ++i)
        book.text(header, static_cast<lxw_col_t>(i + 1), costComponentWord(components[i]), book.headOfNumbers);
    book.text(header, last, u"total"_s, book.headOfNumbers);
    worksheet_freeze_panes(book.sheet(), header + 1, 1);

    std::vector<std::pair<QString, const CostRow*>> rows;
    for (const CostRow& team : report.teams)
        rows.emplace_back(team.team, &team);
    rows.emplace_back(u"unattributed"_s, &report.unattributed);
    rows.emplace_back(u"idle"_s, &report.idle);
    rows.emplace_back(u"adjustment"_s, &report.adjustment);
    lxw_row_t at = header;
    for (const auto& [name, row] : rows) {
        ++at;
        book.text(at, 0, name);
        for (std::size_t i = 0; i < components.size(); ++i)
            book.number(at, static_cast<lxw_col_t>(i + 1), units(row->of(components[i])), book.money);
        book.formula(at, last, sumOf(at, 1, at, static_cast<lxw_col_t>(last - 1)), units(row->total), book.boldMoney);
    }
    const lxw_row_t total = at + 1;
    book.text(total, 0, u"total"_s, book.bold);
    for (std::size_t i = 0; i < components.size(); ++i) {
        const auto column = static_cast<lxw_col_t>(i + 1);
        book.formula(total, column, sumOf(header + 1, column, at, column), units(report.total.of(components[i])),
                     book.sum);
    }
    book.formula(total, last, sumOf(header + 1, last, at, last), units(report.total.total), book.sum);
}

/// One row per line and day.
class LineSheet
{
public:
    LineSheet(Book& book, const CostBill& bill)
        : m_book(book)
        , m_bill(bill)
    {
        begin();
    }
    ~LineSheet() { end(); }
    LineSheet(const LineSheet&) = delete;
    LineSheet& operator=(const LineSheet&) = delete;

    void add(QDate day, const CostDayLine& part)
    {
        if (m_row == rowsPerSheet) {
            end();
            begin();
        }
        ++m_row;
        const CostLine& line = *part.line;
        const CostSegment& segment = m_bill.segments[static_cast<std::size_t>(line.segment)];
        constexpr qint64 dayOf1970 = 25'569; // in Excel's count
        lxw_col_t column = 0;
        if (day.isValid())
            m_book.number(m_row, column, static_cast<double>(QDate(1970, 1, 1).daysTo(day) + dayOf1970), m_book.day);
        ++column;
        for (const QString& text : {line.eventType, line.topic, line.team, line.service, costRoleWord(line.role),
                                    costComponentWord(line.component)})
            m_book.text(m_row, column++, text);
        m_book.number(m_row, column++, static_cast<double>(part.quantity.nanos) / 1e9);
        m_book.text(m_row, column++, priceUnitWord(line.unit));
        m_book.number(m_row, column++, formatRate(line.rate).toDouble());
        m_book.number(m_row, column++, units(part.modelled), m_book.money);
        m_book.number(m_row, column++, units(part.amount), m_book.money);
        m_book.text(m_row, column++, m_bill.currency);
        m_book.text(m_row, column++, quantityBasisWord(part.basis));
        m_book.text(m_row, column++, segment.profile.name);
    }

private:
    void begin()
    {
        ++m_sheets;
        m_row = 0;
        m_book.begin(m_sheets == 1 ? QByteArray("Lines") : "Lines " + QByteArray::number(m_sheets));
        lxw_col_t column = 0;
        for (const char* name : names)
            m_book.text(0, column++, QString::fromLatin1(name), isNumber(name) ? m_book.headOfNumbers : m_book.head);
        if (m_book.sheet()) {
            worksheet_freeze_panes(m_book.sheet(), 1, 0);
            worksheet_repeat_rows(m_book.sheet(), 0, 0);
            worksheet_set_column(m_book.sheet(), 0, column - 1, 16, nullptr);
            worksheet_set_column(m_book.sheet(), 1, 2, 24, nullptr);
        }
    }
    void end()
    {
        if (m_book.sheet())
            worksheet_autofilter(m_book.sheet(), 0, 0, m_row, static_cast<lxw_col_t>(std::size(names) - 1));
    }

    static bool isNumber(std::string_view name)
    {
        return name == "quantity" || name == "rate" || name == "modelled" || name == "amount";
    }

    static constexpr const char* names[] = {"day",      "eventType", "topic",    "team",  "service",
                                            "role",     "component", "quantity", "unit",  "rate",
                                            "modelled", "amount",    "currency", "basis", "profile"};
    Book& m_book;
    const CostBill& m_bill;
    lxw_row_t m_row = 0;
    int m_sheets = 0;
};

Status writeLines(Book& book, const CostBill& bill, std::stop_token stop)
{
    LineSheet sheet(book, bill);
    if (bill.slices.empty()) {
        for (const CostLine& line : bill.lines) {
            if (line.amount.micros != 0 || line.modelled.micros != 0)
                sheet.add({}, {&line, line.quantity, line.modelled, line.amount, line.basis});
        }
    }
    const int slices = static_cast<int>(bill.slices.size());
    for (int first = 0; first < slices;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        const QDate day = bill.slices[static_cast<std::size_t>(first)].localDay;
        int end = first + 1;
        while (end < slices && bill.slices[static_cast<std::size_t>(end)].localDay == day)
            ++end;
        for (const CostDayLine& part : dayLines(bill, first, end))
            sheet.add(day, part);
        first = end;
    }
    return {};
}

void writeBasis(Book& book, const CostBill& bill, const CostOccasion& occasion)
{
    book.begin("Basis");
    if (!book.sheet())
        return;
    worksheet_set_column(book.sheet(), 0, 0, 20, nullptr);
    worksheet_set_column(book.sheet(), 1, 1, 100, nullptr);
    lxw_row_t row = 0;
    for (const auto& [name, value] : costFacts(bill, occasion)) {
        book.text(row, 0, name, book.bold);
        book.text(row++, 1, value);
    }
}

} // namespace

Status writeCostWorkbook(const CostBill& bill, const CostOccasion& occasion, const QString& file, std::stop_token stop)
{
    Book book(file);
    writeSummary(book, bill, occasion);
    if (const Status written = writeLines(book, bill, stop); !written)
        return written;
    writeBasis(book, bill, occasion);
    return book.finish();
}

} // namespace spillway::report
