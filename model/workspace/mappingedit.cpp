// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/mappingedit.h"

#include "model/base/wholefile.h"
#include "model/workspace/issuelist.h"
#include "model/workspace/yamlscalar.h"
#include "model/workspace/yamltree.h"

#include <QFile>
#include <QRegularExpression>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString mappingKey = u"mapping"_s;

QString scalar(const QString& text)
{
    return isPlainYaml(text) ? text : doubleQuotedYaml(text);
}

const QString allLetters = u"all"_s;

/// What is wrong with it as a mapping of spillway.yaml; empty: nothing.
QString faultOf(const DeadLetterMapping& mapping)
{
    if (mapping.empty() || (mapping.size() == 1 && takesEveryLetter(mapping)))
        return u"the mapping is empty; choose a source for one field at least"_s;
    for (const auto& [field, source] : mapping) {
        const bool isPlace = source.from == FieldSource::From::Payload;
        if (isPlace && (!isJsonPointer(source.text) || (field == payloadField && source.text.isEmpty())))
            return u"%1 is %2, which is not a JSON pointer; write a path with slashes, like /error/message"_s.arg(
                field, quoted(source.text));
    }
    return {};
}

QString flowMapping(const DeadLetterMapping& mapping)
{
    QStringList fields;
    if (takesEveryLetter(mapping))
        fields += lettersField + u": "_s + allLetters;
    for (const QString& name : mappingFieldNames() + QStringList(payloadField)) {
        if (const auto found = mapping.find(name); found != mapping.end())
            fields += u"%1: %2"_s.arg(name, fieldSourceYaml(found->second));
    }
    return u"{ %1 }"_s.arg(fields.join(u", "_s));
}

/// The text in lines that keep their ends, and places in it.
class Source
{
public:
    explicit Source(const QByteArray& yaml)
        : m_text(QString::fromUtf8(yaml))
    {
        for (qsizetype at = 0; at < m_text.size();) {
            const qsizetype end = m_text.indexOf(u'\n', at);
            m_starts.push_back(at);
            at = end < 0 ? m_text.size() : end + 1;
        }
    }
    [[nodiscard]] const QString& text() const { return m_text; }
    /// Index of a node's first character; -1 outside. Columns count characters, a surrogate pair as one.
    [[nodiscard]] qsizetype at(int line, int column) const
    {
        if (line < 1 || line > std::ssize(m_starts) || column < 1)
            return -1;
        qsizetype index = m_starts[static_cast<std::size_t>(line - 1)];
        for (int i = 1; i < column && index < m_text.size(); ++i)
            index += m_text[index].isHighSurrogate() ? 2 : 1;
        return index;
    }
    [[nodiscard]] qsizetype lineStart(int line) const
    {
        return line <= std::ssize(m_starts) ? m_starts[static_cast<std::size_t>(line - 1)] : m_text.size();
    }
    [[nodiscard]] int lines() const { return static_cast<int>(m_starts.size()); }
    [[nodiscard]] QString line(int number) const
    {
        const qsizetype start = lineStart(number);
        return m_text.mid(start, lineStart(number + 1) - start);
    }
    [[nodiscard]] QString lineEnd() const { return m_text.contains(u"\r\n") ? u"\r\n"_s : u"\n"_s; }

private:
    QString m_text;
    std::vector<qsizetype> m_starts;
};

/// Behind the bracket that closes the one at `open`; -1 when there is none.
qsizetype behindBracket(const QString& text, qsizetype open)
{
    int depth = 0;
    for (qsizetype i = open; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c == u'"') {
            for (++i; i < text.size() && text[i] != u'"'; ++i)
                i += text[i] == u'\\' ? 1 : 0;
        } else if (c == u'\'' && i > 0 && (text[i - 1].isSpace() || u"{[,:"_s.contains(text[i - 1]))) {
            for (++i; i < text.size() && text[i] != u'\''; ++i) {
            }
        } else if (c == u'#' && i > 0 && text[i - 1].isSpace()) {
            while (i + 1 < text.size() && text[i + 1] != u'\n')
                ++i;
        } else if (c == u'{' || c == u'[') {
            ++depth;
        } else if ((c == u'}' || c == u']') && --depth == 0) {
            return i + 1;
        }
    }
    return -1;
}

const YamlNode* entryKey(const YamlNode& map, QStringView key)
{
    for (const YamlNode::Entry& entry : map.entries) {
        if (entry.key->text == key)
            return entry.key;
    }
    return nullptr;
}

