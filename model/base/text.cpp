// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/base/utf8text.h"

#include <QDateTime>
#include <QTimeZone>

#include <array>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Characters that change how the rest of a line is read, or that cannot be seen.
bool isInvisible(char32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

struct Number
{
    double value = 0;
    QStringView unit;
};

std::optional<Number> splitNumber(QStringView text)
{
    qsizetype end = 0;
    while (end < text.size() && (text[end].isDigit() || text[end] == u'.'))
        ++end;
    bool ok = false;
    const double value = text.first(end).toString().toDouble(&ok);
    if (!ok || !std::isfinite(value))
        return std::nullopt;
    return Number{value, text.sliced(end).trimmed()};
}

} // namespace

bool isUtf8(QByteArrayView bytes)
{
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = p + bytes.size();
    while (p < end) {
        const unsigned char lead = *p++;
        if (lead < 0x80)
            continue;
        int following = 0;
        unsigned char low = 0x80;
        unsigned char high = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            following = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            following = 2;
            if (lead == 0xE0)
                low = 0xA0;
            if (lead == 0xED)
                high = 0x9F;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            following = 3;
            if (lead == 0xF0)
                low = 0x90;
            if (lead == 0xF4)
                high = 0x8F;
        } else {
            return false;
        }
        for (; following > 0; --following) {
            if (p == end || *p < low || *p > high)
                return false;
            low = 0x80;
            high = 0xBF;
            ++p;
        }
    }
    return true;
}

QString visibleText(QStringView text, bool keepLayout)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t c = text[i].unicode();
        qsizetype length = 1;
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            c = QChar::surrogateToUcs4(text[i], text[i + 1]);
            length = 2;
        }
        if (isInvisible(c) && !(keepLayout && (c == U'\n' || c == U'\t')))
            out += u"\\u{"_s + QString::number(c, 16).toUpper().rightJustified(4, u'0') + u'}';
        else
            out += text.sliced(i, length);
        i += length - 1;
    }
    return out;
}

QString visibleBytes(QByteArrayView bytes, bool keepLayout)
{
    return visibleText(exactText(bytes), keepLayout);
}

QString formatUtc(UtcTime time)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC).toString(u"yyyy-MM-ddTHH:mm:ss.zzz"_s) + u'Z';
}

