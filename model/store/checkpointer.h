// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

struct sqlite3;

namespace spillway {

/// Copies a file's write-ahead log into it, mostly beside the writer: a copy waits for the disk, a quarter of a second
/// for 100 MiB, and a writer that makes its own stands still for as long. The log begins anew only when all of it is
/// copied and nobody writes meanwhile: the last bit is the writer's, between two of its commits.
class Checkpointer
{
public:
    /// In pages of the log.
    struct Marks
    {
        int worth = 3'000; ///< so many uncopied ones are copied beside the writer
        int full = 8'000;  ///< from here on the log is to begin anew: the writer finishes …
        int few = 600;     ///< … where no more than so many are left to copy
        int most = 16'000; ///< and from here on whatever is left
    };

    /// @param writer  a connection that commits; its own automatic checkpoints end. It outlives this, and is used by
    ///                its thread alone.
    Checkpointer(QString file, sqlite3* writer, Marks marks);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// How often the log was copied beside the writer.
    [[nodiscard]] int copies() const { return m_copies.load(); }

private:
    static int committed(void* self, sqlite3* writer, const char* database, int pages);
    void decide(sqlite3* writer, const char* database, int pages);
    void wake();
    void run(const std::stop_token& stop);

    QString m_file;
    sqlite3* m_writer;
    Marks m_marks;
    std::atomic<int> m_copied{0}; // pages of the log as it was last; more than there are now: it began anew since
    std::atomic<int> m_copies{0};
    std::mutex m_mutex; // guards: m_isWanted
    std::condition_variable_any m_changed;
    bool m_isWanted = false;
    std::jthread m_thread; // started with the first copy: most files never need one
};

} // namespace spillway
