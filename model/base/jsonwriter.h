// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// Writes one JSON document, fields in the order they are given, compact. The way out for everything Spillway prints or
/// seals. Control characters and line separators, C1 and U+2028 too, are written as \uXXXX: no reader takes one of them
/// for the end of a line. Misuse (a value without a key inside an object) is our own mistake and asserted. One thread.
class JsonWriter
{
public:
    enum class Escapes {
        EveryLineEnd,
        AsSealed, ///< C1, U+2028 and U+2029 stand as they are: in files whose bytes older versions sealed
    };
    explicit JsonWriter(Escapes escapes = Escapes::EveryLineEnd)
        : m_escapes(escapes)
    {
    }

    JsonWriter& beginObject();
    JsonWriter& endObject();
    JsonWriter& beginArray();
    JsonWriter& endArray();
    JsonWriter& key(QStringView name);

    JsonWriter& value(QStringView text); ///< invalid surrogates become U+FFFD
    JsonWriter& value(const QString& text) { return value(QStringView(text)); }
    JsonWriter& value(const char16_t* text) { return value(QStringView(text)); }
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(int number) { return value(std::int64_t{number}); }
    JsonWriter& value(long long number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter& value(double number); ///< shortest form that reads back equal; NaN and infinity are null
    JsonWriter& value(bool yes);
    JsonWriter& value(UtcTime time); ///< RFC 3339, UTC, milliseconds
    JsonWriter& null();
    /// Already JSON (a number written by somebody else's rule, a nested document). Not checked; its line ends are
    /// escaped like those of values.
    JsonWriter& raw(QByteArrayView json);

    template<typename T>
    JsonWriter& value(const std::optional<T>& maybe)
    {
        return maybe ? value(*maybe) : null();
    }
    template<typename T>
    JsonWriter& field(QStringView name, const T& v)
    {
        return key(name).value(v);
    }
    JsonWriter& nullField(QStringView name) { return key(name).null(); }
    /// `name` as text where the bytes are UTF-8, else `name` null beside `nameBase64`. An absent value is null.
    JsonWriter& bytesField(QStringView name, const std::optional<QByteArray>& bytes);

    [[nodiscard]] const QByteArray& json() const { return m_out; }

private:
    void separate();
    [[nodiscard]] bool endsLine(QByteArrayView utf8, qsizetype at) const;
    void appendEscaped(QByteArrayView utf8, qsizetype& at);

    Escapes m_escapes;
    QByteArray m_out;
    std::vector<bool> m_hasItems; // one per open object or array: whether a comma is due
    bool m_afterKey = false;
};

} // namespace spillway
