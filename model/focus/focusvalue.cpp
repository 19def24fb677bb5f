// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/focus/focusvalue.h"

#include "model/base/text.h"

#include <QDateTime>
#include <QTimeZone>

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

qsizetype digitsFrom(QByteArrayView text, qsizetype at)
{
    qsizetype end = at;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end;
}

/// Reads an object whatever its size; `judge` sees each key and value and may say what is wrong.
template<typename Judge>
QString readObject(QByteArrayView text, Judge judge)
{
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    const simdjson::padded_string padded(text.data(), static_cast<std::size_t>(text.size()));
    if (parser.parse(padded).get(root) != simdjson::SUCCESS)
        return u"it is no JSON"_s;
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return u"it is no JSON object"_s;
    std::set<std::string_view> keys;
    for (const auto field : object) {
        if (!keys.insert(field.key).second)
            return u"a key stands in it twice"_s;
        if (QString fault = judge(field.key, field.value); !fault.isEmpty())
            return fault;
    }
    return {};
}

} // namespace

std::optional<double> focusNumber(QByteArrayView text)
{
    qsizetype at = text.startsWith('-') ? 1 : 0;
    const qsizetype whole = digitsFrom(text, at);
    qsizetype digits = whole - at;
    at = whole;
    if (at < text.size() && text[at] == '.') {
        const qsizetype end = digitsFrom(text, at + 1);
        digits += end - at - 1;
        at = end;
    }
    if (digits == 0)
        return std::nullopt;
    if (at < text.size() && (text[at] == 'E' || text[at] == 'e')) {
        qsizetype exponent = at + 1;
        if (exponent < text.size() && text[exponent] == '-')
            ++exponent;
        at = digitsFrom(text, exponent);
        if (at == exponent)
            return std::nullopt;
    }
    if (at != text.size())
        return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

bool isDressedNumber(QByteArrayView text)
{
    QByteArray bare;
    for (const char c : text) {
        if (isDigit(c) || c == '.' || c == '-' || c == 'E' || c == 'e')
            bare += c;
        else if (c != ',' && c != '+' && c != '%' && c != '$' && c != ' ' && c != '\'' && (c & 0x80) == 0)
            return false;
    }
    return focusNumber(bare).has_value();
}

std::optional<UtcTime> focusInstant(QByteArrayView text)
{
    static constexpr QByteArrayView form = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != form.size())
        return std::nullopt;
    for (qsizetype i = 0; i < form.size(); ++i) {
        if (form[i] == 'd' ? !isDigit(text[i]) : text[i] != form[i])
            return std::nullopt;
    }
    constexpr qsizetype secondsAt = 17;
    if (text[secondsAt] == '6' && !text.sliced(11).startsWith("23:59:60"))
        return std::nullopt; // only a day's last minute may have a second more
    return parseRfc3339(text);
}

bool isFocusUnit(QByteArrayView text)
{
    qsizetype at = digitsFrom(text, 0);
    if (at > 0) {
        if (at == text.size() || text[at] != ' ')
            return false;
        ++at;
    }
    bool isWordStart = true;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        const bool isUpper = c >= 'A' && c <= 'Z';
        const bool isLetter = isUpper || (c >= 'a' && c <= 'z');
        if (isWordStart && !isUpper && !isDigit(c))
            return false;
        if (!isLetter && !isDigit(c) && c != '-' && c != '/' && c != ' ')
            return false;
        isWordStart = c == '-' || c == '/' || c == ' ';
    }
    return !text.isEmpty() && !isWordStart;
}

bool isPlaceholder(QByteArrayView text)
{
    static constexpr const char* words[] = {"n/a", "na", "none", "nil", "-", "not available", "unspecified"};
    const QByteArray lower = text.toByteArray().trimmed().toLower();
    return std::any_of(std::begin(words), std::end(words), [&](const char* word) { return lower == word; });
}

QString jsonObjectFault(QByteArrayView text, bool mustBeFlat)
{
    return readObject(text, [mustBeFlat](std::string_view, simdjson::dom::element value) {
        return mustBeFlat && (value.is_object() || value.is_array()) ? u"a value in it is an object or an array"_s
                                                                     : QString();
    });
}

QString allocationFault(QByteArrayView text, std::optional<double>& ratio)
{
    ratio.reset();
    double sum = 0;
    bool hasElements = false;
    const auto judgeElements = [&](const simdjson::dom::element& value) -> QString {
        simdjson::dom::array elements;
        if (value.get(elements) != simdjson::SUCCESS)
            return u"Elements is no array"_s;
        for (const auto element : elements) {
            double one = 0;
            simdjson::dom::object object;
            if (element.get(object) != simdjson::SUCCESS || object["AllocatedRatio"].get(one) != simdjson::SUCCESS)
                return u"an entry of Elements has no number AllocatedRatio"_s;
            const bool hasQuantity = object["UsageQuantity"].error() == simdjson::SUCCESS;
            if (hasQuantity && object["UsageUnit"].error() != simdjson::SUCCESS)
                return u"an entry of Elements has a UsageQuantity without a UsageUnit"_s;
            if (one < 0 || one > 1)
                return u"an AllocatedRatio is not between 0 and 1"_s;
            sum += one;
        }
        return {};
    };
    QString fault = readObject(text, [&](std::string_view key, simdjson::dom::element value) {
        if (key == "Elements") {
            hasElements = true;
            return judgeElements(value);
        }
        return key.starts_with("x_") ? QString() : u"a key in it is neither Elements nor begins with x_"_s;
    });
    if (fault.isEmpty() && !hasElements)
        fault = u"it has no Elements"_s;
    if (fault.isEmpty())
        ratio = sum;
    return fault;
}

} // namespace spillway
