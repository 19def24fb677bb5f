// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/webhook/webhooknotifier.h"

#include "model/base/text.h"

#include <QDateTime>
#include <QLocale>
#include <QMessageAuthenticationCode>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

/// A target with its secrets at hand.
struct WebhookNotifier::Line
{
    QByteArray url;
    std::optional<Secret> signingSecret;
    std::unique_ptr<HttpClient> client;
};

WebhookNotifier::WebhookNotifier(std::vector<NotifyTarget> targets, SecretStore& secrets, const Clock& clock)
    : m_targets(std::move(targets))
    , m_secrets(secrets)
    , m_clock(clock)
{
}

WebhookNotifier::~WebhookNotifier() = default;

QByteArray webhookSignature(const Secret& secret, const QByteArray& body, UtcTime at)
{
    const QByteArray seconds =
        QByteArray::number(qint64{std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()});
    QByteArray signedBytes = seconds;
    signedBytes.append('.').append(body);
    const QByteArray code = QMessageAuthenticationCode::hash(signedBytes, secret.reveal(), QCryptographicHash::Sha256);
    return "t=" + seconds + ",v1=" + code.toHex();
}

DeliveryOutcome outcomeOf(const HttpAnswer& answer, UtcTime now)
{
    DeliveryOutcome outcome{.httpStatus = answer.status, .retryAfter = {}, .detail = u"HTTP %1"_s.arg(answer.status)};
    if (answer.status >= 200 && answer.status < 300) {
        outcome.kind = DeliveryOutcome::Kind::Delivered;
        return outcome;
    }
    if (answer.status < 500 && answer.status != 408 && answer.status != 425 && answer.status != 429) {
        outcome.kind = DeliveryOutcome::Kind::Refused;
        if (answer.status >= 300 && answer.status < 400)
            outcome.detail += u", a redirection, which is not followed; write the new address"_s;
        else if (answer.status == 401 || answer.status == 403 || answer.status == 404 || answer.status == 410)
            outcome.detail += u"; its address or secret is not valid any more"_s;
        return outcome;
    }
    // Turned away before anybody read it: 425, 429 and 503 say so. Every other one may be a proxy's word, or come after
    // the message was taken.
    const bool isTurnedAway = answer.status == 425 || answer.status == 429 || answer.status == 503;
    outcome.kind = isTurnedAway ? DeliveryOutcome::Kind::NotSent : DeliveryOutcome::Kind::Unknown;
    const auto after = answer.header("retry-after");
    if (!after)
        return outcome;
    bool isNumber = false;
    const qlonglong seconds = after->toLongLong(&isNumber);
    if (isNumber && seconds >= 0) {
        outcome.retryAfter = Millis(std::min(seconds, 86'400LL) * 1'000);
    } else if (QDateTime date =
                   QLocale::c().toDateTime(QString::fromLatin1(*after), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
               date.isValid()) {
        date.setTimeSpec(Qt::UTC);
        const Millis rest = UtcTime(Millis(date.toMSecsSinceEpoch())) - now;
        outcome.retryAfter = std::clamp(rest, Millis{0}, Millis{86'400'000});
    }
    return outcome;
}

Result<WebhookNotifier::Line*> WebhookNotifier::lineTo(const QString& name)
{
    if (const auto known = m_lines.find(name); known != m_lines.end())
        return known->second.get();
    const auto target =
        std::find_if(m_targets.begin(), m_targets.end(), [&](const NotifyTarget& each) { return each.name == name; });
    if (target == m_targets.end())
        return fail(ErrorCode::NotFound, u"notify target %1 is no longer in the workspace"_s.arg(visibleText(name)));
    auto line = std::make_unique<Line>();
    line->url = target->url.toUtf8();
    if (target->secretUrl) {
        auto url = m_secrets.resolve(*target->secretUrl);
        if (!url)
            return tl::unexpected(url.error());
        line->url = url->reveal().trimmed();
    }
    if (target->signingSecret) {
        auto secret = m_secrets.resolve(*target->signingSecret);
        if (!secret)
            return tl::unexpected(secret.error());
        line->signingSecret = std::move(*secret);
    }
    auto credentials = resolveCredentials(target->security, m_secrets);
    if (!credentials)
        return tl::unexpected(credentials.error());
    line->client = std::make_unique<HttpClient>(u"notify target %1"_s.arg(name), std::move(*credentials));
    return m_lines.emplace(name, std::move(line)).first->second.get();
}

DeliveryOutcome WebhookNotifier::deliver(const NotifyMessage& message, int attempt, std::stop_token stop)
{
    const auto line = lineTo(message.target);
    if (!line)
        return {
            .kind = DeliveryOutcome::Kind::NotSent, .httpStatus = {}, .retryAfter = {}, .detail = line.error().detail};
    HttpRequest request;
    request.method = "POST";
    request.url = (*line)->url;
    request.body = message.body;
    request.timeout = Millis{10'000};
    request.largestAnswer = 64 << 10;
    request.headers = {{"Content-Type", "application/json"},
                       {"Idempotency-Key", message.id.toLatin1()},
                       {"Spillway-Message", message.id.toLatin1()},
                       {"Spillway-Attempt", QByteArray::number(attempt)}};
    if ((*line)->signingSecret)
        request.headers.push_back(
            {"Spillway-Signature", webhookSignature(*(*line)->signingSecret, message.body, m_clock.now())});
    const auto answer = (*line)->client->send(request, std::move(stop));
    if (answer)
        return outcomeOf(*answer, m_clock.now());
    return {.kind = answer.error().mayHaveArrived ? DeliveryOutcome::Kind::Unknown : DeliveryOutcome::Kind::NotSent,
            .httpStatus = {},
            .retryAfter = {},
            .detail = answer.error().error.detail};
}

} // namespace spillway
