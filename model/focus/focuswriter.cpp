// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/focus/focuswriter.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/cost/exactshare.h"

#include <QCryptographicHash>
#include <QIODevice>

#include <algorithm>
#include <map>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int moneyDecimals = 6;
constexpr std::int64_t ratioParts = 1'000'000'000;

/// One row of the file, but for its day.
struct Row
{
    const CostLine* line = nullptr; ///< the first of those that are in it
    Quantity quantity;
    Money amount;
    Money modelled;
    QStringList services;
    QuantityBasis basis = QuantityBasis::Measured;
    std::int64_t ratio = 0; ///< of `ratioParts`
};

/// Lines of one key differ in service only.
using RowKey = std::tuple<QString, QString, int, int, int, std::int64_t, int>;
RowKey keyOf(const CostLine& line)
{
    return {line.eventType,
            line.team,
            static_cast<int>(line.role),
            static_cast<int>(line.component),
            static_cast<int>(line.unit),
            line.rate.mantissa,
            line.rate.scale};
}

/// The rows of one UTC day, in the bill's order.
std::vector<Row> rowsOf(const std::vector<CostDayLine>& lines)
{
    std::vector<Row> rows;
    std::map<RowKey, std::size_t> places;
    for (const CostDayLine& part : lines) {
        const auto [place, isNew] = places.emplace(keyOf(*part.line), rows.size());
        if (isNew)
            rows.push_back({.line = part.line, .quantity = {}, .amount = {}, .modelled = {}, .services = {}});
        Row& row = rows[place->second];
        row.quantity.nanos += part.quantity.nanos;
        row.amount += part.amount;
        row.modelled += part.modelled;
        row.basis = std::max(row.basis, part.basis);
        if (!part.line->service.isEmpty() && !row.services.contains(part.line->service))
            row.services += part.line->service;
    }
    return rows;
}

bool isSplit(const CostLine& line)
{
    return !line.eventType.isEmpty() && line.role != CostRole::Idle && line.role != CostRole::Adjustment;
}

/// What each row is of its origin charge: an event's component.
void setRatios(std::vector<Row>& rows)
{
    std::map<std::tuple<QString, int, int, std::int64_t, int>, std::vector<Row*>> origins;
    for (Row& row : rows) {
        const CostLine& line = *row.line;
        if (isSplit(line))
            origins[{line.eventType, static_cast<int>(line.component), static_cast<int>(line.unit), line.rate.mantissa,
                     line.rate.scale}]
                .push_back(&row);
    }
    for (auto& [key, parts] : origins) {
        std::vector<Wide> numerators;
        Wide all = 0;
        for (const Row* part : parts) {
            const Wide amount = std::max<std::int64_t>(part->amount.micros, 0);
            numerators.push_back(amount * ratioParts);
            all += amount;
        }
        if (all == 0)
            continue;
        const std::vector<std::int64_t> ratios = roundShares(ratioParts, numerators, all);
        for (std::size_t i = 0; i < parts.size(); ++i)
            parts[i]->ratio = ratios[i];
    }
}

QString unitText(PriceUnit unit)
{
    switch (unit) {
    case PriceUnit::GibDay:
        return u"GiB-Days"_s;
    case PriceUnit::GibMonth:
        return u"GiB-Months"_s;
    case PriceUnit::GbDay:
        return u"GB-Days"_s;
    case PriceUnit::GbMonth:
        return u"GB-Months"_s;
    case PriceUnit::Gib:
        return u"GiB"_s;
    case PriceUnit::Gb:
        return u"GB"_s;
    case PriceUnit::MillionEvents:
        return u"1000000 Events"_s;
    case PriceUnit::EntryDay:
        return u"Entry-Days"_s;
    case PriceUnit::EntryMonth:
        return u"Entry-Months"_s;
    case PriceUnit::SchemaDay:
        return u"Schema-Days"_s;
    case PriceUnit::SchemaMonth:
        return u"Schema-Months"_s;
    case PriceUnit::GibHour:
        return u"GiB-Hours"_s;
    case PriceUnit::GbHour:
        return u"GB-Hours"_s;
    case PriceUnit::SchemaHour:
        return u"Schema-Hours"_s;
    case PriceUnit::MillionRequests:
        return u"1000000 Requests"_s;
    case PriceUnit::Hour:
        return u"Hours"_s;
    case PriceUnit::Day:
        return u"Days"_s;
    case PriceUnit::Month:
        return u"Months"_s;
    }
    return {};
}

