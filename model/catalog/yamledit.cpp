// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/yamledit.h"

#include "model/base/wholefile.h"
#include "model/workspace/yamlscalar.h"

#include <QFile>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

TextEdit insertion(const YamlText& text, int line, int column, QString what)
{
    return TextEdit{.from = {text.file(), line, column}, .endLine = line, .endColumn = column, .text = std::move(what)};
}

int columnsOf(QStringView text)
{
    int columns = 0;
    for (const QChar c : text)
        columns += c.isLowSurrogate() ? 0 : 1;
    return columns;
}

/// Index behind a scalar that begins here and ends on its line; -1 when it is not written so.
qsizetype behindScalar(const YamlText& text, const YamlNode& scalar)
{
    const qsizetype start = text.index(scalar.line, scalar.column);
    if (start < 0 || scalar.kind != YamlNode::Kind::Scalar)
        return -1;
    const QStringView line = text.line(scalar.line);
    const qsizetype lineStart = text.index(scalar.line, 1);
    const QStringView rest = line.mid(start - lineStart);
    if (rest.startsWith(u'\'')) {
        for (qsizetype at = 1; at < rest.size(); ++at) {
            if (rest[at] != u'\'')
                continue;
            if (at + 1 < rest.size() && rest[at + 1] == u'\'')
                ++at;
            else
                return start + at + 1;
        }
        return -1;
    }
    if (rest.startsWith(u'"')) {
        for (qsizetype at = 1; at < rest.size(); ++at) {
            if (rest[at] == u'\\')
                ++at;
            else if (rest[at] == u'"')
                return start + at + 1;
        }
        return -1;
    }
    return !scalar.text.isEmpty() && rest.startsWith(scalar.text) ? start + scalar.text.size() : -1;
}

bool isFlow(const YamlText& text, const YamlNode& node)
{
    const qsizetype start = text.index(node.line, node.column);
    return start >= 0 && start < text.text().size() && (text.text()[start] == u'{' || text.text()[start] == u'[');
}

/// The last line anything below this node stands on, aliases left out as far as their places tell.
int lastLine(const YamlText& text, const YamlNode& node)
{
    int last = node.line;
    for (const YamlNode* item : node.items) {
        if (item->line >= node.line)
            last = std::max(last, lastLine(text, *item));
    }
    for (const YamlNode::Entry& entry : node.entries) {
        if (entry.key->line < node.line)
            continue; // merged from further up
        last = std::max(last, entry.key->line);
        if (entry.value->line >= entry.key->line)
            last = std::max(last, lastLine(text, *entry.value));
    }
    return last;
}

int indentOf(QStringView line)
{
    int indent = 0;
    while (indent < line.size() && line[indent] == u' ')
        ++indent;
    return indent;
}

} // namespace

YamlText::YamlText(QString file, const QByteArray& utf8)
    : m_file(std::move(file))
    , m_text(QString::fromUtf8(utf8))
{
    for (qsizetype at = 0; at < m_text.size();) {
        const qsizetype end = m_text.indexOf(u'\n', at);
        m_starts.push_back(at);
        at = end < 0 ? m_text.size() : end + 1;
    }
}

QStringView YamlText::line(int number) const
{
    if (number < 1 || number > lines())
        return {};
    const qsizetype start = m_starts[static_cast<std::size_t>(number - 1)];
    const qsizetype next = number < lines() ? m_starts[static_cast<std::size_t>(number)] : m_text.size();
    QStringView line = QStringView(m_text).mid(start, next - start);
    while (line.endsWith(u'\n') || line.endsWith(u'\r'))
        line.chop(1);
    return line;
}

qsizetype YamlText::index(int line, int column) const
{
    if (line == lines() + 1 && column == 1)
        return m_text.size();
    if (line < 1 || line > lines() || column < 1)
        return -1;
    qsizetype at = m_starts[static_cast<std::size_t>(line - 1)];
    for (int i = 1; i < column; ++i) {
        if (at >= m_text.size() || m_text[at] == u'\n')
            return -1;
        at += m_text[at].isHighSurrogate() ? 2 : 1;
    }
    return at;
}

