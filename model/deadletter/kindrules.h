// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/deadletter.h"

#include <QRegularExpression>

#include <vector>

namespace spillway {

/// One rule of resources/kinds.json. All that is given must fit.
struct KindRule
{
    FailureKind kind = FailureKind::Unknown;
    QString reason;                              ///< in words, for people
    std::optional<QRegularExpression> className; ///< fits errorClass or rootCauseClass, unanchored
    std::optional<QRegularExpression> message;   ///< fits errorMessage, unanchored
    std::optional<QRegularExpression> stage;
    QStringList dialects; ///< empty: any
};

/// A verdict with its reason, so that a person can disagree with it.
struct KindVerdict
{
    FailureKind kind = FailureKind::Unknown;
    QString reason; ///< empty when no rule fits
    friend bool operator==(const KindVerdict&, const KindVerdict&) = default;
};

/// Sorts failures into transient, schema, business; what no rule is sure of is unknown. The first rule that fits
/// decides. Immutable after reading; any thread.
class KindRules
{
public:
    [[nodiscard]] static Result<KindRules> bundled();
    /// @param name  of the file, for messages.
    [[nodiscard]] static Result<KindRules> read(const QByteArray& json, const QString& name);

    [[nodiscard]] KindVerdict verdict(const LetterFacts& facts) const;
    [[nodiscard]] const std::vector<KindRule>& rules() const { return m_rules; }

private:
    std::vector<KindRule> m_rules;
};

} // namespace spillway
