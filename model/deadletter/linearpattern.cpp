// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/linearpattern.h"

#include "model/deadletter/linearsigns.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

// A mark of the end leaves what stands around it as the letter before it did, for `\b` and `(?m)^`.
constexpr auto markBehindWord = "\xED\xA0\x80w";  // U+D800
constexpr auto markBehindLine = "\xED\xA0\x81\n"; // U+D801
constexpr auto markBehindAny = "\xED\xA0\x82";    // U+D802
constexpr auto lastLineFeed = "\xED\xA0\x83";     // U+D803
const QString anyMark = u"(?:\\x{D800}w|\\x{D801}\\n|\\x{D802})"_s;
const QString anyLastLineFeed = u"(?:(?:\\x{D800}w|\\x{D801}\\n|\\x{D802})*\\x{D803})"_s;
/// A match begins between characters, never between the bytes of one, where RE2's `\B` fits.
const QString anythingBefore = u"\\A[\\x00-\\x{D7FF}\\x{E000}-\\x{10FFFF}]*?"_s;
constexpr int mostMarks = 1000;

bool isHexDigit(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}
bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}
bool isLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}
bool isSpaceOfExtended(QChar c)
{
    return (c >= u'\t' && c <= u'\r') || c == u' ' || c == u'\u0085' || c == u'\u200E' || c == u'\u200F' ||
           c == u'\u2028' || c == u'\u2029';
}

/// Reads the structure; what a sign stands for PCRE says (`linearSigns`), so that no option is left for RE2.
class Translation
{
public:
    explicit Translation(QStringView pattern)
        : m_in(pattern)
    {
    }

