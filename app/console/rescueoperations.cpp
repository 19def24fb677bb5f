// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/rescueoperations.h"

#include "connectors/kafka/connection.h"
#include "model/deadletter/channeloutlook.h"

#include <limits>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<RescueReport> RescueOperations::rescue(const LetterSelection& selection, const AnswerSink& sink,
                                              std::stop_token stop,
                                              const std::function<void(std::int64_t, std::int64_t)>& tell)
{
    auto database = Database::open(m_world.context.samplesFile(), Database::Access::Reader);
    if (!database)
        return tl::unexpected(database.error());
    const auto letters = selectedLetters(*database, selection, m_world.clock.now(), stop);
    if (!letters)
        return tl::unexpected(letters.error());
    std::map<QString, std::vector<DeadLetter>> byConnection;
    for (const DeadLetter& letter : *letters)
        byConnection[letter.connection].push_back(letter);
    LetterRescuer rescuer(m_world.ledger, m_world.samples, m_world.clock, m_world.actor);
    RescueReport sum;
    for (const auto& [name, theirs] : byConnection) {
        const auto connection = m_world.connections.find(name);
        if (connection == m_world.connections.end())
            return fail(ErrorCode::InvalidConfig, u"connection %1 is no longer in the workspace"_s.arg(name));
        const auto lookup = connection->second->recordLookup();
        const RescueBudget all{.letters = std::ssize(theirs), .bytes = std::numeric_limits<std::int64_t>::max()};
        const auto lookedTell = [&](const RescueReport& sofar) {
            if (tell)
                tell(sum.looked() + sofar.looked(), std::ssize(*letters));
        };
        const auto report = rescuer.rescue(*lookup, theirs, all, stop, lookedTell);
        if (!report)
            return tl::unexpected(report.error());
        for (const auto* list : {&report->gone, &report->refused}) {
            for (const auto& [id, why] : *list)
                sink.note(id + u": "_s + why);
        }
        sum.rescued += report->rescued;
        sum.bytes += report->bytes;
        sum.already += report->already;
        sum.lost += report->lost;
        sum.gone.insert(sum.gone.end(), report->gone.begin(), report->gone.end());
        sum.refused.insert(sum.refused.end(), report->refused.begin(), report->refused.end());
    }
    // What is rescued warns nobody any more; until the next sample the old counts would.
    if (sum.rescued + sum.lost > 0) {
        const UtcTime now = m_world.clock.now();
        if (const auto outlooks = channelOutlooks(*database, now, stop))
            (void)m_world.samples.write(
                [&](Database& store) { return keepOutlooks(store, *outlooks, now); }); // the next sample counts anew
        m_world.onRescued();
    }
    return sum;
}

} // namespace spillway
