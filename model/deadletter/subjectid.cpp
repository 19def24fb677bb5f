// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/subjectid.h"

#include "model/base/text.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triageaction.h"

#include <SQLiteCpp/Statement.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype wholeGroupSize = 13;
constexpr qsizetype leastGroupSize = 5;
constexpr int mostCandidates = 10; // that are named

/// The address of a letter's id without its digest.
std::optional<LetterAddress> shortAddress(QStringView typed)
{
    return typed.count(u'-') == 2 ? parseLetterId(typed.toString() + u"-00000000"_s) : std::nullopt;
}

tl::unexpected<Error> several(const QString& typed, QStringList candidates, const QString& because)
{
    const bool isMore = candidates.size() > mostCandidates;
    const QString last = isMore ? u"others"_s : candidates.last();
    candidates = candidates.first(isMore ? mostCandidates : candidates.size() - 1);
    return fail(ErrorCode::InvalidConfig,
                u"%1 %2: %3 and %4; write the whole id"_s.arg(typed, because, candidates.join(u", "_s), last));
}

Result<QString> letterAt(SQLite::Database& db, const LetterAddress& address, const QString& typed)
{
    SQLite::Statement select(db, "SELECT l.digest FROM letter_channel c JOIN letter l ON l.channel_ref = c.id"
                                 " WHERE c.tag = ? AND l.partition = ? AND l.offset = ?"
                                 " ORDER BY l.id LIMIT 100");
    sql::bind(select, 1, address.channelTag);
    select.bind(2, address.partition);
    select.bind(3, address.offset.value);
    QStringList found;
    while (select.executeStep()) {
        const auto digest = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
        found += u"%1-%2"_s.arg(typed).arg(digest >> 32U, 8, 16, QChar(u'0'));
    }
    if (found.isEmpty())
        return fail(ErrorCode::NotFound, u"no dead letter %1 is stored"_s.arg(typed));
    if (found.size() > 1)
        return several(typed, found, u"lies on two topics that bore the same name one after the other"_s);
    return found.first();
}

Result<QString> groupThatBegins(SQLite::Database& db, const QString& typed)
{
    // Every hex digit stands before `g`.
    SQLite::Statement select(db, "SELECT group_id FROM letter_group WHERE group_id >= ?1 AND group_id < ?2"
                                 " UNION SELECT from_id FROM group_alias WHERE from_id >= ?1 AND from_id < ?2"
                                 " UNION SELECT into_id FROM group_alias WHERE into_id >= ?1 AND into_id < ?2"
                                 " UNION SELECT group_id FROM group_split WHERE group_id >= ?1 AND group_id < ?2"
                                 " ORDER BY 1 LIMIT 100");
    sql::bind(select, 1, typed);
    sql::bind(select, 2, typed + u'g');
    QStringList found;
    QStringList present;
    while (select.executeStep())
        found += sql::text(select.getColumn(0));
    for (const QString& id : found)
        present += effectiveGroup(db, id);
    present.removeDuplicates();
    if (found.isEmpty())
        return fail(ErrorCode::NotFound,
                    u"no group's id begins with %1; `spillwayctl dlq groups` prints them"_s.arg(typed));
    if (found.size() == 1)
        return found.first();
    if (present.size() == 1)
        return present.first(); // old names of one group
    return several(typed, present, u"begins several groups' ids"_s);
}

template<typename T, typename Ask>
Result<T> asked(Database& reader, const Ask& ask)
{
    Result<T> answer = fail(ErrorCode::Internal, u"not read"_s);
    const Status status = reader.guarded([&](SQLite::Database& db) { answer = ask(db); });
    return status ? answer : tl::unexpected<Error>(status.error());
}

template<typename One>
Result<QStringList> each(Database& reader, const QStringList& typed, const One& one)
{
    return asked<QStringList>(reader, [&](SQLite::Database& db) -> Result<QStringList> {
        QStringList whole;
        for (const QString& id : typed) {
            const Result<QString> found = one(db, id);
            if (!found)
                return tl::unexpected<Error>(found.error());
            whole += *found;
        }
        return whole;
    });
}

constexpr auto subjectIn = [](SQLite::Database& db, const QString& id) { return wholeSubject(db, id); };
constexpr auto groupIn = [](SQLite::Database& db, const QString& id) { return wholeGroup(db, id); };

} // namespace

bool isGroupBeginning(QStringView typed)
{
    return typed.size() >= leastGroupSize && typed.size() < wholeGroupSize &&
           isGroupId(typed.toString().leftJustified(wholeGroupSize, u'0'));
}

bool isSubjectText(QStringView typed)
{
    return isGroupId(typed) || isGroupBeginning(typed) || parseLetterId(typed) || shortAddress(typed);
}

Result<QString> wholeSubject(SQLite::Database& db, const QString& typed)
{
    if (isGroupId(typed) || parseLetterId(typed))
        return typed;
    if (isGroupBeginning(typed))
        return groupThatBegins(db, typed);
    if (const auto address = shortAddress(typed))
        return letterAt(db, *address, typed);
    return fail(ErrorCode::InvalidConfig,
                u"\"%1\" is no group's or letter's id; `spillwayctl dlq groups` and `dlq list` print them"_s.arg(
                    visibleText(typed.left(80))));
}

Result<QString> wholeGroup(SQLite::Database& db, const QString& typed)
{
    if (isGroupId(typed))
        return typed;
    if (isGroupBeginning(typed))
        return groupThatBegins(db, typed);
    return fail(ErrorCode::InvalidConfig,
                u"\"%1\" is no group's id; `spillwayctl dlq groups` prints them"_s.arg(visibleText(typed.left(80))));
}

Result<QString> wholeSubject(Database& reader, const QString& typed)
{
    return asked<QString>(reader, [&](SQLite::Database& db) { return wholeSubject(db, typed); });
}

Result<QString> wholeGroup(Database& reader, const QString& typed)
{
    return asked<QString>(reader, [&](SQLite::Database& db) { return wholeGroup(db, typed); });
}

Result<QStringList> wholeSubjects(Database& reader, const QStringList& typed)
{
    return each(reader, typed, subjectIn);
}

Result<QStringList> wholeGroups(Database& reader, const QStringList& typed)
{
    return each(reader, typed, groupIn);
}

} // namespace spillway
