// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"
#include "model/catalog/catalog.h"
#include "model/deadletter/jsonlookup.h"

#include <QStringList>

#include <map>
#include <optional>
#include <set>
#include <vector>

/// Which records are about one key or id. What counts is written down for users in resources/manual/trail.md.
namespace spillway {

/// Where else the key may stand, as a person named it: `payload.order_id`, `header.X-Order`.
struct TrailField
{
    QString header; ///< empty: a field of the payload
    JsonPath path;
    QString written; ///< as it was named
    friend bool operator==(const TrailField&, const TrailField&) = default;
};
/// InvalidConfig says what to write. A name without `payload.` or `header.` is a payload's field.
[[nodiscard]] Result<TrailField> parseTrailField(const QString& text);

/// What is looked for: bytes as they stand in a record, and how else serialisers write them.
struct TrailKey
{
    QByteArray bytes;
    std::vector<TrailField> fields; ///< besides those that always count
    friend bool operator==(const TrailKey&, const TrailKey&) = default;

    /// The bytes of a record's key that are this key: the bytes themselves, the same as a JSON string, and of a whole
    /// number its 4 and 8 bytes, big-endian, as Java's serialisers write them.
    [[nodiscard]] std::vector<QByteArray> asRecordKeys() const;
};
/// InvalidConfig for none, for one longer than `longestTrailKey`, and for base64 that is none.
[[nodiscard]] Result<TrailKey> trailKeyOf(const QString& text, bool isBase64, const QStringList& fields);
inline constexpr qsizetype longestTrailKey = 4'096; ///< bytes

/// Why a record is part of a trail.
struct TrailMatch
{
    enum class By {
        Key,
        Header,
        Payload,
        Link, ///< it bears the id of a record that is: a letter's origin, a processing-log record
    };
    By by = By::Key;
    QString name; ///< of the header or field
    friend bool operator==(const TrailMatch&, const TrailMatch&) = default;
};
[[nodiscard]] QString trailMatchWord(const TrailMatch& match); ///< `key`, `header:event_id`, `payload:order_id`, `link`

/// Looks at records. Linear in a record's bytes; a payload is read as JSON only where the key stands in it. One thread.
class TrailMatcher
{
public:
    TrailMatcher(TrailKey key, const Catalog& catalog);

    [[nodiscard]] const TrailKey& key() const { return m_key; }
    /// @param topic  whose catalog entries say which payload field is the key; a letter's is its origin's.
    [[nodiscard]] std::optional<TrailMatch> match(const RawRecord& record, const QString& topic) const;

private:
    [[nodiscard]] bool isKey(QByteArrayView bytes) const;
    [[nodiscard]] std::optional<TrailMatch> inHeaders(const RawRecord& record) const;
    [[nodiscard]] std::optional<TrailMatch> inPayload(QByteArrayView payload, const QString& topic) const;

    TrailKey m_key;
    std::vector<QByteArray> m_recordKeys;
    QByteArray m_quoted; // as a JSON string
    struct Field
    {
        QString name;
        JsonPathReader reader;
    };
    std::vector<Field> m_fields;
    std::map<QString, std::vector<Field>> m_fieldsOfTopic; // partition_key of its events
};

/// Ids by which a record is spoken of elsewhere: event ids and trace ids of its headers and its payload's outermost
/// object, at most some dozen.
[[nodiscard]] std::set<QByteArray> idsOf(const RawRecord& record);

/// The payload without the five bytes that a registry's serialiser puts in front of JSON.
[[nodiscard]] QByteArrayView unframedJson(QByteArrayView payload);

} // namespace spillway
