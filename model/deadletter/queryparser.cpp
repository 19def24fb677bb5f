// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/query.h"

#include "model/base/text.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/querytext.h"
#include "model/deadletter/termmatch.h"

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestQuery = 10'000;
constexpr qsizetype longestExpression = 1'000;
constexpr int deepest = 100;
/// One match takes some 10 ms at most before it gives up as too costly.
constexpr QLatin1StringView matchLimit("(*LIMIT_MATCH=500000)");

struct FieldName
{
    const char16_t* name;
    QueryField field;
};

constexpr std::array fieldNames{
    FieldName{u"team", QueryField::Team},
    FieldName{u"consumer", QueryField::Consumer},
    FieldName{u"group", QueryField::Group},
    FieldName{u"eventType", QueryField::EventType},
    FieldName{u"error", QueryField::Error},
    FieldName{u"key", QueryField::Key},
    FieldName{u"kind", QueryField::Kind},
    FieldName{u"schema", QueryField::Schema},
    FieldName{u"state", QueryField::State},
    FieldName{u"dialect", QueryField::Dialect},
    FieldName{u"channel", QueryField::Channel},
    FieldName{u"connection", QueryField::Connection},
    FieldName{u"age", QueryField::Age},
    FieldName{u"attempts", QueryField::Attempts},
    FieldName{u"size", QueryField::Size},
    FieldName{u"header.", QueryField::Header},
    FieldName{u"payload.", QueryField::Payload},
    FieldName{u"tag", QueryField::Tag},
    FieldName{u"offset", QueryField::PlaceOffset},
    FieldName{u"partition", QueryField::PlacePartition},
    FieldName{u"assignee", QueryField::Assignee},
};

bool isOperatorStart(QChar c)
{
    return c == u':' || c == u'=' || c == u'~' || c == u'<' || c == u'>';
}

bool isOrdering(QueryOperator op)
{
    return op == QueryOperator::Less || op == QueryOperator::LessOrEqual || op == QueryOperator::Greater ||
           op == QueryOperator::GreaterOrEqual;
}

/// In characters, from 1.
int columnOf(QStringView text, qsizetype at)
{
    return static_cast<int>(text.first(std::min(at, text.size())).toUcs4().size()) + 1;
}

/// Where in the text, and what: thrown inside the parser only.
struct Stop
{
    qsizetype at = 0;
    QString message;
};

class Parser
{
public:
    explicit Parser(QStringView text)
        : m_text(text)
    {
    }