/// With a point in every number, as some loaders take a column of whole numbers for integers.
QString decimalText(Quantity quantity)
{
    QString text = formatQuantity(quantity);
    return text.contains(u'.') ? text : text + u".0"_s;
}

QString instantText(QDate day)
{
    return day.toString(Qt::ISODate) + u"T00:00:00Z"_s;
}

QString tagsText(const std::vector<std::pair<QString, QString>>& tags)
{
    JsonWriter json;
    json.beginObject();
    for (const auto& [key, value] : tags) {
        if (!value.isEmpty())
            json.field(key, visibleText(value));
    }
    json.endObject();
    return QString::fromUtf8(json.json());
}

enum class ColumnType { Text, Number, Instant, Json };

/// A row and all that its cells are made of.
struct Place
{
    const CostBill& bill;
    const FocusExport& what;
    QDate day;
    const Row& row;

    const CostLine& line() const { return *row.line; }
    const PricingProfile& profile() const { return bill.segments[static_cast<std::size_t>(line().segment)].profile; }
    bool isAdjustment() const { return line().role == CostRole::Adjustment; }
    bool isOfOrigin() const { return what.version >= FocusVersion::V1_3 && isSplit(line()); }
    QString component() const { return costComponentWord(line().component); }
    QString sku() const { return profile().name + u':' + component(); }
    QString resource() const { return line().topic.isEmpty() ? line().eventType : line().topic; }
    QString money(Money amount) const { return formatMoney(amount, moneyDecimals); }
    QString issuer() const { return profile().platformTeam; }

    /// Names stand in columns of their own: the Foundation's validator takes ASCII only in this one.
    QString description() const
    {
        if (isAdjustment())
            return u"difference between invoice and model"_s;
        return isOfOrigin() ? component() + u", estimated"_s
                            : component() + u", "_s + costRoleWord(line().role) + u", estimated"_s;
    }
    QString tags() const
    {
        if (isOfOrigin())
            return tagsText({{u"event_type"_s, line().eventType}, {u"component"_s, component()}});
        return tagsText({{u"event_type"_s, line().eventType},
                         {u"component"_s, component()},
                         {u"team"_s, line().team},
                         {u"role"_s, costRoleWord(line().role)},
                         {u"service"_s, row.services.join(u',')}});
    }
    QString allocatedTags() const
    {
        return isOfOrigin() ? tagsText({{u"team"_s, line().team},
                                        {u"role"_s, costRoleWord(line().role)},
                                        {u"service"_s, row.services.join(u',')}})
                            : QString();
    }
    QString allocationDetails() const
    {
        if (!isOfOrigin())
            return {};
        const QByteArray ratio = QByteArray::number(row.ratio / ratioParts) + '.' +
                                 QByteArray::number(row.ratio % ratioParts).rightJustified(9, '0');
        JsonWriter json;
        json.beginObject().key(u"Elements").beginArray().beginObject();
        json.key(u"AllocatedRatio").raw(ratio);
        json.field(u"UsageUnit", unitText(line().unit));
        json.key(u"UsageQuantity").raw(decimalText(row.quantity).toLatin1());
        json.endObject().endArray().endObject();
        return QString::fromUtf8(json.json());
    }
};

struct Column
{
    const char* name;
    ColumnType type;
    FocusVersion first;
    FocusVersion last;
    QString (*cell)(const Place&); ///< an empty text is null
};

QString nothing(const Place&)
{
    return {};
}

constexpr FocusVersion v2 = FocusVersion::V1_2;
constexpr FocusVersion v3 = FocusVersion::V1_3;
constexpr FocusVersion v4 = FocusVersion::V1_4;

