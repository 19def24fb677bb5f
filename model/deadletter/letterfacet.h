// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <unordered_map>

namespace spillway {

/// A facet: what many letters have in common, a row of letter_facet. Rows stay for ever.
struct LetterFacet
{
    QString dialect;
    double confidence = 0;
    std::optional<QString> originTopic;
    bool originIsInternal = false;
    std::optional<QString> consumerGroup;
    std::optional<QString> reportedClass;
    std::optional<QString> rootCauseClass;
    std::optional<QString> stage;
};

/// Rows by facet. A letter's facts can be looked up as they are, without a copy of their texts.
struct LetterFacetHash
{
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(const LetterFacet& facet) const;
    [[nodiscard]] std::size_t operator()(const LetterFacts& facts) const;
};
struct LetterFacetSame
{
    using is_transparent = void;
    [[nodiscard]] bool operator()(const LetterFacet& a, const LetterFacet& b) const;
    [[nodiscard]] bool operator()(const LetterFacts& facts, const LetterFacet& facet) const;
    [[nodiscard]] bool operator()(const LetterFacet& facet, const LetterFacts& facts) const;
};
using LetterFacetRefs = std::unordered_map<LetterFacet, std::int64_t, LetterFacetHash, LetterFacetSame>;

/// Finds or makes facets' rows. Throws what SQLite throws. In a transaction.
class LetterFacetWriter
{
public:
    /// @param refs  known rows, to which those found are added; outlives the writer.
    LetterFacetWriter(SQLite::Database& db, LetterFacetRefs& refs);
    [[nodiscard]] std::int64_t refOf(const LetterFacts& facts);

private:
    LetterFacetRefs& m_refs;
    SQLite::Statement m_find;
    SQLite::Statement m_make;
};

} // namespace spillway
