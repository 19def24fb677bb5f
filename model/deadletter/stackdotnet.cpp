// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include "model/base/bytesearch.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>

/// Stacks of .NET: `TYPE: message ---> INNER: message`, the inner one's frames, a line that ends them, the outer one's.
namespace spillway::dotnet {

namespace {

constexpr QByteArrayView innerEnd("--- End of inner exception stack trace ---");
constexpr QByteArrayView arrow("---> ");

/// From `at ` on: up to the bracket of the arguments.
QByteArrayView signatureOf(QByteArrayView line)
{
    const qsizetype open = line.indexOf('(');
    return open < 0 ? QByteArrayView() : line.sliced(3, open - 3);
}

/// A compiler's token in angle brackets, as people wrote it: `<Handle>d__12`, `<>c__DisplayClass3_0`,
/// `<<Run>b__1>d`, `<Run>g__Local|4_0`. Empty: nobody wrote it.
QByteArray writtenToken(QByteArrayView token)
{
    const qsizetype close = token.indexOf('>');
    if (close < 0)
        return token.toByteArray();
    QByteArray name = token.first(close).sliced(token.first(close).lastIndexOf('<') + 1).toByteArray();
    // An explicit implementation's method: `<Acme.IHandle.Run>d__3`
    if (const qsizetype dot = name.lastIndexOf('.'); dot >= 0)
        name = name.sliced(dot + 1);
    const QByteArrayView rest = token.sliced(close + 1);
    if (rest.startsWith("g__")) {
        const qsizetype bar = rest.indexOf('|');
        name.append('.').append(rest.sliced(3, (bar < 0 ? rest.size() : bar) - 3));
    }
    return name;
}

/// `Repo`1` -> `Repo`, `Get[T]` -> `Get`
QByteArrayView withoutArity(QByteArrayView token)
{
    for (const char c : {'[', '`'}) {
        if (const qsizetype at = token.indexOf(c); at > 0)
            token = token.first(at);
    }
    return token;
}

QByteArray writtenFunction(QByteArrayView signature)
{
    QByteArray function;
    bool isStateMachine = false;
    qsizetype depth = 0;
    qsizetype start = 0;
    const auto add = [&](QByteArrayView token) {
        if (isStateMachine && token == "MoveNext")
            return;
        const bool isCompilers = token.startsWith('<');
        isStateMachine = isCompilers;
        const QByteArray name = isCompilers ? writtenToken(token) : withoutArity(token).toByteArray();
        if (name.isEmpty() && isCompilers)
            return;
        if (!function.isEmpty() || start > 0)
            function += '.';
        function += name;
    };
    for (qsizetype at = 0; at <= signature.size(); ++at) {
        const char c = at < signature.size() ? signature[at] : '.';
        if (c == '<' || c == '[')
            ++depth;
        else if ((c == '>' || c == ']') && depth > 0)
            --depth;
        if ((c == '.' && depth == 0) || at == signature.size()) {
            add(signature.sliced(start, at - start));
            start = at + 1;
        }
    }
    return function;
}

/// Whether an inner exception is printed here: `TYPE: message` or `TYPE` and the line's end.
bool startsException(QByteArrayView text)
{
    text = text.first(std::min<qsizetype>(text.size(), 600));
    const qsizetype lineEnd = text.indexOf('\n');
    const QByteArrayView line = trimmedEnds(lineEnd < 0 ? text : text.first(lineEnd));
    const qsizetype colon = line.indexOf(": ");
    QByteArrayView name = colon < 0 ? line : line.first(colon);
    if (const qsizetype next = name.indexOf(" ---> "); next > 0)
        name = name.first(next);
    if (name.endsWith(':'))
        name.chop(1);
    return name.contains('.') && !name.contains('/') && looksLikeClass(name);
}

} // namespace

bool isFrame(QByteArrayView line)
{
    if (!line.startsWith("at ") || line.size() > 4096)
        return false;
    const QByteArrayView function = signatureOf(line);
    if (function.isEmpty() || function.contains(' ') || (!function.contains('.') && function != "lambda_method"))
        return false;
    const qsizetype close = line.lastIndexOf(')');
    if (close < 0)
        return false;
    return trimmedEnds(line.sliced(close + 1)).isEmpty() || line.contains(") in ");
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    // The heads end where frames start, or where an inner exception without frames ends.
    qsizetype frames = text.size();
    for (StackLines lines(text, knownMessageEnd(text, known)); lines.next();) {
        const QByteArrayView line = lines.indented();
        if (isFrame(line) || line.startsWith(innerEnd)) {
            frames = lines.start();
            break;
        }
    }
    const QByteArrayView heads = text.first(frames);
    std::vector<StackSection> chain;
    qsizetype head = 0;
    for (qsizetype from = knownMessageEnd(heads, known); chain.size() + 1 < most;) {
        const qsizetype at = findBytes(heads, arrow, from);
        if (at < 0)
            break;
        from = at + arrow.size();
        const bool isApart = at == 0 || heads[at - 1] == ' ' || heads[at - 1] == '\n';
        if (!isApart || !startsException(heads.sliced(from)))
            continue;
        chain.push_back(sectionOfHead(heads.sliced(head, at - head), StackLanguage::DotNet));
        head = from;
        from += knownMessageEnd(heads.sliced(head), known);
    }
    chain.push_back(sectionOfHead(heads.sliced(head), StackLanguage::DotNet));

    // The innermost one's frames come first.
    QByteArrayView rest = text.sliced(frames);
    // Those that an AggregateException holds besides the first stand behind all frames.
    if (const qsizetype others = findBytes(rest, "---> (Inner Exception #"); others >= 0)
        rest = rest.first(others);
    for (auto section = chain.rbegin(); section != chain.rend(); ++section) {
        const qsizetype end = std::next(section) == chain.rend() ? -1 : findBytes(rest, innerEnd);
        section->frames = end < 0 ? rest : rest.first(end);
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + innerEnd.size());
    }
    return chain;
}

FramePlace place(QByteArrayView line)
{
    if (!line.startsWith("at "))
        return {};
    return {writtenFunction(signatureOf(line)), {}};
}

} // namespace spillway::dotnet
