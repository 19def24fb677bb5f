// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>
#include <QStringList>

#include <memory>

/// Asking for events by what is said of them: `owner:payment tag:pii field:customer_id consumers>3 volume>1e6 "gift
/// wrap"`.
namespace spillway {

/// A query that was read. Copies share what they stand for.
class CatalogQuery
{
public:
    struct Node;
    CatalogQuery() = default; ///< finds everything
    explicit CatalogQuery(std::shared_ptr<const Node> root)
        : m_root(std::move(root))
    {
    }
    [[nodiscard]] const Node* root() const { return m_root.get(); }

private:
    std::shared_ptr<const Node> m_root; // shared by copies: immutable
};

/// Words are sought in names, descriptions, topics, domains, fields, owners, services and tags; case does not count,
/// and `ord*` asks for a beginning. `name:value` asks one field: event, domain, description, topic, key, owner (team,
/// producer's or a consumer's), producer, consumer, tag, field, slack, oncall, schema: `:` one of its values (a team or
/// service also by its first words, a field by its path's last, a description by a word; `…*` by its beginning), `=`
/// the whole, `~` a regular expression. `<` `<=` `>` `>=` `=` on consumers, volume, payload, retention, version. A
/// blank is AND; AND, OR, NOT, `-`, parentheses. InvalidConfig names the column. Pure.
[[nodiscard]] Result<CatalogQuery> parseCatalogQuery(const QString& query);

/// Names of fields a query may ask, for help and completion.
[[nodiscard]] QStringList catalogQueryFields();

} // namespace spillway
