// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/checkpointer.h"

#include "model/store/database.h"

#include <QLoggingCategory>

#include <sqlite3.h>

namespace spillway {

namespace {

Q_LOGGING_CATEGORY(log, "spillway.store")

/// What is committed; it waits for nobody, and nobody waits for it.
/// @return pages of the log that are copied now; -1: somebody else is at it, or it failed.
int copy(sqlite3* connection, const char* database)
{
    int pages = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection, database, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    return code == SQLITE_OK ? copied : -1;
}

} // namespace

Checkpointer::Checkpointer(QString file, sqlite3* writer, Marks marks)
    : m_file(std::move(file))
    , m_writer(writer)
    , m_marks(marks)
{
    sqlite3_wal_hook(m_writer, &Checkpointer::committed, this);
}

Checkpointer::~Checkpointer()
{
    sqlite3_wal_autocheckpoint(m_writer, m_marks.full); // takes the hook's place
}

int Checkpointer::committed(void* self, sqlite3* writer, const char* database, int pages)
{
    static_cast<Checkpointer*>(self)->decide(writer, database, pages);
    return SQLITE_OK; // what is not copied now is copied later
}

void Checkpointer::decide(sqlite3* writer, const char* database, int pages)
{
    const int copied = m_copied.load();
    const int left = copied > pages ? pages : pages - copied;
    if (pages >= m_marks.most || (pages >= m_marks.full && left <= m_marks.few)) {
        if (const int now = copy(writer, database); now >= 0)
            m_copied = now;
    } else if (left >= (pages >= m_marks.full ? m_marks.few : m_marks.worth)) {
        wake();
    }
}

void Checkpointer::wake()
{
    if (!m_thread.joinable())
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    {
        const std::lock_guard lock(m_mutex);
        m_isWanted = true;
    }
    m_changed.notify_one();
}

void Checkpointer::run(const std::stop_token& stop)
{
    auto database = Database::open(m_file, Database::Access::Writer);
    if (!database) {
        qCWarning(log, "%s", qUtf8Printable(database.error().detail)); // the writer makes all copies then
        return;
    }
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return m_isWanted; }))
                return;
            m_isWanted = false;
        }
        if (const int now = copy(database->raw().getHandle(), nullptr); now >= 0) {
            m_copied = now;
            ++m_copies;
        }
    }
}

} // namespace spillway
