// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benches.h"

#include "connectors/kafka/connection.h"
#include "model/deadletter/deadletterintake.h"
#include "tests/bench/letterfactory.h"
#include "tests/bench/measure.h"
#include "tests/support/kafkaclient.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace spillway::bench {
using namespace Qt::Literals::StringLiterals;

void produceLetters(const QString& bootstrap, const QString& topic, std::int64_t count)
{
    test::TestProducer producer(bootstrap, {{u"linger.ms"_s, u"20"_s}, {u"queue.buffering.max.kbytes"_s, u"262144"_s}});
    LetterFactory factory;
    while (factory.count() < count) {
        RawRecord record = factory.next();
        producer.send({.topic = topic,
                       .partition = record.at.partition,
                       .key = std::move(record.key),
                       .value = std::move(record.value),
                       .headers = std::move(record.headers),
                       .timestamp = record.timestamp});
        if (factory.count() % 20'000 == 0)
            producer.flush();
    }
    producer.flush();
}

void takeIn(const QString& bootstrap, const QString& topic, const QString& folder)
{
    const SystemClock clock;
    ConnectionSettings settings;
    settings.name = u"bench"_s;
    settings.bootstrapServers = {bootstrap};
    settings.deadLetters.push_back({.selector = {topic, {}}, .mapping = std::nullopt, .place = {}});
    SecretStore* secrets = nullptr;
    const KafkaConnection connection(settings, secrets, &clock);
    const auto source = connection.recordSource();
    const auto store =
        must(StoreWriter::open(folder + u"/samples.sqlite"_s, Database::Access::Writer, u":/migrations/samples"_s));
    const Catalog catalog;
    const DialectRegistry dialects = must(DialectRegistry::bundled());
    const KindRules kinds = must(KindRules::bundled());
    DeadLetterIntake intake(*source, *store, catalog, settings, dialects, kinds, clock);

    double mostHeld = 0;
    std::atomic<bool> isDone = false;
    std::thread watcher([&] {
        while (!isDone) {
            mostHeld = std::max(mostHeld, heldMiB());
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    const auto start = std::chrono::steady_clock::now();
    const double busy = processSeconds();
    const auto report = must(intake.catchUp({}));
    const double seconds = secondsSince(start);
    const double busySeconds = processSeconds() - busy;
    isDone = true;
    watcher.join();
    say("intake", static_cast<double>(report.deadLetters) / seconds, "letters/s");
    say("intake-busy", busySeconds * 1e6 / static_cast<double>(report.deadLetters), "us");
    say("intake-letters", static_cast<double>(report.deadLetters), "letters");
    say("intake-memory", peakMiB(), "MiB");
    say("intake-memory-own", mostHeld, "MiB");
}

} // namespace spillway::bench
