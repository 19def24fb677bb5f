// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/ecmapattern.h"

#include <QStringDecoder>

#include <array>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestPattern = 10'000;
constexpr QStringView spaces =
    u"\\t\\n\\x{0B}\\f\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}"
    u"\\x{3000}\\x{FEFF}";

/// General categories by their long names; PCRE2 knows the short ones.
constexpr std::array<std::pair<QStringView, QStringView>, 38> categories{{
    {u"Letter", u"L"},
    {u"Lowercase_Letter", u"Ll"},
    {u"Uppercase_Letter", u"Lu"},
    {u"Titlecase_Letter", u"Lt"},
    {u"Cased_Letter", u"L&"},
    {u"Modifier_Letter", u"Lm"},
    {u"Other_Letter", u"Lo"},
    {u"Mark", u"M"},
    {u"Nonspacing_Mark", u"Mn"},
    {u"Spacing_Mark", u"Mc"},
    {u"Enclosing_Mark", u"Me"},
    {u"Number", u"N"},
    {u"Decimal_Number", u"Nd"},
    {u"digit", u"Nd"},
    {u"Letter_Number", u"Nl"},
    {u"Other_Number", u"No"},
    {u"Punctuation", u"P"},
    {u"punct", u"P"},
    {u"Connector_Punctuation", u"Pc"},
    {u"Dash_Punctuation", u"Pd"},
    {u"Open_Punctuation", u"Ps"},
    {u"Close_Punctuation", u"Pe"},
    {u"Initial_Punctuation", u"Pi"},
    {u"Final_Punctuation", u"Pf"},
    {u"Other_Punctuation", u"Po"},
    {u"Symbol", u"S"},
    {u"Math_Symbol", u"Sm"},
    {u"Currency_Symbol", u"Sc"},
    {u"Modifier_Symbol", u"Sk"},
    {u"Other_Symbol", u"So"},
    {u"Separator", u"Z"},
    {u"Space_Separator", u"Zs"},
    {u"Line_Separator", u"Zl"},
    {u"Paragraph_Separator", u"Zp"},
    {u"Other", u"C"},
    {u"Control", u"Cc"},
    {u"Format", u"Cf"},
    {u"Private_Use", u"Co"},
}};

