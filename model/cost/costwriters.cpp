// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/costwriters.h"

#include "model/base/text.h"
#include "model/cost/costjson.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int shownDecimals = 4;

QString periodText(const CostReport& report)
{
    if (!report.range)
        return u"one day"_s;
    const QString zone = report.range->timeZone;
    const QString first = report.range->first.toString(Qt::ISODate);
    if (report.basis.days == 1)
        return u"%1 (%2)"_s.arg(first, zone);
    return u"%1 to %2, %3 days (%4)"_s.arg(first, report.range->last.toString(Qt::ISODate))
        .arg(report.basis.days)
        .arg(zone);
}

QString cell(Money amount)
{
    return groupedMoney(amount, shownDecimals);
}

/// Network, where bytes in and out have prices of their own in its stead.
bool isPathsInstead(CostComponent component, const PricingProfile& profile)
{
    return component == CostComponent::Network && profile.price(component).rate.mantissa == 0 &&
           (profile.isPriced(CostComponent::Ingress) || profile.isPriced(CostComponent::Egress));
}

/// The article's components, and those that cost something besides.
std::vector<CostComponent> shownComponents(const CostReport& report)
{
    std::vector<CostComponent> shown;
    for (const CostComponent component : billedComponents) {
        const bool isPriced =
            std::any_of(report.basis.terms.begin(), report.basis.terms.end(),
                        [component](const CostTerms& terms) { return terms.profile.isPriced(component); });
        if (componentIndex(component) < coreComponents.size() || isPriced || report.total.of(component).micros != 0)
            shown.push_back(component);
    }
    return shown;
}

QStringList cellsOf(const QString& name, const CostRow& row, const std::vector<CostComponent>& components)
{
    QStringList cells{name};
    for (const CostComponent component : components)
        cells += cell(row.of(component));
    return cells << cell(row.total);
}

QString columnTitle(CostComponent component)
{
    QString title = costComponentWord(component).replace(u'_', u' ');
    title[0] = title[0].toUpper();
    return title;
}

void appendTable(QString& out, const std::vector<QStringList>& lines, const std::vector<std::size_t>& rulesBefore)
{
    std::vector<qsizetype> widths(static_cast<std::size_t>(lines.front().size()), 0);
    for (const QStringList& line : lines) {
        for (std::size_t c = 0; c < widths.size(); ++c)
            widths[c] = std::max(widths[c], line[static_cast<qsizetype>(c)].size());
    }
    qsizetype full = 0;
    for (const qsizetype width : widths)
        full += width + 3;
    for (std::size_t l = 0; l < lines.size(); ++l) {
        if (std::find(rulesBefore.begin(), rulesBefore.end(), l) != rulesBefore.end())
            out += QString(full - 3, QChar(0x2500)) + u'\n'; // one thin line
        for (std::size_t c = 0; c < widths.size(); ++c) {
            const QString& text = lines[l][static_cast<qsizetype>(c)];
            out += c == 0 ? text.leftJustified(widths[c]) : u"   "_s + text.rightJustified(widths[c]);
        }
        out += u'\n';
    }
}

QString rateText(const PricingProfile& profile)
{
    QStringList parts;
    for (const CostComponent component : costComponents) {
        if (!profile.isPriced(component) || isPathsInstead(component, profile))
            continue;
        const ComponentPrice& price = profile.price(component);
        parts += u"%1 %2 per %3 (%4)"_s.arg(costComponentWord(component), formatRate(price.rate),
                                            priceUnitWord(price.unit), chargedToWord(price.chargedTo));
    }
    return parts.join(u", "_s);
}

QString termsText(const PricingProfile& profile)
{
    QString text = rateText(profile) + u'.';
    if (profile.replication > 1)
        text += u" Stored in %1 copies."_s.arg(profile.replication);
    if (profile.retentionDays)
        text += u" Retention %1 days for every event."_s.arg(*profile.retentionDays);
    if (profile.effectiveFrom)
        text += u" In effect from %1."_s.arg(profile.effectiveFrom->toString(Qt::ISODate));
    if (!profile.source.isEmpty())
        text += u" Source: %1."_s.arg(visibleText(profile.source));
    return text;
}

