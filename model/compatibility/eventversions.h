// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/schemaoutline.h"
#include "model/compatibility/compatibilitycheck.h"

namespace spillway {

/// One version of an event's schema: what it holds, and what changed with it.
struct EventVersion
{
    QString eventType;
    std::vector<int> versions; ///< all there are in this language, ascending; at least this one
    int version = 0;
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    QString file;                      ///< absolute
    std::vector<OutlineField> fields;  ///< of a JSON Schema, in the file's order of depth
    QString fieldsFault;               ///< why there are none to show; English; empty: these are all
    std::optional<int> previous;       ///< the version right before; nullopt: this is the first
    std::vector<SchemaChange> changes; ///< against it, by the folder's own rules, by place in this file
    QString changesFault;              ///< why they could not be told; English; empty: they are all
    friend bool operator==(const EventVersion&, const EventVersion&) = default;
};

/// Reads this version and the one before, and no other. @param version  nullopt: the newest. NotFound: the folder has
/// no such version of the event. Blocking; any thread.
[[nodiscard]] Result<EventVersion> eventVersionOf(const QString& folder, const QString& eventType,
                                                  std::optional<int> version, const CompatibilityOptions& options);

} // namespace spillway
