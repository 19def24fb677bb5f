// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/messagefold.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestRead = 4096;
constexpr qsizetype longestToken = 120; // what is longer is no word: a token, base64, a payload
constexpr std::size_t mostFoldings = 100;
constexpr qsizetype longestIdentifier = 64;
constexpr qsizetype shortestPadded = 10; // base64 of eight bytes without its two signs
constexpr qsizetype longestBehind = 30;  // more than any of behindNames and a space

bool isDigit(char16_t c)
{
    return c >= u'0' && c <= u'9';
}
bool isLetter(char16_t c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= 0x80 && c != 0xA0);
}
bool isHexDigit(char16_t c)
{
    return isDigit(c) || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}
bool isBase64(char16_t c)
{
    return (isLetter(c) && c < 0x80) || isDigit(c) || c == u'+' || c == u'/' || c == u'-' || c == u'_';
}
bool isSpace(char16_t c)
{
    return c <= u' ' || c == 0x7F || c == 0xA0;
}
/// Opening quotes and what closes them; typographic ones are no apostrophes.
constexpr std::pair<char16_t, char16_t> quotes[] = {{u'\'', u'\''}, {u'"', u'"'}, {u'`', u'`'}, {u'‘', u'’'},
                                                    {u'“', u'”'},   {u'„', u'“'}, {u'«', u'»'}};
/// Its place in `quotes`; their number for what opens none.
std::size_t quoteIndex(char16_t c)
{
    return static_cast<std::size_t>(
        std::find_if(std::begin(quotes), std::end(quotes), [c](const auto& quote) { return quote.first == c; }) -
        std::begin(quotes));
}
bool isQuote(char16_t c)
{
    return quoteIndex(c) < std::size(quotes);
}
/// What an apostrophe may stand between. Placeholders count: what was a digit is one after folding.
bool isWordEdge(char16_t c)
{
    return isLetter(c) || isDigit(c) || c == u'_' || c == u'<' || c == u'>';
}
/// Ends a token.
bool isDelimiter(char16_t c)
{
    static constexpr auto ascii = [] {
        std::array<bool, 128> ends{};
        for (char16_t space = 0; space <= u' '; ++space)
            ends[space] = true;
        for (const char16_t mark : std::u16string_view(u"()[]{}<>,;=|\"'`!?\x7F"))
            ends[mark] = true;
        return ends;
    }();
    if (c < ascii.size())
        return ascii[c];
    switch (c) {
    case u'‘':
    case u'“':
    case u'„':
    case u'«':
    case u'…': // of a message that was cut
        return true;
    default:
        return isSpace(c);
    }
}
bool endsUrl(char16_t c)
{
    return isSpace(c) || isQuote(c) || c == u'<' || c == u'>';
}
template<typename Test>
bool all(QStringView text, Test test)
{
    return std::all_of(text.begin(), text.end(), [&](QChar c) { return test(c.unicode()); });
}
template<typename Test>
bool any(QStringView text, Test test)
{
    return std::any_of(text.begin(), text.end(), [&](QChar c) { return test(c.unicode()); });
}

/// 8-4-4-4-12 hex digits, of which one is a digit.
bool isUuid(QStringView token)
{
    if (token.size() != 36 || !any(token, isDigit))
        return false;
    for (qsizetype i = 0; i < token.size(); ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        if (isDash ? token[i] != u'-' : !isHexDigit(token[i].unicode()))
            return false;
    }
    return true;
}

/// `2026-11-21…`, `2026/11/21…`, `05:28:45…`
bool isTime(QStringView token)
{
    const auto fits = [&](QStringView shape) {
        if (token.size() < shape.size())
            return false;
        for (qsizetype i = 0; i < shape.size(); ++i) {
            if (shape[i] == u'0' ? !isDigit(token[i].unicode()) : token[i] != shape[i])
                return false;
        }
        return true;
    };
    return fits(u"0000-00-00") || fits(u"0000/00/00") || fits(u"00:00:00");
}