/// `Rates of house (cluster orders), 2026-11-14 to 2026-11-15`
QString termsName(const CostTerms& terms)
{
    QString text = u"Rates of "_s + terms.profile.name;
    if (!terms.profile.connection.isEmpty())
        text += u" (cluster %1)"_s.arg(terms.profile.connection);
    if (terms.first.isValid())
        text += u", %1 to %2"_s.arg(terms.first.toString(Qt::ISODate), terms.last.toString(Qt::ISODate));
    return text;
}

/// One sentence for each month of an invoice.
QString calibrationText(const std::vector<CostCalibration>& calibrations)
{
    QStringList months;
    std::map<QString, QStringList> factors;
    for (const CostCalibration& calibration : calibrations) {
        const QString month = u"%1 to %2 (%3%4)"_s.arg(
            calibration.first.toString(Qt::ISODate), calibration.last.toString(Qt::ISODate),
            visibleText(calibration.invoice), calibration.isCarriedForward ? u", carried forward"_s : QString());
        const QString factor =
            costComponentWord(calibration.component) +
            (calibration.factor ? u" × %1"_s.arg(*calibration.factor, 0, 'f', 4) : u" as invoiced"_s);
        if (!factors.contains(month))
            months += month;
        if (!factors[month].contains(factor))
            factors[month] += factor;
    }
    QString text;
    for (const QString& month : months)
        text += u"Calibrated by the invoice of %1: %2.\n"_s.arg(month, factors[month].join(u", "_s));
    return text;
}

QString csvText(const QString& text)
{
    QString safe = visibleText(text);
    // Spreadsheets run cells that begin so. visibleText has already taken tabs and line ends.
    if (!safe.isEmpty() && QStringView(u"=+-@").contains(safe.front()))
        safe.prepend(u'\'');
    if (safe.contains(u'"') || safe.contains(u','))
        safe = u'"' + safe.replace(u'"', u"\"\""_s) + u'"';
    return safe;
}

QString csvLine(const QString& kind, const CostRow& row, const CostReport& report)
{
    QStringList fields{kind, csvText(row.team)};
    for (const CostComponent component : shownComponents(report))
        fields += formatMoney(row.of(component), exactDecimals);
    fields << formatMoney(row.total, exactDecimals) << report.currency;
    fields << (report.range ? report.range->first.toString(Qt::ISODate) : QString());
    fields << (report.range ? report.range->last.toString(Qt::ISODate) : QString());
    fields << csvText(report.basis.profile.name);
    fields << (report.range ? csvText(report.range->timeZone) : QString());
    fields << allocationPolicyWord(report.basis.policy) << idlePolicyWord(report.basis.idlePolicy);
    fields << report.basis.volumes;
    fields << csvText(calibrationText(report.basis.calibrations).trimmed().replace(u'\n', u' '));
    return fields.join(u',') + u"\r\n"_s;
}

void writeCalibrations(JsonWriter& json, const std::vector<CostCalibration>& calibrations)
{
    json.key(u"calibrations").beginArray();
    for (const CostCalibration& calibration : calibrations) {
        json.beginObject().field(u"component", costComponentKey(calibration.component));
        json.field(u"from", calibration.first.toString(Qt::ISODate));
        json.field(u"to", calibration.last.toString(Qt::ISODate));
        writeAmount(json, u"modelled", calibration.modelled);
        writeAmount(json, u"invoiced", calibration.invoiced);
        json.key(u"factor").value(calibration.factor);
        json.field(u"invoice", calibration.invoice)
            .field(u"isCarriedForward", calibration.isCarriedForward)
            .endObject();
    }
    json.endArray();
}

