// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/schema/schemafolder.h"
#include "model/schema/wireformat.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

/// A registry as the rest of the house sees it.
namespace spillway {

/// A schema that another one needs.
struct SchemaReference
{
    QString name; ///< as the schema text calls it: a `$ref`, an import's path, a type's full name
    QString subject;
    int version = 0;
    friend bool operator==(const SchemaReference&, const SchemaReference&) = default;
};

struct RegistrySchema
{
    QString subject; ///< this and the version: empty and 0 where the registry tells only the text
    int version = 0;
    std::optional<std::int64_t> id;
    QString guid; ///< empty: not told
    SchemaLanguage language = SchemaLanguage::Avro;
    QByteArray text; ///< as the registry has it
    std::vector<SchemaReference> references;
    friend bool operator==(const RegistrySchema&, const RegistrySchema&) = default;
};

/// Port to a schema registry, for reading. Blocking; one call at a time. NotFound: it has no such subject, version or
/// id; Unreachable, TimedOut, Unauthorised, Corrupt (an answer that makes no sense) name the registry.
class SchemaSource
{
public:
    virtual ~SchemaSource() = default;
    [[nodiscard]] virtual QString name() const = 0;
    /// In the order of their names.
    [[nodiscard]] virtual Result<QStringList> subjects(std::stop_token stop) = 0;
    /// Ascending.
    [[nodiscard]] virtual Result<std::vector<int>> versions(const QString& subject, std::stop_token stop) = 0;
    /// Without a version the newest.
    [[nodiscard]] virtual Result<RegistrySchema> schema(const QString& subject, std::optional<int> version,
                                                        std::stop_token stop) = 0;
    /// By what a serialiser wrote beside a payload.
    [[nodiscard]] virtual Result<RegistrySchema> schemaOf(const WireFormat& wire, std::stop_token stop) = 0;
};

/// `AVRO`, `JSON`, `PROTOBUF`, as registries call them.
[[nodiscard]] QString registryWord(SchemaLanguage language);
[[nodiscard]] std::optional<SchemaLanguage> languageFromRegistryWord(QStringView word);

} // namespace spillway
