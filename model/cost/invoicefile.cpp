// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/counted.h"
#include "model/base/csvreader.h"
#include "model/cost/invoice.h"
#include "model/workspace/issuelist.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostBytes = 256LL << 20;
const QString amountRemedy = u"write a decimal number like 12.34, without thousands separators"_s;

/// An amount with up to many decimals, rounded to micro-units, halves away from zero. Exponents are taken, as exports
/// write 1.2E-7.
std::optional<Money> amountOf(const QString& text)
{
    bool isNumber = false;
    const double rough = text.trimmed().toDouble(&isNumber);
    if (!isNumber || !std::isfinite(rough) || std::abs(rough) > 9e12)
        return std::nullopt;
    const QString plain = text.trimmed();
    const bool isNegative = plain.startsWith(u'-');
    const QStringList parts = (isNegative || plain.startsWith(u'+') ? plain.mid(1) : plain).split(u'.');
    const bool isDecimal = !plain.contains(u'e', Qt::CaseInsensitive) && parts.size() <= 2;
    if (!isDecimal)
        return Money{std::llround(rough * 1e6)};
    const QString fraction = (parts.size() == 2 ? parts[1] : QString()).leftJustified(7, u'0');
    const std::int64_t micros =
        parts[0].toLongLong() * 1'000'000 + fraction.left(6).toLongLong() + (fraction[6] >= u'5' ? 1 : 0);
    return Money{isNegative ? -micros : micros};
}

/// `2026-11-01`, or the day that `2026-11-01T00:00:00Z` begins.
QDate dayOf(const QString& text)
{
    return QDate::fromString(text.trimmed().left(10), Qt::ISODate);
}

/// Sums charges by month and label.
class Sums
{
public:
    void add(QDate first, QDate last, const QString& label, std::optional<CostComponent> component, bool isTotal,
             Money amount)
    {
        // an hour before midnight ends on the same day; a charge over months is its first month's
        const QDate monthEnd(first.year(), first.month(), first.daysInMonth());
        last = std::clamp(last, first, monthEnd);
        const auto key = std::tuple(first.year(), first.month(), label, component);
        const auto [at, isNew] = m_lines.try_emplace(key, InvoiceLine{.first = first,
                                                                      .last = last,
                                                                      .component = component,
                                                                      .isTotal = isTotal,
                                                                      .label = label,
                                                                      .amount = {}});
        // Sums of what is kept fit, in whatever order they are made.
        m_fits = m_fits && !__builtin_add_overflow(m_size, std::abs(amount.micros), &m_size);
        if (!m_fits)
            return;
        InvoiceLine& line = at->second;
        line.first = std::min(line.first, first);
        line.last = std::max(line.last, last);
        line.amount += amount;
    }
    /// The lines; an issue where the amounts are larger together than we can count.
    [[nodiscard]] std::vector<InvoiceLine> take(IssueList& issues) const
    {
        if (!m_fits)
            issues.errorAt(1, 1, u"the charges are more than nine million millions together"_s,
                           u"look at the amounts of this file"_s);
        std::vector<InvoiceLine> lines;
        for (const auto& [key, line] : m_lines)
            lines.push_back(line);
        return lines;
    }

private:
    std::map<std::tuple<int, int, QString, std::optional<CostComponent>>, InvoiceLine> m_lines;
    std::int64_t m_size = 0; ///< of all amounts, without their signs, in millionths
    bool m_fits = true;
};

/// Where a CSV of some format has what we need; names are compared without case.
struct Layout
{
    QString format;
    QStringList first; ///< the first of these columns that is there
    QStringList last;
    bool isLastExclusive = false;
    QStringList amount;
    QStringList currency;
    QStringList labels; ///< joined where present
    QStringList component;
    QStringList product; ///< where present: only messaging services of ours are taken
    QStringList kind;    ///< where present: what is no usage (tax, credits, refunds) is of no component
};

