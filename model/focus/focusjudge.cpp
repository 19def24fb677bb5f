// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/focus/focusjudge.h"

#include "model/base/csvreader.h"
#include "model/base/text.h"
#include "model/focus/focusvalue.h"
#include "model/workspace/issuelist.h"

#include <QHash>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostRemembered = 200'000; // values watched across rows; beyond that only within what is known
constexpr int absent = -1;

struct BoundCondition
{
    const FocusCondition* condition = nullptr;
    int column = absent; ///< a column that is not there is null in every row
    int other = absent;
};

/// A rule whose column is in the header.
struct BoundRule
{
    const FocusRule* rule = nullptr;
    int column = absent;
    std::vector<BoundCondition> conditions;
    std::vector<int> others; ///< of Product, After, OneEach, Belongs
};

class Judge
{
public:
    Judge(std::optional<FocusVersion> version)
        : m_given(version)
    {
    }

    void header(const std::vector<CsvField>& fields);
    /// Whether the header names columns; else rows have nothing to be judged by.
    [[nodiscard]] bool isOfColumns() const { return m_isOfColumns; }
    void row(const std::vector<CsvField>& fields);
    void add(FocusFinding finding);
    void addFaults(const std::vector<CsvFault>& faults);
    FocusReport finish();

private:
    int columnOf(QByteArrayView name) const;
    FocusVersion guess() const;
    void judgeNames(const std::vector<CsvField>& fields);
    void bind();
    bool holds(const BoundCondition& condition) const;
    bool isNull(int column) const { return column == absent || m_nulls[static_cast<std::size_t>(column)]; }
    QByteArrayView cell(int column) const { return (*m_row)[static_cast<std::size_t>(column)].bytes; }
    /// What is wrong with the row's cell; empty when nothing is.
    QString fault(const BoundRule& bound);
    QString faultOfValue(const BoundRule& bound, QByteArrayView value);
    QString faultOfProduct(const BoundRule& bound, double result);
    QString faultOfPairing(const BoundRule& bound, QByteArrayView value);
    void addRatio();

    std::optional<FocusVersion> m_given;
    bool m_isOfColumns = true;
    FocusReport m_report;
    QHash<QString, std::int64_t> m_counts; // per requirement and column
    std::vector<QByteArray> m_names;
    std::vector<BoundRule> m_rules;
    std::vector<int> m_dimensions; // what the allocated charges of one origin have in common
    int m_method = absent;
    int m_details = absent;
    const std::vector<CsvField>* m_row = nullptr;
    std::vector<bool> m_nulls;
    std::vector<bool> m_told; // cells of this row that have a finding: one is enough

    struct Pairing
    {
        QByteArray value;
        std::int64_t line = 0;
    };
    QHash<QByteArray, Pairing> m_pairings; // by rule and value
    struct Ratios
    {
        double sum = 0;
        std::int64_t rows = 0;
        std::int64_t line = 0;
    };
    std::unordered_map<std::size_t, Ratios> m_ratios; // by the hash of the dimensions
    bool m_isRatiosWhole = true;
};

QString latin(QByteArrayView text)
{
    return QString::fromLatin1(text);
}

QString shown(QByteArrayView value)
{
    return quoted(QString::fromUtf8(value));
}

int Judge::columnOf(QByteArrayView name) const
{
    const auto found = std::find(m_names.begin(), m_names.end(), name);
    return found == m_names.end() ? absent : static_cast<int>(found - m_names.begin());
}

void Judge::add(FocusFinding finding)
{
    switch (finding.severity) {
    case FindingSeverity::Error:
        ++m_report.errors;
        break;
    case FindingSeverity::Warning:
        ++m_report.warnings;
        break;
    case FindingSeverity::Note:
        ++m_report.notes;
        break;
    }
    if (++m_counts[finding.rule + u'\t' + finding.field] <= FocusReport::mostPlaces)
        m_report.findings.push_back(std::move(finding));
}

