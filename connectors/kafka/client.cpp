// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/client.h"

#include <QLoggingCategory>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

Q_LOGGING_CATEGORY(lcKafka, "spillway.kafka", QtWarningMsg)

Status apply(const Site& site, rd_kafka_conf_t* conf, const std::vector<Property>& properties)
{
    for (const Property& each : properties) {
        char why[512];
        // `why` may repeat the value, which may be a secret: only the name is told.
        if (rd_kafka_conf_set(conf, each.name.constData(), each.value.reveal().constData(), why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            return fail(
                ErrorCode::InvalidConfig,
                u"connection '%1': client property %2 is unknown or has a value that librdkafka does not accept; "
                u"correct or remove it"_s.arg(site.settings().name, QString::fromUtf8(each.name)));
    }
    return {};
}

} // namespace

/// What fails is reported where it was asked for; the library's own words are for a closer look (QT_LOGGING_RULES).
void Client::logLine(const rd_kafka_t* rk, int, const char* facility, const char* text)
{
    if (qstrcmp(facility, "TXNERR") == 0) {
        if (void* client = rd_kafka_opaque(rk))
            static_cast<Client*>(client)->m_hasFailedTransaction = true;
    }
    qCDebug(lcKafka, "%s: %s", facility, text);
}

Result<std::unique_ptr<Client>> Client::open(std::shared_ptr<Site> site, Kind kind, const std::vector<Property>& more)
{
    const Result<std::vector<Property>> properties = clientProperties(site->settings(), site->secrets());
    if (!properties)
        return failWithin(u"connection '%1'"_s.arg(site->settings().name), properties.error());
    Conf conf(rd_kafka_conf_new());
    for (const auto* list : {&*properties, &more}) {
        if (const Status status = apply(*site, conf.get(), *list); !status)
            return tl::unexpected<Error>(status.error());
    }
    if (kind == Kind::Consumer) {
        // Never joined. librdkafka 2.0.2 takes for granted that there is one when a coordinator answers that it is
        // still loading, and crashes without.
        const Property group = property("group.id", "spillway.replay.reader");
        if (const Status status = apply(*site, conf.get(), {group}); !status)
            return tl::unexpected<Error>(status.error());
    }
    std::unique_ptr<Client> client(new Client(std::move(site)));
    rd_kafka_conf_set_opaque(conf.get(), client.get());
    rd_kafka_conf_set_log_cb(conf.get(), &logLine);
    rd_kafka_conf_set_error_cb(conf.get(), [](rd_kafka_t*, int code, const char* reason, void* opaque) {
        static_cast<Client*>(opaque)->m_faults.note(static_cast<rd_kafka_resp_err_t>(code), reason);
    });
    if (kind == Kind::Producer) {
        rd_kafka_conf_set_dr_msg_cb(conf.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
            if (const DeliveryListener& listener = static_cast<Client*>(opaque)->m_delivered)
                listener(*message);
        });
    }
    char why[512];
    client->m_handle.reset(
        rd_kafka_new(kind == Kind::Producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf.get(), why, sizeof why));
    if (!client->m_handle) {
        const Error error{ErrorCode::InvalidConfig,
                          u"connection '%1': %2"_s.arg(client->m_site->settings().name, QString::fromUtf8(why))};
        client->m_site->reportFailure(error, Connectivity::Degraded);
        return tl::unexpected<Error>(error);
    }
    conf.release(); // rd_kafka_new took it
    client->m_worker = std::jthread([self = client.get()](std::stop_token stop) { self->work(std::move(stop)); });
    return client;
}

Client::~Client()
{
    const std::scoped_lock lock(m_mutex);
    if (m_task)
        m_task->isAbandoned = true;
    m_changed.notify_all();
}

void Client::serve(Millis wait)
{
    rd_kafka_poll(handle(), static_cast<int>(wait.count()));
}

void Client::work(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [&] { return m_task && !m_task->isDone; })) {
        const std::shared_ptr<Task> task = m_task;
        attempt(*task, lock);
        task->isDone = true;
        m_changed.notify_all();
    }
}

void Client::attempt(Task& task, std::unique_lock<std::mutex>& lock)
{
    constexpr Millis shortest{300};
    constexpr Millis pause{50}; // where the library gives up at once
    const auto start = std::chrono::steady_clock::now();
    Millis timeout = shortest;
    while (!task.isAbandoned) {
        lock.unlock();
        const rd_kafka_resp_err_t code = task.attempt(static_cast<int>(timeout.count()));
        lock.lock();
        if (!isSilence(code) || std::chrono::steady_clock::now() - start > requestTimeout)
            return;
        // Nobody there: ask often. Somebody far away or slow: give him time.
        timeout = m_faults.kind() == Faults::Kind::None ? std::min(2 * timeout, requestTimeout) : shortest;
        m_changed.wait_for(lock, pause, [&] { return task.isAbandoned; });
    }
}

