// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/faults.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/settings.h"
#include "connectors/kafka/site.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace spillway::kafka {

/// How long one request may take before it counts as unanswered.
inline constexpr Millis requestTimeout{10'000};

/// One librdkafka handle, for one duty. It connects by itself, and again after a loss; nothing has to be reopened.
/// One thread at a time uses it; blocking library calls run on a thread of its own, so that a stop is heard at once.
class Client
{
public:
    enum class Kind { Consumer, Producer };
    using DeliveryListener = std::function<void(const rd_kafka_message_t&)>;

    /// Does not connect yet. InvalidConfig names the property at fault. Not movable: the library holds a pointer to it.
    [[nodiscard]] static Result<std::unique_ptr<Client>> open(std::shared_ptr<Site> site, Kind kind,
                                                              const std::vector<Property>& more);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] rd_kafka_t* handle() const { return m_handle.get(); }
    [[nodiscard]] Site& site() const { return *m_site; }
    [[nodiscard]] Faults& faults() { return m_faults; }
    /// Runs callbacks that are due, waiting up to `wait` for one.
    void serve(Millis wait = Millis{0});
    /// Delivery reports of a producer, called from within `serve` and flushes.
    void onDelivery(DeliveryListener listener) { m_delivered = std::move(listener); }

    /// A transaction that the coordinator refused (a missing right on a target) fails silently: its messages wait until
    /// they time out, and only the library's log tells. True from then on until cleared; a hint to ask at once, by the
    /// next transactional call.
    [[nodiscard]] bool hasFailedTransaction() const { return m_hasFailedTransaction.load(); }
    void clearFailedTransaction() { m_hasFailedTransaction = false; }

    /// Runs a blocking library call elsewhere and waits for it. Cancelled at once on a stop; an Error also when nobody
    /// can be reached. The call is made with short timeouts that grow, as long as nobody answers and requestTimeout has
    /// not passed, so that a client that is given up ends soon.
    /// @tparam T  has a member `code`, the library's outcome
    template<typename T>
    [[nodiscard]] Result<T> call(std::function<T(rd_kafka_t* rk, int timeoutMs)> work, const QString& what,
                                 std::stop_token stop)
    {
        const auto value =
            std::make_shared<std::optional<T>>(); // second owner: the call, which may outlast this function
        const Status status = run(
            [value, work = std::move(work), rk = handle()](int timeoutMs) {
                value->emplace(work(rk, timeoutMs));
                return (*value)->code;
            },
            what, std::move(stop));
        if (!status)
            return tl::unexpected<Error>(status.error());
        return std::move(**value);
    }

    /// Asks in the background whether somebody answers again; then the faults are cleared. For whoever only listens:
    /// the library tells when all brokers are gone, but not when one is back.
    void probe();

    /// Waits for the answer to an asynchronous request.
    [[nodiscard]] Result<Event> await(rd_kafka_queue_t* queue, const QString& what, std::stop_token stop);

    /// Turns a library code into an Error, and tells the connection's health.
    [[nodiscard]] Error failed(rd_kafka_resp_err_t code, const QString& what);
    /// The same for something asked of a topic; a missing right becomes a kafka-acls line that grants `operations`.
    [[nodiscard]] Error failedOnTopic(rd_kafka_resp_err_t code, const QString& topic, const QStringList& operations);
    [[nodiscard]] Error failedOnGroup(rd_kafka_resp_err_t code, const QString& group, const QStringList& operations);
    /// A right that is missing, as an Error with the line that grants it. @param resource see aclResource
    [[nodiscard]] Error lacking(const QStringList& operations, const QString& resource, const QString& what);
    void succeeded();

private:
    using Attempt = std::function<rd_kafka_resp_err_t(int timeoutMs)>;
    struct Task
    {
        Attempt attempt;
        bool isDone = false;
        bool isAbandoned = false; ///< nobody waits for it any more
    };
    Client(std::shared_ptr<Site> site)
        : m_site(std::move(site))
    {
    }
    [[nodiscard]] Status run(Attempt attempt, const QString& what, std::stop_token stop);
    static void logLine(const rd_kafka_t* rk, int level, const char* facility, const char* text);
    void work(std::stop_token stop);
    void attempt(Task& task, std::unique_lock<std::mutex>& lock);

    std::shared_ptr<Site> m_site; // shared by all clients of a connection and the connection itself
    Faults m_faults;
    DeliveryListener m_delivered;
    std::atomic<bool> m_hasFailedTransaction{false};
    std::mutex m_mutex; // guards: m_task, its isDone and isAbandoned
    std::condition_variable_any m_changed;
    std::shared_ptr<Task> m_task; // second owner: the caller that waits for it
    Handle m_handle;              // after all that its callbacks touch
    std::jthread m_worker;        // last: ends first
};

} // namespace spillway::kafka
