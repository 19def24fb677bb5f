// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/letterowner.h"
#include "model/deadletter/stackframes.h"
#include "model/workspace/workspace.h"

#include <QRegularExpression>

#include <vector>

namespace spillway {

/// A rule of grouping.yaml. All matchers that are given must fit; the first rule that fits a letter decides.
struct GroupingRule
{
    QString name; ///< for people: the file's, or `rule 3`
    int line = 0;
    std::optional<QString> errorClass; ///< whole, or with `*` at its end a beginning; likewise the next four
    std::optional<QString> rootCause;
    std::optional<QString> eventType;
    std::optional<QString> consumer;
    std::optional<QString> dialect;
    std::optional<QString> frame;              ///< beginning of any frame of the stack: `com.acme.payment.`
    std::optional<QRegularExpression> message; ///< fits errorMessage or the root cause's, unanchored

    std::optional<QString> fingerprint; ///< letters with equal ones are one group, whatever else they tell
    std::optional<QString> title;
    bool withoutMessage = false; ///< it does not enter the fingerprint
    bool withoutFrame = false;
};

/// What a workspace says about grouping. Immutable after reading; any thread.
struct GroupingRules
{
    std::vector<GroupingRule> rules;
    QStringList inApp; ///< prefixes of frames
    QStringList notInApp;
    QString digest; ///< of the file's bytes; empty: no file
};

/// Reads grouping.yaml. Every fault with its place; a value only without errors. An empty path is no rules.
[[nodiscard]] Checked<GroupingRules> readGroupingRules(const QString& file);

/// What a rule looks at, of one letter.
struct GroupingSubject
{
    const LetterFacts& facts;
    const LetterOwner& owner;
    std::optional<QString> rootCause;
    std::optional<QString> message; ///< of the root cause
    const std::vector<StackSection>& sections;
};

/// The first rule that fits; null: none does. Messages are matched by their first 4096 characters.
[[nodiscard]] const GroupingRule* groupingRuleFor(const GroupingRules& rules, const GroupingSubject& subject);

} // namespace spillway
