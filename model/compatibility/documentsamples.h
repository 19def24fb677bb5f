// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compiledversion.h"

#include <map>
#include <set>

namespace spillway {

struct SchemaView;

/// Small documents that a schema accepts, made from what it says. The same schema gives the same documents. One thread.
class DocumentSamples
{
public:
    explicit DocumentSamples(const CompiledVersion& version)
        : m_version(version)
    {
    }

    /// At most a dozen, each accepted by all validators; plain ones first. Empty: none was found.
    [[nodiscard]] const std::vector<QByteArray>& of(const Conjunction& schemas);
    /// Values at and beside the schema's limits: bounds, lengths, constants, expressions, formats. Not checked.
    [[nodiscard]] std::vector<QByteArray> atLimits(const Conjunction& schemas) const;

    /// The object with what its members ask for beside them, and with as many as there must be; `without` is never
    /// added. What is no object, or cannot be completed, is returned as it is. Not checked.
    [[nodiscard]] QByteArray completed(const Conjunction& schemas, const QByteArray& object,
                                       std::string_view without = {});

private:
    [[nodiscard]] std::vector<Conjunction> choices(const Conjunction& schemas) const;
    void choose(const Conjunction& schemas, std::set<const void*>& made, std::vector<Conjunction>& out) const;
    [[nodiscard]] std::vector<QByteArray> objects(const SchemaView& view);
    [[nodiscard]] std::vector<QByteArray> arrays(const SchemaView& view);

    const CompiledVersion& m_version;
    std::map<Conjunction, std::vector<QByteArray>> m_known;
    std::set<Conjunction> m_open; // being made: within itself a schema has no samples yet
};

} // namespace spillway
