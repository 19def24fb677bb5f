// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/yamltree.h"

#include "model/base/byteordermark.h"
#include "model/base/text.h"
#include "model/workspace/issuelist.h"
#include "model/workspace/yamlbuilder.h"

#include <QFile>
#include <QFileInfo>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <sstream>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Explained
{
    const char* begins; ///< of yaml-cpp's message
    const char16_t* message;
    const char16_t* remedy;
};

/// The library's messages in plain words. Its own text is never shown: it may repeat what stands in the file.
constexpr std::array explanations{
    Explained{"the referenced anchor is not defined",
              u"an alias (*name) refers to an anchor that does not stand above it",
              u"define it first with &name, or put the text in quotes if it only begins with *"},
    Explained{"alias not found", u"a * is not followed by an anchor's name", u"put text that begins with * in quotes"},
    Explained{"anchor not found", u"a & is not followed by an anchor's name", u"put text that begins with & in quotes"},
    Explained{"illegal tab", u"a tab is used for indentation", u"indent with spaces"},
    Explained{"illegal map value", u"a colon stands where no value can begin",
              u"align the key with its neighbours, or put text that contains ': ' in quotes"},
    Explained{"illegal map key", u"a key stands where none can begin", u"align it with the keys above it"},
    Explained{"illegal block entry", u"a list entry (-) stands where none can begin",
              u"put it on a line of its own, aligned with the other entries"},
    Explained{"end of map flow not found", u"a { is not closed",
              u"close it with }, and put text with { } , : in quotes"},
    Explained{"end of sequence flow not found", u"a [ is not closed",
              u"close it with ], and put text with [ ] , in quotes"},
    Explained{"illegal flow end", u"a } or ] closes nothing", u"remove it, or put the text in quotes"},
    Explained{"end of map not found", u"this line does not belong to the keys above it",
              u"indent it exactly like its neighbours and end each key with a colon"},
    Explained{"end of sequence not found", u"this line does not belong to the list above it",
              u"begin each entry with '- ' at the same indentation"},
    Explained{"illegal EOF in scalar", u"a quoted text is not closed before the end of the file", u"close its quote"},
    Explained{"unknown escape character", u"a backslash in double quotes is followed by a character that means nothing",
              u"write it twice (\\\\), or use single quotes"},
    Explained{"bad character found while scanning hex number",
              u"a \\x or \\u in double quotes is not followed by hex digits",
              u"write \\\\ for a backslash, or use single quotes"},
    Explained{"invalid unicode", u"a \\u in double quotes names no character", u"write a valid code point"},
    Explained{"unknown token", u"a character stands here that begins nothing (such as @, ` or %)",
              u"put the text in quotes"},
    Explained{"illegal document indicator in scalar", u"--- or ... stands inside a quoted text",
              u"close the quote before it"},
    Explained{"cannot assign multiple", u"two tags, anchors or aliases stand on one value", u"keep one of them"},
    Explained{"aliases can't have any content", u"an alias (*name) is followed by content", u"write the alias alone"},
};

FileIssue explained(const YAML::Exception& fault, const FilePlace& place)
{
    for (const Explained& known : explanations) {
        if (fault.msg.starts_with(known.begins))
            return FileIssue{IssueSeverity::Error, place, QString::fromUtf16(known.message),
                             QString::fromUtf16(known.remedy)};
    }
    return FileIssue{IssueSeverity::Error, place, u"this is not valid YAML"_s,
                     u"check the indentation, quotes, brackets and colons on this line and the one above"_s};
}

/// The nearest tab that indents the line at fault or the one above it: the library only says what follows from it.
std::optional<std::pair<int, int>> indentingTab(const QByteArray& text, int lineAtFault)
{
    const QList<QByteArray> lines = text.split('\n');
    for (int line = lineAtFault; line >= std::max(1, lineAtFault - 1) && line <= lines.size(); --line) {
        const QByteArray& all = lines[line - 1];
        qsizetype at = 0;
        while (at < all.size() && all[at] == ' ')
            ++at;
        if (at < all.size() && all[at] == '\t' && !all.trimmed().isEmpty())
            return std::pair(line, static_cast<int>(at) + 1);
    }
    return std::nullopt;
}

