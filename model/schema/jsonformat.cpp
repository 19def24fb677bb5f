// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/jsonformat.h"

#include "model/schema/ecmapattern.h"

#include <QRegularExpression>
#include <QString>

#include <algorithm>
#include <array>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array<std::pair<QStringView, JsonFormat>, 14> known{{
    {u"date-time", JsonFormat::DateTime},
    {u"date", JsonFormat::Date},
    {u"time", JsonFormat::Time},
    {u"duration", JsonFormat::Duration},
    {u"email", JsonFormat::Email},
    {u"hostname", JsonFormat::Hostname},
    {u"ipv4", JsonFormat::Ipv4},
    {u"ipv6", JsonFormat::Ipv6},
    {u"uuid", JsonFormat::Uuid},
    {u"uri", JsonFormat::Uri},
    {u"uri-reference", JsonFormat::UriReference},
    {u"json-pointer", JsonFormat::JsonPointer},
    {u"relative-json-pointer", JsonFormat::RelativeJsonPointer},
    {u"regex", JsonFormat::Regex},
}};
constexpr std::array<QStringView, 5> uncheckedStandard{u"idn-email", u"idn-hostname", u"iri", u"iri-reference",
                                                       u"uri-template"};

bool fits(const QRegularExpression& expression, QStringView text)
{
    return expression.match(text).hasMatch();
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

int number(QStringView text)
{
    int value = 0;
    for (const QChar c : text)
        value = value * 10 + (c.unicode() - u'0');
    return value;
}

bool allDigits(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isDigit);
}

bool isDate(QStringView text)
{
    if (text.size() != 10 || text[4] != u'-' || text[7] != u'-' || !allDigits(text.first(4)) ||
        !allDigits(text.sliced(5, 2)) || !allDigits(text.sliced(8, 2)))
        return false;
    const int year = number(text.first(4));
    const int month = number(text.sliced(5, 2));
    const int day = number(text.sliced(8, 2));
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[static_cast<std::size_t>(month - 1)] + (month == 2 && isLeap ? 1 : 0);
}

/// RFC 3339 full-time; a leap second only where it is 23:59:60 in UTC.
bool isTime(QStringView text)
{
    static const QRegularExpression shape(
        uR"(\A([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(?:[zZ]|([+-])([0-9]{2}):([0-9]{2}))\z)"_s);
    const auto match = shape.match(text);
    if (!match.hasMatch())
        return false;
    const int hour = number(match.capturedView(1));
    const int minute = number(match.capturedView(2));
    const int second = number(match.capturedView(3));
    const int offsetHour = number(match.capturedView(6));
    const int offsetMinute = number(match.capturedView(7));
    if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59)
        return false;
    if (second < 60)
        return true;
    const int offset = (offsetHour * 60 + offsetMinute) * (match.capturedView(5) == u"-" ? -1 : 1);
    const int utc = ((hour * 60 + minute - offset) % 1440 + 1440) % 1440;
    return utc == 1439;
}

bool isDateTime(QStringView text)
{
    return text.size() > 11 && (text[10] == u'T' || text[10] == u't') && isDate(text.first(10)) &&
           isTime(text.sliced(11));
}

bool isIpv4(QStringView text)
{
    const auto parts = text.split(u'.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](QStringView part) {
               return part.size() <= 3 && allDigits(part) && number(part) <= 255 &&
                      (part.size() == 1 || part[0] != u'0');
           });
}

bool isIpv6(QStringView text)
{
    static const QRegularExpression group(u"\\A[0-9A-Fa-f]{1,4}\\z"_s);
    if (text.size() > 45)
        return false;
    const qsizetype gap = text.indexOf(u"::");
    if (gap >= 0 && text.indexOf(u"::", gap + 1) >= 0)
        return false;
    int groups = 0;
    const auto count = [&groups](QStringView half, bool isLast) {
        if (half.isEmpty())
            return true;
        const auto parts = half.split(u':');
        for (qsizetype i = 0; i < parts.size(); ++i) {
            if (isLast && i == parts.size() - 1 && parts[i].contains(u'.')) {
                if (!isIpv4(parts[i]))
                    return false;
                groups += 2;
            } else if (fits(group, parts[i])) {
                ++groups;
            } else {
                return false;
            }
        }
        return true;
    };
    if (gap < 0)
        return count(text, true) && groups == 8;
    return count(text.first(gap), false) && count(text.sliced(gap + 2), true) && groups <= 7;
}

bool isHostname(QStringView text)
{
    static const QRegularExpression label(u"\\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\z"_s);
    if (text.isEmpty() || text.size() > 253)
        return false;
    const auto labels = text.split(u'.');
    return std::all_of(labels.begin(), labels.end(), [](QStringView part) { return fits(label, part); });
}

