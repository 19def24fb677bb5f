// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"
#include "model/catalog/catalogquery.h"

#include <vector>

/// Finding events by what is said of them.
namespace spillway {

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

} // namespace spillway
