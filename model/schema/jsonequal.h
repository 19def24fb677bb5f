// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/jsontape.h"

namespace spillway {

/// Three-valued truth of everything a schema asks.
enum class Tri { No, Unknown, Yes };

/// Whether two JSON values are the same by JSON Schema's rules: numbers by value, members in any order, of duplicate
/// names the last. Unknown for what is nested deeper than 500 levels or costs more than `work` steps (taken off it).
[[nodiscard]] Tri jsonEqual(const JsonTape& a, std::uint32_t left, const JsonTape& b, std::uint32_t right,
                            std::int64_t& work);

/// Hashes of all nodes of a subtree, the same for equal values. [0] belongs to `node`, [i] to `node + i`.
[[nodiscard]] std::vector<std::uint64_t> jsonHashes(const JsonTape& tape, std::uint32_t node);

/// Whether all elements differ. No, with the later of the first two equal ones in `duplicate`.
[[nodiscard]] Tri jsonElementsDiffer(const JsonTape& tape, std::uint32_t array, std::int64_t& work,
                                     std::uint32_t& duplicate);

/// A number's value where it is written as a whole number of at most 18 digits: the quick way.
[[nodiscard]] std::optional<std::int64_t> plainInteger(QByteArrayView token);

} // namespace spillway
