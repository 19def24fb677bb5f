// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compatibilitywords.h"
#include "model/schema/schemacompiler.h"
#include "model/schema/schemafolder.h"

#include <QByteArray>
#include <QStringList>

namespace spillway {

/// One version of an event's schema, wherever its bytes come from: a file of the folder, a Git revision, a registry.
struct SchemaVersion
{
    QString eventType;
    int version = 0;
    QString file; ///< as it is shown, `order/order.created.v3.json`
    SchemaLanguage language = SchemaLanguage::JsonSchema;
    QByteArray text;
    QString uri;       ///< absolute address, where relative references start
    SchemaLoader load; ///< finds what it refers to; may be empty
};

/// A place in a schema file.
struct SchemaPosition
{
    QString file;
    int line = 1;   ///< from 1
    int column = 1; ///< from 1, in bytes
    friend bool operator==(const SchemaPosition&, const SchemaPosition&) = default;
};

/// A counterexample as it goes over the wire, of Avro and Protobuf, with what a reader makes of it.
struct WireExample
{
    QByteArray bytes;  ///< of the message alone, without a registry's prefix
    QString type;      ///< full name of the message, or of Avro's outermost type
    QByteArray readAs; ///< as JSON, what the reader sees; empty: it refuses the message
    QString why;       ///< a plain sentence: what is lost, reads as another value, or is refused
    friend bool operator==(const WireExample&, const WireExample&) = default;
};

/// One difference of two versions, with what it does to readers.
struct SchemaDifference
{
    QString path;            ///< of what changed: `#/properties/customer_id`, `#/required/buyer_id`
    QString kind;            ///< one word: `propertyRemoved`, `requiredAdded`; the list stands in the manual
    SchemaPosition place;    ///< in the newer file; of what is gone: what held it
    SchemaPosition oldPlace; ///< in the older one; of what is new: what holds it
    QString message;         ///< a plain sentence
    DirectionVerdict backward = DirectionVerdict::Holds; ///< newer schema reads what the older one wrote
    DirectionVerdict forward = DirectionVerdict::Holds;  ///< older schema reads what the newer one writes
    /// A document that the older schema accepts and the newer one refuses, both checked by our validator; of Protobuf
    /// one that the newer one may also read as something else, checked by our decoder. nullopt: none
    /// was found, and the verdict stands on the policy's rule.
    std::optional<QByteArray> backwardExample;
    std::optional<QByteArray> forwardExample; ///< the newer accepts it, the older refuses it
    /// Of Avro and Protobuf, whose documents are the same message decoded by who wrote it.
    std::optional<WireExample> backwardWire = std::nullopt;
    std::optional<WireExample> forwardWire = std::nullopt;
    QString field; ///< of Avro and Protobuf: the payload's field, `lines[].sku`; empty: the whole, or told by `path`
    QString otherName; ///< of a rename: on `propertyRemoved` the new name, on `propertyAdded` the old one
    friend bool operator==(const SchemaDifference&, const SchemaDifference&) = default;
};

/// A difference as a check tells it.
struct SchemaChange
{
    QString eventType;
    int from = 0;
    int to = 0;
    SchemaDifference difference;
    ChangeVerdict verdict = ChangeVerdict::Compatible;
    std::vector<CompatibilityLevel> levels; ///< that it breaks (or may break: undecided), in their usual order
    /// For the level that was checked: BACKWARD's document where it breaks that way, else FORWARD's.
    std::optional<QByteArray> counterexample;
    std::optional<CompatibilityLevel> counterexampleOf;           ///< Backward or Forward: which way round it goes
    std::optional<WireExample> counterexampleWire = std::nullopt; ///< the same over the wire
    QStringList consumersNotYet; ///< pinned to an older version; it breaks them when they move to the newer one
    QStringList consumers;       ///< services of ownership.yaml that read the event, and what breaks in it
    QString waiver;              ///< of Waived: why, by whom and until when; of an expired one: that it is over
    friend bool operator==(const SchemaChange&, const SchemaChange&) = default;
};

/// What `spillwayctl schema check` says.
struct CompatibilityReport
{
    bool compatible = true;            ///< no change is Breaking or Undecided
    std::vector<SchemaChange> changes; ///< by event, version, then place in the newer file
    QStringList notes;                 ///< gaps in the versions, levels that a rules file sets, one sentence each
    std::vector<FileIssue> issues;     ///< files that do not read; with an error the check did not take place
    std::size_t events = 0;            ///< looked at
    std::size_t versions = 0;
};

} // namespace spillway