std::optional<UtcTime> parseRfc3339(QByteArrayView text)
{
    // date-time of RFC 3339 §5.6; read by hand because QDateTime takes ISO forms that RFC 3339 does not have.
    const auto digits = [&text](qsizetype at, qsizetype count) -> int {
        if (at + count > text.size())
            return -1;
        int value = 0;
        for (qsizetype i = at; i < at + count; ++i) {
            if (text[i] < '0' || text[i] > '9')
                return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    const auto is = [&text](qsizetype at, char a, char b) {
        return at < text.size() && (text[at] == a || text[at] == b);
    };
    const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
    const int hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
    if (year < 0 || !is(4, '-', '-') || !is(7, '-', '-') || !(is(10, 'T', 't') || is(10, ' ', ' ')) ||
        !is(13, ':', ':') || !is(16, ':', ':') || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 60)
        return std::nullopt;
    const QDate date(year, month, day);
    if (!date.isValid())
        return std::nullopt;
    qsizetype at = 19;
    int millis = 0;
    if (is(at, '.', '.')) {
        qsizetype count = 0;
        for (int weight = 100;
             at + 1 + count < text.size() && text[at + 1 + count] >= '0' && text[at + 1 + count] <= '9'; ++count) {
            millis += (text[at + 1 + count] - '0') * weight;
            weight /= 10;
        }
        if (count == 0)
            return std::nullopt;
        at += 1 + count;
    }
    int offsetMinutes = 0;
    if (is(at, 'Z', 'z')) {
        ++at;
    } else if (is(at, '+', '-')) {
        const int h = digits(at + 1, 2), m = digits(at + 4, 2);
        if (h < 0 || h > 23 || m < 0 || m > 59 || !is(at + 3, ':', ':'))
            return std::nullopt;
        offsetMinutes = (text[at] == '-' ? -1 : 1) * (h * 60 + m);
        at += 6;
    } else {
        return std::nullopt;
    }
    if (at != text.size())
        return std::nullopt;
    const std::int64_t days = QDate(1970, 1, 1).daysTo(date);
    const std::int64_t seconds = days * 86400 + hour * 3600 + (minute - offsetMinutes) * 60 + second;
    return utcFromMs(seconds * 1000 + millis);
}

Result<Millis> parseDuration(QStringView text)
{
    const auto number = splitNumber(text.trimmed());
    static constexpr std::array<std::pair<QStringView, double>, 6> units{
        {{u"ms", 1}, {u"s", 1e3}, {u"m", 6e4}, {u"h", 36e5}, {u"d", 864e5}, {u"w", 6048e5}}};
    if (number) {
        for (const auto& [name, factor] : units) {
            if (number->unit != name)
                continue;
            const double ms = number->value * factor;
            if (ms > 3.2e14) // ten thousand years: beyond any promise, and still exact in a double
                return fail(ErrorCode::InvalidConfig, u"duration too long: %1"_s.arg(visibleText(text)));
            return Millis{std::llround(ms)};
        }
    }
    return fail(
        ErrorCode::InvalidConfig,
        u"'%1' is no duration; write a number with ms, s, m, h, d or w, like 90s or 24h"_s.arg(visibleText(text)));
}

Result<std::int64_t> parseSizeBytes(QStringView text)
{
    const auto number = splitNumber(text.trimmed());
    static constexpr std::array<std::pair<QStringView, double>, 11> units{{{u"", 1},
                                                                           {u"B", 1},
                                                                           {u"kB", 1e3},
                                                                           {u"KB", 1e3},
                                                                           {u"MB", 1e6},
                                                                           {u"GB", 1e9},
                                                                           {u"TB", 1e12},
                                                                           {u"KiB", 1024.0},
                                                                           {u"MiB", 1048576.0},
                                                                           {u"GiB", 1073741824.0},
                                                                           {u"TiB", 1099511627776.0}}};
    if (number) {
        for (const auto& [name, factor] : units) {
            if (number->unit == name && number->value * factor < 9e15)
                return std::llround(number->value * factor);
        }
    }
    return fail(ErrorCode::InvalidConfig,
                u"'%1' is no size; write a number with B, KiB, MiB or GiB, like 10KiB"_s.arg(visibleText(text)));
}

QString formatDuration(Millis duration)
{
    const std::int64_t ms = std::max<std::int64_t>(0, duration.count());
    if (ms == 0)
        return u"0 s"_s;
    if (ms < 1000)
        return u"%1 ms"_s.arg(ms);
    const std::int64_t seconds = ms / 1000;
    const auto two = [](std::int64_t big, const QString& bigUnit, std::int64_t small, const QString& smallUnit) {
        return small == 0 ? u"%1 %2"_s.arg(big).arg(bigUnit)
                          : u"%1 %2 %3 %4"_s.arg(big).arg(bigUnit).arg(small).arg(smallUnit);
    };
    if (seconds < 60)
        return u"%1 s"_s.arg(seconds);
    if (seconds < 3600)
        return two(seconds / 60, u"min"_s, seconds % 60, u"s"_s);
    if (seconds < 86400)
        return two(seconds / 3600, u"h"_s, seconds % 3600 / 60, u"min"_s);
    return two(seconds / 86400, u"d"_s, seconds % 86400 / 3600, u"h"_s);
}

QString formatCount(std::int64_t count)
{
    QString digits = QString::number(count);
    for (qsizetype at = digits.size() - 3; at > (count < 0 ? 1 : 0); at -= 3)
        digits.insert(at, QChar(0x2009));
    return digits;
}

QString formatSizeBytes(std::int64_t bytes)
{
    static constexpr std::array<const char16_t*, 5> units{u"B", u"KiB", u"MiB", u"GiB", u"TiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (std::abs(value) >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    const int decimals = unit == 0 || std::abs(value) >= 100 || value == std::floor(value) ? 0 : 1;
    return u"%1 %2"_s.arg(QString::number(value, 'f', decimals), QStringView(units.at(unit)));
}

} // namespace spillway
