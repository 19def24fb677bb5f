// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogsources.h"
#include "model/catalog/lintpolicy.h"

#include <QByteArray>

namespace spillway {

/// A change that mends a finding.
struct FixIt
{
    QString title; ///< what it does, imperative
    std::vector<TextEdit> edits;
    bool isSafe = true; ///< says again what stands elsewhere; unsafe ones decide something, and are made one by one
};

/// One finding of lint or drift.
struct CatalogFinding
{
    FilePlace place;
    QString rule;
    LintSeverity severity = LintSeverity::Warning;
    QString message;  ///< what is wrong; what to write
    QString event;    ///< empty: of no single event
    QString evidence; ///< drift: what was observed, and when; lint: empty
    std::optional<FixIt> fix;
};

struct LintResult
{
    std::vector<CatalogFinding> findings; ///< by file, line, column, rule
    std::vector<CatalogFinding> waived;
    [[nodiscard]] bool hasErrors() const;
    [[nodiscard]] qsizetype count(LintSeverity severity) const;
};

/// A line of a list of findings, for people.
struct FindingLine
{
    std::size_t at = 0;    ///< the finding
    std::size_t count = 1; ///< more than 1: the rest of those alike, from `at` on, told as one
    friend bool operator==(const FindingLine&, const FindingLine&) = default;
};
/// A shared broker has hundreds of topics that are nobody's here; a line each would hide what else was found. So of
/// more than 12 in a row that are alike in place and rule the first 10 are told, and the rest together. Pure; any
/// thread.
[[nodiscard]] std::vector<FindingLine> foldedFindings(const std::vector<CatalogFinding>& findings);

/// Every rule of the check over both files. @param today  the day waivers are judged by (UTC). Pure; any thread.
[[nodiscard]] LintResult lintCatalog(const CatalogSources& sources, const LintPolicy& policy, const QDate& today);

/// Sorts, takes off what a waiver lets pass, and adds what is to be said of waivers of this check: used by drift too.
[[nodiscard]] LintResult settleFindings(std::vector<CatalogFinding> findings, const LintPolicy& policy,
                                        LintRule::Check check, const QDate& today);

/// All edits of the findings' safe fixes, overlapping ones left out (the next run has them).
[[nodiscard]] std::vector<TextEdit> safeEdits(const std::vector<CatalogFinding>& findings);

/// The contract's array: file, line, column, rule, severity, message, event; besides evidence, fix.
[[nodiscard]] QByteArray findingsJson(const std::vector<CatalogFinding>& findings);
/// `file:line:column: severity rule: message` a line, and a sum; paths from `folder` on. Of more than twelve of one
/// rule at one place the first ten, and how many more there are.
[[nodiscard]] QString findingsText(const LintResult& result, const QString& folder);
/// SARIF 2.1.0, paths relative to `folder`, waived findings as suppressed results.
[[nodiscard]] QByteArray findingsSarif(const LintResult& result, const QString& folder);

} // namespace spillway