    QueryNode parse()
    {
        skipSpace();
        if (isAtEnd())
            return {};
        QueryNode root = parseOr(0);
        skipSpace();
        if (!isAtEnd())
            throw Stop{m_at, u"this parenthesis closes nothing; remove it"_s};
        return root;
    }

private:
    [[nodiscard]] bool isAtEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] QChar here() const { return m_text[m_at]; }

    void skipSpace()
    {
        while (!isAtEnd() && here().isSpace())
            ++m_at;
    }

    /// Whether this very word stands here, on its own.
    [[nodiscard]] bool isWord(QStringView word) const
    {
        const QStringView rest = m_text.sliced(m_at);
        return rest.startsWith(word) && (rest.size() == word.size() || rest[word.size()].isSpace() ||
                                         rest[word.size()] == u'(' || rest[word.size()] == u')');
    }

    QueryNode parseOr(int depth)
    {
        std::vector<QueryNode> parts;
        parts.push_back(parseAnd(depth));
        for (skipSpace(); !isAtEnd() && isWord(u"OR"); skipSpace()) {
            m_at += 2;
            parts.push_back(parseAnd(depth));
        }
        return combined(QueryNode::Kind::Or, std::move(parts));
    }

    QueryNode parseAnd(int depth)
    {
        std::vector<QueryNode> parts;
        parts.push_back(parseNot(depth));
        for (skipSpace(); !isAtEnd() && here() != u')' && !isWord(u"OR"); skipSpace()) {
            if (isWord(u"AND"))
                m_at += 3;
            parts.push_back(parseNot(depth));
        }
        return combined(QueryNode::Kind::And, std::move(parts));
    }

    QueryNode parseNot(int depth)
    {
        skipSpace();
        if (depth > deepest)
            throw Stop{m_at, u"the query is nested more than %1 deep; write it flatter"_s.arg(deepest)};
        if (isAtEnd())
            throw Stop{m_at, m_text.trimmed().isEmpty()
                                 ? u"a term is missing"_s
                                 : u"a term is missing at the end; write one or remove the last word"_s};
        const bool isMinus = here() == u'-';
        if (isMinus || isWord(u"NOT")) {
            m_at += isMinus ? 1 : 3;
            if (isMinus && (isAtEnd() || here().isSpace()))
                throw Stop{m_at - 1, u"a term is missing after -; to search for a hyphen write \"-\""_s};
            QueryNode node;
            node.kind = QueryNode::Kind::Not;
            node.children.push_back(parseNot(depth + 1));
            return node;
        }
        if (here() == u'(') {
            const qsizetype opened = m_at++;
            skipSpace();
            if (!isAtEnd() && here() == u')')
                throw Stop{opened, u"there is nothing between these parentheses"_s};
            QueryNode node = parseOr(depth + 1);
            skipSpace();
            if (isAtEnd())
                throw Stop{opened, u"this parenthesis is not closed; add )"_s};
            ++m_at;
            return node;
        }
        if (here() == u')')
            throw Stop{m_at, u"a term is missing before this parenthesis"_s};
        if (isWord(u"AND") || isWord(u"OR"))
            throw Stop{m_at, u"a term is missing before this word; to search for the word write it in quotes"_s};
        QueryNode node;
        node.kind = QueryNode::Kind::Term;
        node.term = parseTerm();
        return node;
    }

    static QueryNode combined(QueryNode::Kind kind, std::vector<QueryNode> parts)
    {
        if (parts.size() == 1)
            return std::move(parts.front());
        QueryNode node;
        node.kind = kind;
        node.children = std::move(parts);
        return node;
    }

    QueryTerm parseTerm()
    {
        QueryTerm term;
        const qsizetype start = m_at;
        if (here() == u'"') {
            term.text = quoted();
            if (term.text.isEmpty())
                throw Stop{start, u"there is nothing between these quotes"_s};
            if (!isAtEnd() && isOperatorStart(here()))
                throw Stop{start, u"a field's name is not quoted"_s};
            return term;
        }
        while (!isAtEnd() && !here().isSpace() && here() != u'(' && here() != u')' && !isOperatorStart(here())) {
            if (here() == u'"' && isPathSoFar(start))
                (void)quoted();
            else
                ++m_at;
        }
        const QStringView name = m_text.sliced(start, m_at - start);
        if (isAtEnd() || !isOperatorStart(here())) {
            if (name.isEmpty())
                throw Stop{start, u"a term is missing"_s};
            term.text = name.toString();
            return term;
        }
        refuseForeignSign(name);
        readField(name, start, term);
        readOperator(term);
        readValue(term);
        return term;
    }

    [[nodiscard]] bool isPathSoFar(qsizetype start) const
    {
        const QStringView name = m_text.sliced(start, m_at - start);
        return name.startsWith(u"payload.") || name.startsWith(u"header.");
    }

    /// The character of a `\u{200B}` that begins here, as visibleText writes what nobody sees; empty: none begins here.
    QString unseen()
    {
        constexpr qsizetype mostDigits = 6;
        const QStringView rest = m_text.sliced(m_at);
        const qsizetype closing =
            rest.startsWith(u"\\u{") ? rest.first(std::min(rest.size(), 4 + mostDigits)).indexOf(u'}') : -1;
        bool isHex = false;
        const uint code = closing > 3 ? rest.sliced(3, closing - 3).toUInt(&isHex, 16) : 0;
        if (!isHex || code > QChar::LastValidCodePoint || QChar::isSurrogate(code))
            return {};
        m_at += closing + 1;
        return QStringView(QChar::fromUcs4(code)).toString(); // QString::fromUcs4 drops U+FEFF as a mark of its own
    }

    /// From the opening quote to behind the closing one; `\"` and `\\` stand for themselves, `\u{…}` for the character
    /// of that number; any other backslash stays.
    QString quoted()
    {
        const qsizetype opened = m_at++;
        QString text;
        while (!isAtEnd() && here() != u'"') {
            if (const QString character = unseen(); !character.isEmpty()) {
                text += character;
                continue;
            }
            if (here() == u'\\' && m_at + 1 < m_text.size() && (m_text[m_at + 1] == u'"' || m_text[m_at + 1] == u'\\'))
                ++m_at;
            text += here();
            ++m_at;
        }
        if (isAtEnd())
            throw Stop{opened, u"this quote is not closed; add \""_s};
        ++m_at;
        return text;
    }

    /// Signs of other languages, which would be read as a part of a name or of a value and find nothing, silently.
    void refuseForeignSign(QStringView name) const
    {
        if (name.size() > 1 && name.endsWith(u'!'))
            throw Stop{m_at - 1, u"there is no sign !%1; write - before the term: -%2%1…"_s.arg(
                                     here(), visibleText(name.chopped(1).left(60)))};
        if (name.size() > 1 && name.startsWith(u'!'))
            throw Stop{m_at - name.size(), u"there is no sign !; write - before the term"_s};
        const QChar next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : QChar();
        if (here() != u'=' || !(isOperatorStart(next) && next != u':'))
            return;
        const QString meant = next == u'=' || next == u'~' ? QString(next) : next + u"="_s;
        throw Stop{
            m_at,
            u"there is no sign =%1; write %2 (a value that begins with %1 stands in quotes)"_s.arg(next).arg(meant)};
    }

    void readField(QStringView name, qsizetype start, QueryTerm& term)
    {
        if (name.isEmpty())
            throw Stop{start,
                       u"a field's name is missing before this sign; to search for the sign write it in quotes"_s};
        for (const FieldName& known : fieldNames) {
            const QStringView word(known.name);
            if (word.endsWith(u'.') ? name.startsWith(word) : name == word) {
                term.field = known.field;
                if (word.endsWith(u'.'))
                    readName(name.sliced(word.size()), start + word.size(), term);
                return;
            }
        }
        if (name.startsWith(u"payload["))
            throw Stop{start, u"there is no field \"%1\"; of an array at the root write payload.%2"_s.arg(
                                  visibleText(name.left(60)), visibleText(name.sliced(7).left(60)))};
        for (const FieldName& known : fieldNames) {
            const QStringView word(known.name);
            if (name.compare(word, Qt::CaseInsensitive) == 0)
                throw Stop{start, u"there is no field \"%1\"; write %2"_s.arg(name, word)};
        }
        throw Stop{
            start,
            u"there is no field \"%1\"; fields are %2; to search for text with this sign write it in quotes"_s.arg(
                visibleText(name.left(60)), queryFieldNames().join(u", "_s))};
    }

    void readName(QStringView name, qsizetype at, QueryTerm& term)
    {
        if (name.isEmpty())
            throw Stop{at, u"a name is missing after the dot"_s};
        if (term.field == QueryField::Header) {
            if (name.startsWith(u'"')) {
                Parser inner(name);
                term.header = inner.quoted();
                if (!inner.isAtEnd())
                    throw Stop{at + inner.m_at, u"nothing may follow the quoted name"_s};
            } else {
                term.header = name.toString();
            }
            return;
        }
        term.path = readPath(name, at);
    }

    /// `order.items[0]."gift wrap"`
    static JsonPath readPath(QStringView text, qsizetype at)
    {
        JsonPath path;
        Parser inner(text);
        bool needsKey = true;
        while (!inner.isAtEnd()) {
            JsonStep step;
            if (inner.here() == u'[') {
                const qsizetype closing = text.indexOf(u']', inner.m_at);
                bool isIndex = false;
                const QStringView digits =
                    closing < 0 ? QStringView() : text.sliced(inner.m_at + 1, closing - inner.m_at - 1);
                const uint index = digits.toUInt(&isIndex);
                if (!isIndex)
                    throw Stop{at + inner.m_at, u"an array's place is a number in brackets: [0]"_s};
                step.index = index;
                step.key = digits.toString();
                inner.m_at = closing + 1;
            } else if (needsKey) {
                if (inner.here() == u'"') {
                    step.key = inner.quoted();
                } else {
                    while (!inner.isAtEnd() && inner.here() != u'.' && inner.here() != u'[')
                        step.key += inner.here(), ++inner.m_at;
                    if (step.key.isEmpty())
                        throw Stop{at + inner.m_at, u"a name is missing in the path"_s};
                }
            } else {
                throw Stop{at + inner.m_at, u"a dot is missing in the path"_s};
            }
            path.push_back(std::move(step));
            needsKey = !inner.isAtEnd() && inner.here() == u'.';
            if (needsKey && ++inner.m_at >= text.size())
                throw Stop{at + text.size(), u"a name is missing in the path"_s};
        }
        return path;
    }

    void readOperator(QueryTerm& term)
    {
        m_operatorAt = m_at;
        const QChar sign = here();
        ++m_at;
        const bool orEqual = !isAtEnd() && here() == u'=' && (sign == u'<' || sign == u'>');
        if (orEqual)
            ++m_at;
        if (sign == u'<')
            term.op = orEqual ? QueryOperator::LessOrEqual : QueryOperator::Less;
        else if (sign == u'>')
            term.op = orEqual ? QueryOperator::GreaterOrEqual : QueryOperator::Greater;
        else
            term.op = sign == u'~' ? QueryOperator::Matches : QueryOperator::Equal;
    }

    void readValue(QueryTerm& term)
    {
        const qsizetype start = m_at;
        if (isAtEnd() || here().isSpace() || here() == u')')
            throw Stop{m_at, u"a value is missing after %1; write it without a space between"_s.arg(
                                 m_text.sliced(m_operatorAt, m_at - m_operatorAt))};
        if (here() == u'"') {
            term.text = quoted();
            if (!isAtEnd() && !here().isSpace() && here() != u')')
                throw Stop{m_at, u"a space is missing after the quoted value"_s};
        } else {
            int open = 0; // parentheses of an expression belong to it; one that closes more does not
            while (!isAtEnd() && !here().isSpace()) {
                if (here() == u'(')
                    ++open;
                else if (here() == u')' && --open < 0)
                    break;
                ++m_at;
            }
            term.text = m_text.sliced(start, m_at - start).toString();
        }
        understand(term, start);
    }

    void understand(QueryTerm& term, qsizetype at)
    {
        const bool isNumeric = term.field == QueryField::Age || term.field == QueryField::Attempts ||
                               term.field == QueryField::Size || term.field == QueryField::PlacePartition ||
                               term.field == QueryField::PlaceOffset;
        const bool isFree = term.field == QueryField::Header || term.field == QueryField::Payload;
        if (term.op == QueryOperator::Matches) {
            if (isNumeric)
                throw Stop{m_operatorAt, u"~ is for text; write one of : = < <= > >="_s};
            readExpression(term, at);
            return;
        }
        if (isOrdering(term.op) && !isNumeric && !isFree)
            throw Stop{m_operatorAt, u"this field is text and has no order; write : or = or ~"_s};
        term.number = Decimal::parse(term.text.toUtf8());
        switch (term.field) {
        case QueryField::Age:
            if (const auto age = parseDuration(term.text))
                term.number = Decimal::fromInteger(age->count());
            else
                throw Stop{at,
                           u"\"%1\" is no duration; write 90s, 15m, 24h or 7d"_s.arg(visibleText(term.text.left(60)))};
            break;
        case QueryField::Size:
            if (const auto size = parseSizeBytes(term.text); size && !term.number)
                term.number = Decimal::fromInteger(*size);
            if (!term.number)
                throw Stop{at, u"\"%1\" is no size; write 512, 10KiB or 3MB"_s.arg(visibleText(term.text.left(60)))};
            break;
        case QueryField::Attempts:
        case QueryField::PlacePartition:
        case QueryField::PlaceOffset:
            if (!term.number)
                throw Stop{at, u"\"%1\" is no number"_s.arg(visibleText(term.text.left(60)))};
            break;
        case QueryField::Kind:
            if (!failureKindFromWord(term.text))
                throw Stop{at, u"there is no kind \"%1\"; kinds are transient, schema, business, unknown"_s.arg(
                                   visibleText(term.text.left(60)))};
            break;
        case QueryField::Schema:
            if (!schemaVerdictFromWord(term.text))
                throw Stop{at, u"there is no verdict \"%1\"; a schema says valid, invalid or unknown"_s.arg(
                                   visibleText(term.text.left(60)))};
            break;
        case QueryField::State:
            if (term.text != u"open" && !triageStateFromWord(term.text))
                throw Stop{
                    at,
                    u"there is no state \"%1\"; states are new, assigned, parked, archived, planned, sent, resolved, failedAgain, unknown, lost, and open for all but archived, resolved, lost"_s
                        .arg(visibleText(term.text.left(60)))};
            break;
        case QueryField::Header:
        case QueryField::Payload:
            if (isOrdering(term.op))
                readOrdered(term, at);
            break;
        case QueryField::Text:
        case QueryField::Team:
        case QueryField::Consumer:
        case QueryField::Group:
        case QueryField::Tag:
        case QueryField::EventType:
        case QueryField::Error:
        case QueryField::Key:
        case QueryField::Assignee:
        case QueryField::Dialect:
        case QueryField::Channel:
        case QueryField::Connection:
            break;
        }
    }

    void readExpression(QueryTerm& term, qsizetype at)
    {
        term.column = columnOf(m_text, at);
        if (term.text.size() > longestExpression)
            throw Stop{at, u"the expression is longer than %1 characters"_s.arg(longestExpression)};
        // PCRE takes the lower one where the pattern sets a limit too.
        term.expression.setPattern(QString(matchLimit) + term.text);
        if (!term.expression.isValid())
            throw Stop{at + std::max<qsizetype>(0, term.expression.patternErrorOffset() - matchLimit.size()),
                       u"this is no regular expression: %1"_s.arg(term.expression.errorString())};
        term.expression.optimize();
    }

    static void readOrdered(QueryTerm& term, qsizetype at)
    {
        if (term.number)
            return;
        if (const auto size = parseSizeBytes(term.text))
            term.number = Decimal::fromInteger(*size);
        else if (const auto duration = parseDuration(term.text))
            term.number = Decimal::fromInteger(duration->count());
        else
            term.time = instantOf(term.text.toUtf8());
        if (!term.number && !term.time)
            throw Stop{
                at, u"\"%1\" is no number, size, duration or time; write 900, 10KiB, 24h or 2026-11-21T07:00:00Z"_s.arg(
                        visibleText(term.text.left(60)))};
    }

    QStringView m_text;
    qsizetype m_at = 0;
    qsizetype m_operatorAt = 0;
};