void writeTerms(JsonWriter& json, const std::vector<CostTerms>& all)
{
    json.key(u"terms").beginArray();
    for (const CostTerms& terms : all) {
        json.beginObject().field(u"profile", terms.profile.name);
        json.key(u"connection").value(textOrNull(terms.profile.connection));
        json.key(u"from").value(dayOrNull(terms.first)).key(u"to").value(dayOrNull(terms.last));
        json.key(u"source").value(textOrNull(terms.profile.source));
        json.key(u"effectiveFrom").value(dayOrNull(terms.profile.effectiveFrom));
        json.field(u"replication", terms.profile.replication);
        json.key(u"retentionDays").value(terms.profile.retentionDays).endObject();
    }
    json.endArray();
}

void writeBasis(JsonWriter& json, const CostReport& report)
{
    const CostBasis& basis = report.basis;
    const auto list = [&json](QStringView name, const QStringList& texts) {
        json.key(name).beginArray();
        for (const QString& text : texts)
            json.value(text);
        json.endArray();
    };
    json.key(u"basis").beginObject();
    json.field(u"profile", basis.profile.name);
    json.key(u"source").value(basis.profile.source.isEmpty() ? std::nullopt : std::optional(basis.profile.source));
    json.key(u"effectiveFrom")
        .value(basis.profile.effectiveFrom ? std::optional(basis.profile.effectiveFrom->toString(Qt::ISODate))
                                           : std::nullopt);
    json.field(u"volumes", basis.volumes);
    json.key(u"amounts").beginObject(); // what rests on quantities of each kind
    for (const QuantityBasis kind : quantityBases)
        writeAmount(json, quantityBasisWord(kind), basis.byBasis[static_cast<std::size_t>(kind)]);
    json.endObject();
    json.field(u"policy", allocationPolicyWord(basis.policy)).field(u"idlePolicy", idlePolicyWord(basis.idlePolicy));
    writeCalibrations(json, basis.calibrations);
    json.field(u"days", basis.days);
    json.key(u"timeZone").value(report.range ? std::optional(report.range->timeZone) : std::nullopt);
    json.field(u"pricedEvents", static_cast<std::int64_t>(basis.pricedEvents));
    list(u"unknownEvents", basis.unknownEvents);
    json.key(u"rates").beginArray(); // one for each component and terms
    for (const CostTerms& terms : basis.terms) {
        for (const CostComponent component : shownComponents(report)) {
            if (component == CostComponent::Adjustment)
                continue; // has no rate
            const ComponentPrice& price = terms.profile.price(component);
            json.beginObject().field(u"component", costComponentKey(component)); // as in the rows of teams
            json.key(u"rate").raw(formatRate(price.rate).toLatin1());
            json.field(u"unit", priceUnitWord(price.unit)).field(u"chargedTo", chargedToWord(price.chargedTo));
            json.field(u"profile", terms.profile.name).key(u"from").value(dayOrNull(terms.first));
            json.key(u"to").value(dayOrNull(terms.last));
            json.endObject();
        }
    }
    json.endArray();
    writeTerms(json, basis.terms);
    json.key(u"retentionDays").value(basis.profile.retentionDays);
    const bool isReplicationOne = std::all_of(basis.terms.begin(), basis.terms.end(), [&basis](const CostTerms& terms) {
        return terms.profile.replication == basis.profile.replication;
    });
    json.key(u"replication")
        .value(isReplicationOne ? std::optional(std::int64_t{basis.profile.replication}) : std::nullopt);
    list(u"notes", basis.notes);
    json.endObject();
}

} // namespace

