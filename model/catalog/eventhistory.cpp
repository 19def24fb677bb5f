// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/eventhistory.h"

#include "model/base/text.h"
#include "model/workspace/yamltree.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostSentences = 12;
constexpr qsizetype longestValue = 60; // characters shown of one value

qsizetype indentOf(QByteArrayView line)
{
    qsizetype spaces = 0;
    while (spaces < line.size() && line[spaces] == ' ')
        ++spaces;
    return spaces;
}

QByteArrayView lineAt(const QByteArray& text, qsizetype start)
{
    qsizetype end = text.indexOf('\n', start);
    if (end < 0)
        end = text.size();
    return QByteArrayView(text).sliced(start, end - start);
}

bool isContent(QByteArrayView line)
{
    const QByteArrayView bare = line.trimmed();
    return !bare.isEmpty() && bare.front() != '#';
}

/// The text without quotes around it and a comment behind it.
QByteArrayView bareScalar(QByteArrayView text)
{
    text = text.trimmed();
    if (!text.isEmpty() && (text.front() == '"' || text.front() == '\'')) {
        const qsizetype end = text.indexOf(text.front(), 1);
        return end < 0 ? QByteArrayView() : text.sliced(1, end - 1);
    }
    qsizetype end = 0;
    while (end < text.size() && text[end] != ',' && text[end] != '}' && !(text[end] == '#' && end > 0))
        ++end;
    return text.first(end).trimmed();
}

/// Whether this line begins the event's entry as a map's key.
bool isKeyOf(QByteArrayView line, const QByteArray& type)
{
    QByteArrayView bare = line.trimmed();
    const bool isQuoted = !bare.isEmpty() && (bare.front() == '"' || bare.front() == '\'');
    if (isQuoted)
        bare = bare.sliced(1);
    if (!bare.startsWith(type))
        return false;
    bare = bare.sliced(type.size());
    if (isQuoted && !bare.isEmpty())
        bare = bare.sliced(1);
    return !bare.isEmpty() && bare.front() == ':' && (bare.size() == 1 || bare[1] == ' ');
}

/// Whether this line says `event_type:` of the event, and where that key stands in it; -1: it does not.
qsizetype typeKeyIn(QByteArrayView line, const QByteArray& type)
{
    constexpr QByteArrayView key("event_type:");
    const qsizetype at = line.indexOf(key);
    if (at < 0 || bareScalar(line.sliced(at + key.size())) != type)
        return -1;
    for (qsizetype before = 0; before < at; ++before) {
        if (line[before] != ' ' && line[before] != '-' && line[before] != '{')
            return -1; // within a text or a comment
    }
    return at;
}

/// From `start` to the next line of content that is indented no deeper; blank lines and comments at the end are none of
/// it.
QByteArray blockFrom(const QByteArray& text, qsizetype start)
{
    const qsizetype indent = indentOf(lineAt(text, start));
    qsizetype end = start;
    for (qsizetype at = start; at < text.size();) {
        const QByteArrayView line = lineAt(text, at);
        const qsizetype next = std::min(text.size(), at + line.size() + 1);
        if (isContent(line)) {
            if (at > start && indentOf(line) <= indent)
                break;
            end = next;
        }
        at = next;
    }
    return text.sliced(start, end - start).replace("\r\n", "\n"); // a checkout's line ends are no change
}

/// The line with the dash that begins the item to which the key at `column` of the line at `start` belongs; -1: none.
qsizetype itemStart(const QByteArray& text, qsizetype start, qsizetype column)
{
    for (qsizetype at = start;;) {
        const QByteArrayView line = lineAt(text, at);
        const qsizetype indent = indentOf(line);
        if (isContent(line) && indent < line.size() && line[indent] == '-' && indent < column)
            return at;
        if (isContent(line) && indent < column && at != start)
            return -1; // out of the list
        if (at == 0)
            return -1;
        at = at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
    }
}

QString shown(const QString& value)
{
    const QString text = visibleText(value);
    return text.size() <= longestValue ? text : text.left(longestValue) + u'…';
}

/// What names an item among its neighbours: a consumer by its service.
QString nameOf(const YamlNode& item)
{
    if (item.kind == YamlNode::Kind::Scalar)
        return item.text;
    for (const QStringView key : {u"service", u"name", u"group"}) {
        if (const YamlNode* name = item.find(key); name && name->kind == YamlNode::Kind::Scalar)
            return name->text;
    }
    return {};
}

class Comparison
{
public:
    void compare(const YamlNode& before, const YamlNode& after, const QString& path)
    {
        if (before.kind != after.kind) {
            say(u"%1: written in another form"_s.arg(path));
            return;
        }
        switch (before.kind) {
        case YamlNode::Kind::Null:
            return;
        case YamlNode::Kind::Scalar:
            if (before.text != after.text)
                say(u"%1: %2 → %3"_s.arg(path, shown(before.text), shown(after.text)));
            return;
        case YamlNode::Kind::Map:
            compareMaps(before, after, path);
            return;
        case YamlNode::Kind::Sequence:
            compareLists(before, after, path);
            return;
        }
    }

