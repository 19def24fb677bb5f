// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/outbox.h"

#include "connectors/kafka/cluster.h"
#include "connectors/kafka/message.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// Bounds how long a transaction that nobody finishes holds back readers of the targets.
constexpr Millis transactionTimeout{30'000};

/// How long an abort waits for its coordinator: whoever opens the job next fences what was left open, and aborts it.
/// Without a bound the library waits for a broker that is down until it is back, and nobody can end the job.
constexpr Millis abortPatience{10'000};

constexpr size_t reportsServedEvery = 64; ///< messages; a look for reports costs as much as handing one over

std::vector<Property> producerProperties(const QString& jobId, Outbox::Mode mode)
{
    std::vector<Property> out{
        property("enable.idempotence", "true"),
        property("partitioner", "murmur2_random"), // as Java clients do
        property("retry.backoff.ms", "10"),        // a transaction waits for the coordinator several times
        property("linger.ms", "5"),
        property("message.max.bytes", "104857600"), // the broker's limit decides, not the library's
        property("message.timeout.ms", QByteArray::number(qint64{transactionTimeout.count()})),
    };
    if (mode == Outbox::Mode::Transactional) {
        out.push_back(property("transactional.id", replayName(jobId).toUtf8()));
        out.push_back(property("transaction.timeout.ms", QByteArray::number(qint64{transactionTimeout.count()})));
    }
    return out;
}

bool isFencing(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

bool isPurge(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

/// The broker looked at the message and will never take it.
bool isRefusalForGood(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_INVALID_RECORD || code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP ||
           code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE || code == RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
}

void* tag(std::uint32_t generation, size_t index)
{
    return reinterpret_cast<void*>((static_cast<std::uintptr_t>(generation) << 32U) | index);
}

} // namespace

QString replayName(const QString& jobId)
{
    return u"spillway.replay."_s + jobId;
}

Result<std::unique_ptr<Outbox>> Outbox::open(std::shared_ptr<Site> site, const QString& jobId, Mode mode,
                                             std::stop_token stop)
{
    std::unique_ptr<Outbox> outbox(new Outbox(jobId, mode));
    Result<std::unique_ptr<Client>> client =
        Client::open(std::move(site), Client::Kind::Producer, producerProperties(jobId, mode));
    if (!client)
        return tl::unexpected<Error>(client.error());
    outbox->m_client = std::move(*client);
    outbox->m_client->onDelivery([self = outbox.get()](const rd_kafka_message_t& message) {
        const auto tagged = reinterpret_cast<std::uintptr_t>(message._private);
        const size_t index = tagged & 0xffffffffU;
        Batch& batch = self->m_batch;
        if (tagged >> 32U != self->m_generation || index >= batch.landed.size())
            return;
        ++batch.reported;
        if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            batch.landed[index].at.partition = message.partition;
            batch.landed[index].offset = Offset{message.offset >= 0 ? message.offset : -1};
        } else if (!batch.failure || (isPurge(batch.failure->second) && !isPurge(message.err))) {
            batch.failure = {index, message.err};
        }
    });
    if (mode == Mode::Transactional) {
        if (const Status status = outbox->initialise(std::move(stop)); !status)
            return tl::unexpected<Error>(status.error());
    }
    return outbox;
}

Status Outbox::initialise(std::stop_token stop)
{
    const auto start = SteadyClock::now();
    const QString what = u"opening the transactions of replay job %1"_s.arg(m_jobId);
    while (true) {
        const ErrorHandle error(rd_kafka_init_transactions(m_client->handle(), 200)); // goes on in the background
        m_client->serve();
        if (!error) {
            m_client->succeeded();
            return {};
        }
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"cancelled while "_s + what);
        const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
        const bool isLate = SteadyClock::now() - start > 2 * transactionTimeout;
        if (!rd_kafka_error_is_retriable(error.get()) || isLate)
            return tl::unexpected<Error>(explain(code, what));
        if (m_client->faults().isHopeless(start))
            return tl::unexpected<Error>(m_client->failed(RD_KAFKA_RESP_ERR__TRANSPORT, what));
    }
}

/// Asks for the leaders of topics that are new here. Left to itself the library does so with its next look round, once
/// a second, and the transaction waits. What is wrong with a topic is told when its messages are refused.
void Outbox::acquaint(std::span<const OutgoingRecord> records, const std::stop_token& stop)
{
    const QString* last = nullptr;
    for (const OutgoingRecord& record : records) {
        if (last && *last == record.topic)
            continue;
        last = &record.topic;
        if (m_known.insert(record.topic).second)
            (void)readTopic(*m_client, record.topic, {u"Describe"_s, u"Write"_s}, stop);
    }
}

rd_kafka_resp_err_t Outbox::produce(const OutgoingRecord& record, size_t index)
{
    const QByteArray topic = record.topic.toUtf8();
    std::array<rd_kafka_vu_t, 8> args{};
    size_t count = 0;
    const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
        args[count].vtype = type;
        return args[count++];
    };
    const auto addBytes = [&](rd_kafka_vtype_t type, const QByteArray& bytes) {
        rd_kafka_vu_t& arg = add(type);
        arg.u.mem.ptr = const_cast<char*>(bytes.constData()); // copied by the library (F_COPY)
        arg.u.mem.size = static_cast<size_t>(bytes.size());
    };
    add(RD_KAFKA_VTYPE_TOPIC).u.cstr = topic.constData();
    add(RD_KAFKA_VTYPE_PARTITION).u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
    add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
    add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = tag(m_generation, index);
    if (record.key)
        addBytes(RD_KAFKA_VTYPE_KEY, *record.key);
    if (record.value)
        addBytes(RD_KAFKA_VTYPE_VALUE, *record.value);
    HeadersHandle headers = toHeaders(record.headers);
    if (headers)
        add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();
    const ErrorHandle error(rd_kafka_produceva(m_client->handle(), args.data(), count));
    if (error)
        return rd_kafka_error_code(error.get());
    headers.release(); // the message has them now
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

Status Outbox::produceAll(std::span<const OutgoingRecord> records)
{
    ++m_generation;
    m_batch = {};
    for (const OutgoingRecord& record : records)
        m_batch.landed.push_back({{record.topic, record.partition.value_or(0)}, Offset{-1}});
    for (size_t i = 0; i < records.size(); ++i) {
        rd_kafka_resp_err_t code = produce(records[i], i);
        while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            m_client->serve(Millis{50});
            code = produce(records[i], i);
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            m_batch.failure = {i, code};
            return tl::unexpected<Error>(explainDelivery(records));
        }
        if (i % reportsServedEvery == 0)
            m_client->serve();
    }
    return {};
}

