// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/embeddedbroker.h"

#include "app/demo/companylife.h"
#include "app/demo/democluster.h"
#include "app/demo/demoweb.h"
#include "app/demo/demoworkspace.h"
#include "model/base/clock.h"

#include <QDir>
#include <QLoggingCategory>

#include <thread>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

Q_LOGGING_CATEGORY(lcDemo, "spillway.demo", QtInfoMsg)

constexpr Millis stepEvery{200};

Status fill(demo::DemoCluster& cluster, const demo::CompanyPast& past)
{
    for (const QString& topic :
         {u"order-events"_s, u"payment-events"_s, u"user-events"_s, u"order-events.DLT"_s, u"payment-events.DLT"_s,
          u"user-events.dlq"_s, u"connect-orders-warehouse.dlq"_s, u"event-processing-log"_s}) {
        if (const Status created = cluster.createTopic(topic, demo::partitionsOf(topic)); !created)
            return created;
    }
    if (const Status known = cluster.learnTopics(); !known)
        return known;
    for (const auto* records : {&past.events, &past.letters, &past.log}) {
        if (const Status produced = cluster.produce(*records); !produced)
            return produced;
    }
    return cluster.commit(past.commits);
}

/// The same for some minutes, so that a demo started once more has the same letters, byte for byte: their ids are
/// digests of times too.
UtcTime bornAt(UtcTime now)
{
    constexpr Millis step{300'000};
    return UtcTime{now.time_since_epoch() - now.time_since_epoch() % step};
}

/// Where the company's topics ended before its life began.
std::vector<demo::GroupCommit> endsOf(const demo::CompanyPast& past)
{
    std::map<TopicPartition, std::int64_t> ends;
    for (const QStringView topic : {demo::orderTopic, demo::paymentTopic, demo::userTopic}) {
        for (int partition = 0; partition < demo::partitionsOf(topic.toString()); ++partition)
            ends[{topic.toString(), partition}] = 0;
    }
    for (const RawRecord& event : past.events)
        ends[event.at] = event.offset.value + 1;
    std::vector<demo::GroupCommit> positions;
    for (const auto& [at, next] : ends)
        positions.push_back({{}, at, {next}});
    return positions;
}

} // namespace

struct EmbeddedBroker::Impl
{
    Impl(std::unique_ptr<demo::DemoCluster> started, std::uint64_t seed)
        : cluster(std::move(started))
        , life(seed, bornAt(clock.now()))
        , bootstrap(cluster->bootstrap())
    {
    }

    void live(const std::stop_token& stop)
    {
        bool isComplained = false;
        while (!stop.stop_requested()) {
            const auto step = life.step(clock.now(), cluster->poll(stepEvery));
            for (const Status& done : {cluster->produce(step.produce), cluster->commit(step.commits)}) {
                if (!done && !isComplained)
                    qCWarning(lcDemo, "%s", qUtf8Printable(done.error().detail));
                isComplained = isComplained || !done;
            }
        }
    }

    SystemClock clock;
    std::unique_ptr<demo::DemoCluster> cluster; // the thread's, once it runs
    demo::CompanyLife life;
    QString bootstrap;
    QString workspaceFile;
    std::unique_ptr<demo::DemoWeb> web;
    std::jthread thread;
};

EmbeddedBroker::EmbeddedBroker(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
    m_impl->thread = std::jthread([self = m_impl.get()](const std::stop_token& stop) { self->live(stop); });
}

EmbeddedBroker::~EmbeddedBroker()
{
    m_impl->thread.request_stop();
    m_impl->thread.join();
}

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::start(const QString& workspaceFolder, std::uint64_t seed)
{
    auto cluster = demo::DemoCluster::start();
    if (!cluster)
        return tl::unexpected<Error>(cluster.error());
    auto impl = std::make_unique<Impl>(std::move(*cluster), seed);
    if (const Status filled = fill(*impl->cluster, impl->life.past()); !filled)
        return tl::unexpected<Error>(filled.error());
    if (const Status followed = impl->cluster->follow(endsOf(impl->life.past())); !followed)
        return tl::unexpected<Error>(followed.error());
    auto web = demo::DemoWeb::start(QDir(workspaceFolder).filePath(u"registry"_s));
    if (!web)
        return tl::unexpected<Error>(web.error());
    impl->web = std::move(*web);
    auto workspace =
        demo::writeDemoWorkspace(workspaceFolder, impl->bootstrap, impl->web->registryUrl(), impl->web->inboxUrl());
    if (!workspace)
        return tl::unexpected<Error>(workspace.error());
    impl->workspaceFile = *workspace;
    return std::unique_ptr<EmbeddedBroker>(new EmbeddedBroker(std::move(impl)));
}

const QString& EmbeddedBroker::bootstrap() const
{
    return m_impl->bootstrap;
}

const QString& EmbeddedBroker::workspaceFile() const
{
    return m_impl->workspaceFile;
}

} // namespace spillway