QString YamlText::lineEnd() const
{
    return m_text.contains(u"\r\n"_s) ? u"\r\n"_s : u"\n"_s;
}

QString yamlScalar(const QString& text)
{
    if (isPlainYaml(text))
        return text;
    const bool isPrintable =
        std::none_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7F; });
    return isPrintable ? u'\'' + QString(text).replace(u'\'', u"''"_s) + u'\'' : doubleQuotedYaml(text);
}

std::optional<TextEdit> addKey(const YamlText& text, const YamlNode& map, const QString& key, const QString& yamlValue,
                               const QStringList& behind)
{
    if (map.kind != YamlNode::Kind::Map || map.entries.empty())
        return std::nullopt;
    const bool flow = isFlow(text, map);
    const YamlNode::Entry* anchor = nullptr;
    const auto fits = [&](const YamlNode::Entry& entry) {
        return entry.key->line >= map.line && entry.value->line == entry.key->line &&
               behindScalar(text, *entry.value) > 0 &&
               text.index(entry.value->line, entry.value->column) > text.index(entry.key->line, entry.key->column) &&
               (flow || entry.key->column == map.column);
    };
    for (const QString& name : behind) {
        for (const YamlNode::Entry& entry : map.entries) {
            if (anchor == nullptr && entry.key->text == name && fits(entry))
                anchor = &entry;
        }
    }
    for (auto entry = map.entries.rbegin(); anchor == nullptr && entry != map.entries.rend(); ++entry) {
        if (fits(*entry))
            anchor = &*entry;
    }
    if (anchor == nullptr)
        return std::nullopt;
    const int line = anchor->value->line;
    const qsizetype lineStart = text.index(line, 1);
    const qsizetype end = behindScalar(text, *anchor->value);
    if (flow)
        return insertion(text, line, columnsOf(QStringView(text.text()).mid(lineStart, end - lineStart)) + 1,
                         u", %1: %2"_s.arg(key, yamlValue));
    // A plain scalar may go on in the next line: only blanks and a comment may follow this one.
    const QStringView rest = QStringView(text.text()).mid(end, lineStart + text.line(line).size() - end).trimmed();
    if (!rest.isEmpty() && !rest.startsWith(u'#'))
        return std::nullopt;
    return insertion(text, line, columnsOf(text.line(line)) + 1,
                     text.lineEnd() + QString(map.column - 1, u' ') + key + u": "_s + yamlValue);
}

std::optional<TextEdit> replaceScalar(const YamlText& text, const YamlNode& scalar, const QString& yamlValue)
{
    const qsizetype end = behindScalar(text, scalar);
    const qsizetype start = text.index(scalar.line, scalar.column);
    if (end < 0 || scalar.isAnchored)
        return std::nullopt;
    return TextEdit{.from = {text.file(), scalar.line, scalar.column},
                    .endLine = scalar.line,
                    .endColumn = scalar.column + columnsOf(QStringView(text.text()).mid(start, end - start)),
                    .text = yamlValue};
}

std::optional<TextEdit> addScalarItem(const YamlText& text, const YamlNode& list, const QString& yamlValue)
{
    if (list.kind != YamlNode::Kind::Sequence)
        return std::nullopt;
    if (list.items.empty())
        return isFlow(text, list) ? std::optional(insertion(text, list.line, list.column + 1, yamlValue))
                                  : std::nullopt;
    const YamlNode& last = *list.items.back();
    const qsizetype end = behindScalar(text, last);
    if (end < 0 || last.line < list.line)
        return std::nullopt;
    const qsizetype lineStart = text.index(last.line, 1);
    if (isFlow(text, list))
        return insertion(text, last.line, columnsOf(QStringView(text.text()).mid(lineStart, end - lineStart)) + 1,
                         u", "_s + yamlValue);
    return insertion(text, last.line, columnsOf(text.line(last.line)) + 1,
                     text.lineEnd() + QString(indentOf(text.line(last.line)), u' ') + u"- "_s + yamlValue);
}