std::vector<const YamlNode*> itemsOf(const YamlNode& node)
{
    return node.kind == YamlNode::Kind::Sequence ? node.items : std::vector<const YamlNode*>{&node};
}

const YamlNode* connectionNode(const YamlNode& root, const QString& name)
{
    const YamlNode* connections = root.find(u"connections");
    if (!connections)
        return nullptr;
    for (const YamlNode* each : itemsOf(*connections)) {
        const YamlNode* own = each->kind == YamlNode::Kind::Map ? each->find(u"name") : nullptr;
        if (own && own->text == name)
            return each;
    }
    return nullptr;
}

const YamlNode* topicEntry(const YamlNode& letters, const QString& channel)
{
    for (const YamlNode* each : itemsOf(letters)) {
        const YamlNode* topic = each->kind == YamlNode::Kind::Map ? each->find(u"topic") : nullptr;
        if (topic && topic->text == channel)
            return each;
    }
    return nullptr;
}

tl::unexpected<Error> byHand(const YamlNode& node, const QString& file, const QString& why)
{
    return fail(ErrorCode::Unsupported, u"%1:%2:%3: %4; copy the mapping and put it there by hand"_s.arg(file)
                                            .arg(node.line)
                                            .arg(node.column)
                                            .arg(why));
}

/// Same structure and scalars, but for the value of `mapping` in the entry of `channel`.
bool saysTheSame(const YamlNode& a, const YamlNode& b, const QString& channel)
{
    if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size())
        return false;
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!saysTheSame(*a.items[i], *b.items[i], channel))
            return false;
    }
    const auto isSkipped = [&channel](const YamlNode& map, const YamlNode& key) {
        const YamlNode* topic = map.find(u"topic");
        return key.text == mappingKey && topic && topic->text == channel;
    };
    const auto countOf = [&](const YamlNode& map) {
        return std::count_if(map.entries.begin(), map.entries.end(),
                             [&](const YamlNode::Entry& entry) { return !isSkipped(map, *entry.key); });
    };
    if (countOf(a) != countOf(b))
        return false;
    return std::all_of(a.entries.begin(), a.entries.end(), [&](const YamlNode::Entry& entry) {
        if (isSkipped(a, *entry.key))
            return true;
        const YamlNode* other = b.find(entry.key->text);
        return other && saysTheSame(*entry.value, *other, channel);
    });
}

bool saysMapping(const YamlNode* node, const DeadLetterMapping& mapping)
{
    if (!node || node->entries.size() != mapping.size())
        return false;
    return std::all_of(mapping.begin(), mapping.end(), [&](const auto& field) {
        const YamlNode* value = node->find(field.first);
        if (field.first == lettersField)
            return value && value->text == field.second.text;
        const bool hasForm = !field.second.as.isEmpty();
        if (!value || value->entries.size() != (hasForm ? 2U : 1U))
            return false;
        const QString key = field.second.from == FieldSource::From::Header    ? u"header"_s
                            : field.second.from == FieldSource::From::Payload ? u"payload"_s
                                                                              : u"value"_s;
        const YamlNode* place = value->find(key);
        const YamlNode* form = value->find(u"as");
        return place && place->text == field.second.text && (!hasForm || (form && form->text == field.second.as));
    });
}

/// The text afterwards, or why it has to be done by hand.
class Editor
{
public:
    Editor(const Source& source, const QString& file, const DeadLetterMapping& mapping)
        : m_source(source)
        , m_file(file)
        , m_mapping(mapping)
    {
    }

    Result<QString> intoEntry(const YamlNode& entry) const
    {
        const YamlNode* old = entryKey(entry, mappingKey);
        const qsizetype start = m_source.at(entry.line, entry.column);
        if (start < 0 || entry.isAnchored)
            return byHand(entry, m_file, u"this entry bears an anchor"_s);
        if (m_source.text()[start] == u'{')
            return intoFlow(entry, start, old);
        if (old)
            return replaceBlock(*old);
        const YamlNode* topic = entryKey(entry, u"topic");
        if (!topic || topic->column != entry.column)
            return byHand(entry, m_file, u"this entry is written in an unusual way"_s);
        return inserted(topic->line + 1, mappingYaml(m_mapping, entry.column - 1));
    }

