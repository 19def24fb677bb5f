// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/issuelist.h"

#include "model/base/text.h"
#include "model/workspace/yamltree.h"

#include <algorithm>
#include <tuple>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Number of single-character edits between two words.
qsizetype editDistance(QStringView a, QStringView b)
{
    std::vector<qsizetype> row(static_cast<std::size_t>(b.size()) + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = static_cast<qsizetype>(j);
    for (qsizetype i = 0; i < a.size(); ++i) {
        qsizetype diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const qsizetype replaced = diagonal + (a[i] == b[static_cast<qsizetype>(j) - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

/// Spelling that people mix up: case, `-` for `_`, camelCase.
QString plainSpelling(QStringView word)
{
    QString plain;
    for (const QChar c : word) {
        if (c != u'-' && c != u'_' && c != u'.')
            plain += c.toLower();
    }
    return plain;
}

auto order(const FileIssue& issue, const QString& first)
{
    return std::make_tuple(issue.place.file != first, issue.place.file, issue.place.line, issue.place.column);
}

} // namespace

QString FileIssue::toString() const
{
    if (place.file.isEmpty()) // of the call, not of a file
        return u"%1; %2"_s.arg(message, remedy);
    return u"%1:%2:%3: %4; %5"_s.arg(visibleText(place.file), QString::number(std::max(1, place.line)),
                                     QString::number(std::max(1, place.column)), message, remedy);
}

void IssueList::error(const YamlNode& at, QString message, QString remedy)
{
    add(FileIssue{IssueSeverity::Error, place(at), std::move(message), std::move(remedy)});
}

void IssueList::warning(const YamlNode& at, QString message, QString remedy)
{
    add(FileIssue{IssueSeverity::Warning, place(at), std::move(message), std::move(remedy)});
}

void IssueList::errorAt(int line, int column, QString message, QString remedy)
{
    add(FileIssue{IssueSeverity::Error, FilePlace{m_file, line, column}, std::move(message), std::move(remedy)});
}

void IssueList::warningAt(int line, int column, QString message, QString remedy)
{
    add(FileIssue{IssueSeverity::Warning, FilePlace{m_file, line, column}, std::move(message), std::move(remedy)});
}

void IssueList::append(std::vector<FileIssue> issues)
{
    for (FileIssue& issue : issues)
        add(std::move(issue));
}

FilePlace IssueList::place(const YamlNode& at) const
{
    return FilePlace{m_file, at.line, at.column};
}

std::vector<FileIssue> IssueList::take()
{
    std::stable_sort(m_issues.begin(), m_issues.end(),
                     [this](const FileIssue& a, const FileIssue& b) { return order(a, m_file) < order(b, m_file); });
    m_said.clear();
    m_hasErrors = false;
    return std::exchange(m_issues, {});
}

void IssueList::add(FileIssue issue)
{
    constexpr std::size_t most = 10'000; // an alias of a faulty value may be read a million times
    m_hasErrors = m_hasErrors || issue.severity == IssueSeverity::Error;
    if (m_issues.size() >= most)
        return;
    const QString said = issue.toString();
    if (m_said.contains(said))
        return;
    m_said.insert(said);
    m_issues.push_back(std::move(issue));
}

bool hasErrors(const std::vector<FileIssue>& issues)
{
    return std::any_of(issues.begin(), issues.end(),
                       [](const FileIssue& issue) { return issue.severity == IssueSeverity::Error; });
}

QString quoted(QStringView text)
{
    constexpr qsizetype longest = 60;
    const QString shown = visibleText(text.first(std::min(longest, text.size())));
    return text.size() > longest ? u"'%1…'"_s.arg(shown) : u"'%1'"_s.arg(shown);
}

QString didYouMean(QStringView word, const QStringList& known)
{
    if (word.size() > 64)
        return {};
    const QString plain = plainSpelling(word);
    QString best;
    qsizetype bestDistance =
        (word.size() < 4 ? 1 : std::max<qsizetype>(2, word.size() / 3)) + 1; // 2: two letters swapped
    for (const QString& candidate : known) {
        const qsizetype distance = editDistance(plain, plainSpelling(candidate));
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    return best.isEmpty() ? QString() : u" (did you mean '%1'?)"_s.arg(best);
}

} // namespace spillway