/// A sign, digits with points or commas between, an exponent.
bool isNumber(QStringView token)
{
    qsizetype at = !token.isEmpty() && (token[0] == u'-' || token[0] == u'+') ? 1 : 0;
    if (at >= token.size() || !isDigit(token[at].unicode()))
        return false;
    while (at < token.size() && (isDigit(token[at].unicode()) || token[at] == u'.' || token[at] == u','))
        ++at;
    if (at < token.size() && (token[at] == u'e' || token[at] == u'E')) {
        ++at;
        if (at < token.size() && (token[at] == u'-' || token[at] == u'+'))
            ++at;
        if (at == token.size())
            return false;
        while (at < token.size() && isDigit(token[at].unicode()))
            ++at;
    }
    if (at < token.size() && token[at] == u'%')
        ++at;
    return at == token.size();
}

/// Up to three digits, or more of them in groups of three: `1`, `-12,345`.
bool isGroupedDigits(QStringView token)
{
    if (!token.isEmpty() && (token[0] == u'-' || token[0] == u'+'))
        token = token.sliced(1);
    const qsizetype comma = token.indexOf(u',');
    const QStringView first = token.first(comma < 0 ? token.size() : comma);
    return !first.isEmpty() && first.size() <= 3 && all(first, isDigit);
}

/// `/var/x.txt`, `C:\\data\\x`: paths of files even without a digit; not `/order/amount`, a JSON pointer.
bool isFilePath(QStringView token)
{
    while (!token.isEmpty() && (token.back() == u'.' || token.back() == u':'))
        token.chop(1);
    if (token.count(u'\\') >= 2)
        return true;
    const qsizetype name = token.lastIndexOf(u'/') + 1;
    const qsizetype dot = token.lastIndexOf(u'.');
    const QStringView ending = dot > name ? token.sliced(dot + 1) : QStringView();
    return token.startsWith(u'/') && token.count(u'/') >= 2 && !ending.isEmpty() && ending.size() <= 5 &&
           all(ending, isLetter);
}

bool isEmail(QStringView token)
{
    const qsizetype at = token.indexOf(u'@', 1);
    if (at < 0)
        return false;
    for (qsizetype dot = token.indexOf(u'.', at + 2); dot >= 0 && dot + 1 < token.size();
         dot = token.indexOf(u'.', dot + 1)) {
        if (isLetter(token[dot + 1].unicode()))
            return true;
    }
    return false;
}

/// Letters of a name that a program gave: no digit, no space, nothing beyond ASCII.
bool isNameLetter(char16_t c)
{
    return c < 0x80 && (isLetter(c) || c == u'_');
}

/// `customer_id`, `order.amount`, `/order/items`, `x-region`, `java.lang.String`, `items[].sku`
bool isIdentifier(QStringView text)
{
    if (text.isEmpty() || text.size() > longestIdentifier || !any(text, isNameLetter))
        return false;
    return all(text, [](char16_t c) {
        return isNameLetter(c) || c == u'.' || c == u'/' || c == u'-' || c == u'$' || c == u'[' || c == u']';
    });
}

/// A name that only a program gives, whatever stands around it: words in lower case joined by `_`, or written together
/// with a capital each (`customer_id`, `customerId`), also along a path. Names of people and values are not so.
bool isProgramsName(QStringView text)
{
    bool isJoined = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text[i].unicode();
        const char16_t before = i > 0 ? text[i - 1].unicode() : u'.';
        const bool isStart = before == u'.' || before == u'/';
        const bool isLower = c >= u'a' && c <= u'z';
        if (isStart && !isLower && c != u'/')
            return false;
        if (c == u'_' || (c >= u'A' && c <= u'Z')) {
            if (!(before >= u'a' && before <= u'z'))
                return false;
            isJoined = true;
        } else if (!isLower && c != u'.' && c != u'/') {
            return false;
        }
    }
    return isJoined && text.back() != u'_';
}

/// The word before a quoted name that says it is one.
bool saysNameFollows(QStringView word)
{
    static constexpr QStringView words[] = {
        u"argument", u"attribute", u"class",     u"column", u"element",  u"field",    u"header",   u"member", u"method",
        u"missing",  u"param",     u"parameter", u"path",   u"property", u"required", u"relation", u"table",  u"type"};
    return std::any_of(std::begin(words), std::end(words),
                       [&](QStringView one) { return one.compare(word, Qt::CaseInsensitive) == 0; });
}

