// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/ledger.h"

#include "model/ledger/eventrows.h"
#include "model/ledger/ledgerhead.h"
#include "model/store/database.h"

#include <QLoggingCategory>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

Q_LOGGING_CATEGORY(log, "spillway.ledger")

void insertRow(SQLite::Statement& insert, const ledger::EventRow& row)
{
    insert.reset();
    insert.bind(1, row.seq);
    insert.bind(2, row.atMs);
    insert.bind(3, row.actor.toStdString());
    insert.bind(4, row.type.toStdString());
    insert.bind(5, row.body.toStdString());
    insert.bind(6, row.previousHash.constData(), static_cast<int>(row.previousHash.size()));
    insert.bind(7, row.hash.constData(), static_cast<int>(row.hash.size()));
    insert.exec();
}

/// Asked of SQLite outside the schema: its JSON functions are not for schemas that nobody need trust.
bool isJsonObject(SQLite::Statement& question, const QByteArray& json)
{
    question.reset();
    question.bind(1, json.toStdString());
    return question.executeStep() && question.getColumn(0).getInt() == 1;
}

/// The head must name an event of the chain; else whoever appends would hide that the chain was cut or rewritten.
/// @return whether the head stands where the chain ends.
Result<bool> checkHead(const QString& file, Database& database)
{
    const auto head = ledger::readHead(file);
    if (!head)
        return tl::unexpected<Error>(head.error());
    const auto last = database.query<ledger::Head>(ledger::endOf);
    if (!last)
        return tl::unexpected<Error>(last.error());
    const QString remedy = u"; `spillwayctl audit verify` says where; put both files from a backup in their place"_s;
    if (!*head) {
        if (last->seq > 0)
            return fail(ErrorCode::Corrupt, u"%1 is missing beside %2"_s.arg(ledger::headFileOf(file), file) + remedy);
        return false;
    }
    const std::int64_t seq = (*head)->seq;
    const auto found = database.query<std::optional<QByteArray>>(
        [&](SQLite::Database& db) { return seq == 0 ? std::optional(ledger::noHash()) : ledger::hashAt(db, seq); });
    if (!found)
        return tl::unexpected<Error>(found.error());
    if (!*found)
        return fail(ErrorCode::Corrupt,
                    u"%1 ends at event %2, and went on to event %3 before"_s.arg(file).arg(last->seq).arg(seq) +
                        remedy);
    if (**found != (*head)->hash)
        return fail(ErrorCode::Corrupt, u"%1: event %2 is not the one that was written"_s.arg(file).arg(seq) + remedy);
    return seq == last->seq;
}

} // namespace

struct Ledger::Impl
{
    Impl(Database opened, const Clock& usedClock)
        : database(std::move(opened))
        , clock(usedClock)
    {
    }

    std::mutex mutex; // guards: database and the head file
    Database database;
    const Clock& clock;
};

Ledger::Ledger(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
Ledger::~Ledger() = default;

Result<std::unique_ptr<Ledger>> Ledger::open(const QString& file, const Clock& clock)
{
    auto database = Database::open(file, Database::Access::DurableWriter);
    if (!database)
        return tl::unexpected<Error>(database.error());
    if (const Status migrated = database->migrate(u":/migrations/ledger"_s); !migrated)
        return tl::unexpected<Error>(migrated.error());
    const auto isHeadCurrent = checkHead(file, *database);
    if (!isHeadCurrent)
        return tl::unexpected<Error>(isHeadCurrent.error());
    if (!*isHeadCurrent) {
        // A new ledger, or a process that died between its commit and its head.
        const auto last = database->query<ledger::Head>(ledger::endOf);
        if (!last)
            return tl::unexpected<Error>(last.error());
        if (const Status written = ledger::writeHead(file, *last); !written)
            return tl::unexpected<Error>(written.error());
    }
    return std::unique_ptr<Ledger>(new Ledger(std::make_unique<Impl>(std::move(*database), clock)));
}

Result<std::vector<LedgerEvent>> Ledger::append(std::vector<Draft> drafts)
{
    std::vector<LedgerEvent> events;
    if (drafts.empty())
        return events;
    const std::lock_guard lock(m_impl->mutex);
    const std::int64_t atMs = toMs(m_impl->clock.now());
    const Status appended = m_impl->database.transaction([&](Database& database) {
        Status outcome;
        const Status stored = database.guarded([&](SQLite::Database& db) {
            auto [seq, previousHash] = ledger::endOf(db);
            SQLite::Statement insert(db, R"(
                INSERT INTO event (seq, at_ms, actor, type, body, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?))");
            SQLite::Statement question(db, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' END");
            for (const Draft& draft : drafts) {
                if (!isJsonObject(question, draft.body)) {
                    outcome = fail(ErrorCode::Internal, u"the body of %1 is no JSON object"_s.arg(draft.type));
                    return;
                }
                ledger::EventRow row{.seq = ++seq,
                                     .atMs = atMs,
                                     .actor = draft.actor.toUtf8(),
                                     .type = draft.type.toUtf8(),
                                     .body = draft.body,
                                     .previousHash = previousHash,
                                     .hash = {}};
                row.hash = ledger::hashOf(row);
                insertRow(insert, row);
                previousHash = row.hash;
                events.push_back(row.toEvent());
            }
        });
        return stored ? outcome : stored;
    });
    if (!appended)
        return failWithin(u"writing to the ledger"_s, appended.error());
    // The events are committed: a head that cannot be written is behind until the next append, and is accepted as such.
    if (const Status written = ledger::writeHead(m_impl->database.file(), {events.back().seq, events.back().hash});
        !written)
        qCWarning(log, "%s", qUtf8Printable(written.error().detail));
    return events;
}

Result<LedgerEvent> Ledger::append(QString actor, QString type, QByteArray body)
{
    std::vector<Draft> drafts;
    drafts.push_back({std::move(actor), std::move(type), std::move(body)});
    auto events = append(std::move(drafts));
    if (!events)
        return tl::unexpected<Error>(events.error());
    return std::move(events->front());
}

Result<std::vector<LedgerEvent>> Ledger::read(std::int64_t after, int limit, const QString& typePrefix) const
{
    const std::lock_guard lock(m_impl->mutex);
    return ledger::readEvents(m_impl->database, after, limit, typePrefix);
}

Result<std::int64_t> Ledger::lastSeq() const
{
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->database.query<std::int64_t>([](SQLite::Database& db) { return ledger::endOf(db).seq; });
}

Result<std::vector<LedgerEvent>> readLedger(const QString& file, std::int64_t after, int limit,
                                            const QString& typePrefix)
{
    auto database = Database::open(file, Database::Access::Reader);
    if (!database)
        return tl::unexpected<Error>(database.error());
    return ledger::readEvents(*database, after, limit, typePrefix);
}

} // namespace spillway
