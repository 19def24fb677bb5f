// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogsearch.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/workspace/issuelist.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Texts an event can be asked for, by field; lower case.
enum Field {
    Name,
    Domain,
    Description,
    Topic,
    Key,
    Owner,
    Producer,
    Consumer,
    Tag,
    SchemaField,
    Slack,
    Oncall,
    Schema,
    FieldCount
};
enum Number { Consumers, Volume, Payload, Retention, Version, NumberCount };

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

/// What a bare word is sought in, nearest first.
constexpr std::array wordFields{Name, Topic, Domain, Tag, Owner, Producer, Consumer, SchemaField, Description};

constexpr QChar separator(0x1F); // between values of one field

} // namespace

struct CatalogIndex::Entry
{
    std::array<QString, FieldCount> texts;
    std::array<std::optional<double>, NumberCount> numbers;
};

struct CatalogQuery::Node
{
    enum class Kind { And, Or, Not, Word, Text, Compare };
    enum class Match { Value, Beginning, Whole, Expression };
    Kind kind = Kind::And;
    std::vector<std::shared_ptr<const Node>> children;
    int field = 0;
    Match match = Match::Value;
    QString text; // lower case
    bool isPrefix = false;
    QRegularExpression expression;
    QString comparison;
    double number = 0;
};

