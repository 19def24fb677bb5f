// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schemadialect.h"

#include <algorithm>
#include <array>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::uint8_t d4 = 1;
constexpr std::uint8_t d6 = 2;
constexpr std::uint8_t d7 = 4;
constexpr std::uint8_t d19 = 8;
constexpr std::uint8_t d20 = 16;
constexpr std::uint8_t all = 31;
constexpr std::uint8_t from6 = all & ~d4;
constexpr std::uint8_t from7 = from6 & ~d6;
constexpr std::uint8_t from19 = d19 | d20;
constexpr std::uint8_t old = d4 | d6 | d7;

struct Keyword
{
    std::string_view word;
    std::uint8_t drafts;
    SchemaVocabulary vocabulary;
};

constexpr std::array<Keyword, 49> assertions{{
    {"$ref", all, coreVocabulary},
    {"$dynamicRef", d20, coreVocabulary},
    {"$recursiveRef", d19, coreVocabulary},
    {"type", all, validationVocabulary},
    {"enum", all, validationVocabulary},
    {"const", from6, validationVocabulary},
    {"multipleOf", all, validationVocabulary},
    {"maximum", all, validationVocabulary},
    {"minimum", all, validationVocabulary},
    {"exclusiveMaximum", all, validationVocabulary},
    {"exclusiveMinimum", all, validationVocabulary},
    {"maxLength", all, validationVocabulary},
    {"minLength", all, validationVocabulary},
    {"pattern", all, validationVocabulary},
    {"maxItems", all, validationVocabulary},
    {"minItems", all, validationVocabulary},
    {"uniqueItems", all, validationVocabulary},
    {"maxContains", from19, validationVocabulary},
    {"minContains", from19, validationVocabulary},
    {"maxProperties", all, validationVocabulary},
    {"minProperties", all, validationVocabulary},
    {"required", all, validationVocabulary},
    {"dependentRequired", from19, validationVocabulary},
    {"allOf", all, applicatorVocabulary},
    {"anyOf", all, applicatorVocabulary},
    {"oneOf", all, applicatorVocabulary},
    {"not", all, applicatorVocabulary},
    {"if", from7, applicatorVocabulary},
    {"then", from7, applicatorVocabulary},
    {"else", from7, applicatorVocabulary},
    {"dependentSchemas", from19, applicatorVocabulary},
    {"dependencies", old, applicatorVocabulary},
    {"prefixItems", d20, applicatorVocabulary},
    {"items", all, applicatorVocabulary},
    {"additionalItems", all & ~d20, applicatorVocabulary},
    {"contains", from6, applicatorVocabulary},
    {"properties", all, applicatorVocabulary},
    {"patternProperties", all, applicatorVocabulary},
    {"additionalProperties", all, applicatorVocabulary},
    {"propertyNames", from6, applicatorVocabulary},
    {"unevaluatedItems", from19, unevaluatedVocabulary},
    {"unevaluatedProperties", from19, unevaluatedVocabulary},
    {"format", all, formatVocabulary},
    // OpenAPI's and draft 3's words, which change what is valid for those who know them.
    {"nullable", 0, validationVocabulary},
    {"discriminator", 0, validationVocabulary},
    {"extends", 0, validationVocabulary},
    {"disallow", 0, validationVocabulary},
    {"divisibleBy", 0, validationVocabulary},
    {"$data", 0, validationVocabulary},
}};

/// Words that say nothing about validity: annotations of any draft, places for definitions, and names that tools of the
/// trade write (Kafka Connect, jsonschema2pojo, OpenAPI).
constexpr std::array<std::string_view, 40> notes{"$schema",
                                                 "$id",
                                                 "id",
                                                 "$anchor",
                                                 "$dynamicAnchor",
                                                 "$recursiveAnchor",
                                                 "$comment",
                                                 "$defs",
                                                 "definitions",
                                                 "$vocabulary",
                                                 "title",
                                                 "description",
                                                 "default",
                                                 "examples",
                                                 "example",
                                                 "deprecated",
                                                 "readOnly",
                                                 "writeOnly",
                                                 "contentMediaType",
                                                 "contentEncoding",
                                                 "contentSchema",
                                                 "javaType",
                                                 "existingJavaType",
                                                 "javaName",
                                                 "javaInterfaces",
                                                 "tags",
                                                 "version",
                                                 "externalDocs",
                                                 "xml",
                                                 "owner",
                                                 "tsType",
                                                 "markdownDescription",
                                                 "enumNames",
                                                 "enumDescriptions",
                                                 "errorMessage",
                                                 "defaultSnippets",
                                                 "goType",
                                                 "propertyOrder",
                                                 "media",
                                                 "links"};

