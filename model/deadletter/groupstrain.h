// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/fingerprint.h"
#include "model/deadletter/letterowner.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <set>
#include <unordered_map>

namespace spillway {

/// A strain: letters alike in fingerprint, error class, event type and consumer; a row of letter_group. One or more
/// strains are a group.
struct Strain
{
    Fingerprint fingerprint;
    std::optional<QString> errorClass;
    LetterOwner owner;
};

/// Finds or makes strains' rows, each once for the writer's life. Throws what SQLite throws. In a transaction.
class StrainWriter
{
public:
    explicit StrainWriter(SQLite::Database& db);

    /// @param momentMs  of the letter that asks; first and last of a new row.
    [[nodiscard]] std::int64_t refOf(const Strain& strain, std::int64_t momentMs);

    /// The group that a person put this letter into; nullopt: none.
    [[nodiscard]] std::optional<QString> pinnedGroup(const QString& letterId);
    /// The strain of a pinned letter, which then knows the one it would be in otherwise.
    [[nodiscard]] std::int64_t pinnedRef(const QString& letterId, const QString& groupId, Strain strain,
                                         std::int64_t homeRef, std::int64_t momentMs);
    [[nodiscard]] bool hasPins() const { return m_hasPins; }

private:
    struct Key
    {
        QString fingerprint;
        std::optional<QString> errorClass;
        std::optional<QString> eventType;
        std::optional<QString> consumer;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash
    {
        std::size_t operator()(const Key& key) const;
    };
    [[nodiscard]] static QString nameOf(const Key& key);

    SQLite::Database& m_db;
    SQLite::Statement m_upsert;
    bool m_hasPins;
    std::unordered_map<Key, std::int64_t, KeyHash> m_refs;
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
