// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/catalog/catalog.h"
#include "model/compatibility/schemachange.h"

#include <QDate>

#include <memory>

/// Whom does a change of a schema break, and who has to be told by when?
namespace spillway {

/// One consumer of an event that changes.
struct ConsumerImpact
{
    QString service;
    QString team;
    QString slackChannel; ///< the consumer's own, else its team's; may be empty
    bool declaresFields = false;
    QStringList fields; ///< of those that it declares, the ones that breaking changes touch; empty with `isBroken`: the
                        ///< change is about the whole, or it declares none
    bool isBroken = false;
    bool isNotYet = false; ///< it breaks when it moves to the newer version, and until then reads all it is sent
    std::optional<int> schemaVersion; ///< that it is pinned to
    QString acknowledgedBy;           ///< who said that it is ready for the newer version; empty: nobody
    std::optional<UtcTime> acknowledgedAt;
    friend bool operator==(const ConsumerImpact&, const ConsumerImpact&) = default;
};

/// Real messages, held against the new schema.
struct SampleOutcome
{
    std::int64_t fitting = 0; ///< that the older version takes
    std::int64_t failing = 0; ///< of these, that the newer one refuses
    std::int64_t others = 0;  ///< that the older version does not take either, or that could not be judged
    QString first;            ///< name of the first that would fail; empty: none
    QString firstPath;        ///< in it
    QString firstMessage;     ///< never holds values of the payload
    friend bool operator==(const SampleOutcome&, const SampleOutcome&) = default;
};

/// What a step from one version to another means for those who read the event.
struct EventImpact
{
    QString eventType;
    int from = 0;
    int to = 0;
    int breaking = 0;                      ///< changes that break, or may
    std::vector<ConsumerImpact> consumers; ///< in the file's order
    std::optional<int> noticeDays;         ///< `schema_change_notice_days`; nullopt: the house has no such rule
    std::optional<QDate> notBefore; ///< told today, the change may come on this day; only where it breaks somebody
    std::optional<SampleOutcome> samples; ///< nullopt: there were none at hand
    friend bool operator==(const EventImpact&, const EventImpact&) = default;
};

/// Where in a payload a change is: `lines[].sku`; empty: the whole.
[[nodiscard]] QString payloadFieldOf(const SchemaDifference& difference);

/// Whom a change that breaks reaches, and when. Who is pinned to an older version reads new messages by that: only what
/// that version refuses reaches it now; the rest waits until it moves. Who reads by the newer one already has moved.
enum class Reach { No, NotYet, Now };
[[nodiscard]] Reach reachOf(const SchemaChange& change, const ConsumerEntry& consumer);

/// Whether somebody who reads these fields (dots, `[]` or `[0]` for elements) is touched by a change of `field`: at it,
/// above it or below it. Who declares nothing may read everything.
[[nodiscard]] bool touches(const QStringList& declared, const QString& field);

/// By event and version, of every step that the report names. @param today UTC
[[nodiscard]] std::vector<EventImpact> impactOf(const CompatibilityReport& report, const Catalog& catalog, QDate today);

/// Holds real payloads against two versions. One thread.
class SamplePlayer
{
public:
    SamplePlayer(const SchemaVersion& older, const SchemaVersion& newer);
    ~SamplePlayer();
    Q_DISABLE_COPY_MOVE(SamplePlayer)

    /// @param name  how the message is called, should it fail. A registry's prefix before an Avro or Protobuf body is
    /// passed over. Payloads over 1 MiB are counted among the others.
    void play(const QString& name, QByteArrayView payload);
    [[nodiscard]] const SampleOutcome& outcome() const { return m_outcome; }

private:
    struct Versions;
    std::unique_ptr<Versions> m_versions;
    SampleOutcome m_outcome;
};

/// For people.
[[nodiscard]] QString impactAsText(const std::vector<EventImpact>& impact);

} // namespace spillway