Status Client::run(Attempt attempt, const QString& what, std::stop_token stop)
{
    const auto start = std::chrono::steady_clock::now();
    const auto task = std::make_shared<Task>(Task{.attempt = std::move(attempt)});
    bool isHandedIn = false;
    std::unique_lock lock(m_mutex);
    while (!task->isDone) {
        // An earlier call that was given up may still be running: it goes first.
        if (!isHandedIn && (!m_task || m_task->isDone)) {
            m_task = task;
            isHandedIn = true;
            m_changed.notify_all();
        }
        m_changed.wait_for(lock, stop, Millis{50}, [&] { return task->isDone; });
        if (task->isDone)
            break;
        lock.unlock();
        serve();
        const bool isStopped = stop.stop_requested();
        const bool isHopeless = m_faults.isHopeless(start);
        lock.lock();
        if (!isStopped && !isHopeless)
            continue;
        task->isAbandoned = true;
        m_changed.notify_all();
        lock.unlock();
        if (isStopped)
            return fail(ErrorCode::Cancelled, u"cancelled while asking for %1"_s.arg(what));
        return tl::unexpected<Error>(failed(RD_KAFKA_RESP_ERR__TRANSPORT, what));
    }
    lock.unlock();
    serve();
    return {};
}

void Client::probe()
{
    const std::scoped_lock lock(m_mutex);
    if (m_task && !m_task->isDone)
        return;
    m_task = std::make_shared<Task>(Task{.attempt = [this](int timeoutMs) {
        const rd_kafka_metadata_t* raw = nullptr;
        const rd_kafka_resp_err_t code = rd_kafka_metadata(handle(), 0, nullptr, &raw, timeoutMs);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_metadata_destroy(raw);
            succeeded();
        }
        return code;
    }});
    m_changed.notify_all();
}

Result<Event> Client::await(rd_kafka_queue_t* queue, const QString& what, std::stop_token stop)
{
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        if (Event event(rd_kafka_queue_poll(queue, 50)); event)
            return event;
        serve();
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"cancelled while asking for %1"_s.arg(what));
        if (m_faults.isHopeless(start))
            return tl::unexpected<Error>(failed(RD_KAFKA_RESP_ERR__TRANSPORT, what));
        if (std::chrono::steady_clock::now() - start > 2 * requestTimeout)
            return tl::unexpected<Error>(failed(RD_KAFKA_RESP_ERR__TIMED_OUT, what));
    }
}

Error Client::failed(rd_kafka_resp_err_t code, const QString& what)
{
    serve(); // the reason may still wait to be told
    Error error = m_faults.explain(site(), code, what);
    site().reportFailure(error, m_faults.connectivity(error));
    return error;
}

Error Client::lacking(const QStringList& operations, const QString& resource, const QString& what)
{
    Error error{ErrorCode::Unauthorised, u"connection '%1': %2 lacks the right %3 on %4; grant it: %5"_s.arg(
                                             site().settings().name, site().principal(), operations.join(u" and "_s),
                                             what, aclLine(site(), operations, resource))};
    site().reportFailure(error, Connectivity::Degraded);
    return error;
}

Error Client::failedOnTopic(rd_kafka_resp_err_t code, const QString& topic, const QStringList& operations)
{
    const QString what = u"topic '%1'"_s.arg(topic);
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        return lacking(operations, aclResource(u"--topic"_s, topic), what);
    return failed(code, what);
}

Error Client::failedOnGroup(rd_kafka_resp_err_t code, const QString& group, const QStringList& operations)
{
    const QString what = u"group '%1'"_s.arg(group);
    // One line for all jobs to come: every job has a group of its own.
    static const QString ours = u"spillway.replay."_s;
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED && group.startsWith(ours))
        return lacking({u"Describe"_s, u"Read"_s, u"Delete"_s}, aclResource(u"--group"_s, ours, true), what);
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        return lacking(operations, aclResource(u"--group"_s, group), what);
    return failed(code, what);
}

void Client::succeeded()
{
    m_faults.clear();
    site().reportContact();
}

} // namespace spillway::kafka