const std::array<Layout, 3>& layouts()
{
    static const std::array<Layout, 3> all{{
        {u"focus"_s,
         {u"ChargePeriodStart"_s},
         {u"ChargePeriodEnd"_s},
         true,
         {u"BilledCost"_s},
         {u"BillingCurrency"_s},
         {u"SkuMeter"_s, u"ChargeDescription"_s, u"ServiceName"_s},
         {u"x_Component"_s},
         {},
         {u"ChargeCategory"_s}},
        {u"aws-cur"_s,
         {u"lineItem/UsageStartDate"_s, u"line_item_usage_start_date"_s},
         {u"lineItem/UsageEndDate"_s, u"line_item_usage_end_date"_s},
         true,
         {u"lineItem/UnblendedCost"_s, u"line_item_unblended_cost"_s},
         {u"lineItem/CurrencyCode"_s, u"line_item_currency_code"_s},
         {u"lineItem/UsageType"_s, u"line_item_usage_type"_s},
         {},
         {u"lineItem/ProductCode"_s, u"line_item_product_code"_s},
         {u"lineItem/LineItemType"_s, u"line_item_line_item_type"_s}},
        {u"plain"_s,
         {u"from"_s, u"day"_s, u"date"_s},
         {u"to"_s, u"day"_s, u"date"_s},
         false,
         {u"amount"_s, u"cost"_s},
         {u"currency"_s},
         {u"description"_s, u"component"_s},
         {u"component"_s},
         {},
         {}},
    }};
    return all;
}

/// Charges for what was used or paid for in advance; all others (Tax, Credit, Refund, Adjustment, a discount's line)
/// are of no component: they are not the price of anything.
bool isOfUsage(const QString& kind)
{
    static const QStringList usage{u"usage"_s, u"purchase"_s, u"discountedusage"_s, u"savingsplancoveredusage"_s,
                                   u"fee"_s,   u"rifee"_s};
    return usage.contains(kind.toLower());
}

class CsvInvoice
{
public:
    CsvInvoice(Invoice& invoice, IssueList& issues)
        : m_invoice(invoice)
        , m_issues(issues)
    {
    }

    void read(const QByteArray& text)
    {
        QBuffer file;
        file.setData(text);
        file.open(QIODevice::ReadOnly);
        CsvReader csv(file);
        const bool hasHeader = next(csv);
        if (m_issues.hasErrors())
            return;
        if (!hasHeader || !chooseLayout(csv.fields())) {
            m_issues.errorAt(1, 1, u"the first line names no columns of an invoice"_s,
                             u"write from,to,component,amount,currency, or give a FOCUS, AWS CUR or Confluent file"_s);
            return;
        }
        if (const int own = columnOf(csv.fields(), {u"x_PricingProfile"_s}); own >= 0) {
            complain(csv.fields(), own, u"this is an estimate that Spillway wrote, no invoice"_s,
                     u"give the provider's own file"_s);
            return;
        }
        while (next(csv))
            readRecord(csv.fields());
        if (m_passedOver > 0)
            m_issues.warningAt(
                1, 1,
                u"%1 of other services, %2 %3 together, passed over"_s.arg(
                    counted(m_passedOver, u"charge"_s), formatMoney(m_passedOverAmount, 2), m_invoice.currency),
                u"leave it so, unless they are of your clusters"_s);
        m_invoice.format = m_layout->format;
        m_invoice.lines = m_sums.take(m_issues);
    }

private:
    using Record = std::vector<CsvField>;

    /// The next record with something in it. What ends the file too early is told; a quote out of place is taken as it
    /// stands.
    [[nodiscard]] bool next(CsvReader& csv)
    {
        while (csv.readRecord()) {
            if (csv.fields().size() > 1 || !csv.fields().front().bytes.trimmed().isEmpty())
                return true;
        }
        for (const CsvFault& fault : csv.faults())
            m_issues.errorAt(static_cast<int>(fault.line), static_cast<int>(fault.column), fault.message, fault.remedy);
        return false;
    }

