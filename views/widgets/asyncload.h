// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace spillway::views {

/// What AsyncLoad does, without its type.
class AsyncLoadCore final : public QObject
{
public:
    using Work = std::function<std::function<void()>(std::stop_token)>; ///< runs in the pool; what it returns runs in
                                                                        ///< the UI thread

    AsyncLoadCore();
    ~AsyncLoadCore() override;
    void run(Work work, bool sameQuestion);
    void cancel();
    [[nodiscard]] bool isRunning() const;

private:
    struct Link;
    struct Pending
    {
        Work work;
        quint64 generation = 0;
    };
    void launch(Pending pending);
    void land(quint64 generation, const std::function<void()>& deliver);

    std::shared_ptr<Link> m_link; // second owner: the task in the pool, which may outlive this object
    std::stop_source m_stop;
    quint64 m_generation = 0; // of the question now asked; replies of an older one are dropped
    bool m_isRunning = false;
    std::unique_ptr<Pending> m_next; // at most one waits: only the newest matters
};

/// From now on loads leave the processor to the window's thread where there is not enough for both. For good.
void letLoadsStepBack();

/// Waits until no load runs any more. Before what the loads read from is destroyed; at shutdown and in tests.
void waitForLoads();

/// Runs a question on a pool thread and hands the answer to the UI thread. At most one runs at a time.
template<typename T>
class AsyncLoad final
{
public:
    using Work = std::function<Result<T>(std::stop_token)>;

    /// @param deliver  called in the thread that owns this object, never after its destruction.
    explicit AsyncLoad(std::function<void(Result<T>)> deliver)
        : m_deliver(std::move(deliver))
    {
    }

    /// A new question: what is still under way is asked to stop, and its answer dropped.
    void ask(Work work) { m_core.run(wrap(std::move(work)), false); }
    /// The same question again, because the data moved: an answer under way is still delivered, then this one.
    void refresh(Work work) { m_core.run(wrap(std::move(work)), true); }
    void cancel() { m_core.cancel(); }
    [[nodiscard]] bool isRunning() const { return m_core.isRunning(); }

private:
    AsyncLoadCore::Work wrap(Work work)
    {
        return [work = std::move(work), this](std::stop_token stop) -> std::function<void()> {
            auto answer = std::make_shared<Result<T>>(work(stop)); // shared: std::function must be copyable
            return [this, answer] { m_deliver(std::move(*answer)); };
        };
    }
    std::function<void(Result<T>)> m_deliver;
    AsyncLoadCore m_core; // last, so that it goes first: nothing is delivered to a half-destroyed object
};

} // namespace spillway::views
