// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>

namespace SQLite {
class Database;
}

/// The file `ledger.head` beside `ledger.sqlite`: where the chain ended after the last commit. A chain alone cannot
/// show that its end was cut off. One line: seq in decimal, a space, the hash in hex.
namespace spillway::ledger {

struct Head
{
    std::int64_t seq = 0;
    QByteArray hash;
    friend bool operator==(const Head&, const Head&) = default;
};

/// What the chain itself ends with; 0 and 32 zero bytes for an empty one. Throws SQLite::Exception: call it inside
/// `guarded`.
[[nodiscard]] Head endOf(SQLite::Database& db);

/// What the file holds.
[[nodiscard]] QByteArray headLine(const Head& head);
[[nodiscard]] QString headFileOf(const QString& ledgerFile);

/// nullopt when there is no such file; Corrupt when it does not hold a head.
[[nodiscard]] Result<std::optional<Head>> readHead(const QString& ledgerFile);

/// Puts the new head in the old one's place at once and for good: a crash leaves one of the two, whole.
[[nodiscard]] Status writeHead(const QString& ledgerFile, const Head& head);

} // namespace spillway::ledger
