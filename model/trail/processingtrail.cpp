// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/processingtrail.h"

#include "model/base/text.h"
#include "model/deadletter/jsonlookup.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestClass = 500;

std::optional<JsonScalar> field(QByteArrayView json, const QString& name)
{
    return jsonValue(json, {{.key = name, .index = {}}});
}

QString outcome(const ProcessingRecord& record)
{
    const QString took = record.latencyMs < 0
                             ? u"a time that cannot be"_s
                             : formatDuration(Millis{static_cast<std::int64_t>(std::min(record.latencyMs, 1e15))});
    switch (record.status) {
    case ProcessingStatus::Success:
        return u"%1 handled it in %2"_s.arg(record.consumerService, took);
    case ProcessingStatus::Failed:
        return u"%1 failed after %2"_s.arg(record.consumerService, took);
    case ProcessingStatus::DeadLettered:
        return u"%1 set it aside as a dead letter after %2"_s.arg(record.consumerService, took);
    }
    return {};
}

} // namespace

ProcessingTrail::ProcessingTrail(const TrailMatcher& matcher, std::set<QByteArray> ids, std::optional<UtcTime> since)
    : m_matcher(matcher)
    , m_ids(std::move(ids))
    , m_since(since)
{
}

/// Most records name none of them: those are not parsed. Where the record escapes a character, an id may be written
/// otherwise than it is.
bool ProcessingTrail::namesAnId(QByteArrayView json) const
{
    const bool mayName =
        !m_ids.empty() && (json.contains('\\') || std::any_of(m_ids.begin(), m_ids.end(), [json](const QByteArray& id) {
                               return json.contains(id);
                           }));
    if (!mayName)
        return false;
    for (const QString& name : {u"event_id"_s, u"trace_id"_s}) {
        const auto value = field(json, name);
        if (value && (value->type == JsonScalar::Type::Text || value->type == JsonScalar::Type::Number) &&
            m_ids.contains(value->text.toUtf8()))
            return true;
    }
    return false;
}

std::optional<TrailEntry> ProcessingTrail::entryOf(const RawRecord& record, const QString& connection,
                                                   const QString& channel, bool isFile)
{
    if (!record.value)
        return std::nullopt;
    const QByteArrayView json(*record.value);
    std::optional<TrailMatch> match = m_matcher.match(record, channel);
    if (!match && namesAnId(json))
        match = TrailMatch{TrailMatch::By::Link, {}};
    if (!match)
        return std::nullopt;
    const auto read = m_reader.read(json);
    if (!read || (m_since && read->processedAt < *m_since))
        return std::nullopt;
    QString summary = outcome(*read);
    if (const auto error = field(json, u"error_class"_s); error && error->type == JsonScalar::Type::Text)
        summary += u", "_s + error->text.left(longestClass);
    if (const auto attempt = field(json, u"attempt"_s); attempt && attempt->type == JsonScalar::Type::Number)
        summary += u", attempt "_s + attempt->text.left(20);
    return TrailEntry{.kind = TrailEntry::Kind::Processing,
                      .at = read->processedAt,
                      .time = TrailTime::Processed,
                      .notAfter = {},
                      .connection = connection,
                      .channel = channel,
                      .partition = isFile ? std::nullopt : std::optional(record.at.partition),
                      .offset = record.offset,
                      .eventType = read->eventType,
                      .key = record.key,
                      .summary = summary,
                      .match = *match,
                      .letterId = {},
                      .jobId = {},
                      .isRead = true};
}

} // namespace spillway
