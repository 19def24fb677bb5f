// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/patternsample.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr qsizetype longest = 5'000;
constexpr int deepest = 40;

/// Reads an expression once and writes a text as it goes. `variant` picks the branch, the member of a class, and how
/// often something repeats.
class Writer
{
public:
    Writer(QStringView pattern, int variant)
        : m_pattern(pattern)
        , m_variant(variant)
    {
    }

    QString write()
    {
        QString out = choice(0);
        return m_at < m_pattern.size() ? QString() : out; // a bracket too many
    }

private:
    [[nodiscard]] bool ends() const { return m_at >= m_pattern.size(); }
    [[nodiscard]] QChar peek() const { return ends() ? QChar() : m_pattern[m_at]; }
    bool take(QChar c)
    {
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }

    QString choice(int depth)
    {
        QStringList branches{sequence(depth)};
        while (take(u'|'))
            branches += sequence(depth);
        return branches[m_variant % branches.size()];
    }

    QString sequence(int depth)
    {
        QString out;
        while (!ends() && peek() != u'|' && peek() != u')') {
            const QString atom = depth > deepest ? skip() : one(depth);
            const int times = repetition();
            for (int i = 0; i < times && out.size() < longest; ++i)
                out += atom;
        }
        return out;
    }

    QString skip()
    {
        ++m_at;
        return {};
    }

    QString one(int depth)
    {
        const QChar c = m_pattern[m_at++];
        if (c == u'^' || c == u'$')
            return {};
        if (c == u'.')
            return QStringLiteral("x");
        if (c == u'[')
            return oneOfClass();
        if (c == u'\\')
            return escaped();
        if (c != u'(')
            return QString(c);
        const bool isAhead = m_pattern.sliced(m_at).startsWith(u"?=") || m_pattern.sliced(m_at).startsWith(u"?!") ||
                             m_pattern.sliced(m_at).startsWith(u"?<=") || m_pattern.sliced(m_at).startsWith(u"?<!");
        if (take(u'?')) {
            while (!ends() && peek() != u':' && peek() != u'>' && peek() != u'=' && peek() != u'!')
                ++m_at;
            if (!ends())
                ++m_at;
        }
        const QString inner = choice(depth + 1);
        take(u')');
        return isAhead ? QString() : inner;
    }

    static QString ofEscape(QChar c, int variant)
    {
        switch (c.unicode()) {
        case u'd':
            return QString(QChar(u'0' + 1 + variant % 9));
        case u'w':
            return QString(QChar(u'a' + variant % 26));
        case u's':
            return QStringLiteral(" ");
        case u'D':
        case u'S':
            return QStringLiteral("x");
        case u'W':
            return QStringLiteral("-");
        case u'b':
        case u'B':
            return {};
        case u'n':
            return QStringLiteral("\n");
        case u't':
            return QStringLiteral("\t");
        case u'r':
            return QStringLiteral("\r");
        default:
            return QString(c);
        }
    }

    QString escaped()
    {
        if (ends())
            return {};
        const QChar c = m_pattern[m_at++];
        if ((c == u'u' && m_at + 4 <= m_pattern.size()) || (c == u'x' && m_at + 2 <= m_pattern.size())) {
            const qsizetype digits = c == u'u' ? 4 : 2;
            bool isHex = false;
            const uint code = m_pattern.sliced(m_at, digits).toUInt(&isHex, 16);
            if (isHex) {
                m_at += digits;
                return QString(QChar(static_cast<char16_t>(code)));
            }
        }
        if ((c == u'p' || c == u'P') && peek() == u'{') {
            while (!ends() && !take(u'}'))
                ++m_at;
            return QStringLiteral("A");
        }
        return ofEscape(c, m_variant);
    }

    QString oneOfClass()
    {
        const bool isNegated = take(u'^');
        QList<std::pair<char16_t, char16_t>> ranges;
        bool isFirst = true;
        while (!ends() && (isFirst || peek() != u']')) {
            isFirst = false;
            QChar from = m_pattern[m_at++];
            if (from == u'\\') {
                const qsizetype before = m_at;
                const QString text = escaped();
                if (m_pattern[before] == u'w')
                    ranges.append({u'a', u'z'});
                if (m_pattern[before] == u'd')
                    ranges.append({u'0', u'9'});
                from = text.isEmpty() ? QChar(u'x') : text[0];
            }
            char16_t to = from.unicode();
            if (peek() == u'-' && m_at + 1 < m_pattern.size() && m_pattern[m_at + 1] != u']') {
                ++m_at;
                QChar end = m_pattern[m_at++];
                if (end == u'\\') {
                    const QString text = escaped();
                    end = text.isEmpty() ? from : text[0];
                }
                to = end.unicode();
            }
            ranges.append({from.unicode(), to});
        }
        take(u']');
        if (isNegated) {
            for (const char16_t candidate : {u'x', u'0', u'A', u'-', u' ', u'é'}) {
                if (std::none_of(ranges.begin(), ranges.end(), [&](const auto& range) {
                        return candidate >= range.first && candidate <= range.second;
                    }))
                    return QString(QChar(candidate));
            }
            return QStringLiteral("~");
        }
        if (ranges.isEmpty())
            return {};
        const auto& [from, to] = ranges[m_variant % ranges.size()];
        return QString(QChar(static_cast<char16_t>(from + (to > from ? m_variant % (to - from + 1) : 0))));
    }

    int repetition()
    {
        int least = 1;
        int most = 1;
        if (take(u'*')) {
            least = 0;
            most = 3;
        } else if (take(u'+')) {
            most = 3;
        } else if (take(u'?')) {
            least = 0;
        } else if (peek() == u'{') {
            const qsizetype close = m_pattern.indexOf(u'}', m_at);
            const QStringView inside = close < 0 ? QStringView() : m_pattern.sliced(m_at + 1, close - m_at - 1);
            bool isCount = false;
            const qsizetype comma = inside.indexOf(u',');
            least = (comma < 0 ? inside : inside.first(comma)).toInt(&isCount);
            if (!isCount || least < 0 || least > longest)
                return 1; // the brace stands for itself, and is read next
            m_at = close + 1;
            const QStringView rest = comma < 0 ? inside : inside.sliced(comma + 1);
            most = rest.isEmpty() ? least + 2 : std::max(least, rest.toInt());
        } else {
            return 1;
        }
        take(u'?'); // lazy
        const int wanted = m_variant == 0 ? least : m_variant % 2 == 0 ? std::max(least, 1) : least + m_variant;
        return std::clamp(wanted, least, std::min(std::max(least, most), static_cast<int>(longest)));
    }

    QStringView m_pattern;
    int m_variant = 0;
    qsizetype m_at = 0;
};

} // namespace

QStringList samplesOfPattern(const QString& pattern)
{
    QStringList samples;
    for (int variant = 0; variant < 8; ++variant) {
        const QString sample = Writer(pattern, variant).write();
        if (sample.size() <= longest && !samples.contains(sample))
            samples += sample;
    }
    return samples;
}

} // namespace spillway
