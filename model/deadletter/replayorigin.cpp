// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/replayorigin.h"

#include "model/deadletter/sqltext.h"
#include "model/store/database.h"

#include <algorithm>
#include <limits>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QByteArrayView letterForm("letter:");
constexpr qsizetype longestValue = 512; // a Kafka topic name has at most 249 characters
constexpr qsizetype longestTopic = 249;
constexpr std::size_t mostKnown = 1'000;

std::optional<qint64> wholeNumber(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 19 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool isNumber = false;
    const qint64 number = text.toByteArray().toLongLong(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

/// Kafka's own rule.
bool canBeTopic(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= longestTopic && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-';
           });
}

} // namespace

QByteArray replayOfValue(const ReplayOrigin& origin)
{
    QByteArray value = origin.at.topic.toUtf8() + '/' + QByteArray::number(origin.at.partition) + '/' +
                       QByteArray::number(static_cast<qlonglong>(origin.offset.value));
    if (origin.timestamp)
        value += '@' + QByteArray::number(static_cast<qlonglong>(toMs(*origin.timestamp)));
    return value;
}

QByteArray replayOfLetterValue(const ReplayOrigin& letter)
{
    return letterForm.toByteArray() + replayOfValue(letter);
}

std::optional<ReplayOrigin> parseReplayOf(QByteArrayView value)
{
    if (value.size() > longestValue)
        return std::nullopt;
    const qsizetype beforeOffset = value.lastIndexOf('/');
    const qsizetype beforePartition = beforeOffset > 0 ? value.first(beforeOffset).lastIndexOf('/') : -1;
    if (beforePartition <= 0 || !canBeTopic(value.first(beforePartition)))
        return std::nullopt;
    QByteArrayView offsetText = value.sliced(beforeOffset + 1);
    ReplayOrigin origin;
    if (const qsizetype at = offsetText.indexOf('@'); at >= 0) {
        const std::optional<qint64> timestamp = wholeNumber(offsetText.sliced(at + 1));
        if (!timestamp)
            return std::nullopt;
        origin.timestamp = utcFromMs(*timestamp);
        offsetText = offsetText.first(at);
    }
    const std::optional<qint64> offset = wholeNumber(offsetText);
    const std::optional<qint64> partition =
        wholeNumber(value.sliced(beforePartition + 1, beforeOffset - beforePartition - 1));
    if (!offset || !partition || *partition > std::numeric_limits<int>::max())
        return std::nullopt;
    origin.at = TopicPartition{QString::fromLatin1(value.first(beforePartition)), static_cast<int>(*partition)};
    origin.offset = Offset{*offset};
    return origin;
}

bool isReplayOf(QByteArrayView value)
{
    if (value.startsWith(letterForm))
        value = value.sliced(letterForm.size());
    return parseReplayOf(value).has_value();
}

struct ReplayTargets::Reader
{
    Database database;
};

ReplayTargets::ReplayTargets(QString samplesFile)
    : m_file(std::move(samplesFile))
{
}

ReplayTargets::~ReplayTargets() = default;

bool ReplayTargets::sentTo(const QByteArray& jobId, const QString& topic)
{
    if (m_known.contains({jobId, topic}))
        return true;
    if (!m_reader) {
        auto database = Database::open(m_file, Database::Access::Reader);
        if (!database)
            return false; // what cannot be looked up is not believed
        m_reader = std::make_unique<Reader>(Reader{std::move(*database)});
    }
    const auto isTarget = m_reader->database.query<bool>([&](SQLite::Database& db) {
        SQLite::Statement select(db, "SELECT EXISTS (SELECT 1 FROM replay_job j, json_each(j.targets) t"
                                     " WHERE j.job_id = ? AND t.value = ?)");
        sql::bind(select, 1, QString::fromUtf8(jobId));
        sql::bind(select, 2, topic);
        select.executeStep();
        return select.getColumn(0).getInt() != 0;
    });
    if (!isTarget || !*isTarget)
        return false;
    if (m_known.size() >= mostKnown)
        m_known.clear();
    m_known.emplace(jobId, topic);
    return true;
}

void nameFirstPlace(LetterFacts& facts, const QString& channel, ReplayTargets* targets)
{
    if (!facts.replayId || !facts.replayOf)
        return;
    const auto first = parseReplayOf(*facts.replayOf);
    if (!first || first->at.topic == channel)
        return;
    if (facts.originTopic && *facts.originTopic != first->at.topic &&
        !(targets && targets->sentTo(*facts.replayId, *facts.originTopic)))
        return;
    if (facts.originTopic == first->at.topic && facts.originPartition == first->at.partition &&
        facts.originOffset == first->offset)
        return; // no copy: the letter tells the same place
    if (facts.originTopic) {
        facts.deliveredTopic = facts.originTopic;
        facts.deliveredPartition = facts.originPartition;
        facts.deliveredOffset = facts.originOffset;
        facts.deliveredTimestamp = facts.originTimestamp;
    }
    facts.originTopic = first->at.topic;
    facts.originPartition = first->at.partition;
    facts.originOffset = first->offset;
    facts.originTimestamp = first->timestamp;
}

} // namespace spillway
