// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"

#include <functional>

/// The ledger for those who keep what all their tools did in one place: a JSON line an event, in the fields of the
/// Elastic Common Schema 8.11 (elastic.co/guide/en/ecs, "Event fields": `event.category` and `event.type` have closed
/// lists of words). What has no field there stands under `spillway`.
namespace spillway {

struct AuditFilter
{
    std::int64_t after = 0; ///< only events with a greater seq: where the last export ended
    QString typePrefix;     ///< `replay.`; empty: all
};

/// One event, without line feed. `event.hash` and `spillway.previousHash` are the chain's, in hex: with `spillway.seq`,
/// time, actor, type and body whoever has the lines can prove the chain as `audit verify` does.
/// A body that is no JSON object (somebody changed the file) is null, and stands as text in `event.original`.
[[nodiscard]] QByteArray ecsLine(const LedgerEvent& event, const QString& workspace);

/// Hands over a line an event, oldest first, until `take` returns false; reads the file alone, a few at a time, so that
/// memory does not grow with it and the holder goes on. Blocking.
/// @return how many lines were taken. NotFound, Corrupt, Unreachable: it cannot be read.
[[nodiscard]] Result<std::int64_t> exportLedger(const QString& file, const QString& workspace,
                                                const AuditFilter& filter,
                                                const std::function<bool(const QByteArray&)>& take);

} // namespace spillway
