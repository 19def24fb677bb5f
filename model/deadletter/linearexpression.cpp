// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/linearexpression.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

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

/// The same expression in RE2's words. What the two engines read differently:
///
/// | PCRE                                              | RE2                       | here           |
/// | `$` also before a line feed at the very end       | only at the end           | `(?:\n?\z)`    |
/// | `\s` with the vertical tab                        | without                   | `[\t-\r ]`     |
/// | `\w` without regard to (?i)                       | (?i) adds U+017F, U+212A  | `(?-i:\w)`     |
/// | `^` of (?m) not behind a line feed at the very end | there too                | not translated |
/// | `\B` between characters                           | between bytes, too        | not translated |
/// | `\v` every line break                             | the vertical tab          | not translated |
///
/// `(?:\n?\z)` takes a line feed where `$` takes nothing, so that only the end may follow it, through all groups that
/// it ends. What is passed on as it stands and RE2 does not know is an error there.
class Translation
{
public:
    explicit Translation(QStringView pattern)
        : m_in(pattern)
    {
    }

    std::optional<QString> text()
    {
        while (m_at < m_in.size()) {
            if (!step())
                return std::nullopt;
        }
        return m_groups.size() == 1 ? std::optional(m_out) : std::nullopt;
    }

private:
    struct Flags
    {
        bool isMultiline = false;
        bool isCaseless = false;
    };
    struct Group
    {
        Flags outer;              ///< in force again behind it
        bool isEndOfText = false; ///< one of its alternatives ends with `$`
    };

    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_in.size() ? m_in[m_at + ahead] : QChar();
    }
    bool put(QStringView text)
    {
        m_out += text;
        return true;
    }
    /// Takes so many characters over as they are.
    bool pass(qsizetype count = 1)
    {
        m_out += m_in.sliced(m_at, count);
        m_at += count;
        return true;
    }
    bool skip(qsizetype count, QStringView instead)
    {
        m_at += count;
        return put(instead);
    }

    bool step()
    {
        const QChar c = peek();
        if (c == u')')
            return closeGroup();
        if (c == u'|') {
            m_groups.back().isEndOfText |= std::exchange(m_isEndOfText, false);
            return pass();
        }
        if (m_isEndOfText)
            return false;
        switch (c.unicode()) {
        case u'(':
            return openGroup();
        case u'[':
            return characterClass();
        case u'\\':
            return escape();
        case u'^':
            return !m_flags.isMultiline && pass();
        case u'$':
            if (m_flags.isMultiline)
                return pass();
            m_isEndOfText = true;
            return skip(1, u"(?:\\n?\\z)");
        case u'{':
            return brace();
        default:
            return plain(c);
        }
    }

    /// What case folding makes of letters beyond ASCII, each engine's tables say by themselves.
    bool plain(QChar c) { return !(m_flags.isCaseless && c.unicode() > 0x7f) && pass(); }

    bool openGroup()
    {
        const Flags outer = m_flags;
        if (peek(1) == u'*')
            return false;
        if (peek(1) != u'?') {
            pass();
        } else if (peek(2) == u'<' || peek(2) == u'\'' || (peek(2) == u'P' && peek(3) == u'<')) {
            const qsizetype name = m_at + (peek(2) == u'P' ? 4 : 3);
            const qsizetype end = m_in.indexOf(peek(2) == u'\'' ? u'\'' : u'>', name);
            if (end < 0 || !isLetter(m_in[name])) // a look behind, among others
                return false;
            skip(end + 1 - m_at, u"("); // nobody asks for the name
        } else {
            qsizetype at = m_at + 2;
            Flags flags = m_flags;
            bool isOn = true;
            for (; at < m_in.size() && m_in[at] != u')' && m_in[at] != u':'; ++at) {
                switch (m_in[at].unicode()) {
                case u'-':
                    if (!std::exchange(isOn, false))
                        return false;
                    break;
                case u'i':
                    flags.isCaseless = isOn;
                    break;
                case u'm':
                    flags.isMultiline = isOn;
                    break;
                case u's':
                case u'U':
                    break;
                default:
                    return false;
                }
            }
            if (at == m_in.size())
                return false;
            m_flags = flags;
            const bool isSetting = m_in[at] == u')';
            pass(at + 1 - m_at);
            if (isSetting)
                return true; // in force until the group ends in which it stands
        }
        m_groups.push_back({outer, false});
        return true;
    }

    bool closeGroup()
    {
        if (m_groups.size() == 1)
            return false;
        m_isEndOfText = m_isEndOfText || m_groups.back().isEndOfText;
        m_flags = m_groups.back().outer;
        m_groups.pop_back();
        return pass();
    }

    /// A count, or a brace that is one. What later releases of PCRE take for a count, and earlier ones do not, is
    /// neither.
    bool brace()
    {
        qsizetype at = m_at + 1;
        bool isStrict = isDigit(peek(1));
        bool hasComma = false;
        for (; at < m_in.size() && (isDigit(m_in[at]) || m_in[at] == u',' || m_in[at] == u' '); ++at) {
            isStrict = isStrict && m_in[at] != u' ' && !(m_in[at] == u',' && hasComma);
            hasComma |= m_in[at] == u',';
        }
        if (at == m_in.size() || m_in[at] != u'}')
            return skip(1, u"\\{");
        return isStrict && pass(at + 1 - m_at);
    }

    bool escape()
    {
        const QChar c = peek(1);
        switch (c.unicode()) {
        case u's':
            return skip(2, u"[\\t-\\r ]");
        case u'S':
            return skip(2, u"[^\\t-\\r ]");
        case u'w':
            return skip(2, u"(?-i:\\w)");
        case u'W':
            return skip(2, u"(?-i:\\W)");
        case u'b':
        case u'd':
        case u'D':
        case u'A':
        case u'z':
            return pass(2);
        case u'E': // without a \Q it is nothing
            return skip(2, {});
        case u'Q':
            return quoted();
        default:
            return character(c);
        }
    }

    /// An escape for one character, in a class or outside.
    bool character(QChar c)
    {
        switch (c.unicode()) {
        case u'a':
        case u'f':
        case u'n':
        case u'r':
        case u't':
            return pass(2);
        case u'e':
            return skip(2, u"\\x1B");
        case u'x':
            return hex();
        case 0: // ends with it
            return false;
        default:
            if (isLetter(c) || isDigit(c))
                return false;
            if (c.unicode() > 0x7f || c == u'_') { // RE2 escapes ASCII's other signs only
                ++m_at;
                return plain(c);
            }
            return pass(2);
        }
    }

    bool hex()
    {
        qsizetype first = m_at + 2;
        qsizetype end = first + 2;
        if (peek(2) == u'{') {
            ++first;
            end = m_in.indexOf(u'}', first);
        }
        if (end <= first || end > m_in.size())
            return false;
        for (qsizetype at = first; at < end; ++at) {
            if (!isHexDigit(m_in[at]))
                return false;
        }
        if (m_flags.isCaseless && m_in.sliced(first, end - first).toUInt(nullptr, 16) > 0x7f)
            return false;
        return pass(end - m_at + (peek(2) == u'{' ? 1 : 0));
    }

    bool quoted()
    {
        m_at += 2;
        const qsizetype found = m_in.indexOf(u"\\E", m_at);
        const qsizetype end = found < 0 ? m_in.size() : found;
        while (m_at < end) {
            const QChar c = m_in[m_at];
            if (c.unicode() <= 0x7f && !isLetter(c) && !isDigit(c) && c != u'_')
                put(u"\\");
            if (!plain(c))
                return false;
        }
        m_at = std::min(m_in.size(), end + 2);
        return true;
    }

    bool characterClass()
    {
        pass();
        if (peek() == u'^')
            pass();
        if (peek() == u']')
            skip(1, u"\\]");
        while (m_at < m_in.size() && peek() != u']') {
            if (!classItem())
                return false;
        }
        return m_at < m_in.size() && pass();
    }

    bool classItem()
    {
        const QChar c = peek();
        if (c == u'[') {
            const qsizetype end = peek(1) == u':' ? m_in.indexOf(u":]", m_at + 2) : -1;
            qsizetype at = m_at + 2 + (peek(2) == u'^' ? 1 : 0);
            while (at < end && isLetter(m_in[at]))
                ++at;
            if (end < 0 || at < end)
                return skip(1, u"\\[");
            return !m_flags.isCaseless && pass(end + 2 - m_at);
        }
        if (c != u'\\')
            return plain(c);
        const QChar escaped = peek(1);
        switch (escaped.unicode()) {
        case u's':
            return skip(2, u"\\t-\\r\\x20");
        case u'S':
            return skip(2, u"\\x00-\\x08\\x0E-\\x1F\\x21-\\x{10FFFF}");
        case u'd':
        case u'D':
            return pass(2);
        case u'w':
        case u'W':
            return !m_flags.isCaseless && pass(2);
        case u'b':
            return skip(2, u"\\x08");
        default:
            return character(escaped);
        }
    }

    QStringView m_in;
    qsizetype m_at = 0;
    QString m_out;
    Flags m_flags;
    std::vector<Group> m_groups{{}}; // the last: the innermost that is open
    bool m_isEndOfText = false;      // what was read last ends with `$`
};

} // namespace

LinearExpression::LinearExpression(std::shared_ptr<const re2::RE2> expression)
    : m_expression(std::move(expression))
{
}

std::optional<LinearExpression> LinearExpression::of(QStringView pattern)
{
    const std::optional<QString> text = Translation(pattern).text();
    if (!text)
        return std::nullopt;
    re2::RE2::Options options;
    options.set_log_errors(false); // they would quote the expression
    auto expression = std::make_shared<const re2::RE2>(text->toStdString(), options);
    return expression->ok() ? std::optional(LinearExpression(std::move(expression))) : std::nullopt;
}

bool LinearExpression::isIn(const QString& text) const
{
    const QByteArray bytes = text.toUtf8();
    return re2::RE2::PartialMatch(re2::StringPiece(bytes.constData(), static_cast<std::size_t>(bytes.size())),
                                  *m_expression);
}

} // namespace spillway
