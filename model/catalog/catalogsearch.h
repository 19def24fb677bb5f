// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

#include <QByteArray>

#include <functional>
#include <memory>

/// Finding events by what is said of them: `owner:payment tag:pii field:customer_id consumers>3 volume>1e6 "gift
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

/// An index over events, made once. Searching needs no lock and no file.
class CatalogIndex
{
public:
    CatalogIndex(); ///< of nothing
    /// Keeps no reference to `events`.
    explicit CatalogIndex(const std::vector<JoinedEvent>& events);
    CatalogIndex(CatalogIndex&&) noexcept;
    CatalogIndex& operator=(CatalogIndex&&) noexcept;
    ~CatalogIndex();

    /// Indexes into the events, best first: name begins so, name holds it, then the order of the files.
    [[nodiscard]] std::vector<std::size_t> find(const CatalogQuery& query) const;

    struct Entry;

private:
    std::vector<Entry> m_entries;
};

/// The contract's array of these events.
[[nodiscard]] QByteArray catalogEventsJson(const std::vector<JoinedEvent>& events,
                                           const std::vector<std::size_t>& which);
/// A line or two per event; one sentence when there is none.
[[nodiscard]] QString catalogEventsText(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which);

} // namespace spillway
