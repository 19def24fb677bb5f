// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/eventrows.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

namespace spillway::ledger {

namespace {

void addNumber(QCryptographicHash& hash, std::int64_t number)
{
    QByteArray bytes(8, '\0');
    qToBigEndian(number, bytes.data());
    hash.addData(bytes);
}

void addField(QCryptographicHash& hash, const QByteArray& bytes)
{
    addNumber(hash, bytes.size());
    hash.addData(bytes);
}

void addField(QCryptographicHash& hash, std::int64_t number)
{
    addNumber(hash, 8);
    addNumber(hash, number);
}

QByteArray bytesOf(const SQLite::Column& column)
{
    const void* data = column.getBlob();
    return QByteArray(static_cast<const char*>(data), column.getBytes());
}

} // namespace

QByteArray noHash()
{
    return QByteArray(32, '\0');
}

LedgerEvent EventRow::toEvent() const
{
    return {seq, utcFromMs(atMs), QString::fromUtf8(actor), QString::fromUtf8(type), body, previousHash, hash};
}

QByteArray hashOf(const EventRow& row)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    addField(hash, row.seq);
    addField(hash, row.atMs);
    addField(hash, row.actor);
    addField(hash, row.type);
    addField(hash, row.body);
    addField(hash, row.previousHash);
    return hash.result();
}

std::optional<QByteArray> hashAt(SQLite::Database& db, std::int64_t seq)
{
    SQLite::Statement select(db, "SELECT hash FROM event WHERE seq = ?");
    select.bind(1, seq);
    if (!select.executeStep())
        return std::nullopt;
    return bytesOf(select.getColumn(0));
}

void forEachRow(SQLite::Database& db, std::int64_t after, std::int64_t limit, const QString& typePrefix,
                const std::function<bool(const EventRow&)>& take)
{
    SQLite::Statement select(db, R"(
        SELECT seq, at_ms, actor, type, body, previous_hash, hash
        FROM event
        WHERE seq > ?1 AND substr(type, 1, length(?2)) = ?2
        ORDER BY seq
        LIMIT ?3)");
    select.bind(1, after);
    select.bind(2, typePrefix.toStdString());
    select.bind(3, limit);
    while (select.executeStep()) {
        const EventRow row{.seq = select.getColumn(0).getInt64(),
                           .atMs = select.getColumn(1).getInt64(),
                           .actor = bytesOf(select.getColumn(2)),
                           .type = bytesOf(select.getColumn(3)),
                           .body = bytesOf(select.getColumn(4)),
                           .previousHash = bytesOf(select.getColumn(5)),
                           .hash = bytesOf(select.getColumn(6))};
        if (!take(row))
            return;
    }
}

Result<std::vector<LedgerEvent>> readEvents(Database& database, std::int64_t after, int limit,
                                            const QString& typePrefix)
{
    return database.query<std::vector<LedgerEvent>>([&](SQLite::Database& db) {
        std::vector<LedgerEvent> events;
        forEachRow(db, after, limit, typePrefix, [&](const EventRow& row) {
            events.push_back(row.toEvent());
            return true;
        });
        return events;
    });
}

} // namespace spillway::ledger
