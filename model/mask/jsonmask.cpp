// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/jsonmask.h"

#include "model/mask/jsonescape.h"
#include "model/mask/masker.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr std::size_t deepestPath = 256;
constexpr int deepestString = 3;

using Edits = std::vector<MaskEdit>;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

QByteArray quotedMark()
{
    return QByteArray("\"" + maskMark.toByteArray() + "\"");
}

bool isNull(QByteArrayView token)
{
    return token == "null";
}

/// Walks the tokens once. Only where paths lead is kept for each level, and for 256 levels at most.
class Walk
{
public:
    Walk(QByteArrayView json, const JsonMaskRules& rules, int level)
        : m_json(json)
        , m_rules(rules)
        , m_level(level)
    {
        if (m_json.startsWith("\xEF\xBB\xBF"))
            m_at = 3;
        for (const FieldPath& path : m_rules.paths)
            m_places.push_back(startOf(path));
        for (const FieldPath& path : m_rules.shown)
            m_places.push_back(startOf(path));
    }

    std::optional<Edits> edits()
    {
        Expect expect = Expect::Value;
        bool hasDocument = false;
        for (skipSpace(); m_at < m_json.size(); skipSpace()) {
            const char c = m_json[m_at];
            if (m_open.empty() && expect == Expect::CommaOrEnd)
                expect = Expect::Value; // another document
            if (c == '}' || c == ']') {
                const bool closes =
                    expect == Expect::CommaOrEnd || expect == (c == '}' ? Expect::KeyOrEnd : Expect::ValueOrEnd);
                if (!closes || m_open.empty() || m_open.back().isObject != (c == '}'))
                    return std::nullopt;
                ++m_at;
                leave();
                expect = Expect::CommaOrEnd;
            } else if (c == ',') {
                if (expect != Expect::CommaOrEnd)
                    return std::nullopt;
                ++m_at;
                expect = m_open.back().isObject ? Expect::Key : Expect::Value;
            } else if (c == ':') {
                if (expect != Expect::Colon)
                    return std::nullopt;
                ++m_at;
                expect = Expect::Value;
            } else if (expect == Expect::Key || expect == Expect::KeyOrEnd) {
                if (!takeKey())
                    return std::nullopt;
                expect = Expect::Colon;
            } else if (expect == Expect::Value || expect == Expect::ValueOrEnd) {
                beginValue();
                hasDocument = true;
                if (c == '{' || c == '[') {
                    enter(c == '{');
                    expect = c == '{' ? Expect::KeyOrEnd : Expect::ValueOrEnd;
                    continue;
                }
                if (!(c == '"' ? takeString() : takeWord()))
                    return std::nullopt;
                endValue();
                expect = Expect::CommaOrEnd;
            } else {
                return std::nullopt;
            }
        }
        if (!m_open.empty() || !hasDocument || expect != Expect::CommaOrEnd)
            return std::nullopt;
        return std::move(m_edits);
    }

private:
    enum class Expect { Value, ValueOrEnd, KeyOrEnd, Key, Colon, CommaOrEnd };
    struct Container
    {
        bool isObject = false;
        std::int64_t next = 0; ///< array: index of the next element
    };

    [[nodiscard]] std::size_t pathCount() const { return m_rules.paths.size() + m_rules.shown.size(); }
    [[nodiscard]] const FieldPath& path(std::size_t i) const
    {
        return i < m_rules.paths.size() ? m_rules.paths[i] : m_rules.shown[i - m_rules.paths.size()];
    }
    /// The whole value that we are in is masked: nothing inside matters.
    [[nodiscard]] bool isInsideMasked() const { return m_maskedFrom >= 0; }

    void skipSpace()
    {
        while (m_at < m_json.size() && isSpace(m_json[m_at]))
            ++m_at;
    }

    /// The token at m_at, past its closing quote; nullopt when it does not close.
    std::optional<QByteArrayView> stringToken()
    {
        if (m_at >= m_json.size() || m_json[m_at] != '"')
            return std::nullopt;
        const qsizetype start = m_at++;
        while (m_at < m_json.size() && m_json[m_at] != '"')
            m_at += m_json[m_at] == '\\' ? 2 : 1;
        if (m_at >= m_json.size())
            return std::nullopt;
        ++m_at;
        return m_json.sliced(start, m_at - start);
    }

