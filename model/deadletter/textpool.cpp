// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/textpool.h"

#include <atomic>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A hostile letter may invent each of its texts.
constexpr qsizetype longestShared = 512;
constexpr qsizetype mostShared = 20'000;
constexpr std::size_t mostNumbered = 20'000;

/// @param text  not empty.
std::size_t glanceAt(const QString& text)
{
    const auto at = [&text](qsizetype place) { return static_cast<std::size_t>(text[place].unicode()); };
    const qsizetype size = text.size();
    return static_cast<std::size_t>(size) * 7 + at(size / 2) * 31 + at(size - 1) * 131 + at(size / 4) * 17;
}

std::uint64_t nextNumber()
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

} // namespace

bool TextPool::share(QString& text)
{
    if (text.size() > longestShared)
        return false;
    if (text.isEmpty()) {
        text = u""_s; // all of them stand in one place
        return true;
    }
    QString& recent = m_recent[glanceAt(text) % m_recent.size()];
    if (recent.constData() == text.constData())
        return true;
    if (recent == text) {
        text = recent;
        return true;
    }
    if (m_texts.size() > mostShared) {
        m_texts.clear();
        m_recent.fill(QString());
        ++m_generation;
    }
    text = *m_texts.insert(text);
    recent = text;
    return true;
}

std::size_t TextNumbers::Hash::operator()(const Key& key) const
{
    std::size_t hash = 0;
    for (const std::uintptr_t part : key)
        hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
    return hash ^ hash >> 32U;
}

std::uint64_t TextNumbers::numberOf(const Key& key, std::uint64_t generation)
{
    if (generation != m_generation || m_known.size() > mostNumbered) {
        m_known.clear();
        m_generation = generation;
    }
    std::uint64_t& number = m_known[key];
    if (number == 0)
        number = nextNumber();
    return number;
}

} // namespace spillway
