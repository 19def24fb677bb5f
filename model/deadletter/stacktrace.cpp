// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stacktrace.h"

#include "model/deadletter/headervalue.h"
#include "model/deadletter/stackframes.h"

#include <QByteArray>

#include <algorithm>
#include <array>
#include <string_view>

namespace spillway {

namespace {

constexpr qsizetype consideredBytes = 64 * 1024;
constexpr qsizetype consideredOfOthers = 256 * 1024; // as stackSections reads
constexpr std::size_t longestChain = 64;

/// `CLASS: message` or `CLASS`, the message perhaps over several lines.
ThrownEntry readEntry(QByteArrayView text)
{
    QByteArray plain;
    if (text.contains('\r')) { // lines end as on Windows
        plain = text.toByteArray().replace("\r\n", "\n");
        text = plain.endsWith('\r') ? QByteArrayView(plain).chopped(1) : QByteArrayView(plain);
    }
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

} // namespace

bool looksLikeClass(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 512 || text.front() == '.' || text.front() == '-' || text.front() == '/')
        return false;
    static constexpr auto isAllowed = [] {
        std::array<bool, 256> allowed{};
        for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$./-"))
            allowed[static_cast<unsigned char>(c)] = true;
        for (std::size_t c = 0x80; c < allowed.size(); ++c)
            allowed[c] = true;
        return allowed;
    }();
    return std::all_of(text.begin(), text.end(), [](char c) { return isAllowed[static_cast<unsigned char>(c)]; });
}

std::optional<QString> rootClassOf(const CauseChain& chain, const std::optional<QString>& errorClass)
{
    if (chain.thrown.empty())
        return std::nullopt;
    if (chain.language != StackLanguage::Java && chain.thrown.size() == 1 && errorClass)
        return errorClass;
    return chain.thrown.back().className;
}

CauseChain readCauseChain(QByteArrayView stack, const KnownMessages& known)
{
    CauseChain chain;
    if (const auto language = languageOf(stack, known); language && *language != StackLanguage::Java) {
        chain.language = *language;
        for (const StackSection& section : stackSections(stack, known)) {
            ThrownEntry entry;
            if (!section.className.isEmpty())
                entry.className = decodeName(section.className);
            entry.message = decodeMessage(section.message);
            chain.thrown.push_back(std::move(entry));
        }
        chain.reachesEnd = chain.thrown.size() < longestChain && stack.size() <= consideredOfOthers;
        return chain;
    }
    const auto read = [&](QByteArrayView text, std::size_t most) {
        for (const PrintedThrowable& printed : printedThrowables(text, known, most))
            chain.thrown.push_back(readEntry(printed.head));
    };
    if (stack.size() <= consideredBytes) {
        read(stack, longestChain);
        chain.reachesEnd = chain.thrown.size() < longestChain;
        return chain;
    }
    // The cut falls inside a line: that line is left out, unless there is only one.
    const QByteArrayView head = stack.first(consideredBytes);
    const qsizetype lastLine = head.lastIndexOf('\n');
    read(lastLine > 0 ? head.first(lastLine) : head, longestChain);
    const QByteArrayView tail = stack.last(std::min(consideredBytes, stack.size() - consideredBytes));
    const qsizetype cause = lastPrintedCause(tail, known);
    chain.reachesEnd = cause >= 0;
    if (cause >= 0)
        read(tail.sliced(cause), 1);
    return chain;
}

} // namespace spillway