    QStringList take()
    {
        if (m_more > 0)
            m_sentences += u"and %1 more"_s.arg(m_more);
        return m_sentences;
    }

private:
    void say(const QString& sentence)
    {
        if (m_sentences.size() < mostSentences)
            m_sentences += sentence;
        else
            ++m_more;
    }

    void compareMaps(const YamlNode& before, const YamlNode& after, const QString& path)
    {
        const auto inner = [&path](const QString& key) { return path.isEmpty() ? key : path + u'.' + key; };
        for (const YamlNode::Entry& entry : before.entries) {
            const QString& key = entry.key->text;
            if (const YamlNode* now = after.find(key))
                compare(*entry.value, *now, inner(key));
            else
                say(u"%1 removed"_s.arg(inner(shown(key))));
        }
        for (const YamlNode::Entry& entry : after.entries) {
            if (before.find(entry.key->text))
                continue;
            const bool isScalar = entry.value->kind == YamlNode::Kind::Scalar;
            say(isScalar ? u"%1: %2 added"_s.arg(inner(shown(entry.key->text)), shown(entry.value->text))
                         : u"%1 added"_s.arg(inner(shown(entry.key->text))));
        }
    }

    void compareLists(const YamlNode& before, const YamlNode& after, const QString& path)
    {
        const auto find = [](const YamlNode& list, const QString& name) -> const YamlNode* {
            for (const YamlNode* item : list.items) {
                if (nameOf(*item) == name)
                    return item;
            }
            return nullptr;
        };
        bool hasNameless = false;
        for (const YamlNode* item : before.items) {
            const QString name = nameOf(*item);
            hasNameless = hasNameless || name.isEmpty();
            if (name.isEmpty())
                continue;
            if (const YamlNode* now = find(after, name))
                compare(*item, *now, u"%1[%2]"_s.arg(path, shown(name)));
            else
                say(u"%1: %2 removed"_s.arg(path, shown(name)));
        }
        for (const YamlNode* item : after.items) {
            const QString name = nameOf(*item);
            hasNameless = hasNameless || name.isEmpty();
            if (!name.isEmpty() && !find(before, name))
                say(u"%1: %2 added"_s.arg(path, shown(name)));
        }
        if (hasNameless && before.items.size() != after.items.size())
            say(u"%1: %2 → %3 items"_s.arg(path).arg(before.items.size()).arg(after.items.size()));
    }

    QStringList m_sentences;
    qsizetype m_more = 0;
};

/// The value of an entry: behind its key, or the item of a list.
const YamlNode* valueOf(const YamlDocument& document)
{
    const YamlNode& root = *document.root;
    if (root.kind == YamlNode::Kind::Sequence && root.items.size() == 1)
        return root.items.front();
    if (root.kind == YamlNode::Kind::Map && root.entries.size() == 1)
        return root.entries.front().value;
    return nullptr;
}

} // namespace

std::optional<QByteArray> eventEntry(const QByteArray& yaml, const QString& eventType)
{
    const QByteArray type = eventType.toUtf8();
    if (type.isEmpty())
        return std::nullopt;
    for (qsizetype found = yaml.indexOf(type); found >= 0; found = yaml.indexOf(type, found + type.size())) {
        const qsizetype start = yaml.lastIndexOf('\n', found) + 1;
        const QByteArrayView line = lineAt(yaml, start);
        if (!isContent(line))
            continue;
        if (isKeyOf(line, type))
            return blockFrom(yaml, start);
        if (const qsizetype column = typeKeyIn(line, type); column >= 0) {
            if (const qsizetype item = itemStart(yaml, start, column); item >= 0)
                return blockFrom(yaml, item);
        }
    }
    return std::nullopt;
}

QStringList entryChanges(const std::optional<QByteArray>& before, const std::optional<QByteArray>& after)
{
    if (before == after)
        return {};
    if (!before)
        return {u"entry added"_s};
    if (!after)
        return {u"entry removed"_s};
    const Checked<YamlDocument> older = readYamlText(*before, {});
    const Checked<YamlDocument> newer = readYamlText(*after, {});
    const YamlNode* was = older.value ? valueOf(*older.value) : nullptr;
    const YamlNode* is = newer.value ? valueOf(*newer.value) : nullptr;
    if (!was || !is)
        return {u"its lines changed"_s};
    Comparison comparison;
    comparison.compare(*was, *is, {});
    const QStringList sentences = comparison.take();
    return sentences.isEmpty() ? QStringList{u"comments or layout only"_s} : sentences;
}

} // namespace spillway
