// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include <algorithm>

/// Stacks of V8: `TypeError: message`, then `    at FUNCTION (FILE:LINE:COLUMN)`; the cause behind the last frame. Of
/// Firefox and Safari: frames alone, `FUNCTION@FILE:LINE:COLUMN`; who logs them may put `TypeError: message` above.
namespace spillway::javascript {

namespace {

/// `TypeError: x` behind what says that another error caused the one above; empty: the line says no such thing.
QByteArrayView causeIn(QByteArrayView line)
{
    for (const QByteArrayView mark : {QByteArrayView("[cause]: "), QByteArrayView("Caused by: "),
                                      QByteArrayView("caused by: "), QByteArrayView("Caused By: ")}) {
        if (line.startsWith(mark))
            return line.sliced(mark.size());
    }
    return {};
}

/// Without what `util.inspect` puts around: `<ref *1> `, brackets of an error without stack, the list of properties.
QByteArrayView bareHead(QByteArrayView head)
{
    if (head.startsWith("<ref *")) {
        if (const qsizetype end = head.indexOf("> "); end > 0)
            head = head.sliced(end + 2);
    }
    if (head.startsWith("Uncaught "))
        head = head.sliced(9);
    if (head.startsWith('[') && !head.startsWith("[cause]"))
        head = head.sliced(1);
    return head;
}

/// What node prints above an error that nobody caught: `/app/x.js:12`, the line, a caret and a blank line.
qsizetype behindSource(QByteArrayView text)
{
    const qsizetype lineEnd = text.indexOf('\n');
    const QByteArrayView first = text.first(std::max<qsizetype>(lineEnd, 0));
    const bool isPlace = (first.startsWith('/') || first.startsWith("file:///")) &&
                         withoutNumber(first).size() < first.size() && !first.contains(": ");
    const qsizetype blank = isPlace ? text.indexOf("\n\n") : -1;
    return blank < 0 ? 0 : blank + 2;
}

struct Location
{
    QByteArrayView function;
    QByteArrayView place; ///< `FILE:1:2`, `<anonymous>`, `index 0`
};

/// @param line  from `at ` on
Location locationOf(QByteArrayView line)
{
    QByteArrayView rest = line.sliced(3);
    if (rest.endsWith(" {")) // properties follow
        rest.chop(2);
    rest = trimmedEnds(rest);
    if (rest.startsWith("async "))
        rest = rest.sliced(6);
    const qsizetype open = rest.endsWith(')') ? rest.indexOf(" (") : -1;
    if (open < 0)
        return {{}, rest};
    return {rest.first(open), rest.sliced(open + 2, rest.size() - open - 3)};
}

QByteArrayView fileOf(QByteArrayView place)
{
    const QByteArrayView line = withoutNumber(place);
    return line.size() == place.size() ? QByteArrayView() : withoutNumber(line);
}

/// What Safari says of code in no function.
bool isCodeOfFile(QByteArrayView function)
{
    return function == "global code" || function == "module code" || function == "eval code";
}

/// `async*pay/<@FILE:1:2`: Firefox says in front what led here, and behind the name what has none within.
FramePlace browserPlace(QByteArrayView line)
{
    const qsizetype sign = line.indexOf('@');
    if (sign < 0)
        return {};
    QByteArrayView function = line.first(sign);
    if (const qsizetype star = function.lastIndexOf('*'); star >= 0)
        function = function.sliced(star + 1);
    while (function.endsWith('<') || function.endsWith('/'))
        function.chop(1);
    if (isCodeOfFile(function))
        function = {};
    QByteArrayView file = fileOf(line.sliced(sign + 1));
    if (const qsizetype evaluated = file.indexOf(" line "); evaluated > 0) // `x.js line 5 > eval`
        file = file.first(evaluated);
    return {function.isEmpty() ? QByteArray("<anonymous>") : function.toByteArray(), file};
}

} // namespace

bool isBrowserFrame(QByteArrayView line)
{
    const qsizetype sign = line.size() > 4096 ? -1 : line.indexOf('@');
    if (sign < 0 || (line.first(sign).contains(' ') && !isCodeOfFile(line.first(sign))))
        return false;
    const QByteArrayView place = line.sliced(sign + 1);
    const QByteArrayView file = fileOf(place);
    return !file.isEmpty() && file.size() < withoutNumber(place).size() &&
           (file.startsWith('/') || file.contains("://")) && !file.contains('(');
}

bool isFrame(QByteArrayView line)
{
    if (!line.startsWith("at "))
        return isBrowserFrame(trimmedEnds(line));
    const Location at = locationOf(line);
    const QByteArrayView place = at.place;
    if (!at.function.isEmpty() &&
        (place == "<anonymous>" || place == "native" || place.startsWith("index ") || place.startsWith("eval at ")))
        return true;
    const QByteArrayView withLine = withoutNumber(place);
    const QByteArrayView file = withoutNumber(withLine);
    if (file.isEmpty() || withLine.size() == place.size())
        return false;
    // Line and column; or the line alone, where a function stands in front and brackets around.
    return file.size() < withLine.size() || !at.function.isEmpty();
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<StackSection> chain;
    qsizetype head = behindSource(text);
    qsizetype headEnd = -1;
    qsizetype frames = -1;
    qsizetype framesEnd = -1;
    const auto close = [&] {
        if (headEnd < 0) { // no frames: of a cause the message is one line, else all there is
            const qsizetype lineEnd = text.indexOf('\n', head);
            headEnd = chain.empty() || lineEnd < 0 ? text.size() : lineEnd;
        }
        StackSection section = sectionOfHead(bareHead(text.sliced(head, headEnd - head)), StackLanguage::JavaScript);
        if (frames >= 0)
            section.frames = text.sliced(frames, framesEnd - frames);
        // A cause may be any value; only errors have classes.
        if (chain.empty() || !section.className.isEmpty())
            chain.push_back(section);
    };
    StackLines lines(text, head + knownMessageEnd(text.sliced(head), known));
    while (chain.size() + 1 < most && lines.next()) {
        const QByteArrayView line = lines.indented();
        if (isFrame(line)) {
            if (frames < 0) {
                frames = lines.start();
                headEnd = std::max(head, frames - 1);
            }
            framesEnd = lines.end();
        } else if (frames >= 0) {
            if (line.startsWith("[errors]: [")) // of an AggregateError: several, and none is the cause
                break;
            if (const QByteArrayView cause = causeIn(line); !cause.isEmpty()) {
                close();
                head = lines.end() - cause.size();
                headEnd = frames = framesEnd = -1;
                lines.jump(std::max(lines.behind(), head + knownMessageEnd(text.sliced(head), known)));
            }
        }
    }
    close();
    return chain;
}

FramePlace place(QByteArrayView line)
{
    if (!line.startsWith("at "))
        return browserPlace(trimmedEnds(line));
    const Location at = locationOf(line);
    QByteArrayView function = at.function;
    if (const qsizetype alias = function.indexOf(" [as "); alias > 0)
        function = function.first(alias);
    // How V8 names the object that a function of a module is called on has changed with its versions.
    for (const QByteArrayView object : {QByteArrayView("Object."), QByteArrayView("Module."),
                                        QByteArrayView("exports."), QByteArrayView("global.")}) {
        if (function.startsWith(object)) {
            function = function.sliced(object.size());
            break;
        }
    }
    if (at.place.startsWith("eval at "))
        return {function.toByteArray(), {}};
    return {function.isEmpty() ? QByteArray("<anonymous>") : function.toByteArray(), fileOf(at.place)};
}

} // namespace spillway::javascript
