// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

/// Which letters are one problem. Version 1: same error class, event type and consumer. Messages and stacks do not
/// enter: they hold hashes, times and generated names that differ from one failure to the next.
namespace spillway {

struct FingerprintParts
{
    std::optional<QString> errorClass;
    std::optional<QString> eventType;
    std::optional<QString> consumer;
    friend bool operator==(const FingerprintParts&, const FingerprintParts&) = default;
};

inline constexpr int fingerprintVersion = 1;

/// `g` and 12 hex digits; the same for ever for the same version and parts.
[[nodiscard]] QString groupId(const FingerprintParts& parts);

/// In words: `IllegalStateException in payment-service on order.created`; what is unknown is left out.
[[nodiscard]] QString groupTitle(const FingerprintParts& parts);

} // namespace spillway
