// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/topicsampler.h"

#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/topicstore.h"

#include <SQLiteCpp/Database.h>

#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostOrigins = 200; // letters' headers are strangers' words: they may name any number of topics

bool isTopicName(const QString& name)
{
    static const QRegularExpression legal(u"^[A-Za-z0-9._-]{1,249}$"_s);
    return legal.match(name).hasMatch();
}

Result<QStringList> originTopics(Database& reader)
{
    return reader.query<QStringList>([](SQLite::Database& db) {
        QStringList topics;
        SQLite::Statement select(db, "SELECT origin_topic, max(id) AS newest FROM letter_facet"
                                     " WHERE origin_topic IS NOT NULL AND origin_is_internal = 0"
                                     " GROUP BY origin_topic ORDER BY newest DESC LIMIT ?");
        select.bind(1, mostOrigins);
        while (select.executeStep()) {
            if (const QString topic = sql::text(select.getColumn(0)); isTopicName(topic))
                topics += topic;
        }
        return topics;
    });
}

} // namespace

TopicSampler::TopicSampler(TopicFactsSource& source, StoreWriter& writer, const Catalog& catalog,
                           const ConnectionSettings& settings, const Clock& clock)
    : m_source(source)
    , m_writer(writer)
    , m_catalog(catalog)
    , m_settings(settings)
    , m_clock(clock)
{
}

Result<TopicSampleReport> TopicSampler::sampleOnce(std::stop_token stop)
{
    auto reader = Database::open(m_writer.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const Result<QStringList> origins = originTopics(*reader);
    if (!origins)
        return tl::unexpected<Error>(origins.error());

    std::vector<TopicSelector> selectors;
    std::map<QString, TopicInterest> interests;
    const auto want = [&](const QString& topic, const TopicInterest& interest) {
        if (interests.emplace(topic, interest).second)
            selectors.push_back({.topic = topic, .pattern = {}});
    };
    for (const DeadLetterTopic& topic : m_settings.deadLetters) {
        if (topic.selector.topic.isEmpty())
            selectors.push_back(topic.selector);
        else
            want(topic.selector.topic, {TopicRole::DeadLetters, true});
    }
    const auto isDeadLetters = [this](const QString& name) {
        return std::any_of(m_settings.deadLetters.begin(), m_settings.deadLetters.end(), [&](const DeadLetterTopic& t) {
            return !t.selector.pattern.isEmpty() &&
                   QRegularExpression(QRegularExpression::anchoredPattern(t.selector.pattern)).match(name).hasMatch();
        });
    };
    for (const QString& origin : *origins) {
        if (!isDeadLetters(origin))
            want(origin, {TopicRole::Origin, false});
    }
    for (const CatalogEvent& event : m_catalog.events()) {
        if (isTopicName(event.topic) && !isDeadLetters(event.topic))
            want(event.topic, {TopicRole::Event, false});
    }

    const UtcTime askedAt = m_clock.now(); // what comes while the broker answers is newer than what it says
    Result<TopicFactsReport> report = m_source.describe(selectors, stop);
    if (!report)
        return tl::unexpected<Error>(report.error());
    for (const TopicFacts& facts : report->topics)
        interests.emplace(facts.topic, TopicInterest{TopicRole::DeadLetters, false}); // a pattern brought it
    TopicSampleReport sample{.takenAt = askedAt,
                             .topics = std::ssize(report->topics),
                             .clusterId = report->clusterId,
                             .names = report->names};
    const Status stored = m_writer.write(
        [&](Database& database) {
            return storeTopicFacts(database, m_settings.name, *report, interests, sample.takenAt);
        },
        0, stop);
    if (!stored)
        return tl::unexpected<Error>(stored.error());
    const auto outlooks = channelOutlooks(*reader, sample.takenAt, stop);
    if (!outlooks)
        return tl::unexpected<Error>(outlooks.error());
    const Status kept =
        m_writer.write([&](Database& database) { return keepOutlooks(database, *outlooks, sample.takenAt); }, 0, stop);
    if (!kept)
        return tl::unexpected<Error>(kept.error());
    return sample;
}

} // namespace spillway
