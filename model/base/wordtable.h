// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <optional>
#include <utility>

namespace spillway {

/// The words of an enum as files, events and programs write them: each value once. Pure; any thread.
template<typename Enum, std::size_t N>
using WordTable = std::array<std::pair<Enum, QStringView>, N>;

/// Empty for a value that the table lacks.
template<typename Enum, std::size_t N>
[[nodiscard]] QString wordOf(const WordTable<Enum, N>& table, Enum value)
{
    for (const auto& [known, word] : table) {
        if (known == value)
            return word.toString();
    }
    return {};
}

/// nullopt for what is no word of the table; case counts.
template<typename Enum, std::size_t N>
[[nodiscard]] std::optional<Enum> valueOf(const WordTable<Enum, N>& table, QStringView word)
{
    for (const auto& [value, known] : table) {
        if (known == word)
            return value;
    }
    return std::nullopt;
}

} // namespace spillway