    Result<QString> newEntry(const YamlNode& letters, const QString& channel) const
    {
        const qsizetype start = m_source.at(letters.line, letters.column);
        if (letters.kind != YamlNode::Kind::Sequence || letters.items.empty() || letters.isAnchored || start < 0)
            return byHand(letters, m_file, u"dead_letters is no list that could take another entry"_s);
        const QString& text = m_source.text();
        if (text[start] == u'[')
            return text.left(start + 1) +
                   u" { topic: %1, mapping: %2 },"_s.arg(scalar(channel), flowMapping(m_mapping)) + text.mid(start + 1);
        const YamlNode& first = *letters.items.front();
        const qsizetype lineStart = m_source.lineStart(first.line);
        const qsizetype dash = text.indexOf(u'-', lineStart);
        if (dash < 0 || dash >= m_source.at(first.line, first.column) ||
            !text.mid(lineStart, dash - lineStart).trimmed().isEmpty())
            return byHand(first, m_file, u"this entry is written in an unusual way"_s);
        const int indent = static_cast<int>(dash - lineStart);
        return inserted(first.line, u"%1- topic: %2\n"_s.arg(QString(indent, u' '), scalar(channel)) +
                                        mappingYaml(m_mapping, indent + 2));
    }

private:
    [[nodiscard]] Result<QString> intoFlow(const YamlNode& entry, qsizetype start, const YamlNode* old) const
    {
        const QString& text = m_source.text();
        if (old) {
            const YamlNode* value = entry.find(mappingKey);
            const qsizetype open = m_source.at(value->line, value->column);
            const qsizetype end = open < 0 || text[open] != u'{' ? -1 : behindBracket(text, open);
            if (end < 0)
                return byHand(*value, m_file, u"this mapping is written in an unusual way"_s);
            return text.left(open) + flowMapping(m_mapping) + text.mid(end);
        }
        qsizetype end = behindBracket(text, start);
        if (end < 0)
            return byHand(entry, m_file, u"this entry is written in an unusual way"_s);
        --end; // before the brace and the blanks in front of it
        while (end > start && text[end - 1].isSpace())
            --end;
        return text.left(end) + u", mapping: "_s + flowMapping(m_mapping) + text.mid(end);
    }

    /// The old mapping's lines: its key's, and those below that stand deeper.
    [[nodiscard]] Result<QString> replaceBlock(const YamlNode& key) const
    {
        int last = key.line;
        for (int line = key.line + 1; line <= m_source.lines(); ++line) {
            const QString content = m_source.line(line);
            if (content.trimmed().isEmpty() || content.trimmed().startsWith(u'#'))
                continue;
            const qsizetype indent = leading(content);
            if (indent < key.column)
                break;
            last = line;
        }
        const QString& text = m_source.text();
        if (m_source.at(key.line, key.column) - m_source.lineStart(key.line) != key.column - 1 ||
            !text.mid(m_source.lineStart(key.line), key.column - 1).trimmed().isEmpty())
            return byHand(key, m_file, u"this mapping is written in an unusual way"_s);
        return text.left(m_source.lineStart(key.line)) + withEnds(mappingYaml(m_mapping, key.column - 1)) +
               text.mid(m_source.lineStart(last + 1));
    }

    static qsizetype leading(const QString& content)
    {
        qsizetype count = 0;
        while (count < content.size() && content[count] == u' ')
            ++count;
        return count;
    }

    [[nodiscard]] QString withEnds(QString lines) const { return lines.replace(u"\n"_s, m_source.lineEnd()); }

    [[nodiscard]] QString inserted(int line, const QString& lines) const
    {
        QString before = m_source.text().left(m_source.lineStart(line));
        if (!before.isEmpty() && !before.endsWith(u'\n'))
            before += m_source.lineEnd();
        return before + withEnds(lines) + m_source.text().mid(m_source.lineStart(line));
    }

    const Source& m_source;
    const QString& m_file;
    const DeadLetterMapping& m_mapping;
};

QString diffOf(const QString& before, const QString& after)
{
    constexpr qsizetype around = 2;
    const QStringList a = before.split(u'\n');
    const QStringList b = after.split(u'\n');
    qsizetype same = 0;
    while (same < a.size() && same < b.size() && a[same] == b[same])
        ++same;
    qsizetype tail = 0;
    while (tail < a.size() - same && tail < b.size() - same && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
        ++tail;
    QStringList lines;
    for (qsizetype i = std::max<qsizetype>(0, same - around); i < same; ++i)
        lines += u"  "_s + a[i];
    for (qsizetype i = same; i < a.size() - tail; ++i)
        lines += u"- "_s + a[i];
    for (qsizetype i = same; i < b.size() - tail; ++i)
        lines += u"+ "_s + b[i];
    for (qsizetype i = b.size() - tail; i < std::min(b.size(), b.size() - tail + around); ++i)
        lines += u"  "_s + b[i];
    return lines.join(u'\n');
}

} // namespace

