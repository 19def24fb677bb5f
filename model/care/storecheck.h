// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/ledger/ledger.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

/// Whether the files of a state folder are sound, and what they hold. Reads only, beside a process that goes on
/// writing; a file that is damaged is a finding, not an error.
namespace spillway {

struct StoreFault
{
    QString file;   ///< its name in the folder
    QString what;   ///< one sentence
    QString remedy; ///< what to do
    friend bool operator==(const StoreFault&, const StoreFault&) = default;
};

struct StoreFile
{
    QString name;
    std::int64_t bytes = 0;
    std::optional<std::int64_t> freeBytes; ///< inside of it, to be used again; nullopt: no database that can be read
    std::optional<int> schema;             ///< number of its last migration
    friend bool operator==(const StoreFile&, const StoreFile&) = default;
};

/// What one kind of data takes.
struct StoredKind
{
    QString kind; ///< letters, payloads, decisions, replays, lag, processing, topics, notifications, other, ledger
    std::int64_t rows = 0;
    std::optional<std::int64_t> bytes; ///< with indexes; nullopt: this SQLite cannot tell
    std::optional<UtcTime> oldest;     ///< nullopt: there is none, or its rows have no time
    friend bool operator==(const StoredKind&, const StoredKind&) = default;
};

struct StoreCheck
{
    std::vector<StoreFault> findings;
    std::vector<StoreFile> files; ///< databases, their logs, copies of earlier releases
    std::vector<StoredKind> data;
    std::optional<LedgerVerification> chain; ///< nullopt: there is no ledger, or it cannot be read
    std::optional<bool>
        isAsLedgerSays; ///< decisions shown, against the ledger read from its beginning; nullopt: not compared
    QStringList notes;  ///< what was left out, and why
    std::optional<std::int64_t> diskFreeBytes; ///< nullopt: the system does not tell

    [[nodiscard]] bool isSound() const { return findings.empty(); }
};

/// @param tell  what is looked at now; may be empty.
/// Errors: Unreachable (the folder may not be read), Cancelled. Blocking; as long as reading both files takes, and
/// needs room for the letters without their payloads in the system's temporary folder.
[[nodiscard]] Result<StoreCheck> checkStore(const QString& folder, const std::function<void(const QString&)>& tell,
                                            std::stop_token stop);

/// `{ sound, findings: [{ file, what, remedy }], files: [{ name, bytes, freeBytes, schema }],
/// data: [{ kind, rows, bytes, oldest }], ledger: { entries, head, intact, firstBreak } or null, asLedgerSays,
/// diskFreeBytes, notes }`
[[nodiscard]] QByteArray storeCheckJson(const StoreCheck& check);
[[nodiscard]] QString storeCheckText(const StoreCheck& check);

/// Whether what `samples` shows of decisions, replays and messages is what the ledger makes when it is read from its
/// beginning. Works on copies in a temporary folder. @return tables that differ, each with the number of rows.
[[nodiscard]] Result<QStringList> compareWithLedger(const QString& samplesFile, const QString& ledgerFile);

} // namespace spillway
