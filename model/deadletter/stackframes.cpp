// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/stackframes.h"

#include "model/base/bytesearch.h"
#include "model/deadletter/stackplace.h"
#include "model/deadletter/stacktrace.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

/// Outside the namespace, as the macro wants it.
static void initFrameResources()
{
    Q_INIT_RESOURCE(dialects);
}

namespace spillway {

namespace {

constexpr qsizetype consideredBytes = 64 * 1024;
constexpr qsizetype consideredOfOthers = 256 * 1024; // Python tells the error behind all frames
constexpr std::size_t longestChain = 64;
constexpr qsizetype longestFunction = 200;

/// Their beginnings, as frames.json names them.
constexpr std::array<std::pair<const char*, StackLanguage>, 6> languageWords{{
    {"javascript", StackLanguage::JavaScript},
    {"dotnet", StackLanguage::DotNet},
    {"python", StackLanguage::Python},
    {"go", StackLanguage::Go},
    {"ruby", StackLanguage::Ruby},
    {"php", StackLanguage::Php},
}};

std::vector<StackSection> sectionsOf(StackLanguage language, QByteArrayView text, const KnownMessages& known)
{
    switch (language) {
    case StackLanguage::Java:
        break;
    case StackLanguage::JavaScript:
        return javascript::sections(text, known, longestChain);
    case StackLanguage::DotNet:
        return dotnet::sections(text, known, longestChain);
    case StackLanguage::Python:
        return python::sections(text, known, longestChain);
    case StackLanguage::Go:
        return go::sections(text, known, longestChain);
    case StackLanguage::Ruby:
        return ruby::sections(text, known, longestChain);
    case StackLanguage::Php:
        return php::sections(text, known, longestChain);
    }
    return {};
}

StackSection sectionOf(const PrintedThrowable& printed)
{
    StackSection section;
    section.frames = printed.frames;
    QByteArrayView head = printed.head;
    if (head.endsWith('\r'))
        head.chop(1);
    const qsizetype lineEnd = head.indexOf('\n');
    const qsizetype colon = head.indexOf(": ");
    const bool hasMessage = colon >= 0 && (lineEnd < 0 || colon < lineEnd);
    QByteArrayView name = hasMessage ? head.first(colon) : head.first(lineEnd < 0 ? head.size() : lineEnd);
    if (!hasMessage && name.endsWith(':'))
        name.chop(1);
    if (name.endsWith('\r'))
        name.chop(1);
    if (looksLikeClass(name))
        section.className = name;
    if (hasMessage)
        section.message = head.sliced(colon + 2);
    return section;
}

/// `Foo$1$Bar` -> `Foo$Bar`: numbers of anonymous classes change when one is added above.
QByteArray withoutAnonymous(QByteArrayView className)
{
    QByteArray name;
    name.reserve(className.size());
    for (qsizetype at = 0; at < className.size();) {
        if (className[at] == '$') {
            qsizetype end = at + 1;
            while (end < className.size() && className[end] >= '0' && className[end] <= '9')
                ++end;
            if (end > at + 1 && (end == className.size() || className[end] == '$' || className[end] == '.')) {
                at = end;
                continue;
            }
        }
        name += className[at++];
    }
    return name;
}

/// The method in whose text a compiler found a lambda: its number changes when another one is added above it.
/// `lambda$handle$3` of javac, `handle$lambda$3` and `handle$lambda-3` of kotlinc, `$anonfun$handle$3$adapted` of
/// scalac; `access$100` of javac is one of them too.
QByteArrayView writtenMethod(QByteArrayView method)
{
    const auto isNumber = [](QByteArrayView text) {
        return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    const auto withoutNumber = [&isNumber](QByteArrayView name) {
        const qsizetype number = name.lastIndexOf('$');
        return number > 0 && isNumber(name.sliced(number + 1)) ? name.first(number) : name;
    };
    constexpr QByteArrayView java("lambda$");
    constexpr QByteArrayView scala("$anonfun$");
    if (method.startsWith(java)) {
        method = method.sliced(java.size());
        if (const qsizetype number = method.lastIndexOf('$'); number > 0)
            method = method.first(number);
        return method;
    }
    if (method.startsWith(scala)) {
        method = method.sliced(scala.size());
        if (method.endsWith("$adapted"))
            method.chop(8);
        return withoutNumber(method);
    }
    for (const QByteArrayView kotlin : {QByteArrayView("$lambda$"), QByteArrayView("$lambda-")}) {
        const qsizetype at = method.indexOf(kotlin);
        if (at > 0)
            method = method.first(at);
    }
    return method.startsWith("access$") ? withoutNumber(method) : method;
}

/// The part that names class and method: `at [loader//][module@1.0/]CLASS.METHOD(`.
QByteArrayView placeOf(QByteArrayView line)
{
    if (!line.startsWith("at "))
        return {};
    const qsizetype open = line.indexOf('(');
    QByteArrayView place = open < 0 ? QByteArrayView() : line.sliced(3, open - 3);
    const qsizetype slash = place.lastIndexOf('/');
    // Hidden classes (`Foo$$Lambda/0x0000…`) have their slash behind the name: those are generated, and stay so.
    if (slash >= 0 && !place.first(slash).contains("$$"))
        place = place.sliced(slash + 1);
    return place.lastIndexOf('.') > 0 ? place : QByteArrayView();
}

} // namespace

std::vector<StackSection> stackSections(QByteArrayView stack, const KnownMessages& known)
{
    if (const auto language = languageOf(stack, known); language && *language != StackLanguage::Java) {
        const QByteArrayView text = stack.first(std::min(stack.size(), consideredOfOthers));
        std::vector<StackSection> others = sectionsOf(*language, text, known);
        const bool showsFrames = std::any_of(others.begin(), others.end(),
                                             [](const StackSection& section) { return !section.frames.isEmpty(); });
        return showsFrames || known.empty() ? others : sectionsOf(*language, text, {});
    }
    std::vector<StackSection> sections;
    const auto read = [&](QByteArrayView text, std::size_t most) {
        for (const PrintedThrowable& printed : printedThrowables(text, known, most))
            sections.push_back(sectionOf(printed));
    };
    read(stack.first(std::min(stack.size(), consideredBytes)), longestChain);
    if (stack.size() > consideredBytes) {
        const QByteArrayView tail = stack.last(std::min(consideredBytes, stack.size() - consideredBytes));
        if (const qsizetype last = lastPrintedCause(tail, known); last >= 0)
            read(tail.sliced(last), 1);
    }
    return sections;
}

QString frameName(QByteArrayView line, StackLanguage language)
{
    if (language != StackLanguage::Java) {
        const FramePlace at = framePlace(line, language);
        const QString function =
            QString::fromUtf8(QByteArrayView(at.function).first(std::min(at.function.size(), longestFunction)));
        if (language == StackLanguage::DotNet || language == StackLanguage::Go || at.file.isEmpty())
            return function;
        return QString::fromUtf8(lastingFile(at.file)) + u':' + function;
    }
    const QByteArrayView place = placeOf(line);
    const qsizetype dot = place.lastIndexOf('.');
    if (dot <= 0)
        return {};
    const QByteArrayView method = writtenMethod(place.sliced(dot + 1));
    return QString::fromUtf8(withoutAnonymous(place.first(dot))) + u'.' +
           QString::fromUtf8(method.first(std::min(method.size(), longestFunction)));
}

void eachFrame(const StackSection& section, const std::function<bool(QByteArrayView line)>& visit)
{
    switch (section.language) {
    case StackLanguage::Java:
        break;
    case StackLanguage::JavaScript:
    case StackLanguage::DotNet:
        for (StackLines lines(section.frames); lines.next();) {
            const QByteArrayView line = lines.indented();
            const bool isFrame = section.language == StackLanguage::JavaScript ? javascript::isFrame(line)
                                                                               : dotnet::isFrameLine(lines.line());
            if (isFrame && line.size() < 1024 && !visit(line))
                return;
        }
        return;
    case StackLanguage::Python:
        return python::eachFrame(section.frames, visit);
    case StackLanguage::Go:
        return go::eachFrame(section.frames, visit);
    case StackLanguage::Ruby:
        return ruby::eachFrame(section.frames, visit);
    case StackLanguage::Php:
        return php::eachFrame(section.frames, visit);
    }
    for (qsizetype at = 0; at < section.frames.size();) {
        qsizetype end = section.frames.indexOf('\n', at);
        if (end < 0)
            end = section.frames.size();
        QByteArrayView line = section.frames.sliced(at, end - at);
        at = end + 1;
        if (line.startsWith("\tat "))
            line = line.sliced(1);
        else if (line.startsWith("    at "))
            line = line.sliced(4);
        else
            continue; // of a suppressed throwable, or what the chain has in common
        if (line.size() < 1024 && !visit(line))
            return;
    }
}

Result<FrameRules> FrameRules::bundled()
{
    initFrameResources();
    QFile file(u":/frames.json"_s);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Internal, u"frames.json is not compiled in"_s);
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    FrameRules rules;
    for (const QJsonValue& value : object.value(u"notInApp"_s).toArray()) {
        const QByteArray prefix = value.toString().toUtf8();
        if (!prefix.isEmpty())
            rules.m_notInApp.at(static_cast<unsigned char>(prefix.front())).push_back(prefix);
    }
    for (const QJsonValue& value : object.value(u"generated"_s).toArray())
        rules.m_generated.push_back(value.toString().toUtf8());
    const QJsonObject languages = object.value(u"languages"_s).toObject();
    for (const auto& [word, language] : languageWords) {
        const QJsonObject told = languages.value(QLatin1StringView(word)).toObject();
        Elsewhere& elsewhere = rules.m_elsewhere.at(static_cast<std::size_t>(language));
        const auto read = [&told](QLatin1StringView key, std::vector<QByteArray>& into) {
            for (const QJsonValue& value : told.value(key).toArray())
                into.push_back(value.toString().toUtf8());
        };
        read("functions"_L1, elsewhere.functions);
        read("files"_L1, elsewhere.files);
        read("filesContain"_L1, elsewhere.filesContain);
        read("generated"_L1, elsewhere.generated);
    }
    if (rules.m_generated.empty())
        return fail(ErrorCode::Internal, u"frames.json holds no rules"_s);
    return rules;
}

void FrameRules::addInApp(const QString& prefix)
{
    m_own.push_back({prefix.toUtf8(), true});
    std::stable_sort(m_own.begin(), m_own.end(),
                     [](const Prefix& a, const Prefix& b) { return a.text.size() > b.text.size(); });
}

void FrameRules::addNotInApp(const QString& prefix)
{
    m_own.push_back({prefix.toUtf8(), false});
    std::stable_sort(m_own.begin(), m_own.end(),
                     [](const Prefix& a, const Prefix& b) { return a.text.size() > b.text.size(); });
}

bool FrameRules::isAppLine(QByteArrayView line) const
{
    const StackLanguage language = languageOf(line).value_or(StackLanguage::Java);
    const QByteArrayView frame = trimmedEnds(line);
    switch (language) {
    case StackLanguage::Java:
        return frame.startsWith("at ") && isInApp(frame);
    case StackLanguage::JavaScript:
    case StackLanguage::DotNet:
        return isInApp(frame, language);
    case StackLanguage::Python:
    case StackLanguage::Go:
    case StackLanguage::Ruby:
    case StackLanguage::Php:
        break;
    }
    return false;
}

bool FrameRules::isInApp(QByteArrayView line, StackLanguage language) const
{
    if (language != StackLanguage::Java)
        return isInAppElsewhere(line, language);
    const QByteArrayView place = placeOf(line);
    if (place.isEmpty())
        return false;
    const auto own =
        std::find_if(m_own.begin(), m_own.end(), [&](const Prefix& prefix) { return place.startsWith(prefix.text); });
    if (own != m_own.end() && !own->isInApp)
        return false;
    if (own == m_own.end()) {
        for (const QByteArray& prefix : m_notInApp[static_cast<unsigned char>(place.front())]) {
            if (place.startsWith(prefix))
                return false;
        }
    }
    return std::none_of(m_generated.begin(), m_generated.end(),
                        [&](const QByteArray& part) { return findBytes(place, part) >= 0; });
}

bool FrameRules::isInAppElsewhere(QByteArrayView line, StackLanguage language) const
{
    const FramePlace at = framePlace(line, language);
    // A function without a file, where frames name files, is the runtime's.
    const bool namesFiles = language != StackLanguage::DotNet;
    if (at.function.isEmpty() || (namesFiles && at.file.isEmpty()))
        return false;
    const Elsewhere& elsewhere = m_elsewhere.at(static_cast<std::size_t>(language));
    if (std::find(elsewhere.generated.begin(), elsewhere.generated.end(), at.function) != elsewhere.generated.end())
        return false;
    if (!m_own.empty()) {
        const QByteArray name = frameName(line, language).toUtf8();
        const auto own = std::find_if(m_own.begin(), m_own.end(), [&](const Prefix& prefix) {
            return name.startsWith(prefix.text) || at.function.startsWith(prefix.text) ||
                   at.file.startsWith(prefix.text);
        });
        if (own != m_own.end())
            return own->isInApp;
    }
    const auto begins = [](QByteArrayView text, const std::vector<QByteArray>& beginnings) {
        return std::any_of(beginnings.begin(), beginnings.end(),
                           [text](const QByteArray& beginning) { return text.startsWith(beginning); });
    };
    if (begins(at.function, elsewhere.functions) || begins(at.file, elsewhere.files))
        return false;
    const QByteArray file = at.file.toByteArray().replace('\\', '/');
    return std::none_of(elsewhere.filesContain.begin(), elsewhere.filesContain.end(),
                        [&file](const QByteArray& part) { return findBytes(file, part) >= 0; });
}

std::optional<QString> firstInAppFrame(const std::vector<StackSection>& sections, const FrameRules& rules)
{
    std::optional<QString> frame;
    for (auto section = sections.rbegin(); section != sections.rend() && !frame; ++section) {
        eachFrame(*section, [&](QByteArrayView line) {
            if (!rules.isInApp(line, section->language))
                return true;
            frame = frameName(line, section->language);
            return false;
        });
    }
    return frame;
}

} // namespace spillway