std::optional<TextEdit> addBlock(const YamlText& text, const YamlNode& parent, const QStringList& lines)
{
    const bool isEmpty = parent.items.empty() && parent.entries.empty();
    if (isFlow(text, parent)) {
        const qsizetype start = text.index(parent.line, parent.column);
        if (!isEmpty || start + 1 >= text.text().size() ||
            (text.text()[start + 1] != u']' && text.text()[start + 1] != u'}'))
            return std::nullopt;
        QString block;
        const int indent = indentOf(text.line(parent.line)) + 2;
        for (const QString& line : lines)
            block += text.lineEnd() + (line.isEmpty() ? QString() : QString(indent, u' ') + line);
        TextEdit edit{.from = {text.file(), parent.line, parent.column},
                      .endLine = parent.line,
                      .endColumn = parent.column + 2,
                      .text = block};
        // A comment behind it stays on its line, and no blank is left at the end.
        const QStringView line = text.line(parent.line);
        const qsizetype lineStart = text.index(parent.line, 1);
        const QStringView rest = line.sliced(start - lineStart + 2).trimmed();
        if (!rest.isEmpty() && !rest.startsWith(u'#'))
            return edit;
        for (qsizetype at = start - 1; at > lineStart && text.text()[at] == u' '; --at)
            --edit.from.column;
        edit.endColumn = columnsOf(line) + 1;
        if (!rest.isEmpty())
            edit.text = u' ' + rest.toString() + block;
        return edit;
    }
    if (isEmpty)
        return std::nullopt;
    const YamlNode& first = parent.items.empty() ? *parent.entries.front().key : *parent.items.front();
    const int indent = indentOf(text.line(first.line));
    int last = lastLine(text, parent);
    // The rest of a scalar in block style, or of a plain one over several lines.
    while (last < text.lines()) {
        const QStringView next = text.line(last + 1);
        if (next.trimmed().isEmpty() || indentOf(next) <= indent)
            break;
        ++last;
    }
    QString block;
    for (const QString& line : lines)
        block += text.lineEnd() + (line.isEmpty() ? QString() : QString(indent, u' ') + line);
    return insertion(text, last, columnsOf(text.line(last)) + 1, block);
}

std::optional<TextEdit> removeEntry(const YamlText& text, const YamlNode& parent, const YamlNode& item)
{
    const bool isList = parent.kind == YamlNode::Kind::Sequence;
    if (isFlow(text, parent) || parent.items.size() + parent.entries.size() < 2 || item.isAnchored)
        return std::nullopt;
    const YamlNode* body = isList ? &item : nullptr;
    for (const YamlNode::Entry& entry : parent.entries) {
        if (entry.key == &item)
            body = entry.value;
    }
    // An alias stands elsewhere: what it names must not go.
    if (body == nullptr || body->isAnchored || body->line < item.line)
        return std::nullopt;
    const int first = item.line;
    const int indent = indentOf(text.line(first));
    const QStringView before = text.line(first).left(text.index(first, item.column) - text.index(first, 1));
    if (isList ? before.trimmed() != u"-" : !before.trimmed().isEmpty())
        return std::nullopt; // it shares its line with something else
    int last = std::max(first, lastLine(text, *body));
    while (last < text.lines()) {
        const QStringView next = text.line(last + 1);
        if (next.trimmed().isEmpty() || indentOf(next) <= indent)
            break;
        ++last;
    }
    return TextEdit{.from = {text.file(), first, 1}, .endLine = last + 1, .endColumn = 1, .text = {}};
}

