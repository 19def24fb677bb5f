// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <array>
#include <cstdint>
#include <memory>

class QCryptographicHash;

namespace spillway {

/// SHA-256 of a stream of bytes. Qt's own takes 6 ns a byte, which at a kilobyte a record is most of what storing it
/// costs; where the processor has instructions for it (SHA-NI) they are used, else Qt's. One thread.
class Sha256
{
public:
    /// @param mayUseProcessor  false for tests of the other way.
    explicit Sha256(bool mayUseProcessor = true);
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(QByteArrayView bytes);
    /// The hash of all that was added; nothing may be added afterwards.
    [[nodiscard]] std::array<std::uint8_t, 32> result();
    /// The same as 64 lower-case digits.
    [[nodiscard]] QByteArray hexResult();

    /// Whether this processor has the instructions.
    [[nodiscard]] static bool isAccelerated();

private:
    std::unique_ptr<QCryptographicHash> m_portable; // null: the processor does it
    std::array<std::uint32_t, 8> m_state;
    std::array<std::uint8_t, 64> m_block; // bytes that do not fill a block yet
    std::uint64_t m_lengthBytes = 0;
};

} // namespace spillway