namespace {

using Node = CatalogQuery::Node;
using NodePtr = std::shared_ptr<const Node>;

/// One of the values has a word that begins so.
bool hasWordBeginning(const QString& text, const QString& beginning)
{
    for (qsizetype at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
        if (at == 0 || !text[at - 1].isLetterOrNumber())
            return true;
    }
    return false;
}

bool hasWhole(const QString& text, const QString& value)
{
    for (qsizetype at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        const qsizetype end = at + value.size();
        if ((at == 0 || text[at - 1] == separator) && (end == text.size() || text[end] == separator))
            return true;
    }
    return false;
}

/// What `:` and `…*` ask of one value. A tag, a topic, a name are as written; a team and a service are known by
/// their first words too (payment of payment-team), a field by its path's last (sku of lines[].sku), and a description
/// is a text.
bool fits(QStringView value, const Node& node)
{
    const QStringView text = node.text;
    const bool isBeginning = node.match == Node::Match::Beginning;
    const auto isEdge = [value](qsizetype at) { return at >= value.size() || !value[at].isLetterOrNumber(); };
    switch (node.field) {
    case Description:
        return hasWordBeginning(value.toString(), node.text);
    case Owner:
    case Producer:
    case Consumer:
        return value.startsWith(text) && (isBeginning || isEdge(text.size()));
    case SchemaField:
        for (qsizetype at = 0; at >= 0; at = value.indexOf(u'.', at), at += at >= 0 ? 1 : 0) {
            const QStringView part = value.mid(at);
            if (isBeginning ? part.startsWith(text) : part == text)
                return true;
        }
        return false;
    default:
        return isBeginning ? value.startsWith(text) : value == text;
    }
}

bool hasValue(const QString& text, const Node& node)
{
    for (const QStringView value : QStringView(text).split(separator)) {
        if (fits(value, node))
            return true;
    }
    return false;
}

bool compares(double left, const QString& how, double right)
{
    if (how == u"<")
        return left < right;
    if (how == u"<=")
        return left <= right;
    if (how == u">")
        return left > right;
    if (how == u">=")
        return left >= right;
    return left == right;
}

bool holds(const Node& node, const CatalogIndex::Entry& entry)
{
    switch (node.kind) {
    case Node::Kind::And:
        return std::all_of(node.children.begin(), node.children.end(),
                           [&](const NodePtr& c) { return holds(*c, entry); });
    case Node::Kind::Or:
        return std::any_of(node.children.begin(), node.children.end(),
                           [&](const NodePtr& c) { return holds(*c, entry); });
    case Node::Kind::Not:
        return !holds(*node.children.front(), entry);
    case Node::Kind::Word:
        return std::any_of(wordFields.begin(), wordFields.end(), [&](Field field) {
            const QString& text = entry.texts[field];
            return node.isPrefix ? hasWordBeginning(text, node.text) : text.contains(node.text);
        });
    case Node::Kind::Text: {
        const QString& text = entry.texts[static_cast<std::size_t>(node.field)];
        switch (node.match) {
        case Node::Match::Value:
        case Node::Match::Beginning:
            return hasValue(text, node);
        case Node::Match::Whole:
            return hasWhole(text, node.text);
        case Node::Match::Expression:
            for (const QString& value : text.split(separator)) {
                if (node.expression.match(value).hasMatch())
                    return true;
            }
            return false;
        }
        return false;
    }
    case Node::Kind::Compare: {
        const auto& number = entry.numbers[static_cast<std::size_t>(node.field)];
        return number && compares(*number, node.comparison, node.number);
    }
    }
    return false;
}

/// The first word that is sought everywhere, for ranking.
QString firstWord(const Node& node)
{
    if (node.kind == Node::Kind::Word || (node.kind == Node::Kind::Text && node.field == Name))
        return node.text;
    if (node.kind == Node::Kind::Not)
        return {};
    for (const NodePtr& child : node.children) {
        if (const QString word = firstWord(*child); !word.isEmpty())
            return word;
    }
    return {};
}

int rankOf(const CatalogIndex::Entry& entry, const QString& word)
{
    if (word.isEmpty())
        return 0;
    const QString& name = entry.texts[Name];
    return name == word                   ? 0
           : name.startsWith(word)        ? 1
           : hasWordBeginning(name, word) ? 2
           : name.contains(word)          ? 3
                                          : 4;
}

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

CatalogIndex::CatalogIndex(const std::vector<JoinedEvent>& events)
{
    m_entries.reserve(events.size());
    for (const JoinedEvent& event : events) {
        Entry& entry = m_entries.emplace_back();
        QStringList owners{event.producer.team};
        QStringList consumers;
        QStringList slack{event.producer.slackChannel};
        for (const JoinedConsumer& consumer : event.consumers) {
            owners += consumer.team;
            consumers += consumer.service;
            if (consumer.group != consumer.service)
                consumers += consumer.group;
            slack += consumer.slackChannel;
        }
        QStringList fields;
        for (const OutlineField& field : event.schema.fields)
            fields += field.path;
        entry.texts[Name] = event.eventType.toLower();
        entry.texts[Domain] = event.domain.toLower();
        entry.texts[Description] = event.description.toLower();
        entry.texts[Topic] = event.topic.toLower();
        entry.texts[Key] = event.partitionKey.toLower();
        entry.texts[Owner] = owners.join(separator).toLower();
        entry.texts[Producer] = event.producer.service.toLower();
        entry.texts[Consumer] = consumers.join(separator).toLower();
        entry.texts[Tag] = event.tags.join(separator).toLower();
        entry.texts[SchemaField] = fields.join(separator).toLower();
        entry.texts[Slack] = slack.join(separator).toLower();
        entry.texts[Oncall] = event.producer.oncallRotation.toLower();
        entry.texts[Schema] = event.schemaPath.toLower();
        const auto number = [](const auto& value) {
            return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
        };
        entry.numbers[Consumers] = static_cast<double>(event.consumers.size());
        entry.numbers[Volume] = number(event.avgDailyVolume);
        entry.numbers[Payload] = number(event.avgPayloadBytes);
        entry.numbers[Retention] = event.retentionDays;
        entry.numbers[Version] = number(event.currentVersion);
    }
}

CatalogIndex::CatalogIndex() = default;
CatalogIndex::CatalogIndex(CatalogIndex&&) noexcept = default;
CatalogIndex& CatalogIndex::operator=(CatalogIndex&&) noexcept = default;
CatalogIndex::~CatalogIndex() = default;

std::vector<std::size_t> CatalogIndex::find(const CatalogQuery& query) const
{
    std::vector<std::pair<int, std::size_t>> found;
    const Node* root = query.root();
    const QString word = root != nullptr ? firstWord(*root) : QString();
    for (std::size_t at = 0; at < m_entries.size(); ++at) {
        if (root == nullptr || holds(*root, m_entries[at]))
            found.emplace_back(rankOf(m_entries[at], word), at);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::size_t> indexes;
    indexes.reserve(found.size());
    for (const auto& [rank, at] : found)
        indexes.push_back(at);
    return indexes;
}

QByteArray catalogEventsJson(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which)
{
    const auto orNull = [](JsonWriter& json, QStringView key, const QString& text) {
        json.key(key);
        text.isEmpty() ? json.null() : json.value(text);
    };
    JsonWriter json;
    json.beginArray();
    for (const std::size_t at : which) {
        const JoinedEvent& event = events[at];
        json.beginObject().field(u"event", event.eventType);
        orNull(json, u"domain", event.domain);
        orNull(json, u"description", event.description);
        orNull(json, u"producer", event.producer.service);
        orNull(json, u"team", event.producer.team);
        json.key(u"consumers").beginArray();
        for (const JoinedConsumer& consumer : event.consumers)
            json.value(consumer.service);
        json.endArray();
        orNull(json, u"topic", event.topic);
        const FilePlace place = event.place();
        json.field(u"file", place.file).field(u"line", place.line).field(u"column", place.column);
        json.key(u"tags").beginArray();
        for (const QString& tag : event.tags)
            json.value(tag);
        json.endArray();
        json.field(u"version", event.currentVersion).field(u"avgDailyVolume", event.avgDailyVolume);
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString catalogEventsText(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which)
{
    if (which.empty())
        return u"no event fits; `spillwayctl catalog search ''` lists all\n"_s;
    QString out;
    for (const std::size_t at : which) {
        const JoinedEvent& event = events[at];
        out += visibleText(u"%1  %2 (%3), %4 consumer%5%6"_s.arg(
                   event.eventType, event.producer.service.isEmpty() ? u"no producer"_s : event.producer.service,
                   event.producer.team.isEmpty() ? u"no team"_s : event.producer.team,
                   QString::number(event.consumers.size()), event.consumers.size() == 1 ? QString() : u"s"_s,
                   event.topic.isEmpty() ? QString() : u", topic "_s + event.topic)) +
               u'\n';
        if (!event.description.isEmpty())
            out += u"    "_s + visibleText(event.description) + u'\n';
    }
    return out;
}

} // namespace spillway
