// SPDX-License-Identifier: GPL-3.0-or-later
// Dead letters that the frameworks themselves wrote to a real broker: read by us, each tells what its framework tells,
// and nothing else.
#include "model/deadletter/dialectregistry.h"
#include "tests/app/ctl/ctl.h"
#include "tests/connectors/kafka/bench.h"
#include "tests/frameworks/expectedletters.h"
#include "tests/support/folders.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <map>
#include <stdexcept>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// One run of a maker; made when first asked for.
class MadeLetters
{
public:
    explicit MadeLetters(const QString& maker)
        : m_prefix(uniqueName(maker))
    {
        const ProcessOutput made =
            runProcess(sourceFile(u"packaging/peers"_s), {u"letters"_s, maker, Peers::kafka411().bootstrap(), m_prefix},
                       {}, 300'000);
        if (made.exitCode != 0 || !made.out.endsWith("done\n"))
            throw std::runtime_error((maker + u" made no letters: "_s).toStdString() +
                                     made.err.right(4000).toStdString());
        QStringList topics;
        for (const ExpectedLetter& letter : lettersOf(maker))
            topics += name(letter.topic);
        topics.removeDuplicates();
        for (const QString& topic : topics)
            m_ours.insert({topic, follow(topic)});
    }

    [[nodiscard]] const QString& prefix() const { return m_prefix; }
    /// A topic or group of this run; those that a framework composes hold the prefix as %1.
    [[nodiscard]] QString name(const QString& shortName) const
    {
        return shortName.contains(u"%1"_s) ? QString(shortName).replace(u"%1"_s, m_prefix)
                                           : m_prefix + u'.' + shortName;
    }
    /// As our own source reads it, by partition and offset.
    [[nodiscard]] const std::vector<RawRecord>& records(const QString& topic) const { return m_ours.at(topic); }

private:
    [[nodiscard]] static std::vector<RawRecord> follow(const QString& topic)
    {
        Surroundings surroundings;
        const KafkaConnection connection = surroundings.connect(plainSettings(Peers::kafka411().bootstrap()));
        const auto source = connection.recordSource();
        const auto bounds = source->bounds({{.topic = topic, .pattern = {}}}, {});
        if (!bounds || !bounds->failures.empty())
            throw std::runtime_error("no bounds of " + topic.toStdString());
        std::vector<Position> start;
        std::map<TopicPartition, Offset> left;
        for (const PartitionBounds& each : bounds->partitions) {
            start.push_back({each.at, each.logStart});
            if (each.lastStable > each.logStart)
                left[each.at] = each.lastStable;
        }
        if (!source->assign(start))
            throw std::runtime_error("cannot follow " + topic.toStdString());
        std::vector<RawRecord> records;
        QDeadlineTimer deadline(60'000);
        while (!left.empty()) {
            auto batch = source->poll(1 << 20, Millis(1'000), {});
            if (!batch || deadline.hasExpired())
                throw std::runtime_error("cannot read " + topic.toStdString());
            std::move(batch->records.begin(), batch->records.end(), std::back_inserter(records));
            for (const Position& each : batch->positions) {
                if (const auto end = left.find(each.at); end != left.end() && each.next >= end->second)
                    left.erase(end);
            }
        }
        std::sort(records.begin(), records.end(), [](const RawRecord& a, const RawRecord& b) {
            return std::pair(a.at, a.offset) < std::pair(b.at, b.offset);
        });
        return records;
    }

    QString m_prefix;
    std::map<QString, std::vector<RawRecord>> m_ours;
};

const MadeLetters& made(const QString& maker)
{
    static std::map<QString, MadeLetters> all;
    const auto found = all.find(maker);
    return found != all.end() ? found->second : all.emplace(maker, MadeLetters(maker)).first->second;
}

std::optional<QString> named(const MadeLetters& run, const std::optional<QString>& shortName)
{
    return shortName ? std::optional(run.name(*shortName)) : std::nullopt;
}

bool isInOrder(const Headers& own, const Headers& all)
{
    std::size_t at = 0;
    for (const Header& header : all) {
        if (at < own.size() && header == own[at])
            ++at;
    }
    return at == own.size();
}

QByteArray text(const std::optional<QString>& value)
{
    return value ? value->toUtf8() : QByteArray("(unknown)");
}

/// Compares and says both sides, `(unknown)` where nothing is told.
#define TELLS(actual, expected)                                                                                        \
    EXPECT((actual) == (expected), QByteArray(#actual " is ") + text(actual) + ", expected " + text(expected))

} // namespace

class FrameworkLettersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bytesAreTheBrokers_data();
    void bytesAreTheBrokers();
    void aLetterTellsThisAndNoMore_data();
    void aLetterTellsThisAndNoMore();
    void collectedAndListed();

private:
    DialectRegistry m_dialects;
};

void FrameworkLettersTest::initTestCase()
{
    auto bundled = DialectRegistry::bundled();
    QVERIFY(bundled.has_value());
    m_dialects = std::move(*bundled);
}

void FrameworkLettersTest::bytesAreTheBrokers_data()
{
    QTest::addColumn<QString>("maker");
    for (const QString& maker : makers())
        QTest::newRow(qPrintable(maker)) << maker;
}

void FrameworkLettersTest::bytesAreTheBrokers()
{
    QFETCH(QString, maker);
    const MadeLetters& run = made(maker);
    for (const ExpectedLetter& letter : lettersOf(maker)) {
        const QString topic = run.name(letter.topic);
        const std::vector<RawRecord> theirs = readTopic(Peers::kafka411().bootstrap(), topic);
        QVERIFY(!theirs.empty());
        QVERIFY(run.records(topic).size() <= theirs.size());
        for (const RawRecord& ours : run.records(topic))
            QVERIFY(std::find(theirs.begin(), theirs.end(), ours) != theirs.end());
    }
}

void FrameworkLettersTest::aLetterTellsThisAndNoMore_data()
{
    QTest::addColumn<QString>("maker");
    QTest::addColumn<int>("index");
    for (const QString& maker : makers()) {
        const std::vector<ExpectedLetter> letters = lettersOf(maker);
        for (std::size_t i = 0; i < letters.size(); ++i)
            QTest::newRow(qPrintable(maker + u": "_s + letters[i].name)) << maker << static_cast<int>(i);
    }
}

void FrameworkLettersTest::aLetterTellsThisAndNoMore()
{
    QFETCH(QString, maker);
    QFETCH(int, index);
    const MadeLetters& run = made(maker);
    const ExpectedLetter expected = lettersOf(maker)[static_cast<std::size_t>(index)];

    std::vector<const RawRecord*> candidates;
    for (const RawRecord& record : run.records(run.name(expected.topic))) {
        if (m_dialects.read(record).originTopic == named(run, expected.origin))
            candidates.push_back(&record);
    }
    EXPECT(candidates.size() > static_cast<std::size_t>(expected.nth),
           "no such letter in " + run.name(expected.topic).toUtf8());
    const RawRecord& record = *candidates[static_cast<std::size_t>(expected.nth)];
    const LetterFacts facts = m_dialects.read(record);

    TELLS(std::optional(facts.dialect), std::optional(expected.dialect));
    QVERIFY(facts.confidence > 0.9);
    TELLS(facts.consumerGroup, named(run, expected.group));
    TELLS(facts.errorClass, expected.errorClass);
    TELLS(facts.rootCauseClass, expected.rootCause);
    if (expected.message && expected.message->endsWith(u'*'))
        EXPECT(facts.errorMessage && facts.errorMessage->startsWith(expected.message->chopped(1)),
               text(facts.errorMessage));
    else
        TELLS(facts.errorMessage, expected.message);
    TELLS(facts.stage, expected.stage);
    QCOMPARE(facts.attempts, expected.attempts);
    QCOMPARE(facts.isPointer, expected.isPointer);
    QCOMPARE(facts.originIsInternal, expected.isInternal);
    QCOMPARE(stackText(record, facts).has_value(), expected.hasStack);
    QCOMPARE(facts.deadLetteredAt,
             expected.deadLettered == ExpectedLetter::Time::Record ? record.timestamp : std::nullopt);
    QVERIFY(!facts.replayId && !facts.replayGeneration && !facts.replayOf);

    // Copied byte for byte into a topic with a name of its own, it tells the same.
    RawRecord parked = record;
    parked.at.topic = run.prefix() + u".parking"_s;
    const LetterFacts there = m_dialects.read(parked);
    TELLS(there.consumerGroup, facts.consumerGroup);
    QCOMPARE(there, facts);

    if (!expected.origin) {
        QVERIFY(!facts.originPartition && !facts.originOffset && !facts.originTimestamp);
        return;
    }
    QVERIFY(facts.originPartition && facts.originOffset);
    if (expected.isInternal)
        return; // its record may be gone already
    const std::vector<RawRecord> sources = readTopic(Peers::kafka411().bootstrap(), run.name(*expected.origin));
    QCOMPARE(sources.size(), std::size_t{1});
    const RawRecord& source = sources.front();
    QCOMPARE(*facts.originPartition, source.at.partition);
    QCOMPARE(*facts.originOffset, source.offset);
    QCOMPARE(facts.originTimestamp,
             expected.originTime == ExpectedLetter::OriginTime::Source ? source.timestamp : std::nullopt);
    QVERIFY(isInOrder(source.headers, record.headers));
    if (expected.isPointer) {
        QVERIFY(!record.key && !record.value);
        return;
    }
    QCOMPARE(record.key, source.key);
    QCOMPARE(record.value, expected.rewritten ? expected.rewritten : source.value);
}

void FrameworkLettersTest::collectedAndListed()
{
    Scene scene;
    QStringList topics;
    for (const QString& maker : makers()) {
        for (const ExpectedLetter& letter : lettersOf(maker))
            topics += u"  - topic: "_s + made(maker).name(letter.topic);
    }
    topics.removeDuplicates();
    scene.write(u"spillway.yaml"_s, workspaceText({{u"orders"_s, Peers::kafka411().bootstrap(),
                                                    QStringList{u"dead_letters:"_s} + topics}}));
    EXPECT_EXIT(scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const CtlOutput list = scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s});
    EXPECT_EXIT(list, 0);
    const std::vector<QJsonObject> rows = list.lines();

    const auto orNull = [](const std::optional<QString>& value) { return value ? QJsonValue(*value) : QJsonValue(); };
    for (const QString& maker : makers()) {
        const MadeLetters& run = made(maker);
        for (const ExpectedLetter& expected : lettersOf(maker)) {
            const bool isListed = std::any_of(rows.begin(), rows.end(), [&](const QJsonObject& row) {
                const QString message = row[u"errorMessage"_s].toString();
                const bool saysSo = expected.message && expected.message->endsWith(u'*')
                                        ? message.startsWith(expected.message->chopped(1))
                                        : row[u"errorMessage"_s] == orNull(expected.message);
                return row[u"channel"_s].toString() == run.name(expected.topic) && saysSo &&
                       row[u"dialect"_s].toString() == expected.dialect &&
                       row[u"originTopic"_s] == orNull(named(run, expected.origin)) &&
                       row[u"errorClass"_s] == orNull(expected.errorClass) &&
                       row[u"rootCauseClass"_s] == orNull(expected.rootCause) &&
                       integer(row[u"attempts"_s]) ==
                           (expected.attempts ? std::optional<qint64>(*expected.attempts) : std::nullopt) &&
                       row[u"deadLetteredAt"_s].isNull() == (expected.deadLettered == ExpectedLetter::Time::Untold);
            });
            EXPECT(isListed, (maker + u": "_s + expected.name).toUtf8());
        }
    }

    // Where a framework counts its deliveries one by one, each is a hop, and the times that it tells stand beside them.
    QStringList dialects;
    for (const QJsonObject& row : rows) {
        const QString dialect = row[u"dialect"_s].toString();
        if (dialect != u"spring-retrytopic"_s && dialect != u"smallrye-delayed-retry"_s)
            continue;
        const CtlOutput shown = scene.ctl({u"dlq"_s, u"show"_s, row[u"id"_s].toString(), u"--json"_s});
        EXPECT_EXIT(shown, 0);
        const QJsonObject letter = shown.lines().front();
        const QJsonArray hops = letter[u"hops"_s].toArray();
        EXPECT(hops.size() == row[u"attempts"_s].toInt(), shown.out);
        EXPECT(hops.last().toObject()[u"errorClass"_s] == row[u"errorClass"_s], shown.out);
        EXPECT(hops.first().toObject()[u"topic"_s] == row[u"originTopic"_s], shown.out);
        EXPECT(hops.size() == 1 || hops.last().toObject()[u"topic"_s] != row[u"originTopic"_s], shown.out);
        const bool isFirstTold = !letter[u"firstFailedAt"_s].isNull();
        const bool isLastTold = !hops.last().toObject()[u"at"_s].isNull();
        // Spring stamps what a listener threw, since 2.8; bytes that cannot be read never come to one.
        const bool isTimeless = row[u"channel"_s].toString().contains(u"spring-2.7"_s) ||
                                row[u"errorClass"_s].toString().endsWith(u"DeserializationException"_s);
        EXPECT(isFirstTold == (!isTimeless && (dialect == u"smallrye-delayed-retry"_s || hops.size() == 1)), shown.out);
        EXPECT(dialect == u"smallrye-delayed-retry"_s || isLastTold != isTimeless, shown.out);
        dialects += dialect;
    }
    EXPECT(dialects.contains(u"spring-retrytopic"_s) && dialects.contains(u"smallrye-delayed-retry"_s),
           dialects.join(u' ').toUtf8());
}

CTL_TEST_MAIN(FrameworkLettersTest)
#include "tst_frameworkletters.moc"
