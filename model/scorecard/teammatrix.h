// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"
#include "model/slo/sloqueries.h"

namespace spillway {

/// What one team has to do with one event.
struct TeamPart
{
    int team = 0;                ///< in TeamMatrix::teams
    QString publisher;           ///< its service that sends the event; empty: it does not
    QStringList readers;         ///< its services that read it
    std::optional<SloState> slo; ///< worst promise among its readers; nullopt: it has none
    friend bool operator==(const TeamPart&, const TeamPart&) = default;
};

/// A team over all events.
struct TeamTotals
{
    QString team;      ///< empty: events and consumers that are nobody's
    int publishes = 0; ///< events
    int reads = 0;     ///< events
    int violated = 0;  ///< events with a broken promise to it
    int atRisk = 0;
    friend bool operator==(const TeamTotals&, const TeamTotals&) = default;
};

struct MatrixRow
{
    QString eventType;
    std::vector<TeamPart> parts; ///< ascending by team; a team that is not in it has nothing to do with the event
    [[nodiscard]] const TeamPart* of(int team) const;
    friend bool operator==(const MatrixRow&, const MatrixRow&) = default;
};

/// Teams × events.
struct TeamMatrix
{
    std::vector<TeamTotals> teams; ///< by name; nobody's last
    std::vector<MatrixRow> events; ///< in the files' order
    friend bool operator==(const TeamMatrix&, const TeamMatrix&) = default;
};

/// Pure; any thread.
[[nodiscard]] TeamMatrix teamMatrix(const std::vector<JoinedEvent>& events, const std::vector<SloRow>& slos);

/// One JSON array, an object a cell: event, team, publishes, reads, sloState; null where there is none.
[[nodiscard]] QByteArray teamMatrixJson(const TeamMatrix& matrix);
/// Teams with their counts, then a line per event, for people.
[[nodiscard]] QString teamMatrixText(const TeamMatrix& matrix);

} // namespace spillway
