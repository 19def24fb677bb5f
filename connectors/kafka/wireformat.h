// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QtEndian>

#include <cstdint>
#include <optional>

/// Kafka's frames before its compact encoding: big-endian numbers, texts and arrays with their length in front.
namespace spillway::kafka {

class WireWriter
{
public:
    template<typename T>
    WireWriter& number(T value)
    {
        QByteArray bytes(sizeof(T), Qt::Uninitialized);
        qToBigEndian(value, bytes.data());
        m_bytes += bytes;
        return *this;
    }
    WireWriter& text(const QByteArray& utf8)
    {
        number(static_cast<std::int16_t>(utf8.size()));
        m_bytes += utf8;
        return *this;
    }
    WireWriter& blob(const QByteArray& bytes)
    {
        number(static_cast<std::int32_t>(bytes.size()));
        m_bytes += bytes;
        return *this;
    }
    [[nodiscard]] const QByteArray& bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

/// Reads what a broker sent, which may be anything: behind its end everything is 0 or empty, and it is no longer whole.
/// Does not own the bytes.
class WireReader
{
public:
    explicit WireReader(QByteArrayView bytes)
        : m_rest(bytes)
    {
    }
    template<typename T>
    [[nodiscard]] T number()
    {
        if (!has(sizeof(T)))
            return 0;
        const T value = qFromBigEndian<T>(m_rest.data());
        m_rest = m_rest.sliced(sizeof(T));
        return value;
    }
    /// An absent text is empty.
    [[nodiscard]] QByteArray text() { return take(number<std::int16_t>()); }
    [[nodiscard]] QByteArray blob() { return take(number<std::int32_t>()); }
    /// How many items follow, each of at least `least` bytes; 0 where so many cannot.
    [[nodiscard]] std::int32_t count(qsizetype least)
    {
        const auto items = number<std::int32_t>();
        if (items > m_rest.size() / least) {
            m_isWhole = false;
            return 0;
        }
        return items;
    }
    [[nodiscard]] bool isWhole() const { return m_isWhole; }

private:
    [[nodiscard]] bool has(qsizetype size)
    {
        m_isWhole = m_isWhole && size <= m_rest.size();
        return m_isWhole;
    }
    QByteArray take(qsizetype size)
    {
        if (size <= 0 || !has(size))
            return {};
        const QByteArray taken = m_rest.first(size).toByteArray();
        m_rest = m_rest.sliced(size);
        return taken;
    }
    QByteArrayView m_rest;
    bool m_isWhole = true;
};

} // namespace spillway::kafka
