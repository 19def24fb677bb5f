// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/http/httpclient.h"
#include "model/base/clock.h"
#include "model/notify/notifier.h"
#include "model/workspace/secret.h"

#include <map>
#include <memory>

namespace spillway {

/// Posts messages to Slack's incoming webhooks and to webhooks of one's own. Every post bears `Idempotency-Key` and
/// `Spillway-Message` (the message's id) and `Spillway-Attempt`; with a `secret` also
/// `Spillway-Signature: t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.BODY`. Secrets are looked up when they are needed.
/// One thread at a time.
class WebhookNotifier final : public Notifier
{
public:
    /// @param secrets, clock  outlive the notifier
    WebhookNotifier(std::vector<NotifyTarget> targets, SecretStore& secrets, const Clock& clock);
    ~WebhookNotifier() override;
    [[nodiscard]] DeliveryOutcome deliver(const NotifyMessage& message, int attempt, std::stop_token stop) override;

private:
    struct Line;
    [[nodiscard]] Result<Line*> lineTo(const QString& target);

    std::vector<NotifyTarget> m_targets;
    SecretStore& m_secrets;
    const Clock& m_clock;
    std::map<QString, std::unique_ptr<Line>> m_lines; ///< opened so far, by target
};

/// `t=1700000000,v1=…` of a body.
[[nodiscard]] QByteArray webhookSignature(const Secret& secret, const QByteArray& body, UtcTime at);

/// What an answer means. 2xx: delivered; 408, 425, 429 and 5xx: another time, as `Retry-After` says; all else is a
/// refusal, redirections too. Pure.
[[nodiscard]] DeliveryOutcome outcomeOf(const HttpAnswer& answer, UtcTime now);

} // namespace spillway
