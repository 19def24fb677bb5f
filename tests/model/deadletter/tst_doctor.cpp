// SPDX-License-Identifier: GPL-3.0-or-later
// Each way to set dead-lettering up wrongly, and its neighbour that is right.
#include "model/deadletter/doctor.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

constexpr std::int64_t day = 86'400'000;

KnownTopic topic(const QString& name, TopicRole role, std::size_t partitions, std::optional<Millis> kept)
{
    KnownTopic made;
    made.clusterId = u"c"_s;
    made.connection = u"orders"_s;
    made.interest = {role, true};
    made.facts.topic = name;
    made.facts.exists = true;
    made.facts.partitions.resize(partitions);
    made.facts.settings = {.retentionTime = Limit<Millis>{kept},
                           .retentionBytes = Limit<std::int64_t>{},
                           .deletes = true,
                           .compacts = false,
                           .minInSync = 1};
    return made;
}

/// A workspace with nothing wrong: one dead-letter topic, named after its source, as wide, two weeks of retention.
struct World
{
    KnownTopic letters = topic(u"orders.DLT"_s, TopicRole::DeadLetters, 3, Millis{14 * day});
    KnownTopic source = topic(u"orders"_s, TopicRole::Event, 3, Millis{7 * day});
    std::vector<KnownTopic> more;
    std::map<QString, std::int64_t> dialects{{u"spring-dlpr"_s, 10}};
    std::map<QString, std::int64_t> origins{{u"orders"_s, 10}};
    std::vector<ChannelOutlook> moreChannels;
    std::vector<OpenLetterCount> open;
    std::optional<PassedOfChannel> lost;
    std::optional<PassedOfChannel> unreadable;
    bool isMapped = false;
    bool isCritical = true;
    bool isAsked = true;

    /// Only by size: a hundred records of 100 bytes a day and partition, fifty of them there.
    void limitBySize(std::int64_t bytes)
    {
        letters.facts.settings.retentionTime = Limit<Millis>{};
        letters.facts.settings.retentionBytes = Limit<std::int64_t>{bytes};
        for (PartitionLog& log : letters.facts.partitions)
            log = {Offset{0}, Offset{50}, 5'000};
        letters.recordsPerDay.assign(letters.facts.partitions.size(), 100.0);
    }

    [[nodiscard]] std::vector<DoctorFinding> findings() const
    {
        Workspace workspace;
        ConnectionSettings connection;
        connection.name = u"orders"_s;
        connection.bootstrapServers = QStringList{u"kafka-1:9092"_s};
        connection.deadLetters = {{.selector = {.topic = letters.facts.topic, .pattern = {}},
                                   .mapping = isMapped ? std::optional(DeadLetterMapping{}) : std::nullopt,
                                   .place = {}}};
        workspace.connections = {connection};
        CatalogEvent event;
        event.eventType = u"order.created"_s;
        event.topic = u"orders"_s;
        event.tags = isCritical ? QStringList{u"critical"_s} : QStringList{u"non-critical"_s};
        DoctorFacts facts;
        if (isAsked) {
            std::vector<KnownTopic> topics{letters, source};
            topics.insert(topics.end(), more.begin(), more.end());
            facts.topics = TopicBook(std::move(topics));
            ChannelOutlook channel;
            channel.connection = u"orders"_s;
            channel.clusterId = u"c"_s;
            channel.channel = letters.facts.topic;
            channel.topic = letters;
            channel.dialects = dialects;
            channel.origins = origins;
            channel.lost = lost;
            channel.unreadable = unreadable;
            facts.channels = {channel};
            facts.channels.insert(facts.channels.end(), moreChannels.begin(), moreChannels.end());
        }
        facts.letters = open;
        return examine(facts, workspace, Catalog({}, {event}, {}));
    }
};

/// Seven records of partition 2, noticed so long before the broker was asked last.
PassedOfChannel lostRecords(std::int64_t agoMs)
{
    const PassedOver gap{
        .at = {u"orders.DLT"_s, 2}, .from = Offset{3}, .to = Offset{10}, .noticedAt = utcFromMs(-agoMs)};
    return {.connection = u"orders"_s, .records = gap.atMost(), .ranges = {gap}};
}

} // namespace

class DoctorTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsWrong_data();
    void whatIsWrong();
    void aFindingSaysWhatToDo();
    void aLossSaysWhereAndWhatToDo();
    void errorsComeFirst();
    void outputHasEveryField();
};

void DoctorTest::whatIsWrong_data()
{
    QTest::addColumn<World>("world");
    QTest::addColumn<QStringList>("expected"); // severity rule
    const auto row = [](const char* name, const QStringList& expected, const std::function<void(World&)>& change) {
        World world;
        change(world);
        QTest::newRow(name) << world << expected;
    };
    row("nothing is wrong", {}, [](World&) {});
    row("nobody was asked yet", {u"info notAsked"_s}, [](World& w) { w.isAsked = false; });
    row("the configured topic does not exist", {u"error topicMissing"_s, u"error noDeadLetterTopic"_s}, [](World& w) {
        w.letters.facts.exists = false;
        w.letters.facts.partitions.clear();
        w.letters.facts.settings = {};
        w.dialects.clear();
        w.origins.clear();
    });
    row("a topic of a pattern went away: nobody misses it", {}, [](World& w) {
        w.letters.facts.exists = false;
        w.letters.interest.isNamed = false;
    });
    row("a topic we may not see accuses nobody", {}, [](World& w) {
        w.letters.facts.exists.reset();
        w.letters.facts.settings = {};
    });
    row("the critical event has another's dead-letter topic only", {u"error noDeadLetterTopic"_s}, [](World& w) {
        w.letters.facts.topic = u"preorders.DLT"_s;
        w.origins = {{u"preorders"_s, 3}};
    });
    row("letters came from it: it has one, whatever its name", {},
        [](World& w) { w.letters.facts.topic = u"failures"_s; });
    row("a topic for the failures of several may be its own", {u"warning noDeadLetterTopic"_s}, [](World& w) {
        w.letters.facts.topic = u"failures"_s;
        w.origins = {{u"users"_s, 3}, {u"payments"_s, 3}};
    });
    row("an event that is not critical needs none", {}, [](World& w) {
        w.isCritical = false;
        w.letters.facts.topic = u"failures"_s;
        w.origins.clear();
    });
    row("three days of retention: a weekly review misses letters", {u"warning retentionBelowReview"_s},
        [](World& w) { w.letters.facts.settings.retentionTime = Limit<Millis>{Millis{3 * day}}; });
    row("exactly a week is enough", {},
        [](World& w) { w.letters.facts.settings.retentionTime = Limit<Millis>{Millis{7 * day}}; });
    row("an hour of retention: gone before it is P1", {u"error retentionBelowP1"_s},
        [](World& w) { w.letters.facts.settings.retentionTime = Limit<Millis>{Millis{3'600'000}}; });
    row("no limit is long enough", {}, [](World& w) { w.letters.facts.settings.retentionTime = Limit<Millis>{}; });
    row("a limit that was not told accuses nobody", {},
        [](World& w) { w.letters.facts.settings.retentionTime.reset(); });
    row("records were deleted before they were read", {u"warning lostBeforeRead"_s},
        [](World& w) { w.lost = lostRecords(0); });
    row("a week ago: the review has seen it", {u"warning lostBeforeRead"_s},
        [](World& w) { w.lost = lostRecords(7 * day); });
    row("longer ago it is no news", {}, [](World& w) { w.lost = lostRecords(7 * day + 1); });
    row("compacted", {u"error compacted"_s}, [](World& w) {
        w.letters.facts.settings.deletes = false;
        w.letters.facts.settings.compacts = true;
    });
    row("one partition for the failures of three", {u"warning singlePartition"_s},
        [](World& w) { w.letters.facts.partitions.resize(1); });
    row("one partition, found by the letters' origin", {u"warning singlePartition"_s}, [](World& w) {
        w.letters.facts.topic = u"failures"_s;
        w.letters.facts.partitions.resize(1);
    });
    row("one partition for the failures of one", {}, [](World& w) {
        w.letters.facts.partitions.resize(1);
        w.source.facts.partitions.resize(1);
    });
    row("most letters are not recognised", {u"warning mostlyUnrecognised"_s}, [](World& w) {
        w.dialects = {{u"spring-dlpr"_s, 4}, {u"unrecognised"_s, 5}};
    });
    row("as many are recognised", {}, [](World& w) { w.dialects = {{u"spring-dlpr"_s, 5}, {u"unrecognised"_s, 5}}; });
    row("there is a mapping for it", {}, [](World& w) {
        w.dialects = {{u"unrecognised"_s, 5}};
        w.isMapped = true;
    });
    row("a connector's letters that say why accuse nobody of those beside them", {}, [](World& w) {
        w.dialects = {{u"kafka-connect"_s, 90}, {u"unrecognised"_s, 1}};
    });
    row("letters of several, most of them telling nothing: no connector is accused", {u"warning mostlyUnrecognised"_s},
        [](World& w) {
            w.dialects = {{u"kafka-connect"_s, 3}, {u"spring-dlpr"_s, 1}, {u"unrecognised"_s, 8}};
        });
    row("a size that holds two days of growth", {u"warning retentionBelowReview"_s},
        [](World& w) { w.limitBySize(20'000); });
    row("a size that holds an hour of growth", {u"error retentionBelowP1"_s}, [](World& w) { w.limitBySize(400); });
    row("a size that holds a month of growth", {}, [](World& w) { w.limitBySize(300'000); });
    row("a size, and nobody knows the growth", {u"info retentionBySize"_s}, [](World& w) {
        w.limitBySize(300'000);
        w.letters.recordsPerDay.clear();
    });
    row("a size that is reached, and nobody knows the growth", {u"warning retentionBySize"_s}, [](World& w) {
        w.limitBySize(3'000);
        w.letters.recordsPerDay.clear();
    });
    row("the time is shorter than the size", {u"warning retentionBelowReview"_s}, [](World& w) {
        w.limitBySize(300'000);
        w.letters.facts.settings.retentionTime = Limit<Millis>{Millis{3 * day}};
    });
    row("a batch that cannot be decoded", {u"error unreadableRecords"_s}, [](World& w) {
        w.unreadable = PassedOfChannel{
            .connection = u"orders"_s, .records = 31, .ranges = {{{u"orders.DLT"_s, 2}, Offset{7}, Offset{38}, {}}}};
    });
    row("a sink's letters without headers", {u"warning connectWithoutHeaders"_s}, [](World& w) {
        w.letters.facts.topic = u"orders-sink.dlq"_s;
        w.dialects = {{u"unrecognised"_s, 1}};
        w.origins = {{u"orders"_s, 1}};
    });
    row("a connector's letters with headers", {}, [](World& w) { w.dialects = {{u"kafka-connect"_s, 90}}; });
    row("letters that come from a dead-letter topic", {u"warning deadLettersOfDeadLetters"_s}, [](World& w) {
        w.more = {topic(u"first.DLT"_s, TopicRole::DeadLetters, 3, Millis{14 * day})};
        w.origins[u"first.DLT"_s] = 2;
    });
    row("letters of its own reader", {u"warning deadLettersOfDeadLetters"_s},
        [](World& w) { w.origins[u"orders.DLT"_s] = 2; });
    row("a name made of a dead-letter topic's", {u"warning deadLettersOfDeadLetters"_s}, [](World& w) {
        ChannelOutlook second;
        second.connection = u"orders"_s;
        second.clusterId = u"c"_s;
        second.channel = u"orders.DLT-dlt"_s;
        second.topic = topic(second.channel, TopicRole::DeadLetters, 3, Millis{14 * day});
        w.more = {*second.topic};
        w.moreChannels = {second};
    });
    row("letters that belong to nobody", {u"warning unowned"_s}, [](World& w) {
        w.open = {{.team = {}, .eventType = u"user.updated"_s, .open = 4, .oldestAt = {}},
                  {.team = u"order-team"_s, .eventType = u"order.created"_s, .open = 9, .oldestAt = {}}};
    });
    row("a right is missing", {u"info settingsUnknown"_s}, [](World& w) {
        w.letters.facts.settings = {};
        w.letters.facts.failure =
            Error{ErrorCode::Unauthorised, u"User:a lacks the right DescribeConfigs; grant it: kafka-acls --add x"_s};
    });
}

void DoctorTest::whatIsWrong()
{
    QFETCH(World, world);
    QFETCH(QStringList, expected);
    QStringList found;
    for (const DoctorFinding& finding : world.findings()) {
        found += doctorSeverityWord(finding.severity) + u' ' + doctorRuleWord(finding.rule);
        QVERIFY(finding.id.startsWith(doctorRuleWord(finding.rule)));
        QVERIFY(!finding.sentence.isEmpty() && !finding.sentence.endsWith(u'.'));
        QVERIFY(!finding.remedy.isEmpty());
        QVERIFY2(!finding.sentence.contains(u'%') && !finding.evidence.contains(u'%') &&
                     !finding.command.contains(u'%'),
                 qPrintable(finding.sentence + finding.evidence + finding.command));
    }
    QCOMPARE(found, expected);
}

void DoctorTest::aFindingSaysWhatToDo()
{
    World world;
    world.letters.facts.settings.retentionTime = Limit<Millis>{Millis{3'600'000}};
    world.letters.facts.partitions.resize(1);
    const auto findings = world.findings();
    QCOMPARE(findings.size(), std::size_t{2});
    QCOMPARE(findings[0].command, u"kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type topics "
                                  "--entity-name orders.DLT --add-config retention.ms=1209600000"_s);
    QCOMPARE(findings[0].id, u"retentionBelowP1:orders:orders.DLT"_s);
    QCOMPARE(findings[1].command,
             u"kafka-topics --bootstrap-server kafka-1:9092 --alter --topic orders.DLT --partitions 3"_s);
    QVERIFY(findings[1].sentence.contains(u"its source orders has 3"));
    World denied;
    denied.letters.facts.settings = {};
    denied.letters.facts.failure = Error{ErrorCode::Unauthorised, u"lacks it; grant it: kafka-acls --add y"_s};
    QCOMPARE(denied.findings().at(0).command, u"kafka-acls --add y"_s);
}

void DoctorTest::aLossSaysWhereAndWhatToDo()
{
    World world;
    world.lost = lostRecords(0);
    DoctorFinding finding = world.findings().at(0);
    QCOMPARE(finding.sentence, u"The broker deleted up to 7 records of orders.DLT before Spillway read them"_s);
    QVERIFY2(finding.evidence.contains(u"partition 2, offsets 3 to 9"), qPrintable(finding.evidence));
    QCOMPARE(finding.command, u"spillwayctl collect"_s); // two weeks are kept already
    world.letters.facts.settings.retentionTime = Limit<Millis>{Millis{8 * day}};
    finding = world.findings().at(0);
    QVERIFY2(finding.command.endsWith(u"--add-config retention.ms=1209600000"), qPrintable(finding.command));
    QVERIFY(finding.remedy.contains(u"collect all the time"));
}

void DoctorTest::errorsComeFirst()
{
    World world;
    world.open = {{.team = {}, .eventType = {}, .open = 1, .oldestAt = {}}};
    world.letters.facts.partitions.resize(1);
    world.letters.facts.settings.compacts = true;
    QStringList found;
    for (const DoctorFinding& finding : world.findings())
        found += doctorRuleWord(finding.rule);
    QCOMPARE(found, (QStringList{u"compacted"_s, u"singlePartition"_s, u"unowned"_s}));
}

void DoctorTest::outputHasEveryField()
{
    World world;
    world.letters.facts.settings.compacts = true;
    const QJsonArray array = QJsonDocument::fromJson(doctorJson(world.findings())).array();
    QCOMPARE(array.size(), 1);
    const QJsonObject finding = array[0].toObject();
    QCOMPARE(finding.keys(), (QStringList{u"command"_s, u"connection"_s, u"evidence"_s, u"id"_s, u"remedy"_s, u"rule"_s,
                                          u"sentence"_s, u"severity"_s, u"subject"_s}));
    QCOMPARE(finding[u"severity"].toString(), u"error"_s);
    QVERIFY(doctorText(world.findings()).startsWith(u"error: orders.DLT is compacted"));
    QCOMPARE(doctorText({}), u"Nothing is wrong with the dead-letter topics.\n"_s);
    QCOMPARE(doctorJson({}), QByteArray("[]"));
}

QTEST_GUILESS_MAIN(DoctorTest)
#include "tst_doctor.moc"
