// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/notifystore.h"

#include <SQLiteCpp/Statement.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString textOf(const SQLite::Column& column)
{
    return QString::fromStdString(column.getString());
}

UtcTime timeOf(const SQLite::Column& column)
{
    return UtcTime(Millis(column.getInt64()));
}

constexpr auto columns = "id, queued_at_ms, queued_by, occasion, target, kind, team, channel, body, state, attempts, "
                         "next_at_ms, is_limited, http_status, detail, settled_at_ms";

Notification rowOf(SQLite::Statement& row)
{
    Notification notification;
    NotifyMessage& message = notification.message;
    message.id = textOf(row.getColumn(0));
    notification.queuedAt = timeOf(row.getColumn(1));
    notification.queuedBy = textOf(row.getColumn(2));
    message.occasion = textOf(row.getColumn(3));
    message.target = textOf(row.getColumn(4));
    message.kind = textOf(row.getColumn(5)) == u"slack" ? NotifyTarget::Kind::Slack : NotifyTarget::Kind::Webhook;
    message.team = textOf(row.getColumn(6));
    message.channel = textOf(row.getColumn(7));
    const SQLite::Column body = row.getColumn(8);
    message.body = QByteArray(static_cast<const char*>(body.getBlob()), body.getBytes());
    notification.state = notifyStateFromWord(textOf(row.getColumn(9))).value_or(NotifyState::Failed);
    notification.attempts = row.getColumn(10).getInt();
    if (!row.getColumn(11).isNull())
        notification.nextAt = timeOf(row.getColumn(11));
    notification.isLimited = row.getColumn(12).getInt() != 0;
    if (!row.getColumn(13).isNull())
        notification.httpStatus = row.getColumn(13).getInt();
    notification.detail = textOf(row.getColumn(14));
    if (!row.getColumn(15).isNull())
        notification.settledAt = timeOf(row.getColumn(15));
    return notification;
}

std::vector<Notification> rowsOf(SQLite::Statement& statement)
{
    std::vector<Notification> rows;
    while (statement.executeStep())
        rows.push_back(rowOf(statement));
    return rows;
}

std::string select(const char* rest)
{
    return std::string("SELECT ").append(columns).append(" FROM notification ").append(rest);
}

} // namespace

Result<std::vector<Notification>> notifications(Database& reader, int limit)
{
    return reader.query<std::vector<Notification>>([limit](SQLite::Database& db) {
        SQLite::Statement statement(db, select("ORDER BY rowid DESC LIMIT ?"));
        statement.bind(1, limit);
        return rowsOf(statement);
    });
}

Result<std::vector<Notification>> openNotifications(Database& reader)
{
    return reader.query<std::vector<Notification>>([](SQLite::Database& db) {
        SQLite::Statement statement(db, select("WHERE state IN ('queued', 'sending') ORDER BY rowid LIMIT 10000"));
        return rowsOf(statement);
    });
}

Result<std::optional<Notification>> findNotification(Database& reader, const QString& id)
{
    return reader.query<std::optional<Notification>>([&id](SQLite::Database& db) -> std::optional<Notification> {
        SQLite::Statement statement(db, select("WHERE id = ? ORDER BY id LIMIT 1"));
        statement.bind(1, id.toStdString());
        auto rows = rowsOf(statement);
        return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
    });
}

} // namespace spillway
