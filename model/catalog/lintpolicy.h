// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QDate>
#include <QRegularExpression>
#include <QStringList>

#include <map>
#include <optional>
#include <span>
#include <vector>

/// What lint and drift judge by: the rules there are, and a workspace's `catalog-lint.yaml` with its limits, its own
/// severities and its waivers.
namespace spillway {

enum class LintSeverity { Info, Warning, Error };
[[nodiscard]] QString lintSeverityWord(LintSeverity severity); ///< info, warning, error

struct LintRule
{
    enum class Check { Lint, Drift };
    QStringView id;
    Check check;
    LintSeverity severity;
    QStringView title; ///< what it finds, one line
};
/// Every rule there is, in the order in which people think of them. Ids are stable.
[[nodiscard]] std::span<const LintRule> lintRules();
[[nodiscard]] const LintRule* lintRule(QStringView id); ///< nullptr: no such rule

/// A finding that is known and let pass for a while.
struct LintWaiver
{
    QString rule;
    QString event; ///< wildcards * and ?; empty: every event
    QDate until;   ///< the last day it holds (UTC)
    QString reason;
    FilePlace place;
};

struct LintPolicy
{
    double maxRetentionDays = 30;
    std::int64_t maxPayloadBytes = 1'048'576; ///< Kafka's own default limit of a message is about this
    QRegularExpression eventNaming{QStringLiteral("^[a-z][a-z0-9]*([._-][a-z0-9]+)+$")};
    QRegularExpression topicNaming{QStringLiteral("^[a-z0-9]+([._-][a-z0-9]+)*$")};
    QStringList teams;          ///< that exist; empty: those ownership.yaml names
    QStringList personalFields; ///< last part of a field's path without `_` and `-`, lower case
    double volumeTolerance = 2; ///< drift: declared and observed may differ by this factor
    double payloadTolerance = 2;
    std::map<QString, std::optional<LintSeverity>> severities; ///< a rule's own severity; nullopt: off
    std::vector<LintWaiver> waivers;
    QString file; ///< empty: none was there

    LintPolicy();
    /// nullopt: the rule is off.
    [[nodiscard]] std::optional<LintSeverity> severityOf(const LintRule& rule) const;
};

/// `catalog-lint.yaml` beside spillway.yaml where it is there, else the defaults. Every fault at once. Blocking.
[[nodiscard]] Checked<LintPolicy> readLintPolicy(const Workspace& workspace);

} // namespace spillway