bool looksAtBody(const QueryNode& node)
{
    if (node.kind == QueryNode::Kind::Term)
        return node.term.field == QueryField::Text || node.term.field == QueryField::Header ||
               node.term.field == QueryField::Payload;
    return std::any_of(node.children.begin(), node.children.end(), looksAtBody);
}

} // namespace

bool Query::needsBody() const
{
    return looksAtBody(root);
}

const QStringList& queryFieldNames()
{
    static const QStringList names = [] {
        QStringList list;
        for (const FieldName& known : fieldNames)
            list += QStringView(known.name).toString();
        return list;
    }();
    return names;
}

tl::expected<Query, QueryFault> readQuery(QStringView text)
{
    try {
        if (text.size() > longestQuery)
            throw Stop{longestQuery, u"the query is longer than %1 characters"_s.arg(longestQuery)};
        Query query;
        query.text = text.toString();
        query.root = Parser(text).parse();
        return query;
    } catch (const Stop& stop) {
        return tl::unexpected<QueryFault>(QueryFault{columnOf(text, stop.at), stop.message});
    }
}

Result<Query> parseQuery(QStringView text)
{
    auto query = readQuery(text);
    if (!query)
        return fail(ErrorCode::InvalidConfig,
                    u"query, column %1: %2"_s.arg(query.error().column).arg(query.error().message));
    return std::move(*query);
}

namespace {

QString quotedWhereNeeded(QStringView text)
{
    const auto isPlain = [](QChar c) {
        return c.isLetterOrNumber() || c == u'.' || c == u'_' || c == u'-' || c == u'$';
    };
    if (!text.isEmpty() && std::all_of(text.begin(), text.end(), isPlain))
        return text.toString();
    return quotedInQuery(text.toString());
}

} // namespace

QString queryTermText(QStringView field, QStringView value)
{
    return field.toString() + u':' + quotedWhereNeeded(value);
}

QString headerTermText(QStringView name, QStringView value)
{
    return queryTermText(u"header."_s + quotedWhereNeeded(name), value);
}

} // namespace spillway
