// SPDX-License-Identifier: GPL-3.0-or-later
// Until when a broker holds a record, what is kept of what it said, and what a channel's letters have ahead of them.
#include "model/base/text.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/channeloutput.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/topicsampler.h"
#include "storefixture.h"
#include "tests/support/manualclock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

namespace {

constexpr qint64 hour = 3'600'000;
constexpr qint64 day = 24 * hour;
const UtcTime writtenAt = utcFromMs(letterMs);

/// A topic that is there, with one partition of offsets [10, 100), and nothing known of its configuration.
KnownTopic topicNamed(const QString& name)
{
    KnownTopic topic;
    topic.clusterId = u"cluster-1"_s;
    topic.connection = u"orders"_s;
    topic.facts.topic = name;
    topic.facts.exists = true;
    topic.facts.partitions = {{Offset{10}, Offset{100}, std::nullopt}};
    topic.recordsPerDay = {std::nullopt};
    topic.sampledAt = writtenAt;
    return topic;
}

TopicSettings deleting(std::optional<Limit<Millis>> time, std::optional<Limit<std::int64_t>> bytes)
{
    return {.retentionTime = time, .retentionBytes = bytes, .deletes = true, .compacts = false, .minInSync = 1};
}

const Limit<Millis> unlimitedTime{};
const Limit<std::int64_t> unlimitedBytes{};

class FakeTopics final : public TopicFactsSource
{
public:
    Result<TopicFactsReport> describe(const std::vector<TopicSelector>& topics, std::stop_token) override
    {
        asked = topics;
        if (down)
            return tl::unexpected<Error>(*down);
        return report;
    }
    std::vector<TopicSelector> asked;
    TopicFactsReport report{.clusterId = u"cluster-1"_s};
    std::optional<Error> down;
};

QJsonArray channelsArray(StoreFixture& fixture, UtcTime now)
{
    Database reader = fixture.reader();
    const auto outlooks = channelOutlooks(reader, now, {});
    return outlooks ? QJsonDocument::fromJson(channelsJson(*outlooks)).array() : QJsonArray();
}

} // namespace

class LetterLossTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void untilWhenARecordStays_data();
    void untilWhenARecordStays();
    void theOriginIsToldOnlyWithItsPlace();
    void anAnswerIsKeptAndItsChanges();
    void aTopicMadeAnewIsNoticed_data();
    void aTopicMadeAnewIsNoticed();
    void lettersOfAnEarlierTopicAreGone();
    void growthIsTheAverageOfADay_data();
    void growthIsTheAverageOfADay();
    void historyIsThinned();
    void theSamplerAsksForWhatMatters();
    void aBrokerThatIsDownChangesNothing();
    void channelsTellWhatIsLostNext();
};

