// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

#include <cstdint>
#include <optional>
#include <string_view>

namespace spillway {

enum class SchemaDraft : std::uint8_t { Draft4, Draft6, Draft7, Draft2019, Draft2020 };

[[nodiscard]] QString schemaDraftName(SchemaDraft draft); ///< draft-04 … draft-07, 2019-09, 2020-12
/// By the address of its meta-schema (`http` or `https`, an empty fragment or none).
[[nodiscard]] std::optional<SchemaDraft> schemaDraftFromUri(QStringView metaSchema);
[[nodiscard]] QString metaSchemaUri(SchemaDraft draft);

/// The groups of keywords that 2019-09 and 2020-12 let a meta-schema switch on; older drafts have all.
enum SchemaVocabulary : std::uint8_t {
    coreVocabulary = 1,
    applicatorVocabulary = 2,
    unevaluatedVocabulary = 4,
    validationVocabulary = 8,
    formatVocabulary = 16, ///< format as an annotation
    formatAssertionVocabulary = 32,
    annotationVocabulary = 64, ///< meta-data and content
};

struct SchemaDialect
{
    SchemaDraft draft = SchemaDraft::Draft2020;
    std::uint8_t vocabularies = 255 & ~formatAssertionVocabulary;
    bool has(SchemaVocabulary vocabulary) const { return (vocabularies & vocabulary) != 0; }
    friend bool operator==(const SchemaDialect&, const SchemaDialect&) = default;
};

/// The bits of a vocabulary's address; nullopt: not one of ours.
[[nodiscard]] std::optional<std::uint8_t> vocabularyFromUri(QStringView uri);

/// What a keyword is to a dialect.
enum class KeywordUse {
    Assertion,  ///< it decides
    Annotation, ///< it decides nothing; also words that are known to be notes (title, x-owner, connect.name)
    Foreign,    ///< another draft's word: validators differ over it
    Unheard,    ///< nobody's word that we know
};
[[nodiscard]] KeywordUse keywordUse(std::string_view keyword, const SchemaDialect& dialect);

} // namespace spillway
