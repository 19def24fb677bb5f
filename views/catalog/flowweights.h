// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/scorecard/catalogpicture.h"

#include <QHash>

namespace spillway::views {

/// What makes an arrow thick.
enum class FlowWeightKind { Equal, Volume, Lag, DeadLetters, Cost };

/// The weights of a picture's events.
struct FlowWeights
{
    QHash<QString, double> shares; ///< by event type, of the heaviest: 0 to 1. What is not known is not in it
    QHash<QString, QString> words; ///< of every event, with its unit; what is not known says so
    qsizetype unknown = 0;         ///< events without a known weight
};

/// Equal: nothing at all. Lag is the sum over the event's consumers whose lag is known; with none, it is unknown. Pure.
[[nodiscard]] FlowWeights flowWeights(const CatalogPicture& picture, FlowWeightKind kind);

} // namespace spillway::views
