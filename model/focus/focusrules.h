// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// What FOCUS, the FinOps Open Cost and Usage Specification, asks of a Cost and Usage file, as a table:
/// resources/focus/rules.tsv. Pure; any thread.
namespace spillway {

enum class FocusVersion { V1_0, V1_1, V1_2, V1_3, V1_4 };
[[nodiscard]] QString focusVersionWord(FocusVersion version); ///< 1.0 … 1.4
[[nodiscard]] std::optional<FocusVersion> focusVersionOf(QStringView word);

enum class FindingSeverity { Note, Warning, Error };
[[nodiscard]] QString findingSeverityWord(FindingSeverity severity); ///< note, warning, error

/// What a column must be. The word in the table stands behind it.
enum class FocusDemand {
    Present,     ///< `present`: it is in the header
    Decimal,     ///< `decimal`: a number
    Numeric,     ///< `numeric`: written without signs, separators, currencies
    Utc,         ///< `utc`: YYYY-MM-DDTHH:mm:ssZ, a real instant
    Text,        ///< `text`: UTF-8 and not only spaces
    FlatJson,    ///< `flat-json`: an object of unique keys with plain values
    Json,        ///< `json`: an object
    Allocation,  ///< `allocation`: the object of AllocatedMethodDetails
    Currency,    ///< `currency`: an ISO 4217 code
    Unit,        ///< `unit`: like GB, Hours, GB-Hours, 1000 Requests
    Null,        ///< `null`
    NotNull,     ///< `not-null`
    OneOf,       ///< `=A|B`: one of these, or a number equal to the only one
    NoneOf,      ///< `!=A`
    NotNegative, ///< `>=0`
    Product,     ///< `=A*B`: the product of two columns
    After,       ///< `after A`: later than that column
    OneEach,     ///< `one A`: each value goes with a single value of that column
    Subcategory, ///< `subcategory`: one that the standard lists
    Belongs,     ///< `belongs`: to its row's ServiceCategory
};

/// `Column=A|B`, `Column!=A`, `Column=null`, `Column!=@Other`.
struct FocusCondition
{
    QByteArray column;
    bool isEqual = true;
    QList<QByteArray> values; ///< a null byte array among them is null
    QByteArray otherColumn;   ///< not empty: compared with it, not with `values`
};

struct FocusRule
{
    QString id;                              ///< of the requirement
    std::optional<FindingSeverity> severity; ///< nullopt: a column that may be missing
    FocusVersion first = FocusVersion::V1_0;
    FocusVersion last = FocusVersion::V1_4;
    QByteArray column;
    FocusDemand demand = FocusDemand::Present;
    QList<QByteArray> words;                ///< OneOf, NoneOf: values; Product, After, OneEach: columns
    std::vector<FocusCondition> conditions; ///< all of them
    QString level;                          ///< of `Present`: mandatory, conditional, recommended

    [[nodiscard]] bool isIn(FocusVersion version) const { return first <= version && version <= last; }
};

/// The table, in its order: by column. Read once.
[[nodiscard]] const std::vector<FocusRule>& focusRules();

/// The `Present` rule of a column; null when no version has it.
[[nodiscard]] const FocusRule* focusColumn(QByteArrayView column);

[[nodiscard]] bool isIso4217(QByteArrayView code);
/// The category of a subcategory; empty when the standard lists none of that name.
[[nodiscard]] QByteArray serviceCategoryOf(const QByteArray& subcategory);

/// "where ChargeCategory is Usage or Purchase and ChargeClass is not Correction"; empty without conditions.
[[nodiscard]] QString conditionText(const FocusRule& rule);

} // namespace spillway