    [[nodiscard]] int columnOf(const Record& header, const QStringList& names) const
    {
        for (const QString& name : names) {
            for (std::size_t c = 0; c < header.size(); ++c) {
                if (textAt(header, static_cast<int>(c)).compare(name, Qt::CaseInsensitive) == 0)
                    return static_cast<int>(c);
            }
        }
        return -1;
    }

    bool chooseLayout(const Record& header)
    {
        for (const Layout& layout : layouts()) {
            m_layout = &layout;
            m_first = columnOf(header, layout.first);
            m_last = columnOf(header, layout.last);
            m_amount = columnOf(header, layout.amount);
            m_currency = columnOf(header, layout.currency);
            m_component = columnOf(header, layout.component);
            m_product = columnOf(header, layout.product);
            m_kind = columnOf(header, layout.kind);
            m_labels.clear();
            for (const QString& label : layout.labels) {
                if (const int column = columnOf(header, {label}); column >= 0)
                    m_labels.push_back(column);
            }
            if (m_first >= 0 && m_amount >= 0 && m_currency >= 0)
                return true;
        }
        return false;
    }

    [[nodiscard]] static QString textAt(const Record& record, int column)
    {
        return column >= 0 && static_cast<std::size_t>(column) < record.size()
                   ? QString::fromUtf8(record[static_cast<std::size_t>(column)].bytes).trimmed()
                   : QString();
    }
    void complain(const Record& record, int column, const QString& what, const QString& remedy)
    {
        // Of a field that is not there: the record's beginning.
        const bool isThere = column >= 0 && static_cast<std::size_t>(column) < record.size();
        const CsvField& field = record[isThere ? static_cast<std::size_t>(column) : 0];
        m_issues.errorAt(static_cast<int>(field.line), static_cast<int>(field.column), what, remedy);
    }

    [[nodiscard]] QString labelOf(const Record& record) const
    {
        for (const int column : m_labels) {
            const QString label = textAt(record, column);
            if (!label.isEmpty() && label.compare(u"null"_s, Qt::CaseInsensitive) != 0)
                return label.left(200);
        }
        return u"unnamed"_s;
    }

    void readRecord(const Record& record)
    {
        static const QStringList ours{u"AmazonMSK"_s, u"AmazonMQ"_s};
        if (m_product >= 0 && !ours.contains(textAt(record, m_product))) { // a bill of a whole account
            ++m_passedOver;
            const Money amount = amountOf(textAt(record, m_amount)).value_or(Money{});
            if (__builtin_add_overflow(m_passedOverAmount.micros, amount.micros, &m_passedOverAmount.micros))
                m_passedOverAmount = {};
            return;
        }
        const QDate first = dayOf(textAt(record, m_first));
        const QString lastText = textAt(record, m_last);
        QDate last = lastText.isEmpty() ? first : dayOf(lastText);
        if (!first.isValid() || !last.isValid())
            complain(record, first.isValid() ? m_last : m_first,
                     u"%1 is not a day"_s.arg(quoted(first.isValid() ? lastText : textAt(record, m_first))),
                     u"write year, month and day, like 2026-11-01"_s);
        const auto amount = amountOf(textAt(record, m_amount));
        if (!amount)
            complain(record, m_amount, u"%1 is not an amount"_s.arg(quoted(textAt(record, m_amount))), amountRemedy);
        const QString currency = textAt(record, m_currency).toUpper();
        if (m_invoice.currency.isEmpty())
            m_invoice.currency = currency;
        if (currency.size() != 3 || currency != m_invoice.currency)
            complain(record, m_currency,
                     u"the currency is %1, in the lines before it was %2"_s.arg(quoted(currency),
                                                                                quoted(m_invoice.currency)),
                     u"give one file per currency, each with the three letters of ISO 4217"_s);
        if (first.isValid() && last.isValid() && last < first)
            complain(record, m_last,
                     u"the charge ends on %1, before it begins on %2"_s.arg(last.toString(Qt::ISODate),
                                                                            first.toString(Qt::ISODate)),
                     u"write the last day of the charge, %1 or later"_s.arg(first.toString(Qt::ISODate)));
        if (!first.isValid() || !last.isValid() || last < first || !amount)
            return;
        const bool isMidnight =
            lastText.size() <= 10 || lastText.mid(11, 8) == u"00:00:00"_s || lastText.mid(11, 5) == u"00:00"_s;
        if (m_layout->isLastExclusive && isMidnight && last > first)
            last = last.addDays(-1);
        const QString own = textAt(record, m_component);
        const QString kind = textAt(record, m_kind);
        const bool isUsage = kind.isEmpty() || isOfUsage(kind);
        const QString label = isUsage ? labelOf(record) : kind.left(200);
        const bool isTotal = isUsage && (own.compare(u"total"_s, Qt::CaseInsensitive) == 0 ||
                                         (m_layout->format == u"plain" && own.isEmpty()));
        m_sums.add(first, last, label,
                   isTotal || !isUsage ? std::nullopt : componentOfCharge(own.isEmpty() ? label : own), isTotal,
                   *amount);
    }

