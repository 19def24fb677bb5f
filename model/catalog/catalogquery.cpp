// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogquery.h"

#include "model/base/text.h"
#include "model/catalog/catalogquerynode.h"
#include "model/workspace/issuelist.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;
using namespace catalogquery;

namespace {

using Node = CatalogQuery::Node;
using NodePtr = std::shared_ptr<const Node>;

struct FieldName
{
    QStringView name;
    int field;
    bool isNumber;
};
constexpr std::array fieldNames{
    FieldName{u"event", Name, false},         FieldName{u"name", Name, false},
    FieldName{u"domain", Domain, false},      FieldName{u"description", Description, false},
    FieldName{u"topic", Topic, false},        FieldName{u"key", Key, false},
    FieldName{u"owner", Owner, false},        FieldName{u"team", Owner, false},
    FieldName{u"producer", Producer, false},  FieldName{u"service", Producer, false},
    FieldName{u"consumer", Consumer, false},  FieldName{u"tag", Tag, false},
    FieldName{u"field", SchemaField, false},  FieldName{u"slack", Slack, false},
    FieldName{u"oncall", Oncall, false},      FieldName{u"schema", Schema, false},
    FieldName{u"consumers", Consumers, true}, FieldName{u"volume", Volume, true},
    FieldName{u"payload", Payload, true},     FieldName{u"size", Payload, true},
    FieldName{u"retention", Retention, true}, FieldName{u"version", Version, true},
};

class QueryReader
{
public:
    explicit QueryReader(const QString& text)
        : m_text(text)
    {
    }

    Result<NodePtr> read()
    {
        auto node = readOr(0);
        if (!node)
            return node;
        skip();
        if (m_at < m_text.size())
            return wrong(m_at, u"a ) closes nothing; remove it"_s);
        return node;
    }

private:
    static constexpr int deepest = 50;

    tl::unexpected<Error> wrong(qsizetype at, const QString& what) const
    {
        return fail(ErrorCode::InvalidConfig, u"query, column %1: %2"_s.arg(at + 1).arg(what));
    }
    void skip()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
    }
    [[nodiscard]] bool isKeyword(const QString& word) const
    {
        if (QStringView(m_text).mid(m_at, word.size()) != word)
            return false;
        const qsizetype end = m_at + word.size();
        return end >= m_text.size() || m_text[end].isSpace() || m_text[end] == u'(' || m_text[end] == u')';
    }

    Result<NodePtr> readOr(int depth)
    {
        auto first = readAnd(depth);
        if (!first)
            return first;
        std::vector<NodePtr> children{*first};
        for (skip(); isKeyword(u"OR"_s); skip()) {
            m_at += 2;
            auto next = readAnd(depth);
            if (!next)
                return next;
            children.push_back(*next);
        }
        return children.size() == 1 ? children.front() : joined(Node::Kind::Or, std::move(children));
    }

    Result<NodePtr> readAnd(int depth)
    {
        std::vector<NodePtr> children;
        bool isDue = false;
        for (;;) {
            skip();
            if (isKeyword(u"AND"_s)) {
                if (children.empty() || isDue)
                    return wrong(m_at, u"AND stands between two conditions; write one before it"_s);
                m_at += 3;
                isDue = true;
                continue;
            }
            if (m_at >= m_text.size() || m_text[m_at] == u')' || isKeyword(u"OR"_s))
                break;
            auto term = readTerm(depth);
            if (!term)
                return term;
            children.push_back(*term);
            isDue = false;
        }
        if (isDue || (children.empty() && (depth > 0 || m_at < m_text.size() || m_hasOr)))
            return wrong(m_at, u"a condition is missing here"_s);
        skip();
        m_hasOr = m_hasOr || isKeyword(u"OR"_s);
        return joined(Node::Kind::And, std::move(children));
    }

    Result<NodePtr> readTerm(int depth)
    {
        if (depth > deepest)
            return wrong(m_at, u"this is nested too deep; write it with fewer parentheses"_s);
        if (isKeyword(u"NOT"_s) || (m_text[m_at] == u'-' && m_at + 1 < m_text.size() && !m_text[m_at + 1].isSpace())) {
            m_at += m_text[m_at] == u'-' ? 1 : 3;
            skip();
            if (m_at >= m_text.size())
                return wrong(m_at, u"a condition is missing after the negation"_s);
            auto child = readTerm(depth + 1);
            if (!child)
                return child;
            return joined(Node::Kind::Not, {*child});
        }
        if (m_text[m_at] == u'(') {
            const qsizetype open = m_at++;
            auto inner = readOr(depth + 1);
            if (!inner)
                return inner;
            skip();
            if (m_at >= m_text.size() || m_text[m_at] != u')')
                return wrong(open, u"this ( is not closed; add )"_s);
            ++m_at;
            return inner;
        }
        return readCondition();
    }

