// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include "model/base/bytesearch.h"

#include <algorithm>

/// Tracebacks of Python: the innermost frame is the last one, the error stands below it, and of errors raised while
/// others were handled the first one is printed first.
namespace spillway::python {

namespace {

/// A line without the bar that an exception group draws beside its own traceback (those of its members have more).
QByteArrayView withoutBar(QByteArrayView line)
{
    return line.startsWith("  | ") ? line.sliced(4) : line;
}

bool isHeading(QByteArrayView line)
{
    return line.startsWith(firstLine) || line.startsWith("  + Exception Group Traceback (most recent call last):");
}

bool isFileLine(QByteArrayView line)
{
    return line.startsWith("  File \"");
}

bool isConnector(QByteArrayView line)
{
    return line == "The above exception was the direct cause of the following exception:" ||
           line == "During handling of the above exception, another exception occurred:";
}

} // namespace

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<StackSection> printed; // as they stand: what happened first comes first
    enum class In { Nothing, Frames, Error } in = In::Nothing;
    bool isGroup = false;
    qsizetype frames = 0;
    qsizetype framesEnd = 0;
    qsizetype error = 0;
    qsizetype errorEnd = 0;
    const auto close = [&] {
        if (in == In::Nothing)
            return;
        StackSection section;
        if (in == In::Error)
            section = sectionOfHead(text.sliced(error, errorEnd - error), StackLanguage::Python);
        section.language = StackLanguage::Python;
        section.frames = text.sliced(frames, framesEnd - frames);
        if (printed.size() < most)
            printed.push_back(section);
        else
            printed.back() = section; // the last one is the outermost
        in = In::Nothing;
    };
    for (StackLines lines(text); lines.next();) {
        const QByteArrayView whole = lines.line();
        const QByteArrayView line = isGroup ? withoutBar(whole) : whole;
        switch (in) {
        case In::Nothing:
            if (isHeading(whole)) {
                isGroup = whole.startsWith(' ');
                in = In::Frames;
                frames = framesEnd = lines.behind();
                frames = framesEnd = std::min(frames, text.size());
            }
            break;
        case In::Frames:
            if (isFileLine(line)) {
                framesEnd = lines.end();
            } else if (!line.startsWith(' ') && !line.isEmpty()) {
                in = In::Error;
                error = lines.end() - line.size();
                errorEnd = lines.end();
                // A message of several lines that a header tells is passed over whole.
                if (const qsizetype told = knownMessageEnd(text.sliced(error), known); told > 0) {
                    errorEnd = std::max(errorEnd, error + told);
                    lines.jump(std::max(lines.behind(), errorEnd));
                }
            }
            break;
        case In::Error:
            if (isGroup || isConnector(line) || isHeading(whole)) {
                close();
                isGroup = false;
                if (isHeading(whole))
                    lines.jump(lines.start());
            } else if (!line.isEmpty()) {
                errorEnd = lines.end();
            }
            break;
        }
    }
    close();
    if (printed.empty()) // a heading too far off
        return {StackSection{{}, trimmedEnds(text), {}, StackLanguage::Python}};
    std::reverse(printed.begin(), printed.end());
    return printed;
}

void eachFrame(QByteArrayView frames, const FrameVisit& visit)
{
    for (qsizetype end = frames.size(); end > 0;) {
        const qsizetype start = frames.first(end).lastIndexOf('\n') + 1;
        QByteArrayView line = withoutBar(frames.sliced(start, end - start));
        if (line.endsWith('\r'))
            line.chop(1);
        if (isFileLine(line) && line.size() < 1024 && !visit(line.sliced(2)))
            return;
        end = start - 1;
    }
}

// File "/app/billing/stock.py", line 12, in take
FramePlace place(QByteArrayView line)
{
    constexpr QByteArrayView file("File \"");
    constexpr QByteArrayView in(", in ");
    if (!line.startsWith(file))
        return {};
    const qsizetype end = line.indexOf("\", line ");
    const qsizetype function = end < 0 ? -1 : line.indexOf(in, end);
    if (function < 0) // a SyntaxError's place is no call
        return {};
    const QByteArrayView path = line.sliced(file.size(), end - file.size());
    QByteArrayView name = line.sliced(function + in.size());
    if (const qsizetype qualified = name.lastIndexOf('.'); qualified > 0) // some tools write Class.method
        name = name.sliced(qualified + 1);
    return {name.toByteArray(), path};
}

} // namespace spillway::python
