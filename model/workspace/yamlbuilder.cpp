// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/yamlbuilder.h"

#include <algorithm>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::string_view coreTag = "tag:yaml.org,2002:";

bool isMergeKey(const YamlNode& key)
{
    return !key.isText && key.text == u"<<";
}

} // namespace

const YamlNode* YamlBuilder::Keys::find(const QString& text) const
{
    if (!m_many.isEmpty())
        return m_many.value(text);
    const auto at = std::find_if(m_few.begin(), m_few.end(), [&](const YamlNode* key) { return key->text == text; });
    return at != m_few.end() ? *at : nullptr;
}

void YamlBuilder::Keys::insert(const YamlNode& key)
{
    if (m_many.isEmpty() && m_few.size() < few) {
        m_few.push_back(&key);
        return;
    }
    for (const YamlNode* earlier : std::exchange(m_few, {}))
        m_many.insert(earlier->text, earlier);
    m_many.insert(key.text, &key);
}

YamlBuilder::YamlBuilder(const QByteArray& text, IssueList& issues)
    : m_text(text)
    , m_issues(issues)
    , m_nodes(std::make_unique<std::deque<YamlNode>>())
{
}

FilePlace YamlBuilder::placeOf(const YAML::Mark& mark) const
{
    const qsizetype at = std::clamp<qsizetype>(mark.pos, 0, m_text.size());
    const qsizetype lineStart = std::max<qsizetype>(0, at - mark.column);
    if (mark.line != m_countedLine || at < m_countedTo) {
        m_countedLine = mark.line;
        m_countedTo = lineStart;
        m_countedColumn = 1;
    }
    for (; m_countedTo < at; ++m_countedTo) {
        if ((static_cast<unsigned char>(m_text[m_countedTo]) & 0xC0U) != 0x80U) // not a continuation byte
            ++m_countedColumn;
    }
    return FilePlace{m_issues.file(), mark.line + 1, m_countedColumn};
}

YamlDocument YamlBuilder::takeDocument()
{
    return YamlDocument{std::move(m_nodes), m_root};
}

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark)
{
    if (!m_expectsEnd)
        return;
    const FilePlace at = placeOf(mark);
    m_issues.errorAt(at.line, at.column, u"a second document begins here"_s,
                     u"keep one document per file: remove the --- and what belongs to the other"_s);
    throw Stop{};
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    YamlNode& node = make(YamlNode::Kind::Null, mark, anchor);
    // The library puts a value that was left out where the next token stands; to a reader it is missing after its key.
    const YamlNode* key = m_open.empty() ? nullptr : m_open.back().key;
    if (key != nullptr && node.line > key->line) {
        node.line = key->line;
        node.column = key->column;
    }
    place(node, node.line, node.column);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    const FilePlace at = placeOf(mark);
    const auto target = m_anchors.find(anchor);
    const bool isOpen = target == m_anchors.end() || std::any_of(m_open.begin(), m_open.end(), [&](const Frame& frame) {
                            return frame.node == target->second;
                        });
    if (isOpen) {
        m_issues.errorAt(at.line, at.column, u"this alias refers to the value that it stands in"_s,
                         u"refer to a value that is complete before this line"_s);
        throw Stop{};
    }
    m_usesAliases = true;
    spend(target->second->walkedSize, at.line, at.column);
    place(*target->second, at.line, at.column);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value)
{
    YamlNode& node = make(YamlNode::Kind::Scalar, mark, anchor);
    node.text = QString::fromStdString(value);
    node.isText = tag == "!"; // yaml-cpp's word for "in quotes or block style"
    if (!tag.empty() && tag != "?" && tag != "!") {
        const std::string_view name = std::string_view(tag).starts_with(coreTag)
                                          ? std::string_view(tag).substr(coreTag.size())
                                          : std::string_view();
        node.isText = name == "str";
        if (name == "null")
            node.kind = YamlNode::Kind::Null;
        else if (name != "str" && name != "int" && name != "float" && name != "bool")
            m_issues.error(node, u"the tag on this value is not known here"_s,
                           u"remove the tag (the word that begins with !)"_s);
    }
    place(node, node.line, node.column);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value)
{
    open(YamlNode::Kind::Sequence, mark, tag, anchor);
}

void YamlBuilder::OnSequenceEnd()
{
    close();
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value)
{
    open(YamlNode::Kind::Map, mark, tag, anchor);
}

void YamlBuilder::OnMapEnd()
{
    close();
}

YamlNode& YamlBuilder::make(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor)
{
    const FilePlace at = placeOf(mark);
    spend(1, at.line, at.column);
    YamlNode& node = m_nodes->emplace_back();
    node.kind = kind;
    node.line = at.line;
    node.column = at.column;
    if (anchor != YAML::NullAnchor) {
        node.isAnchored = true;
        m_anchors[anchor] = &node;
    }
    return node;
}

