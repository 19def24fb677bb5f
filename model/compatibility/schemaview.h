// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/compiledversion.h"

namespace spillway {

/// Types as bits of JsonKind, with bit 7 for whole numbers; `number` has bits 3 and 7.
namespace typebits {
inline constexpr std::uint8_t null = 1U << 0;
inline constexpr std::uint8_t boolean = 1U << 1 | 1U << 2;
inline constexpr std::uint8_t fraction = 1U << 3;
inline constexpr std::uint8_t string = 1U << 4;
inline constexpr std::uint8_t array = 1U << 5;
inline constexpr std::uint8_t object = 1U << 6;
inline constexpr std::uint8_t integer = 1U << 7;
inline constexpr std::uint8_t number = fraction | integer;
inline constexpr std::uint8_t all = 0xFF;
} // namespace typebits

/// One keyword of a conjunction, and the schema it stands in.
struct SchemaAtom
{
    SchemaRef schema = noSchema;
    const SchemaCheck* check = nullptr;
};

/// All that a conjunction asks, laid out flat: what stands under `$ref` and `allOf` counts as if it stood here. What
/// depends on a choice (anyOf, oneOf, if, not) stays whole.
struct SchemaView
{
    bool refuses = false;                    ///< `false` is among them
    bool isWhole = true;                     ///< else there was more than is gone into
    bool isTangled = false;                  ///< what an unevaluated… keyword covers cannot be told
    std::uint8_t types = typebits::all;      ///< what a value may be, as far as types, constants and branches tell
    std::uint8_t namedTypes = typebits::all; ///< by `type` alone
    std::vector<SchemaAtom> atoms;           ///< in the order of the file
    std::vector<SchemaRef> schemas;          ///< those that were laid out
    std::vector<std::pair<QString, SchemaSpot>> formats;

    [[nodiscard]] std::vector<SchemaAtom> of(SchemaCheck::Kind kind) const;
    [[nodiscard]] bool has(SchemaCheck::Kind kind) const;
    /// Nothing is asked at all.
    [[nodiscard]] bool isOpen() const { return !refuses && atoms.empty() && formats.empty(); }
};

[[nodiscard]] SchemaView viewOf(const CompiledVersion& version, const Conjunction& schemas);

/// The same places without detours: a schema that is nothing but a `$ref`, or an `allOf` of one part, is what it leads
/// to. So all that refers to a definition is one place, and a circle is seen where it closes.
[[nodiscard]] Conjunction withoutDetours(const CompiledVersion& version, const Conjunction& schemas);

/// Schemas that a property of this name must satisfy.
struct PropertyView
{
    Conjunction schemas;
    std::optional<SchemaSpot> declared; ///< where `properties` names it
    bool isCovered = false;             ///< named, or matched by a pattern
};
[[nodiscard]] PropertyView propertyOf(const CompiledVersion& version, const SchemaView& view, std::string_view name);
/// Schemas for names that nothing names.
[[nodiscard]] Conjunction undeclaredOf(const SchemaView& view);
/// Names under `properties`, ordered, without repetition.
[[nodiscard]] std::vector<std::string> declaredNames(const SchemaView& view);
[[nodiscard]] std::vector<std::string> requiredNames(const SchemaView& view);

/// Schemas of the element at `place`; beyond every listed place: of the rest.
[[nodiscard]] Conjunction itemOf(const SchemaView& view, std::size_t place);
/// How many places have schemas of their own.
[[nodiscard]] std::size_t listedItems(const SchemaView& view);

/// All values that may come, as JSON texts, where `enum`, `const` or a type of few values tells. nullopt: any may come.
[[nodiscard]] std::optional<std::vector<QByteArray>> constantsOf(const CompiledVersion& version,
                                                                 const SchemaView& view);

/// Sorted, without repetition.
[[nodiscard]] Conjunction conjunctionOf(std::vector<SchemaRef> schemas);

} // namespace spillway
