// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/database.h"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <stop_token>

namespace spillway {

/// The only writer of a file: one thread, one transaction per task. Tasks run in the order they were handed in.
/// Thread-safe. The destructor drains the queue: what was accepted is written.
class StoreWriter
{
public:
    using Task = std::function<Status(Database&)>; ///< runs inside a transaction; a failure rolls it back

    /// Opens `file` and brings its schema up to date with the migrations in `migrationFolder`, in the calling thread.
    [[nodiscard]] static Result<std::unique_ptr<StoreWriter>> open(const QString& file, Database::Access access,
                                                                   const QString& migrationFolder);
    ~StoreWriter();
    StoreWriter(const StoreWriter&) = delete;
    StoreWriter& operator=(const StoreWriter&) = delete;

    /// Hands a task over; waits while more than 64 MiB are queued (or until `stop`). The future holds the outcome after
    /// COMMIT.
    [[nodiscard]] std::future<Status> enqueue(Task task, qsizetype sizeBytes, std::stop_token stop = {});
    /// `enqueue` and wait for the outcome. Never from the UI thread.
    [[nodiscard]] Status write(Task task, qsizetype sizeBytes = 0, std::stop_token stop = {});

    /// The same outside of a transaction, and waits: for what cannot be in one (VACUUM). Others wait to write
    /// meanwhile.
    [[nodiscard]] Status alone(Task task, std::stop_token stop = {});

    /// Number of transactions committed so far; screens refresh when it moves.
    [[nodiscard]] std::uint64_t generation() const;
    /// Called in the writer's thread after each commit with the new generation. Set once, before the first write.
    void onCommitted(std::function<void(std::uint64_t)> listener);

    [[nodiscard]] const QString& file() const;

private:
    struct Impl;
    [[nodiscard]] std::future<Status> put(Task task, qsizetype sizeBytes, bool isAlone, const std::stop_token& stop);
    explicit StoreWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway
