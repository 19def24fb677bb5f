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
    return u"%1:%2:%3: %4; %5"_s.arg(visibleText(place.file), QString::number(std::max(1, place.line)),
                                     QString::number(std::max(1, place.column)), message, remedy);
}

void IssueList::error(const YamlNode& at, QString message, QString remedy)
{
    add(IssueSeverity::Error, at.line, at.column, std::move(message), std::move(remedy));
}

void IssueList::warning(const YamlNode& at, QString message, QString remedy)
{
    add(IssueSeverity::Warning, at.line, at.column, std::move(message), std::move(remedy));
}

void IssueList::errorAt(int line, int column, QString message, QString remedy)
{
    add(IssueSeverity::Error, line, column, std::move(message), std::move(remedy));
}

void IssueList::warningAt(int line, int column, QString message, QString remedy)
{
    add(IssueSeverity::Warning, line, column, std::move(message), std::move(remedy));
}

void IssueList::append(std::vector<FileIssue> issues)
{
    m_issues.insert(m_issues.end(), std::make_move_iterator(issues.begin()), std::make_move_iterator(issues.end()));
}

FilePlace IssueList::place(const YamlNode& at) const
{
    return FilePlace{m_file, at.line, at.column};
}

bool IssueList::hasErrors() const
{
    return spillway::hasErrors(m_issues);
}

std::vector<FileIssue> IssueList::take()
{
    std::stable_sort(m_issues.begin(), m_issues.end(),
                     [this](const FileIssue& a, const FileIssue& b) { return order(a, m_file) < order(b, m_file); });
    std::vector<FileIssue> kept;
    for (FileIssue& issue : m_issues) {
        // An aliased node is read once per alias. Its repetitions stand at the same place, so only the run there is
        // compared.
        bool isRepeated = false;
        for (auto earlier = kept.rbegin(); earlier != kept.rend() && earlier->place == issue.place; ++earlier)
            isRepeated = isRepeated || *earlier == issue;
        if (!isRepeated)
            kept.push_back(std::move(issue));
    }
    m_issues.clear();
    return kept;
}

void IssueList::add(IssueSeverity severity, int line, int column, QString message, QString remedy)
{
    m_issues.push_back(FileIssue{severity, FilePlace{m_file, line, column}, std::move(message), std::move(remedy)});
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
    qsizetype bestDistance = (word.size() < 4 ? 1 : std::max<qsizetype>(2, word.size() / 3)) + 1; // 2: two letters swapped
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