    bool takeKey()
    {
        const qsizetype start = m_at;
        const auto token = stringToken();
        if (!token)
            return false;
        const QByteArrayView inside = token->sliced(1, token->size() - 2);
        m_name = comparableName(inside.contains('\\') ? QByteArrayView(m_unescaped = spelledText(inside)) : inside);
        if (!isInsideMasked())
            maskText(start + 1, inside);
        return true;
    }

    /// Places of the value that begins, from those of the container it stands in.
    void beginValue()
    {
        m_valueFrom = m_at;
        const bool isRoot = m_open.empty();
        const bool isElement = !isRoot && !m_open.back().isObject;
        const std::int64_t index = isElement ? m_open.back().next++ : 0;
        m_isMatched = false;
        if (isInsideMasked())
            return;
        const bool isFollowed = m_open.size() < deepestPath;
        m_value.resize(pathCount());
        bool isNamed = false;
        bool isShown = false;
        for (std::size_t i = 0; i < pathCount(); ++i) {
            bool isMeant = false;
            if (isFollowed) {
                const PathPlaces places = m_places[m_places.size() - pathCount() + i];
                m_value[i] = isRoot      ? places
                             : isElement ? afterIndex(path(i), places, index)
                                         : afterKey(path(i), places, m_name);
                isMeant = !isRoot && isArrived(path(i), m_value[i]);
            } else if (!isElement && i < m_rules.paths.size()) {
                isMeant = isLastName(path(i));
            }
            (i < m_rules.paths.size() ? isNamed : isShown) |= isMeant;
        }
        if (!isElement && !isRoot && !isNamed)
            isNamed = isAnywhere();
        m_isMatched = isNamed && !isShown;
    }

    [[nodiscard]] bool isAnywhere() const
    {
        return m_rules.anywhere.contains(m_name) ||
               std::any_of(m_rules.anywhereGlobs.begin(), m_rules.anywhereGlobs.end(),
                           [this](const QByteArray& glob) { return fitsPattern(m_name, glob); });
    }
    [[nodiscard]] bool isLastName(const FieldPath& from) const
    {
        const auto last = std::find_if(from.steps.rbegin(), from.steps.rend(),
                                       [](const FieldStep& step) { return step.kind == FieldStep::Kind::Name; });
        return last != from.steps.rend() && fitsPattern(m_name, last->name);
    }

    void enter(bool isObject)
    {
        ++m_at;
        if (!isInsideMasked() && m_isMatched) {
            m_maskedFrom = m_valueFrom;
            m_maskedDepth = m_open.size();
        }
        m_open.push_back({isObject});
        if (!isInsideMasked() && m_open.size() <= deepestPath)
            m_places.insert(m_places.end(), m_value.begin(), m_value.end());
    }

    void leave()
    {
        if (!isInsideMasked() && m_open.size() <= deepestPath)
            m_places.resize(m_places.size() - pathCount());
        m_open.pop_back();
        if (isInsideMasked() && m_open.size() == m_maskedDepth) {
            m_edits.push_back({m_maskedFrom, m_at, quotedMark()});
            m_maskedFrom = -1;
        }
    }

    void endValue()
    {
        if (isInsideMasked() || !m_isMatched)
            return;
        const QByteArrayView token = m_json.sliced(m_valueFrom, m_at - m_valueFrom);
        if (!isNull(token))
            m_edits.push_back({m_valueFrom, m_at, quotedMark()});
    }

    bool takeString()
    {
        const qsizetype start = m_at;
        const auto token = stringToken();
        if (!token)
            return false;
        if (!isInsideMasked() && !m_isMatched)
            maskText(start + 1, token->sliced(1, token->size() - 2));
        return true;
    }

    /// A number, true, false, null, or what some encoders write in their place (NaN).
    bool takeWord()
    {
        const qsizetype start = m_at;
        while (m_at < m_json.size() && !isSpace(m_json[m_at]) && QByteArrayView(",:[]{}\"").indexOf(m_json[m_at]) < 0)
            ++m_at;
        const QByteArrayView word = m_json.sliced(start, m_at - start);
        const bool isNumber = !word.isEmpty() && std::all_of(word.begin(), word.end(), [](char c) {
            return QByteArrayView("0123456789+-.eE").indexOf(c) >= 0;
        });
        if (!isNumber && word != "true" && word != "false" && word != "null" && word != "NaN" && word != "Infinity" &&
            word != "-Infinity")
            return false;
        if (isNumber && !isInsideMasked() && !m_isMatched) {
            const auto ranges = sensitiveRanges(word, m_rules.text);
            if (!ranges || !ranges->empty())
                m_edits.push_back({start, m_at, quotedMark()});
        }
        return true;
    }