bool isEmail(QStringView text)
{
    static const QRegularExpression local(
        uR"(\A(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"(?:[ !#-\[\]-~]|\\[ -~])*")\z)"_s);
    const qsizetype at = text.lastIndexOf(u'@');
    if (at < 1 || text.size() > 320 || !fits(local, text.first(at)))
        return false;
    const QStringView domain = text.sliced(at + 1);
    if (domain.startsWith(u'[') && domain.endsWith(u']')) {
        const QStringView address = domain.sliced(1, domain.size() - 2);
        return address.startsWith(u"IPv6:") ? isIpv6(address.sliced(5)) : isIpv4(address);
    }
    return isHostname(domain);
}

bool isUri(QStringView text, bool needsScheme)
{
    static const QRegularExpression characters(uR"(\A(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*\z)"_s);
    static const QRegularExpression scheme(uR"(\A([A-Za-z][A-Za-z0-9+.\-]*):)"_s);
    if (!fits(characters, text) || text.count(u'#') > 1)
        return false;
    const auto named = scheme.match(text);
    if (!named.hasMatch()) {
        // A first segment with a colon would be a scheme; one that is none is wrong.
        const QStringView segment = text.first(std::min<qsizetype>(
            text.size(),
            static_cast<qsizetype>(
                std::find_if(text.begin(), text.end(), [](QChar c) { return c == u'/' || c == u'?' || c == u'#'; }) -
                text.begin())));
        if (needsScheme || segment.contains(u':'))
            return false;
    }
    QStringView rest = named.hasMatch() ? text.sliced(named.capturedLength()) : text;
    QStringView authority;
    if (rest.startsWith(u"//")) {
        rest = rest.sliced(2);
        const auto end =
            std::find_if(rest.begin(), rest.end(), [](QChar c) { return c == u'/' || c == u'?' || c == u'#'; });
        authority = rest.first(end - rest.begin());
        rest = rest.sliced(end - rest.begin());
    }
    if (rest.contains(u'[') || rest.contains(u']'))
        return false;
    if (authority.isNull())
        return true;
    const qsizetype user = authority.lastIndexOf(u'@');
    if (user >= 0 && (authority.first(user).contains(u'[') || authority.first(user).contains(u'@')))
        return false;
    QStringView host = authority.sliced(user + 1);
    if (host.startsWith(u'[')) {
        const qsizetype close = host.indexOf(u']');
        if (close < 0)
            return false;
        const QStringView address = host.sliced(1, close - 1);
        static const QRegularExpression future(uR"(\Av[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+\z)"_s);
        host = host.sliced(close + 1);
        return (isIpv6(address) || fits(future, address)) &&
               (host.isEmpty() || (host[0] == u':' && (host.size() == 1 || allDigits(host.sliced(1)))));
    }
    if (host.contains(u'[') || host.contains(u']') || host.count(u':') > 1)
        return false;
    const qsizetype port = host.indexOf(u':');
    return port < 0 || port + 1 == host.size() || allDigits(host.sliced(port + 1));
}

} // namespace

std::optional<JsonFormat> jsonFormatFromName(QStringView name)
{
    for (const auto& [word, format] : known) {
        if (word == name)
            return format;
    }
    return std::nullopt;
}

bool isStandardFormat(QStringView name)
{
    return jsonFormatFromName(name) ||
           std::find(uncheckedStandard.begin(), uncheckedStandard.end(), name) != uncheckedStandard.end();
}

std::optional<bool> hasJsonFormat(std::string_view utf8, JsonFormat format)
{
    const QString text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
    switch (format) {
    case JsonFormat::DateTime:
        return isDateTime(text);
    case JsonFormat::Date:
        return isDate(text);
    case JsonFormat::Time:
        return isTime(text);
    case JsonFormat::Duration: {
        static const QRegularExpression duration(
            uR"(\AP(?:[0-9]+W|(?=.)(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)?(?:T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))?)\z)"_s);
        return fits(duration, text);
    }
    case JsonFormat::Email:
        return isEmail(text);
    case JsonFormat::Hostname:
        return isHostname(text);
    case JsonFormat::Ipv4:
        return isIpv4(text);
    case JsonFormat::Ipv6:
        return isIpv6(text);
    case JsonFormat::Uuid: {
        static const QRegularExpression uuid(
            u"\\A[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\\z"_s);
        return fits(uuid, text);
    }
    case JsonFormat::Uri:
        return isUri(text, true);
    case JsonFormat::UriReference:
        return isUri(text, false);
    case JsonFormat::JsonPointer: {
        static const QRegularExpression pointer(u"\\A(?:/(?:[^/~]|~0|~1)*)*\\z"_s,
                                                QRegularExpression::DotMatchesEverythingOption);
        return fits(pointer, text);
    }
    case JsonFormat::RelativeJsonPointer: {
        static const QRegularExpression pointer(u"\\A(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^/~]|~0|~1)*)*)\\z"_s);
        return fits(pointer, text);
    }
    case JsonFormat::Regex:
        if (translateEcmaPattern(text))
            return true;
        // PCRE2 refuses it as it stands: no dialect would take it. Else we are not sure.
        return QRegularExpression(text).isValid() ? std::nullopt : std::optional(false);
    }
    return std::nullopt;
}

} // namespace spillway
