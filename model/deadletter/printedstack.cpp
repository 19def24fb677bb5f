// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/printedstack.h"

#include "model/base/bytesearch.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr QByteArrayView causeLine("\nCaused by: ");
constexpr QByteArrayView nestedException("nested exception is ");
constexpr int mostClassesInFront = 4;

qsizetype lineEnd(QByteArrayView text, qsizetype from)
{
    const qsizetype end = text.indexOf('\n', from);
    return end < 0 ? text.size() : end;
}

bool startsFrames(QByteArrayView line)
{
    return line.startsWith("\tat ") || line.startsWith("\t... ") || line.startsWith("\tSuppressed: ") ||
           line.startsWith("    at ");
}

/// What stands right before a cause: the last frame of a throwable, or of one that it suppressed.
bool isFrame(QByteArrayView line)
{
    return line.startsWith("\tat ") || line.startsWith("\t... ") || line.startsWith("\t\t") ||
           line.startsWith("    at ");
}

/// Length of `CLASS: ` in front, of a class on the first line; 0: there is none.
qsizetype classInFront(QByteArrayView text)
{
    const qsizetype colon = text.indexOf(": ");
    return colon > 0 && looksLikeClass(text.first(colon)) ? colon + 2 : 0;
}

/// Behind the known message that the throwable prints; 0: none of them.
qsizetype knownEnd(QByteArrayView entry, const KnownMessages& known)
{
    if (known.empty())
        return 0;
    qsizetype at = 0;
    for (int i = 0; i < mostClassesInFront; ++i) {
        const qsizetype front = classInFront(entry.sliced(at));
        if (front == 0)
            return 0;
        at += front;
        for (const QByteArray& message : known) {
            if (entry.sliced(at).startsWith(message))
                return at + message.size();
        }
    }
    return 0;
}

/// Rule 2. @param cause  behind `Caused by: `.
bool printsAllFrames(QByteArrayView cause)
{
    const qsizetype firstEnd = lineEnd(cause, 0);
    QByteArrayView name = cause.first(firstEnd);
    if (const qsizetype colon = name.indexOf(':'); colon >= 0)
        name = name.first(colon);
    if (name.endsWith('\r'))
        name.chop(1);
    if (!looksLikeClass(name) && !cause.startsWith("[CIRCULAR REFERENCE"))
        return false;
    bool isInFrames = false;
    for (qsizetype end = firstEnd; end < cause.size();) {
        const QByteArrayView line = cause.sliced(end + 1);
        if (line.startsWith("\t... "))
            return false;
        if (isInFrames && !line.startsWith('\t') && !isFrame(line))
            break;
        isInFrames = isInFrames || startsFrames(line);
        end = lineEnd(cause, end + 1);
    }
    return true;
}

/// Rule 1. @param cause  the line break in front of it.
bool isBehindFrame(QByteArrayView text, qsizetype cause)
{
    return isFrame(text.sliced(text.first(cause).lastIndexOf('\n') + 1));
}

/// The next cause's line break from `from` on; -1: none.
qsizetype causeBehindFrame(QByteArrayView text, qsizetype from)
{
    qsizetype at = findBytes(text, causeLine, from);
    while (at >= 0 && !isBehindFrame(text, at))
        at = findBytes(text, causeLine, at + 1);
    return at;
}

struct Extent
{
    PrintedThrowable printed;
    qsizetype next = -1; ///< the next throwable, behind its `Caused by: `; -1: none
};

Extent extentOf(QByteArrayView entry, const KnownMessages& known)
{
    const qsizetype message = knownEnd(entry, known);
    bool isWhole = message > 0; // the head can end here
    bool isFirstLine = message == 0;
    for (qsizetype end = lineEnd(entry, message); end < entry.size(); end = lineEnd(entry, end + 1)) {
        const QByteArrayView line = entry.sliced(end + 1);
        if (startsFrames(line)) {
            const qsizetype cause = causeBehindFrame(entry, end + 1);
            const qsizetype last = cause < 0 ? entry.size() : cause;
            return {{entry.first(end), entry.sliced(end + 1, last - end - 1)},
                    cause < 0 ? -1 : cause + causeLine.size()};
        }
        if (line.startsWith(causeLine.sliced(1))) {
            const qsizetype cause = end + causeLine.size();
            if (isWhole || (isFirstLine && printsAllFrames(entry.sliced(cause))))
                return {{entry.first(end), {}}, cause};
        }
        isWhole = isFirstLine = false;
    }
    return {{entry, {}}, -1};
}

} // namespace

void addKnownMessage(KnownMessages& known, QByteArrayView message)
{
    if (message.startsWith(nestedException))
        message = message.sliced(nestedException.size());
    for (int i = 0; i <= mostClassesInFront && message.contains('\n'); ++i) {
        if (std::find(known.begin(), known.end(), message) == known.end())
            known.push_back(message.toByteArray());
        const qsizetype front = classInFront(message);
        if (front == 0)
            break;
        message = message.sliced(front);
    }
    std::stable_sort(known.begin(), known.end(),
                     [](const QByteArray& a, const QByteArray& b) { return a.size() > b.size(); });
}

std::vector<PrintedThrowable> printedThrowables(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    std::vector<PrintedThrowable> chain;
    while (chain.size() < most) {
        if (!chain.empty() && text.startsWith("[CIRCULAR REFERENCE"))
            break;
        const Extent extent = extentOf(text, known);
        chain.push_back(extent.printed);
        if (extent.next < 0)
            break;
        text = text.sliced(extent.next);
    }
    return chain;
}

qsizetype lastPrintedCause(QByteArrayView tail, const KnownMessages& known)
{
    const auto isInMessage = [&](qsizetype at) {
        return std::any_of(known.begin(), known.end(), [&](const QByteArray& message) {
            const qsizetype start = tail.first(at).lastIndexOf(message.first(message.indexOf('\n')));
            return start >= 0 && at < start + message.size() && tail.sliced(start).startsWith(message);
        });
    };
    for (qsizetype at = tail.lastIndexOf(causeLine); at >= 0; at = tail.first(at).lastIndexOf(causeLine)) {
        if (isBehindFrame(tail, at) && !isInMessage(at))
            return at + causeLine.size();
    }
    return -1;
}

} // namespace spillway
