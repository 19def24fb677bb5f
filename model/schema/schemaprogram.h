// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/decimal.h"
#include "model/schema/ecmapattern.h"
#include "model/schema/jsonformat.h"
#include "model/schema/jsontape.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// A JSON Schema made ready to judge: what SchemaCompiler writes and SchemaValidator walks. Immutable, shared by
/// threads.
namespace spillway {

using SchemaRef = std::uint32_t;
inline constexpr SchemaRef noSchema = std::numeric_limits<SchemaRef>::max();

struct SchemaNumber
{
    std::optional<std::int64_t> small; ///< the quick way, where both sides have it
    Decimal exact;
};

struct NamedSchema
{
    std::string name;
    SchemaRef schema = noSchema;
};

struct PatternSchema
{
    EcmaPattern pattern;
    SchemaRef schema = noSchema;
};

struct NameDependency
{
    std::string name;
    std::vector<std::string> needs;
};

/// One keyword of a schema (or several that only make sense together), ready to run.
struct SchemaCheck
{
    enum class Kind : std::uint8_t {
        Unknowable, ///< `note` says what was not understood: the verdict is unknown unless something else is invalid
        Type,       ///< types
        Enum,       ///< constants
        Const,      ///< constants[0]
        Required,   ///< names
        Properties, ///< members, patterns, schema (additionalProperties)
        PropertyNames,
        MinProperties,
        MaxProperties,
        DependentRequired, ///< dependencies
        DependentSchemas,  ///< members
        Items,             ///< schemas (one for each of the first places), schema (all behind them)
        Contains,          ///< schema, least, most
        MinItems,
        MaxItems,
        UniqueItems,
        MinLength,
        MaxLength,
        Pattern, ///< patterns[0]
        Format,  ///< format
        Minimum,
        Maximum,
        ExclusiveMinimum,
        ExclusiveMaximum,
        MultipleOf,
        AllOf, ///< schemas
        AnyOf,
        OneOf,
        Not,        ///< schema
        If,         ///< schemas: if, then, else; noSchema where one is missing
        Ref,        ///< schema
        DynamicRef, ///< schema, unless an outer resource overrides `anchor`
        UnevaluatedItems,
        UnevaluatedProperties,
    };
    Kind kind = Kind::Unknowable;
    std::uint32_t source = 0; ///< the keyword's value in the schema's document; for errors
    QString note;
    std::uint8_t types = 0; ///< bits by JsonKind; integer is bit 7
    std::uint64_t least = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    SchemaRef schema = noSchema;
    std::vector<SchemaRef> schemas;
    std::vector<NamedSchema> members;
    std::vector<PatternSchema> patterns;
    std::vector<std::string> names;
    std::vector<NameDependency> dependencies;
    std::vector<std::uint32_t> constants; ///< nodes of the schema's document
    std::optional<SchemaNumber> number;
    std::optional<JsonFormat> format; ///< nullopt: a format that we cannot check
    bool formatIsCertain = false;     ///< the dialect makes it an assertion; else validators differ
    bool marksItems = false;          ///< Contains: found elements count as evaluated (2020-12)
    int anchor = -1;                  ///< DynamicRef
};

struct SchemaNode
{
    enum class Kind : std::uint8_t { Pass, Refuse, Checks };
    Kind kind = Kind::Pass;
    bool tracks = false;          ///< has an unevaluated… keyword of its own
    bool integerIsStrict = false; ///< draft 4: validators differ over whether 1.0 is an integer
    std::uint32_t document = 0;
    std::uint32_t source = 0;        ///< its node in that document
    std::uint32_t resource = 0;      ///< the `$id` it belongs to
    std::vector<SchemaCheck> checks; ///< unevaluated… last
};

struct SchemaDocument
{
    QString uri;
    QByteArray json;
    JsonTape tape; ///< over `json`
};

/// A fault of a schema file, at a place in it.
struct SchemaFault
{
    QString uri;
    int line = 1;   ///< from 1
    int column = 1; ///< from 1, in bytes
    QString message;
    friend bool operator==(const SchemaFault&, const SchemaFault&) = default;
};

struct SchemaProgram
{
    std::vector<std::unique_ptr<SchemaDocument>> documents; ///< [0] is the schema itself
    std::vector<SchemaNode> nodes;
    SchemaRef root = noSchema;
    QString draft;                                                     ///< `draft-07`, `2020-12`; empty: not known
    std::map<std::pair<std::uint32_t, int>, SchemaRef> dynamicAnchors; ///< (resource, anchor)
    std::vector<SchemaFault> faults; ///< what is wrong with it, in the order of the file
};

} // namespace spillway