/// What may stand behind a quoted name and says that it is one, words apart by one space.
constexpr QStringView behindNames[] = {u"is a required property",
                                       u"is required",
                                       u"is missing",
                                       u"is mandatory",
                                       u"is not a known field",
                                       u"must not be null",
                                       u"must not be blank",
                                       u"must not be empty",
                                       u"may not be null",
                                       u"may not be blank",
                                       u"may not be empty",
                                       u"cannot be null",
                                       u"field",
                                       u"property",
                                       u"column",
                                       u"attribute",
                                       u"parameter",
                                       u"header"};

class Folder
{
public:
    Folder(QStringView text, std::vector<Folding>* foldings)
        : m_text(text.first(std::min(text.size(), longestRead)))
        , m_foldings(foldings)
    {
        m_out.reserve(longestFolded);
    }

    QString run()
    {
        qsizetype at = 0;
        while (at < m_text.size() && !m_isFull) {
            const char16_t c = m_text[at].unicode();
            if (isSpace(c)) {
                m_hasSpace = !m_out.isEmpty();
                ++at;
            } else if (isQuote(c)) {
                at = quoted(at);
            } else if (isDelimiter(c)) {
                put(m_text.sliced(at, 1));
                ++at;
            } else {
                qsizetype end = at + 1;
                while (end < m_text.size() && !isDelimiter(m_text[end].unicode()))
                    ++end;
                const QStringView word = m_text.sliced(at, end - at);
                if (word.contains(u'/') && word.contains(QStringView(u"://"))) {
                    while (end < m_text.size() && !endsUrl(m_text[end].unicode()))
                        ++end;
                }
                end = wholeToken(at, end);
                token(m_text.sliced(at, end - at), at == 0 || m_text[at - 1] != u'>');
                at = end;
            }
        }
        return std::move(m_out);
    }

private:
    /// Folding is finished when the piece would not fit: it is cut between pieces, so that what is left folds to
    /// itself.
    void put(QStringView piece)
    {
        const qsizetype size = m_out.size() + (m_hasSpace ? 1 : 0) + piece.size();
        if (m_isFull || size > longestFolded - 1) {
            if (!m_isFull)
                m_out += u'…';
            m_isFull = true;
            return;
        }
        if (m_hasSpace)
            m_out += u' ';
        m_hasSpace = false;
        m_out += piece;
    }
    void fold(QStringView from, QStringView placeholder)
    {
        put(placeholder);
        if (m_foldings && !m_isFull && m_foldings->size() < mostFoldings)
            m_foldings->push_back(
                {from.first(std::min<qsizetype>(from.size(), 80)).toString(), placeholder.toString()});
    }

    /// Behind what belongs to the token although it delimits others: thousands of a number, the padding of base64.
    [[nodiscard]] qsizetype wholeToken(qsizetype at, qsizetype end) const
    {
        const auto isDigitAt = [this](qsizetype place) {
            return place < m_text.size() && isDigit(m_text[place].unicode());
        };
        while (end < m_text.size() && m_text[end] == u',' && isGroupedDigits(m_text.sliced(at, end - at)) &&
               isDigitAt(end + 1) && isDigitAt(end + 2) && isDigitAt(end + 3) && !isDigitAt(end + 4)) {
            end += 4;
            while (end < m_text.size() && !isDelimiter(m_text[end].unicode()))
                ++end;
        }
        qsizetype behind = end;
        while (behind < m_text.size() && behind < end + 2 && m_text[behind] == u'=')
            ++behind;
        const bool isPadding = behind > end && end - at >= shortestPadded &&
                               (behind == m_text.size() || isDelimiter(m_text[behind].unicode())) &&
                               (behind == m_text.size() || m_text[behind] != u'=') &&
                               any(m_text.sliced(at, end - at), isDigit) && all(m_text.sliced(at, end - at), isBase64);
        return isPadding ? behind : end;
    }

