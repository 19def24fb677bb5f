// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

/// What the doctor finds, and how it is told.
namespace spillway {

enum class DoctorRule {
    TopicMissing,             ///< a topic of the workspace does not exist
    NoDeadLetterTopic,        ///< nothing is known to take the failures of a critical event
    RetentionBelowP1,         ///< letters may vanish before they count as P1
    LostBeforeRead,           ///< records were deleted before they were read, within the last week
    Compacted,                ///< a letter is replaced by the next of its key
    RetentionBelowReview,     ///< letters may vanish between two weekly reviews
    RetentionBySize,          ///< a size limits how long letters stay, and nobody knows yet how long that is
    UnreadableRecords,        ///< records that cannot be decoded were passed over
    ConnectWithoutHeaders,    ///< a connector writes letters that do not say why
    MostlyUnrecognised,       ///< no dialect fits most of a topic's letters, and there is no mapping
    DeadLettersOfDeadLetters, ///< letters whose origin is a dead-letter topic
    SinglePartition,          ///< one partition takes the failures of many
    Unowned,                  ///< open letters that belong to nobody
    SettingsUnknown,          ///< the broker does not tell us how a topic is kept
    NotAsked,                 ///< no broker was asked yet
};
[[nodiscard]] QString doctorRuleWord(DoctorRule rule); ///< topicMissing, noDeadLetterTopic, …; stable

enum class DoctorSeverity { Error, Warning, Info };
[[nodiscard]] QString doctorSeverityWord(DoctorSeverity severity); ///< error, warning, info

struct DoctorFinding
{
    QString id; ///< rule and subject; the same as long as it is so
    DoctorRule rule = DoctorRule::NotAsked;
    DoctorSeverity severity = DoctorSeverity::Info;
    QString connection; ///< empty: of the workspace
    QString subject;    ///< topic, or event type
    QString sentence;   ///< English, without its full stop; names made visible
    QString evidence;   ///< the numbers it rests on, separated by middle dots
    QString remedy;     ///< what to do, a verb first
    QString command;    ///< what does it in a shell; empty: no command does
    friend bool operator==(const DoctorFinding&, const DoctorFinding&) = default;
};

/// `dlq doctor`: an array of `{ id, rule, severity, connection, subject, sentence, evidence, remedy, command }`.
[[nodiscard]] QByteArray doctorJson(const std::vector<DoctorFinding>& findings);
[[nodiscard]] QString doctorText(const std::vector<DoctorFinding>& findings);

} // namespace spillway
