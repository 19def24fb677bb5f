// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemasource.h"

#include <functional>
#include <map>
#include <mutex>

namespace spillway {

/// A text that a looked-up schema refers to.
struct SchemaImport
{
    QString name;
    QByteArray text;
    friend bool operator==(const SchemaImport&, const SchemaImport&) = default;
};

struct LookedUpSchema
{
    SchemaLanguage language = SchemaLanguage::Avro;
    QByteArray text;
    std::vector<SchemaImport> imports; ///< what others need comes first
    QString origin;                    ///< for people: `registry main, schema id 42`
    friend bool operator==(const LookedUpSchema&, const LookedUpSchema&) = default;
};

/// Finds the schema that a payload's prefix or header names, where the folder has none of that id. Any thread.
class SchemaLookup
{
public:
    virtual ~SchemaLookup() = default;
    /// May block. NotFound: nobody knows it; other errors: nobody could be asked.
    [[nodiscard]] virtual Result<LookedUpSchema> find(const WireFormat& wire) const = 0;
};

/// A registry's schemas by id, kept: in memory, and as files in a folder that other processes share. What an id stands
/// for does not change in a registry that lives on; files are asked for anew after a day, as a test registry may begin
/// anew, and serve on where the registry does not answer. What was not there, or could not be asked, is not asked again
/// for a minute.
class RegistryShelf final : public SchemaLookup
{
public:
    /// @param source       outlives the shelf
    /// @param cacheFolder  of this registry alone; made where needed; empty: memory only
    RegistryShelf(SchemaSource& source, QString cacheFolder, std::stop_token stop = {});
    [[nodiscard]] Result<LookedUpSchema> find(const WireFormat& wire) const override;

private:
    [[nodiscard]] Result<LookedUpSchema> fetch(const WireFormat& wire) const;

    SchemaSource& m_source;
    QString m_folder;
    std::stop_token m_stop;
    mutable std::mutex m_guard; // guards: m_source, m_known
    struct Known
    {
        Result<LookedUpSchema> schema;
        std::int64_t askAgainAtMs = 0; ///< by the machine's clock; 0: never
    };
    mutable std::map<QString, Known> m_known;
};

/// A schema with everything it refers to, one reference after the other; at most 100 of them, 20 deep.
[[nodiscard]] Result<LookedUpSchema> withImports(SchemaSource& source, const RegistrySchema& schema, QString origin,
                                                 std::stop_token stop);

} // namespace spillway
