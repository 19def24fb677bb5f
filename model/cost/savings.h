// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costbill.h"

#include <QByteArray>

/// What could be paid less for: each with what it rests on, what could go wrong, and the change to make. What a change
/// saves is the bill without it less the bill with it, never a rule of thumb.
namespace spillway {

/// What was seen of one topic besides its usage; what is missing was not seen.
struct TopicEvidence
{
    std::optional<double> worstLagDays;    ///< the oldest unread record that any group had
    double observedDays = 0;               ///< how long lag was sampled
    bool isSampled = false;                ///< its groups are known, even if there are none
    int samples = 0;                       ///< payloads that were looked at
    int packedSamples = 0;                 ///< payloads that were packed
    std::map<QString, double> packedShare; ///< of their bytes, by codec, see packedShares
    std::map<QString, double> fieldBytes;  ///< top-level fields of JSON payloads: bytes a record, on average
    int fieldSamples = 0;                  ///< payloads whose fields were looked at
    std::optional<QString> compression;    ///< the topic's compression.type
    std::optional<bool> compacts;
    int payloads = 0;                       ///< newest records whose sizes were looked at
    std::optional<double> payloadBytes;     ///< of those, on average
    std::optional<double> plainRecordBytes; ///< the same with key and headers
    std::int64_t largestPayload = 0;
    friend bool operator==(const TopicEvidence&, const TopicEvidence&) = default;
};

enum class SavingKind {
    Retention,
    DeadGroup,
    UnreadTopic,
    UnusedFields,
    Compression,
    Batching,
    Partitions,
    TieredStorage,
    ClaimCheck
};
[[nodiscard]] QString savingKindKey(SavingKind kind); ///< retention, deadGroup, unreadTopic, unusedFields, …
enum class SavingRisk { Low, Medium, High };
[[nodiscard]] QString savingRiskWord(SavingRisk risk); ///< low, medium, high

struct Saving
{
    QString id; ///< kind:topic, or kind:topic:group; the same as long as the advice is
    SavingKind kind = SavingKind::Retention;
    QString eventType;
    QString topic;
    QString team;   ///< who can do it; empty: unknown
    Money perMonth; ///< of 365/12 days; as invoiced, where an invoice tells of a component
    QString basis;  ///< a sentence: by which rates and invoices it is reckoned
    SavingRisk risk = SavingRisk::Low;
    QString evidence;     ///< a sentence
    QString change;       ///< a sentence: what to do
    QString riskReason;   ///< a sentence: what could go wrong
    QStringList exported; ///< lines to run or to edit
    // what is otherwise afterwards
    std::optional<double> retentionDays;
    std::optional<std::int64_t> payloadBytes;
    std::optional<int> partitions;
    std::optional<int> recordsPerRequest;
    std::optional<double> hotDays;           ///< on brokers; the rest is tiered
    std::optional<std::int64_t> objectBytes; ///< of a record that lie in an object store
    QString withoutService;                  ///< a consumer that goes
    bool isRemoved = false;                  ///< the event goes
    friend bool operator==(const Saving&, const Saving&) = default;
};

/// What the newest invoices say about a profile's components, where they say anything.
using SavingsFactors = std::map<CostComponent, CostCalibration>;
/// The newest factors of a bill, by profile.
[[nodiscard]] std::map<QString, SavingsFactors> savingsFactors(const CostBill& bill);

struct SavingsInput
{
    const Catalog& catalog;
    const PricingProfile& profile;
    CostOptions options;                       ///< of the bill that is saved on
    std::map<QString, TopicEvidence> evidence; ///< by topic
    SavingsFactors factors = {};               ///< of the profile; empty: money is as its rates say
};

/// Everything that would save at least one cent a month, most first. Error: the bill cannot be computed.
/// Rules: retention is cut to three times the worst lag of at least a day of samples, never below one day; a group is
/// dead when it is declared and has committed nowhere on a topic whose groups are known; a topic is unread when none
/// has; a field is unused when every consumer declares fields and none names it; compression must save a fifth
/// by the best of the measured codecs, on a topic that does not pack already; tiered storage needs a price of its own
/// and gets what is older than three times the worst lag; a claim check is for payloads of 64 KiB and more on average;
/// batching is for records under a kibibyte that are billed one by one, and for those whose frame in the log is larger
/// than in a batch; partitions are reduced to what ten times the average
/// traffic needs at a mebibyte a second each, never below three, and only when they are more than twice that.
[[nodiscard]] Result<std::vector<Saving>> findSavings(const SavingsInput& input);

/// The bill with these changes made, all together.
[[nodiscard]] Result<CostBill> simulateSavings(const SavingsInput& input, const std::vector<Saving>& savings);

/// A simulated bill's total as it would be invoiced, without adjustments. @param factors  by profile
[[nodiscard]] Money totalAsInvoiced(const CostBill& bill, const std::map<QString, SavingsFactors>& factors);

/// Shares and sizes of payloads that were sampled from one topic. Payloads are strangers' bytes: only numbers and names
/// of fields come out, and only of fields that at least a tenth of them have; what fewer have may be keys of a map.
void lookAtPayloads(TopicEvidence& evidence, const std::vector<QByteArray>& payloads);

[[nodiscard]] QByteArray savingsJson(const std::vector<Saving>& savings, const QString& currency);
[[nodiscard]] QString savingsText(const std::vector<Saving>& savings, const QString& currency);
/// The lines to run and edit, each advice under a comment.
[[nodiscard]] QString savingsScript(const std::vector<Saving>& savings, const QString& currency);

} // namespace spillway
