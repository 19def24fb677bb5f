// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stacktrace.h"

#include "model/deadletter/headervalue.h"

#include <QByteArray>

#include <algorithm>
#include <string_view>

namespace spillway {

namespace {

constexpr qsizetype consideredBytes = 64 * 1024;
constexpr std::size_t longestChain = 64;
constexpr QByteArrayView causedBy("Caused by: ");

/// `CLASS: message` or `CLASS`, the message perhaps over several lines.
ThrownEntry readEntry(QByteArrayView text)
{
    const qsizetype colon = text.indexOf(": ");
    const qsizetype lineEnd = text.indexOf('\n');
    const bool hasMessage = colon >= 0 && (lineEnd < 0 || colon < lineEnd);
    QByteArrayView name = hasMessage ? text.first(colon) : text.first(lineEnd < 0 ? text.size() : lineEnd);
    if (!hasMessage && name.endsWith(':'))
        name.chop(1); // an empty message, its trailing space trimmed on the way
    if (!looksLikeClass(name))
        return {};
    ThrownEntry entry{.className = decodeName(name), .message = std::nullopt};
    if (hasMessage)
        entry.message = decodeMessage(text.sliced(colon + 2));
    return entry;
}

/// Frames (`\tat …`, `\t... 26 more`), and the indented blocks of suppressed throwables.
bool isFrame(QByteArrayView line)
{
    return line.startsWith("\tat ") || line.startsWith("\t... ") || line.startsWith("\tSuppressed: ") ||
           line.startsWith("\t\t") || line.startsWith("\tCaused by: ") || line.startsWith("    at ");
}

/// Reads entry after entry at the margin. `text` starts with the first entry.
std::vector<ThrownEntry> readEntries(QByteArrayView text)
{
    std::vector<ThrownEntry> entries;
    QByteArray current; // the entry being read, lines joined by \n
    const auto finish = [&] {
        if (entries.size() < longestChain)
            entries.push_back(readEntry(current));
        current.clear();
    };
    qsizetype at = 0;
    bool isFirst = true;
    while (at < text.size()) {
        qsizetype end = text.indexOf('\n', at);
        if (end < 0)
            end = text.size();
        QByteArrayView line = text.sliced(at, end - at);
        if (line.endsWith('\r'))
            line.chop(1);
        at = end + 1;
        if (!isFirst && line.startsWith(causedBy)) {
            line = line.sliced(causedBy.size());
            if (line.startsWith("[CIRCULAR REFERENCE"))
                break;
            finish();
            current.append(line);
        } else if (isFirst) {
            current.append(line);
        } else if (isFrame(line)) {
            // Nothing between here and the next cause matters; most of a stack is skipped so.
            const std::size_t next = std::string_view(text.data(), static_cast<std::size_t>(text.size()))
                                         .find("\nCaused by: ", static_cast<std::size_t>(end));
            if (next == std::string_view::npos)
                break;
            at = static_cast<qsizetype>(next) + 1;
        } else {
            current.append('\n').append(line);
        }
        isFirst = false;
    }
    finish();
    return entries;
}

} // namespace

bool looksLikeClass(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 512 || text.front() == '.' || text.front() == '-' || text.front() == '/')
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
               c == '.' || c == '/' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    });
}

CauseChain readCauseChain(QByteArrayView stack)
{
    CauseChain chain;
    if (stack.size() <= consideredBytes) {
        chain.thrown = readEntries(stack);
        chain.reachesEnd = chain.thrown.size() < longestChain;
        return chain;
    }
    // The cut falls inside a line: that line is left out, unless there is only one.
    const QByteArrayView head = stack.first(consideredBytes);
    const qsizetype lastLine = head.lastIndexOf('\n');
    chain.thrown = readEntries(lastLine > 0 ? head.first(lastLine) : head);
    const QByteArrayView tail = stack.last(std::min(consideredBytes, stack.size() - consideredBytes));
    const qsizetype cause = tail.lastIndexOf("\nCaused by: ");
    chain.reachesEnd = cause >= 0;
    if (cause >= 0)
        chain.thrown.push_back(readEntries(tail.sliced(cause + 1 + causedBy.size())).front());
    return chain;
}

} // namespace spillway
