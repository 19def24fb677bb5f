// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/groupstrain.h"
#include "model/deadletter/letterfacet.h"

#include <optional>

namespace spillway {

/// What the writer of letters keeps from one batch to the next, so that the rows that many letters point to are looked
/// up once and not once a batch. `open` and `close` stand around all that a transaction writes; what else was written
/// in between is noticed, and then it forgets. It does not notice that its own transaction was rolled back: after that,
/// begin with a new one. The writer's thread.
class LetterShelf
{
public:
    LetterFacetRefs facets;
    StrainRefs strains;
    std::unordered_map<std::uint64_t, std::int64_t> numberedFacets; ///< by PreparedLetter::facetNumber
    std::unordered_map<std::uint64_t, StrainRow*> numberedStrains;  ///< by strainNumber; in `strains`

    /// Forgets what may no longer stand in the store. Throws what SQLite throws.
    void open(SQLite::Database& db);
    /// What was looked up does not stand beyond this transaction.
    void spoil() { m_isSpoilt = true; }
    void close(SQLite::Database& db);

private:
    struct Moment
    {
        int ownChanges = 0;  ///< rows this connection ever changed
        int dataVersion = 0; ///< moves when another connection commits
        friend bool operator==(const Moment&, const Moment&) = default;
    };
    [[nodiscard]] static Moment momentOf(SQLite::Database& db);

    std::optional<Moment> m_closedAt;
    bool m_isSpoilt = false;
};

} // namespace spillway