void Judge::addFaults(const std::vector<CsvFault>& faults)
{
    for (const CsvFault& one : faults)
        add({one.line, one.column, u"Csv-form"_s, FindingSeverity::Error, {}, one.message + u"; "_s + one.remedy});
}

FocusVersion Judge::guess() const
{
    FocusVersion oldest = FocusVersion::V1_0;
    for (const QByteArray& name : m_names) {
        if (const FocusRule* column = focusColumn(name))
            oldest = std::max(oldest, column->first);
    }
    // What 1.4 took away tells it from 1.3.
    const bool hasOld = columnOf("ProviderName") != absent || columnOf("PublisherName") != absent;
    return oldest == FocusVersion::V1_3 && !hasOld ? FocusVersion::V1_4 : oldest;
}

void Judge::judgeNames(const std::vector<CsvField>& fields)
{
    QStringList known;
    for (const FocusRule& rule : focusRules()) {
        if (rule.demand == FocusDemand::Present && rule.isIn(m_report.version))
            known += latin(rule.column);
    }
    bool hasCustom = false;
    bool isOrderTold = false;
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        const QByteArray& name = m_names[i];
        const auto tell = [&](const QString& rule, FindingSeverity severity, QString message) {
            add({fields[i].line, fields[i].column, rule, severity, QString::fromUtf8(name).left(60),
                 std::move(message)});
        };
        if (std::find(m_names.begin(), m_names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
            m_names.begin() + static_cast<std::ptrdiff_t>(i))
            tell(u"Csv-header"_s, FindingSeverity::Error,
                 u"the column %1 stands in the header twice; keep one"_s.arg(shown(name)));
        if (name.startsWith("x_")) {
            hasCustom = true;
            continue;
        }
        const FocusRule* column = focusColumn(name);
        if (!column) {
            const auto twin = std::find_if(known.begin(), known.end(), [&](const QString& one) {
                return one.compare(QString::fromUtf8(name), Qt::CaseInsensitive) == 0;
            });
            if (twin != known.end())
                tell(u"ColumnHandling-A-001-M"_s, FindingSeverity::Error,
                     u"%1 is no column of FOCUS; write %2"_s.arg(shown(name), *twin));
            else
                tell(u"ColumnHandling-A-010-M"_s, FindingSeverity::Error,
                     u"%1 is no column of FOCUS%2; begin the name of a column of your own with x_"_s.arg(
                         shown(name), didYouMean(QString::fromUtf8(name), known)));
            continue;
        }
        if (!column->isIn(m_report.version))
            tell(u"ColumnHandling-A-010-M"_s, FindingSeverity::Error,
                 u"%1 is a column of FOCUS %2 to %3, and the file is judged as %4; leave it out, or name its version"_s
                     .arg(latin(name), focusVersionWord(column->first), focusVersionWord(column->last),
                          focusVersionWord(m_report.version)));
        if (hasCustom && !isOrderTold) {
            isOrderTold = true;
            tell(u"ColumnHandling-A-013-O"_s, FindingSeverity::Warning,
                 u"%1 stands behind a column of your own; put those after all of FOCUS"_s.arg(latin(name)));
        }
    }
}

