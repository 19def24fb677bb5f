// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsontree.h"

#include "model/base/text.h"
#include "model/deadletter/query.h"
#include "model/deadletter/querytext.h"

#include <QScopedValueRollback>
#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype walkedAtOnce = 1 << 20;
constexpr qsizetype shownValueBytes = 300;
constexpr qsizetype longestTermValue = 1'000;
constexpr int reach = 100'000; // elements that indexOf opens on its way

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

qsizetype skipSpace(QByteArrayView json, qsizetype at)
{
    while (at < json.size() && isSpace(json[at]))
        ++at;
    return at;
}

/// Behind the text whose opening quote is at `at`.
qsizetype afterText(QByteArrayView json, qsizetype at)
{
    for (++at; at < json.size() && json[at] != '"'; ++at) {
        if (json[at] == '\\')
            ++at;
    }
    return std::min(at + 1, json.size());
}

QString queryName(const QString& name)
{
    const bool isPlain = !name.isEmpty() && std::all_of(name.begin(), name.end(), [](QChar c) {
        return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'$';
    });
    if (isPlain)
        return name;
    return quotedInQuery(name);
}

} // namespace

QString unescapedJson(QByteArrayView token)
{
    QByteArrayView inner = token;
    if (inner.startsWith('"'))
        inner = inner.sliced(1);
    if (inner.endsWith('"'))
        inner.chop(1);
    if (inner.indexOf('\\') < 0)
        return QString::fromUtf8(inner);
    QString text;
    qsizetype from = 0;
    for (qsizetype at = 0; at < inner.size(); ++at) {
        if (inner[at] != '\\')
            continue;
        text += QString::fromUtf8(inner.sliced(from, at - from));
        const char c = ++at < inner.size() ? inner[at] : '\\';
        constexpr QByteArrayView letters("bfnrt");
        constexpr char16_t meanings[] = {u'\b', u'\f', u'\n', u'\r', u'\t'};
        if (const qsizetype letter = letters.indexOf(c); letter >= 0) {
            text += QChar(meanings[letter]);
        } else if (c == 'u') {
            bool isHex = false;
            const ushort unit =
                inner.sliced(at + 1, std::min<qsizetype>(4, inner.size() - at - 1)).toByteArray().toUShort(&isHex, 16);
            text += isHex ? QChar(unit) : QChar(QChar::ReplacementCharacter);
            at += 4;
        } else {
            text += QLatin1Char(c);
        }
        from = at + 1;
    }
    if (from < inner.size())
        text += QString::fromUtf8(inner.sliced(from));
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (!text[i].isSurrogate())
            continue;
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate())
            ++i;
        else
            text[i] = QChar(QChar::ReplacementCharacter);
    }
    return text;
}

struct JsonTree::Node
{
    Node* parent = nullptr;
    int row = 0;
    int depth = 0;
    qsizetype nameFrom = 0; // of the quoted name; both 0: an element, or the document
    qsizetype nameTo = 0;
    qsizetype from = 0;
    qsizetype to = 0;
    qsizetype childCount = 0;
    qsizetype nextAt = 0; // where the next child is looked for
    bool isRepeated = false;
    std::vector<std::unique_ptr<Node>> children;
    QSet<QString> names; // of the children so far
};

JsonTree::JsonTree(QObject* parent)
    : QAbstractItemModel(parent)
{
}

JsonTree::~JsonTree() = default;

void JsonTree::show(const QByteArray& json, std::vector<JsonSpan> spans)
{
    const QScopedValueRollback changing(m_isChanging, true);
    beginResetModel();
    m_json = json;
    m_spans = std::move(spans);
    m_root = std::make_unique<Node>();
    m_root->from = skipSpace(m_json, 0);
    const Passed whole = pass(m_root->from);
    m_root->to = whole.to;
    m_root->childCount = whole.children;
    m_root->nextAt = m_root->from + 1;
    m_root->children = nextChildren(*m_root);
    endResetModel();
}

void JsonTree::clear()
{
    const QScopedValueRollback changing(m_isChanging, true);
    beginResetModel();
    m_root.reset();
    m_json.clear();
    m_spans.clear();
    endResetModel();
}

JsonTree::Node* JsonTree::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

