// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/teammatrix.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QHash>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

const TeamPart* MatrixRow::of(int team) const
{
    const auto found = std::lower_bound(parts.begin(), parts.end(), team,
                                        [](const TeamPart& part, int wanted) { return part.team < wanted; });
    return found != parts.end() && found->team == team ? &*found : nullptr;
}

namespace {

/// By name, nobody's last.
bool isBefore(const QString& a, const QString& b)
{
    return a.isEmpty() != b.isEmpty() ? b.isEmpty() : a < b;
}

TeamPart& partOf(MatrixRow& row, int team)
{
    for (TeamPart& part : row.parts) {
        if (part.team == team)
            return part;
    }
    return row.parts.emplace_back(TeamPart{.team = team, .publisher = {}, .readers = {}, .slo = {}});
}

void count(const MatrixRow& row, std::vector<TeamTotals>& teams)
{
    for (const TeamPart& part : row.parts) {
        TeamTotals& totals = teams[static_cast<std::size_t>(part.team)];
        totals.publishes += part.publisher.isEmpty() ? 0 : 1;
        totals.reads += part.readers.isEmpty() ? 0 : 1;
        totals.violated += part.slo == SloState::Violated ? 1 : 0;
        totals.atRisk += part.slo == SloState::AtRisk ? 1 : 0;
    }
}

QString shownTeam(const QString& team)
{
    return team.isEmpty() ? u"(nobody)"_s : visibleText(team);
}

} // namespace

TeamMatrix teamMatrix(const std::vector<JoinedEvent>& events, const std::vector<SloRow>& slos)
{
    QHash<std::pair<QString, QString>, SloState> states;
    for (const SloRow& row : slos)
        states.insert({row.consumer, row.eventType}, row.state);
    QStringList names;
    for (const JoinedEvent& event : events) {
        names += event.producer.team;
        for (const JoinedConsumer& consumer : event.consumers)
            names += consumer.team;
    }
    std::sort(names.begin(), names.end(), isBefore);
    names.removeDuplicates();
    TeamMatrix matrix;
    QHash<QString, int> places;
    for (const QString& name : names) {
        places.insert(name, static_cast<int>(matrix.teams.size()));
        matrix.teams.push_back({.team = name});
    }
    for (const JoinedEvent& event : events) {
        MatrixRow row{.eventType = event.eventType, .parts = {}};
        partOf(row, places.value(event.producer.team)).publisher =
            event.producer.service.isEmpty() ? u"?"_s : event.producer.service;
        for (const JoinedConsumer& consumer : event.consumers) {
            TeamPart& part = partOf(row, places.value(consumer.team));
            part.readers += consumer.service;
            if (!consumer.sloProcessingTimeMs)
                continue;
            const SloState state = states.value({consumer.service, event.eventType}, SloState::NoData);
            part.slo = std::min(part.slo.value_or(state), state); // the worse comes first
        }
        std::sort(row.parts.begin(), row.parts.end(),
                  [](const TeamPart& a, const TeamPart& b) { return a.team < b.team; });
        count(row, matrix.teams);
        matrix.events.push_back(std::move(row));
    }
    return matrix;
}

QByteArray teamMatrixJson(const TeamMatrix& matrix)
{
    JsonWriter json;
    json.beginArray();
    for (const MatrixRow& row : matrix.events) {
        for (const TeamPart& part : row.parts) {
            const QString& team = matrix.teams[static_cast<std::size_t>(part.team)].team;
            json.beginObject().field(u"event", row.eventType).key(u"team");
            team.isEmpty() ? json.null() : json.value(team);
            json.key(u"publishes");
            part.publisher.isEmpty() ? json.null() : json.value(part.publisher);
            json.key(u"reads").beginArray();
            for (const QString& service : part.readers)
                json.value(service);
            json.endArray().key(u"sloState");
            part.slo ? json.value(sloStateWord(*part.slo)) : json.null();
            json.endObject();
        }
    }
    json.endArray();
    return json.json();
}

QString teamMatrixText(const TeamMatrix& matrix)
{
    QString out;
    for (const TeamTotals& totals : matrix.teams)
        out += u"%1 publishes %2, reads %3; promises to it: %4 broken, %5 at risk\n"_s.arg(shownTeam(totals.team))
                   .arg(totals.publishes)
                   .arg(totals.reads)
                   .arg(totals.violated)
                   .arg(totals.atRisk);
    for (const MatrixRow& row : matrix.events) {
        QStringList words;
        for (const TeamPart& part : row.parts) {
            QStringList roles;
            if (!part.publisher.isEmpty())
                roles += u"publishes"_s;
            if (!part.readers.isEmpty())
                roles += part.slo ? u"reads, %1"_s.arg(sloStateWord(*part.slo)) : u"reads"_s;
            words += u"%1 (%2)"_s.arg(shownTeam(matrix.teams[static_cast<std::size_t>(part.team)].team),
                                      roles.join(u"; "_s));
        }
        out += visibleText(row.eventType) + u": "_s + words.join(u", "_s) + u'\n';
    }
    return out;
}

} // namespace spillway
