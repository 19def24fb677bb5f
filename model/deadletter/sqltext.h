// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/utf8text.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <QByteArray>
#include <QString>

#include <optional>
#include <string>

/// Between our values and SQLite's, for this room's statements. NULL is nullopt; text is UTF-8.
namespace spillway::sql {

inline void bind(SQLite::Statement& statement, int at, const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    statement.bind(at, std::string(utf8.constData(), static_cast<std::size_t>(utf8.size())));
}
inline void bind(SQLite::Statement& statement, int at, const QByteArray& bytes)
{
    statement.bind(at, bytes.isNull() ? "" : bytes.constData(), static_cast<int>(bytes.size()));
}
inline void bind(SQLite::Statement& statement, int at, std::int64_t number)
{
    statement.bind(at, number);
}
template<typename T>
void bind(SQLite::Statement& statement, int at, const std::optional<T>& value)
{
    if (value)
        bind(statement, at, *value);
    else
        statement.bind(at);
}
/// For bytes that outlive the step: not copied.
inline void bindKept(SQLite::Statement& statement, int at, const std::optional<QByteArray>& bytes)
{
    if (bytes)
        statement.bindNoCopy(at, bytes->isNull() ? "" : bytes->constData(), static_cast<int>(bytes->size()));
    else
        statement.bind(at);
}

inline QString text(const SQLite::Column& column)
{
    return exactText(QByteArrayView(column.getText(), column.getBytes()));
}
inline std::optional<QString> maybeText(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(text(column));
}
inline std::optional<QByteArray> maybeBytes(const SQLite::Column& column)
{
    if (column.isNull())
        return std::nullopt;
    const auto* data = static_cast<const char*>(column.getBlob());
    return data ? QByteArray(data, column.getBytes()) : QByteArray("");
}
inline std::optional<std::int64_t> maybeNumber(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getInt64());
}

} // namespace spillway::sql
