// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/schemasamples.h"

#include "model/compatibility/compatibilitycheck.h"
#include "model/deadletter/queryrun.h"

#include <algorithm>
#include <map>
#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t mostSamples = 1'000;

} // namespace

Status playSamples(Database& reader, const QString& schemasFolder, UtcTime now, std::vector<EventImpact>& impact,
                   std::stop_token stop)
{
    std::vector<FileIssue> issues; // were told by the check
    const SchemaFolder folder(schemasFolder);
    // Of one event its own files; of many all files once.
    std::map<QString, std::vector<SchemaVersion>> byEvent;
    for (SchemaVersion& version :
         versionsOfFolder(folder, {}, issues, impact.size() == 1 ? impact.front().eventType : QString())) {
        const QString event = version.eventType;
        byEvent[event].push_back(std::move(version));
    }
    for (EventImpact& one : impact) {
        const std::vector<SchemaVersion>& versions = byEvent[one.eventType];
        const auto find = [&](int number) {
            return std::find_if(versions.begin(), versions.end(), [&](const SchemaVersion& version) {
                return version.eventType == one.eventType && version.version == number;
            });
        };
        const auto older = find(one.from);
        const auto newer = find(one.to);
        if (older == versions.end() || newer == versions.end() || one.from == one.to)
            continue;
        QString name = one.eventType;
        const auto query =
            parseQuery(u"eventType:\"%1\""_s.arg(name.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s)));
        if (!query)
            return tl::unexpected(query.error());
        std::optional<SamplePlayer> player; // the schemas are read for the first letter
        const auto run = runQuery(
            reader, *query, {.now = now, .limit = mostSamples, .parts = LetterParts::Whole},
            [&](const DeadLetter& letter) {
                if (!letter.record.value)
                    return true;
                if (!player)
                    player.emplace(*older, *newer);
                player->play(letter.id, *letter.record.value);
                return true;
            },
            stop);
        if (!run)
            return tl::unexpected(run.error());
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"the samples were not all looked at"_s);
        if (player && player->outcome().fitting + player->outcome().others > 0)
            one.samples = player->outcome();
    }
    return {};
}

} // namespace spillway
