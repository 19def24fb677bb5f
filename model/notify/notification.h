// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/workspace/workspace.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace spillway {

/// What a target is to be told: made once, sent as it is.
struct NotifyMessage
{
    QString id;       ///< 32 hex digits, of what is said, to whom and where: the key that keeps it single
    QString occasion; ///< in words: `schema order.created v3`, `review r-2026-11-26`
    QString target;   ///< name in spillway.yaml
    NotifyTarget::Kind kind = NotifyTarget::Kind::Webhook;
    QString team;
    QString channel; ///< as ownership.yaml names it; empty: none
    QByteArray body; ///< JSON, exactly what is posted; holds `id`
    friend bool operator==(const NotifyMessage&, const NotifyMessage&) = default;
};

enum class NotifyState {
    Queued,    ///< to be sent, now or later
    Sending,   ///< on its way, or its sender died on the way
    Delivered, ///< the target said it has it
    Failed,    ///< the target refused it, or it could not be reached for a day
    InDoubt,   ///< it may have arrived, and the target could not tell a second one from the first
};
[[nodiscard]] QString notifyStateWord(NotifyState state); ///< queued, sending, delivered, failed, inDoubt
[[nodiscard]] std::optional<NotifyState> notifyStateFromWord(QStringView word);
[[nodiscard]] QString notifyKindWord(NotifyTarget::Kind kind); ///< slack, webhook

/// A message with what became of it.
struct Notification
{
    NotifyMessage message;
    NotifyState state = NotifyState::Queued;
    UtcTime queuedAt;
    QString queuedBy;
    int attempts = 0;
    std::optional<UtcTime> nextAt; ///< of Queued: not before
    bool isLimited = false;        ///< the target asked us to wait until then
    std::optional<int> httpStatus; ///< of the last answer
    QString detail;                ///< why it is where it is, for people; no address, no secret
    std::optional<UtcTime> settledAt;
    friend bool operator==(const Notification&, const Notification&) = default;
};

/// The key of a message: a hash of what it is about, to whom and where. Pure.
[[nodiscard]] QString notifyId(const QString& occasion, const QByteArray& identity, const QString& target,
                               const QString& team);

/// What people agree to before it is sent: a hash over all messages, in their order. Pure.
[[nodiscard]] QString notifyDigest(const std::vector<NotifyMessage>& messages);

} // namespace spillway