    Invoice& m_invoice;
    IssueList& m_issues;
    const Layout* m_layout = nullptr;
    int m_first = -1;
    int m_last = -1;
    int m_amount = -1;
    int m_currency = -1;
    int m_component = -1;
    int m_product = -1;
    int m_kind = -1;
    std::vector<int> m_labels;
    std::int64_t m_passedOver = 0; ///< records of other services
    Money m_passedOverAmount;
    Sums m_sums;
};

/// Confluent's Costs API: `{"data": [{"line_type", "amount", "start_date", "end_date"}]}`, in USD; end_date exclusive.
void readConfluent(const QByteArray& text, Invoice& invoice, IssueList& issues)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError) {
        const QByteArray before = text.first(std::min<qsizetype>(error.offset, text.size()));
        issues.errorAt(
            static_cast<int>(before.count('\n')) + 1, static_cast<int>(before.size() - before.lastIndexOf('\n')),
            u"this is no JSON: %1"_s.arg(error.errorString()), u"give the answer of the Costs API as it came"_s);
        return;
    }
    const QJsonArray data = document.isArray() ? document.array() : document.object()[u"data"_s].toArray();
    Sums sums;
    int entry = 0;
    for (const QJsonValue& value : data) {
        ++entry;
        const QJsonObject line = value.toObject();
        const QJsonValue amountValue = line[u"amount"_s];
        const auto amount = amountValue.isString()   ? amountOf(amountValue.toString())
                            : amountValue.isDouble() ? amountOf(QString::number(amountValue.toDouble(), 'g', 17))
                                                     : std::nullopt;
        const QDate first = dayOf(line[u"start_date"_s].toString());
        QDate last = dayOf(line[u"end_date"_s].toString());
        if (first.isValid() && last.isValid() && last < first) {
            issues.errorAt(1, 1, u"entry %1 of 'data' ends before it begins"_s.arg(entry),
                           u"give the answer of the Costs API as it came"_s);
            continue;
        }
        if (last.isValid() && last > first)
            last = last.addDays(-1);
        if (!amount || !first.isValid()) {
            issues.errorAt(1, 1, u"entry %1 of 'data' has no amount or no start_date"_s.arg(entry),
                           u"give the answer of the Costs API as it came"_s);
            continue;
        }
        const QString told = line[u"line_type"_s].toString().trimmed().left(200);
        const QString label = told.isEmpty() ? u"unnamed"_s : told;
        sums.add(first, last.isValid() ? last : first, label, componentOfCharge(label), false, *amount);
    }
    if (data.isEmpty())
        issues.errorAt(1, 1, u"there are no entries in 'data'"_s, u"give the answer of the Costs API as it came"_s);
    invoice.format = u"confluent"_s;
    invoice.currency = u"USD"_s;
    invoice.lines = sums.take(issues);
}

} // namespace