void Judge::bind()
{
    for (const FocusRule& rule : focusRules()) {
        if (!rule.isIn(m_report.version))
            continue;
        const int column = columnOf(rule.column);
        if (rule.demand == FocusDemand::Present) {
            if (column == absent && rule.severity)
                add({1, std::nullopt, rule.id, *rule.severity, latin(rule.column),
                     u"the column %1 is missing; FOCUS %2 %3"_s.arg(
                         latin(rule.column), focusVersionWord(m_report.version),
                         rule.level == u"mandatory" ? u"requires it"_s : u"recommends it"_s)});
            continue;
        }
        if (column == absent || !rule.severity)
            continue;
        BoundRule bound{.rule = &rule, .column = column, .conditions = {}, .others = {}};
        for (const FocusCondition& condition : rule.conditions)
            bound.conditions.push_back({&condition, columnOf(condition.column),
                                        condition.otherColumn.isEmpty() ? absent : columnOf(condition.otherColumn)});
        const bool comparesWithNothing =
            std::any_of(bound.conditions.begin(), bound.conditions.end(), [](const BoundCondition& one) {
                return !one.condition->otherColumn.isEmpty() && (one.column == absent || one.other == absent);
            });
        if (comparesWithNothing)
            continue;
        const bool namesColumns = rule.demand == FocusDemand::Product || rule.demand == FocusDemand::After ||
                                  rule.demand == FocusDemand::OneEach;
        for (const QByteArray& word : namesColumns ? rule.words : QList<QByteArray>())
            bound.others.push_back(columnOf(word));
        if (rule.demand == FocusDemand::Belongs)
            bound.others.push_back(columnOf("ServiceCategory"));
        if (std::find(bound.others.begin(), bound.others.end(), absent) == bound.others.end())
            m_rules.push_back(std::move(bound));
    }
    m_method = columnOf("AllocatedMethodId");
    m_details = columnOf("AllocatedMethodDetails");
    if (m_report.version < FocusVersion::V1_3 || m_method == absent)
        m_details = absent;
    for (std::size_t i = 0; m_details != absent && i < m_names.size(); ++i) {
        const QByteArray& name = m_names[i];
        const bool isMetric = std::any_of(m_rules.begin(), m_rules.end(), [&](const BoundRule& bound) {
            return bound.column == static_cast<int>(i) && bound.rule->demand == FocusDemand::Decimal;
        });
        if (focusColumn(name) && !isMetric && !name.startsWith("Allocated"))
            m_dimensions.push_back(static_cast<int>(i));
    }
}

void Judge::header(const std::vector<CsvField>& fields)
{
    for (const CsvField& field : fields)
        m_names.push_back(field.bytes.toByteArray());
    if (m_names.size() == 1 && (m_names[0].contains(';') || m_names[0].contains('\t'))) {
        add({1,
             1,
             u"Csv-form"_s,
             FindingSeverity::Error,
             {},
             u"the columns are separated by %1, not by commas; write commas"_s.arg(
                 m_names[0].contains(';') ? u"semicolons"_s : u"tabs"_s)});
        m_isOfColumns = false; // which columns there are, and whether they are right, nobody can tell
        m_report.isVersionGuessed = !m_given;
        m_report.version = m_given.value_or(m_report.version);
        return;
    }
    m_report.isVersionGuessed = !m_given;
    m_report.version = m_given ? *m_given : guess();
    judgeNames(fields);
    bind();
}

bool Judge::holds(const BoundCondition& bound) const
{
    bool isSame = false;
    if (!bound.condition->otherColumn.isEmpty()) {
        isSame = isNull(bound.column) == isNull(bound.other) &&
                 (isNull(bound.column) || cell(bound.column) == cell(bound.other));
    } else {
        const bool isEmpty = isNull(bound.column);
        const QByteArrayView value = isEmpty ? QByteArrayView() : cell(bound.column);
        isSame =
            std::any_of(bound.condition->values.begin(), bound.condition->values.end(), [&](const QByteArray& one) {
                return one.isNull() ? isEmpty : !isEmpty && QByteArrayView(one) == value;
            });
    }
    return isSame == bound.condition->isEqual;
}

