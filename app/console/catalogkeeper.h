// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/invoicecomparisons.h"
#include "model/scorecard/catalogpicture.h"
#include "model/store/database.h"

#include <mutex>
#include <stop_token>

namespace spillway {

/// Reads and judges the workspace's catalog: ownership, catalog, schemas, lint, what events cost. No value: a file
/// cannot be read; faulty entries are findings. Blocking; any thread.
[[nodiscard]] Checked<std::shared_ptr<const JudgedCatalog>> judgeCatalog(const Context& context, UtcTime now);

/// The same as long as no file and not the day has changed: lint over a large catalog is not done anew for every
/// sample. Blocking; any thread.
class CatalogKeeper
{
public:
    [[nodiscard]] Checked<std::shared_ptr<const JudgedCatalog>> current(const Context& context, UtcTime now);

private:
    std::mutex m_mutex; // guards: m_last, m_stamp, m_day
    std::shared_ptr<const JudgedCatalog> m_last;
    QByteArray m_stamp; ///< of all that was read, taken before it was
    QDate m_day;
};

/// Files against what was observed until now, promises, lag, letters and the scorecard. Blocking; on a reader's thread.
[[nodiscard]] Checked<CatalogPicture> catalogPicture(Database& reader, const Context& context,
                                                     std::shared_ptr<const JudgedCatalog> files,
                                                     InvoiceComparisons& comparisons, UtcTime now,
                                                     std::stop_token stop);

/// The scorecard of a picture; `picture.scorecard` is not looked at. Blocking; on a reader's thread.
[[nodiscard]] Result<std::vector<ScorecardRow>> scorecardOf(Database& reader, const Context& context,
                                                            const CatalogPicture& picture,
                                                            InvoiceComparisons& comparisons, UtcTime now);

} // namespace spillway
