// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletter.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/base/wordtable.h"

#include <QCryptographicHash>
#include <QList>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<FailureKind, 4> kindWords{{
    {FailureKind::Transient, u"transient"},
    {FailureKind::Schema, u"schema"},
    {FailureKind::Business, u"business"},
    {FailureKind::Unknown, u"unknown"},
}};

constexpr WordTable<TriageState, 10> stateWords{{
    {TriageState::New, u"new"},
    {TriageState::Assigned, u"assigned"},
    {TriageState::Parked, u"parked"},
    {TriageState::Archived, u"archived"},
    {TriageState::Planned, u"planned"},
    {TriageState::Sent, u"sent"},
    {TriageState::Resolved, u"resolved"},
    {TriageState::FailedAgain, u"failedAgain"},
    {TriageState::Unknown, u"unknown"},
    {TriageState::Lost, u"lost"},
}};

} // namespace

QString failureKindWord(FailureKind kind)
{
    return wordOf(kindWords, kind);
}

QString triageStateWord(TriageState state)
{
    return wordOf(stateWords, state);
}

std::optional<FailureKind> failureKindFromWord(QStringView word)
{
    return valueOf(kindWords, word);
}

std::optional<TriageState> triageStateFromWord(QStringView word)
{
    return valueOf(stateWords, word);
}

bool isOpen(TriageState state)
{
    return state != TriageState::Archived && state != TriageState::Resolved && state != TriageState::Lost;
}

std::optional<QString> stackText(const RawRecord& record, const LetterFacts& facts)
{
    if (facts.stackHeader && *facts.stackHeader >= 0 &&
        static_cast<std::size_t>(*facts.stackHeader) < record.headers.size()) {
        const auto& value = record.headers[static_cast<std::size_t>(*facts.stackHeader)].value;
        return value ? std::optional(exactText(*value)) : std::nullopt;
    }
    return facts.stack;
}

QString channelTag(const QString& clusterId, const QString& channel)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QByteArray& part : {clusterId.toUtf8(), channel.toUtf8()}) {
        const qint64 length = qToBigEndian(qint64{part.size()});
        hash.addData(QByteArrayView(reinterpret_cast<const char*>(&length), sizeof length));
        hash.addData(part);
    }
    return QString::fromLatin1(hash.result().first(4).toHex());
}

QString letterId(const QString& clusterId, const TopicPartition& at, Offset offset, std::uint64_t digest)
{
    return u"%1-%2-%3-%4"_s.arg(channelTag(clusterId, at.topic))
        .arg(at.partition)
        .arg(offset.value)
        .arg(digest >> 32U, 8, 16, QChar(u'0'));
}

std::optional<LetterAddress> parseLetterId(QStringView id)
{
    const QList<QStringView> parts = id.split(u'-');
    if (parts.size() != 4 || parts[0].size() != 8 || parts[3].size() != 8)
        return std::nullopt;
    const auto isHex = [](QStringView text) {
        return std::all_of(text.begin(), text.end(),
                           [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
    };
    bool isPartition = false;
    bool isOffset = false;
    bool isDigest = false;
    LetterAddress address{.channelTag = parts[0].toString(),
                          .partition = parts[1].toInt(&isPartition),
                          .offset = Offset{parts[2].toLongLong(&isOffset)},
                          .digestHead = parts[3].toUInt(&isDigest, 16)};
    if (!isPartition || !isOffset || !isDigest || !isHex(parts[0]) || !isHex(parts[3]) || address.offset.value < 0)
        return std::nullopt;
    return address;
}

QString LetterErasure::toString() const
{
    return u"erased by %1 on %2: %3"_s.arg(by, formatUtc(at), reason);
}

} // namespace spillway