QString Judge::faultOfProduct(const BoundRule& bound, double result)
{
    const auto one = isNull(bound.others[0]) ? std::nullopt : focusNumber(cell(bound.others[0]));
    const auto two = isNull(bound.others[1]) ? std::nullopt : focusNumber(cell(bound.others[1]));
    if (!one || !two)
        return {};
    // A cost written with n decimals may be off by half of the last one.
    const QByteArrayView text = cell(bound.column);
    const qsizetype point = text.indexOf('.');
    const double rounding = point < 0 ? 0.5 : 0.5 * std::pow(10.0, -static_cast<double>(text.size() - point - 1));
    const double product = *one * *two;
    const double tolerance = std::min(rounding, 0.005) * 1.000001 + 1e-9 * std::max(std::abs(result), 1.0);
    if (std::abs(product - result) <= tolerance)
        return {};
    return u"%1 is %2, and %3 times %4 is %5"_s.arg(latin(bound.rule->column), shown(cell(bound.column)),
                                                    latin(bound.rule->words[0]), latin(bound.rule->words[1]),
                                                    QString::number(product, 'g', 12));
}

QString Judge::faultOfPairing(const BoundRule& bound, QByteArrayView value)
{
    if (isNull(bound.others[0]))
        return {};
    const QByteArrayView partner = cell(bound.others[0]);
    const QByteArray key = bound.rule->id.toLatin1() + '\t' + value.toByteArray();
    const auto known = m_pairings.constFind(key);
    if (known == m_pairings.constEnd()) {
        if (static_cast<std::size_t>(m_pairings.size()) < mostRemembered)
            m_pairings.insert(key, {partner.toByteArray(), (*m_row)[static_cast<std::size_t>(bound.column)].line});
        return {};
    }
    if (QByteArrayView(known->value) == partner)
        return {};
    return u"%1 %2 has %3 %4 here and %5 in line %6; each must have one"_s.arg(
        latin(bound.rule->column), shown(value), latin(bound.rule->words[0]), shown(partner), shown(known->value),
        QString::number(known->line));
}

QString Judge::faultOfValue(const BoundRule& bound, QByteArrayView value)
{
    const FocusRule& rule = *bound.rule;
    const QString name = latin(rule.column);
    switch (rule.demand) {
    case FocusDemand::Present:
    case FocusDemand::NotNull:
        return {};
    case FocusDemand::Null:
        return u"%1 is %2 and must be null"_s.arg(name, shown(value));
    case FocusDemand::Decimal:
        return focusNumber(value) || isDressedNumber(value)
                   ? QString()
                   : u"%1 is %2; write a decimal number like 12.5"_s.arg(name, shown(value));
    case FocusDemand::Numeric:
        return !focusNumber(value) && isDressedNumber(value)
                   ? u"%1 is %2; write the number alone, without separators, signs or units"_s.arg(name, shown(value))
                   : QString();
    case FocusDemand::Utc:
        return focusInstant(value)
                   ? QString()
                   : u"%1 is %2; write an instant in UTC like 2026-11-01T00:00:00Z"_s.arg(name, shown(value));
    case FocusDemand::Text:
        return isUtf8(value) ? QString() : u"%1 is not valid UTF-8; write the file in UTF-8"_s.arg(name);
    case FocusDemand::FlatJson:
    case FocusDemand::Json: {
        const QString wrong = jsonObjectFault(value, rule.demand == FocusDemand::FlatJson);
        return wrong.isEmpty() ? wrong : u"%1: %2; write an object like {\"team\": \"payments\"}"_s.arg(name, wrong);
    }
    case FocusDemand::Allocation: {
        std::optional<double> ratio;
        const QString wrong = allocationFault(value, ratio);
        return wrong.isEmpty()
                   ? wrong
                   : u"%1: %2; write an object like {\"Elements\": [{\"AllocatedRatio\": 0.5}]}"_s.arg(name, wrong);
    }
    case FocusDemand::Currency:
        return isIso4217(value) ? QString() : u"%1 is %2; write a code of ISO 4217 like EUR"_s.arg(name, shown(value));
    case FocusDemand::Unit:
        return isFocusUnit(value) ? QString()
                                  : u"%1 is %2; write a unit like GB, Hours or GiB-Hours"_s.arg(name, shown(value));
    case FocusDemand::OneOf: {
        const auto number = rule.words.size() == 1 ? focusNumber(rule.words[0]) : std::nullopt;
        const bool isThere = number ? focusNumber(value) == number : rule.words.contains(value.toByteArray());
        return isThere ? QString() : u"%1 is %2; write %3"_s.arg(name, shown(value), latin(rule.words.join(", ")));
    }
    case FocusDemand::NoneOf:
        return rule.words.contains(value.toByteArray()) ? u"%1 must not be %2"_s.arg(name, shown(value)) : QString();
    case FocusDemand::NotNegative: {
        const auto number = focusNumber(value);
        return number && *number < 0 ? u"%1 is %2 and must not be negative"_s.arg(name, shown(value)) : QString();
    }
    case FocusDemand::Product: {
        const auto number = focusNumber(value);
        return number ? faultOfProduct(bound, *number) : QString();
    }
    case FocusDemand::After: {
        if (isNull(bound.others[0]))
            return {};
        const auto start = focusInstant(cell(bound.others[0]));
        const auto end = focusInstant(value);
        return start && end && *end <= *start
                   ? u"%1 is not later than %2; it is the first instant that no longer belongs to the period"_s.arg(
                         name, latin(rule.words[0]))
                   : QString();
    }
    case FocusDemand::OneEach:
        return faultOfPairing(bound, value);
    case FocusDemand::Subcategory:
        return serviceCategoryOf(value.toByteArray()).isEmpty()
                   ? u"%1 is %2, which the standard does not list; for Kafka write Messaging"_s.arg(name, shown(value))
                   : QString();
    case FocusDemand::Belongs: {
        const QByteArray category = serviceCategoryOf(value.toByteArray());
        if (category.isEmpty() || isNull(bound.others[0]) || cell(bound.others[0]) == QByteArrayView(category))
            return {};
        return u"%1 %2 belongs to the ServiceCategory %3, and the row's is %4"_s.arg(
            name, shown(value), latin(category), shown(cell(bound.others[0])));
    }
    }
    return {};
}

