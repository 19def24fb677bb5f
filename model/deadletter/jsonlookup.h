// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Single values out of a payload by simdjson on demand: nothing is built, nesting costs nothing, and hostile JSON
/// (deep, huge numbers, duplicate keys, broken UTF-8) is "not there", never fatal. Of duplicate keys the last counts,
/// as for Jackson and JavaScript. Thread-safe: each thread keeps a parser.
namespace spillway {

/// A step into an object or an array.
struct JsonStep
{
    QString key;
    std::optional<std::size_t> index; ///< set: an array's element
    friend bool operator==(const JsonStep&, const JsonStep&) = default;
};
using JsonPath = std::vector<JsonStep>;

struct JsonScalar
{
    enum class Type { Text, Number, True, False, Null };
    Type type = Type::Null;
    QString text; ///< unescaped text, the number as written, or the word
    friend bool operator==(const JsonScalar&, const JsonScalar&) = default;
};

/// A scalar as bytes; they live in the reader's payload or its parser until the next read in this thread.
struct JsonScalarView
{
    JsonScalar::Type type = JsonScalar::Type::Null;
    std::string_view text; ///< unescaped text, the number as written, or the word; UTF-8
};

/// Over this size simdjson's index would take many times the payload's memory; such documents are walked instead
/// (soundjson.h), and have to be JSON to their very end.
inline constexpr qsizetype largestIndexedJson = 32LL * 1024 * 1024;

/// The scalar at `path`; nullopt when it is not there, is an object or array, or the bytes are no JSON as far as it was
/// read. A byte-order mark in front is passed over.
[[nodiscard]] std::optional<JsonScalar> jsonValue(QByteArrayView json, const JsonPath& path);

/// The same for many payloads: the path is made ready once and nothing is allocated for a payload. One thread.
class JsonPathReader
{
public:
    explicit JsonPathReader(const JsonPath& path);
    /// As `jsonValue`.
    [[nodiscard]] std::optional<JsonScalarView> read(QByteArrayView json) const;

    /// A step as it is compared.
    struct Step
    {
        std::string key; // UTF-8
        std::optional<std::size_t> index;
    };

private:
    JsonPath m_path;
    std::vector<Step> m_steps; // of the path
};

/// The first of these names that is a non-empty text field of the outermost object.
[[nodiscard]] std::optional<QString> firstTextField(QByteArrayView json, std::span<const QByteArrayView> names);

/// `/error/message`, `~0` and `~1` as in RFC 6901; a step of digits fits an index and a key. nullopt: no pointer.
[[nodiscard]] std::optional<JsonPath> parseJsonPointer(QStringView pointer);
[[nodiscard]] std::optional<JsonScalar> jsonPointerValue(QByteArrayView json, const QString& pointer);

} // namespace spillway
