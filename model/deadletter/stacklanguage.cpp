// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stacklanguage.h"

#include "model/base/bytesearch.h"
#include "model/deadletter/stackreaders.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype consideredBytes = 64 * 1024;
constexpr qsizetype longestFront = 512; // of what stands before a message on its line
constexpr int mostInFront = 4;

/// `at CLASS.METHOD(X.java:1)`: only Java's frames name a source file, or that there is none, in the brackets.
bool isJavaFrame(QByteArrayView line)
{
    const qsizetype open = line.indexOf('(');
    const qsizetype close = open < 0 ? -1 : line.indexOf(')', open);
    if (close < 0)
        return false;
    const QByteArrayView told = line.sliced(open + 1, close - open - 1);
    if (told == "Native Method" || told == "Unknown Source" || told == "<generated>")
        return true;
    const QByteArrayView file = withoutNumber(told);
    return !file.contains(' ') && !file.contains(',') &&
           (file.size() < told.size() || file.endsWith(".java") || file.endsWith(".kt") || file.endsWith(".scala"));
}

/// The language of one line that only its stacks hold.
std::optional<StackLanguage> languageOfLine(QByteArrayView line)
{
    if (line.isEmpty())
        return std::nullopt;
    switch (line.front()) {
    case '\t':
        if (line.startsWith("\tat ") || line.startsWith("\t... "))
            return StackLanguage::Java;
        if (go::isFile(line))
            return StackLanguage::Go;
        [[fallthrough]];
    case ' ':
    case 'a': {
        qsizetype at = 0;
        while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
            ++at;
        const QByteArrayView rest = line.sliced(at);
        if (rest.startsWith("at ")) {
            if (javascript::isFrame(rest))
                return StackLanguage::JavaScript;
            if (isJavaFrame(rest))
                return StackLanguage::Java;
            if (dotnet::isFrame(rest))
                return StackLanguage::DotNet;
        } else if (dotnet::isFrameLine(line)) {
            return StackLanguage::DotNet;
        }
        if (rest.startsWith("+ Exception Group Traceback (most recent call last):"))
            return StackLanguage::Python;
        break;
    }
    case 'T':
        if (line.startsWith(python::firstLine))
            return StackLanguage::Python;
        break;
    case 'g':
        if (go::isGoroutine(line))
            return StackLanguage::Go;
        break;
    case '#':
        if (php::isFrame(line))
            return StackLanguage::Php;
        break;
    default:
        break;
    }
    if (javascript::isBrowserFrame(trimmedEnds(line)))
        return StackLanguage::JavaScript;
    return ruby::isFrame(line) ? std::optional(StackLanguage::Ruby) : std::nullopt;
}

std::optional<StackLanguage> languageFrom(QByteArrayView text, qsizetype from)
{
    for (StackLines lines(text, from); lines.next();) {
        const auto language = languageOfLine(lines.line());
        if (!language)
            continue;
        if (*language != StackLanguage::Java && lines.start() > 0 && findBytes(text, "\n\tat ", lines.start()) >= 0)
            return StackLanguage::Java;
        return language;
    }
    return std::nullopt;
}

} // namespace

QString languageName(StackLanguage language)
{
    switch (language) {
    case StackLanguage::Java:
        return u"Java"_s;
    case StackLanguage::JavaScript:
        return u"JavaScript"_s;
    case StackLanguage::DotNet:
        return u".NET"_s;
    case StackLanguage::Python:
        return u"Python"_s;
    case StackLanguage::Go:
        return u"Go"_s;
    case StackLanguage::Ruby:
        return u"Ruby"_s;
    case StackLanguage::Php:
        return u"PHP"_s;
    }
    return {};
}