/// YAML allows no other control characters; a NUL is the sign of UTF-16.
bool isForbidden(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::optional<FileIssue> faultOfEncoding(const QByteArray& text, const QString& file)
{
    int line = 1;
    qsizetype lineStart = 0;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] != '\n' && !isForbidden(text[i]))
            continue;
        const QByteArrayView wholeLine = QByteArrayView(text).sliced(lineStart, i - lineStart);
        if (!isUtf8(wholeLine)) {
            // decoding puts U+FFFD where the first bad byte stands
            const auto column =
                static_cast<int>(QString::fromUtf8(wholeLine).indexOf(QChar(QChar::ReplacementCharacter))) + 1;
            return FileIssue{IssueSeverity::Error, FilePlace{file, line, column}, u"the text is not UTF-8"_s,
                             u"save the file in the encoding UTF-8"_s};
        }
        if (i < text.size() && text[i] != '\n') {
            const auto column = static_cast<int>(QString::fromUtf8(wholeLine).size()) + 1;
            return FileIssue{IssueSeverity::Error, FilePlace{file, line, column},
                             text[i] == '\0' ? u"the text is not UTF-8 (it holds zero bytes, as UTF-16 does)"_s
                                             : u"a control character stands here"_s,
                             text[i] == '\0' ? u"save the file in the encoding UTF-8"_s : u"remove it"_s};
        }
        ++line;
        lineStart = i + 1;
    }
    return std::nullopt;
}

} // namespace

const YamlNode* YamlNode::find(QStringView key) const
{
    for (const Entry& entry : entries) {
        if (entry.key->text == key)
            return entry.value;
    }
    return nullptr;
}

Checked<QByteArray> readUserFile(const QString& file, qint64 maxBytes)
{
    const auto refuse = [&file](QString message, QString remedy) {
        return Checked<QByteArray>{
            std::nullopt,
            {FileIssue{IssueSeverity::Error, FilePlace{file, 0, 0}, std::move(message), std::move(remedy)}}};
    };
    const QFileInfo info(file);
    if (!info.exists())
        return refuse(u"the file does not exist"_s, u"create it, or correct the path where it is named"_s);
    if (!info.isFile())
        return refuse(u"this is not a file"_s, u"name a file"_s);
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return refuse(u"the file cannot be read (%1)"_s.arg(source.errorString()), u"allow yourself to read it"_s);
    QByteArray text = source.read(maxBytes + 1);
    if (source.error() != QFileDevice::NoError)
        return refuse(u"the file cannot be read (%1)"_s.arg(source.errorString()), u"allow yourself to read it"_s);
    if (text.size() > maxBytes)
        return refuse(u"the file is larger than %1"_s.arg(formatSizeBytes(maxBytes)),
                      u"split it, or remove what does not belong"_s);
    text = withoutByteOrderMark(std::move(text));
    if (text.trimmed().isEmpty())
        return refuse(u"the file is empty"_s, u"write its content, or do not name it"_s);
    return Checked<QByteArray>{std::move(text), {}};
}

Checked<YamlDocument> readYamlFile(const QString& file)
{
    Checked<QByteArray> text = readUserFile(file, yamllimit::fileBytes);
    if (!text.value)
        return {std::nullopt, std::move(text.issues)};
    return readYamlText(*text.value, file);
}

Checked<YamlDocument> readYamlText(const QByteArray& text, const QString& file)
{
    if (const auto fault = faultOfEncoding(text, file))
        return {std::nullopt, {*fault}};
    IssueList issues(file);
    YamlBuilder builder(text, issues);
    try {
        std::istringstream stream(text.toStdString());
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            issues.errorAt(0, 0, u"the file is empty but for comments"_s, u"write its content, or do not name it"_s);
        } else {
            builder.expectEnd();
            (void)parser.HandleNextDocument(builder);
        }
    } catch (const YamlBuilder::Stop&) { // already reported
    } catch (const YAML::Exception& fault) {
        const FilePlace place = fault.mark.is_null() ? FilePlace{file, 0, 0} : builder.placeOf(fault.mark);
        const auto tab = indentingTab(text, place.line);
        issues.append({tab ? FileIssue{IssueSeverity::Error, FilePlace{file, tab->first, tab->second},
                                       u"a tab is used for indentation"_s, u"indent with spaces"_s}
                           : explained(fault, FilePlace{file, place.line, place.column})});
    }
    const bool isRefused = issues.hasErrors();
    Checked<YamlDocument> checked{std::nullopt, issues.take()};
    if (!isRefused)
        checked.value = builder.takeDocument();
    return checked;
}

} // namespace spillway
