// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <stop_token>
#include <vector>

/// What became of an event's entries and schemas over time.
namespace spillway {

/// One commit that touched an event.
struct EventCommit
{
    QString commit; ///< 40 hexadecimal digits
    UtcTime at;     ///< when it was committed
    QString author; ///< as written there, made visible
    QString subject;
    QStringList changes; ///< one sentence each, English: `schema v2 added`
    friend bool operator==(const EventCommit&, const EventCommit&) = default;
};

struct EventHistory
{
    std::vector<EventCommit> commits; ///< newest first
    QStringList uncommitted;          ///< what the files on disk say otherwise than the newest commit
    QString note;                     ///< why there may be more than is told; English; empty: this is all
    friend bool operator==(const EventHistory&, const EventHistory&) = default;
};

struct EventHistoryQuestion
{
    QString eventType;
    QString folder;        ///< of the workspace, absolute: the repository is the one around it
    QString ownershipFile; ///< absolute; empty: none
    QString catalogFile;
    QString schemasFolder;
    QString schemaFile; ///< the catalog's, where it lies elsewhere or bears another name
    std::size_t mostCommits = 100;
};

/// Where histories come from.
class EventHistorySource
{
public:
    virtual ~EventHistorySource() = default;
    /// Commits reachable from HEAD that changed the event's entry in ownership or catalog, or one of its schema files,
    /// at their present paths. Commits that only touch other events are left out. Of a merge, only what neither side
    /// had. At most `mostCommits`, and 20 000 commits looked at; `note` says where it ended early. NotFound: no
    /// repository, or no commit yet, with what to do; Cancelled. Blocking.
    [[nodiscard]] virtual Result<EventHistory> historyOf(const EventHistoryQuestion& question,
                                                         std::stop_token stop) const = 0;
};

/// The lines of an event's entry in a file of either kind (`order.created:` in a map, `event_type: order.created` in an
/// item of a list), as written; nullopt: there is none. Looks at lines, so an entry that is spelled by an alias is not
/// found. Pure; any thread.
[[nodiscard]] std::optional<QByteArray> eventEntry(const QByteArray& yaml, const QString& eventType);

/// What differs between two such entries, one sentence each, at most 12: `avg_daily_volume: 100 → 200`,
/// `consumers: stock-service added`. The same text gives none. Pure; any thread.
[[nodiscard]] QStringList entryChanges(const std::optional<QByteArray>& before, const std::optional<QByteArray>& after);

} // namespace spillway
