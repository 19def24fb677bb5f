// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/notifyoperations.h"

#include "app/console/reviews.h"
#include "connectors/webhook/webhooknotifier.h"
#include "model/alert/alertnews.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/compatibility/schemanews.h"
#include "model/deadletter/lettermask.h"
#include "model/job/waiter.h"
#include "model/notify/notifystore.h"
#include "model/review/reviewnews.h"

#include <QDateTime>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis lookAgain{2'000}; // at the outbox, while it is delivered in the background

Result<std::vector<News>> newsOf(Database& reader, const Context& context, const NotifySubject& subject, UtcTime now,
                                 std::stop_token stop)
{
    if (subject.kind == NotifySubject::Kind::Schema) {
        if (context.workspace.schemasFolder.isEmpty())
            return fail(ErrorCode::InvalidConfig, u"the workspace names no folder of schemas; add schemas: schemas/"_s);
        const QDate today = QDateTime::fromMSecsSinceEpoch(now.time_since_epoch().count(), Qt::UTC).date();
        return schemaNews(SchemaFolder(context.workspace.schemasFolder), context.catalog, subject.name, subject.version,
                          today);
    }
    if (subject.kind == NotifySubject::Kind::Alerts) {
        const auto prepared = prepareTellings(reader, context.workspace.alerts.telling.value_or(AlertTelling()),
                                              context.catalog, context.masker, now);
        if (!prepared)
            return tl::unexpected(prepared.error());
        std::vector<News> news;
        for (const PreparedTelling& each : *prepared)
            news.push_back(each.news);
        return news;
    }
    const auto review = readReview(reader, context, subject.name);
    if (!review)
        return tl::unexpected(review.error());
    auto groups = deadLetterGroups(reader, Query(), now, std::move(stop));
    if (!groups)
        return tl::unexpected(groups.error());
    for (DeadLetterGroup& group : *groups)
        maskGroup(group, context.masker, MaskPurpose::Report);
    return reviewNews(*review, *groups, context.catalog);
}

} // namespace

Result<NotifyPreview> previewNotifications(Database& reader, const Context& context, const NotifySubject& subject,
                                           UtcTime now, std::stop_token stop)
{
    if (context.workspace.notify.empty())
        return fail(
            ErrorCode::InvalidConfig,
            u"the workspace does not say whom to tell; add notify: [{ name: hub, kind: webhook, url: https://… }]"_s);
    const auto news = newsOf(reader, context, subject, now, std::move(stop));
    if (!news)
        return tl::unexpected(news.error());
    AddressedNews addressed = addressNews(*news, context.workspace.notify);
    NotifyPreview preview{std::move(addressed.messages), {}, std::move(addressed.unreached), {}};
    for (const NotifyMessage& message : preview.messages) {
        const auto found = findNotification(reader, message.id);
        if (!found)
            return tl::unexpected(found.error());
        if (*found)
            preview.known.emplace(message.id, (*found)->state);
    }
    preview.digest = notifyDigest(preview.messages);
    return preview;
}

QByteArray previewJson(const NotifyPreview& preview)
{
    JsonWriter json;
    json.beginObject().field(u"digest", preview.digest);
    json.key(u"messages").beginArray();
    for (const NotifyMessage& message : preview.messages) {
        json.beginObject()
            .field(u"id", message.id)
            .field(u"occasion", message.occasion)
            .field(u"target", message.target)
            .field(u"kind", notifyKindWord(message.kind))
            .field(u"team", message.team)
            .field(u"channel", message.channel.isEmpty() ? std::nullopt : std::optional(message.channel));
        const auto known = preview.known.find(message.id);
        json.field(u"state",
                   known == preview.known.end() ? std::nullopt : std::optional(notifyStateWord(known->second)));
        json.key(u"body").raw(message.body).endObject();
    }
    json.endArray().key(u"unreached").beginArray();
    for (const QString& team : preview.unreached)
        json.value(team);
    json.endArray().endObject();
    return json.json();
}

QString previewText(const NotifyPreview& preview)
{
    QString text;
    for (const NotifyMessage& message : preview.messages) {
        const auto known = preview.known.find(message.id);
        text += u"%1 to %2 (%3%4)%5\n%6\n\n"_s.arg(
            message.id, visibleText(message.target), visibleText(message.team),
            message.channel.isEmpty() ? QString() : u", "_s + visibleText(message.channel),
            known == preview.known.end() ? QString()
                                         : u": %1 already, not sent again"_s.arg(notifyStateWord(known->second)),
            visibleText(QString::fromUtf8(message.body)));
    }
    for (const QString& team : preview.unreached)
        text += u"nobody is told for %1: no target names it or its channel\n"_s.arg(visibleText(team));
    return text + u"%1 messages, digest %2\n"_s.arg(preview.messages.size()).arg(preview.digest);
}

