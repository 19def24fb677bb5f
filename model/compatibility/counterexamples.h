// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/documentsamples.h"
#include "model/compatibility/schemafinding.h"

namespace spillway {

/// Looks for documents that one version accepts and the other refuses, both asked. What is returned is true; that
/// nothing is found proves nothing. The work is bounded. One thread.
class Counterexamples
{
public:
    enum class Direction {
        Backward, ///< the older accepts, the newer refuses
        Forward,
    };
    Counterexamples(const CompiledVersion& older, const CompiledVersion& newer, Direction direction,
                    DocumentHabits habits);

    /// One that shows this difference as far as possible: refused at its place, else near it.
    [[nodiscard]] std::optional<QByteArray> of(const SchemaFinding& finding);
    /// Any at all, wherever the versions part.
    [[nodiscard]] std::optional<QByteArray> any();

private:
    [[nodiscard]] const Conjunction& written(const SchemaPair& pair) const;
    [[nodiscard]] const Conjunction& read(const SchemaPair& pair) const;
    [[nodiscard]] const std::vector<QByteArray>& at(const SchemaPair& pair);
    [[nodiscard]] std::vector<QByteArray> candidates(const SchemaPair& pair);
    [[nodiscard]] std::optional<QByteArray> lifted(const std::vector<QByteArray>& values,
                                                   const std::vector<DocumentStep>& steps, std::size_t depth);
    [[nodiscard]] std::optional<QByteArray> search(const SchemaPair& pair, std::vector<DocumentStep>& steps);

    const CompiledVersion& m_writer;
    const CompiledVersion& m_reader;
    Direction m_direction;
    DocumentHabits m_habits;
    DocumentSamples m_samples;
    DocumentSamples m_readerSamples;
    SchemaPair m_root;
    std::map<SchemaPair, std::vector<QByteArray>> m_known; // refused values of a pair, small ones first
    std::set<SchemaPair> m_searched;
    std::int64_t m_work = 0; // documents still tried
};

} // namespace spillway
