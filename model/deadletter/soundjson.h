// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/jsonlookup.h"

#include <QByteArrayView>

#include <optional>

namespace spillway {

/// A document that is one by JsonCheck, walked from byte to byte without an index: slower than jsonlookup's way, and in
/// no memory, whatever its size and depth. The bytes outlive it. Pure; any thread.
class SoundJson
{
public:
    /// nullopt: the bytes are no JSON document.
    [[nodiscard]] static std::optional<SoundJson> of(QByteArrayView json);

    /// The value's own bytes, a text with its quotes; of duplicate keys the last one's. An empty path is the document.
    /// nullopt: there is nothing.
    [[nodiscard]] std::optional<QByteArrayView> at(const JsonPath& path) const;

private:
    explicit SoundJson(QByteArrayView json)
        : m_json(json)
    {
    }

    struct Span
    {
        qsizetype from = 0;
        qsizetype to = 0; ///< half-open
    };
    [[nodiscard]] std::optional<Span> member(Span of, const JsonStep& step) const;
    [[nodiscard]] qsizetype next(qsizetype at) const;
    [[nodiscard]] qsizetype behindText(qsizetype at) const;
    [[nodiscard]] Span valueAt(qsizetype at) const;

    QByteArrayView m_json;
};

/// Whether half of a surrogate pair is written as an escape in this text of a sound document: no bytes stand for it.
[[nodiscard]] bool hasLoneSurrogate(QByteArrayView token);

} // namespace spillway