// The standard's columns by name, then our own.
const std::vector<Column>& allColumns()
{
    using P = const Place&;
    static const std::vector<Column> columns{
        {"AllocatedMethodDetails", ColumnType::Json, v3, v4, [](P p) { return p.allocationDetails(); }},
        {"AllocatedMethodId", ColumnType::Text, v3, v4,
         [](P p) { return p.isOfOrigin() ? u"spillway:"_s + allocationPolicyWord(p.bill.policy) : QString(); }},
        {"AllocatedResourceId", ColumnType::Text, v3, v4,
         [](P p) {
             return p.isOfOrigin() && !p.line().team.isEmpty() ? p.line().team + u'/' + costRoleWord(p.line().role)
                                                               : QString();
         }},
        {"AllocatedResourceName", ColumnType::Text, v3, v4,
         [](P p) { return p.isOfOrigin() ? p.line().team : QString(); }},
        {"AllocatedTags", ColumnType::Json, v3, v4, [](P p) { return p.allocatedTags(); }},
        {"BilledCost", ColumnType::Number, v2, v4, [](P p) { return p.money(p.row.amount); }},
        {"BillingAccountId", ColumnType::Text, v2, v4, [](P p) { return u"spillway:"_s + p.what.workspace; }},
        {"BillingAccountName", ColumnType::Text, v2, v4, [](P p) { return p.what.workspace; }},
        {"BillingCurrency", ColumnType::Text, v2, v4, [](P p) { return p.bill.currency; }},
        {"BillingPeriodEnd", ColumnType::Instant, v2, v4,
         [](P p) { return instantText(QDate(p.day.year(), p.day.month(), 1).addMonths(1)); }},
        {"BillingPeriodStart", ColumnType::Instant, v2, v4,
         [](P p) { return instantText(QDate(p.day.year(), p.day.month(), 1)); }},
        {"ChargeCategory", ColumnType::Text, v2, v4,
         [](P p) { return p.isAdjustment() ? u"Adjustment"_s : u"Usage"_s; }},
        {"ChargeClass", ColumnType::Text, v2, v4, nothing},
        {"ChargeDescription", ColumnType::Text, v2, v4, [](P p) { return p.description(); }},
        {"ChargeFrequency", ColumnType::Text, v2, v4,
         [](P p) {
             return p.isAdjustment()                             ? u"One-Time"_s
                    : p.line().component == CostComponent::Fixed ? u"Recurring"_s
                                                                 : u"Usage-Based"_s;
         }},
        {"ChargePeriodEnd", ColumnType::Instant, v2, v4, [](P p) { return instantText(p.day.addDays(1)); }},
        {"ChargePeriodStart", ColumnType::Instant, v2, v4, [](P p) { return instantText(p.day); }},
        {"ConsumedQuantity", ColumnType::Number, v2, v4,
         [](P p) { return p.isAdjustment() ? QString() : decimalText(p.row.quantity); }},
        {"ConsumedUnit", ColumnType::Text, v2, v4,
         [](P p) { return p.isAdjustment() ? QString() : unitText(p.line().unit); }},
        {"ContractedCost", ColumnType::Number, v2, v4, [](P p) { return p.money(p.row.amount); }},
        {"EffectiveCost", ColumnType::Number, v2, v4, [](P p) { return p.money(p.row.amount); }},
        {"HostProviderName", ColumnType::Text, v3, v4, [](P p) { return p.issuer(); }},
        {"InvoiceDetailId", ColumnType::Text, v4, v4, nothing},
        {"InvoiceId", ColumnType::Text, v2, v4, nothing}, // an estimate is on no invoice
        {"InvoiceIssuerName", ColumnType::Text, v2, v4, [](P p) { return p.issuer(); }},
        {"ListCost", ColumnType::Number, v2, v4, [](P p) { return p.money(p.row.amount); }},
        {"PricingCategory", ColumnType::Text, v2, v4, [](P p) { return p.isAdjustment() ? QString() : u"Standard"_s; }},
        {"PricingQuantity", ColumnType::Number, v2, v4,
         [](P p) { return p.isAdjustment() ? QString() : decimalText(p.row.quantity); }},
        {"PricingUnit", ColumnType::Text, v2, v4,
         [](P p) { return p.isAdjustment() ? QString() : unitText(p.line().unit); }},
        {"ProviderName", ColumnType::Text, v2, v3, [](P p) { return p.issuer(); }},
        {"PublisherName", ColumnType::Text, v2, v3, [](P p) { return p.issuer(); }},
        {"ResourceId", ColumnType::Text, v2, v4, [](P p) { return p.resource(); }},
        {"ResourceName", ColumnType::Text, v2, v4, [](P p) { return p.resource(); }},
        {"ResourceType", ColumnType::Text, v2, v4,
         [](P p) { return p.resource().isEmpty()     ? QString()
                          : p.line().topic.isEmpty() ? u"Event"_s
                                                     : u"Topic"_s; }},
        {"ServiceCategory", ColumnType::Text, v2, v4, [](P) { return u"Integration"_s; }},
        {"ServiceName", ColumnType::Text, v2, v4, [](P) { return u"Event streaming"_s; }},
        {"ServiceProviderName", ColumnType::Text, v3, v4, [](P p) { return p.issuer(); }},
        {"ServiceSubcategory", ColumnType::Text, v2, v4, [](P) { return u"Messaging"_s; }},
        {"SkuId", ColumnType::Text, v2, v4, [](P p) { return p.sku(); }},
        {"SkuMeter", ColumnType::Text, v2, v4, [](P p) { return p.component(); }},
        {"SkuPriceId", ColumnType::Text, v2, v4,
         [](P p) { return p.sku() + u':' + formatRate(p.line().rate) + u'/' + priceUnitWord(p.line().unit); }},
        {"SubAccountId", ColumnType::Text, v2, v2, [](P p) { return p.line().team; }},
        {"SubAccountName", ColumnType::Text, v2, v2, [](P p) { return p.line().team; }},
        {"Tags", ColumnType::Json, v2, v4, [](P p) { return p.tags(); }},
        {"x_Basis", ColumnType::Text, v2, v4, [](P p) { return quantityBasisWord(p.row.basis); }},
        {"x_Component", ColumnType::Text, v2, v4, [](P p) { return p.component(); }},
        {"x_EventType", ColumnType::Text, v2, v4, [](P p) { return p.line().eventType; }},
        {"x_ModelledCost", ColumnType::Number, v2, v4, [](P p) { return p.money(p.row.modelled); }},
        {"x_PricingProfile", ColumnType::Text, v2, v4, [](P p) { return p.profile().name; }},
        {"x_Rate", ColumnType::Number, v2, v4, [](P p) { return formatRate(p.line().rate); }},
        {"x_Role", ColumnType::Text, v2, v4, [](P p) { return costRoleWord(p.line().role); }},
        {"x_Service", ColumnType::Text, v2, v4, [](P p) { return p.row.services.join(u','); }},
        {"x_Team", ColumnType::Text, v2, v4, [](P p) { return p.line().team; }},
    };
    return columns;
}

