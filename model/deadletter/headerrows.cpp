// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/headerrows.h"

#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestShown = 4096;

struct Meaning
{
    HeaderType type = HeaderType::Text;
    bool isTime = false;
};

std::optional<Meaning> meaningOf(const QByteArray& name, const Dialect& dialect)
{
    for (const auto& [field, rules] : dialect.fields) {
        for (const FieldRule& rule : rules) {
            if (rule.header == name)
                return Meaning{rule.type, field == DialectField::OriginTimestamp ||
                                              field == DialectField::DeadLetteredAt ||
                                              field == DialectField::FirstFailedAt};
        }
    }
    for (const OtherHeader& other : dialect.otherHeaders) {
        if (other.header == name)
            return Meaning{other.type, other.isTime};
    }
    return std::nullopt;
}

HeaderRow shown(const Header& header, const Dialect* dialect)
{
    HeaderRow row;
    row.name = visibleBytes(header.name);
    if (!header.value) {
        row.form = HeaderRow::Form::Null;
        return row;
    }
    const QByteArray& value = *header.value;
    row.sizeBytes = value.size();
    const auto meaning = dialect ? meaningOf(header.name, *dialect) : std::nullopt;
    if (meaning && meaning->type != HeaderType::Text) {
        if (const auto number = decodeInteger(value, meaning->type)) {
            const auto time = meaning->isTime ? asTime(number) : std::nullopt;
            row.form = time ? HeaderRow::Form::Time : HeaderRow::Form::Number;
            row.value = time ? formatUtc(*time) : QString::number(*number);
            const bool isSpelled =
                meaning->type == HeaderType::Time || decodeInteger(value, HeaderType::Decimal) == number;
            const QString bytes = isSpelled ? visibleBytes(value) : u"0x"_s + QString::fromLatin1(value.toHex());
            row.bytes = bytes == row.value ? QString() : bytes;
            return row;
        }
    }
    const QByteArrayView part = QByteArrayView(value).first(std::min(value.size(), longestShown));
    if (isUtf8(value) && !value.contains(char(0))) { // text holds no zero byte; a number does
        row.value = visibleBytes(part);
        if (row.value.endsWith(QChar(QChar::ReplacementCharacter)) && part.size() < value.size())
            row.value.chop(1); // the cut fell inside a character
    } else {
        row.form = HeaderRow::Form::Bytes;
        row.value = QString::fromLatin1(part.toByteArray().toHex(' '));
    }
    if (part.size() < value.size())
        row.value += u'…';
    return row;
}

} // namespace

std::vector<HeaderRow> headerRows(const Headers& headers, const Dialect* dialect)
{
    std::vector<HeaderRow> rows;
    for (const Header& header : headers) {
        rows.push_back(shown(header, dialect));
        rows.back().isError =
            dialect && std::any_of(dialect->strip.begin(), dialect->strip.end(), [&](const QByteArray& pattern) {
                return pattern.endsWith('*') ? header.name.startsWith(QByteArrayView(pattern).chopped(1))
                                             : header.name == pattern;
            });
    }
    return rows;
}

std::optional<QString> decodedText(const HeaderRow& row)
{
    if (row.form != HeaderRow::Form::Number && row.form != HeaderRow::Form::Time)
        return std::nullopt;
    return row.bytes.isEmpty() ? row.value : u"%1 (%2)"_s.arg(row.value, row.bytes);
}

std::optional<QString> decodedText(const Header& header, const Dialect* dialect)
{
    return decodedText(shown(header, dialect));
}

} // namespace spillway
