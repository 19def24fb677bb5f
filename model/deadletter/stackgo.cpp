// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include <algorithm>

/// Stacks of Go: two lines a frame, the function and `\tFILE:LINE`. A panic's goroutine follows its message; pkg/errors
/// prints the root cause first, and each wrapper's words and frames behind it.
namespace spillway::go {

namespace {

constexpr QByteArrayView panicMark("panic: ");
constexpr QByteArrayView creatorMark("created by ");

bool isFunction(QByteArrayView line)
{
    return !line.isEmpty() && line.front() != ' ' && line.front() != '\t' && line.front() != '[';
}

/// `panic: MESSAGE [recovered]`, without what the runtime says of signals.
StackSection sectionOfGo(QByteArrayView head)
{
    StackSection section;
    section.language = StackLanguage::Go;
    head = trimmedEnds(head);
    if (head.startsWith(panicMark)) {
        section.className = head.first(panicMark.size() - 2);
        head = head.sliced(panicMark.size());
        if (const qsizetype again = head.indexOf("\n\tpanic: "); again > 0) // the same one, raised once more
            head = head.first(again);
        if (const qsizetype signal = head.indexOf("\n[signal "); signal > 0)
            head = head.first(signal);
        for (const QByteArrayView word : {QByteArrayView(" [recovered, repanicked]"), QByteArrayView(" [recovered]")}) {
            if (head.endsWith(word))
                head.chop(word.size());
        }
    }
    section.message = trimmedEnds(head);
    return section;
}

/// Without closures' numbers and type arguments: `orders.(*Service).Reserve.func1.2` -> `orders.(*Service).Reserve`
QByteArray writtenFunction(QByteArrayView function)
{
    const auto isNumbered = [](QByteArrayView part) {
        for (const QByteArrayView word :
             {QByteArrayView("func"), QByteArrayView("gowrap"), QByteArrayView("deferwrap")}) {
            if (part.startsWith(word) && isDigits(part.sliced(word.size())))
                return true;
        }
        return part.isEmpty() || isDigits(part);
    };
    QByteArray name;
    for (qsizetype at = 0; at < function.size(); ++at) {
        if (function[at] == '[') {
            const qsizetype close = function.indexOf(']', at);
            if (close > 0) {
                at = close;
                continue;
            }
        }
        name += function[at];
    }
    if (name.endsWith("-fm"))
        name.chop(3);
    for (qsizetype dot = name.lastIndexOf('.'); dot > 0 && isNumbered(QByteArrayView(name).sliced(dot + 1));
         dot = name.lastIndexOf('.'))
        name.truncate(dot);
    return name;
}

} // namespace

bool isGoroutine(QByteArrayView line)
{
    constexpr QByteArrayView word("goroutine ");
    if (!line.startsWith(word) || !line.endsWith("]:"))
        return false;
    const qsizetype open = line.indexOf(" [");
    return open > word.size() && isDigits(line.sliced(word.size(), open - word.size()));
}

bool isFile(QByteArrayView line)
{
    if (line.size() < 6 || line.front() != '\t')
        return false;
    QByteArrayView place = line.sliced(1);
    if (const qsizetype offset = place.lastIndexOf(" +0x"); offset > 0)
        place = place.first(offset);
    const QByteArrayView file = withoutNumber(place);
    return file.size() < place.size() && (file.endsWith(".go") || file.endsWith(".s"));
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<StackSection> printed; // the root cause first
    qsizetype head = 0;
    qsizetype headEnd = -1;
    qsizetype frames = -1;
    qsizetype framesEnd = -1;
    const auto close = [&] {
        const qsizetype end = headEnd >= 0 ? headEnd : text.size();
        StackSection section = sectionOfGo(text.sliced(head, std::max<qsizetype>(end - head, 0)));
        if (frames >= 0)
            section.frames = text.sliced(frames, framesEnd - frames);
        if (printed.size() < most)
            printed.push_back(section);
    };
    qsizetype above = -1; // where a line starts that may be a frame's first one
    bool isGoroutines = false;
    for (StackLines lines(text, knownMessageEnd(text, known)); lines.next();) {
        const QByteArrayView line = lines.line();
        if (above >= 0 && isFile(line)) {
            if (frames < 0) {
                frames = above;
                if (headEnd < 0)
                    headEnd = above;
            }
            framesEnd = lines.end();
            above = -1;
            continue;
        }
        if (frames >= 0 && above >= 0 && !isGoroutines) {
            // The line above is no frame: the words of an error around this one.
            close();
            head = above;
            headEnd = frames = framesEnd = -1;
        }
        above = -1;
        if (isGoroutine(line)) {
            if (isGoroutines)
                break; // another one, that did not fail
            isGoroutines = true;
            if (headEnd < 0)
                headEnd = lines.start();
        } else if (line.isEmpty()) {
            if (isGoroutines && frames >= 0)
                break;
        } else if (isFunction(line)) {
            above = lines.start();
        }
    }
    if (frames >= 0 && above >= 0 && !isGoroutines) {
        close();
        head = above;
        headEnd = frames = framesEnd = -1;
    }
    close();
    std::reverse(printed.begin(), printed.end());
    return printed;
}

void eachFrame(QByteArrayView frames, const FrameVisit& visit)
{
    qsizetype above = -1;
    for (StackLines lines(frames); lines.next();) {
        const QByteArrayView line = lines.line();
        if (above >= 0 && isFile(line)) {
            const QByteArrayView both = frames.sliced(above, lines.end() - above);
            if (both.size() < 2048 && !visit(both))
                return;
            above = -1;
        } else {
            above = isFunction(line) && !line.startsWith(creatorMark) ? lines.start() : -1;
        }
    }
}

FramePlace place(QByteArrayView lines)
{
    const qsizetype lineEnd = lines.indexOf('\n');
    if (lineEnd < 0)
        return {};
    QByteArrayView function = trimmedEnds(lines.first(lineEnd));
    if (function.endsWith(')')) { // arguments: hexadecimal words and braces, no brackets
        if (const qsizetype open = function.lastIndexOf('('); open > 0)
            function = function.first(open);
    }
    QByteArrayView file = trimmedEnds(lines.sliced(lineEnd + 1));
    if (const qsizetype offset = file.lastIndexOf(" +0x"); offset > 0)
        file = file.first(offset);
    if (!function.contains('.')) // the runtime's own: panic
        return {};
    return {writtenFunction(function), withoutNumber(file)};
}

} // namespace spillway::go