std::uint8_t bitOf(SchemaDraft draft)
{
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(draft));
}

} // namespace

QString schemaDraftName(SchemaDraft draft)
{
    switch (draft) {
    case SchemaDraft::Draft4:
        return u"draft-04"_s;
    case SchemaDraft::Draft6:
        return u"draft-06"_s;
    case SchemaDraft::Draft7:
        return u"draft-07"_s;
    case SchemaDraft::Draft2019:
        return u"2019-09"_s;
    case SchemaDraft::Draft2020:
        return u"2020-12"_s;
    }
    return {};
}

QString metaSchemaUri(SchemaDraft draft)
{
    const QString name = schemaDraftName(draft);
    return draft >= SchemaDraft::Draft2019 ? u"https://json-schema.org/draft/%1/schema"_s.arg(name)
                                           : u"http://json-schema.org/%1/schema"_s.arg(name);
}

std::optional<SchemaDraft> schemaDraftFromUri(QStringView metaSchema)
{
    if (metaSchema.endsWith(u'#'))
        metaSchema.chop(1);
    const auto bare = [](QStringView uri) { return uri.sliced(uri.indexOf(u"://") + 3); };
    if (!metaSchema.startsWith(u"http://") && !metaSchema.startsWith(u"https://"))
        return std::nullopt;
    for (const SchemaDraft draft : {SchemaDraft::Draft4, SchemaDraft::Draft6, SchemaDraft::Draft7,
                                    SchemaDraft::Draft2019, SchemaDraft::Draft2020}) {
        if (bare(metaSchema) == bare(metaSchemaUri(draft)))
            return draft;
    }
    return std::nullopt;
}

std::optional<std::uint8_t> vocabularyFromUri(QStringView uri)
{
    constexpr std::array<std::pair<QStringView, int>, 14> known{{
        {u"2019-09/vocab/core", coreVocabulary},
        {u"2019-09/vocab/applicator", applicatorVocabulary | unevaluatedVocabulary},
        {u"2019-09/vocab/validation", validationVocabulary},
        {u"2019-09/vocab/meta-data", annotationVocabulary},
        {u"2019-09/vocab/format", formatVocabulary},
        {u"2019-09/vocab/content", annotationVocabulary},
        {u"2020-12/vocab/core", coreVocabulary},
        {u"2020-12/vocab/applicator", applicatorVocabulary},
        {u"2020-12/vocab/unevaluated", unevaluatedVocabulary},
        {u"2020-12/vocab/validation", validationVocabulary},
        {u"2020-12/vocab/meta-data", annotationVocabulary},
        {u"2020-12/vocab/format-annotation", formatVocabulary},
        {u"2020-12/vocab/format-assertion", formatVocabulary | formatAssertionVocabulary},
        {u"2020-12/vocab/content", annotationVocabulary},
    }};
    constexpr QStringView start = u"https://json-schema.org/draft/";
    if (!uri.startsWith(start))
        return std::nullopt;
    for (const auto& [name, bits] : known) {
        if (uri.sliced(start.size()) == name)
            return static_cast<std::uint8_t>(bits);
    }
    return std::nullopt;
}

KeywordUse keywordUse(std::string_view keyword, const SchemaDialect& dialect)
{
    const auto known = std::find_if(assertions.begin(), assertions.end(),
                                    [&](const Keyword& candidate) { return candidate.word == keyword; });
    if (known != assertions.end()) {
        if ((known->drafts & bitOf(dialect.draft)) == 0)
            return KeywordUse::Foreign;
        return dialect.has(known->vocabulary) ? KeywordUse::Assertion : KeywordUse::Annotation;
    }
    // Only draft 7 lets a validator look into the text; in later drafts it is a note.
    if (dialect.draft == SchemaDraft::Draft7 && (keyword == "contentMediaType" || keyword == "contentEncoding"))
        return KeywordUse::Foreign;
    if (std::find(notes.begin(), notes.end(), keyword) != notes.end() || keyword.starts_with("x-") ||
        keyword.starts_with("connect.") || keyword.starts_with("confluent:") || keyword.starts_with("_"))
        return KeywordUse::Annotation;
    return KeywordUse::Unheard;
}

} // namespace spillway
