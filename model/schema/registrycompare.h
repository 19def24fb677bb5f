// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/schema/schemasource.h"

#include <vector>

/// A registry held against the folder of schemas. The folder is what was agreed on; the registry is what runs.
namespace spillway {

enum class RegistryState {
    Same,           ///< this file and this registered version say the same
    OnlyInFolder,   ///< the file is not registered under the event's subject
    OnlyInRegistry, ///< no file says what this registered version says
    Differs,        ///< file and registered version bear one number and say different things
    NoEvent,        ///< the subject belongs to no event of the folder
    NotRegistered,  ///< the event has files, and no subject
    Key,            ///< a subject of keys: none of the folder's business
};
[[nodiscard]] QString registryStateWord(RegistryState state); ///< same, onlyInFolder, …
/// Whether it has to be mended, by registering or by committing.
[[nodiscard]] bool isDrift(RegistryState state);

struct RegistryDifference
{
    QString subject; ///< empty: NotRegistered
    QString event;   ///< empty: NoEvent, Key
    QString file;    ///< relative to the folder; empty: no file
    std::optional<int> fileVersion;
    std::optional<int> registryVersion;
    std::optional<std::int64_t> id;
    RegistryState state = RegistryState::Same;
    friend bool operator==(const RegistryDifference&, const RegistryDifference&) = default;
};

/// The event a subject is about, by the three usual ways to name subjects: `<topic>-value` where the catalog has one
/// event on the topic, the event type itself, `<topic>-<event type>`. nullopt: none, or several.
[[nodiscard]] std::optional<QString> eventOfSubject(const QString& subject, const SchemaFolder& folder,
                                                    const Catalog& catalog);

/// Texts are compared by meaning (schematext.h), versions first by what they say and only then by number, as registries
/// count on their own. By event, then version. Reads the files.
/// @param registered  all versions of all subjects
[[nodiscard]] std::vector<RegistryDifference> compareRegistry(const SchemaFolder& folder, const Catalog& catalog,
                                                              const std::vector<RegistrySchema>& registered);

} // namespace spillway