std::optional<CostComponent> componentOfCharge(const QString& label)
{
    const QString word = label.toLower();
    for (const CostComponent component : costComponents) {
        if (costComponentWord(component) == word || costComponentKey(component).toLower() == word)
            return component;
    }
    // The first that fits: particular words stand before the general ones that they contain.
    static const std::vector<std::pair<CostComponent, QStringList>> rules{
        {CostComponent::Fixed, {u"support"_s}},
        {CostComponent::TieredStorage, {u"tier"_s}},
        {CostComponent::Registry, {u"schema"_s, u"governance"_s, u"registry"_s}},
        {CostComponent::Connectors, {u"connect"_s, u"mcu"_s, u"num_tasks"_s}},
        {CostComponent::Requests, {u"request"_s, u"rest_produce"_s}},
        {CostComponent::Partitions, {u"partition"_s}},
        {CostComponent::CrossZone,
         {u"regional-bytes"_s, u"crossaz"_s, u"cross-az"_s, u"cross_az"_s, u"crosszone"_s, u"cross zone"_s,
          u"cross-zone"_s, u"inter-az"_s, u"interzone"_s, u"inter-zone"_s}},
        {CostComponent::Ingress,
         {u"network_write"_s, u"ingress"_s, u"data-in"_s, u"datain"_s, u"data in"_s, u"in-bytes"_s, u"bytes-in"_s,
          u"throughput-in"_s, u"data written"_s}},
        {CostComponent::Egress,
         {u"network_read"_s, u"egress"_s, u"data-out"_s, u"dataout"_s, u"data out"_s, u"out-bytes"_s, u"bytes-out"_s,
          u"throughput-out"_s, u"data read"_s}},
        {CostComponent::Storage, {u"storage"_s}},
        {CostComponent::Compute, {u"ksql"_s, u"flink"_s, u"_csu"_s, u"_cfu"_s}},
        {CostComponent::Broker,
         {u"cku"_s, u"broker"_s, u"kafka.m"_s, u"kafka.t"_s, u"kafka.express"_s, u"cluster-hours"_s, u"clusterhours"_s,
          u"throughput unit"_s, u"processing unit"_s}},
    };
    for (const auto& [component, parts] : rules) {
        for (const QString& part : parts) {
            if (word.contains(part))
                return component;
        }
    }
    return std::nullopt;
}

Checked<Invoice> readInvoice(const QString& path)
{
    IssueList issues(path);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        issues.errorAt(1, 1, u"the file cannot be read: %1"_s.arg(file.errorString()), u"check its name and rights"_s);
        return {std::nullopt, issues.take()};
    }
    if (file.size() > mostBytes) {
        issues.errorAt(1, 1, u"the file is larger than 256 MiB"_s, u"import one month at a time"_s);
        return {std::nullopt, issues.take()};
    }
    return invoiceFromText(file.readAll(), path);
}

Checked<Invoice> invoiceFromText(const QByteArray& text, const QString& path)
{
    IssueList issues(path);
    Invoice invoice;
    invoice.name = QFileInfo(path).fileName();
    invoice.digest = QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex());
    const QByteArray start = text.first(std::min<qsizetype>(text.size(), 64)).trimmed();
    if (start.startsWith('{') || start.startsWith('['))
        readConfluent(text, invoice, issues);
    else
        CsvInvoice(invoice, issues).read(text);
    if (invoice.lines.empty() && !issues.hasErrors())
        issues.errorAt(1, 1, u"there are no charges in this file"_s, u"give a file with at least one"_s);
    const bool hasErrors = issues.hasErrors();
    return {hasErrors ? std::nullopt : std::optional(std::move(invoice)), issues.take()};
}

} // namespace spillway
