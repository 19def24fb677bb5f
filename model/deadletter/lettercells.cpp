// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettercells.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/utf8text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

LetterCell cell(const std::optional<QString>& text)
{
    return text ? LetterCell(*text) : LetterCell();
}
LetterCell cell(const std::optional<int>& number)
{
    return number ? LetterCell(std::int64_t{*number}) : LetterCell();
}
LetterCell cell(const std::optional<UtcTime>& time)
{
    return time ? LetterCell(*time) : LetterCell();
}

/// A NUL is UTF-8 and yet no text that a table file can hold.
bool isCellText(const QByteArray& bytes)
{
    return isUtf8(bytes) && !bytes.contains('\0');
}
LetterCell asText(const std::optional<QByteArray>& bytes)
{
    return bytes && isCellText(*bytes) ? LetterCell(exactText(*bytes)) : LetterCell();
}
LetterCell asBase64(const std::optional<QByteArray>& bytes)
{
    return bytes && !isCellText(*bytes) ? LetterCell(QString::fromLatin1(bytes->toBase64())) : LetterCell();
}

QString headersJson(const Headers& headers)
{
    JsonWriter json;
    json.beginArray();
    for (const Header& header : headers)
        json.beginObject().bytesField(u"name", header.name).bytesField(u"value", header.value).endObject();
    json.endArray();
    return QString::fromUtf8(json.json());
}

} // namespace

const QStringList& letterColumnNames()
{
    static const QStringList names{u"id"_s,
                                   u"connection"_s,
                                   u"channel"_s,
                                   u"partition"_s,
                                   u"offset"_s,
                                   u"key"_s,
                                   u"keyBase64"_s,
                                   u"eventType"_s,
                                   u"consumer"_s,
                                   u"team"_s,
                                   u"errorClass"_s,
                                   u"rootCauseClass"_s,
                                   u"errorMessage"_s,
                                   u"kind"_s,
                                   u"dialect"_s,
                                   u"originTopic"_s,
                                   u"originPartition"_s,
                                   u"originOffset"_s,
                                   u"originTimestamp"_s,
                                   u"deliveredTopic"_s,
                                   u"deliveredPartition"_s,
                                   u"deliveredOffset"_s,
                                   u"deliveredTimestamp"_s,
                                   u"consumerGroup"_s,
                                   u"attempts"_s,
                                   u"deadLetteredAt"_s,
                                   u"firstSeenAt"_s,
                                   u"state"_s,
                                   u"assignee"_s,
                                   u"group"_s,
                                   u"sizeBytes"_s,
                                   u"headers"_s,
                                   u"value"_s,
                                   u"valueBase64"_s,
                                   u"stack"_s,
                                   u"erased"_s};
    return names;
}

std::vector<LetterCell> letterCells(const DeadLetter& letter)
{
    const LetterFacts& facts = letter.facts;
    const RawRecord& record = letter.record;
    return {letter.id,
            letter.connection,
            record.at.topic,
            std::int64_t{record.at.partition},
            record.offset.value,
            asText(record.key),
            asBase64(record.key),
            cell(letter.eventType),
            cell(letter.consumer),
            cell(letter.team),
            cell(facts.errorClass),
            cell(facts.rootCauseClass),
            cell(facts.errorMessage),
            failureKindWord(letter.kind),
            facts.dialect,
            cell(facts.originTopic),
            cell(facts.originPartition),
            facts.originOffset ? LetterCell(facts.originOffset->value) : LetterCell(),
            cell(facts.originTimestamp),
            cell(facts.deliveredTopic),
            cell(facts.deliveredPartition),
            facts.deliveredOffset ? LetterCell(facts.deliveredOffset->value) : LetterCell(),
            cell(facts.deliveredTimestamp),
            cell(facts.consumerGroup),
            cell(facts.attempts),
            cell(facts.deadLetteredAt),
            letter.firstSeenAt,
            triageStateWord(letter.state),
            cell(letter.assignee),
            letter.group,
            letter.sizeBytes,
            headersJson(record.headers),
            asText(record.value),
            asBase64(record.value),
            cell(stackText(record, facts)),
            letter.erased ? LetterCell(letter.erased->toString()) : LetterCell()};
}

QByteArray csvLine(const std::vector<LetterCell>& cells)
{
    struct Writer
    {
        QByteArray operator()(std::monostate) const { return {}; }
        QByteArray operator()(std::int64_t number) const { return QByteArray::number(qint64{number}); }
        QByteArray operator()(UtcTime time) const { return formatUtc(time).toLatin1(); }
        QByteArray operator()(const QString& text) const
        {
            QByteArray bytes = text.toUtf8();
            bytes.replace('"', "\"\"");
            const bool isFormula = !text.isEmpty() && QStringView(u"=+-@\t\r").contains(text.front());
            return (isFormula ? "\"'" : "\"") + bytes + '"';
        }
    };
    QByteArray line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0)
            line += ',';
        line += std::visit(Writer{}, cells[i]);
    }
    return line + "\r\n";
}

} // namespace spillway