    /// An expression keeps the parentheses that it opens itself.
    Result<QString> readValue(bool isExpression = false)
    {
        QString value;
        if (m_at < m_text.size() && m_text[m_at] == u'"') {
            const qsizetype open = m_at++;
            for (; m_at < m_text.size() && m_text[m_at] != u'"'; ++m_at) {
                if (m_text[m_at] == u'\\' && m_at + 1 < m_text.size())
                    ++m_at;
                value += m_text[m_at];
            }
            if (m_at >= m_text.size())
                return wrong(open, u"this quote is not closed; add \""_s);
            ++m_at;
            return value;
        }
        for (int open = 0; m_at < m_text.size() && !m_text[m_at].isSpace(); value += m_text[m_at++]) {
            const QChar c = m_text[m_at];
            if ((c == u'(' && !isExpression) || (c == u')' && open == 0))
                break;
            open += c == u'(' ? 1 : c == u')' ? -1 : 0;
        }
        return value;
    }

    Result<NodePtr> readCondition()
    {
        const qsizetype start = m_at;
        static const QRegularExpression head(u"\\G([A-Za-z][A-Za-z._]*)(<=|>=|[:=~<>])"_s);
        const auto match = head.match(m_text, m_at);
        if (!match.hasMatch())
            return readWord();
        const QString name = match.captured(1);
        const QString comparison = match.captured(2);
        const auto known = std::find_if(fieldNames.begin(), fieldNames.end(), [&](const FieldName& f) {
            return f.name.compare(name, Qt::CaseInsensitive) == 0;
        });
        if (known == fieldNames.end())
            return wrong(start, u"there is no field %1%2; write one of %3"_s.arg(quoted(name),
                                                                                 didYouMean(name, catalogQueryFields()),
                                                                                 catalogQueryFields().join(u", "_s)));
        m_at = match.capturedEnd();
        const qsizetype valueAt = m_at;
        auto value = readValue(comparison == u"~");
        if (!value)
            return tl::unexpected<Error>(value.error());
        if (value->isEmpty())
            return wrong(valueAt, u"a value is missing after %1%2"_s.arg(name, comparison));
        auto node = std::make_shared<Node>();
        node->field = known->field;
        if (known->isNumber) {
            if (comparison == u"~")
                return wrong(start, u"%1 is a number; compare it with =, <, <=, > or >="_s.arg(name));
            bool ok = false;
            node->number = value->toDouble(&ok);
            if (!ok && known->field == Payload) {
                const auto size = parseSizeBytes(*value);
                ok = size.has_value();
                node->number = ok ? static_cast<double>(*size) : 0;
            }
            if (!ok || !std::isfinite(node->number))
                return wrong(valueAt, u"%1 is no number; write one like 1000 or 1e6"_s.arg(quoted(*value)));
            node->kind = Node::Kind::Compare;
            node->comparison = comparison == u":" ? u"="_s : comparison;
            return NodePtr(node);
        }
        if (comparison.startsWith(u'<') || comparison.startsWith(u'>'))
            return wrong(start, u"%1 is a text; compare it with :, = or ~"_s.arg(name));
        node->kind = Node::Kind::Text;
        node->text = value->toLower();
        if (comparison == u":" && node->text.endsWith(u'*')) {
            node->text.chop(1);
            node->match = Node::Match::Beginning;
        } else if (comparison == u":") {
            node->match = Node::Match::Value;
        } else if (comparison == u"=") {
            node->match = Node::Match::Whole;
        } else {
            node->match = Node::Match::Expression;
            node->expression = QRegularExpression(*value, QRegularExpression::CaseInsensitiveOption);
            if (!node->expression.isValid())
                return wrong(valueAt + node->expression.patternErrorOffset(),
                             u"the regular expression is wrong: "_s + node->expression.errorString());
        }
        return NodePtr(node);
    }

    Result<NodePtr> readWord()
    {
        const bool isQuoted = m_text[m_at] == u'"';
        const qsizetype start = m_at;
        auto value = readValue();
        if (!value)
            return tl::unexpected<Error>(value.error());
        auto node = std::make_shared<Node>();
        node->kind = Node::Kind::Word;
        node->text = value->toLower();
        if (!isQuoted && node->text.endsWith(u'*')) {
            node->text.chop(1);
            node->isPrefix = true;
        }
        if (node->text.isEmpty())
            return wrong(start, u"a word to look for is missing here"_s);
        return NodePtr(node);
    }

    static NodePtr joined(Node::Kind kind, std::vector<NodePtr> children)
    {
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->children = std::move(children);
        return node;
    }

    const QString& m_text;
    qsizetype m_at = 0;
    bool m_hasOr = false;
};

} // namespace

Result<CatalogQuery> parseCatalogQuery(const QString& query)
{
    auto root = QueryReader(query).read();
    if (!root)
        return tl::unexpected<Error>(root.error());
    return CatalogQuery(*root);
}

QStringList catalogQueryFields()
{
    QStringList names;
    for (const FieldName& field : fieldNames)
        names += field.name.toString();
    return names;
}

} // namespace spillway
