// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterloss.h"
#include "model/schema/decodedpayload.h"
#include "views/widgets/columns.h"
#include "views/widgets/timetext.h"

/// Dead letters in words for people. Pure.
namespace spillway::views {

[[nodiscard]] CellMark triageMark(TriageState state);
[[nodiscard]] QString kindText(FailureKind kind);
/// "order.created → payment-service"; what is not known is said.
[[nodiscard]] QString routeText(const std::optional<QString>& eventType, const std::optional<QString>& consumer);
/// "3 012 letters are open, in 41 groups"
[[nodiscard]] QString lettersHeadline(const std::vector<DeadLetterGroup>& groups);
/// The largest group, in one line; empty where nothing is open.
[[nodiscard]] QString lettersDetail(const std::vector<DeadLetterGroup>& groups);
/// "1 letter", "2 410 letters"
[[nodiscard]] QString lettersText(std::int64_t count);
/// "13 d", or "at least 13 d" where the letter does not say when it came.
[[nodiscard]] QString ageText(const DeadLetter& letter, UtcTime now);
/// A key as it may be shown: text, or hex where the bytes are no text; null is said.
[[nodiscard]] QString keyText(const std::optional<QByteArray>& key);

/// What is said in place of a payload that is not there: a tombstone is none, and a pointer's payload stayed elsewhere.
[[nodiscard]] QString noPayloadText(const DeadLetter& letter);

/// Where a rescued payload comes from; empty for a letter's own.
[[nodiscard]] QString rescuedText(const DeadLetter& letter);

struct LabelledText
{
    QString label;
    QString text;
};
/// Where the letter comes from and where it lies, line by line; unknown is said, never guessed.
[[nodiscard]] std::vector<LabelledText> sourceLines(const DeadLetter& letter, const TimeText& time, UtcTime now);
/// "until 21 Nov 07:00, in 6 h", and why; what nobody knows is said.
[[nodiscard]] QString lossSentence(const LossForecast& forecast, const TimeText& time, UtcTime now);
[[nodiscard]] std::vector<LabelledText> errorLines(const DeadLetter& letter);

/// "Does not fit order/order.created.v3.json: 2 errors. /buyer_id: …"; empty without a schema and anything to say.
[[nodiscard]] QString schemaText(const DecodedPayload& payload);
/// "Confluent schema id 42. Decoded by …." before a decoded payload's size.
[[nodiscard]] QString decodedText(const DecodedPayload& payload);

/// Letters as a command line names them; empty where they are more than anybody pastes: a query instead would take in
/// what arrived since.
[[nodiscard]] QString namedLetters(const QStringList& ids);

/// `(query) group:ID`: what of a query lies in one group.
[[nodiscard]] QString withinGroup(const QString& query, const QString& groupId);

} // namespace spillway::views
