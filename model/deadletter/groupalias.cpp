// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupalias.h"

#include "model/deadletter/querytags.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Statement.h>

#include <QSet>

#include <algorithm>
#include <optional>

namespace spillway {

namespace {

/// One walk along aliases. Decisions are checked against circles, but a store may be damaged: no id is visited twice.
class AliasWalk
{
public:
    explicit AliasWalk(SQLite::Database& db)
        : m_alias(db, "SELECT into_id FROM group_alias WHERE from_id = ? AND kind = ?")
        , m_alive(db, "SELECT EXISTS (SELECT 1 FROM letter_group WHERE group_id = ?)")
    {
    }

    QString shown(const QString& from)
    {
        QSet<QString> seen;
        QString id = from;
        while (!seen.contains(id)) {
            seen.insert(id);
            const auto into = alias(id, "merge");
            if (!into)
                break;
            id = *into;
        }
        return id;
    }
    QString effective(const QString& from)
    {
        QSet<QString> seen;
        QString id = from;
        while (!seen.contains(id)) {
            seen.insert(id);
            id = shown(id);
            if (isAlive(id))
                break;
            const auto into = alias(id, "moved");
            if (!into)
                break;
            id = *into;
        }
        return id;
    }
    QStringList regrouped(const QString& from)
    {
        QStringList names;
        for (std::optional<QString> id = from; id && !names.contains(*id); id = alias(names.last(), "moved"))
            names += *id;
        return names;
    }

private:
    std::optional<QString> alias(const QString& id, const char* kind)
    {
        m_alias.reset();
        sql::bind(m_alias, 1, id);
        m_alias.bind(2, kind);
        return m_alias.executeStep() ? std::optional(sql::text(m_alias.getColumn(0))) : std::nullopt;
    }
    bool isAlive(const QString& id)
    {
        m_alive.reset();
        sql::bind(m_alive, 1, id);
        m_alive.executeStep();
        return m_alive.getColumn(0).getInt() != 0;
    }

    SQLite::Statement m_alias;
    SQLite::Statement m_alive;
};

void replaceGroups(SQLite::Database& db, QueryNode& node)
{
    if (node.kind == QueryNode::Kind::Term && node.term.field == QueryField::Tag)
        lookUpTags(db, node.term);
    if (node.kind == QueryNode::Kind::Term && node.term.field == QueryField::Group &&
        node.term.op == QueryOperator::Equal) {
        node.term.text = effectiveGroup(db, node.term.text);
        SQLite::Statement select(db, "SELECT id FROM letter_group WHERE group_id = ? ORDER BY id LIMIT 2");
        sql::bind(select, 1, node.term.text);
        if (select.executeStep()) {
            node.term.strain = select.getColumn(0).getInt64();
            if (select.executeStep())
                node.term.strain.reset(); // several
        }
    }
    for (QueryNode& child : node.children)
        replaceGroups(db, child);
}

} // namespace

QString effectiveGroup(SQLite::Database& db, const QString& id)
{
    return AliasWalk(db).effective(id);
}

QStringList regroupedNames(SQLite::Database& db, const QString& id)
{
    return AliasWalk(db).regrouped(id);
}

GroupMerges groupMerges(SQLite::Database& db)
{
    GroupMerges merges;
    SQLite::Statement select(db, "SELECT from_id, into_id FROM group_alias WHERE kind = 'merge'");
    while (select.executeStep())
        merges.emplace(sql::text(select.getColumn(0)), sql::text(select.getColumn(1)));
    return merges;
}

QString shownGroup(const GroupMerges& merges, const QString& id)
{
    QSet<QString> seen;
    QString shown = id;
    for (auto at = merges.find(shown); at != merges.end() && !seen.contains(shown); at = merges.find(shown)) {
        seen.insert(shown);
        shown = at->second;
    }
    return shown;
}

std::vector<GroupMove> followMoves(GroupMerges& merges, const std::vector<GroupMove>& moves)
{
    std::vector<GroupMove> changed;
    const auto merge = [&](const QString& from, const QString& into) {
        merges[from] = into;
        changed.push_back({from, into});
    };
    const auto isSurvivor = [&merges](const QString& id) {
        return std::any_of(merges.begin(), merges.end(), [&id](const auto& one) { return one.second == id; });
    };
    for (const auto& [from, into] : moves) {
        if (from == into || from.isEmpty())
            continue;
        const auto own = merges.find(from);
        const auto target = own == merges.end() ? std::nullopt : std::optional(own->second);
        if (target && shownGroup(merges, *target) != into && shownGroup(merges, into) == into)
            merge(into, *target);
        else if (!target && isSurvivor(from) && shownGroup(merges, into) != from)
            merge(from, into);
    }
    return changed;
}

QString shownGroup(SQLite::Database& db, const QString& fingerprintId)
{
    return AliasWalk(db).shown(fingerprintId);
}

QStringList groupNames(SQLite::Database& db, const QString& id)
{
    AliasWalk walk(db);
    const QString present = walk.effective(id);
    QSet<QString> reached{present};
    QStringList others;
    QStringList open{present};
    SQLite::Statement select(db, "SELECT from_id FROM group_alias WHERE into_id = ? ORDER BY from_id");
    while (!open.isEmpty()) {
        select.reset();
        sql::bind(select, 1, open.takeLast());
        QStringList found;
        while (select.executeStep())
            found += sql::text(select.getColumn(0));
        for (const QString& name : found) {
            if (reached.contains(name) || walk.effective(name) != present)
                continue;
            reached.insert(name);
            others += name;
            open += name;
        }
    }
    others.sort();
    return QStringList{present} + others;
}

Query withPresentGroups(SQLite::Database& db, const Query& query)
{
    if (query.matchesAll())
        return query;
    Query present = query;
    replaceGroups(db, present.root);
    return present;
}

} // namespace spillway
