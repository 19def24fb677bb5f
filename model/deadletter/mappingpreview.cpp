// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/mappingpreview.h"

#include "model/base/text.h"
#include "model/deadletter/innerpayload.h"
#include "model/workspace/mappingedit.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostOfAKind = 200;
constexpr qsizetype mostPayloadBytes = 1 << 20;
constexpr int deepest = 12;
constexpr int deepestInner = 4; // an envelope has its payload near
constexpr qsizetype longestText = 80;

QString shown(const QString& text)
{
    const QString visible = visibleText(text.left(4 * longestText));
    return visible.size() <= longestText ? visible : visible.left(longestText - 1) + u'…';
}

QString pointerPart(QString key)
{
    return u'/' + key.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
}

QString innerSample(const QJsonValue& value)
{
    if (value.isString())
        return value.toString();
    const QJsonDocument document = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return QString::fromUtf8(document.toJson(QJsonDocument::Compact).left(4 * longestText));
}

/// Of a payload that is not too large and is JSON.
std::optional<QJsonValue> jsonOf(const RawRecord& letter)
{
    if (!letter.value || letter.value->size() > mostPayloadBytes)
        return std::nullopt;
    const QJsonDocument payload = QJsonDocument::fromJson(*letter.value);
    return payload.isArray() ? QJsonValue(payload.array()) : QJsonValue(payload.object());
}

class CandidateList
{
public:
    void note(FieldSource::From from, const QString& text, const QString& sample)
    {
        for (std::size_t i = 0; i < m_candidates.size(); ++i) {
            MappingCandidate& known = m_candidates[i];
            if (known.source.from == from && known.source.text == text) {
                known.letters += m_lastLetter[i] == m_letter ? 0 : 1; // a repeated header is one letter's
                m_lastLetter[i] = m_letter;
                return;
            }
        }
        const auto ofAKind = std::count_if(m_candidates.begin(), m_candidates.end(),
                                           [&](const MappingCandidate& each) { return each.source.from == from; });
        if (static_cast<std::size_t>(ofAKind) >= mostOfAKind)
            return;
        m_candidates.push_back({{from, text}, 1, shown(sample)});
        m_lastLetter.push_back(m_letter);
    }
    void noteJson(const QJsonValue& value, const QString& pointer, int depth)
    {
        if (depth > deepest)
            return;
        if (value.isObject()) {
            const QJsonObject object = value.toObject();
            for (auto field = object.begin(); field != object.end(); ++field)
                noteJson(field.value(), pointer + pointerPart(field.key()), depth + 1);
        } else if (value.isArray()) {
            if (const QJsonArray array = value.toArray(); !array.isEmpty())
                noteJson(array.first(), pointer + u"/0"_s, depth + 1);
        } else if (!value.isNull()) {
            note(FieldSource::From::Payload, pointer, value.toVariant().toString());
        }
    }
    /// Also what is no single value, for a payload within.
    void noteInner(const QJsonValue& value, const QString& pointer, int depth)
    {
        if (depth > deepestInner)
            return;
        if (!pointer.isEmpty() && (value.isObject() || value.isArray() || value.isString()))
            note(FieldSource::From::Payload, pointer, innerSample(value));
        const QJsonObject object = value.toObject();
        for (auto field = object.begin(); field != object.end(); ++field)
            noteInner(field.value(), pointer + pointerPart(field.key()), depth + 1);
    }
    std::vector<MappingCandidate> take()
    {
        std::stable_sort(
            m_candidates.begin(), m_candidates.end(),
            [](const MappingCandidate& a, const MappingCandidate& b) { return a.source.from < b.source.from; });
        return std::move(m_candidates);
    }
    void nextLetter() { ++m_letter; }

private:
    std::vector<MappingCandidate> m_candidates;
    std::vector<int> m_lastLetter; // by candidate: the last that had it
    int m_letter = 0;
};

std::optional<QString> numberText(const std::optional<std::int64_t>& number)
{
    return number ? std::optional(QString::number(*number)) : std::nullopt;
}

std::optional<QString> timeText(const std::optional<UtcTime>& time)
{
    return time ? std::optional(formatUtc(*time)) : std::nullopt;
}