    /// From the quote at `at` to the next of its kind that no word follows; a quote within a word is an apostrophe.
    qsizetype quoted(qsizetype at)
    {
        const std::size_t index = quoteIndex(m_text[at].unicode());
        const auto& [open, close] = quotes[index];
        const bool mayBeApostrophe = open == close;
        const bool isOpening = !mayBeApostrophe || m_hasSpace || m_out.isEmpty() || !isWordEdge(m_out.back().unicode());
        if (isOpening) {
            for (qsizetype end = std::max(at + 1, m_noClosing[index]); end < m_text.size(); ++end) {
                if (m_text[end] != close ||
                    (mayBeApostrophe && end + 1 < m_text.size() && isWordEdge(m_text[end + 1].unicode())))
                    continue;
                const QStringView piece = m_text.sliced(at, end + 1 - at);
                if (isName(piece.sliced(1, piece.size() - 2), end + 1))
                    put(piece);
                else
                    fold(piece, u"<text>");
                return end + 1;
            }
            m_noClosing[index] = m_text.size(); // looked for once, so that many quotes stay linear
        }
        put(m_text.sliced(at, 1));
        return at + 1;
    }
    /// Whether what is quoted is a name that tells this failure from others, rather than a value. It is asked of what
    /// was folded so far and of words that fit behind it whole, so that folding again says the same.
    [[nodiscard]] bool isName(QStringView quoted, qsizetype behind) const
    {
        return isIdentifier(quoted) && staysBehind(behind) &&
               (isProgramsName(quoted) || saysNameFollows(wordBefore()) || isNameBehind(quoted.size() + 2, behind));
    }
    /// Whether what follows the closing quote is put out as it is: what is folded may begin with what a quote in a word
    /// is followed by.
    [[nodiscard]] bool staysBehind(qsizetype at) const
    {
        const auto isPlainEnd = [&](qsizetype place) {
            return place >= m_text.size() || isSpace(m_text[place].unicode());
        };
        return isPlainEnd(at) || QStringView(u",;)]}!?").contains(m_text[at]) ||
               ((m_text[at] == u'.' || m_text[at] == u':') && isPlainEnd(at + 1));
    }
    /// The last word of what was folded, through `:`, `[`, `(` and `=`; not through another quote.
    [[nodiscard]] QStringView wordBefore() const
    {
        QStringView before(m_out);
        while (!before.isEmpty() && QStringView(u" :[(=").contains(before.back()))
            before.chop(1);
        qsizetype start = before.size();
        while (start > 0 && isLetter(before[start - 1].unicode()))
            --start;
        return before.sliced(start);
    }
    [[nodiscard]] bool isNameBehind(qsizetype pieceSize, qsizetype at) const
    {
        QString words; // with single spaces, as they are put out
        const qsizetype room = longestFolded - 1 - m_out.size() - pieceSize - (m_hasSpace ? 1 : 0);
        bool isSpaceDue = false;
        for (; at < m_text.size() && words.size() < std::min<qsizetype>(room, longestBehind); ++at) {
            const char16_t c = m_text[at].unicode();
            if (isSpace(c)) {
                isSpaceDue = true;
                continue;
            }
            if (!isLetter(c) || (words.isEmpty() && !isSpaceDue))
                break;
            if (std::exchange(isSpaceDue, false))
                words += u' ';
            words += m_text[at];
        }
        const bool isEnd = isSpaceDue || staysBehind(at); // else the last word goes on
        return std::any_of(std::begin(behindNames), std::end(behindNames), [&](QStringView one) {
            return words.size() > one.size() && QStringView(words).sliced(1).startsWith(one) &&
                   (words.size() == one.size() + 1 ? isEnd : words[one.size() + 1] == u' ');
        });
    }
    /// @param mayBePath  it does not go on a placeholder: what was one token must not begin with a path when folded
    /// again
    void token(QStringView text, bool mayBePath)
    {
        if (text.size() > longestToken)
            return fold(text, u"<id>");
        if (!any(text, [](char16_t c) { return isDigit(c) || c == u'/' || c == u'\\' || c == u'@'; }))
            return put(text); // a word, as most are
        if (text.contains(QStringView(u"://")))
            return fold(text, u"<url>");
        if (text.endsWith(u'=')) // the padding of base64
            return fold(text, u"<id>");
        if (isEmail(text))
            return fold(text, u"<email>");
        const bool hasDigit = any(text, isDigit);
        const auto slashes = text.count(u'/');
        if (hasDigit) {
            // A sentence's mark behind it is none of its own.
            qsizetype size = text.size();
            while (size > 0 && (text[size - 1] == u'.' || text[size - 1] == u':'))
                --size;
            const QStringView bare = text.first(size);
            const QStringView kind = kindOf(bare);
            if (!kind.isEmpty()) {
                fold(bare, kind);
                if (size < text.size())
                    put(text.sliced(size));
                return;
            }
        }
        if (slashes >= 3 || (slashes > 0 && hasDigit && !all(text, [](char16_t c) { return isDigit(c) || c == u'/'; })))
            return fold(text, u"<path>");
        if (mayBePath && isFilePath(text))
            return fold(text, u"<path>");
        segments(text);
    }

