// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include "model/base/bytesearch.h"

#include <algorithm>

/// Stacks of Ruby: `FILE.rb:LINE:in 'method'`, below `CLASS: message` as programs join them, or with `: message
/// (CLASS)` behind the first frame as Ruby prints an error. Causes follow the frames of what they caused.
namespace spillway::ruby {

namespace {

struct Parts
{
    QByteArrayView file;   ///< empty: no frame
    QByteArrayView method; ///< as printed between quotes
    QByteArrayView rest;   ///< behind the method
};

Parts partsOf(QByteArrayView line)
{
    constexpr QByteArrayView mark(":in ");
    const qsizetype in = line.size() > 4096 ? -1 : findBytes(line, mark);
    if (in < 0)
        return {};
    const QByteArrayView place = line.first(in);
    const QByteArrayView file = withoutNumber(place);
    if (file.size() == place.size() || !(file.endsWith(".rb") || file.endsWith(".ru") || file.endsWith(".rake") ||
                                         file.startsWith("<internal:") || file.startsWith("(eval")))
        return {};
    QByteArrayView quoted = line.sliced(in + mark.size());
    if (quoted.size() < 2 || (quoted.front() != '`' && quoted.front() != '\''))
        return {};
    quoted = quoted.sliced(1);
    const qsizetype close = quoted.indexOf('\'');
    if (close < 0)
        return {};
    return {file, quoted.first(close), quoted.sliced(close + 1)};
}

/// A frame's line from its file on.
QByteArrayView bare(QByteArrayView line)
{
    line = trimmedEnds(line);
    return line.startsWith("from ") ? line.sliced(5) : line;
}

/// `message (CLASS)`
StackSection sectionOfPrinted(QByteArrayView text)
{
    StackSection section;
    section.language = StackLanguage::Ruby;
    section.message = text = trimmedEnds(text);
    const qsizetype lineEnd = text.indexOf('\n');
    const QByteArrayView first = trimmedEnds(lineEnd < 0 ? text : text.first(lineEnd));
    const qsizetype open = first.endsWith(')') ? first.lastIndexOf('(') : -1;
    if (open < 0 || !looksLikeAnyClass(first.sliced(open + 1, first.size() - open - 2)))
        return section;
    section.className = first.sliced(open + 1, first.size() - open - 2);
    section.message = trimmedEnds(first.first(open));
    return section;
}

StackSection sectionOfJoined(QByteArrayView head)
{
    head = trimmedEnds(head);
    if (head.startsWith("Caused by:"))
        head = trimmedEnds(head.sliced(10));
    const StackSection joined = sectionOfHead(head, StackLanguage::Ruby);
    return joined.className.isEmpty() ? sectionOfPrinted(head) : joined;
}

} // namespace

bool isFrame(QByteArrayView line)
{
    return !partsOf(bare(line)).file.isEmpty();
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<StackSection> chain;
    StackSection current;
    current.language = StackLanguage::Ruby;
    qsizetype head = 0;
    qsizetype frames = -1;
    qsizetype framesEnd = -1;
    const auto close = [&] {
        if (frames >= 0)
            current.frames = text.sliced(frames, framesEnd - frames);
        chain.push_back(current);
        current = {};
        current.language = StackLanguage::Ruby;
        frames = framesEnd = -1;
    };
    for (StackLines lines(text, knownMessageEnd(text, known)); chain.size() + 1 < most && lines.next();) {
        const QByteArrayView line = bare(lines.line());
        const Parts parts = partsOf(line);
        if (parts.file.isEmpty()) {
            if (frames >= 0 && line.startsWith("Caused by:")) {
                close();
                head = lines.end() - line.size();
            }
            continue;
        }
        const bool tellsError = parts.rest.startsWith(": ");
        if (tellsError && frames >= 0) // the cause's first line
            close();
        if (frames < 0) {
            frames = lines.start();
            current = tellsError ? sectionOfPrinted(parts.rest.sliced(2))
                                 : sectionOfJoined(text.sliced(head, std::max<qsizetype>(frames - head, 0)));
        }
        framesEnd = lines.end();
    }
    if (frames >= 0 || chain.empty())
        close();
    return chain;
}

void eachFrame(QByteArrayView frames, const FrameVisit& visit)
{
    for (StackLines lines(frames); lines.next();) {
        const QByteArrayView line = bare(lines.line());
        if (isFrame(line) && line.size() < 1024 && !visit(line))
            return;
    }
}

FramePlace place(QByteArrayView line)
{
    const Parts parts = partsOf(line);
    QByteArrayView method = parts.method;
    // `block (2 levels) in Acme::Orders#take`, `rescue in take`
    if (const qsizetype in = method.lastIndexOf(" in "); in >= 0)
        method = method.sliced(in + 4);
    // Ruby 3.4 names the class too; the file tells as much, and an upgrade begins no new groups.
    for (const char c : {'#', '.'}) {
        if (const qsizetype at = method.lastIndexOf(c); at >= 0 && at + 1 < method.size())
            method = method.sliced(at + 1);
    }
    return {method.toByteArray(), parts.file};
}

} // namespace spillway::ruby