JsonTree::Passed JsonTree::pass(qsizetype from) const
{
    if (from >= m_json.size())
        return {m_json.size(), 0};
    const auto span = std::lower_bound(m_spans.begin(), m_spans.end(), from,
                                       [](const JsonSpan& each, qsizetype at) { return each.from < at; });
    if (span != m_spans.end() && span->from == from)
        return {span->to, span->children};
    const QByteArrayView json(m_json);
    const char first = json[from];
    if (first == '"')
        return {afterText(json, from), 0};
    qsizetype at = from;
    if (first != '{' && first != '[') {
        while (at < json.size() && !isSpace(json[at]) && QByteArrayView(",]}").indexOf(json[at]) < 0)
            ++at;
        return {at, 0};
    }
    int depth = 0;
    qsizetype commas = 0;
    bool hasAny = false;
    while (at < json.size()) {
        const char c = json[at];
        if (c == '"') {
            at = afterText(json, at);
            hasAny = true;
            continue;
        }
        if (c == '{' || c == '[') {
            hasAny |= depth == 1;
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0)
                return {at + 1, hasAny ? commas + 1 : 0};
        } else if (c == ',' && depth == 1) {
            ++commas;
        } else if (depth == 1 && !isSpace(c)) {
            hasAny = true;
        }
        ++at;
    }
    return {at, 0};
}

QModelIndex JsonTree::index(int row, int column, const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    if (!node || row < 0 || column < 0 || column >= ColumnCount || parent.column() > 0 ||
        row >= static_cast<int>(node->children.size()))
        return {};
    return createIndex(row, column, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex JsonTree::parent(const QModelIndex& child) const
{
    const Node* node = child.isValid() ? nodeOf(child)->parent : nullptr;
    return node && node != m_root.get() ? createIndex(node->row, 0, const_cast<Node*>(node)) : QModelIndex();
}

int JsonTree::rowCount(const QModelIndex& parent) const
{
    const Node* node = parent.column() > 0 ? nullptr : nodeOf(parent);
    return node ? static_cast<int>(node->children.size()) : 0;
}

int JsonTree::columnCount(const QModelIndex& /*parent*/) const
{
    return ColumnCount;
}

bool JsonTree::hasChildren(const QModelIndex& parent) const
{
    const Node* node = parent.column() > 0 ? nullptr : nodeOf(parent);
    return node && node->childCount > 0 && node->depth < deepest;
}

bool JsonTree::canFetchMore(const QModelIndex& parent) const
{
    return !m_isChanging && hasChildren(parent) &&
           static_cast<qsizetype>(nodeOf(parent)->children.size()) < nodeOf(parent)->childCount;
}

std::vector<std::unique_ptr<JsonTree::Node>> JsonTree::nextChildren(Node& node) const
{
    std::vector<std::unique_ptr<Node>> found;
    const auto soFar = static_cast<qsizetype>(node.children.size());
    qsizetype at = node.nextAt;
    qsizetype walked = 0;
    while (static_cast<int>(found.size()) < mostAtOnce && (found.empty() || walked < walkedAtOnce) &&
           soFar + static_cast<qsizetype>(found.size()) < node.childCount) {
        auto child = std::make_unique<Node>();
        child->parent = &node;
        child->depth = node.depth + 1;
        child->row = static_cast<int>(soFar + static_cast<qsizetype>(found.size()));
        at = skipSpace(m_json, at);
        if (m_json[node.from] == '{') {
            child->nameFrom = at;
            child->nameTo = at = afterText(m_json, at);
            const QString name = nameOf(*child);
            child->isRepeated = node.names.contains(name);
            node.names.insert(name);
            at = skipSpace(m_json, skipSpace(m_json, at) + 1);
        }
        const Passed passed = pass(at);
        child->from = at;
        child->to = passed.to;
        child->childCount = passed.children;
        child->nextAt = child->from + 1;
        walked += std::min<qsizetype>(passed.to - at, JsonCheck::longValue); // a long value is one step
        at = skipSpace(m_json, passed.to) + 1;                               // the comma, or the end
        found.push_back(std::move(child));
    }
    node.nextAt = at;
    return found;
}

void JsonTree::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    Node* node = nodeOf(parent);
    std::vector<std::unique_ptr<Node>> found = nextChildren(*node);
    if (found.empty())
        return;
    const QScopedValueRollback changing(m_isChanging, true);
    const auto first = static_cast<int>(node->children.size());
    beginInsertRows(parent, first, first + static_cast<int>(found.size()) - 1);
    std::move(found.begin(), found.end(), std::back_inserter(node->children));
    endInsertRows();
}

QString JsonTree::nameOf(const Node& node) const
{
    if (node.nameTo > node.nameFrom)
        return unescapedJson(QByteArrayView(m_json).sliced(node.nameFrom, node.nameTo - node.nameFrom));
    return QString::number(node.row);
}

QString JsonTree::pointerOf(const Node& node) const
{
    QString pointer;
    for (const Node* at = &node; at && at->parent; at = at->parent)
        pointer.prepend(u'/' + nameOf(*at).replace(u"~"_s, u"~0"_s).replace(u"/"_s, u"~1"_s));
    return pointer;
}

QString JsonTree::queryFieldOf(const Node& node) const
{
    QString path;
    for (const Node* at = &node; at && at->parent; at = at->parent)
        path.prepend(at->nameTo > at->nameFrom ? u'.' + queryName(nameOf(*at)) : u"[%1]"_s.arg(at->row));
    if (!path.startsWith(u'.'))
        return path.isEmpty() ? QString() : u"payload."_s + path;
    return u"payload"_s + path;
}

QString JsonTree::valueText(const Node& node) const
{
    const char first = m_json[node.from];
    if (first == '{' || first == '[') {
        const QString count = formatCount(node.childCount);
        if (node.childCount == 0)
            return first == '{' ? u"{}"_s : u"[]"_s;
        QString text = first == '{' ? (node.childCount == 1 ? u"{ 1 field }"_s : u"{ %1 fields }"_s.arg(count))
                                    : (node.childCount == 1 ? u"[ 1 element ]"_s : u"[ %1 elements ]"_s.arg(count));
        if (node.depth >= deepest)
            text += u" deeper than the tree goes; Pretty shows it"_s;
        return text;
    }
    const qsizetype size = node.to - node.from;
    QByteArrayView shown = QByteArrayView(m_json).sliced(node.from, std::min(size, shownValueBytes));
    while (shown.size() < size && !shown.isEmpty() &&
           (static_cast<unsigned char>(m_json[node.from + shown.size()]) & 0xC0U) == 0x80U)
        shown.chop(1);
    const QString text = visibleBytes(shown);
    return shown.size() < size ? text + u"… %1"_s.arg(formatSizeBytes(size)) : text;
}

QVariant JsonTree::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !m_root)
        return {};
    const Node& node = *nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == ValueColumn)
            return valueText(node);
        return visibleText(node.isRepeated ? nameOf(node) + u" (again)"_s : nameOf(node)).left(1'000);
    case Qt::AccessibleTextRole:
        return u"%1: %2"_s.arg(visibleText(nameOf(node)), valueText(node));
    case PointerRole:
        return pointerOf(node);
    case QueryFieldRole:
        return queryFieldOf(node);
    case QueryTermRole: {
        const char first = m_json[node.from];
        const QString field = queryFieldOf(node);
        if (first == '{' || first == '[' || field.isEmpty() || node.to - node.from > longestTermValue)
            return QString();
        const QByteArrayView token = QByteArrayView(m_json).sliced(node.from, node.to - node.from);
        return queryTermText(field, first == '"' ? unescapedJson(token) : QString::fromUtf8(token));
    }
    case FromRole:
        return static_cast<qint64>(node.from);
    case ToRole:
        return static_cast<qint64>(node.to);
    case IsRepeatedRole:
        return node.isRepeated;
    default:
        return {};
    }
}

