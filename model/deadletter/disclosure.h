// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"

#include <QString>

/// What is kept when masked bytes are shown, or letters leave as a file: an event first, then the bytes. Nothing is
/// projected from these events; they are there for the audit.
namespace spillway {

/// `deadletter.revealed`: somebody looks at a letter without the masks.
struct RevealRequest
{
    QString letterId;
    QString reason; ///< required
    friend bool operator==(const RevealRequest&, const RevealRequest&) = default;
};

/// `deadletter.exported`: letters leave as a file.
struct ExportRecord
{
    QString query; ///< as it was asked, masked: it may quote what it looks for
    QString file;  ///< absolute
    QString format;
    std::int64_t letters = 0;
    std::int64_t masked = 0; ///< of them with something masked
    bool isMasked = true;    ///< false: the masks were off, or taken off for `reason`
    QString reason;          ///< required where masks were taken off, else may be empty
    friend bool operator==(const ExportRecord&, const ExportRecord&) = default;
};

/// Why it may not be; InvalidConfig with what to write instead.
[[nodiscard]] Status checkReveal(const RevealRequest& request);

[[nodiscard]] Status recordReveal(Ledger& ledger, const QString& actor, const RevealRequest& request);
[[nodiscard]] Status recordExport(Ledger& ledger, const QString& actor, const ExportRecord& record);

} // namespace spillway