std::vector<const Column*> columnsOf(FocusVersion version)
{
    std::vector<const Column*> columns;
    for (const Column& column : allColumns()) {
        if (column.first <= version && version <= column.last)
            columns.push_back(&column);
    }
    return columns;
}

QByteArray csvCell(const QString& text)
{
    QByteArray cell = visibleText(text).toUtf8();
    if (cell.contains('"') || cell.contains(',') || cell.contains('\n') || cell.contains('\r'))
        cell = '"' + cell.replace("\"", "\"\"") + '"';
    return cell;
}

Status put(QIODevice& out, const QByteArray& bytes)
{
    if (out.write(bytes) == bytes.size())
        return {};
    return fail(ErrorCode::Unreachable, u"the file takes no more: "_s + out.errorString());
}

/// Each UTC day of the bill and what it costs.
template<typename Take>
Status forEachDay(const CostBill& bill, QDate today, std::stop_token stop, Take take)
{
    if (bill.slices.empty()) {
        std::vector<CostDayLine> lines;
        for (const CostLine& line : bill.lines) {
            if (line.amount.micros != 0 || line.modelled.micros != 0)
                lines.push_back({&line, line.quantity, line.modelled, line.amount, line.basis});
        }
        return take(today, lines);
    }
    for (const auto& [first, end] : utcDays(bill)) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        if (const Status taken =
                take(bill.slices[static_cast<std::size_t>(first)].utcDay(), dayLines(bill, first, end));
            !taken)
            return taken;
    }
    return {};
}

} // namespace

