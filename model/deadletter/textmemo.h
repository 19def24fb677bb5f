// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace spillway {

/// Remembers what was found out about a combination of texts, by where they stand in memory: texts that letters have in
/// common (`TextPool`) are found again without being read. A combination of equal texts in other places is not found;
/// that is all that may happen. Takes a fixed amount of memory. One thread.
template<typename Value, std::size_t texts>
class TextMemo
{
public:
    /// @param extra  what makes the combination besides its texts.
    struct Key
    {
        std::array<const QString*, texts> of; ///< null: there is none
        std::uint64_t extra = 0;
    };
    [[nodiscard]] static const QString* maybe(const std::optional<QString>& text) { return text ? &*text : nullptr; }

    /// Null: not remembered. Until the next `keep`.
    [[nodiscard]] const Value* find(const Key& key) const
    {
        const Places places = placesOf(key);
        const Slot& slot = m_slots[hashOf(places) % slotCount];
        return slot.value && slot.places == places ? &*slot.value : nullptr;
    }
    const Value& keep(const Key& key, Value value)
    {
        const Places places = placesOf(key);
        Slot& slot = m_slots[hashOf(places) % slotCount];
        slot.places = places;
        for (std::size_t i = 0; i < texts; ++i)
            slot.held[i] = key.of[i] ? *key.of[i] : QString();
        slot.value = std::move(value);
        return *slot.value;
    }
    void clear() { m_slots.assign(slotCount, Slot()); }

private:
    static constexpr std::size_t slotCount = 1024;
    using Places = std::array<std::uint64_t, texts + 1>;
    struct Slot
    {
        Places places{};
        std::array<QString, texts> held; // as long as it stands here, no other text can stand in its place
        std::optional<Value> value;
    };

    [[nodiscard]] static Places placesOf(const Key& key)
    {
        Places places;
        for (std::size_t i = 0; i < texts; ++i) {
            // All empty texts are one.
            places[i] = !key.of[i]             ? 0
                        : key.of[i]->isEmpty() ? 1
                                               : reinterpret_cast<std::uintptr_t>(key.of[i]->constData());
        }
        places[texts] = key.extra;
        return places;
    }
    [[nodiscard]] static std::size_t hashOf(const Places& places)
    {
        std::uint64_t hash = 0;
        for (const std::uint64_t place : places)
            hash = (hash ^ place) * 0x9E3779B97F4A7C15ULL;
        return static_cast<std::size_t>(hash ^ hash >> 32U);
    }

    std::vector<Slot> m_slots = std::vector<Slot>(slotCount);
};

} // namespace spillway