Result<QByteArray> applyEdits(const YamlText& text, std::vector<TextEdit> edits)
{
    std::erase_if(edits, [&](const TextEdit& edit) { return edit.from.file != text.file(); });
    struct Span
    {
        qsizetype from = 0;
        qsizetype to = 0;
        const TextEdit* edit = nullptr;
    };
    std::vector<Span> spans;
    for (const TextEdit& edit : edits) {
        const Span span{text.index(edit.from.line, edit.from.column), text.index(edit.endLine, edit.endColumn), &edit};
        if (span.from < 0 || span.to < span.from)
            return fail(ErrorCode::Conflict, u"%1 is no longer as it was read"_s.arg(text.file()));
        spans.push_back(span);
    }
    std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    QString changed;
    qsizetype at = 0;
    for (const Span& span : spans) {
        if (span.from < at)
            return fail(ErrorCode::InvalidConfig,
                        u"%1:%2: two changes meet here; make one, then look again"_s.arg(text.file())
                            .arg(span.edit->from.line));
        changed += QStringView(text.text()).mid(at, span.from - at);
        changed += span.edit->text;
        at = span.to;
    }
    changed += QStringView(text.text()).mid(at);
    const QByteArray bytes = changed.toUtf8();
    const Checked<YamlDocument> read = readYamlText(bytes, text.file());
    if (!read.value)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 is written in a way that has to be edited by hand: %2"_s.arg(
                        text.file(), read.issues.empty() ? QString() : read.issues.front().toString()));
    return bytes;
}

Result<QStringList> saveEdits(const std::vector<YamlText>& before, const std::vector<TextEdit>& edits)
{
    std::vector<std::pair<QString, QByteArray>> changed;
    for (const YamlText& text : before) {
        if (std::none_of(edits.begin(), edits.end(),
                         [&](const TextEdit& edit) { return edit.from.file == text.file(); }))
            continue;
        QFile file(text.file());
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorCode::Unreachable, u"%1 cannot be read: %2"_s.arg(text.file(), file.errorString()));
        QByteArray now = file.readAll();
        const bool hasMark = now.startsWith("\xEF\xBB\xBF");
        if (QString::fromUtf8(hasMark ? now.mid(3) : now) != text.text())
            return fail(ErrorCode::Conflict,
                        u"%1 was changed meanwhile; nothing was written, look again"_s.arg(text.file()));
        auto bytes = applyEdits(text, edits);
        if (!bytes)
            return tl::unexpected<Error>(bytes.error());
        changed.emplace_back(text.file(), hasMark ? QByteArray("\xEF\xBB\xBF") + *bytes : *bytes);
    }
    QStringList files;
    for (const auto& [name, bytes] : changed) {
        if (const Status written = writeWhole(name, bytes); !written)
            return tl::unexpected<Error>(written.error());
        files += name;
    }
    return files;
}

QString editDiff(const YamlText& text, const TextEdit& edit)
{
    QString before;
    for (int line = edit.from.line; line <= std::max(edit.endLine, edit.from.line); ++line)
        before += (before.isEmpty() ? QString() : u"\n"_s) + text.line(line).toString();
    const qsizetype start = text.index(edit.from.line, 1);
    const qsizetype from = text.index(edit.from.line, edit.from.column);
    const qsizetype to = text.index(edit.endLine, edit.endColumn);
    if (start < 0 || from < 0 || to < 0)
        return {};
    const qsizetype end = start + before.size();
    const QString after =
        text.text().mid(start, from - start) + edit.text + text.text().mid(to, std::max<qsizetype>(0, end - to));
    QStringList lines;
    const QStringList old = before.split(u'\n');
    QStringList fresh = QString(after).remove(u'\r').split(u'\n');
    if (old.size() == 1 && fresh.size() > 1 && fresh.first() == old.first()) {
        lines += u"  "_s + old.first();
        fresh.removeFirst();
    } else {
        for (const QString& line : old)
            lines += u"- "_s + line;
    }
    for (const QString& line : fresh)
        lines += u"+ "_s + line;
    return lines.join(u'\n');
}

} // namespace spillway
