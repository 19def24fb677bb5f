// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterbatch.h"

#include "model/deadletter/headerpack.h"

#include <cstring>

namespace spillway {

namespace {

constexpr std::size_t blockBytes = 512 * 1024;
constexpr qsizetype largestMoved = 64 * 1024; // what is larger keeps its own memory, and gives it back

} // namespace

char* LetterBatch::room(std::size_t size)
{
    while (m_filled < m_blocks.size() && m_blocks[m_filled].size - m_used < size) {
        ++m_filled;
        m_used = 0;
    }
    if (m_filled == m_blocks.size()) {
        const std::size_t needed = std::max(size, blockBytes);
        m_blocks.push_back({std::unique_ptr<char[]>(new char[needed]), needed});
    }
    char* const at = m_blocks[m_filled].bytes.get() + m_used;
    m_used += size;
    return at;
}

void LetterBatch::moveIn(std::optional<QByteArray>& bytes)
{
    if (!bytes || bytes->size() > largestMoved)
        return;
    const qsizetype size = bytes->size();
    char* const at = room(static_cast<std::size_t>(size));
    std::memcpy(at, bytes->constData(), static_cast<std::size_t>(size));
    bytes = QByteArray::fromRawData(at, size);
}

void LetterBatch::add(PreparedLetter&& given)
{
    PreparedLetter& letter = m_letters.emplace_back(std::move(given));
    RawRecord& record = letter.record;
    const std::int64_t sizeBytes = record.sizeBytes();
    m_sizeBytes += sizeBytes;
    moveIn(record.key);
    moveIn(record.value);
    PreparedLetter::Packed& packed = letter.packed.emplace();
    packed.sizeBytes = sizeBytes;
    if (const qsizetype most = packedHeadersBound(record.headers); most <= largestMoved) {
        char* const at = room(static_cast<std::size_t>(most));
        const qsizetype size = packHeaders(record.headers, at);
        m_used -= static_cast<std::size_t>(most - size);
        packed.headers = QByteArray::fromRawData(at, size);
    } else {
        packed.headers = packHeaders(record.headers);
    }
    record.headers = Headers();
}

void LetterBatch::dropTopics(const std::set<QString>& topics)
{
    std::erase_if(m_letters, [&](const PreparedLetter& letter) { return topics.contains(letter.record.at.topic); });
}

void LetterBatch::clear()
{
    m_letters.clear();
    m_filled = 0;
    m_used = 0;
    m_sizeBytes = 0;
}

} // namespace spillway
