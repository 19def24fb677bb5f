// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/impact.h"
#include "model/notify/notification.h"

#include <map>

/// When a change that breaks somebody may come, and who is still to be heard.
namespace spillway {

enum class NoticeState {
    NotTold, ///< not every team that it breaks was told; the notice period has not begun
    Waiting, ///< all were told, the day is still to come, and somebody has not acknowledged
    Ready,   ///< all have acknowledged, and the day is still to come
    Overdue, ///< the day has come, and somebody has not acknowledged
    Due,     ///< the day has come, and all have acknowledged: it may be published
};
[[nodiscard]] QString noticeStateWord(NoticeState state); ///< notTold, waiting, ready, overdue, due

/// A step that breaks somebody, with its day.
struct SchemaNotice
{
    EventImpact impact;
    NoticeState state = NoticeState::NotTold;
    std::optional<UtcTime> toldAt; ///< when the last of the teams was told; nullopt: not all were
    QDate day;                     ///< on which it may come; of NotTold: if all were told today
    int missing = 0;               ///< consumers that it breaks and that have not acknowledged
    friend bool operator==(const SchemaNotice&, const SchemaNotice&) = default;
};

/// How news of a version are called in the outbox: `schema order.created v3`.
[[nodiscard]] QString schemaOccasion(const QString& eventType, int version);

/// By occasion and team: when the team was first told, as its target said. Failed and open messages tell nobody.
using ToldTimes = std::map<std::pair<QString, QString>, UtcTime>;
[[nodiscard]] ToldTimes toldTimesOf(const std::vector<Notification>& notifications);

/// nullopt: it breaks nobody, or the house has no notice period. @param today UTC
[[nodiscard]] std::optional<SchemaNotice> noticeOf(const EventImpact& impact, const ToldTimes& told, QDate today);
/// Of all, what is overdue first, then by day and event.
[[nodiscard]] std::vector<SchemaNotice> noticesOf(const std::vector<EventImpact>& impact, const ToldTimes& told,
                                                  QDate today);

/// The contract of `schema impact --json`: an array, on one line without a line feed.
[[nodiscard]] QByteArray impactAsJson(const std::vector<EventImpact>& impact, const ToldTimes& told, QDate today);

/// The days as an iCalendar file (RFC 5545), a day-long entry each; what is overdue says so.
[[nodiscard]] QByteArray noticesAsCalendar(const std::vector<SchemaNotice>& notices, QDate today);

} // namespace spillway
