// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/catalogsearch.h"

#include "model/catalog/catalogquerynode.h"

#include <algorithm>
#include <array>

namespace spillway {
using namespace catalogquery;

struct CatalogIndex::Entry
{
    std::array<QString, FieldCount> texts;
    std::array<std::optional<double>, NumberCount> numbers;
};

namespace {

using Node = CatalogQuery::Node;
using NodePtr = std::shared_ptr<const Node>;

/// What a bare word is sought in, nearest first.
constexpr std::array wordFields{Name, Topic, Domain, Tag, Owner, Producer, Consumer, SchemaField, Description};

constexpr QChar separator(0x1F); // between values of one field

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

} // namespace

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

} // namespace spillway
