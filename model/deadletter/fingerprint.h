// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

/// Which letters are one problem: same root cause class, same first frame of the application, same message
/// once numbers, ids, times and values are folded, same event type and consumer. Line numbers, hashes, generated names
/// and wrappers do not enter: they differ from one failure to the next. (Version 1 was error class, event type,
/// consumer; version 2 folded quoted names of fields too; version 4 folded what compilers number; version 5 reads
/// stacks of other languages than Java; version 6 also those of Firefox, Safari and a .NET that speaks no English.)
namespace spillway {

struct FingerprintParts
{
    std::optional<QString> fixed;     ///< by a rule of the workspace: nothing else enters then
    std::optional<QString> rootCause; ///< class: end of the cause chain, else the error's
    std::optional<QString> frame;     ///< `com.acme.Billing.on`, `orders/stock.py:take`
    std::optional<QString> message;   ///< folded
    std::optional<QString> eventType;
    std::optional<QString> consumer;
    friend bool operator==(const FingerprintParts&, const FingerprintParts&) = default;
};

inline constexpr int fingerprintVersion = 6;

/// A letter's group by its content, before anybody merged or split anything.
struct Fingerprint
{
    QString id;    ///< empty: not made yet
    QString title; ///< in words
    FingerprintParts parts;
    std::optional<QString> rule; ///< name of the workspace's rule that applied
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// `g` and 12 hex digits; the same for ever for the same parts. (Ids are made as in version 4: later ones find the same
/// parts in what version 4 could read, and so those groups keep their ids.)
[[nodiscard]] QString groupId(const FingerprintParts& parts);

/// In words: `IllegalStateException: no stock for sku <n>`, without message `NullPointerException in Billing.on`; what
/// is unknown is left out.
[[nodiscard]] QString groupTitle(const FingerprintParts& parts);

} // namespace spillway
