// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storewriter.h"

#include "model/store/checkpointer.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr qsizetype maxQueuedBytes = qsizetype{64} << 20;

struct Queued
{
    StoreWriter::Task task;
    qsizetype sizeBytes = 0;
    bool isAlone = false;
    std::promise<Status> outcome;
};

} // namespace

struct StoreWriter::Impl
{
    explicit Impl(Database opened)
        : database(std::move(opened))
    {
    }

    void run()
    {
        while (true) {
            Queued next;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return isClosing || !queue.empty(); });
                if (queue.empty())
                    return; // closing, and everything that was accepted is written
                next = std::move(queue.front());
                queue.pop_front();
            }
            Status outcome = next.isAlone ? next.task(database) : database.transaction(next.task);
            next.task = nullptr; // what it holds is freed before its bytes are given back
            if (outcome) {
                const std::uint64_t committed = ++generation;
                if (listener)
                    listener(committed);
            }
            {
                const std::lock_guard lock(mutex);
                queuedBytes -= next.sizeBytes;
            }
            room.notify_all();
            next.outcome.set_value(std::move(outcome));
        }
    }

    Database database; // the writer thread's, once it runs
    std::optional<Checkpointer> checkpointer;
    std::function<void(std::uint64_t)> listener;
    std::atomic<std::uint64_t> generation{0};

    std::mutex mutex; // guards: queue, queuedBytes, isClosing
    std::condition_variable wake;
    std::condition_variable_any room;
    std::deque<Queued> queue;
    qsizetype queuedBytes = 0; // including the task that runs
    bool isClosing = false;

    std::thread thread;
};

StoreWriter::StoreWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
    m_impl->thread = std::thread([self = m_impl.get()] { self->run(); });
}

StoreWriter::~StoreWriter()
{
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->isClosing = true;
    }
    m_impl->wake.notify_all();
    m_impl->thread.join();
}

Result<std::unique_ptr<StoreWriter>> StoreWriter::open(const QString& file, Database::Access access,
                                                       const QString& migrationFolder)
{
    Q_ASSERT(access != Database::Access::Reader);
    auto database = Database::open(file, access);
    if (!database)
        return tl::unexpected<Error>(database.error());
    if (const Status migrated = database->migrate(migrationFolder); !migrated)
        return tl::unexpected<Error>(migrated.error());
    auto impl = std::make_unique<Impl>(std::move(*database));
    if (access == Database::Access::Writer)
        impl->checkpointer.emplace(file, impl->database.raw().getHandle(), Checkpointer::Marks{});
    return std::unique_ptr<StoreWriter>(new StoreWriter(std::move(impl)));
}

std::future<Status> StoreWriter::enqueue(Task task, qsizetype sizeBytes, std::stop_token stop)
{
    return put(std::move(task), sizeBytes, false, stop);
}

std::future<Status> StoreWriter::put(Task task, qsizetype sizeBytes, bool isAlone, const std::stop_token& stop)
{
    Q_ASSERT(sizeBytes >= 0);
    Queued next{std::move(task), sizeBytes, isAlone, {}};
    std::future<Status> outcome = next.outcome.get_future();
    {
        std::unique_lock lock(m_impl->mutex);
        // A task larger than the whole queue goes through alone.
        const bool hasRoom = m_impl->room.wait(
            lock, stop, [&] { return m_impl->queuedBytes == 0 || m_impl->queuedBytes + sizeBytes <= maxQueuedBytes; });
        if (!hasRoom) {
            next.outcome.set_value(
                fail(ErrorCode::Cancelled, m_impl->database.file() + u": stopped while waiting to write"_s));
            return outcome;
        }
        m_impl->queuedBytes += sizeBytes;
        m_impl->queue.push_back(std::move(next));
    }
    m_impl->wake.notify_one();
    return outcome;
}

Status StoreWriter::write(Task task, qsizetype sizeBytes, std::stop_token stop)
{
    Q_ASSERT(std::this_thread::get_id() != m_impl->thread.get_id());
    return enqueue(std::move(task), sizeBytes, std::move(stop)).get();
}

Status StoreWriter::alone(Task task, std::stop_token stop)
{
    Q_ASSERT(std::this_thread::get_id() != m_impl->thread.get_id());
    return put(std::move(task), 0, true, stop).get();
}

std::uint64_t StoreWriter::generation() const
{
    return m_impl->generation.load();
}

void StoreWriter::onCommitted(std::function<void(std::uint64_t)> listener)
{
    m_impl->listener = std::move(listener);
}

const QString& StoreWriter::file() const
{
    return m_impl->database.file();
}

} // namespace spillway
