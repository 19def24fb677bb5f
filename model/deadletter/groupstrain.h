// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/fingerprint.h"
#include "model/deadletter/letterowner.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <set>
#include <unordered_map>

namespace spillway {

struct StrainView;

/// A strain: letters alike in fingerprint, error class, event type and consumer; a row of letter_group. One or more
/// strains are a group.
struct Strain
{
    Fingerprint fingerprint;
    std::optional<QString> errorClass;
    LetterOwner owner;
    [[nodiscard]] StrainView view() const;
};

/// A strain that lies in pieces elsewhere.
struct StrainView
{
    const Fingerprint& fingerprint;
    const std::optional<QString>& errorClass;
    const LetterOwner& owner;
};

/// What makes a strain.
struct StrainKey
{
    QString fingerprint;
    std::optional<QString> errorClass;
    std::optional<QString> eventType;
    std::optional<QString> consumer;
};

/// Rows by strain, with what they say besides. A strain can be looked up as it is, without a copy of its texts.
struct StrainHash
{
    using is_transparent = void;
    [[nodiscard]] std::size_t operator()(const StrainKey& key) const;
    [[nodiscard]] std::size_t operator()(const StrainView& strain) const;
};
struct StrainSame
{
    using is_transparent = void;
    [[nodiscard]] bool operator()(const StrainKey& a, const StrainKey& b) const;
    [[nodiscard]] bool operator()(const StrainView& strain, const StrainKey& key) const;
    [[nodiscard]] bool operator()(const StrainKey& key, const StrainView& strain) const;
};
struct StrainRow
{
    std::int64_t ref = 0;
    QString title;
    std::optional<QString> team;
    std::optional<QString> rule;
    std::uint64_t number = 0; ///< PreparedLetter::strainNumber of the letter that asked last
};
using StrainRefs = std::unordered_map<StrainKey, StrainRow, StrainHash, StrainSame>;

/// Finds or makes strains' rows, each once for the writer's life. Throws what SQLite throws. In a transaction.
class StrainWriter
{
public:
    explicit StrainWriter(SQLite::Database& db);
    /// @param refs  known rows, to which those found are added; outlives the writer.
    StrainWriter(SQLite::Database& db, StrainRefs& refs);

    /// @param momentMs  of the letter that asks; first and last of a new row.
    [[nodiscard]] std::int64_t refOf(const StrainView& strain, std::int64_t momentMs)
    {
        return rowOf(strain, momentMs).ref;
    }
    /// It stands in `refs` as long as they are not cleared.
    [[nodiscard]] StrainRow& rowOf(const StrainView& strain, std::int64_t momentMs);

    /// The group that a person put this letter into; nullopt: none.
    [[nodiscard]] std::optional<QString> pinnedGroup(const QString& letterId);
    /// The strain of a pinned letter, which then knows the one it would be in otherwise.
    [[nodiscard]] std::int64_t pinnedRef(const QString& letterId, const QString& groupId, Strain strain,
                                         std::int64_t homeRef, std::int64_t momentMs);
    [[nodiscard]] bool hasPins() const { return m_hasPins; }

private:
    SQLite::Database& m_db;
    SQLite::Statement m_upsert;
    bool m_hasPins;
    StrainRefs m_ownRefs;
    StrainRefs& m_refs;
};

/// Moves stored letters from strain to strain and keeps counters exact. In a transaction; `finish` ends it.
class StrainMover
{
public:
    explicit StrainMover(SQLite::Database& db);
    /// @param place  of the letter in the store.
    void move(std::int64_t place, std::int64_t toRef);
    void finish();

private:
    SQLite::Database& m_db;
    SQLite::Statement m_find;
    SQLite::Statement m_set;
    SQLite::Statement m_take;
    SQLite::Statement m_give;
    std::set<std::int64_t> m_touched;
};

/// Sets first, last and oldest open moment of a strain from its letters; a row without letters that no pin goes back to
/// is deleted.
void recountStrain(SQLite::Database& db, std::int64_t ref);

} // namespace spillway
