// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compatibilitywords.h"
#include "model/workspace/workspace.h"

#include <QDate>

#include <map>

namespace spillway {

/// Somebody allows a break, until a day.
struct CompatibilityWaiver
{
    QString eventType;
    std::optional<int> from;
    std::optional<int> to;
    QString path; ///< this place and what lies below; empty: everywhere
    QString kind; ///< empty: any
    QString reason;
    QString author;
    QDate expires; ///< the last day on which it holds, UTC
    FilePlace place;
    friend bool operator==(const CompatibilityWaiver&, const CompatibilityWaiver&) = default;
};

/// What a rule sets for some events; what it leaves out comes from the wider one.
struct CompatibilityRule
{
    std::optional<CompatibilityLevel> level;
    std::optional<CompatibilityPolicy> policy; ///< never House
    friend bool operator==(const CompatibilityRule&, const CompatibilityRule&) = default;
};

/// `_meta/compatibility-rules.yaml`: the house's own rules.
struct CompatibilityRules
{
    CompatibilityRule byDefault;
    std::map<QString, CompatibilityRule> domains; ///< by the first folder's name, or the event's name up to the dot
    std::map<QString, CompatibilityRule> events;
    std::map<QString, DirectionVerdict> kinds; ///< what the house says of a kind of change, Holds or Breaks
    std::vector<CompatibilityWaiver> waivers;

    /// Event before domain before default.
    [[nodiscard]] CompatibilityRule ruleFor(const QString& eventType, const QString& domain) const;
    friend bool operator==(const CompatibilityRules&, const CompatibilityRules&) = default;
};

/// Reads the file; every fault at once. Blocking; any thread.
[[nodiscard]] Checked<CompatibilityRules> readCompatibilityRules(const QString& file);

/// Where it stands in a schemas folder; nullopt: there is none.
[[nodiscard]] std::optional<QString> compatibilityRulesFile(const QString& schemasFolder);

} // namespace spillway