    static QStringView kindOf(QStringView token)
    {
        if (isUuid(token))
            return u"<uuid>";
        if (isTime(token))
            return u"<time>";
        if (isNumber(token))
            return u"<n>";
        if (token.size() > 2 && token[0] == u'0' && (token[1] == u'x' || token[1] == u'X') &&
            all(token.sliced(2), isHexDigit))
            return u"<hex>";
        if (token.size() >= 8 && all(token, isHexDigit))
            return u"<hex>";
        return {};
    }

    /// Runs of letters and digits, and what joins them.
    void segments(QStringView text)
    {
        QString whole; // one piece, so that a cut does not fall within
        whole.reserve(text.size() + 8);
        std::vector<Folding> found;
        qsizetype at = 0;
        while (at < text.size()) {
            const char16_t c = text[at].unicode();
            if (!isLetter(c) && !isDigit(c)) {
                whole += text[at++];
                continue;
            }
            qsizetype end = at + 1;
            while (end < text.size() && (isLetter(text[end].unicode()) || isDigit(text[end].unicode())))
                ++end;
            segment(text.sliced(at, end - at), at > 0 && text[at - 1] == u'@', whole, found);
            at = end;
        }
        put(whole);
        if (m_foldings && !m_isFull) {
            for (Folding& one : found) {
                if (m_foldings->size() < mostFoldings)
                    m_foldings->push_back(std::move(one));
            }
        }
    }

    /// `afterAt`: an object's hash, as Java prints it, may be of letters alone.
    void segment(QStringView text, bool afterAt, QString& out, std::vector<Folding>& found) const
    {
        const auto replace = [&](QStringView from, QStringView placeholder) {
            out += placeholder;
            if (m_foldings)
                found.push_back({from.first(std::min<qsizetype>(from.size(), 80)).toString(), placeholder.toString()});
        };
        if (afterAt && all(text, isHexDigit))
            return replace(text, u"<hash>");
        const auto firstDigit =
            std::find_if(text.begin(), text.end(), [](QChar c) { return isDigit(c.unicode()); }) - text.begin();
        if (firstDigit == text.size()) {
            out += text;
            return;
        }
        qsizetype behind = firstDigit;
        while (behind < text.size() && isDigit(text[behind].unicode()))
            ++behind;
        const qsizetype rest = text.size() - behind;
        const bool isUnit = firstDigit == 0 && rest <= 3 && !any(text.sliced(behind), isDigit) &&
                            !(text.size() >= 4 && all(text, isHexDigit));
        if (afterAt || (rest > 0 && !isUnit))
            return replace(text, u"<id>");
        out += text.first(firstDigit);
        replace(text.sliced(firstDigit, behind - firstDigit), u"<n>");
        out += text.sliced(behind);
    }

    QStringView m_text;
    std::vector<Folding>* m_foldings;
    QString m_out;
    std::array<qsizetype, std::size(quotes)> m_noClosing{};
    bool m_hasSpace = false; // stands before the next piece
    bool m_isFull = false;
};

} // namespace

QString foldMessage(QStringView message, std::vector<Folding>* foldings)
{
    return Folder(message, foldings).run();
}

} // namespace spillway