void Outbox::awaitReports(const std::stop_token& stop)
{
    const auto start = SteadyClock::now();
    const bool mayStop = m_mode == Mode::Transactional; // what cannot be taken back is waited for
    while (!m_batch.isComplete() && SteadyClock::now() - start < transactionTimeout + Millis{5'000}) {
        m_client->serve(Millis{50});
        if (m_client->hasFailedTransaction() || (mayStop && stop.stop_requested()))
            return;
    }
}

Error Outbox::explainDelivery(std::span<const OutgoingRecord> records)
{
    const auto& [index, code] = *m_batch.failure;
    const QString& topic = records[index].topic;
    if (isPurge(code)) // swept away by another failure: nothing about this message
        return m_client->failed(RD_KAFKA_RESP_ERR__TIMED_OUT, u"replay job %1"_s.arg(m_jobId));
    const QString what = u"message %1 of %2 for topic '%3'"_s.arg(index + 1).arg(records.size()).arg(topic);
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return {
            ErrorCode::Unsupported,
            u"connection '%1': %2 is larger than the topic takes; raise max.message.bytes of the topic, or leave the "
            u"message out"_s.arg(m_client->site().settings().name, what)};
    if (isRefusalForGood(code)) // of the batches that the library made; it does not say which message of one
        return {
            ErrorCode::Unsupported,
            u"connection '%1': %2 was refused (%3), or one sent together with it; a compacted topic takes no message "
            u"without a key; leave such messages out, or name another target"_s.arg(
                m_client->site().settings().name, what, QString::fromUtf8(rd_kafka_err2name(code)))};
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        return m_client->failedOnTopic(code, topic, {u"Describe"_s, u"Write"_s});
    return explain(code, what);
}

Error Outbox::explainRefusal(std::span<const OutgoingRecord> records)
{
    ErrorHandle error(rd_kafka_commit_transaction(
        m_client->handle(), static_cast<int>(abortPatience.count()))); // commits nothing: says why it failed
    if (!error)
        return abortAfter({ErrorCode::Internal, u"a failed transaction was committed"_s});
    if (rd_kafka_error_code(error.get()) != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        return settle(std::move(error), u"sending a batch of replay job %1"_s.arg(m_jobId));
    std::set<QString> topics;
    for (const OutgoingRecord& each : records)
        topics.insert(each.topic);
    QStringList resources;
    for (const QString& topic : topics)
        resources.append(aclResource(u"--topic"_s, topic));
    return abortAfter(
        m_client->lacking({u"Describe"_s, u"Write"_s}, resources.join(u' '),
                          u"topic '%1'"_s.arg(QStringList(topics.begin(), topics.end()).join(u"' or '"_s))));
}

bool Outbox::isOverdue() const
{
    return SteadyClock::now() - m_begun > transactionTimeout - Millis{5'000};
}

Error Outbox::explain(rd_kafka_resp_err_t code, const QString& what)
{
    // The coordinator ends a transaction that takes too long in the same way as one that somebody else takes over.
    if (isFencing(code) && m_mode == Mode::Transactional && m_begun != SteadyClock::time_point{} && isOverdue())
        return m_client->failed(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
    if (isFencing(code))
        return m_client->failed(RD_KAFKA_RESP_ERR__FENCED, u"replay job %1"_s.arg(m_jobId));
    const QString name = replayName(m_jobId);
    if (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        return m_client->lacking({u"Describe"_s, u"Write"_s},
                                 aclResource(u"--transactional-id"_s, u"spillway.replay."_s, true),
                                 u"transactional id '%1'"_s.arg(name));
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        return m_client->failedOnGroup(code, name, {u"Read"_s});
    return m_client->failed(code, what);
}

Error Outbox::settle(ErrorHandle error, const QString& what)
{
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
    if (!rd_kafka_error_is_fatal(error.get()) && rd_kafka_error_txn_requires_abort(error.get()))
        return abortAfter(explain(code, what));
    m_isUsable = false;
    char why[256];
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(m_client->handle(), why, sizeof why);
    return explain(fatal == RD_KAFKA_RESP_ERR_NO_ERROR ? code : fatal, what);
}

Error Outbox::abortAfter(Error error)
{
    const ErrorHandle failed(rd_kafka_abort_transaction(m_client->handle(), static_cast<int>(abortPatience.count())));
    m_client->clearFailedTransaction();
    if (!failed)
        return error;
    m_isUsable = false;
    char why[256];
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(m_client->handle(), why, sizeof why);
    // Being taken over shows itself only here when the first sign of it was one refused record.
    return isFencing(fatal) ? explain(fatal, u"aborting a transaction"_s) : error;
}

Status Outbox::sendOffsets(std::span<const Position> sentBelow)
{
    const QString what = u"noting the progress of replay job %1"_s.arg(m_jobId);
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(sentBelow.size())));
    for (const Position& each : sentBelow)
        rd_kafka_topic_partition_list_add(list.get(), each.at.topic.toUtf8().constData(), each.at.partition)->offset =
            each.next.value;
    const GroupMetadata group(rd_kafka_consumer_group_metadata_new(replayName(m_jobId).toUtf8().constData()));
    while (true) {
        ErrorHandle error(rd_kafka_send_offsets_to_transaction(m_client->handle(), list.get(), group.get(),
                                                               static_cast<int>(requestTimeout.count())));
        if (!error)
            return {};
        const bool isRetriable = rd_kafka_error_is_retriable(error.get());
        const bool isSourceGone = rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
        if (isSourceGone && !sentBelow.empty())
            return tl::unexpected<Error>(abortAfter(m_client->failedOnTopic(
                RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, sentBelow.front().at.topic, {u"Describe"_s, u"Read"_s})));
        if (!isRetriable || isOverdue())
            return tl::unexpected<Error>(settle(std::move(error), what));
    }
}

Status Outbox::commit()
{
    while (true) {
        // As long as the broker keeps the transaction; what became of it after that is asked for by a new beginning.
        const auto left = transactionTimeout - std::chrono::duration_cast<Millis>(SteadyClock::now() - m_begun);
        const Millis patience = std::max(left, Millis{1'000});
        ErrorHandle error(rd_kafka_commit_transaction(m_client->handle(), static_cast<int>(patience.count())));
        if (!error)
            return {};
        if (!rd_kafka_error_is_retriable(error.get()) || isOverdue())
            return tl::unexpected<Error>(
                settle(std::move(error), u"committing a batch of replay job %1"_s.arg(m_jobId)));
    }
}

Status Outbox::probe(const Position& position)
{
    m_begun = SteadyClock::now();
    if (ErrorHandle error(rd_kafka_begin_transaction(m_client->handle())); error)
        return tl::unexpected<Error>(settle(std::move(error), u"beginning a transaction"_s));
    if (const Status status = sendOffsets({&position, 1}); !status)
        return status;
    const Error none;
    const Error error = abortAfter(none);
    if (!m_isUsable)
        return tl::unexpected<Error>(error == none ? m_client->failed(RD_KAFKA_RESP_ERR__TIMED_OUT, u"an abort"_s)
                                                   : error);
    m_client->succeeded();
    return {};
}

Result<std::vector<LandedAt>> Outbox::send(std::span<const OutgoingRecord> records, std::span<const Position> sentBelow,
                                           std::stop_token stop)
{
    const bool isTransaction = m_mode == Mode::Transactional;
    if (!isTransaction && stop.stop_requested()) // later it cannot be taken back
        return fail(ErrorCode::Cancelled, u"cancelled; nothing of this batch was sent"_s);
    acquaint(records, stop);
    m_begun = SteadyClock::now();
    m_client->clearFailedTransaction();
    if (isTransaction) {
        if (ErrorHandle error(rd_kafka_begin_transaction(m_client->handle())); error)
            return tl::unexpected<Error>(settle(std::move(error), u"beginning a transaction"_s));
    }
    Status status = produceAll(records);
    if (status)
        awaitReports(stop);
    if (isTransaction && stop.stop_requested())
        return tl::unexpected<Error>(
            abortAfter({ErrorCode::Cancelled, u"cancelled; nothing of this batch was committed"_s}));
    if (!isTransaction) {
        if (status && m_batch.failure)
            status = tl::unexpected<Error>(explainDelivery(records));
        else if (status && !m_batch.isComplete())
            status = tl::unexpected<Error>(m_client->failed(RD_KAFKA_RESP_ERR__TIMED_OUT, u"acknowledgements"_s));
        m_isUsable = status.has_value();
    } else if (!status || m_batch.failure) {
        status = tl::unexpected<Error>(abortAfter(status ? explainDelivery(records) : status.error()));
        m_isUsable = false; // the library may sweep away messages of the next transaction too
    } else if (m_client->hasFailedTransaction()) {
        status = tl::unexpected<Error>(explainRefusal(records));
    } else {
        status = sendOffsets(sentBelow);
        if (status)
            status = commit();
    }
    if (!status)
        return tl::unexpected<Error>(status.error());
    m_client->succeeded();
    return std::move(m_batch.landed);
}

} // namespace spillway::kafka
