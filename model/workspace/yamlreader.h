// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/workspace/issuelist.h"
#include "model/workspace/yamltree.h"

#include <optional>

/// Typed reading of a checked tree. Every function returns nullopt and adds an issue when the value does not fit; plain
/// scalars are read by YAML 1.2's core schema, so `yes` is a word and `012` is twelve.
namespace spillway {

/// What a number may be.
struct NumberRange
{
    double min = 0;
    double max = 1e15;
    bool isMinAllowed = true;
    bool isMaxAllowed = true;
};

/// @param what  how the value is called in a message, like `'name' of connection orders`
[[nodiscard]] std::optional<QString> readText(const YamlNode& node, const QString& what, IssueList& issues);
[[nodiscard]] std::optional<double> readNumber(const YamlNode& node, const QString& what, const NumberRange& range,
                                               IssueList& issues);
[[nodiscard]] std::optional<std::int64_t> readInteger(const YamlNode& node, const QString& what,
                                                      const NumberRange& range, IssueList& issues);
[[nodiscard]] std::optional<bool> readBoolean(const YamlNode& node, const QString& what, IssueList& issues);
/// `90s`, `24h`; at least `min`.
[[nodiscard]] std::optional<Millis> readDuration(const YamlNode& node, const QString& what, Millis min,
                                                 IssueList& issues);
[[nodiscard]] std::optional<std::int64_t> readSizeBytes(const YamlNode& node, const QString& what, IssueList& issues);
/// A list of texts; a single text is a list of one. Empty entries are errors.
[[nodiscard]] QStringList readTextList(const YamlNode& node, const QString& what, IssueList& issues);

/// One map of a user's file. Each key that is asked for is known; `finish` warns about the others.
class MapReader
{
public:
    /// @param what  the map in a message, like `connection orders`. A node that is no map is an error and reads as an
    /// empty one.
    MapReader(const YamlNode& node, QString what, IssueList& issues);

    [[nodiscard]] bool isMap() const { return m_isMap; }
    [[nodiscard]] const YamlNode& node() const { return m_node; }
    [[nodiscard]] IssueList& issues() const { return m_issues; }
    [[nodiscard]] const QString& what() const { return m_what; }
    [[nodiscard]] QString whatOf(QStringView key) const; ///< `'key' of connection orders`

    /// nullptr when absent or null.
    [[nodiscard]] const YamlNode* child(const QString& key);
    /// The same; absent is an error with `example` as what to write (`name: orders`).
    [[nodiscard]] const YamlNode* required(const QString& key, const QString& example);

    [[nodiscard]] std::optional<QString> text(const QString& key);
    [[nodiscard]] std::optional<QString> requiredText(const QString& key, const QString& example);
    [[nodiscard]] std::optional<double> number(const QString& key, const NumberRange& range);
    [[nodiscard]] std::optional<std::int64_t> integer(const QString& key, const NumberRange& range);
    [[nodiscard]] std::optional<bool> boolean(const QString& key);
    [[nodiscard]] std::optional<Millis> duration(const QString& key, Millis min);
    [[nodiscard]] std::optional<std::int64_t> sizeBytes(const QString& key);
    [[nodiscard]] QStringList textList(const QString& key); ///< empty when absent

    /// Warns about keys nobody asked for, with the closest known one; a key that looks like a secret in the open is an
    /// error. Keys that begin with `x-`, `x_`, `_` or `.` and values that only serve as an anchor are the user's own.
    void finish();

private:
    const YamlNode& m_node;
    QString m_what;
    IssueList& m_issues;
    QStringList m_known;
    bool m_isMap = false;
};

} // namespace spillway
