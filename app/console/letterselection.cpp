// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letterselection.h"

#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/triageaction.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<std::vector<DeadLetter>> selectedLetters(Database& reader, const LetterSelection& selection, UtcTime now,
                                                std::stop_token stop)
{
    std::vector<DeadLetter> letters;
    for (const QString& id : selection.ids) {
        if (isGroupId(id)) {
            auto members = selectedLetters(reader, {.ids = {}, .query = u"group:"_s + id}, now, stop);
            if (!members)
                return members;
            if (members->empty())
                return fail(ErrorCode::NotFound, u"no group %1 is stored"_s.arg(id));
            letters.insert(letters.end(), members->begin(), members->end());
            continue;
        }
        auto letter = deadLetter(reader, id);
        if (!letter)
            return tl::unexpected(letter.error());
        letters.push_back(std::move(*letter));
    }
    if (!selection.ids.isEmpty())
        return letters;
    const auto query = parseQuery(selection.query);
    if (!query)
        return tl::unexpected(query.error());
    const auto outcome = runQuery(
        reader, *query, {.now = now, .limit = std::nullopt},
        [&](const DeadLetter& letter) {
            letters.push_back(letter);
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected(outcome.error());
    if (outcome->end == QueryOutcome::End::Stopped)
        return fail(ErrorCode::Cancelled, u"stopped while the letters were read; nothing was decided"_s);
    return letters;
}

} // namespace spillway
