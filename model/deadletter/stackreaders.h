// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/stacklanguage.h"

#include <functional>
#include <vector>

/// What each language's reader does; stackframes.h is for everybody else. All of them: untrusted text, linear, views
/// into it, pure, any thread, never fail.
namespace spillway {

/// Where a frame says it is.
struct FramePlace
{
    QByteArray function; ///< without what a compiler numbered; empty: no name is told
    QByteArrayView file; ///< as printed, without line and column; empty: not told
};

using FrameVisit = std::function<bool(QByteArrayView line)>;

/// The lines of a text, without their ends (`\n` or `\r\n`).
class StackLines
{
public:
    explicit StackLines(QByteArrayView text, qsizetype from = 0)
        : m_text(text)
        , m_next(from)
    {
    }
    /// @return false: there is no further line.
    bool next();
    void jump(qsizetype to) { m_next = to; }
    [[nodiscard]] QByteArrayView line() const { return m_line; }
    [[nodiscard]] QByteArrayView indented() const; ///< without spaces and tabs in front
    [[nodiscard]] qsizetype start() const { return m_start; }
    [[nodiscard]] qsizetype end() const { return m_start + m_line.size(); }
    [[nodiscard]] qsizetype behind() const { return m_next; } ///< where the next line starts

private:
    QByteArrayView m_text;
    QByteArrayView m_line;
    qsizetype m_start = 0;
    qsizetype m_next = 0;
};

[[nodiscard]] bool isDigits(QByteArrayView text);                ///< one or more
[[nodiscard]] QByteArrayView withoutNumber(QByteArrayView text); ///< `a:12` -> `a`; else as it is
[[nodiscard]] QByteArrayView trimmedEnds(QByteArrayView text);   ///< without line ends and space around
[[nodiscard]] bool looksLikeAnyClass(QByteArrayView text);       ///< also `Acme::Error` and `Acme\Error`
/// `CLASS: message` or `CLASS`; what is neither is all message.
[[nodiscard]] StackSection sectionOfHead(QByteArrayView head, StackLanguage language);

namespace javascript {
[[nodiscard]] bool isFrame(QByteArrayView line); ///< without what indents it; likewise dotnet's
/// `pay@https://shop.acme.example/x.js:1:2`: as Firefox and Safari print it, which no other language does.
[[nodiscard]] bool isBrowserFrame(QByteArrayView line);
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
[[nodiscard]] FramePlace place(QByteArrayView line);
} // namespace javascript

namespace dotnet {
[[nodiscard]] bool isFrame(QByteArrayView line);
/// The same for a whole line: what .NET Framework says for `at` in other languages than English (`   bei Acme.X.Y()`)
/// makes a frame only behind its three spaces, as these are words of prose too.
[[nodiscard]] bool isFrameLine(QByteArrayView line);
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
[[nodiscard]] FramePlace place(QByteArrayView line);
} // namespace dotnet

namespace python {
inline constexpr QByteArrayView firstLine("Traceback (most recent call last):");
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
void eachFrame(QByteArrayView frames, const FrameVisit& visit); ///< innermost first, which is printed last
[[nodiscard]] FramePlace place(QByteArrayView line);
} // namespace python

namespace go {
[[nodiscard]] bool isGoroutine(QByteArrayView line); ///< `goroutine 1 [running]:`
[[nodiscard]] bool isFile(QByteArrayView line);      ///< a frame's second line
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
void eachFrame(QByteArrayView frames, const FrameVisit& visit); ///< two lines each
[[nodiscard]] FramePlace place(QByteArrayView lines);
} // namespace go

namespace ruby {
[[nodiscard]] bool isFrame(QByteArrayView line);
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
void eachFrame(QByteArrayView frames, const FrameVisit& visit);
[[nodiscard]] FramePlace place(QByteArrayView line);
} // namespace ruby

namespace php {
[[nodiscard]] bool isFrame(QByteArrayView line); ///< `#0 FILE(12): FUNCTION()`
[[nodiscard]] std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most);
void eachFrame(QByteArrayView frames, const FrameVisit& visit);
[[nodiscard]] FramePlace place(QByteArrayView line);
} // namespace php

} // namespace spillway