QString costAsText(const CostReport& report)
{
    const CostBasis& basis = report.basis;
    QString out =
        u"Cost of %1, %2, profile %3\n\n"_s.arg(periodText(report), report.currency, visibleText(basis.profile.name));
    const bool isNothing = report.teams.empty() && report.total.total.micros == 0;
    if (isNothing) {
        out += u"Nothing can be priced: the catalog holds no event with volume and size.\n"_s;
    } else {
        std::vector<CostComponent> components = shownComponents(report);
        if (report.total.of(CostComponent::Network).micros == 0 &&
            std::all_of(basis.terms.begin(), basis.terms.end(),
                        [](const CostTerms& terms) { return isPathsInstead(CostComponent::Network, terms.profile); }))
            components.erase(std::find(components.begin(), components.end(), CostComponent::Network));
        std::vector<QStringList> lines{{u"Team"_s}};
        for (const CostComponent component : components)
            lines.front() += columnTitle(component);
        lines.front() += u"Total"_s;
        for (const CostRow& row : report.teams)
            lines.push_back(cellsOf(visibleText(row.team), row, components));
        if (report.unattributed.total.micros > 0)
            lines.push_back(cellsOf(u"unattributed"_s, report.unattributed, components));
        if (report.idle.total.micros > 0)
            lines.push_back(cellsOf(u"idle"_s, report.idle, components));
        if (report.adjustment.total.micros != 0)
            lines.push_back(cellsOf(u"adjustment"_s, report.adjustment, components));
        const std::size_t last = lines.size();
        lines.push_back(cellsOf(u"Total"_s, report.total, components));
        appendTable(out, lines, {1, last});
    }
    out += u"\nBasis: %1 volumes of %2 events."_s.arg(basis.volumes).arg(basis.pricedEvents);
    const bool isOne = basis.terms.size() < 2;
    for (const CostTerms& terms : basis.terms)
        out += isOne ? u" Rates: "_s + termsText(terms.profile)
                     : u"\n%1: %2"_s.arg(visibleText(termsName(terms)), termsText(terms.profile));
    if (basis.policy != AllocationPolicy::Profile || basis.idlePolicy != IdlePolicy::Show)
        out += u" Policy %1, idle capacity: %2."_s.arg(allocationPolicyWord(basis.policy),
                                                       idlePolicyWord(basis.idlePolicy));
    out += u'\n';
    out += calibrationText(basis.calibrations);
    for (const QString& note : basis.notes)
        out += note + u'\n';
    if (!isNothing)
        out += u"Rounded to four decimals; JSON and CSV hold all six and add up exactly.\n"_s;
    return out;
}

QByteArray costAsJson(const CostReport& report)
{
    JsonWriter json;
    json.beginObject();
    json.field(u"currency", report.currency);
    json.field(u"period", report.range ? u"range"_s : u"day"_s);
    json.key(u"from").value(report.range ? std::optional(report.range->first.toString(Qt::ISODate)) : std::nullopt);
    json.key(u"to").value(report.range ? std::optional(report.range->last.toString(Qt::ISODate)) : std::nullopt);
    json.key(u"teams").beginArray();
    for (const CostRow& row : report.teams) {
        json.beginObject().field(u"team", row.team);
        for (const CostComponent component : shownComponents(report)) {
            if (component != CostComponent::Adjustment) // is no team's
                writeAmount(json, costComponentKey(component), row.of(component));
        }
        writeAmount(json, u"total", row.total);
        json.endObject();
    }
    json.endArray();
    if (report.isUnknown()) // not 0: nothing of it could be priced
        json.key(u"total").value(std::optional<QString>());
    else
        writeAmount(json, u"total", report.total.total);
    // Teams, idle and this are the total: what an invoice has beyond the model is nobody's either.
    writeAmount(json, u"unattributed", report.unattributed.total + report.adjustment.total);
    writeAmount(json, u"idle", report.idle.total);
    writeAmount(json, u"adjustment", report.adjustment.total); // of which
    writeBasis(json, report);
    json.endObject();
    return json.json();
}

QByteArray costAsCsv(const CostReport& report)
{
    QString out = u"kind,team"_s;
    for (const CostComponent component : shownComponents(report))
        out += u',' + costComponentWord(component);
    out += u",total,currency,from,to,profile,time_zone,policy,idle_policy,volumes,calibration\r\n"_s;
    for (const CostRow& row : report.teams)
        out += csvLine(u"team"_s, row, report);
    out += csvLine(u"unattributed"_s, report.unattributed, report);
    out += csvLine(u"idle"_s, report.idle, report);
    if (report.adjustment.total.micros != 0)
        out += csvLine(u"adjustment"_s, report.adjustment, report);
    out += csvLine(u"total"_s, report.total, report);
    return out.toUtf8();
}

} // namespace spillway