Status writeFocus(QIODevice& out, const CostBill& bill, const FocusExport& what, std::stop_token stop)
{
    const std::vector<const Column*> columns = columnsOf(what.version);
    QByteArrayList names;
    for (const Column* column : columns)
        names += column->name;
    if (const Status put1 = put(out, names.join(',') + "\r\n"); !put1)
        return put1;
    return forEachDay(bill, what.today, stop, [&](QDate day, const std::vector<CostDayLine>& lines) -> Status {
        std::vector<Row> rows = rowsOf(lines);
        setRatios(rows);
        QByteArray bytes;
        for (const Row& row : rows) {
            const Place place{bill, what, day, row};
            bool isFirst = true;
            for (const Column* column : columns) {
                if (!isFirst)
                    bytes += ',';
                isFirst = false;
                bytes += csvCell(column->cell(place));
            }
            bytes += "\r\n";
        }
        return put(out, bytes);
    });
}

QByteArray focusMetadata(const CostBill& bill, const FocusExport& what, UtcTime madeAt)
{
    const std::vector<const Column*> columns = columnsOf(what.version);
    QByteArray shape = focusVersionWord(what.version).toLatin1();
    for (const Column* column : columns)
        shape += QByteArray("\n") + column->name;
    // The same columns have the same schema.
    const QString schema =
        QString::fromLatin1(QCryptographicHash::hash(shape, QCryptographicHash::Sha256).toHex().first(32));
    const QString instance = u"spillway:"_s + what.workspace + u":cost-and-usage"_s;

    JsonWriter json;
    json.beginObject();
    json.field(u"SchemaId", schema);
    json.field(u"FocusVersion", focusVersionWord(what.version));
    json.field(u"CreationDate", madeAt);
    json.field(u"DataGenerator", u"Spillway"_s);
    json.field(u"DataGeneratorVersion", u"" SPILLWAY_VERSION ""_s);
    if (what.version >= FocusVersion::V1_3)
        json.field(u"DatasetInstanceId", instance);
    json.key(u"ColumnDefinition").beginArray();
    for (const Column* column : columns) {
        json.beginObject().field(u"ColumnName", QString::fromLatin1(column->name));
        switch (column->type) {
        case ColumnType::Text:
            json.field(u"DataType", u"STRING"_s).field(u"StringEncoding", u"UTF-8"_s);
            break;
        case ColumnType::Number:
            json.field(u"DataType", u"DECIMAL"_s)
                .field(u"NumericPrecision", 19)
                .field(u"NumberScale", QByteArray(column->name).endsWith("Cost") ? 6 : 12);
            break;
        case ColumnType::Instant:
            json.field(u"DataType", u"DATETIME"_s);
            break;
        case ColumnType::Json:
            json.field(u"DataType", u"JSON"_s).field(u"StringEncoding", u"UTF-8"_s);
            break;
        }
        json.endObject();
    }
    json.endArray();
    if (what.version >= FocusVersion::V1_3) {
        json.key(u"DatasetInstance").beginArray().beginObject();
        json.field(u"DatasetInstanceId", instance)
            .field(u"DatasetInstanceName", what.workspace + u", estimated cost by day, event, team and component"_s)
            .field(u"FocusDatasetId", u"CostAndUsage"_s);
        json.endObject().endArray();
        json.key(u"Recency").beginArray().beginObject();
        json.field(u"DatasetInstanceId", instance)
            .field(u"RecencyLastUpdated", madeAt)
            .field(u"DatasetInstanceComplete", bill.range && bill.range->last < what.today);
        json.endObject().endArray();
    }
    json.endObject();
    return json.json() + '\n';
}

} // namespace spillway
