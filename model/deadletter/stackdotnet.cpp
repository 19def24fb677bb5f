// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackreaders.h"

#include "model/base/bytesearch.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>
#include <array>

/// Stacks of .NET: `TYPE: message ---> INNER: message`, the inner one's frames, a line that ends them, the outer one's.
/// .NET Framework prints words of its user's language.
namespace spillway::dotnet {

namespace {

/// What ends an inner exception's frames, in the languages that .NET Framework speaks.
constexpr std::array<QByteArrayView, 10> innerEnds{
    "--- End of inner exception stack trace ---",
    "--- Ende der internen Ausnahmestapelüberwachung ---",
    "--- Fin de la trace de la pile d'exception interne ---",
    "--- Fin del seguimiento de la pila de la excepción interna ---",
    "--- Fine della traccia dello stack dell'eccezione interna ---",
    "--- Fim do rastreamento de pilha de exceções internas ---",
    "--- Конец трассировки внутреннего стека исключений ---",
    "--- 内部例外スタック トレースの終わり ---",
    "--- 内部异常堆栈跟踪的结尾 ---",
    "--- 내부 예외 스택 추적의 끝 ---",
};
/// What stands before a frame: English, German, French, Spanish, Italian, Portuguese, Polish, Czech, Russian, Turkish,
/// Japanese, Chinese (two), Korean.
constexpr std::array<QByteArrayView, 14> frameWords{
    "at ", "bei ", "à ", "en ", "in ", "em ", "w ", "v ", "в ", "konum: ", "場所 ", "在 ", "於 ", "위치: ",
};
constexpr qsizetype frameIndent = 3;
constexpr QByteArrayView arrow("---> ");

/// Behind the word for `at`; empty: there is none.
QByteArrayView behindWord(QByteArrayView line)
{
    for (const QByteArrayView word : frameWords) {
        if (line.startsWith(word))
            return line.sliced(word.size());
    }
    return {};
}

/// Up to the bracket of the arguments.
QByteArrayView signatureOf(QByteArrayView line)
{
    const QByteArrayView rest = behindWord(line);
    const qsizetype open = rest.indexOf('(');
    return open < 0 ? QByteArrayView() : rest.first(open);
}

struct InnerEnd
{
    qsizetype at = -1; ///< -1: none
    qsizetype size = 0;
};

InnerEnd findInnerEnd(QByteArrayView text)
{
    constexpr QByteArrayView mark("--- ");
    for (qsizetype at = findBytes(text, mark, 0); at >= 0; at = findBytes(text, mark, at + mark.size())) {
        for (const QByteArrayView end : innerEnds) {
            if (text.sliced(at).startsWith(end))
                return {at, end.size()};
        }
    }
    return {};
}

/// ` in C:\x\O.cs:line 3`, ` in C:\x\O.cs:Zeile 3.`, ` 場所 C:\x\O.cs:行 3`
bool tellsFile(QByteArrayView rest)
{
    if (rest.startsWith(" in "))
        return true;
    if (rest.endsWith('.'))
        rest.chop(1);
    const qsizetype space = rest.lastIndexOf(' ');
    return rest.startsWith(' ') && space > 0 && isDigits(rest.sliced(space + 1)) && rest.first(space).contains(':');
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
    if (line.size() > 4096)
        return false;
    const QByteArrayView function = signatureOf(line);
    if (function.isEmpty() || function.contains(' ') || (!function.contains('.') && function != "lambda_method"))
        return false;
    const qsizetype close = line.lastIndexOf(')');
    if (close < 0)
        return false;
    const QByteArrayView rest = trimmedEnds(line.sliced(close + 1));
    if (rest.isEmpty() || line.contains(") in "))
        return true;
    // A path may have brackets of its own: `) 場所 C:\x (86)\O.cs:行 3`.
    const qsizetype first = line.indexOf(')');
    return !line.startsWith("at ") && first >= 0 && tellsFile(line.sliced(first + 1));
}

bool isFrameLine(QByteArrayView line)
{
    qsizetype at = 0;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
        ++at;
    const QByteArrayView rest = line.sliced(at);
    return (rest.startsWith("at ") || at == frameIndent) && isFrame(rest);
}

std::vector<StackSection> sections(QByteArrayView text, const KnownMessages& known, std::size_t most)
{
    // The heads end where frames start, or where an inner exception without frames ends.
    qsizetype frames = text.size();
    for (StackLines lines(text, knownMessageEnd(text, known)); lines.next();) {
        const QByteArrayView line = lines.indented();
        if (isFrameLine(lines.line()) || findInnerEnd(line).at == 0) {
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
        const InnerEnd end = std::next(section) == chain.rend() ? InnerEnd{} : findInnerEnd(rest);
        section->frames = end.at < 0 ? rest : rest.first(end.at);
        rest = end.at < 0 ? QByteArrayView() : rest.sliced(end.at + end.size);
    }
    return chain;
}

FramePlace place(QByteArrayView line)
{
    if (behindWord(line).isEmpty())
        return {};
    return {writtenFunction(signatureOf(line)), {}};
}

} // namespace spillway::dotnet