QVariant JsonTree::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == NameColumn ? u"Name"_s : u"Value"_s;
}

QModelIndex JsonTree::indexOf(const QString& pointer)
{
    if (!m_root || (!pointer.isEmpty() && !pointer.startsWith(u'/')))
        return {};
    QModelIndex at;
    if (pointer.isEmpty())
        return at;
    for (const QString& part : pointer.sliced(1).split(u'/')) {
        QString name = part;
        name.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        const Node* node = nodeOf(at);
        const bool isArray = m_json[node->from] == '[';
        bool isIndex = false;
        const int element = part.toInt(&isIndex);
        if (isArray && (!isIndex || element < 0 || element >= reach || element >= node->childCount))
            return {};
        QModelIndex next;
        int looked = 0;
        while (!next.isValid()) {
            const int count = rowCount(at);
            if (isArray && element < count) {
                next = index(element, 0, at);
                break;
            }
            for (; !isArray && looked < count; ++looked) {
                if (nameOf(*nodeOf(index(looked, 0, at))) == name)
                    next = index(looked, 0, at); // of repeated names the last counts
            }
            if (next.isValid() || !canFetchMore(at) || count >= reach)
                break;
            fetchMore(at);
        }
        if (!next.isValid())
            return {};
        at = next;
    }
    return at;
}

} // namespace spillway