QByteArray notificationsJson(const std::vector<Notification>& notifications)
{
    JsonWriter json;
    json.beginArray();
    for (const Notification& each : notifications)
        json.beginObject()
            .field(u"id", each.message.id)
            .field(u"occasion", each.message.occasion)
            .field(u"target", each.message.target)
            .field(u"kind", notifyKindWord(each.message.kind))
            .field(u"team", each.message.team)
            .field(u"channel", each.message.channel.isEmpty() ? std::nullopt : std::optional(each.message.channel))
            .field(u"state", notifyStateWord(each.state))
            .field(u"attempts", each.attempts)
            .field(u"queuedAt", each.queuedAt)
            .field(u"queuedBy", each.queuedBy)
            .field(u"nextAttemptAt", each.nextAt)
            .field(u"httpStatus", each.httpStatus)
            .field(u"detail", each.detail.isEmpty() ? std::nullopt : std::optional(each.detail))
            .field(u"settledAt", each.settledAt)
            .endObject();
    json.endArray();
    return json.json();
}

NotifyOperations::NotifyOperations(World world)
    : m_world(std::move(world))
    , m_outbox(m_world.ledger, m_world.store)
    , m_notifier(std::make_unique<WebhookNotifier>(m_world.context.workspace.notify, m_world.secrets, m_world.clock))
    , m_dispatcher(m_outbox, m_world.reader, *m_notifier, m_world.clock, m_world.actor)
{
}

NotifyOperations::~NotifyOperations() = default;

Status NotifyOperations::catchUp() const
{
    return m_outbox.catchUp();
}

Result<std::vector<Notification>> NotifyOperations::standing(const QStringList& ids) const
{
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    std::vector<Notification> all;
    for (const QString& id : ids) {
        auto found = findNotification(*reader, id);
        if (!found)
            return tl::unexpected(found.error());
        if (*found)
            all.push_back(std::move(**found));
    }
    return all;
}

Result<std::vector<Notification>> NotifyOperations::send(const NotifySubject& subject, const QString& digest,
                                                         std::stop_token stop)
{
    if (subject.kind == NotifySubject::Kind::Alerts)
        return fail(ErrorCode::InvalidConfig,
                    u"teams are told of alerts by themselves; write alerts: { notify: {} } in spillway.yaml"_s);
    auto reader = m_world.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto preview = previewNotifications(*reader, m_world.context, subject, m_world.clock.now(), stop);
    if (!preview)
        return tl::unexpected(preview.error());
    if (preview->digest != digest)
        return fail(ErrorCode::Conflict,
                    u"what would be sent is not what was seen; look at spillwayctl notify preview again"_s);
    if (const auto queued = m_outbox.queue(m_world.actor, preview->messages); !queued)
        return tl::unexpected(queued.error());
    QStringList ids;
    for (const NotifyMessage& message : preview->messages)
        ids += message.id;
    if (const auto delivered = m_dispatcher.deliverDue(stop); !delivered)
        return tl::unexpected(delivered.error());
    return standing(ids);
}

Result<std::vector<Notification>> NotifyOperations::retry(const QString& id, std::stop_token stop)
{
    if (const Status queued = m_outbox.retry(m_world.actor, id); !queued)
        return tl::unexpected(queued.error());
    if (const auto delivered = m_dispatcher.deliverDue(stop); !delivered)
        return tl::unexpected(delivered.error());
    return standing({id});
}

Result<Dispatcher::Report> NotifyOperations::deliverDue(std::stop_token stop)
{
    return m_dispatcher.deliverDue(std::move(stop));
}

void NotifyOperations::start()
{
    if (m_world.context.workspace.notify.empty())
        return;
    m_delivering = std::jthread([this](std::stop_token stop) {
        SystemWaiter waiter;
        // A failure (a full disk) shows where somebody decides; what is queued is still there.
        do
            (void)m_dispatcher.deliverDue(stop);
        while (waiter.waitFor(lookAgain, stop));
    });
}

} // namespace spillway