QStringList mappingFieldNames()
{
    return {u"error_class"_s,   u"error_message"_s,    u"stack"_s,    u"origin_topic"_s,   u"origin_partition"_s,
            u"origin_offset"_s, u"origin_timestamp"_s, u"consumer"_s, u"consumer_group"_s, u"event_type"_s,
            u"attempts"_s,      u"dead_lettered_at"_s};
}

bool takesEveryLetter(const DeadLetterMapping& mapping)
{
    return mapping.contains(lettersField);
}

void setTakesEveryLetter(DeadLetterMapping& mapping, bool takes)
{
    if (takes)
        mapping[lettersField] = {FieldSource::From::Constant, allLetters};
    else
        mapping.erase(lettersField);
}

bool isJsonPointer(const QString& text)
{
    static const QRegularExpression form(u"^(/([^~/]|~[01])*)*$"_s);
    return form.match(text).hasMatch();
}

QString fieldSourceYaml(const FieldSource& source)
{
    switch (source.from) {
    case FieldSource::From::Header:
        return u"{ header: %1 }"_s.arg(scalar(source.text));
    case FieldSource::From::Payload:
        return source.as.isEmpty() ? u"{ payload: %1 }"_s.arg(scalar(source.text))
                                   : u"{ payload: %1, as: %2 }"_s.arg(scalar(source.text), source.as);
    case FieldSource::From::Constant:
        return u"{ value: %1 }"_s.arg(scalar(source.text));
    }
    return {};
}

QString mappingYaml(const DeadLetterMapping& mapping, int indent)
{
    const QString blanks(indent, u' ');
    QString yaml = blanks + mappingKey + u":\n"_s;
    if (takesEveryLetter(mapping))
        yaml += u"%1  %2: %3\n"_s.arg(blanks, lettersField, allLetters);
    for (const QString& name : mappingFieldNames() + QStringList(payloadField)) {
        if (const auto found = mapping.find(name); found != mapping.end())
            yaml += u"%1  %2: %3\n"_s.arg(blanks, name, fieldSourceYaml(found->second));
    }
    return yaml;
}

Result<MappingEdit> editMapping(const QByteArray& yaml, const QString& file, const QString& connection,
                                const QString& channel, const DeadLetterMapping& mapping)
{
    if (const QString fault = faultOf(mapping); !fault.isEmpty())
        return fail(ErrorCode::InvalidConfig, fault);
    const Checked<YamlDocument> document = readYamlText(yaml, file);
    if (!document.value)
        return fail(ErrorCode::InvalidConfig,
                    document.issues.empty() ? u"%1 does not read"_s.arg(file) : document.issues.front().toString());
    const YamlNode* own = connectionNode(*document.value->root, connection);
    const YamlNode* letters = own ? own->find(u"dead_letters") : nullptr;
    if (!letters)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 has no connection %2 with dead_letters; add the topic there first"_s.arg(file, connection));
    const Source source(yaml);
    const Editor editor(source, file, mapping);
    const YamlNode* entry = topicEntry(*letters, channel);
    const Result<QString> text = entry ? editor.intoEntry(*entry) : editor.newEntry(*letters, channel);
    if (!text)
        return tl::unexpected<Error>(text.error());
    MappingEdit edit{.before = yaml, .text = text->toUtf8(), .diff = diffOf(source.text(), *text)};

    // Only a text that reads as intended is handed out.
    const Checked<YamlDocument> again = readYamlText(edit.text, file);
    const YamlNode* newOwn = again.value ? connectionNode(*again.value->root, connection) : nullptr;
    const YamlNode* newLetters = newOwn ? newOwn->find(u"dead_letters") : nullptr;
    const YamlNode* newEntry = newLetters ? topicEntry(*newLetters, channel) : nullptr;
    const bool isIntended = newEntry && saysMapping(newEntry->find(mappingKey), mapping) &&
                            (!entry || saysTheSame(*document.value->root, *again.value->root, channel));
    if (!isIntended)
        return byHand(*letters, file, u"the mapping cannot be put here without changing something else"_s);
    return edit;
}

Status saveMappingEdit(const QString& file, const MappingEdit& edit)
{
    QFile current(file);
    if (!current.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1 cannot be read: %2"_s.arg(file, current.errorString()));
    if (current.readAll() != edit.before)
        return fail(ErrorCode::Conflict, u"%1 was changed meanwhile; open the editor again"_s.arg(file));
    return writeWhole(file, edit.text);
}

} // namespace spillway