std::optional<StackLanguage> languageOf(QByteArrayView text, const KnownMessages& known)
{
    text = text.first(std::min(text.size(), consideredBytes));
    // Nearly every stack is Java's: known by its second line, for the price of finding it.
    if (known.empty()) {
        const qsizetype lineEnd = text.indexOf('\n');
        if (lineEnd >= 0 && text.sliced(lineEnd).startsWith("\n\tat "))
            return StackLanguage::Java;
    }
    const qsizetype from = knownMessageEnd(text, known);
    const auto language = languageFrom(text, from);
    if (language || from == 0)
        return language;
    // The known message is all there is: some programs tell the stack as the error's message, too.
    const auto within = languageFrom(text, 0);
    return within == StackLanguage::Java ? std::nullopt : within;
}

qsizetype knownMessageEnd(QByteArrayView text, const KnownMessages& known)
{
    if (known.empty())
        return 0;
    qsizetype at = 0;
    for (int i = 0; i <= mostInFront; ++i) {
        for (const QByteArray& message : known) {
            if (!message.isEmpty() && text.sliced(at).startsWith(message))
                return at + message.size();
        }
        const QByteArrayView front = text.sliced(at, std::min(longestFront, text.size() - at));
        const qsizetype colon = front.indexOf(": ");
        const qsizetype lineEnd = front.indexOf('\n');
        if (colon < 0 || (lineEnd >= 0 && lineEnd < colon))
            return 0;
        at += colon + 2;
    }
    return 0;
}

bool StackLines::next()
{
    if (m_next >= m_text.size())
        return false;
    m_start = m_next;
    qsizetype end = m_text.indexOf('\n', m_start);
    if (end < 0)
        end = m_text.size();
    m_next = end + 1;
    m_line = m_text.sliced(m_start, end - m_start);
    if (m_line.endsWith('\r'))
        m_line.chop(1);
    return true;
}

QByteArrayView StackLines::indented() const
{
    qsizetype at = 0;
    while (at < m_line.size() && (m_line[at] == ' ' || m_line[at] == '\t'))
        ++at;
    return m_line.sliced(at);
}

bool isDigits(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

QByteArrayView withoutNumber(QByteArrayView text)
{
    const qsizetype colon = text.lastIndexOf(':');
    return colon >= 0 && isDigits(text.sliced(colon + 1)) ? text.first(colon) : text;
}

QByteArrayView trimmedEnds(QByteArrayView text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.isEmpty() && isSpace(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isSpace(text.back()))
        text.chop(1);
    return text;
}

bool looksLikeAnyClass(QByteArrayView text)
{
    if (looksLikeClass(text))
        return true;
    if (text.isEmpty() || text.size() > 512)
        return false;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == ':') { // in pairs, between names
            if (at == 0 || at + 2 >= text.size() || text[at + 1] != ':' || text[at + 2] == ':')
                return false;
            ++at;
        } else if (c != '\\' && !looksLikeClass(QByteArrayView(&c, 1))) {
            return false;
        }
    }
    return text.back() != '\\';
}

StackSection sectionOfHead(QByteArrayView head, StackLanguage language)
{
    StackSection section;
    section.language = language;
    head = trimmedEnds(head);
    const qsizetype lineEnd = head.indexOf('\n');
    const QByteArrayView first = trimmedEnds(lineEnd < 0 ? head : head.first(lineEnd));
    const qsizetype colon = first.indexOf(": ");
    QByteArrayView name = colon >= 0 ? first.first(colon) : first;
    if (colon < 0 && name.endsWith(':'))
        name.chop(1);
    QByteArrayView plain = name;
    if (language == StackLanguage::JavaScript && name.endsWith(']')) { // TypeError [ERR_INVALID_ARG_TYPE]
        if (const qsizetype code = name.indexOf(" ["); code > 0)
            plain = name.first(code);
    }
    if (!looksLikeAnyClass(plain)) {
        section.message = head;
        return section;
    }
    section.className = plain;
    section.message = trimmedEnds(head.sliced(colon >= 0 ? colon + 2 : first.size()));
    return section;
}

} // namespace spillway
