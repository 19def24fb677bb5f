// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/avroschema.h"
#include "model/schema/decodedpayload.h"
#include "model/schema/schemafolder.h"
#include "model/schema/schemalookup.h"
#include "model/schema/schemavalidator.h"
#include "model/schema/wireformat.h"

#include <QHash>

#include <memory>
#include <mutex>

namespace spillway {

/// Judges payloads by the workspace's schemas and makes them readable. The schema is the one a registry's id names,
/// where a file of that id is at hand, or a registry knows it; else the event type's: in the version that a header or
/// field `schema_version` (or `schemaVersion`) tells, else the newest; where none is told, a payload that fits an older
/// one is unknown rather than invalid. Schemas are made ready once, when they are first needed. Any thread.
class PayloadJudge
{
public:
    /// Larger payloads are not judged in passing; `explain` judges them.
    static constexpr qsizetype largestInPassing = 1 << 20;

    /// @param registry  asked for ids that the folder does not have; null: nobody is
    explicit PayloadJudge(SchemaFolder folder, std::shared_ptr<const SchemaLookup> registry = nullptr);
    ~PayloadJudge();

    /// The verdict alone, with little work per payload; nothing without a payload or a schema.
    [[nodiscard]] LetterVerdict verdict(const std::optional<QString>& eventType, const Headers& headers,
                                        const std::optional<QByteArray>& value) const;
    /// The verdict with its errors, and the payload as text.
    [[nodiscard]] DecodedPayload explain(const std::optional<QString>& eventType, const Headers& headers,
                                         const std::optional<QByteArray>& value) const;

    [[nodiscard]] const SchemaFolder& folder() const { return m_folder; }

private:
    struct Prepared;
    struct Choice;
    [[nodiscard]] Choice choose(const std::optional<QString>& eventType, const Headers& headers, const WireFormat& wire,
                                const JsonTape* body) const;
    [[nodiscard]] std::shared_ptr<const Prepared> prepared(const SchemaFile& file) const;
    [[nodiscard]] std::shared_ptr<const Prepared> prepared(const LookedUpSchema& schema) const;
    /// The newest older version that a payload fits which does not fit `file`; nullopt: none.
    [[nodiscard]] std::optional<int> olderFit(const SchemaFile& file, const JsonTape& body) const;
    static void explainJson(DecodedPayload& payload, const Prepared& schema, QByteArrayView body);
    static void explainBinary(DecodedPayload& payload, const Choice& choice, QByteArrayView whole,
                              const WireFormat& wire);
    [[nodiscard]] static BinaryText decode(const Prepared& schema, QByteArrayView whole, qsizetype at,
                                           QString& message);
    static void explainAsText(DecodedPayload& payload, const Prepared& schema);
    static void explainByNumbers(DecodedPayload& payload, QByteArrayView whole);
    [[nodiscard]] std::optional<QByteArray> imported(const SchemaFile& by, const QString& path) const;

    SchemaFolder m_folder;
    std::shared_ptr<const SchemaLookup> m_registry; // second owner: whoever made the judge may ask it too
    mutable std::mutex m_guard;                     // guards: m_prepared
    mutable QHash<QString, std::shared_ptr<const Prepared>> m_prepared; // by path
};

} // namespace spillway
