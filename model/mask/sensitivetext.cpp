// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/sensitivetext.h"

#include "model/base/text.h"
#include "model/mask/masker.h"

#include <algorithm>
#include <array>

namespace spillway {

namespace {

using Ranges = std::vector<ByteRange>;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isWord(char c)
{
    return isDigit(c) || isLetter(c);
}
bool isBeyondAscii(char c)
{
    return (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool isOneOf(char c, QByteArrayView set)
{
    return set.indexOf(c) >= 0;
}
char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

void findEmails(QByteArrayView text, Ranges& found)
{
    const auto isLocal = [](char c) { return isWord(c) || isOneOf(c, "._%+-'!#$&*/?^`{|}~") || isBeyondAscii(c); };
    const auto isDomain = [](char c) { return isWord(c) || c == '.' || c == '-' || isBeyondAscii(c); };
    // As it is, and as it stands in addresses and forms.
    const auto signLength = [text](qsizetype at) -> qsizetype {
        return text[at] == '@' ? 1 : text[at] == '%' && text.sliced(at).startsWith("%40") ? 3 : 0;
    };
    qsizetype done = 0; // nothing before it is looked at again
    for (qsizetype sign = 0; sign < text.size(); ++sign) {
        const qsizetype length = signLength(sign);
        if (length == 0)
            continue;
        qsizetype from = sign;
        const qsizetype at = sign + length - 1; // where the sign ends
        while (from > done && isLocal(text[from - 1]))
            --from;
        qsizetype to = at + 1;
        while (to < text.size() && isDomain(text[to]))
            ++to;
        done = at + 1;
        while (to > at + 1 && (text[to - 1] == '.' || text[to - 1] == '-'))
            --to; // a sentence's end
        const QByteArrayView domain = text.sliced(at + 1, to - at - 1);
        bool hasTop = false; // Foo@5e2de80c is an object, lib@1.2.3 a version
        for (qsizetype dot = domain.indexOf('.', 1); dot > 0 && dot + 2 < domain.size();
             dot = domain.indexOf('.', dot + 1)) {
            const char first = domain[dot + 1];
            hasTop = hasTop || ((isLetter(first) || isBeyondAscii(first)) && domain[dot + 2] != '.');
        }
        if (hasTop && from < sign)
            found.push_back({from, to});
    }
}

/// ISO 13616 registry: how long an IBAN of a country is.
int ibanLength(char first, char second)
{
    struct Country
    {
        char code[3];
        int length;
    };
    static constexpr Country countries[] = {
        {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
        {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
        {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
        {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22},
        {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32},
        {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19},
        {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
        {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
        {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23},
        {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}};
    for (const Country& country : countries) {
        if (country.code[0] == upper(first) && country.code[1] == upper(second))
            return country.length;
    }
    return 0;
}

void findIbans(QByteArrayView text, Ranges& found)
{
    for (qsizetype at = 0; at + 15 <= text.size(); ++at) {
        if (!isLetter(text[at]) || !isLetter(text[at + 1]) || !isDigit(text[at + 2]) || !isDigit(text[at + 3]))
            continue;
        const int length = ibanLength(text[at], text[at + 1]);
        std::array<char, 34> letters{};
        int count = 0;
        qsizetype to = at;
        for (; length > 0 && to < text.size() && count < length; ++to) {
            if (isWord(text[to]))
                letters[static_cast<std::size_t>(count++)] = upper(text[to]);
            else if ((text[to] != ' ' && text[to] != '-') || !isWord(text[to - 1]))
                break;
        }
        if (length == 0 || count < length)
            continue;
        int rest = 0; // ISO 7064, mod 97-10: the first four characters go to the end
        for (int i = 0; i < length; ++i) {
            const char c = letters[static_cast<std::size_t>((i + 4) % length)];
            rest = isDigit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
        }
        if (rest == 1)
            found.push_back({at, to});
    }
}

bool isIssued(int count, int head4)
{
    const int head2 = head4 / 100;
    const int head3 = head4 / 10;
    if (head4 / 1000 == 4) // Visa
        return count == 16 || count == 19;
    if ((head2 >= 51 && head2 <= 55) || (head4 >= 2221 && head4 <= 2720)) // Mastercard
        return count == 16;
    if (head2 == 34 || head2 == 37) // American Express
        return count == 15;
    if ((head3 >= 300 && head3 <= 305) || head2 == 36 || head2 == 38 || head2 == 39) // Diners
        return count >= 14 && count <= 19;
    if (head4 == 6011 || head2 == 65 || (head3 >= 644 && head3 <= 649) || head2 == 62) // Discover, UnionPay
        return count >= 16 && count <= 19;
    if (head4 >= 3528 && head4 <= 3589) // JCB
        return count >= 16 && count <= 19;
    return (head2 >= 56 && head2 <= 58) || head2 == 50 ? count >= 15 && count <= 19 : false; // Maestro
}

bool passesLuhn(const std::array<char, 19>& digits, int count)
{
    int sum = 0;
    for (int i = 0; i < count; ++i) {
        int value = digits[static_cast<std::size_t>(count - 1 - i)] - '0';
        if (i % 2 == 1)
            value = value > 4 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

void findCards(QByteArrayView text, Ranges& found)
{
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (!isDigit(text[at]) || (at > 0 && isDigit(text[at - 1])))
            continue;
        if (at > 1 && text[at - 1] == '.' && isDigit(text[at - 2]))
            continue; // the digits after a decimal point
        std::array<char, 19> digits{};
        int count = 0;
        int head = 0;
        qsizetype best = 0;
        for (qsizetype to = at; to < text.size() && count < 19;) {
            if (isDigit(text[to])) {
                digits[static_cast<std::size_t>(count++)] = text[to++];
                if (count == 4)
                    head =
                        (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + digits[3] - '0';
                const bool isEnd = to == text.size() || !isDigit(text[to]);
                const bool isFraction = to + 1 < text.size() && text[to] == '.' && isDigit(text[to + 1]);
                if (count >= 14 && isEnd && !isFraction && isIssued(count, head) && passesLuhn(digits, count))
                    best = to;
            } else if ((text[to] == ' ' || text[to] == '-') && isDigit(text[to - 1])) {
                ++to;
            } else {
                break;
            }
        }
        if (best > 0)
            found.push_back({at, best});
    }
}

void findPhones(QByteArrayView text, Ranges& found)
{
    for (qsizetype at = text.indexOf('+'); at >= 0; at = text.indexOf('+', at + 1)) {
        int count = 0;
        qsizetype best = 0; // end of a group of digits, with 8 to 15 digits so far
        int gap = 0;        // signs since the last digit; two where one is a bracket: `+49 (151) 2345`
        for (qsizetype to = at + 1; to < text.size(); ++to) {
            if (isDigit(text[to])) {
                if (count == 0 && text[to] == '0')
                    break; // no country begins so
                gap = 0;
                const bool isGroupEnd = to + 1 == text.size() || !isDigit(text[to + 1]);
                if (++count > 15)
                    break;
                if (count >= 8 && isGroupEnd)
                    best = to + 1;
            } else if (!isOneOf(text[to], " -.()/") ||
                       (++gap > 1 && (gap > 2 || !(isOneOf(text[to], "()") || isOneOf(text[to - 1], "()"))))) {
                break;
            }
        }
        if (best > 0)
            found.push_back({at, best});
    }
}

void findTokens(QByteArrayView text, Ranges& found)
{
    const auto isTokenByte = [](char c) { return isWord(c) || isOneOf(c, "-._~+/="); };
    // A JWT's first part is base64url of {" and so begins with eyJ.
    for (qsizetype at = text.indexOf("eyJ"); at >= 0; at = text.indexOf("eyJ", at + 1)) {
        qsizetype to = at;
        while (to < text.size() && (isWord(text[to]) || isOneOf(text[to], "-_.=")))
            ++to;
        const QByteArrayView token = text.sliced(at, to - at);
        const qsizetype dot = token.indexOf('.');
        if (dot >= 8 && token.size() - dot > 8)
            found.push_back({at, to});
        at = to - 1;
    }
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] != 'r' && text[at] != 'R' && text[at] != 'c' && text[at] != 'C')
            continue;
        const auto endsWith = [&](QByteArrayView word) {
            return at + 1 >= word.size() &&
                   text.sliced(at + 1 - word.size(), word.size()).compare(word, Qt::CaseInsensitive) == 0;
        };
        if (!endsWith("bearer") && !endsWith("basic"))
            continue;
        qsizetype from = at + 1;
        while (from < text.size() && (isSpace(text[from]) || text[from] == ':') && from - at < 8)
            ++from;
        if (from == at + 1)
            continue;
        qsizetype to = from;
        bool hasSign = false;
        for (; to < text.size() && isTokenByte(text[to]); ++to)
            hasSign = hasSign || !isLetter(text[to]);
        // "Bearer authentication failed" is a sentence
        if (to - from >= 8 && (hasSign || to - from >= 16))
            found.push_back({from, to});
    }
}

bool isNameByte(char c)
{
    return isWord(c) || c == '_' || c == '-';
}

/// The name that ends before `end`, quotes and spaces passed over; empty when there is none.
QByteArrayView nameBefore(QByteArrayView text, qsizetype end)
{
    constexpr qsizetype longestName = 128;
    while (end > 0 && isSpace(text[end - 1]))
        --end;
    while (end > 0 && isOneOf(text[end - 1], "\"'`\\]"))
        --end;
    qsizetype from = end;
    while (from > 0 && end - from <= longestName && isNameByte(text[from - 1]))
        --from;
    return text.sliced(from, end - from);
}

/// The value that begins at or after `from`: within its quotes, or up to a space or a sign that ends it.
ByteRange valueAfter(QByteArrayView text, qsizetype from)
{
    while (from < text.size() && isSpace(text[from]))
        ++from;
    qsizetype open = from;
    while (open < text.size() && text[open] == '\\')
        ++open;
    if (open < text.size() && (text[open] == '"' || text[open] == '\'')) {
        const char quote = text[open];
        const qsizetype slashes = open - from;
        qsizetype to = open + 1;
        for (qsizetype run = 0; to < text.size(); ++to) {
            // More backslashes than before the opening quote: the quote belongs to the value.
            if (text[to] == quote && run <= slashes)
                break;
            run = text[to] == '\\' ? run + 1 : 0;
        }
        while (to > open + 1 && to < text.size() && text[to - 1] == '\\')
            --to;
        return {open + 1, to};
    }
    qsizetype to = from;
    while (to < text.size() && !isSpace(text[to]) && !isOneOf(text[to], ",;&)]}>\"'"))
        ++to;
    return {from, to};
}

/// `<name …>value</name>` with a name that is masked: the value, up to the next tag or through a CDATA section. An
/// element that holds others is not looked through: these have names of their own.
void findElements(QByteArrayView text, const TextRules& rules, Ranges& found)
{
    const auto isNameOfTag = [](char c) { return isNameByte(c) || c == ':' || c == '.'; };
    for (qsizetype at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
        const qsizetype name = at + 1;
        qsizetype to = name;
        while (to < text.size() && isNameOfTag(text[to]))
            ++to;
        const QByteArrayView tag = text.sliced(name, to - name);
        const QByteArrayView local = tag.sliced(tag.lastIndexOf(':') + 1);
        if (local.isEmpty() || !rules.isNamed(comparableName(local)))
            continue;
        while (to < text.size() && text[to] != '>' && text[to] != '<') // attributes
            ++to;
        if (to == text.size() || text[to] == '<' || text[to - 1] == '/')
            continue;
        const qsizetype value = to + 1;
        qsizetype end = value;
        while (end < text.size() && isSpace(text[end]))
            ++end;
        constexpr QByteArrayView section = "<![CDATA[";
        if (text.sliced(end).startsWith(section)) {
            const qsizetype closed = text.indexOf("]]>", end);
            end = closed < 0 ? text.size() : closed + 3;
            found.push_back({value, end});
            at = end - 1; // what is masked is not looked at again
            continue;
        }
        end = text.indexOf('<', end);
        // Only an element ends so: "expected <token> here" is a sentence.
        const QByteArrayView behind = end < 0 ? QByteArrayView() : text.sliced(end);
        if (behind.startsWith("</") && behind.sliced(2).startsWith(tag) && end > value)
            found.push_back({value, end});
    }
}

void findCredentials(QByteArrayView text, const TextRules& rules, Ranges& found)
{
    qsizetype done = 0;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == ':' && text.sliced(at).startsWith("://")) {
            qsizetype to = at + 3;
            qsizetype colon = -1;
            for (; to < text.size() && !isSpace(text[to]) && !isOneOf(text[to], "/?#\"'<>@"); ++to) {
                if (text[to] == ':' && colon < 0)
                    colon = to;
            }
            if (to < text.size() && text[to] == '@' && colon > 0 && colon + 1 < to)
                found.push_back({colon + 1, to});
            at += 2;
            continue;
        }
        if ((text[at] != '=' && text[at] != ':') || at < done)
            continue;
        const QByteArrayView name = nameBefore(text, at);
        if (name.isEmpty() || !rules.isNamed(comparableName(name)))
            continue;
        qsizetype from = at + 1;
        while (from < text.size() && (text[from] == '=' || text[from] == '>')) // ==, =>
            ++from;
        const ByteRange value = valueAfter(text, from);
        done = value.to;
        if (value.to > value.from && text.sliced(value.from, value.to - value.from) != "null")
            found.push_back(value);
    }
}

void findIpAddresses(QByteArrayView text, Ranges& found)
{
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (!isDigit(text[at]) || (at > 0 && (isDigit(text[at - 1]) || text[at - 1] == '.')))
            continue;
        qsizetype to = at;
        int parts = 0;
        for (; parts < 4; ++parts) {
            if (parts > 0 && (to >= text.size() || text[to++] != '.'))
                break;
            int value = 0;
            const qsizetype start = to;
            while (to < text.size() && isDigit(text[to]) && to - start < 4)
                value = value * 10 + (text[to++] - '0');
            if (to == start || value > 255)
                break;
        }
        const bool goesOn = to < text.size() &&
                            (isDigit(text[to]) || (text[to] == '.' && to + 1 < text.size() && isDigit(text[to + 1])));
        if (parts == 4 && !goesOn)
            found.push_back({at, to});
    }
}

/// False when an expression gave up.
bool findCustom(QByteArrayView text, const TextRules& rules, Ranges& found)
{
    const bool isText = isUtf8(text);
    // Bytes that are no UTF-8 are one character each, so that positions stay what they are.
    const QString characters = isText ? QString::fromUtf8(text) : QString::fromLatin1(text);
    for (const CustomPattern& custom : rules.customPatterns) {
        qsizetype bytes = 0; // of the characters before `counted`
        qsizetype counted = 0;
        const auto byteOffset = [&](qsizetype character) {
            bytes += isText ? QStringView(characters).sliced(counted, character - counted).toUtf8().size()
                            : character - counted;
            counted = character;
            return bytes;
        };
        QRegularExpressionMatchIterator matches = custom.expression.globalMatch(characters);
        if (!matches.isValid())
            return false;
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            if (match.capturedLength() == 0)
                continue;
            const qsizetype from = byteOffset(match.capturedStart());
            found.push_back({from, byteOffset(match.capturedEnd())});
        }
        if (!matches.isValid())
            return false;
    }
    return true;
}

/// Ordered; what overlaps or touches is one.
void unite(Ranges& ranges)
{
    std::sort(ranges.begin(), ranges.end(),
              [](const ByteRange& a, const ByteRange& b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); });
    Ranges united;
    for (const ByteRange& range : ranges) {
        if (!united.empty() && range.from <= united.back().to)
            united.back().to = std::max(united.back().to, range.to);
        else
            united.push_back(range);
    }
    ranges = std::move(united);
}

std::optional<Ranges> scanOnce(QByteArrayView text, const TextRules& rules)
{
    bool hasDigit = false, hasSign = false, hasTag = false, hasAt = false;
    for (const char c : text) {
        hasDigit = hasDigit || isDigit(c);
        hasSign = hasSign || c == '=' || c == ':';
        hasTag = hasTag || c == '<';
        hasAt = hasAt || c == '@' || c == '%';
    }
    Ranges found;
    for (const MaskPattern pattern : rules.patterns) {
        switch (pattern) {
        case MaskPattern::Email:
            if (hasAt)
                findEmails(text, found);
            break;
        case MaskPattern::Iban:
            if (hasDigit)
                findIbans(text, found);
            break;
        case MaskPattern::PaymentCard:
            if (hasDigit)
                findCards(text, found);
            break;
        case MaskPattern::Phone:
            findPhones(text, found);
            break;
        case MaskPattern::Token:
            findTokens(text, found);
            break;
        case MaskPattern::Credential:
            if (hasSign)
                findCredentials(text, rules, found);
            if (hasTag)
                findElements(text, rules, found);
            break;
        case MaskPattern::IpAddress4:
            if (hasDigit)
                findIpAddresses(text, found);
            break;
        }
    }
    if (!rules.customPatterns.empty() && !findCustom(text, rules, found))
        return std::nullopt;
    unite(found);
    return found;
}

QByteArray replaced(QByteArrayView text, const Ranges& ranges)
{
    QByteArray out;
    qsizetype at = 0;
    for (const ByteRange& range : ranges) {
        out += text.sliced(at, range.from - at);
        out += maskMark;
        at = range.to;
    }
    out += text.sliced(at);
    return out;
}

/// Turns places in what `replaced` made into places in the text; inside a mark it is the range's start, or its end.
/// Ask in ascending order.
class Places
{
public:
    Places(const Ranges& ranges, bool isEnd)
        : m_ranges(ranges)
        , m_isEnd(isEnd)
    {
    }

    qsizetype inText(qsizetype place)
    {
        for (; m_next < m_ranges.size(); ++m_next) {
            const ByteRange& range = m_ranges[m_next];
            const qsizetype mark = range.from - m_removed;
            if (place <= mark)
                break;
            if (place < mark + maskMark.size())
                return m_isEnd ? range.to : range.from;
            m_removed += range.to - range.from - maskMark.size();
        }
        return place + m_removed;
    }

private:
    const Ranges& m_ranges;
    bool m_isEnd;
    std::size_t m_next = 0;
    qsizetype m_removed = 0; // how much longer the text is than the masked one, up to here
};

} // namespace

bool TextRules::isNamed(QByteArrayView comparable) const
{
    if (names.contains(comparable.toByteArray()))
        return true;
    return std::any_of(nameGlobs.begin(), nameGlobs.end(),
                       [comparable](const QByteArray& glob) { return fitsPattern(comparable, glob); });
}

std::optional<std::vector<ByteRange>> sensitiveRanges(QByteArrayView text, const TextRules& rules)
{
    constexpr int rounds = 6; // two are usual: what is left does not look like a secret more often than that
    std::optional<Ranges> ranges = scanOnce(text, rules);
    if (!ranges || ranges->empty())
        return ranges;
    for (int round = 0; round < rounds; ++round) {
        const std::optional<Ranges> more = scanOnce(replaced(text, *ranges), rules);
        if (!more)
            return std::nullopt;
        Ranges all = *ranges;
        Places starts(*ranges, false), ends(*ranges, true);
        for (const ByteRange& range : *more)
            all.push_back({starts.inText(range.from), ends.inText(range.to)});
        unite(all);
        if (all == *ranges)
            return ranges;
        ranges = std::move(all);
    }
    return Ranges{{0, text.size()}};
}

} // namespace spillway
