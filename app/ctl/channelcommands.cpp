// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/text.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/channeloutput.h"
#include "model/deadletter/doctor.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqChannels&)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    const auto outlooks = channelOutlooks(*reader, now, session.stop());
    if (!outlooks)
        return refuse(outlooks.error());
    const bool isHeard =
        session.options().json ? printLine(channelsJson(*outlooks)) : print(channelsText(*outlooks, now).toUtf8());
    return isHeard ? Done : OutOfReach;
}

int run(Session& session, const DlqDoctor&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto findings =
        doctorFindings(*reader, context->workspace, context->catalog, SystemClock().now(), session.stop());
    if (!findings)
        return refuse(findings.error());
    const bool isHeard =
        session.options().json ? printLine(doctorJson(*findings)) : print(doctorText(*findings).toUtf8());
    if (!isHeard)
        return OutOfReach;
    const bool isWrong = std::any_of(findings->begin(), findings->end(), [](const DoctorFinding& finding) {
        return finding.severity == DoctorSeverity::Error;
    });
    return isWrong ? Found : Done;
}

int run(Session& session, const DlqRescue& command)
{
    const RescueDecision decision{.ids = command.ids, .query = command.query};
    return session.decide(u"spillwayctl dlq rescue"_s, decision, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QJsonObject told = QJsonDocument::fromJson(json).object();
        return printText(u"%1 rescued (%2), %3 needed none, %4 lost, %5 refused"_s.arg(
            formatCount(told[u"rescued"].toInteger()), formatSizeBytes(told[u"bytes"].toInteger()),
            formatCount(told[u"already"].toInteger()), formatCount(told[u"lost"].toInteger()),
            formatCount(told[u"refused"].toInteger())));
    });
}

int run(Session& session, const DlqReread& command)
{
    const RereadDecision decision{.channel = command.channel, .connection = command.connection};
    return session.decide(u"spillwayctl dlq reread"_s, decision, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QJsonObject told = QJsonDocument::fromJson(json).object();
        const qint64 letters = told[u"letters"].toInteger();
        const qint64 total = told[u"total"].toInteger();
        const qint64 changed = told[u"changed"].toInteger();
        const QString others =
            u"%1 %2 something else now"_s.arg(formatCount(changed), changed == 1 ? u"says"_s : u"say"_s);
        if (letters < total)
            return printText(u"stopped: %1 of %2 letters read again, %3; run it again for the rest"_s.arg(
                formatCount(letters), formatCount(total), others));
        return printText(
            u"%1 %2 read again, %3"_s.arg(formatCount(letters), letters == 1 ? u"letter"_s : u"letters"_s, others));
    });
}

} // namespace spillway::ctl
