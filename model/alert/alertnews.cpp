// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/alertnews.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString stageWords(TellingStage stage)
{
    switch (stage) {
    case TellingStage::Opened:
        return {};
    case TellingStage::Worse:
        return u", worse than before"_s;
    case TellingStage::StillOpen:
        return u", still"_s;
    case TellingStage::Resolved:
        return {};
    }
    return {};
}

/// "CRITICAL: …", "resolved: …".
QString sentenceOf(const DueTelling& telling)
{
    const Concern& concern = telling.alert.incident.concern;
    const QString head = telling.stage == TellingStage::Resolved
                             ? u"resolved"_s
                             : severityWord(concern.severity) + stageWords(telling.stage);
    return head + u": "_s + concern.summary;
}

QStringList channelsOf(const std::optional<QString>& team, const Catalog& catalog)
{
    const QString channel = team ? catalog.contactOf(*team).slackChannel : QString();
    return channel.isEmpty() ? QStringList() : QStringList{channel};
}

QString titleOf(const DueTeam& due)
{
    if (due.tellings.size() == 1)
        return sentenceOf(due.tellings.front());
    const auto of = [&due](auto wanted) {
        return static_cast<std::int64_t>(std::count_if(due.tellings.begin(), due.tellings.end(), wanted));
    };
    const auto ended = of([](const DueTelling& each) { return each.stage == TellingStage::Resolved; });
    const auto critical = of([](const DueTelling& each) {
        return each.stage != TellingStage::Resolved && each.alert.incident.concern.severity == Severity::Critical;
    });
    const auto others = static_cast<std::int64_t>(due.tellings.size()) - ended - critical;
    QStringList counts;
    if (critical > 0)
        counts += u"%1 critical"_s.arg(formatCount(critical));
    if (others > 0)
        counts += u"%1 less severe"_s.arg(formatCount(others));
    if (ended > 0)
        counts += u"%1 resolved"_s.arg(formatCount(ended));
    return u"Alerts of %1: %2"_s.arg(due.team ? visibleText(*due.team) : u"nobody"_s, counts.join(u", "_s));
}

QStringList linesOf(const DueTeam& due)
{
    QStringList lines;
    const bool isOne = due.tellings.size() == 1;
    for (std::size_t i = 0; i < std::min(due.tellings.size(), mostInWords); ++i) {
        const DueTelling& telling = due.tellings[i];
        const Incident& incident = telling.alert.incident;
        const Concern& concern = incident.concern;
        if (!isOne)
            lines += sentenceOf(telling);
        if (telling.stage == TellingStage::Resolved) {
            lines += u"It ended at %1, after %2 (%3)"_s.arg(
                formatUtc(*incident.resolvedAt),
                formatDuration(std::max(Millis{0}, *incident.resolvedAt - incident.openedAt)), incident.id);
            continue;
        }
        if (!concern.evidence.isEmpty())
            lines += concern.evidence;
        lines += u"Since %1 (%2). %3: %4"_s.arg(formatUtc(incident.since()), incident.id, concern.action.label,
                                                concern.action.command);
    }
    if (due.tellings.size() > mostInWords)
        lines += u"%1 more: spillwayctl alerts lists them all"_s.arg(
            formatCount(static_cast<std::int64_t>(due.tellings.size() - mostInWords)));
    return lines;
}

QByteArray factsOf(const DueTeam& due)
{
    JsonWriter json;
    json.beginObject().key(u"alerts").beginArray();
    for (std::size_t i = 0; i < std::min(due.tellings.size(), mostInFacts); ++i) {
        const Incident& incident = due.tellings[i].alert.incident;
        const Concern& concern = incident.concern;
        json.beginObject()
            .field(u"id", incident.id)
            .field(u"stage", tellingStageWord(due.tellings[i].stage))
            .field(u"rule", concernRuleWord(concern.rule))
            .field(u"severity", severityWord(concern.severity))
            .field(u"team", concern.team)
            .field(u"summary", concern.summary)
            .field(u"evidence", concern.evidence)
            .field(u"since", incident.since())
            .field(u"resolvedAt", incident.resolvedAt)
            .field(u"connection", incident.connection.isEmpty() ? std::nullopt : std::optional(incident.connection))
            .field(u"until", concern.until)
            .field(u"nextStep", concern.action.label)
            .field(u"command", concern.action.command)
            .endObject();
    }
    const std::size_t more = due.tellings.size() > mostInFacts ? due.tellings.size() - mostInFacts : 0;
    json.endArray().field(u"more", static_cast<std::int64_t>(more)).endObject();
    return json.json();
}

} // namespace

News alertNews(const DueTeam& due, const Catalog& catalog, UtcTime now)
{
    QByteArray identity = QByteArray::number(static_cast<qlonglong>(toMs(now)));
    for (const DueTelling& telling : due.tellings)
        identity += ' ' + telling.alert.incident.id.toUtf8() + ':' + tellingStageWord(telling.stage).toUtf8();
    return {.occasion = due.team ? u"alerts of %1"_s.arg(*due.team) : u"alerts that nobody owns"_s,
            .identity = identity,
            .type = u"alerts"_s,
            .team = due.team.value_or(QString()),
            .channels = channelsOf(due.team, catalog),
            .title = titleOf(due),
            .lines = linesOf(due),
            .facts = factsOf(due)};
}

Result<std::vector<PreparedTelling>> prepareTellings(Database& reader, const AlertTelling& settings,
                                                     const Catalog& catalog, const Masker& masker, UtcTime now)
{
    const auto facts = readTellingFacts(reader, settings, now);
    if (!facts)
        return tl::unexpected<Error>(facts.error());
    std::vector<PreparedTelling> prepared;
    for (DueTeam& due : dueTellings(*facts, settings, now)) {
        std::vector<Telling> tellings;
        for (DueTelling& each : due.tellings) {
            const Incident& incident = each.alert.incident;
            tellings.push_back({incident.id, incident.openedAt, each.stage, incident.concern.severity});
            maskAlert(each.alert, masker, MaskPurpose::Report);
        }
        prepared.push_back({due.team, std::move(tellings), alertNews(due, catalog, now)});
    }
    return prepared;
}

void noteUnreached(std::vector<Alert>& alerts, const Workspace& workspace, const Catalog& catalog)
{
    if (!workspace.alerts.telling)
        return;
    std::map<std::optional<QString>, bool> isReached; // by team: looking one up walks the catalog
    for (Alert& alert : alerts) {
        const auto& team = alert.incident.concern.team;
        if (alert.told || !isTold(alert, *workspace.alerts.telling))
            continue;
        auto at = isReached.find(team);
        if (at == isReached.end()) {
            const bool isFor = reachesAnybody(team.value_or(QString()), channelsOf(team, catalog), workspace.notify);
            at = isReached.emplace(team, isFor).first;
        }
        if (!at->second)
            alert.told = TellingStanding{.stage = {},
                                         .at = {},
                                         .state = {},
                                         .detail = team ? u"no target of notify names its team or channel"_s
                                                        : u"nobody owns it, and every target of notify names teams"_s};
    }
}

} // namespace spillway
