// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letterselection.h"

#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triageaction.h"

#include <QSet>

#include <algorithm>
#include <iterator>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isClosed(const DeadLetter& letter)
{
    return !isOpen(letter.state);
}

bool asksForState(const QueryNode& node)
{
    return node.kind == QueryNode::Kind::Term ? node.term.field == QueryField::State
                                              : std::any_of(node.children.begin(), node.children.end(), asksForState);
}

Status visitQuery(Database& reader, const QString& text, UtcTime now,
                  const std::function<void(const DeadLetter&)>& visit, std::stop_token stop)
{
    const auto query = parseQuery(text);
    if (!query)
        return tl::unexpected(query.error());
    const auto outcome = runQuery(
        reader, *query, {.now = now, .limit = std::nullopt},
        [&](const DeadLetter& letter) {
            visit(letter);
            return true;
        },
        std::move(stop));
    if (!outcome)
        return tl::unexpected(outcome.error());
    if (outcome->end == QueryOutcome::End::Stopped)
        return fail(ErrorCode::Cancelled, u"stopped while the letters were read; nothing was decided"_s);
    return {};
}

} // namespace

Result<std::vector<DeadLetter>> selectedLetters(Database& reader, const LetterSelection& selection, UtcTime now,
                                                std::stop_token stop)
{
    std::vector<DeadLetter> letters;
    const auto take = [&letters](std::vector<DeadLetter> more) {
        letters.insert(letters.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    QStringList named; // letters in a row are read together
    const auto takeNamed = [&]() -> Status {
        auto read = deadLettersById(reader, std::exchange(named, {}), LetterParts::Summary, stop);
        if (!read)
            return tl::unexpected(read.error());
        take(std::move(*read));
        return {};
    };
    const auto ids = wholeSubjects(reader, selection.ids);
    if (!ids)
        return tl::unexpected(ids.error());
    for (const QString& id : *ids) {
        if (!isGroupId(id)) {
            named += id;
            continue;
        }
        if (const Status taken = takeNamed(); !taken)
            return tl::unexpected(taken.error());
        auto members = selectedLetters(reader, {.ids = {}, .query = u"group:"_s + id}, now, stop);
        if (!members)
            return members;
        if (members->empty())
            return fail(ErrorCode::NotFound, u"no group %1 is stored"_s.arg(id));
        if (selection.isOpenOnly)
            std::erase_if(*members, isClosed);
        if (members->empty())
            return fail(
                ErrorCode::InvalidConfig,
                u"no letter of group %1 is open; name letters, or --query \"group:%1\", to decide anew"_s.arg(id));
        take(std::move(*members));
    }
    if (const Status taken = takeNamed(); !taken)
        return tl::unexpected(taken.error());
    if (!selection.ids.isEmpty()) {
        // Named twice, or by its id and by its group's: still one letter.
        QSet<QString> known;
        std::erase_if(letters, [&known](const DeadLetter& letter) {
            const auto before = known.size();
            known.insert(letter.id);
            return known.size() == before;
        });
        return letters;
    }
    const Status read = visitQuery(
        reader, selection.query, now, [&](const DeadLetter& letter) { letters.push_back(letter); }, stop);
    if (!read)
        return tl::unexpected(read.error());
    return letters;
}

Status visitSelected(Database& reader, const LetterSelection& selection, UtcTime now,
                     const std::function<void(const DeadLetter&)>& visit, std::stop_token stop)
{
    if (selection.ids.isEmpty())
        return visitQuery(reader, selection.query, now, visit, std::move(stop));
    const auto ids = wholeSubjects(reader, selection.ids);
    if (!ids)
        return tl::unexpected(ids.error());
    if (std::any_of(ids->begin(), ids->end(), isGroupId)) {
        const auto letters = selectedLetters(reader, selection, now, std::move(stop));
        if (!letters)
            return tl::unexpected(letters.error());
        std::for_each(letters->begin(), letters->end(), visit);
        return {};
    }
    constexpr qsizetype atOnce = 2'000;
    QSet<QString> known;
    for (qsizetype from = 0; from < ids->size(); from += atOnce) {
        const auto letters = deadLettersById(reader, ids->mid(from, atOnce), LetterParts::Summary, stop);
        if (!letters)
            return tl::unexpected(letters.error());
        for (const DeadLetter& letter : *letters) {
            const auto before = known.size();
            known.insert(letter.id);
            if (known.size() > before)
                visit(letter);
        }
    }
    return {};
}

Result<FrozenLetters> frozenLetters(Database& reader, const QString& query, UtcTime now, std::stop_token stop)
{
    auto letters = selectedLetters(reader, {.ids = {}, .query = query}, now, stop);
    if (!letters)
        return tl::unexpected(letters.error());
    const auto asked = parseQuery(query);
    if (asked && !asksForState(asked->root) && !std::all_of(letters->begin(), letters->end(), isClosed))
        std::erase_if(*letters, isClosed);
    FrozenLetters frozen{.ids = {}, .open = 0, .query = query, .at = now, .lastPlace = 0};
    for (const DeadLetter& letter : *letters) {
        frozen.ids += letter.id;
        frozen.open += isOpen(letter.state) ? 1 : 0;
        frozen.lastPlace = std::max(frozen.lastPlace, letter.place);
    }
    return frozen;
}

Result<std::int64_t> arrivedSince(Database& reader, const FrozenLetters& frozen, UtcTime now, std::stop_token stop)
{
    const auto query = parseQuery(frozen.query);
    if (!query)
        return tl::unexpected(query.error());
    const auto places = letterPlaces(reader, *query, now, stop);
    if (!places)
        return tl::unexpected(places.error());
    return std::count_if(places->begin(), places->end(), [&](std::int64_t place) { return place > frozen.lastPlace; });
}

} // namespace spillway