void YamlBuilder::open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor)
{
    YamlNode& node = make(kind, mark, anchor);
    checkTag(node, tag, kind == YamlNode::Kind::Map ? "map" : "seq");
    if (m_open.size() >= yamllimit::depth) {
        m_issues.error(node, u"values are nested more than %1 deep"_s.arg(yamllimit::depth),
                       u"flatten the structure"_s);
        throw Stop{};
    }
    m_open.push_back(Frame{&node, nullptr, {}, {}, false});
}

void YamlBuilder::close()
{
    Frame frame = std::move(m_open.back());
    m_open.pop_back();
    YamlNode& node = *frame.node;
    merge(frame);
    for (const YamlNode* item : node.items)
        node.walkedSize += item->walkedSize;
    for (const YamlNode::Entry& entry : node.entries)
        node.walkedSize += entry.key->walkedSize + entry.value->walkedSize;
    place(node, node.line, node.column);
}

/// Puts a finished value where it belongs. Line and column are those of its appearance: an alias stands elsewhere than
/// its target.
void YamlBuilder::place(const YamlNode& node, int line, int column)
{
    if (m_open.empty()) {
        m_root = &node;
        return;
    }
    Frame& frame = m_open.back();
    if (frame.node->kind == YamlNode::Kind::Sequence) {
        frame.node->items.push_back(&node);
    } else if (frame.key == nullptr) {
        takeKey(frame, node, line, column);
    } else {
        const YamlNode* key = frame.key;
        frame.key = nullptr;
        if (isMergeKey(*key))
            takeMergeSource(frame, node, line, column);
        else if (frame.keys.find(key->text) == key)
            frame.node->entries.push_back({key, &node});
    }
}

void YamlBuilder::takeKey(Frame& frame, const YamlNode& key, int line, int column)
{
    frame.key = &key;
    if (key.kind != YamlNode::Kind::Scalar) {
        m_issues.errorAt(line, column,
                         key.kind == YamlNode::Kind::Null ? u"a key is empty"_s : u"a list or map is used as a key"_s,
                         u"write a word before the colon, or put text that begins with { or [ in quotes"_s);
        return;
    }
    if (isMergeKey(key)) {
        if (std::exchange(frame.hasMergeKey, true))
            m_issues.errorAt(line, column, u"the merge key << stands twice in this map"_s,
                             u"write one: <<: [*first, *second]"_s);
        return;
    }
    const YamlNode* earlier = frame.keys.find(key.text);
    if (earlier == nullptr) {
        frame.keys.insert(key);
        return;
    }
    m_issues.errorAt(
        line, column,
        u"the key %1 stands here a second time (first in line %2)"_s.arg(quoted(key.text)).arg(earlier->line),
        u"keep one of the two"_s);
}

void YamlBuilder::takeMergeSource(Frame& frame, const YamlNode& value, int line, int column)
{
    const bool isListOfMaps = value.kind == YamlNode::Kind::Sequence &&
                              std::all_of(value.items.begin(), value.items.end(),
                                          [](const YamlNode* item) { return item->kind == YamlNode::Kind::Map; });
    if (value.kind == YamlNode::Kind::Map)
        frame.merged.push_back(&value);
    else if (isListOfMaps)
        frame.merged.insert(frame.merged.end(), value.items.begin(), value.items.end());
    else
        m_issues.errorAt(line, column, u"the merge key << names something that is not a map"_s,
                         u"write <<: *name or <<: [*first, *second], where each anchor stands on a map"_s);
}

/// Own keys win; among merged maps the earlier one does (YAML merge key, draft of 2005).
void YamlBuilder::merge(Frame& frame)
{
    for (const YamlNode* source : frame.merged) {
        for (const YamlNode::Entry& entry : source->entries) {
            if (frame.keys.find(entry.key->text) != nullptr)
                continue;
            spend(entry.key->walkedSize + entry.value->walkedSize, frame.node->line, frame.node->column);
            frame.keys.insert(*entry.key);
            frame.node->entries.push_back(entry);
        }
    }
}

void YamlBuilder::spend(std::int64_t nodes, int line, int column)
{
    m_walked += nodes;
    if (m_walked <= yamllimit::nodes)
        return;
    if (m_usesAliases)
        m_issues.errorAt(line, column, u"aliases unfold this file to more than %1 values"_s.arg(yamllimit::nodes),
                         u"write out what is needed instead of aliases of aliases"_s);
    else
        m_issues.errorAt(line, column, u"the file holds more than %1 values"_s.arg(yamllimit::nodes), u"split it"_s);
    throw Stop{};
}

void YamlBuilder::checkTag(YamlNode& node, const std::string& tag, const char* own)
{
    if (!tag.empty() && tag != "?" && tag != "!" && tag != std::string(coreTag) + own)
        m_issues.error(node, u"the tag on this value is not known here"_s,
                       u"remove the tag (the word that begins with !)"_s);
}

} // namespace spillway
