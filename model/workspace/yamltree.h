// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QString>

#include <deque>
#include <memory>
#include <vector>

namespace spillway {

/// A node of a user's YAML file, with its place. Aliases point at the node they name and merge keys are already merged,
/// so whoever walks the tree sees neither; a budget on the walked size was kept while reading.
struct YamlNode
{
    enum class Kind { Null, Scalar, Sequence, Map };
    struct Entry
    {
        const YamlNode* key = nullptr; ///< always a scalar
        const YamlNode* value = nullptr;
    };

    Kind kind = Kind::Null;
    bool isText = false;     ///< a scalar in quotes, in block style or tagged !!str: never a number, boolean or null
    bool isAnchored = false; ///< bears an anchor (&name)
    QString text;            ///< Scalar: its value
    int line = 0;            ///< from 1
    int column = 0;          ///< from 1, in characters
    std::vector<const YamlNode*> items; ///< Sequence, in order
    std::vector<Entry> entries;         ///< Map, own keys in order, then merged ones
    std::int64_t walkedSize = 1;        ///< nodes met when walking from here, aliases followed

    /// Map: the value of a key, nullptr when absent. Linear.
    [[nodiscard]] const YamlNode* find(QStringView key) const;
};

/// A file's one document. Nodes live as long as it does; moving it keeps their addresses.
struct YamlDocument
{
    std::unique_ptr<std::deque<YamlNode>> nodes;
    const YamlNode* root = nullptr; ///< never null
};

namespace yamllimit {
inline constexpr qint64 fileBytes = 16LL << 20;
inline constexpr int depth = 32;
inline constexpr std::int64_t nodes = 2'000'000; ///< walked, so an alias counts what it stands for
} // namespace yamllimit

/// A user's text file whole: there, a file, readable, not empty, at most `maxBytes`. A byte-order mark is taken off.
/// Blocking; any thread.
[[nodiscard]] Checked<QByteArray> readUserFile(const QString& file, qint64 maxBytes);

/// One YAML file as a tree, refused in plain words when it is missing, empty, over 16 MiB, not UTF-8, several
/// documents, deeper than 32, refers to itself, repeats a key or unfolds beyond the node budget. A syntax error ends
/// the reading, so it comes alone; everything else is reported together. Blocking; any thread.
[[nodiscard]] Checked<YamlDocument> readYamlFile(const QString& file);
/// The same for text in memory; `file` names it in issues.
[[nodiscard]] Checked<YamlDocument> readYamlText(const QByteArray& text, const QString& file);

} // namespace spillway
