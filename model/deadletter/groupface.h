// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <SQLiteCpp/Database.h>

#include <QStringList>

#include <optional>

namespace spillway {

/// What a group looks like to decisions: by what it is known again, and how busy it was.
struct GroupFace
{
    QString title;
    std::optional<QString> errorClass;
    std::optional<QString> rootCauseClass; ///< of its newest letter
    std::optional<QString> message;        ///< of its newest letter, without numbers, ids and values
    std::int64_t busiestHour = 0;          ///< letters, of the clock hours of the last seven days
    QStringList fingerprints;              ///< of its letters
    friend bool operator==(const GroupFace&, const GroupFace&) = default;
};

/// All unknown for a group that has no letters. Throws what SQLite throws.
[[nodiscard]] GroupFace groupFace(SQLite::Database& db, const QString& groupId, UtcTime now);

/// Letters of the group's busiest clock hour since then.
[[nodiscard]] std::int64_t busiestHourSince(SQLite::Database& db, const QString& groupId, UtcTime since);

/// Whether a group or letter of this id is stored.
[[nodiscard]] bool isSubjectStored(SQLite::Database& db, const QString& subject);

} // namespace spillway
