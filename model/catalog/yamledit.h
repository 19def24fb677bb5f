// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"
#include "model/workspace/yamltree.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// Small changes to a person's YAML file: only the characters named change, comments and all else stay byte for byte.
namespace spillway {

/// Replaces the characters from a place up to (not including) another; both the same: an insertion. Lines and columns
/// start at 1, columns count characters.
struct TextEdit
{
    FilePlace from;
    int endLine = 0;
    int endColumn = 0;
    QString text;
    friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

/// A YAML text with its lines, to find places in it. Does not parse.
class YamlText
{
public:
    YamlText() = default;
    YamlText(QString file, const QByteArray& utf8);

    [[nodiscard]] const QString& file() const { return m_file; }
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] int lines() const { return static_cast<int>(m_starts.size()); }
    /// Without its line end; empty outside.
    [[nodiscard]] QStringView line(int number) const;
    /// Index of a place's first character; -1 outside the text.
    [[nodiscard]] qsizetype index(int line, int column) const;
    [[nodiscard]] QString lineEnd() const;

private:
    QString m_file;
    QString m_text;
    std::vector<qsizetype> m_starts;
};

/// A text as a YAML scalar: plain where that reads back as the same text, else in quotes. One line.
[[nodiscard]] QString yamlScalar(const QString& text);

/// Each function gives nullopt where the file is written in a way (alias, merge, several lines) that a person has to
/// edit.
/// `key: value` in a map, behind the first of `behind` that the map has on a line of its own, else behind its last such
/// key. `yamlValue` is YAML already.
[[nodiscard]] std::optional<TextEdit> addKey(const YamlText& text, const YamlNode& map, const QString& key,
                                             const QString& yamlValue, const QStringList& behind = {});
[[nodiscard]] std::optional<TextEdit> replaceScalar(const YamlText& text, const YamlNode& scalar,
                                                    const QString& yamlValue);
/// One more item at the end of a list of scalars.
[[nodiscard]] std::optional<TextEdit> addScalarItem(const YamlText& text, const YamlNode& list,
                                                    const QString& yamlValue);
/// Lines of YAML, without indentation of their own at the first level, behind the last entry of a block list or map; an
/// empty `[]` or `{}` is replaced. The lines of a list's item begin with `- `.
[[nodiscard]] std::optional<TextEdit> addBlock(const YamlText& text, const YamlNode& parent, const QStringList& lines);

/// The lines of one item of a block list, or of one key of a block map, taken out; a comment above them stays. nullopt
/// also for the last one left: an empty list reads otherwise. @param item  the list's item, or the map's key
[[nodiscard]] std::optional<TextEdit> removeEntry(const YamlText& text, const YamlNode& parent, const YamlNode& item);

/// The text with all edits made. InvalidConfig: two of them overlap, or what comes out is no YAML any more; then
/// nothing is changed. Edits of other files are left out. Pure.
[[nodiscard]] Result<QByteArray> applyEdits(const YamlText& text, std::vector<TextEdit> edits);

/// Makes the edits in their files, each file replaced whole or not at all. Conflict: a file is no longer as it was read
/// (`before`: what was read, by path). Blocking; any thread.
/// @return  the files that changed
[[nodiscard]] Result<QStringList> saveEdits(const std::vector<YamlText>& before, const std::vector<TextEdit>& edits);

/// What an edit changes, lines with `-` and `+` in front.
[[nodiscard]] QString editDiff(const YamlText& text, const TextEdit& edit);

} // namespace spillway
