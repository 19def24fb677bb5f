// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/avroschema.h"

namespace spillway {

/// Why a reader cannot read what a writer wrote: the six reasons of Avro's own libraries.
enum class AvroReason {
    NameMismatch,
    FixedSizeMismatch,
    MissingEnumSymbols,
    ReaderFieldMissingDefaultValue,
    TypeMismatch,
    MissingUnionBranch,
};

/// `name_mismatch`, `fixed_size_mismatch`, …
[[nodiscard]] QString avroReasonWord(AvroReason reason);

struct AvroIncompatibility
{
    AvroReason reason = AvroReason::TypeMismatch;
    QString location; ///< where in the reader's schema, as Avro's libraries say it: `/fields/0/type`, `/` is the root
    QString cause;    ///< of MissingUnionBranch where a branch was meant: the place in it that does not fit; else empty
    QString field;    ///< the same for people: `lines[].sku`; empty is the whole
    QString message;  ///< a plain sentence
    std::int64_t readerAt = 0; ///< byte of the definition in the reader's text
    std::int64_t writerAt = 0; ///< and in the writer's
    /// A datum that the writer may write and the reader fails on, decoded for display; tried before it is given.
    /// nullopt: none was found (it would be too deep).
    std::optional<QByteArray> counterexample;
    QByteArray datum = {}; ///< the same as it is written; may be empty (a record without fields)
    QString fault = {};    ///< what the reader says of it
    friend bool operator==(const AvroIncompatibility&, const AvroIncompatibility&) = default;
};

/// Everything that keeps `reader` from reading data of `writer`, by the specification's schema resolution: promotions,
/// unqualified names and aliases, defaults, default symbols; every branch of a writer's union must be readable. Each
/// pair of types is looked at once, so recursion ends and cost is at most the product of the types. Empty: compatible.
/// Pure.
[[nodiscard]] std::vector<AvroIncompatibility> avroIncompatibilities(const AvroSchema& reader,
                                                                     const AvroSchema& writer);

/// What differs between two versions, whether it breaks anything or not.
struct AvroDifference
{
    enum class Kind {
        FieldAdded,
        FieldRemoved,
        FieldRenamed, ///< the new one has the old name as its alias
        DefaultAdded,
        DefaultRemoved,
        DefaultChanged,
        TypeChanged, ///< `int` to `long`, a union's branch more or less
        SymbolAdded,
        SymbolRemoved,
        NameChanged,
        SizeChanged,
        LogicalTypeChanged,
    };
    Kind kind = Kind::TypeChanged;
    QString location;    ///< in the new schema; of what was removed: of what held it
    QString oldLocation; ///< in the old one; of what was added: of what holds it
    QString field;
    QString message;
    std::int64_t at = 0; ///< byte in the new text
    std::int64_t oldAt = 0;
    friend bool operator==(const AvroDifference&, const AvroDifference&) = default;
};
[[nodiscard]] QString avroDifferenceWord(AvroDifference::Kind kind); ///< `fieldAdded`, …
/// In the order of the new schema, what was removed after its neighbours. At most 10 000. Pure.
[[nodiscard]] std::vector<AvroDifference> avroDifferences(const AvroSchema& older, const AvroSchema& newer);

/// `order.created` for named types, else `int`, `array of string`, `union of null, string`.
[[nodiscard]] QString avroTypeText(const AvroSchema& schema, std::uint32_t type);

} // namespace spillway