std::optional<QString> fieldText(const QString& field, const RawRecord& record, const LetterFacts& facts)
{
    const auto text = [](const std::optional<QString>& value) {
        return value ? std::optional(shown(*value)) : std::nullopt;
    };
    if (field == u"error_class"_s)
        return text(facts.errorClass);
    if (field == u"error_message"_s)
        return text(facts.errorMessage);
    if (field == u"stack"_s)
        return text(stackText(record, facts));
    if (field == u"origin_topic"_s)
        return text(facts.originTopic);
    if (field == u"origin_partition"_s)
        return numberText(facts.originPartition);
    if (field == u"origin_offset"_s)
        return numberText(facts.originOffset ? std::optional(facts.originOffset->value) : std::nullopt);
    if (field == u"origin_timestamp"_s)
        return timeText(facts.originTimestamp);
    if (field == u"consumer"_s)
        return text(facts.mappedConsumer);
    if (field == u"consumer_group"_s)
        return text(facts.consumerGroup);
    if (field == u"event_type"_s)
        return text(facts.mappedEventType);
    if (field == u"attempts"_s)
        return numberText(facts.attempts);
    return timeText(facts.deadLetteredAt);
}

} // namespace

std::vector<MappingCandidate> mappingCandidates(const std::vector<RawRecord>& letters)
{
    CandidateList candidates;
    for (const RawRecord& letter : letters) {
        candidates.nextLetter();
        for (const Header& header : letter.headers) {
            // A mapping names a header as text.
            if (header.value && isUtf8(header.name) && !header.name.isEmpty())
                candidates.note(FieldSource::From::Header, QString::fromUtf8(header.name),
                                visibleBytes(header.value->left(4 * longestText)));
        }
        if (const auto payload = jsonOf(letter))
            candidates.noteJson(*payload, {}, 0);
    }
    return candidates.take();
}

std::vector<MappingCandidate> payloadCandidates(const std::vector<RawRecord>& letters)
{
    CandidateList candidates;
    for (const RawRecord& letter : letters) {
        candidates.nextLetter();
        if (const auto payload = jsonOf(letter))
            candidates.noteInner(*payload, {}, 0);
    }
    auto found = candidates.take();
    std::stable_sort(found.begin(), found.end(), [](const MappingCandidate& a, const MappingCandidate& b) {
        return a.source.text.count(u'/') < b.source.text.count(u'/');
    });
    return found;
}

std::vector<MappingPreviewRow> previewMapping(const std::vector<RawRecord>& letters, const DeadLetterMapping& mapping,
                                              const DialectRegistry& dialects)
{
    std::vector<MappingPreviewRow> rows;
    const QString byMapping = u"mapping"_s;
    const bool isMapped = !mapping.empty();
    for (const RawRecord& letter : letters) {
        const LetterFacts facts = dialects.read(letter, isMapped ? &mapping : nullptr);
        MappingPreviewRow row{.letter = u"p%1 @ %2"_s.arg(letter.at.partition).arg(letter.offset.value),
                              .readBy = facts.dialect == byMapping ? QString() : facts.dialect,
                              .fields = {},
                              .payload = std::nullopt,
                              .payloadFault = {}};
        for (const QString& field : mappingFieldNames())
            row.fields.push_back(fieldText(field, letter, facts));
        if (const auto place = dialects.payloadPlace(facts.dialect, isMapped ? &mapping : nullptr)) {
            if (const auto inner = innerPayload(letter.value, *place))
                row.payload = shown(visibleBytes(inner->bytes.left(4 * longestText)));
            else
                row.payloadFault = inner.error().detail;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<std::pair<QString, int>> sureDialects(const std::vector<RawRecord>& letters,
                                                  const DialectRegistry& dialects)
{
    std::map<QString, int> counts;
    for (const RawRecord& letter : letters) {
        const auto fitting = dialects.fitting(letter.headers);
        const bool isSure = std::any_of(fitting.begin(), fitting.end(),
                                        [](const DialectMatch& match) { return match.confidence >= sureOfLetter; });
        if (isSure)
            ++counts[dialects.read(letter).dialect];
    }
    std::vector<std::pair<QString, int>> most(counts.begin(), counts.end());
    std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return most;
}

} // namespace spillway
