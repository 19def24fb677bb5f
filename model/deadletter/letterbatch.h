// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterstore.h"

#include <memory>
#include <set>
#include <vector>

namespace spillway {

/// Letters on their way to the store. Their keys, values and headers (packed) lie in blocks of the batch, so that what
/// the source allocated for each of them is freed while it is still at hand, and a batch that is used again allocates
/// next to nothing. One thread at a time.
class LetterBatch
{
public:
    LetterBatch() = default;
    LetterBatch(const LetterBatch&) = delete; // letters point into the blocks
    LetterBatch& operator=(const LetterBatch&) = delete;

    void add(PreparedLetter&& letter);
    void dropTopics(const std::set<QString>& topics);
    /// Payloads, keys and headers of all that was added.
    [[nodiscard]] qsizetype sizeBytes() const { return m_sizeBytes; }
    /// In the order in which they were added. Bytes of their records are the batch's: copy them to keep them longer.
    [[nodiscard]] const std::vector<PreparedLetter>& letters() const { return m_letters; }
    /// Empties it and keeps its memory.
    void clear();

private:
    /// Uninitialised; as long as the batch is not cleared.
    [[nodiscard]] char* room(std::size_t size);
    void moveIn(std::optional<QByteArray>& bytes);

    struct Block
    {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::vector<Block> m_blocks;
    std::size_t m_filled = 0; // blocks before the one that is being filled
    std::size_t m_used = 0;   // of that one
    std::vector<PreparedLetter> m_letters;
    qsizetype m_sizeBytes = 0;
};

} // namespace spillway