    std::optional<LinearPattern> pattern()
    {
        while (m_at < m_in.size()) {
            if (!step())
                return std::nullopt;
        }
        const std::int64_t marks = m_groups.front().ends;
        if (m_groups.size() != 1 || marks > mostMarks)
            return std::nullopt;
        return LinearPattern{.plain = u"%1(?:%2)"_s.arg(anythingBefore, m_plain),
                             .marked = u"%1%2?(?:%3)"_s.arg(anythingBefore, anyLastLineFeed, m_marked),
                             .isSame = !m_asksForEnds,
                             .marksOfTheEnd = static_cast<int>(marks)};
    }

private:
    struct Flags
    {
        bool isMultiline = false;
        bool isCaseless = false;
        bool isDotAll = false;
        bool isExtended = false;
    };
    /// What a quantifier behind it repeats.
    struct Item
    {
        qsizetype plain = 0; ///< where it begins in what is written
        qsizetype marked = 0;
        std::int64_t ends = 0; ///< so many `$` are in it
    };
    struct Group
    {
        Flags outer; ///< in force again behind it
        Item item;   ///< what it becomes
        std::int64_t ends = 0;
    };

    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_in.size() ? m_in[m_at + ahead] : QChar();
    }

    bool step()
    {
        const QChar c = peek();
        if (m_flags.isExtended && (isSpaceOfExtended(c) || c == u'#'))
            return skipExtended();
        switch (c.unicode()) {
        case u'(':
            return openGroup();
        case u')':
            return closeGroup();
        case u'|':
            ++m_at;
            m_item.reset();
            write(u"|");
            return true;
        case u'[':
            return characterClass();
        case u'\\':
            return escape();
        case u'.':
            return sign(1, m_flags.isDotAll ? u"(?s)."_s : u"."_s);
        case u'^':
            return m_flags.isMultiline ? beginOfLine() : assertion(1, u"\\A");
        case u'$':
            return end(1, m_flags.isMultiline ? u"(?m:$)"_s : u"\\z"_s);
        case u'*':
        case u'+':
        case u'?':
            return quantifier(1, 1);
        case u'{':
            return brace();
        default:
            return character();
        }
    }

    void write(QStringView both)
    {
        m_plain += both;
        m_marked += both;
    }
    bool item(qsizetype taken, QStringView plain, QStringView marked)
    {
        m_at += taken;
        m_item = Item{m_plain.size(), m_marked.size()};
        m_plain += plain;
        m_marked += marked;
        return true;
    }
    bool assertion(qsizetype taken, QStringView both) { return item(taken, both, both); }
    /// Characters with one of them.
    bool signs(qsizetype taken, const QString& set, bool hasLineFeed)
    {
        return item(taken, set, hasLineFeed ? u"(?:%1|%2)"_s.arg(set, anyLastLineFeed) : set);
    }
    bool sign(qsizetype taken, const QString& asPcreSays)
    {
        const auto found = linearSigns(asPcreSays);
        return found && signs(taken, found->set, found->hasLineFeed);
    }
    bool beginOfLine()
    {
        m_asksForEnds = true;
        return assertion(1, u"(?m:^)");
    }
    bool end(qsizetype taken, const QString& plain)
    {
        m_asksForEnds = true;
        item(taken, plain, u"(?:%1|%2)"_s.arg(plain, anyMark));
        m_item->ends = 1;
        ++m_groups.back().ends;
        return true;
    }

    /// The character that stands here, for itself.
    bool character()
    {
        char32_t c = peek().unicode();
        qsizetype units = 1;
        if (QChar::isSurrogate(c)) {
            if (!QChar::isHighSurrogate(c) || !peek(1).isLowSurrogate())
                return false;
            c = QChar::surrogateToUcs4(peek(), peek(1));
            units = 2;
        }
        const QString written = u"\\x{%1}"_s.arg(QString::number(c, 16));
        if (m_flags.isCaseless && (c > 0x7F || isLetter(QChar(static_cast<char16_t>(c)))))
            return sign(units, u"(?i)"_s + written);
        return signs(units, written, c == u'\n');
    }

    bool skipExtended()
    {
        if (peek() != u'#') {
            ++m_at;
            return true;
        }
        const qsizetype end = m_in.indexOf(u'\n', m_at);
        m_at = end < 0 ? m_in.size() : end + 1;
        return true;
    }

    /// What stands for nothing, even between a part and its quantifier.
    void skipNothings()
    {
        for (qsizetype before = -1; before != m_at;) {
            before = m_at;
            if (m_flags.isExtended && m_at < m_in.size() && (isSpaceOfExtended(peek()) || peek() == u'#'))
                skipExtended();
            else if (m_in.sliced(m_at).startsWith(u"\\E"))
                m_at += 2;
            else if (m_in.sliced(m_at).startsWith(u"\\Q\\E"))
                m_at += 4;
            else if (m_in.sliced(m_at).startsWith(u"(?#") && m_in.indexOf(u')', m_at) >= 0)
                m_at = m_in.indexOf(u')', m_at) + 1;
        }
    }

    /// @param most  so often it repeats one behind the other; what has no limit comes back to where it was.
    bool quantifier(qsizetype taken, std::int64_t most)
    {
        if (!m_item)
            return false;
        const QStringView written = m_in.sliced(m_at, taken);
        m_at += taken;
        if (peek() == u'+') // possessive
            return false;
        if (peek() == u'?') // whether it fits does not depend on it
            ++m_at;
        const qsizetype behind = m_at;
        skipNothings();
        if (m_at > behind && (peek() == u'+' || peek() == u'?'))
            return false; // releases differ in what it belongs to
        const auto around = [&written](QString& text, qsizetype from) {
            text.insert(from, u"(?:");
            text += written;
            text += u')';
        };
        around(m_plain, m_item->plain);
        around(m_marked, m_item->marked);
        const std::int64_t more = std::min<std::int64_t>(m_item->ends * (std::max<std::int64_t>(most, 1) - 1), 1 << 20);
        m_item->ends += more;
        m_groups.back().ends += more;
        return true;
    }

    /// A count, or a brace that is one. What later releases of PCRE take for a count, and earlier ones do not, is
    /// neither.
    bool brace()
    {
        qsizetype at = m_at + 1;
        bool isStrict = isDigit(peek(1));
        qsizetype comma = -1;
        for (; at < m_in.size() && (isDigit(m_in[at]) || m_in[at] == u',' || m_in[at] == u' '); ++at) {
            isStrict = isStrict && m_in[at] != u' ' && !(m_in[at] == u',' && comma >= 0);
            if (m_in[at] == u',')
                comma = at;
        }
        if (at == m_in.size() || m_in[at] != u'}' || at == m_at + 1)
            return character();
        if (!isStrict)
            return false;
        const QStringView first = m_in.sliced(m_at + 1, (comma < 0 ? at : comma) - m_at - 1);
        const QStringView last = comma < 0 ? first : m_in.sliced(comma + 1, at - comma - 1);
        return quantifier(at + 1 - m_at, last.isEmpty() ? first.toLongLong() + 1 : last.toLongLong());
    }

    bool openGroup()
    {
        const Flags outer = m_flags;
        if (peek(1) == u'*')
            return false;
        if (peek(1) != u'?') {
            ++m_at;
        } else if (peek(2) == u'#') {
            const qsizetype end = m_in.indexOf(u')', m_at);
            m_at = end < 0 ? m_in.size() : end + 1;
            return end >= 0;
        } else if (peek(2) == u'|') {
            m_at += 3;
        } else if (peek(2) == u'<' || peek(2) == u'\'' || (peek(2) == u'P' && peek(3) == u'<')) {
            const qsizetype name = m_at + (peek(2) == u'P' ? 4 : 3);
            const qsizetype end = m_in.indexOf(peek(2) == u'\'' ? u'\'' : u'>', name);
            if (end < 0 || m_in[name] == u'=' || m_in[name] == u'!' || m_in[name] == u'*') // a look behind
                return false;
            m_at = end + 1;
        } else {
            const auto isSetting = options();
            if (!isSetting)
                return false;
            if (*isSetting) {
                m_item.reset();
                return true; // in force until the group ends in which it stands
            }
        }
        m_groups.push_back({outer, {m_plain.size(), m_marked.size()}});
        m_item.reset();
        write(u"(?:");
        return true;
    }

    /// `(?i)` (true) and `(?i:` (false); nullopt: neither.
    std::optional<bool> options()
    {
        qsizetype at = m_at + 2;
        Flags flags = m_flags;
        bool isOn = true;
        for (; at < m_in.size() && m_in[at] != u')' && m_in[at] != u':'; ++at) {
            switch (m_in[at].unicode()) {
            case u'-':
                if (!std::exchange(isOn, false))
                    return std::nullopt;
                break;
            case u'i':
                flags.isCaseless = isOn;
                break;
            case u'm':
                flags.isMultiline = isOn;
                break;
            case u's':
                flags.isDotAll = isOn;
                break;
            case u'x':
                if (at + 1 < m_in.size() && m_in[at + 1] == u'x') // spaces within classes, too
                    return std::nullopt;
                flags.isExtended = isOn;
                break;
            case u'U':
            case u'J':
                break;
            default:
                return std::nullopt;
            }
        }
        if (at == m_in.size())
            return std::nullopt;
        m_flags = flags;
        m_at = at + 1;
        return m_in[at] == u')';
    }

    bool closeGroup()
    {
        if (m_groups.size() == 1)
            return false;
        ++m_at;
        const Group group = m_groups.back();
        m_groups.pop_back();
        m_flags = group.outer;
        m_item = group.item;
        m_item->ends = group.ends;
        m_groups.back().ends += group.ends;
        write(u")");
        return true;
    }

    bool escape()
    {
        switch (peek(1).unicode()) {
        case u'b':
            return assertion(2, u"\\b");
        case u'B':
            return assertion(2, u"\\B");
        case u'A':
        case u'G':
            return assertion(2, u"\\A");
        case u'z':
            return assertion(2, u"\\z");
        case u'Z':
            return end(2, u"\\z"_s);
        case u'E': // without a \Q it is nothing
            m_at += 2;
            return true;
        case u'Q':
            return quoted();
        default:
            break;
        }
        const qsizetype length = escapeLength();
        if (length == 0)
            return false;
        if (length == 1) {
            ++m_at;
            return character();
        }
        return sign(length, asPcreReads(m_in.sliced(m_at, length)));
    }

    [[nodiscard]] QString asPcreReads(QStringView sign) const
    {
        return (m_flags.isCaseless ? u"(?i)"_s : QString()).append(sign);
    }

    /// Of an escape for one sign: 0: it is none; 1: the character behind the backslash stands for itself.
    [[nodiscard]] qsizetype escapeLength() const
    {
        const QChar c = peek(1);
        switch (c.unicode()) {
        case u's':
        case u'S':
        case u'd':
        case u'D':
        case u'w':
        case u'W':
        case u'h':
        case u'H':
        case u'v':
        case u'V':
        case u'a':
        case u'e':
        case u'f':
        case u'n':
        case u'r':
        case u't':
            return 2;
        case u'N':
            return peek(2) == u'{' ? 0 : 2;
        case u'p':
        case u'P':
            return peek(2) == u'{' ? braced() : 3;
        case u'o':
            return braced();
        case u'x':
            if (peek(2) == u'{')
                return braced();
            return !isHexDigit(peek(2)) ? 2 : !isHexDigit(peek(3)) ? 3 : 4;
        case u'0': {
            const auto isOctal = [this](qsizetype ahead) { return peek(ahead) >= u'0' && peek(ahead) <= u'7'; };
            return !isOctal(2) ? 2 : !isOctal(3) ? 3 : 4;
        }
        case u'c':
            return m_at + 2 < m_in.size() ? 3 : 0;
        default:
            return m_at + 1 == m_in.size() || isLetter(c) || isDigit(c) ? 0 : 1;
        }
    }
    [[nodiscard]] qsizetype braced() const
    {
        const qsizetype end = peek(2) == u'{' ? m_in.indexOf(u'}', m_at + 2) : -1;
        return end < 0 ? 0 : end + 1 - m_at;
    }

    bool quoted()
    {
        m_at += 2;
        const qsizetype found = m_in.indexOf(u"\\E", m_at);
        const qsizetype end = found < 0 ? m_in.size() : found;
        while (m_at < end) {
            if (!character())
                return false;
        }
        m_at = std::min(m_in.size(), end + 2);
        return true;
    }

    bool characterClass()
    {
        qsizetype at = m_at + 1;
        if (at < m_in.size() && m_in[at] == u'^')
            ++at;
        if (at < m_in.size() && m_in[at] == u']')
            ++at;
        while (at < m_in.size() && m_in[at] != u']')
            at = behindClassItem(at);
        if (at >= m_in.size())
            return false;
        return sign(at + 1 - m_at, asPcreReads(m_in.sliced(m_at, at + 1 - m_at)));
    }

    [[nodiscard]] qsizetype behindClassItem(qsizetype at) const
    {
        const QChar next = at + 1 < m_in.size() ? m_in[at + 1] : QChar();
        if (m_in[at] == u'[' && next == u':') {
            const qsizetype end = m_in.indexOf(u":]", at + 2);
            qsizetype name = at + 2 + (at + 2 < m_in.size() && m_in[at + 2] == u'^' ? 1 : 0);
            while (name < end && isLetter(m_in[name]))
                ++name;
            return end < 0 || name < end ? at + 1 : end + 2;
        }
        if (m_in[at] != u'\\')
            return at + 1;
        if (next == u'Q') {
            const qsizetype end = m_in.indexOf(u"\\E", at + 2);
            return end < 0 ? m_in.size() : end + 2;
        }
        return at + (next == u'c' ? 3 : 2);
    }

    QStringView m_in;
    qsizetype m_at = 0;
    QString m_plain;
    QString m_marked;
    Flags m_flags;
    std::vector<Group> m_groups{{}}; // the last: the innermost that is open
    std::optional<Item> m_item;      // the last that was written, if a quantifier may follow
    bool m_asksForEnds = false;
};

} // namespace

std::optional<LinearPattern> linearPattern(QStringView pattern)
{
    return Translation(pattern).pattern();
}

QByteArray withMarkedEnd(QByteArray text, int marks)
{
    text.chop(1);
    const char last = text.isEmpty() ? '\n' : text.back();
    const bool isWord =
        (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z') || (last >= '0' && last <= '9') || last == '_';
    const QByteArray mark = isWord ? markBehindWord : last == '\n' ? markBehindLine : markBehindAny;
    for (int i = 0; i < marks; ++i)
        text += mark;
    return text + lastLineFeed;
}

} // namespace spillway
