// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/catalog/schemaoutline.h"

#include <memory>

/// ownership.yaml, event-catalog.yaml and the schemas behind them as one list of events.
namespace spillway {

struct JoinedConsumer
{
    QString team;
    QString service;
    QString group;
    QString purpose;
    std::optional<double> sloProcessingTimeMs;
    double sloObjective = 0.99;
    QString slackChannel;
    QStringList fields;                              ///< it declares to read
    std::optional<int> schemaVersion = std::nullopt; ///< that it is pinned to
    bool isOwned = false;                            ///< stands in ownership.yaml
    bool isListed = false;                           ///< stands in the catalog
    FilePlace place;                                 ///< in ownership.yaml where it stands there
};

struct JoinedEvent
{
    QString eventType;
    QString domain; ///< the catalog's, else the type's first word
    QString description;
    ProducerEntry producer;                ///< ownership.yaml's, gaps filled from the catalog
    std::vector<JoinedConsumer> consumers; ///< ownership.yaml's order, then those only the catalog has
    QStringList tags;
    QString topic;
    QString partitionKey;
    QString schemaPath; ///< as written
    std::optional<int> currentVersion;
    std::optional<std::int64_t> avgDailyVolume;
    std::optional<std::int64_t> avgPayloadBytes;
    std::optional<double> retentionDays;
    QString createdAt;
    QString lastSchemaChange;
    std::optional<FilePlace> ownedAt;  ///< nullopt: not in ownership.yaml
    std::optional<FilePlace> listedAt; ///< nullopt: not in the catalog
    SchemaOutline schema;              ///< empty `file`: no schema_path

    [[nodiscard]] bool isDeprecated() const;
    [[nodiscard]] bool hasTag(QStringView tag) const; ///< case does not count
    /// Where the event is found first: the catalog, else ownership.yaml.
    [[nodiscard]] FilePlace place() const { return listedAt ? *listedAt : ownedAt.value_or(FilePlace{}); }
};

enum class ReadSchemas { No, Yes };

/// Events of both files, in the catalog's order, then those only ownership.yaml has. An event the catalog lists twice
/// appears once, as first written. Reads schema files when asked to (blocking; any thread).
[[nodiscard]] std::vector<JoinedEvent> joinCatalog(const Workspace& workspace, const Catalog& catalog,
                                                   ReadSchemas schemas);

/// Absolute path of a `schema_path`: from the workspace's folder.
[[nodiscard]] QString schemaFileOf(const Workspace& workspace, const QString& schemaPath);

} // namespace spillway
