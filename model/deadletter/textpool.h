// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QString>

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace spillway {

/// One copy of each text, for letters that have it in common: they are compared at once, take less memory, and none of
/// them is freed letter by letter. One thread.
class TextPool
{
public:
    /// @return whether all that are equal to it are one copy now; false: it is too long for that.
    bool share(QString& text);
    bool share(std::optional<QString>& text) { return !text || share(*text); }
    /// Moves when copies made before may no longer be the pool's.
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }

private:
    QSet<QString> m_texts;
    std::array<QString, 1024> m_recent; // by a glance at the text: most texts come again soon, and one comparison tells
    std::uint64_t m_generation = 0;
};

/// Numbers combinations of a pool's texts by where they stand, so that the same combination is found again without
/// reading it. One thread.
class TextNumbers
{
public:
    /// Places of texts, and whatever else makes a combination.
    using Key = std::array<std::uintptr_t, 8>;
    [[nodiscard]] static std::uintptr_t placeOf(const QString& text)
    {
        return reinterpret_cast<std::uintptr_t>(text.constData());
    }
    [[nodiscard]] static std::uintptr_t placeOf(const std::optional<QString>& text)
    {
        return text ? placeOf(*text) : 0;
    }

    /// Never 0. No other combination has it, of no pool, as long as the process lives; a combination may get another
    /// one when many came in between.
    /// @param generation  of the pool; with another one the places mean other texts.
    [[nodiscard]] std::uint64_t numberOf(const Key& key, std::uint64_t generation);

private:
    struct Hash
    {
        std::size_t operator()(const Key& key) const;
    };
    std::unordered_map<Key, std::uint64_t, Hash> m_known;
    std::uint64_t m_generation = 0;
};

} // namespace spillway
