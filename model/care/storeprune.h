// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterretention.h"
#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"
#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <stop_token>

/// `retention` of spillway.yaml, all of it: histories of lag, processing log and topics by `samples`, closed letters by
/// `dead_letters`; then, above `max_size`, the oldest closed letters, and when there are no more the older half of the
/// histories, again and again down to a week. Open letters and the ledger stay whatever their size.
namespace spillway {

struct PruneRequest
{
    RetentionSettings retention;
    UtcTime now;
    QString actor;
    bool compacts = false; ///< then the file is written anew without its holes
};

struct PruneReport
{
    bool isDryRun = false;
    std::int64_t sampleRows = 0; ///< of histories: lag, processing log, topics
    LetterPruneReport letters;
    std::optional<Millis> samplesKept; ///< shorter than `samples`, for the size's sake
    std::int64_t fileBytes = 0;        ///< of samples.sqlite afterwards; what it holds: `letters.usedBytes`
    std::int64_t maxBytes = 0;
    friend bool operator==(const PruneReport&, const PruneReport&) = default;
};

/// In small transactions, so that collecting goes on; stops between two. Killed at any instant, the rest is dropped the
/// next time. Blocking.
[[nodiscard]] Result<PruneReport> pruneStore(Ledger& ledger, StoreWriter& store, const PruneRequest& request,
                                             std::stop_token stop);

/// What would be dropped; nothing is changed. Of histories what is older than `samples`: that what is younger gets
/// thinner with age is not counted.
[[nodiscard]] Result<PruneReport> previewPrune(Database& reader, const QString& ledgerFile,
                                               const PruneRequest& request);

/// `{ dryRun, sampleRows, letters, lettersByAge, lettersBySize, letterBytes, usedBytes, fileBytes, maxBytes, overSize,
/// samplesKeptMs }`
[[nodiscard]] QByteArray pruneReportJson(const PruneReport& report);

} // namespace spillway
