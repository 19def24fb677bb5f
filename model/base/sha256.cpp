// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/sha256.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace spillway {

namespace {

#if defined(__x86_64__)

// FIPS 180-4, 4.2.2
alignas(16) constexpr std::uint32_t roundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// Hashes whole blocks of 64 bytes. The instructions want the state as (A B E F) and (C D G H).
__attribute__((target("sha,sse4.1"))) void compress(std::array<std::uint32_t, 8>& state, const std::uint8_t* data,
                                                    std::size_t blocks)
{
    const auto load = [](const void* from) __attribute__((target("sha,sse4.1")))
    {
        return _mm_loadu_si128(static_cast<const __m128i*>(from));
    };
    const __m128i swapBytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i dcba = _mm_shuffle_epi32(load(&state[0]), 0xB1);
    const __m128i hgfe = _mm_shuffle_epi32(load(&state[4]), 0x1B);
    __m128i abef = _mm_alignr_epi8(dcba, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, dcba, 0xF0);
    for (; blocks > 0; --blocks, data += 64) {
        const __m128i abefBefore = abef;
        const __m128i cdghBefore = cdgh;
        __m128i words[4];
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            __m128i& word = words[i % 4];
            if (i < 4) {
                word = _mm_shuffle_epi8(load(data + 16 * i), swapBytes);
            } else {
                const __m128i seven = _mm_alignr_epi8(words[(i + 3) % 4], words[(i + 2) % 4], 4);
                word = _mm_add_epi32(_mm_sha256msg1_epu32(word, words[(i + 1) % 4]), seven);
                word = _mm_sha256msg2_epu32(word, words[(i + 3) % 4]);
            }
            const __m128i keyed = _mm_add_epi32(word, load(&roundConstants[4 * i]));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
        }
        abef = _mm_add_epi32(abef, abefBefore);
        cdgh = _mm_add_epi32(cdgh, cdghBefore);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[0]), _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[4]), _mm_alignr_epi8(dchg, feba, 8));
}

bool hasInstructions()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & (1U << 29U)) == 0) // SHA
        return false;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & (1U << 19U)) != 0 && (c & (1U << 9U)) != 0; // SSE4.1, SSSE3
}

#else

void compress(std::array<std::uint32_t, 8>&, const std::uint8_t*, std::size_t)
{
}

bool hasInstructions()
{
    return false;
}

#endif

} // namespace

bool Sha256::isAccelerated()
{
    static const bool is = hasInstructions();
    return is;
}

Sha256::Sha256(bool mayUseProcessor)
    // FIPS 180-4, 5.3.3
    : m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}
{
    if (!mayUseProcessor || !isAccelerated())
        m_portable = std::make_unique<QCryptographicHash>(QCryptographicHash::Sha256);
}

Sha256::~Sha256() = default;

void Sha256::add(QByteArrayView bytes)
{
    if (m_portable) {
        m_portable->addData(bytes);
        return;
    }
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    auto size = static_cast<std::size_t>(bytes.size());
    const std::size_t held = m_lengthBytes % 64;
    m_lengthBytes += size;
    if (held > 0) {
        const std::size_t taken = std::min(size, 64 - held);
        if (taken > 0)
            std::memcpy(m_block.data() + held, data, taken);
        if (held + taken < 64)
            return;
        compress(m_state, m_block.data(), 1);
        data += taken;
        size -= taken;
    }
    compress(m_state, data, size / 64);
    if (size % 64 > 0)
        std::memcpy(m_block.data(), data + size / 64 * 64, size % 64);
}

std::array<std::uint8_t, 32> Sha256::result()
{
    std::array<std::uint8_t, 32> hash;
    if (m_portable) {
        std::memcpy(hash.data(), m_portable->result().constData(), hash.size());
        return hash;
    }
    const std::uint64_t lengthBits = qToBigEndian(m_lengthBytes * 8);
    const std::size_t held = m_lengthBytes % 64;
    std::array<std::uint8_t, 128> end{};
    std::memcpy(end.data(), m_block.data(), held);
    end[held] = 0x80;
    const std::size_t blocks = held < 56 ? 1 : 2;
    std::memcpy(end.data() + blocks * 64 - 8, &lengthBits, 8);
    compress(m_state, end.data(), blocks);
    for (std::size_t i = 0; i < m_state.size(); ++i) {
        const std::uint32_t word = qToBigEndian(m_state[i]);
        std::memcpy(hash.data() + 4 * i, &word, 4);
    }
    return hash;
}

QByteArray Sha256::hexResult()
{
    const auto hash = result();
    return QByteArray(reinterpret_cast<const char*>(hash.data()), static_cast<qsizetype>(hash.size())).toHex();
}

} // namespace spillway
