// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/notify/notification.h"

#include <QStringList>

#include <vector>

namespace spillway {

/// What a team should know, before it is known where that is told.
struct News
{
    QString occasion;     ///< `schema order.created v3`
    QByteArray identity;  ///< what makes it this piece of news: the same again is not told again, however it is worded
    QString type;         ///< for programs: schemaChange, review, alerts
    QString team;         ///< whom it concerns
    QStringList channels; ///< Slack channels that ownership.yaml names for it; may be empty
    QString title;        ///< one line
    QStringList lines;    ///< plain sentences, in order
    QByteArray facts;     ///< the same for programs: one JSON object
};

struct AddressedNews
{
    std::vector<NotifyMessage> messages; ///< in the order of the news, then of the targets
    QStringList unreached;               ///< teams that no target is for
};

/// A message for each target that a team's news go to: a target that names one of the channels, or the team, or neither
/// channels nor teams. One target is told once of one thing. Pure.
[[nodiscard]] AddressedNews addressNews(const std::vector<News>& news, const std::vector<NotifyTarget>& targets);

/// Whether a target is for news of this team and these channels. Pure.
[[nodiscard]] bool reachesAnybody(const QString& team, const QStringList& channels,
                                  const std::vector<NotifyTarget>& targets);

/// What Slack is posted: plain text in blocks, nothing in it read as markup or a mention, within Slack's limits (3 000
/// characters a block, 12 000 in all; what is cut is said).
[[nodiscard]] QByteArray slackBody(const News& news, const QString& id);
/// What a webhook is posted: `{ id, type, occasion, team, channels, title, text, facts }`.
[[nodiscard]] QByteArray webhookBody(const News& news, const QString& id);

} // namespace spillway