QString Judge::fault(const BoundRule& bound)
{
    const bool isEmpty = isNull(bound.column);
    if (isEmpty != (bound.rule->demand == FocusDemand::NotNull))
        return {};
    for (const BoundCondition& condition : bound.conditions) {
        if (!holds(condition))
            return {};
    }
    QString message = isEmpty ? u"%1 is null and must not be"_s.arg(latin(bound.rule->column))
                              : faultOfValue(bound, cell(bound.column));
    if (!message.isEmpty() && !bound.conditions.empty())
        message += u' ' + conditionText(*bound.rule);
    return message;
}

void Judge::addRatio()
{
    if (m_details == absent || isNull(m_method) || isNull(m_details))
        return;
    std::optional<double> ratio;
    if (!allocationFault(cell(m_details), ratio).isEmpty() || !ratio)
        return;
    std::size_t key = 0;
    for (const int column : m_dimensions)
        key = qHash(cell(column), key * 31 + (isNull(column) ? 1 : 2));
    if (m_ratios.size() >= mostRemembered && !m_ratios.contains(key)) {
        m_isRatiosWhole = false;
        return;
    }
    Ratios& ratios = m_ratios[key];
    ratios.sum += *ratio;
    if (ratios.rows++ == 0)
        ratios.line = (*m_row)[static_cast<std::size_t>(m_details)].line;
}

