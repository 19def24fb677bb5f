// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/originrecord.h"
#include "model/deadletter/payloaddiff.h"

namespace spillway {

/// With what a letter is compared.
enum class CompareWith {
    Origin,   ///< the record it was made from
    LastGood, ///< the last one of its key that did not fail
    Letter,   ///< another letter
};
[[nodiscard]] QString compareWithWord(CompareWith with); ///< origin, lastGood, letter

struct CompareRequest
{
    QString letterId;
    CompareWith with = CompareWith::Origin;
    QString otherId; ///< Letter only
    friend bool operator==(const CompareRequest&, const CompareRequest&) = default;
};

/// A letter held against another message: first the other one, then the letter (for two letters: in the order asked).
struct LetterComparison
{
    CompareWith with = CompareWith::Origin;
    QString letterId;
    std::optional<QString> otherId;  ///< of another letter
    std::optional<RawRecord> before; ///< nullopt: it is not there, `because` says why
    std::optional<RawRecord> after;  ///< as `before`
    QString beforeDialect;           ///< by which the headers' numbers are read
    QString afterDialect;
    std::optional<OriginRecord::Answer> answer; ///< Origin
    QString because;                            ///< how it was recognised or found, or why it is not there
    std::optional<RecordDiff> diff;             ///< where both are there
    [[nodiscard]] bool isThere() const { return diff.has_value(); }
};

/// Pure.
[[nodiscard]] LetterComparison compareWithOrigin(const DeadLetter& letter, const OriginRecord& origin,
                                                 const std::stop_token& stop = {});
[[nodiscard]] LetterComparison compareWithLastGood(const DeadLetter& letter, const LastGood& good,
                                                   const std::stop_token& stop = {});
[[nodiscard]] LetterComparison compareLetters(const DeadLetter& first, const DeadLetter& second,
                                              const std::stop_token& stop = {});

/// `dlq diff`; JSON without a line feed at its end, text with one. Bytes that are no UTF-8 come as `beforeBase64`,
/// `afterBase64` beside null.
[[nodiscard]] QByteArray comparisonJson(const LetterComparison& comparison);
[[nodiscard]] QString comparisonText(const LetterComparison& comparison, const DialectRegistry& dialects);

/// What the headers of a change say, for people: a number or a time beside its bytes, text, or hex; long ones are cut.
/// Empty: there is none on this side.
struct ShownHeaderChange
{
    QString before;
    QString after;
};
[[nodiscard]] ShownHeaderChange shownChange(const HeaderChange& change, const LetterComparison& comparison,
                                            const DialectRegistry& dialects);
/// The same of any bytes: a payload's part, a key. `null`: there are none.
[[nodiscard]] QString shownBytes(const std::optional<QByteArray>& bytes);

/// `dlq origin`.
[[nodiscard]] QByteArray originJson(const DeadLetter& letter, const OriginRecord& origin);
[[nodiscard]] QString originText(const DeadLetter& letter, const OriginRecord& origin, const DialectRegistry& dialects);

} // namespace spillway
