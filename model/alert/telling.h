// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "model/ledger/ledger.h"
#include "model/notify/notification.h"
#include "model/store/database.h"

#include <QJsonObject>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

/// What teams were told of alerts by itself: ledger events `alert.told`, each written together with the `notify.queued`
/// of its messages, so that a kill leaves both or neither, and their projection.
namespace spillway {

/// What is told of an alert.
enum class TellingStage {
    Opened,    ///< it fires, for the first time or again
    Worse,     ///< it became more severe since it was told
    StillOpen, ///< nobody did anything about something critical
    Resolved,
};
[[nodiscard]] QString tellingStageWord(TellingStage stage); ///< opened, worse, stillOpen, resolved
[[nodiscard]] std::optional<TellingStage> tellingStageFromWord(QStringView word);

/// One alert of a telling.
struct Telling
{
    QString alert;
    UtcTime openedAt; ///< of the incident
    TellingStage stage = TellingStage::Opened;
    Severity severity = Severity::Info;
    friend bool operator==(const Telling&, const Telling&) = default;
};

/// Draft of an `alert.told`: all that one team is told at once.
/// @param team      nullopt: alerts that nobody owns
/// @param messages  ids of the notifications that tell it
[[nodiscard]] Ledger::Draft toldDraft(const QString& actor, const std::optional<QString>& team,
                                      const std::vector<Telling>& tellings, const QStringList& messages);
/// Makes the projection show it; again changes nothing. False: it is no such event. In a transaction.
[[nodiscard]] Result<bool> applyTold(Database& database, const LedgerEvent& event, const QJsonObject& body);
[[nodiscard]] Status clearTellings(Database& database);

/// What was told last of an alert.
struct Told
{
    Telling telling;
    UtcTime at;
    bool isOnItsWay = false; ///< a message that tells it waits, or is being sent
    friend bool operator==(const Told&, const Told&) = default;
};

/// All that the next telling rests on.
struct ToldBefore
{
    std::map<QString, Told> last; ///< by alert: those told to be open, and all that was told since the time asked for
    std::map<std::optional<QString>, UtcTime> lastOfTeam; ///< since the time asked for
};
[[nodiscard]] Result<ToldBefore> toldBefore(Database& reader, UtcTime since);

/// How the last telling of an incident stands.
struct TellingStanding
{
    std::optional<TellingStage> stage; ///< nullopt: nobody can be told, see `state`
    std::optional<UtcTime> at;
    /// The worst of its messages: failed, inDoubt, sending, queued, delivered; nullopt: no target is for its team.
    std::optional<NotifyState> state;
    QString detail; ///< why it is where it is; no address, no secret
    friend bool operator==(const TellingStanding&, const TellingStanding&) = default;
};
/// failed, …, delivered; unreached.
[[nodiscard]] QString tellingStateWord(const TellingStanding& standing);

struct ToldOfIncident
{
    std::optional<TellingStanding> last; ///< nullopt: nobody was told
    std::optional<UtcTime> notifiedAt;   ///< when a target last took a message of it; nullopt: none has
};
/// @param openedAt  only of this incident; nullopt: of the one that is open, begun after `lastResolvedAt`
[[nodiscard]] Result<ToldOfIncident> toldOf(Database& reader, const QString& alert, std::optional<UtcTime> openedAt,
                                            std::optional<UtcTime> lastResolvedAt);

} // namespace spillway