void Judge::row(const std::vector<CsvField>& fields)
{
    ++m_report.rows;
    if (fields.size() != m_names.size()) {
        add({fields[0].line,
             std::nullopt,
             u"Csv-fields"_s,
             FindingSeverity::Error,
             {},
             u"the row has %1 fields and the header %2; quote a field that holds a comma"_s.arg(fields.size())
                 .arg(m_names.size())});
        return;
    }
    m_row = &fields;
    m_nulls.assign(fields.size(), false);
    m_told.assign(fields.size(), false);
    for (std::size_t i = 0; i < fields.size(); ++i)
        m_nulls[i] = fields[i].bytes.isEmpty() || (!fields[i].isQuoted && fields[i].bytes == QByteArrayView("NULL"));
    const auto tell = [&](int column, const QString& rule, FindingSeverity severity, QString message) {
        const auto at = static_cast<std::size_t>(column);
        m_told[at] = true;
        add({fields[at].line, fields[at].column, rule, severity, latin(m_names[at]), std::move(message)});
    };
    for (const BoundRule& bound : m_rules) {
        if (m_told[static_cast<std::size_t>(bound.column)])
            continue;
        if (QString message = fault(bound); !message.isEmpty())
            tell(bound.column, bound.rule->id, *bound.rule->severity, std::move(message));
        else if (bound.rule->demand == FocusDemand::Text && !isNull(bound.column)) {
            const QByteArrayView value = cell(bound.column);
            if (value.trimmed().isEmpty())
                tell(bound.column, u"StringHandling-A-007-M"_s, FindingSeverity::Error,
                     u"%1 is only spaces; leave it empty for null"_s.arg(latin(bound.rule->column)));
            else if (isPlaceholder(value))
                tell(bound.column, u"NullHandling-A-002-M"_s, FindingSeverity::Error,
                     u"%1 is %2; leave it empty for null"_s.arg(latin(bound.rule->column), shown(value)));
        }
    }
    addRatio();
}

FocusReport Judge::finish()
{
    for (const auto& [key, ratios] : m_ratios) {
        // Several origins may look alike, so that any whole number will do.
        const double whole = std::round(ratios.sum);
        if (whole >= 1 && std::abs(ratios.sum - whole) <= 1e-6 * static_cast<double>(ratios.rows))
            continue;
        add({ratios.line, std::nullopt, u"AllocatedMethodDetails-sum"_s, FindingSeverity::Error,
             u"AllocatedMethodDetails"_s,
             u"the ratios of this charge's %1 allocated rows add up to %2; they must add up to 1"_s.arg(ratios.rows)
                 .arg(ratios.sum, 0, 'g', 9)});
    }
    std::stable_sort(m_report.findings.begin(), m_report.findings.end(),
                     [](const FocusFinding& a, const FocusFinding& b) {
                         return std::pair(a.line, a.column.value_or(0)) < std::pair(b.line, b.column.value_or(0));
                     });
    QStringList keys = m_counts.keys();
    keys.sort();
    for (const QString& key : keys) {
        const std::int64_t more = m_counts[key] - FocusReport::mostPlaces;
        if (more <= 0)
            continue;
        const QString rule = key.section(u'\t', 0, 0);
        const auto last = std::find_if(m_report.findings.rbegin(), m_report.findings.rend(), [&](const auto& finding) {
            return finding.rule == rule && finding.field == key.section(u'\t', 1);
        });
        if (last != m_report.findings.rend())
            last->message += u" (and %1 more of this kind)"_s.arg(more);
    }
    return std::move(m_report);
}

} // namespace

Result<FocusReport> judgeFocus(QIODevice& in, std::optional<FocusVersion> version, std::stop_token stop)
{
    CsvReader reader(in);
    Judge judge(version);
    const bool hasHeader = reader.readRecord();
    judge.addFaults(reader.faults());
    if (!hasHeader && reader.faults().empty())
        judge.add({1,
                   std::nullopt,
                   u"Csv-header"_s,
                   FindingSeverity::Error,
                   {},
                   u"the file is empty; begin with a line of column names"_s});
    if (hasHeader)
        judge.header(reader.fields());
    for (std::int64_t rows = 0; hasHeader && judge.isOfColumns() && reader.readRecord(); ++rows) {
        if (rows % 1024 == 0 && stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped"_s);
        judge.addFaults(reader.faults());
        judge.row(reader.fields());
    }
    if (hasHeader)
        judge.addFaults(reader.faults());
    return judge.finish();
}

} // namespace spillway
