// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/planheaders.h"

#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/headerpack.h"
#include "model/replay/replaystore.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <map>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr std::int64_t toldEvery = 1'000;     // letters
constexpr qsizetype mostKeptBytes = 16 << 20; // of names: strangers write them

/// Names that stand in the same place share their bytes: unpackHeaders.
bool haveSameNames(const Headers& a, const Headers& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Header& one, const Header& other) {
        return one.name.constData() == other.name.constData() || one.name == other.name;
    });
}

} // namespace

int PlanHeaders::listOf(const Headers& headers, const PlanCandidate& candidate, const DialectRegistry& dialects,
                        const DeadLetterMapping* mapping, NameList& unkept)
{
    QByteArray key = candidate.dialect.toUtf8() + (mapping ? "\1" : "\2");
    for (const Header& header : headers)
        key += QByteArray::number(header.name.size()) + (isErrorHeaderByShape(candidate.dialect, header) ? '!' : ':') +
               header.name;
    if (const auto known = m_listByNames.constFind(key); known != m_listByNames.constEnd())
        return *known;
    NameList list{.names = {}, .older = olderDialects(dialects, headers, candidate.dialect, mapping)};
    std::map<QByteArray, bool> once;
    for (const Header& header : headers)
        once[header.name] = once[header.name] || isErrorHeaderByShape(candidate.dialect, header);
    for (const auto& [name, looksLikeError] : once)
        list.names.push_back({name, looksLikeError});
    m_keptBytes += 2 * key.size();
    if (m_keptBytes > mostKeptBytes) {
        m_keptBytes -= 2 * key.size();
        unkept = std::move(list);
        return -1;
    }
    m_lists.push_back(std::move(list));
    m_listByNames.insert(key, static_cast<int>(m_lists.size()) - 1);
    return static_cast<int>(m_lists.size()) - 1;
}

Status PlanHeaders::read(Database& reader, std::vector<PlanCandidate>& candidates, const DialectRegistry& dialects,
                         const MappingOf& mappingOf, const std::stop_token& stop,
                         const std::function<void(std::int64_t, std::int64_t)>& tell)
{
    Status outcome;
    const Status done = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, "SELECT headers FROM letter_body WHERE letter_ref = ?");
        const SQLite::Transaction snapshot(db); // one lock for all of them
        Headers before;
        const PlanCandidate* last = nullptr; // the letter that `before` is of
        std::int64_t gone = 0;
        for (PlanCandidate& candidate : candidates) {
            if (tell && gone++ % toldEvery == 0)
                tell(gone - 1, std::ssize(candidates));
            if (candidate.place == 0 || !isOpen(candidate.state) || !candidate.erased.isEmpty())
                continue;
            if (stop.stop_requested()) {
                outcome = fail(ErrorCode::Cancelled, u"stopped while reading letters"_s);
                return;
            }
            select.reset();
            select.bind(1, candidate.place);
            if (!select.executeStep())
                continue;
            const SQLite::Column packed = select.getColumn(0);
            auto headers =
                unpackHeaders(QByteArrayView(static_cast<const char*>(packed.getBlob()), packed.getBytes()), before);
            if (!headers) {
                outcome = failWithin(candidate.letterId, headers.error());
                return;
            }
            // What was read by shape depends on values too.
            if (last && last->dialect == candidate.dialect && last->at.topic == candidate.at.topic &&
                !knowsHeadersByShape(candidate.dialect) && haveSameNames(*headers, before)) {
                candidate.olderDialects = last->olderDialects;
                m_listByLetter.insert(candidate.letterId, m_listByLetter.value(last->letterId, -1));
                continue;
            }
            NameList unkept;
            const int list = listOf(*headers, candidate, dialects, mappingOf(candidate.at.topic), unkept);
            candidate.olderDialects = list < 0 ? unkept.older : m_lists[static_cast<std::size_t>(list)].older;
            m_listByLetter.insert(candidate.letterId, list);
            before = std::move(*headers);
            last = &candidate;
        }
    });
    return done ? outcome : done;
}

HeaderCensus PlanHeaders::census(const ReplayPlan& plan) const
{
    HeaderCensus census;
    std::map<std::pair<int, int>, std::int64_t> letters; // by rule and list of names
    for (const PlanLetter& letter : plan.letters) {
        const int list = m_listByLetter.value(letter.letterId, -1);
        if (list < 0)
            ++census.uncounted;
        else
            ++letters[{letter.stripRule, list}];
    }
    std::map<std::pair<bool, QByteArray>, std::int64_t> counts;
    for (const auto& [place, count] : letters) {
        const StripRule& strip = plan.stripRules[static_cast<std::size_t>(place.first)].rule;
        for (const Name& name : m_lists[static_cast<std::size_t>(place.second)].names)
            counts[{!strip.strips(name.text, name.looksLikeError), name.text}] += count;
    }
    for (const auto& [header, count] : counts)
        census.names.push_back({header.second, count, header.first});
    return census;
}

} // namespace spillway
