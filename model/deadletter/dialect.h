// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/headervalue.h"
#include "model/deadletter/innerpayload.h"
#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QRegularExpression>
#include <QString>

#include <algorithm>
#include <map>
#include <vector>

/// A framework's way to write dead letters, as data: one file in resources/dialects/. The words of such a file are the
/// names below; `readDialect` names every mistake with what to write instead.
namespace spillway {

/// What a header can tell.
enum class DialectField {
    OriginTopic,
    OriginPartition,
    OriginOffset,
    OriginTimestamp,
    ConsumerGroup,
    ErrorClass, ///< as the framework names it, perhaps a wrapper
    CauseClass, ///< one level below
    ErrorMessage,
    CauseMessage,
    Stack,
    Stage,
    Attempts,
    DeadLetteredAt,
    FirstFailedAt,
    OriginTimestampType,
};

/// One header that tells a field.
struct FieldRule
{
    QByteArray header;
    HeaderType type = HeaderType::Text;
    std::int64_t add = 0; ///< added to a number: -1 where the header counts the next try
    friend bool operator==(const FieldRule&, const FieldRule&) = default;
};

/// A header that tells no field, and how to show it.
struct OtherHeader
{
    QByteArray header;
    HeaderType type = HeaderType::Text;
    bool isTime = false; ///< its number is milliseconds since 1970
    friend bool operator==(const OtherHeader&, const OtherHeader&) = default;
};

/// All of these headers together make the dialect this likely.
struct DetectionRule
{
    std::vector<QByteArray> all;
    double confidence = 0; ///< over 0, up to 1
    friend bool operator==(const DetectionRule&, const DetectionRule&) = default;
};

struct Dialect
{
    enum class End { First, Last };
    enum class LetterTime {
        Record, ///< the record's timestamp is the time of dead-lettering
        Source, ///< the record keeps its source's timestamp; only a broker's LogAppendTime tells more
        Unknown,
    };
    enum class StackFormat { Java, Other };
    /// What data cannot say.
    enum class Code {
        SpringFailedMessage, ///< group and attempts stand inside `failedMessage=` on the stack's first line
        SpringHopsByChannel, ///< one set of origin headers may be an older hop's than the error (hopreader.h)
        SpringThrownAt,      ///< its TimestampedException tells in the stack when the failure was
        PulsarTopic,         ///< `persistent://tenant/namespace/orders-partition-2` tells topic and partition
        KafkaTopicAddress,   ///< `kafka://topic/orders` is the topic's address; any other tells none
        MassTransitAddress,  ///< `loopback://localhost/kafka/orders`, `topic:orders`; any other may be a queue's
    };

    QString id;
    bool isOwn = false; ///< of a workspace
    QString name;
    std::vector<DetectionRule> detect;
    End newest = End::Last;                                ///< of repeated headers; the origin stands at the other end
    std::map<DialectField, std::vector<FieldRule>> fields; ///< alternatives, first that is there
    std::vector<QByteArray> errorStart; ///< headers that open a failure's block: fields are read block by block
    QStringList wrappers;               ///< classes the framework puts around what was thrown
    std::vector<QRegularExpression>
        messagePrefixes;            ///< what the framework puts before a message; anchored, taken off repeatedly
    bool messageMayBeClass = false; ///< an error without message says its class instead
    LetterTime letterTime = LetterTime::Unknown;
    StackFormat stackFormat = StackFormat::Java;
    std::optional<PayloadPlace> payload; ///< of letters that are envelopes; nullopt: the payload is the record's
    bool pointerWhenEmpty = false;       ///< no key and no value: the record stayed at its origin
    QStringList internalTopicSuffixes;   ///< origins that a framework empties itself: nothing to replay to
    std::vector<Code> code;
    std::vector<OtherHeader> otherHeaders; ///< that tell no field; only for showing them
    std::vector<QByteArray> strip;         ///< left out on replay; `*` at the end takes a prefix

    [[nodiscard]] bool isWrapper(const QString& className) const { return wrappers.contains(className); }
    [[nodiscard]] bool isInternalTopic(const QString& topic) const
    {
        return std::any_of(internalTopicSuffixes.begin(), internalTopicSuffixes.end(),
                           [&](const QString& suffix) { return topic.endsWith(suffix); });
    }
};

/// Reads one dialect file. Every mistake is named with what to write instead; unknown keys are mistakes.
/// @param name  for messages: the file's name.
[[nodiscard]] Result<Dialect> readDialect(const QByteArray& json, const QString& name);
/// The same with all mistakes at once, each with its place.
[[nodiscard]] Checked<Dialect> checkDialect(const QByteArray& json, const QString& file);

} // namespace spillway
