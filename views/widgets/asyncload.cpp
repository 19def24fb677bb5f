// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/asyncload.h"

#include "model/base/threadrank.h"

#include <QThreadPool>

#include <atomic>
#include <mutex>

namespace spillway::views {

namespace {

QThreadPool& loadPool()
{
    static QThreadPool pool;
    return pool;
}

std::atomic<bool> loadsStepBack = false;

} // namespace

struct AsyncLoadCore::Link
{
    std::mutex mutex; // guards: receiver
    AsyncLoadCore* receiver = nullptr;
};

AsyncLoadCore::AsyncLoadCore()
    : m_link(std::make_shared<Link>())
{
    m_link->receiver = this;
}

AsyncLoadCore::~AsyncLoadCore()
{
    m_stop.request_stop();
    const std::lock_guard lock(m_link->mutex);
    m_link->receiver = nullptr;
}

void AsyncLoadCore::run(Work work, bool sameQuestion)
{
    if (!sameQuestion) {
        ++m_generation;
        m_stop.request_stop();
    }
    Pending pending{std::move(work), m_generation};
    if (m_isRunning)
        m_next = std::make_unique<Pending>(std::move(pending));
    else
        launch(std::move(pending));
}

void AsyncLoadCore::cancel()
{
    ++m_generation;
    m_stop.request_stop();
    m_next.reset();
}

bool AsyncLoadCore::isRunning() const
{
    return m_isRunning;
}

void AsyncLoadCore::launch(Pending pending)
{
    m_isRunning = true;
    m_stop = std::stop_source();
    loadPool().start([link = m_link, stop = m_stop.get_token(), pending = std::move(pending)] {
        if (loadsStepBack)
            stepBack(ThreadRank::Answers);
        const std::function<void()> deliver = pending.work(stop);
        const std::lock_guard lock(link->mutex);
        if (AsyncLoadCore* receiver = link->receiver) {
            QMetaObject::invokeMethod(
                receiver, [receiver, deliver, generation = pending.generation] { receiver->land(generation, deliver); },
                Qt::QueuedConnection);
        }
    });
}

void AsyncLoadCore::land(quint64 generation, const std::function<void()>& deliver)
{
    m_isRunning = false;
    if (m_next) {
        Pending next = std::move(*m_next);
        m_next.reset();
        launch(std::move(next));
    }
    if (generation == m_generation)
        deliver(); // last: it may destroy this object
}

void letLoadsStepBack()
{
    loadsStepBack = true;
}

void waitForLoads()
{
    loadPool().waitForDone();
}

} // namespace spillway::views
