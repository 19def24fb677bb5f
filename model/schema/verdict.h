// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

/// What a schema says of a payload. Everywhere a missing verdict (nullopt, null) means: there is no schema to judge by,
/// or no payload to judge.
namespace spillway {

enum class SchemaVerdict {
    Valid,   ///< every keyword was understood, and all of them hold
    Invalid, ///< at least one that was understood does not hold
    Unknown, ///< not certain: a keyword, reference, dialect or size that we do not know or go into
};

[[nodiscard]] QString schemaVerdictWord(SchemaVerdict verdict); ///< valid, invalid, unknown
[[nodiscard]] std::optional<SchemaVerdict> schemaVerdictFromWord(QStringView word);

/// A verdict as a letter keeps it: what was said, and by which version.
struct LetterVerdict
{
    std::optional<SchemaVerdict> verdict;
    std::optional<int> version;

    /// For rules: nullopt where nothing was judged, or the judge could not tell.
    [[nodiscard]] std::optional<bool> fits() const
    {
        if (!verdict || *verdict == SchemaVerdict::Unknown)
            return std::nullopt;
        return *verdict == SchemaVerdict::Valid;
    }
    friend bool operator==(const LetterVerdict&, const LetterVerdict&) = default;
};

/// One thing that a payload gets wrong.
struct SchemaError
{
    QString path;           ///< of the value in the payload, a JSON pointer (RFC 6901); empty is the whole payload
    QString schemaPath;     ///< of the keyword in the schema file, `#/properties/order/required`
    QString keyword;        ///< `required`
    QString message;        ///< a plain sentence; never holds values of the payload
    std::int64_t first = 0; ///< the value's bytes in the payload as it was stored: [first, last)
    std::int64_t last = 0;
    friend bool operator==(const SchemaError&, const SchemaError&) = default;
};

/// A verdict with all that a person needs to believe it.
struct SchemaJudgement
{
    std::optional<SchemaVerdict> verdict; ///< nullopt: nothing to judge by, or nothing to judge
    QString schemaFile;                   ///< relative to the schemas folder; empty without a schema
    std::optional<int> version;           ///< of that file
    std::vector<SchemaError> errors;      ///< of Invalid, in the order of the payload; the first ones
    QStringList reasons; ///< of Unknown: why it is not certain; else notes (duplicate keys), one sentence each
    friend bool operator==(const SchemaJudgement&, const SchemaJudgement&) = default;
};

} // namespace spillway
