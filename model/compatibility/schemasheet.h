// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compatibilitycheck.h"
#include "model/compatibility/impact.h"
#include "model/compatibility/schemanotices.h"

/// What a screen shows of a schemas folder.
namespace spillway {

/// One event with its versions.
struct SchemaEventRow
{
    QString eventType;
    QString domain; ///< the folder it lies in; empty: none
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    std::vector<int> versions;            ///< ascending, at least one
    QString file;                         ///< of the newest version
    std::optional<ChangeVerdict> verdict; ///< worst of the step to the newest version; nullopt: there is no step, or it
                                          ///< was not judged because a file does not read
    int breaking = 0;                     ///< changes of that step that break, or may
    int older = 0;                        ///< breaking changes of earlier steps
    int consumers = 0;                    ///< of ownership.yaml
    QString fault;                        ///< why a file does not read; empty: all do
    friend bool operator==(const SchemaEventRow&, const SchemaEventRow&) = default;
};

struct SchemaSheet
{
    QString folder;                     ///< empty: the workspace names none
    std::vector<SchemaEventRow> events; ///< worst first, then by name
    std::vector<EventImpact> impact;    ///< of the steps to the newest versions that break somebody
    std::vector<SchemaNotice> notices;  ///< of these, once somebody asked the ledger and the outbox; empty here
    QDate today;                        ///< that both count from
    QStringList notes;
    friend bool operator==(const SchemaSheet&, const SchemaSheet&) = default;
};

/// Which levels a step breaks under one policy.
struct PolicyRow
{
    CompatibilityPolicy policy = CompatibilityPolicy::ConfluentLenient;
    std::vector<CompatibilityLevel> broken;
    friend bool operator==(const PolicyRow&, const PolicyRow&) = default;
};

/// Two versions of an event beside each other.
struct SchemaStep
{
    QString eventType;
    int from = 0;
    int to = 0;
    QString oldFile;
    QString newFile;
    QString oldText; ///< a descriptor set has none to show
    QString newText;
    std::vector<SchemaChange> changes;  ///< of these two versions, by place in the newer file
    std::vector<PolicyRow> policies;    ///< of Avro and Protobuf one row, which stands for all
    EventImpact impact;                 ///< samples stay empty here
    std::optional<SchemaNotice> notice; ///< likewise: once somebody asked the outbox
    friend bool operator==(const SchemaStep&, const SchemaStep&) = default;
};

/// The folder's events by its own rules. Blocking.
[[nodiscard]] SchemaSheet schemaSheetOf(const QString& folder, const CompatibilityOptions& options);
/// NotFound: no such version. InvalidConfig: a version does not read. Blocking.
[[nodiscard]] Result<SchemaStep> schemaStepOf(const QString& folder, const QString& eventType, int from, int to,
                                              const CompatibilityOptions& options);

} // namespace spillway
