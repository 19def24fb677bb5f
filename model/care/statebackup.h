// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <stop_token>

/// The state directory as one file: samples.sqlite and ledger.sqlite as of one instant, ledger.head, and backup.json
/// that says what they are. Taken beside a process that goes on writing. The samples are frozen first: what they show
/// of the ledger is then in the ledger that follows, and a start applies the rest, as after a kill.
namespace spillway {

struct BackupRequest
{
    QString stateFolder;
    QString workspace; ///< its name
    QString file;      ///< absolute; mode 0600, written whole or not at all. A device or pipe is written as it goes
    bool replaces = false;
    UtcTime now;
};

struct BackupReport
{
    QString file;
    std::int64_t bytes = 0; ///< of the file, packed
    UtcTime takenAt;
    std::int64_t samplesBytes = 0; ///< unpacked; 0: there were none
    std::int64_t ledgerBytes = 0;
    std::int64_t entries = 0; ///< of the ledger
    QByteArray head;          ///< hash of the last one
    bool isIntact = true;     ///< false: the ledger's chain breaks, there as here
    friend bool operator==(const BackupReport&, const BackupReport&) = default;
};

/// @param record  puts the backup into the ledger, before the file gets its name; where that fails there is no file.
/// @param tell    bytes done and in all, a few times a second; may be empty.
/// Errors: InvalidConfig (the file is there already, or lies in the state folder), NotFound (nothing to back up yet),
/// Unreachable, Corrupt, Cancelled after `stop`. Blocking; needs room for the unpacked copies beside the file.
[[nodiscard]] Result<BackupReport> backUpState(const BackupRequest& request,
                                               const std::function<Status(const BackupReport&)>& record,
                                               const std::function<void(std::int64_t, std::int64_t)>& tell,
                                               std::stop_token stop);

/// `{ file, bytes, takenAt, samplesBytes, ledgerBytes, entries, head, intact }`
[[nodiscard]] QByteArray backupReportJson(const BackupReport& report);

/// Body of the ledger's event `store.backedUp`.
[[nodiscard]] QByteArray backupEventBody(const BackupReport& report);

struct RestoreReport
{
    QString file;
    QString stateFolder;
    UtcTime takenAt;
    std::int64_t entries = 0; ///< of the ledger, with the one that says it was restored
    QByteArray head;
    friend bool operator==(const RestoreReport&, const RestoreReport&) = default;
};

/// Puts a backup in the place of a state folder that is empty or not there. All of it is checked before: digests, both
/// databases' integrity, the ledger's chain, their schemas' age. Killed at any instant the folder is as it was, or
/// whole. Errors: InvalidConfig (there is state already), Conflict (a process holds the folder), Corrupt (no whole
/// backup), Unsupported (of a newer Spillway), Unreachable, Cancelled.
[[nodiscard]] Result<RestoreReport> restoreState(const QString& file, const QString& stateFolder, const Clock& clock,
                                                 const QString& actor,
                                                 const std::function<void(std::int64_t, std::int64_t)>& tell,
                                                 std::stop_token stop);

/// `{ file, state, takenAt, entries, head }`
[[nodiscard]] QByteArray restoreReportJson(const RestoreReport& report);

} // namespace spillway
