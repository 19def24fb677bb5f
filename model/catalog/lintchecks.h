// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/cataloglint.h"

/// The parts of lint; each adds what it finds. Only cataloglint.cpp and drift include this.
namespace spillway {

/// Collects findings of rules that are not off.
class FindingList
{
public:
    explicit FindingList(const LintPolicy& policy)
        : m_policy(policy)
    {
    }
    /// `message` says what is wrong, `remedy` what to write instead.
    void add(QStringView rule, const FilePlace& place, const QString& event, const QString& message,
             const QString& remedy, std::optional<FixIt> fix = std::nullopt, const QString& evidence = {});
    [[nodiscard]] const LintPolicy& policy() const { return m_policy; }
    [[nodiscard]] std::vector<CatalogFinding> take() { return std::move(m_findings); }
    [[nodiscard]] const std::vector<CatalogFinding>& findings() const { return m_findings; }

private:
    const LintPolicy& m_policy;
    std::vector<CatalogFinding> m_findings;
};

/// The place of a map's key where it has it, else of the map.
[[nodiscard]] FilePlace placeOf(const QString& file, const YamlNode* map, QStringView key);
/// A fix of one edit; nullopt where there is none.
[[nodiscard]] std::optional<FixIt> fixOf(const QString& title, std::optional<TextEdit> edit, bool isSafe = true);

/// How each team is reached, from all its entries: `Catalog::contactOf` for every team in one pass.
[[nodiscard]] QHash<QString, ProducerEntry> contactsOf(const Catalog& catalog);

/// Names, numbers and texts of each event by itself.
void lintFields(const CatalogSources& sources, FindingList& out);
/// What the two files say of the same event.
void lintAgreement(const CatalogSources& sources, FindingList& out);
/// Schema files against the catalog, fields against the schema.
void lintSchemas(const CatalogSources& sources, FindingList& out);
/// Schema files themselves: twice, missing between others, unreadable, named by no event.
void lintShelf(const CatalogSources& sources, FindingList& out);
/// What shows only over many events: names alike, one topic, circles.
void lintTogether(const CatalogSources& sources, FindingList& out);

} // namespace spillway
