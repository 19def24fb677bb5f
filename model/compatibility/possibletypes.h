// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemaview.h"

#include <map>
#include <set>

namespace spillway {

/// Which types of values a schema lets through at all. What is taken off is proved: no document of that type is
/// accepted by any validator. What is left need not exist. Bounded; one thread.
class PossibleTypes
{
public:
    explicit PossibleTypes(const CompiledVersion& version)
        : m_version(version)
    {
    }

    /// Bits of `typebits`; 0: nothing is accepted, so no change of it breaks anybody.
    [[nodiscard]] std::uint8_t of(const Conjunction& schemas);

private:
    [[nodiscard]] std::uint8_t look(const Conjunction& schemas);
    [[nodiscard]] std::uint8_t chosen(const Conjunction& schemas, const SchemaView& view);
    [[nodiscard]] bool canBeArray(const SchemaView& view);
    [[nodiscard]] bool canBeObject(const SchemaView& view);

    const CompiledVersion& m_version;
    std::map<Conjunction, std::uint8_t> m_known;
    std::set<Conjunction> m_open; // being looked at: within itself a schema counts as possible
    std::set<const void*> m_made; // choices that were made on the way here
    std::size_t m_work = 0;
};

} // namespace spillway
