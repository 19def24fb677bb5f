// SPDX-License-Identifier: GPL-3.0-or-later
// `notify …`
#include "app/console/notifyoperations.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/text.h"
#include "model/notify/notifystore.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

Result<NotifySubject> subjectOf(const QString& what, const QString& name, std::optional<int> version)
{
    if (what == u"schema" && name.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"write the event's type too, like: schema order.created"_s);
    if (what == u"review" && version)
        return fail(ErrorCode::InvalidConfig, u"a review has no --version"_s);
    if (what == u"alerts") {
        if (!name.isEmpty() || version)
            return fail(ErrorCode::InvalidConfig, u"alerts have no name and no --version"_s);
        return NotifySubject{NotifySubject::Kind::Alerts, {}, {}};
    }
    return NotifySubject{what == u"review" ? NotifySubject::Kind::Review : NotifySubject::Kind::Schema, name, version};
}

Result<NotifyPreview> preview(Session& session, const Context& context, const NotifySubject& subject)
{
    auto reader = session.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    return previewNotifications(*reader, context, subject, SystemClock().now(), session.stop());
}

bool printNotifications(bool isJson, const QByteArray& json)
{
    if (isJson)
        return printLine(json);
    for (const QJsonValue& each : QJsonDocument::fromJson(json).array())
        printText(u"%1  %2  %3  %4  %5%6"_s.arg(
            each[u"state"].toString().leftJustified(10), each[u"id"].toString(),
            visibleText(each[u"occasion"].toString()), visibleText(each[u"team"].toString()),
            visibleText(each[u"target"].toString()),
            each[u"detail"].isString() ? u"  "_s + visibleText(each[u"detail"].toString()) : QString()));
    return true;
}

} // namespace

int run(Session& session, const NotifyPreviewCommand& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto subject = subjectOf(command.what, command.name, command.version);
    if (!subject)
        return refuse(subject.error());
    const auto shown = preview(session, *context, *subject);
    if (!shown)
        return refuse(shown.error());
    const bool isPrinted =
        session.options().json ? printLine(previewJson(*shown)) : print(previewText(*shown).toUtf8());
    return isPrinted ? Done : OutOfReach;
}

int run(Session& session, const NotifySend& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto subject = subjectOf(command.what, command.name, command.version);
    if (!subject)
        return refuse(subject.error());
    if (command.digest.isEmpty()) {
        const auto shown = preview(session, *context, *subject);
        if (!shown)
            return refuse(shown.error());
        say(previewText(*shown).trimmed());
        return refuse({ErrorCode::InvalidConfig,
                       u"nothing was sent; to send exactly this, add --digest %1"_s.arg(shown->digest)});
    }
    return session.decide(
        u"spillwayctl notify send"_s, NotifyDecision{*subject, command.digest},
        [&session](const QByteArray& json) { return printNotifications(session.options().json, json); });
}

int run(Session& session, const NotifyStatus&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    constexpr int most = 1'000;
    const auto all = notifications(*reader, most);
    if (!all)
        return refuse(all.error());
    return printNotifications(session.options().json, notificationsJson(*all)) ? Done : OutOfReach;
}

int run(Session& session, const NotifyRetry& command)
{
    return session.decide(
        u"spillwayctl notify retry"_s, NotifyRetryDecision{command.id},
        [&session](const QByteArray& json) { return printNotifications(session.options().json, json); });
}

} // namespace spillway::ctl
