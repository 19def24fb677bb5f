// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/clock.h"
#include "model/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace spillway {

/// One decision, replay step or audit entry. Type and body never change meaning; a new form is a new type.
struct LedgerEvent
{
    std::int64_t seq = 0; ///< 1, 2, 3 … without gaps
    UtcTime at;
    QString actor;           ///< who: OS user
    QString type;            ///< `replay.planned`, `deadletter.triaged`, …
    QByteArray body;         ///< JSON object, UTF-8; never a payload, key or secret
    QByteArray previousHash; ///< 32 bytes; zeros for the first
    QByteArray hash;         ///< SHA-256 over the length-prefixed fields above and previousHash
};

struct LedgerVerification
{
    std::int64_t entries = 0;
    QByteArray head; ///< hash of the last event
    bool isIntact = true;
    /// Seq of the first event that does not fit; entries + 1 when the end was cut off.
    std::optional<std::int64_t> firstBreak;
    QString finding; ///< what does not fit, in words; empty when intact
    /// Events after the one `ledger.head` names. More than 0 is no break: a process died between its commit and its head.
    std::int64_t headBehindBy = 0;
};

/// The append-only, hash-chained event log in ledger.sqlite (synchronous=FULL). Thread-safe; one process.
class Ledger
{
public:
    /// Opens or creates it. Corrupt when the chain does not contain what `ledger.head` names: appending would hide the break.
    [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const QString& file, const Clock& clock);
    ~Ledger();

    struct Draft
    {
        QString actor;
        QString type;
        QByteArray body;
    };
    /// Appends in one durable transaction, in order; true on disk when it returns. Then `ledger.head` is rewritten.
    /// All or none; a body that is no JSON object is Internal. Blocks on the disk.
    [[nodiscard]] Result<std::vector<LedgerEvent>> append(std::vector<Draft> drafts);
    [[nodiscard]] Result<LedgerEvent> append(QString actor, QString type, QByteArray body);

    /// Events with seq > `after`, oldest first, at most `limit`. `typePrefix` empty takes all.
    [[nodiscard]] Result<std::vector<LedgerEvent>> read(std::int64_t after, int limit,
                                                        const QString& typePrefix = {}) const;
    [[nodiscard]] Result<std::int64_t> lastSeq() const;

private:
    struct Impl;
    explicit Ledger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Reads the file alone (no lock, no writer) and walks the chain. Also compares with `ledger.head` beside it. A break is a value;
/// an error (NotFound, Corrupt, Unreachable) means it could not be looked at.
[[nodiscard]] Result<LedgerVerification> verifyLedger(const QString& file);
/// Events straight from the file, for readers that are not the holder.
[[nodiscard]] Result<std::vector<LedgerEvent>> readLedger(const QString& file, std::int64_t after, int limit,
                                                          const QString& typePrefix = {});

} // namespace spillway