bool isHex(QStringView text)
{
    for (const QChar c : text) {
        if (!((c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F')))
            return false;
    }
    return !text.isEmpty();
}

class Translator
{
public:
    explicit Translator(QStringView pattern)
        : m_in(pattern)
    {
    }

    std::optional<QString> run()
    {
        while (m_at < m_in.size()) {
            if (!step())
                return std::nullopt;
        }
        return m_out;
    }

private:
    QChar peek(qsizetype ahead = 0) const { return m_at + ahead < m_in.size() ? m_in[m_at + ahead] : QChar(); }
    bool take(QStringView text)
    {
        if (!m_in.sliced(m_at).startsWith(text))
            return false;
        m_at += text.size();
        return true;
    }

    bool step()
    {
        const QChar c = m_in[m_at];
        if (c == u'\\')
            return escape(false);
        if (c == u'[')
            return characterClass();
        if (c == u'(')
            return group();
        ++m_at;
        if (c == u'.') {
            m_out += u"[^\\n\\r\\x{2028}\\x{2029}]";
        } else if (c == u'$') {
            m_out += u"\\z";
        } else if (c == u'^') {
            m_out += u"\\A";
        } else if (c == u'*' || c == u'+' || c == u'?') {
            m_out += c;
            return endQuantifier();
        } else if (c == u'}') {
            m_out += m_isCounted ? u"}"_s : u"\\}"_s;
            const bool wasCounted = std::exchange(m_isCounted, false);
            return !wasCounted || endQuantifier();
        } else if (c == u'{') {
            static const QRegularExpression counts(u"\\G\\d{1,4}(?:,\\d{0,4})?\\}"_s);
            m_isCounted =
                counts.match(m_in, m_at, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption)
                    .hasMatch();
            m_out += m_isCounted ? u"{"_s : u"\\{"_s;
        } else if (c == u']') {
            m_out += u"\\]";
        } else {
            m_out += c;
        }
        return true;
    }

    /// A lazy quantifier is the same for both; a second `+` is possessive for PCRE2 and a fault for ECMA.
    bool endQuantifier()
    {
        if (peek() == u'?') {
            m_out += u'?';
            ++m_at;
        }
        return peek() != u'+' && peek() != u'*' && peek() != u'?';
    }

    bool group()
    {
        if (peek(1) == u'*')
            return false;
        if (peek(1) != u'?') {
            m_out += u'(';
            ++m_at;
            return true;
        }
        for (const QStringView start : {QStringView(u"(?:"), QStringView(u"(?="), QStringView(u"(?!"),
                                        QStringView(u"(?<="), QStringView(u"(?<!")}) {
            if (take(start)) {
                m_out += start;
                return true;
            }
        }
        static const QRegularExpression name(u"\\(\\?<[A-Za-z_][A-Za-z0-9_]{0,30}>"_s);
        const auto named =
            name.match(m_in, m_at, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
        if (!named.hasMatch())
            return false;
        m_out += named.capturedView();
        m_at += named.capturedLength();
        return true;
    }

    bool characterClass()
    {
        if (take(u"[^]")) {
            m_out += u"[\\s\\S]";
            return true;
        }
        if (take(u"[]")) {
            m_out += u"(?!)";
            return true;
        }
        m_out += u'[';
        ++m_at;
        if (peek() == u'^') {
            m_out += u'^';
            ++m_at;
        }
        while (m_at < m_in.size() && m_in[m_at] != u']') {
            if (m_in[m_at] == u'\\') {
                if (!escape(true))
                    return false;
            } else if (m_in[m_at] == u'[') {
                m_out += u"\\[";
                ++m_at;
            } else {
                m_out += m_in[m_at++];
            }
        }
        if (m_at >= m_in.size())
            return false;
        m_out += u']';
        ++m_at;
        return true;
    }

    bool escape(bool inClass)
    {
        const QChar c = peek(1);
        m_at += 2;
        switch (c.unicode()) {
        case u'd':
        case u'D':
        case u'w':
        case u'W':
        case u't':
        case u'n':
        case u'r':
        case u'f':
            m_out += u'\\';
            m_out += c;
            return true;
        case u'v':
            m_out += u"\\x{0B}";
            return true;
        case u'b':
            m_out += inClass ? u"\\x{08}"_s : u"\\b"_s;
            return true;
        case u'B':
            m_out += u"\\B";
            return !inClass;
        case u's':
            m_out += inClass ? spaces.toString() : u'[' + spaces.toString() + u']';
            return true;
        case u'S':
            m_out += u"[^"_s + spaces.toString() + u']';
            return !inClass;
        case u'0':
            m_out += u"\\x{0}";
            return !peek().isDigit();
        case u'c': {
            const char16_t letter = peek().unicode();
            const bool isLetter = (letter >= u'a' && letter <= u'z') || (letter >= u'A' && letter <= u'Z');
            ++m_at;
            return isLetter && codePoint(letter % 32);
        }
        case u'x': {
            const QStringView digits = m_in.sliced(m_at, std::min<qsizetype>(2, m_in.size() - m_at));
            m_at += digits.size();
            return digits.size() == 2 && isHex(digits) && codePoint(digits.toUInt(nullptr, 16));
        }
        case u'u':
            return unicodeEscape();
        case u'p':
        case u'P':
            return property(c);
        default:
            break;
        }
        // ECMA with its u flag lets only syntax characters be escaped; others mean things to PCRE2.
        if (!QStringView(u"^$\\.*+?()[]{}|/-").contains(c) || c.isNull())
            return false;
        m_out += u'\\';
        m_out += c;
        return true;
    }

    bool codePoint(uint value)
    {
        if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
            return false;
        m_out += u"\\x{%1}"_s.arg(value, 0, 16);
        return true;
    }

    bool unicodeEscape()
    {
        if (peek() == u'{') {
            const qsizetype close = m_in.indexOf(u'}', m_at);
            const QStringView digits = close < 0 ? QStringView() : m_in.sliced(m_at + 1, close - m_at - 1);
            m_at = close + 1;
            return digits.size() <= 8 && isHex(digits) && codePoint(digits.toUInt(nullptr, 16));
        }
        const auto unit = [this](qsizetype at) -> std::optional<uint> {
            if (at + 4 > m_in.size() || !isHex(m_in.sliced(at, 4)))
                return std::nullopt;
            return m_in.sliced(at, 4).toUInt(nullptr, 16);
        };
        auto value = unit(m_at);
        if (!value)
            return false;
        m_at += 4;
        if (*value >= 0xD800 && *value < 0xDC00 && peek() == u'\\' && peek(1) == u'u') {
            if (const auto low = unit(m_at + 2); low && *low >= 0xDC00 && *low < 0xE000) {
                value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
                m_at += 6;
            }
        }
        return codePoint(*value);
    }

    bool property(QChar letter)
    {
        const qsizetype close = m_in.indexOf(u'}', m_at);
        if (peek() != u'{' || close < 0)
            return false;
        QStringView name = m_in.sliced(m_at + 1, close - m_at - 1);
        m_at = close + 1;
        for (const QStringView prefix : {QStringView(u"General_Category="), QStringView(u"gc=")}) {
            if (name.startsWith(prefix))
                name = name.sliced(prefix.size());
        }
        for (const QStringView prefix : {QStringView(u"Script="), QStringView(u"sc=")}) {
            if (name.startsWith(prefix))
                name = name.sliced(prefix.size());
        }
        for (const auto& [longName, shortName] : categories) {
            if (name == longName)
                name = shortName;
        }
        for (const QChar c : name) {
            if (!c.isLetterOrNumber() && c != u'_' && c != u'&')
                return false;
        }
        m_out += u'\\';
        m_out += letter;
        m_out += u'{' + name.toString() + u'}';
        return !name.isEmpty();
    }

    QStringView m_in;
    QString m_out;
    qsizetype m_at = 0;
    bool m_isCounted = false;
};

} // namespace

std::optional<QString> translateEcmaPattern(QStringView pattern)
{
    if (pattern.size() > longestPattern)
        return std::nullopt;
    auto spelt = Translator(pattern).run();
    if (!spelt || !QRegularExpression(*spelt).isValid())
        return std::nullopt;
    return spelt;
}

std::optional<EcmaPattern> EcmaPattern::compile(const QString& pattern)
{
    const auto spelt = translateEcmaPattern(pattern);
    if (!spelt)
        return std::nullopt;
    EcmaPattern compiled;
    compiled.m_expression.setPattern(u"(*LIMIT_MATCH=200000)(*LIMIT_DEPTH=2000)"_s + *spelt);
    if (!compiled.m_expression.isValid())
        return std::nullopt;
    compiled.m_expression.optimize();
    return compiled;
}

std::optional<bool> EcmaPattern::matches(std::string_view utf8) const
{
    // A byte order mark is a character like any other here, and half a surrogate pair is none that PCRE2 takes.
    QStringDecoder decoder(QStringConverter::Utf8, QStringConverter::Flag::ConvertInitialBom);
    const QString text = decoder(QByteArrayView(utf8.data(), static_cast<qsizetype>(utf8.size())));
    if (decoder.hasError())
        return std::nullopt;
    const auto match = m_expression.match(text);
    if (!match.isValid())
        return std::nullopt;
    return match.hasMatch();
}

} // namespace spillway
