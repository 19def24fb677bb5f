// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/doctorfinding.h"

#include "model/base/jsonwriter.h"

#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QString doctorRuleWord(DoctorRule rule)
{
    switch (rule) {
    case DoctorRule::TopicMissing:
        return u"topicMissing"_s;
    case DoctorRule::NoDeadLetterTopic:
        return u"noDeadLetterTopic"_s;
    case DoctorRule::RetentionBelowP1:
        return u"retentionBelowP1"_s;
    case DoctorRule::LostBeforeRead:
        return u"lostBeforeRead"_s;
    case DoctorRule::Compacted:
        return u"compacted"_s;
    case DoctorRule::RetentionBelowReview:
        return u"retentionBelowReview"_s;
    case DoctorRule::RetentionBySize:
        return u"retentionBySize"_s;
    case DoctorRule::UnreadableRecords:
        return u"unreadableRecords"_s;
    case DoctorRule::ConnectWithoutHeaders:
        return u"connectWithoutHeaders"_s;
    case DoctorRule::MostlyUnrecognised:
        return u"mostlyUnrecognised"_s;
    case DoctorRule::DeadLettersOfDeadLetters:
        return u"deadLettersOfDeadLetters"_s;
    case DoctorRule::SinglePartition:
        return u"singlePartition"_s;
    case DoctorRule::Unowned:
        return u"unowned"_s;
    case DoctorRule::SettingsUnknown:
        return u"settingsUnknown"_s;
    case DoctorRule::NotAsked:
        return u"notAsked"_s;
    }
    return {};
}

QString doctorSeverityWord(DoctorSeverity severity)
{
    switch (severity) {
    case DoctorSeverity::Error:
        return u"error"_s;
    case DoctorSeverity::Warning:
        return u"warning"_s;
    case DoctorSeverity::Info:
        return u"info"_s;
    }
    return {};
}

QByteArray doctorJson(const std::vector<DoctorFinding>& findings)
{
    JsonWriter json;
    json.beginArray();
    const auto orNull = [](const QString& text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
    for (const DoctorFinding& finding : findings)
        json.beginObject()
            .field(u"id", finding.id)
            .field(u"rule", doctorRuleWord(finding.rule))
            .field(u"severity", doctorSeverityWord(finding.severity))
            .field(u"connection", orNull(finding.connection))
            .field(u"subject", orNull(finding.subject))
            .field(u"sentence", finding.sentence)
            .field(u"evidence", finding.evidence)
            .field(u"remedy", finding.remedy)
            .field(u"command", orNull(finding.command))
            .endObject();
    json.endArray();
    return json.json();
}

QString doctorText(const std::vector<DoctorFinding>& findings)
{
    if (findings.empty())
        return u"Nothing is wrong with the dead-letter topics.\n"_s;
    QString text;
    for (const DoctorFinding& finding : findings) {
        text += u"%1: %2\n"_s.arg(doctorSeverityWord(finding.severity), finding.sentence);
        if (!finding.evidence.isEmpty())
            text += u"  %1\n"_s.arg(finding.evidence);
        text += u"  → %1\n"_s.arg(finding.remedy);
        if (!finding.command.isEmpty())
            text += u"    %1\n"_s.arg(finding.command);
    }
    return text;
}

} // namespace spillway