    /// The inside of a string, which stands at `from`: by patterns, or as a document of its own.
    void maskText(qsizetype from, QByteArrayView inside)
    {
        if (inside.isEmpty())
            return;
        const bool isEscaped = inside.contains('\\');
        const QByteArray unescaped = isEscaped ? spelledText(inside) : QByteArray();
        const QByteArrayView text = isEscaped ? QByteArrayView(unescaped) : inside;
        Edits edits;
        qsizetype first = 0;
        while (first < text.size() && isSpace(text[first]))
            ++first;
        const bool mayBeJson = first < text.size() && (text[first] == '{' || text[first] == '[' || text[first] == '"');
        std::optional<Edits> nested;
        if (mayBeJson && m_level < deepestString)
            nested = Walk(text, m_rules, m_level + 1).edits();
        if (nested) {
            edits = std::move(*nested);
        } else {
            edits = textMaskEdits(text, m_rules.text);
        }
        if (mayBeJson && m_level >= deepestString) {
            m_edits.push_back({from, from + inside.size(), maskMark.toByteArray()});
            return;
        }
        EscapedPlaces starts(inside, false), ends(inside, true);
        for (MaskEdit& edit : edits) {
            if (nested)
                edit.replacement = escapedForJson(edit.replacement);
            if (isEscaped) {
                edit.from = starts.inside(edit.from);
                edit.to = ends.inside(edit.to);
            }
            m_edits.push_back({from + edit.from, from + edit.to, std::move(edit.replacement)});
        }
    }

    QByteArrayView m_json;
    const JsonMaskRules& m_rules;
    int m_level;
    qsizetype m_at = 0;
    std::vector<Container> m_open;
    std::vector<PathPlaces> m_places; // pathCount() for the root and for each open container
    std::vector<PathPlaces> m_value;  // of the value that begins
    QByteArray m_name;                // of the member that begins, comparable
    QByteArray m_unescaped;
    qsizetype m_valueFrom = 0;
    bool m_isMatched = false;
    qsizetype m_maskedFrom = -1; // a container that is masked whole, while inside
    std::size_t m_maskedDepth = 0;
    Edits m_edits;
};

} // namespace

std::optional<std::vector<MaskEdit>> jsonMaskEdits(QByteArrayView json, const JsonMaskRules& rules)
{
    return Walk(json, rules, 0).edits();
}

std::vector<MaskEdit> textMaskEdits(QByteArrayView text, const TextRules& rules)
{
    const auto whole = [&] { return Edits{{0, text.size(), maskMark.toByteArray()}}; };
    std::optional<std::vector<ByteRange>> ranges = sensitiveRanges(text, rules);
    if (!ranges)
        return whole();
    if (text.contains('\\')) {
        const auto spelled = sensitiveRanges(spelledText(text), rules);
        if (!spelled)
            return whole();
        EscapedPlaces starts(text, false), ends(text, true);
        for (const ByteRange& range : *spelled)
            ranges->push_back({starts.inside(range.from), ends.inside(range.to)});
        std::sort(ranges->begin(), ranges->end(), [](const ByteRange& a, const ByteRange& b) {
            return std::pair(a.from, a.to) < std::pair(b.from, b.to);
        });
    }
    Edits edits;
    for (const ByteRange& range : *ranges) {
        if (!edits.empty() && range.from <= edits.back().to)
            edits.back().to = std::max(edits.back().to, range.to);
        else
            edits.push_back({range.from, range.to, maskMark.toByteArray()});
    }
    return edits;
}

QByteArray withEdits(QByteArrayView bytes, const std::vector<MaskEdit>& edits)
{
    QByteArray out;
    out.reserve(bytes.size());
    qsizetype at = 0;
    for (const MaskEdit& edit : edits) {
        out += bytes.sliced(at, edit.from - at);
        out += edit.replacement;
        at = edit.to;
    }
    out += bytes.sliced(at);
    return out;
}

} // namespace spillway
