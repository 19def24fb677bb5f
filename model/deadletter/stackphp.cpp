// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include "model/base/bytesearch.h"

#include <algorithm>

/// Stacks of PHP: `CLASS: message in FILE:LINE`, `Stack trace:`, `#0 FILE(LINE): FUNCTION()`. The previous exception is
/// printed first, what was thrown because of it behind `Next `.
namespace spillway::php {

namespace {

constexpr QByteArrayView traceMark("\nStack trace:");

StackSection sectionOfPhp(QByteArrayView head)
{
    head = trimmedEnds(head);
    for (const QByteArrayView word : {QByteArrayView("PHP Fatal error:  Uncaught "), QByteArrayView("Next ")}) {
        if (head.startsWith(word))
            head = head.sliced(word.size());
    }
    if (head.endsWith(traceMark.sliced(1)))
        head = trimmedEnds(head.chopped(traceMark.size() - 1));
    const qsizetype in = head.lastIndexOf(" in ");
    if (in > 0 && withoutNumber(head).size() < head.size() && !head.sliced(in).contains('\n'))
        head = head.first(in);
    return sectionOfHead(head, StackLanguage::Php);
}

} // namespace

bool isFrame(QByteArrayView line)
{
    const qsizetype space = line.startsWith('#') ? line.indexOf(' ') : -1;
    if (space < 2 || !isDigits(line.sliced(1, space - 1)))
        return false;
    const QByteArrayView rest = line.sliced(space + 1);
    if (rest.startsWith("{main}") || rest.startsWith("[internal function]: "))
        return true;
    const qsizetype colon = rest.indexOf("): ");
    const qsizetype open = colon < 0 ? -1 : rest.first(colon).lastIndexOf('(');
    return open > 0 && isDigits(rest.sliced(open + 1, colon - open - 1));
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<StackSection> printed;
    qsizetype head = 0;
    qsizetype frames = -1;
    qsizetype framesEnd = -1;
    const auto close = [&] {
        StackSection section = sectionOfPhp(text.sliced(head, (frames < 0 ? text.size() : frames) - head));
        if (frames >= 0)
            section.frames = text.sliced(frames, framesEnd - frames);
        if (printed.size() < most)
            printed.push_back(section);
    };
    for (StackLines lines(text, knownMessageEnd(text, known)); lines.next();) {
        const QByteArrayView line = lines.line();
        if (isFrame(line)) {
            if (frames < 0)
                frames = lines.start();
            framesEnd = lines.end();
        } else if (frames >= 0 && line.startsWith("Next ")) {
            close();
            head = lines.start();
            frames = framesEnd = -1;
        }
    }
    close();
    std::reverse(printed.begin(), printed.end());
    return printed;
}

void eachFrame(QByteArrayView frames, const FrameVisit& visit)
{
    for (StackLines lines(frames); lines.next();) {
        if (isFrame(lines.line()) && lines.line().size() < 1024 && !visit(lines.line()))
            return;
    }
}

// A frame is a call: the file it stands in, and what is called.
FramePlace place(QByteArrayView line)
{
    if (!isFrame(line))
        return {};
    const QByteArrayView rest = line.sliced(line.indexOf(' ') + 1);
    const qsizetype colon = rest.indexOf("): ");
    const qsizetype open = colon < 0 ? -1 : rest.first(colon).lastIndexOf('(');
    if (open <= 0)
        return {};
    QByteArrayView function = rest.sliced(colon + 3);
    if (const qsizetype closure = function.indexOf("{closure"); closure >= 0) // PHP 8.4 puts file and line in it
        return {function.first(closure).toByteArray().append("{closure}"), rest.first(open)};
    if (const qsizetype arguments = function.indexOf('('); arguments >= 0)
        function = function.first(arguments);
    return {function.toByteArray(), rest.first(open)};
}

} // namespace spillway::php
