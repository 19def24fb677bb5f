// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QSet>

#include <vector>

namespace spillway {

struct YamlNode;

/// What was noticed while one file was read. Collects; never throws, never stops the reading. What an alias makes
/// appear twice is said once; beyond ten thousand issues only whether there was an error is kept. One thread.
class IssueList
{
public:
    /// @param file  absolute path, as it will stand before `:line:column`
    explicit IssueList(QString file)
        : m_file(std::move(file))
    {
    }

    /// `message` says what is wrong, `remedy` what to write instead; one line each, without a secret or a payload.
    void error(const YamlNode& at, QString message, QString remedy);
    void warning(const YamlNode& at, QString message, QString remedy);
    void errorAt(int line, int column, QString message, QString remedy);
    void warningAt(int line, int column, QString message, QString remedy);
    /// Issues of another file that this one names.
    void append(std::vector<FileIssue> issues);

    [[nodiscard]] const QString& file() const { return m_file; }
    [[nodiscard]] FilePlace place(const YamlNode& at) const;
    [[nodiscard]] bool hasErrors() const { return m_hasErrors; }

    /// Everything, by file (this one first), line and column; what an alias makes appear twice is said once. Empties
    /// the list.
    [[nodiscard]] std::vector<FileIssue> take();

private:
    void add(FileIssue issue);

    QString m_file;
    std::vector<FileIssue> m_issues;
    QSet<QString> m_said;
    bool m_hasErrors = false;
};

[[nodiscard]] bool hasErrors(const std::vector<FileIssue>& issues);

/// A user's text inside a message: on one line, without invisible characters, cut after 60 characters.
[[nodiscard]] QString quoted(QStringView text);

/// " (did you mean 'topic'?)" when one of `known` is close to `word`, else empty.
[[nodiscard]] QString didYouMean(QStringView word, const QStringList& known);

} // namespace spillway