void LetterLossTest::untilWhenARecordStays_data()
{
    QTest::addColumn<KnownTopic>("topic");
    QTest::addColumn<RecordPlace>("place");
    QTest::addColumn<LossForecast>("expected");
    const RecordPlace here{.partition = 0, .offset = Offset{50}, .timestamp = writtenAt, .recordBytes = 1'000};
    const auto row = [](const char* name, KnownTopic topic, const RecordPlace& place, LossForecast expected) {
        QTest::newRow(name) << std::move(topic) << place << expected;
    };
    KnownTopic topic = topicNamed(u"orders.DLT"_s);
    row("nothing is known of the configuration: unknown", topic, here, {});

    topic.facts.settings = deleting(Limit<Millis>{Millis{7 * day}}, unlimitedBytes);
    row("a week of retention ends a week after the record's time", topic, here,
        {LossCause::RetentionTime, writtenAt + Millis{7 * day}});
    RecordPlace undated = here;
    undated.timestamp.reset();
    row("a record without a time: unknown", topic, undated, {});
    RecordPlace old = here;
    old.timestamp = writtenAt - Millis{8 * day};
    row("overdue and still there: the time has passed", topic, old,
        {LossCause::RetentionTime, writtenAt - Millis{day}});
    RecordPlace before = here;
    before.offset = Offset{9};
    row("below the log's start: gone, whatever its time", topic, before, {LossCause::Gone, std::nullopt});
    before.offset = Offset{10};
    row("the first one of the log is there", topic, before, {LossCause::RetentionTime, writtenAt + Millis{7 * day}});
    RecordPlace beyond = here;
    beyond.offset = Offset{100};
    row("at the end of the log: another topic of that name", topic, beyond, {LossCause::Gone, std::nullopt});
    RecordPlace elsewhere = here;
    elsewhere.partition = 1;
    row("in a partition that there is not", topic, elsewhere, {LossCause::Gone, std::nullopt});

    KnownTopic missing = topic;
    missing.facts.exists = false;
    missing.facts.partitions.clear();
    row("the topic was deleted", missing, here, {LossCause::Gone, std::nullopt});
    KnownTopic hidden = missing;
    hidden.facts.exists.reset();
    hidden.facts.settings = {};
    row("a topic we may not see: unknown", hidden, here, {});

    const LossForecast byTime{LossCause::RetentionTime, writtenAt + Millis{7 * day}};
    beyond.seenAt = writtenAt;
    row("beyond the end that was told after it was seen: gone", topic, beyond, {LossCause::Gone, std::nullopt});
    beyond.seenAt = writtenAt + Millis{1};
    row("it came after the end was told, so it lies behind it", topic, beyond, byTime);
    elsewhere.seenAt = beyond.seenAt;
    row("in a partition that is newer than the facts", topic, elsewhere, byTime);
    RecordPlace late = here;
    late.seenAt = beyond.seenAt;
    row("in a topic that is newer than the facts, of which nothing is known",
        {.facts = {.exists = false}, .sampledAt = writtenAt}, late, {});
    before.offset = Offset{9};
    before.seenAt = beyond.seenAt;
    row("below the log's start, which only grows: gone, whenever it was seen", topic, before,
        {LossCause::Gone, std::nullopt});

    KnownTopic remade = topic;
    remade.remadeAfter = writtenAt;
    RecordPlace known = here;
    known.knownAt = writtenAt;
    row("the topic was made anew since: gone, whatever lies there", remade, known, {LossCause::Gone, std::nullopt});
    known.knownAt = writtenAt + Millis{1};
    row("it came after the topic was made anew", remade, known,
        {LossCause::RetentionTime, writtenAt + Millis{7 * day}});
    row("it lies in the topic as it is now", remade, here, {LossCause::RetentionTime, writtenAt + Millis{7 * day}});

    topic.facts.settings = deleting(unlimitedTime, unlimitedBytes);
    row("no limit: never", topic, here, {LossCause::Never, std::nullopt});
    topic.facts.settings = deleting(std::nullopt, unlimitedBytes);
    row("a time limit that was not told: unknown", topic, here, {});
    topic.facts.settings.deletes = false;
    topic.facts.settings.compacts = true;
    row("compacted: not by time", topic, here, {LossCause::Compaction, std::nullopt});
    topic.facts.settings = deleting(Limit<Millis>{Millis{day}}, unlimitedBytes);
    topic.facts.settings.compacts = true;
    row("compacted and deleted: by time", topic, here, {LossCause::RetentionTime, writtenAt + Millis{day}});
    topic.facts.settings.retentionTime = unlimitedTime;
    row("compacted, deleted, without limit: not by time", topic, here, {LossCause::Compaction, std::nullopt});
    topic.facts.settings = deleting(Limit<Millis>{Millis{std::numeric_limits<qint64>::max()}}, unlimitedBytes);
    row("more time than there is: never", topic, here, {LossCause::Never, std::nullopt});

    // 50 records follow it, 100 may: 50 more, ten a day.
    topic.facts.settings = deleting(Limit<Millis>{Millis{30 * day}}, Limit<std::int64_t>{100'000});
    topic.recordsPerDay = {10.0};
    row("the log grows: its size ends it before its time", topic, here,
        {LossCause::RetentionSize, writtenAt + Millis{5 * day}});
    topic.facts.settings.retentionTime = Limit<Millis>{Millis{day}};
    row("the log grows slowly: its time ends it first", topic, here,
        {LossCause::RetentionTime, writtenAt + Millis{day}});
    topic.facts.settings.retentionTime = unlimitedTime;
    row("only the size is limited", topic, here, {LossCause::RetentionSize, writtenAt + Millis{5 * day}});
    topic.facts.settings.retentionBytes = Limit<std::int64_t>{10'000};
    row("more follows it than the size allows: any moment", topic, here, {LossCause::RetentionSize, writtenAt});
    topic.recordsPerDay = {std::nullopt};
    row("more follows it than the size allows: due, whoever knows the growth", topic, here,
        {LossCause::RetentionSize, writtenAt});
    topic.facts.settings.retentionBytes = Limit<std::int64_t>{100'000};
    row("a growth that nobody knows, and a size that will end it: unknown", topic, here, {});
    topic.recordsPerDay = {0.0};
    row("a log that does not grow today may grow tomorrow: unknown", topic, here, {});
    RecordPlace unsized = here;
    unsized.recordBytes.reset();
    topic.recordsPerDay = {10.0};
    row("a size limit, and nobody knows how large records are: unknown", topic, unsized, {});
    topic.facts.settings.retentionTime = Limit<Millis>{Millis{day}};
    row("then its time counts", topic, unsized, {LossCause::RetentionTime, writtenAt + Millis{day}});
}

void LetterLossTest::untilWhenARecordStays()
{
    QFETCH(KnownTopic, topic);
    QFETCH(RecordPlace, place);
    QFETCH(LossForecast, expected);
    const LossForecast found = forecastLoss(place, &topic);
    QCOMPARE(lossCauseWord(found.cause), lossCauseWord(expected.cause));
    QCOMPARE(found.at, expected.at);
    QCOMPARE(found.at.has_value(), found.cause == LossCause::RetentionTime || found.cause == LossCause::RetentionSize);
    QCOMPARE(forecastLoss(place, nullptr), LossForecast{});
}

void LetterLossTest::theOriginIsToldOnlyWithItsPlace()
{
    KnownTopic origin = topicNamed(u"orders"_s);
    origin.facts.settings = deleting(Limit<Millis>{Millis{day}}, unlimitedBytes);
    const TopicBook book({origin});
    DeadLetter letter;
    letter.clusterId = u"cluster-1"_s;
    letter.facts.originTopic = u"orders"_s;
    letter.facts.originTimestamp = utcFromMs(originMs);
    QCOMPARE(originLoss(letter, book), LossForecast{});
    letter.facts.originPartition = 0;
    letter.facts.originOffset = Offset{50};
    QCOMPARE(originLoss(letter, book), (LossForecast{LossCause::RetentionTime, utcFromMs(originMs + day)}));
    letter.facts.originOffset = Offset{3};
    QCOMPARE(originLoss(letter, book).cause, LossCause::Gone);
    letter.clusterId = u"cluster-2"_s;
    QCOMPARE(originLoss(letter, book), LossForecast{});
}

void LetterLossTest::anAnswerIsKeptAndItsChanges()
{
    StoreFixture fixture;
    TopicFacts facts{.topic = u"orders.DLT"_s,
                     .exists = true,
                     .partitions = {{Offset{0}, Offset{5}, std::nullopt}, {Offset{2}, std::nullopt, 77}},
                     .settings = deleting(Limit<Millis>{Millis{day}}, unlimitedBytes),
                     .failure = {}};
    const TopicFacts hidden{.topic = u"hidden"_s,
                            .exists = {},
                            .partitions = {},
                            .settings = {},
                            .failure = Error{ErrorCode::Unauthorised, u"grant it"_s}};
    const auto keep = [&](qint64 atMs) {
        TopicFactsReport report{.clusterId = u"cluster-1"_s, .topics = {facts, hidden}};
        const Status stored = fixture.store().write([&](Database& database) {
            return storeTopicFacts(database, u"orders"_s, report, {{u"orders.DLT"_s, {TopicRole::DeadLetters, true}}},
                                   utcFromMs(atMs));
        });
        QVERIFY2(stored, qPrintable(stored ? QString() : stored.error().detail));
    };
    keep(letterMs);
    keep(letterMs + 1'000); // nothing changed
    Database reader = fixture.reader();
    auto book = topicBook(reader);
    QVERIFY(book);
    const KnownTopic* known = book->topic(u"cluster-1"_s, u"orders.DLT"_s);
    QVERIFY(known);
    QCOMPARE(known->facts, facts);
    QCOMPARE(known->interest.role, TopicRole::DeadLetters);
    QVERIFY(known->interest.isNamed);
    QCOMPARE(known->connection, u"orders"_s);
    QCOMPARE(known->sampledAt, utcFromMs(letterMs + 1'000));
    QCOMPARE(book->topic(u"cluster-1"_s, u"hidden"_s)->facts, hidden);
    QVERIFY(!book->topic(u"cluster-2"_s, u"orders.DLT"_s));
    const auto count = [&](const char* what) {
        return reader.query<int>([&](SQLite::Database& db) { return db.execAndGet(what).getInt(); }).value_or(-1);
    };
    QCOMPARE(count("SELECT count(*) FROM broker_topic_change"), 2);
    QCOMPARE(count("SELECT count(*) FROM broker_topic_log"), 2);
    facts.settings.retentionTime = unlimitedTime;
    facts.partitions[0].end = Offset{6};
    keep(letterMs + 2'000);
    QCOMPARE(count("SELECT count(*) FROM broker_topic_change"), 3);
    QCOMPARE(count("SELECT count(*) FROM broker_topic_log"), 3);
    book = topicBook(reader);
    QCOMPARE(book->topic(u"cluster-1"_s, u"orders.DLT"_s)->facts, facts);
}

void LetterLossTest::aTopicMadeAnewIsNoticed_data()
{
    QTest::addColumn<QList<std::optional<TopicFacts>>>("samples"); // one a second; nullopt: nobody asked about it
    QTest::addColumn<int>("after");                                // second of `remadeAfter`; -1: it was not made anew
    const TopicFacts first{
        .topic = u"orders"_s, .exists = true, .partitions = {{Offset{4}, Offset{9}, {}}, {Offset{0}, Offset{5}, {}}}};
    const auto changed = [&](const std::function<void(TopicFacts&)>& change) {
        TopicFacts facts = first;
        change(facts);
        return facts;
    };
    using Samples = QList<std::optional<TopicFacts>>;
    QTest::newRow("it goes on") << Samples{first, first, changed([](TopicFacts& f) {
                                               f.partitions[0] = {Offset{7}, Offset{12}, {}};
                                               f.partitions.push_back({Offset{0}, Offset{1}, {}});
                                           })}
                                << -1;
    QTest::newRow("a log ends earlier") << Samples{first, first,
                                                   changed([](TopicFacts& f) { f.partitions[1].end = Offset{4}; })}
                                        << 1;
    QTest::newRow("a log begins earlier") << Samples{first, changed([](TopicFacts& f) {
                                                         f.partitions[0] = {Offset{0}, Offset{20}, {}};
                                                     })}
                                          << 0;
    QTest::newRow("it has fewer partitions")
        << Samples{first, changed([](TopicFacts& f) { f.partitions.pop_back(); })} << 0;
    const TopicFacts none{.topic = u"orders"_s, .exists = false};
    QTest::newRow("it is gone") << Samples{first, none} << -1;
    QTest::newRow("it is there again, and larger")
        << Samples{first, none, changed([](TopicFacts& f) { f.partitions[1].end = Offset{50}; })} << 1;
    QTest::newRow("for a while we might not see it")
        << Samples{first, TopicFacts{.topic = u"orders"_s, .exists = {}}, first} << -1;
    QTest::newRow("a partition that could not be asked tells nothing")
        << Samples{first, changed([](TopicFacts& f) { f.partitions[0] = {}; }), first} << -1;
    QTest::newRow("the last time counts")
        << Samples{first, changed([](TopicFacts& f) { f.partitions[0].end = Offset{5}; }), std::nullopt,
                   changed([](TopicFacts& f) { f.partitions[0].end = Offset{4}; })}
        << 1;
}

void LetterLossTest::aTopicMadeAnewIsNoticed()
{
    QFETCH(QList<std::optional<TopicFacts>>, samples);
    QFETCH(int, after);
    StoreFixture fixture;
    for (int i = 0; i < samples.size(); ++i) {
        TopicFactsReport report{.clusterId = u"cluster-1"_s};
        if (samples[i])
            report.topics = {*samples[i]};
        QVERIFY(fixture.store().write([&](Database& database) {
            return storeTopicFacts(database, u"orders"_s, report, {}, utcFromMs(letterMs + i * 1'000));
        }));
    }
    const std::optional<UtcTime> expected =
        after < 0 ? std::nullopt : std::optional(utcFromMs(letterMs + after * 1'000));
    Database reader = fixture.reader();
    QCOMPARE(topicBook(reader)->topic(u"cluster-1"_s, u"orders"_s)->remadeAfter, expected);
    QCOMPARE(topicRemadeAfter(reader, u"cluster-1"_s, u"orders"_s).value(), expected);
    QCOMPARE(topicRemadeAfter(reader, u"cluster-2"_s, u"orders"_s).value(), std::optional<UtcTime>());
}

void LetterLossTest::lettersOfAnEarlierTopicAreGone()
{
    StoreFixture fixture;
    const auto same = StoreFixture::prepared(1, u"E"_s, u"c"_s);
    const auto other = StoreFixture::prepared(2, u"E"_s, u"c"_s);
    fixture.add({same, other});
    const auto begin = [&] {
        QVERIFY(fixture.store().write([&](Database& database) {
            return startGeneration(database, u"cluster-1"_s, u"orders"_s, same.record.at.topic);
        }));
    };
    KnownTopic topic = topicNamed(same.record.at.topic);
    topic.facts.partitions.assign(3, {Offset{0}, Offset{100}, {}});
    topic.facts.settings = deleting(Limit<Millis>{Millis{day}}, unlimitedBytes);
    const TopicBook book({topic});
    Database reader = fixture.reader();
    const auto cause = [&](const PreparedLetter& prepared) {
        return brokerLoss(deadLetter(reader, StoreFixture::idOf(prepared)).value(), book).cause;
    };
    QCOMPARE(cause(same), LossCause::RetentionTime);
    begin();
    QCOMPARE(cause(same), LossCause::Gone);
    QCOMPARE(cause(other), LossCause::Gone);
    // A record that is read again where it lay is there: the broker had only lost its end.
    QCOMPARE(fixture.add({same}), std::int64_t{0});
    QCOMPARE(cause(same), LossCause::RetentionTime);
    QCOMPARE(cause(other), LossCause::Gone);
}

void LetterLossTest::growthIsTheAverageOfADay_data()
{
    using Samples = QList<std::pair<qint64, qint64>>; // hours, end offset
    QTest::addColumn<Samples>("samples");
    QTest::addColumn<std::optional<double>>("perDay");
    QTest::newRow("one sample tells no growth") << Samples{{0, 5}} << std::optional<double>();
    QTest::newRow("half a day is taken for a whole one") << Samples{{0, 0}, {12, 50}} << std::optional(100.0);
    QTest::newRow("nothing came: no growth") << Samples{{0, 7}, {24, 7}} << std::optional(0.0);
    QTest::newRow("what came before the last day does not count")
        << Samples{{0, 0}, {1, 1'000}, {48, 1'024}} << std::optional(24.0);
    QTest::newRow("a topic made anew has no past") << Samples{{0, 900}, {6, 3}} << std::optional<double>();
    QTest::newRow("it grows by its own records") << Samples{{0, 20}, {6, 0}, {12, 30}} << std::optional(120.0);
}

void LetterLossTest::growthIsTheAverageOfADay()
{
    using Samples = QList<std::pair<qint64, qint64>>;
    QFETCH(Samples, samples);
    QFETCH(std::optional<double>, perDay);
    StoreFixture fixture;
    for (const auto& [hours, end] : samples) {
        const TopicFactsReport report{.clusterId = u"cluster-1"_s,
                                      .topics = {{.topic = u"t"_s,
                                                  .exists = true,
                                                  .partitions = {{Offset{0}, Offset{end}, std::nullopt}},
                                                  .settings = {},
                                                  .failure = {}}}};
        QVERIFY(fixture.store().write([&, at = hours * hour](Database& database) {
            return storeTopicFacts(database, u"orders"_s, report, {}, utcFromMs(letterMs + at));
        }));
    }
    Database reader = fixture.reader();
    const auto book = topicBook(reader);
    QVERIFY(book);
    QCOMPARE(book->topic(u"cluster-1"_s, u"t"_s)->recordsPerDay.at(0), perDay);
}

void LetterLossTest::historyIsThinned()
{
    StoreFixture fixture;
    const qint64 start = letterMs - letterMs % hour;
    for (int minute = 0; minute <= 4 * 24 * 60; minute += 30) {
        const TopicFactsReport report{.clusterId = u"cluster-1"_s,
                                      .topics = {{.topic = u"t"_s,
                                                  .exists = true,
                                                  .partitions = {{Offset{0}, Offset{minute}, std::nullopt}},
                                                  .settings = {},
                                                  .failure = {}}}};
        QVERIFY(fixture.store().write([&](Database& database) {
            return storeTopicFacts(database, u"orders"_s, report, {}, utcFromMs(start + minute * 60'000LL));
        }));
    }
    const UtcTime now = utcFromMs(start + 4 * day);
    const auto thin = [&](UtcTime at, UtcTime oldest) {
        std::int64_t removed = -1;
        (void)fixture.store().write([&](Database& database) -> Status {
            const auto gone = thinTopicHistory(database, at, oldest);
            if (!gone)
                return tl::unexpected<Error>(gone.error());
            removed = *gone;
            return {};
        });
        return removed;
    };
    QCOMPARE(thin(now, utcFromMs(0)), std::int64_t{48}); // one of two an hour, of the two days before the last two
    QCOMPARE(thin(now, utcFromMs(0)), std::int64_t{0});
    QVERIFY(thin(utcFromMs(start + 400 * day), utcFromMs(start + 300 * day)) > 0);
    Database reader = fixture.reader();
    const auto book = topicBook(reader);
    QCOMPARE(book->topic(u"cluster-1"_s, u"t"_s)->facts.partitions.at(0).end, std::optional(Offset{4 * 24 * 60}));
}

void LetterLossTest::theSamplerAsksForWhatMatters()
{
    StoreFixture fixture;
    PreparedLetter one = StoreFixture::prepared(1, u"E"_s, u"billing"_s);
    one.facts.originTopic = u"orders"_s;
    PreparedLetter two = StoreFixture::prepared(2, u"E"_s, u"billing"_s);
    two.facts.originTopic = u"not a topic's name\u202E"_s;
    PreparedLetter three = StoreFixture::prepared(3, u"E"_s, u"billing"_s);
    three.facts.originTopic = u"app-store-repartition"_s;
    three.facts.originIsInternal = true;
    QCOMPARE(fixture.add({one, two, three}), std::int64_t{3});
    CatalogEvent event;
    event.eventType = u"order.paid"_s;
    event.topic = u"payments"_s;
    const Catalog catalog({}, {event}, {});
    ConnectionSettings settings;
    settings.name = u"orders"_s;
    settings.deadLetters = {{.selector = {.topic = u"orders-dlt"_s, .pattern = {}}, .mapping = {}, .place = {}},
                            {.selector = {.topic = {}, .pattern = u".*\\.DLT"_s}, .mapping = {}, .place = {}}};
    ManualClock clock(writtenAt);
    FakeTopics topics;
    const auto facts = [](const QString& name) {
        return TopicFacts{.topic = name, .exists = true, .partitions = {}, .settings = {}, .failure = {}};
    };
    topics.report.topics = {facts(u"orders-dlt"_s), facts(u"a.DLT"_s), facts(u"orders"_s), facts(u"payments"_s)};
    TopicSampler sampler(topics, fixture.store(), catalog, settings, clock);
    const auto sample = sampler.sampleOnce({});
    QVERIFY2(sample, qPrintable(sample ? QString() : sample.error().detail));
    QCOMPARE(sample->topics, std::int64_t{4});
    QStringList asked;
    for (const TopicSelector& selector : topics.asked)
        asked += selector.topic.isEmpty() ? u"~"_s + selector.pattern : selector.topic;
    QCOMPARE(asked, (QStringList{u"orders-dlt"_s, u"~.*\\.DLT"_s, u"orders"_s, u"payments"_s}));
    Database reader = fixture.reader();
    const auto book = topicBook(reader);
    QVERIFY(book);
    const auto role = [&](const QString& name) {
        return topicRoleWord(book->topic(u"cluster-1"_s, name)->interest.role);
    };
    QCOMPARE(role(u"orders-dlt"_s), u"deadLetters"_s);
    QCOMPARE(role(u"a.DLT"_s), u"deadLetters"_s);
    QCOMPARE(role(u"orders"_s), u"origin"_s);
    QCOMPARE(role(u"payments"_s), u"event"_s);
    QVERIFY(book->topic(u"cluster-1"_s, u"orders-dlt"_s)->interest.isNamed);
    QVERIFY(!book->topic(u"cluster-1"_s, u"a.DLT"_s)->interest.isNamed);
    const auto kept = keptOutlooks(reader);
    QVERIFY(kept);
    QCOMPARE(kept->size(), std::size_t{2});
    QCOMPARE(kept->at(1).channel, u"orders-dlt"_s);
    QCOMPARE(kept->at(1).open, std::int64_t{3});
}

void LetterLossTest::aBrokerThatIsDownChangesNothing()
{
    StoreFixture fixture;
    FakeTopics topics;
    topics.down = Error{ErrorCode::Unreachable, u"no broker answers"_s};
    const Catalog catalog;
    const ConnectionSettings settings;
    ManualClock clock;
    TopicSampler sampler(topics, fixture.store(), catalog, settings, clock);
    const auto sample = sampler.sampleOnce({});
    QVERIFY(!sample);
    QCOMPARE(sample.error(), *topics.down);
    Database reader = fixture.reader();
    QVERIFY(topicBook(reader)->topics().empty());
}

void LetterLossTest::channelsTellWhatIsLostNext()
{
    StoreFixture fixture;
    std::vector<PreparedLetter> letters;
    for (int i = 0; i < 6; ++i) {
        PreparedLetter letter = StoreFixture::prepared(i, u"E"_s, u"billing"_s, i);
        letter.record.at.partition = 0;
        letter.record.timestamp = letter.facts.deadLetteredAt;
        letters.push_back(letter);
    }
    letters[0].record.at.partition = 0;
    letters[4].facts.isPointer = true;
    letters[4].facts.originTopic = u"orders"_s;
    letters[4].facts.originPartition = 0;
    letters[4].facts.originOffset = Offset{40};
    letters[4].facts.originTimestamp = utcFromMs(letterMs - 20 * hour);
    letters[5].facts.isPointer = true;
    letters[5].facts.originTopic = u"orders"_s;
    letters[5].facts.originPartition = 0;
    letters[5].facts.originOffset = Offset{3};
    QCOMPARE(fixture.add(letters), std::int64_t{6});
    const TopicFactsReport report{
        .clusterId = u"cluster-1"_s,
        .topics = {{.topic = u"orders-dlt"_s,
                    .exists = true,
                    .partitions = {{Offset{1}, Offset{6}, std::nullopt}},
                    .settings = deleting(Limit<Millis>{Millis{26 * hour}}, unlimitedBytes),
                    .failure = {}},
                   {.topic = u"orders"_s,
                    .exists = true,
                    .partitions = {{Offset{10}, Offset{100}, std::nullopt}},
                    .settings = deleting(Limit<Millis>{Millis{day}}, unlimitedBytes),
                    .failure = {}},
                   {.topic = u"never.DLT"_s, .exists = false, .partitions = {}, .settings = {}, .failure = {}}}};
    QVERIFY(fixture.store().write([&](Database& database) {
        return storeTopicFacts(database, u"orders"_s, report,
                               {{u"orders-dlt"_s, {TopicRole::DeadLetters, true}},
                                {u"orders"_s, {TopicRole::Origin, false}},
                                {u"never.DLT"_s, {TopicRole::DeadLetters, true}}},
                               writtenAt);
    }));
    const QJsonArray channels = channelsArray(fixture, writtenAt);
    QCOMPARE(channels.size(), 2);
    QCOMPARE(channels[0][u"channel"].toString(), u"never.DLT"_s);
    QCOMPARE(channels[0][u"exists"].toBool(true), false);
    QVERIFY(channels[0][u"partitions"].isNull());
    const QJsonObject channel = channels[1].toObject();
    QCOMPARE(channel[u"channel"].toString(), u"orders-dlt"_s);
    QCOMPARE(channel[u"letters"].toInteger(), 6);
    QCOMPARE(channel[u"openLetters"].toInteger(), 6);
    QCOMPARE(channel[u"retentionMs"].toInteger(), 26 * hour);
    QVERIFY(channel[u"retentionBytes"].isNull());
    QCOMPARE(channel[u"unlimited"].toBool(true), false);
    QCOMPARE(channel[u"cleanupPolicy"].toString(), u"delete"_s);
    QCOMPARE(channel[u"gone"].toInteger(), 1); // offset 0
    QCOMPARE(channel[u"nextLossAt"].toString(), formatUtc(utcFromMs(letterMs - 5 * hour + 26 * hour)));
    QCOMPARE(channel[u"leavingSoon"].toInteger(), 4); // those of 2 h ago and before
    QCOMPARE(channel[u"pointers"].toInteger(), 2);
    QCOMPARE(channel[u"pointersGone"].toInteger(), 1);
    QCOMPARE(channel[u"pointersLeavingSoon"].toInteger(), 1);
    QCOMPARE(channel[u"nextOriginLossAt"].toString(), formatUtc(utcFromMs(letterMs + 4 * hour)));
    QCOMPARE(channel[u"dialects"].toArray().size(), 1);
    QCOMPARE(channel[u"dialects"].toArray()[0][u"dialect"].toString(), u"spring-dlpr"_s);
    // What is closed is nobody's worry.
    QVERIFY(fixture.store().write([&](Database& database) {
        return applyTriageState(database, {StoreFixture::idOf(letters[5])}, TriageState::Resolved, std::nullopt, 1);
    }));
    const QJsonObject fewer = channelsArray(fixture, writtenAt)[1].toObject();
    QCOMPARE(fewer[u"openLetters"].toInteger(), 5);
    QCOMPARE(fewer[u"pointers"].toInteger(), 1);
    QCOMPARE(fewer[u"letters"].toInteger(), 6);
    // The letters themselves say the same.
    Database reader = fixture.reader();
    const auto book = topicBook(reader);
    const auto letter = deadLetter(reader, StoreFixture::idOf(letters[4]));
    QVERIFY(letter && book);
    const QJsonObject told = QJsonDocument::fromJson(letterJson(*letter, letterLoss(*letter, *book))).object();
    QCOMPARE(told[u"originLossAt"].toString(), formatUtc(utcFromMs(letterMs + 4 * hour)));
    QCOMPARE(told[u"originLoss"].toString(), u"retentionTime"_s);
    QCOMPARE(told[u"brokerLossAt"].toString(), formatUtc(utcFromMs(letterMs + 22 * hour)));
    QVERIFY(QJsonDocument::fromJson(letterJson(*letter)).object()[u"originLossAt"].isNull());
}

QTEST_GUILESS_MAIN(LetterLossTest)
#include "tst_letterloss.moc"
