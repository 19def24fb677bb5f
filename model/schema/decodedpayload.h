// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/verdict.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// A stretch of bytes that a person should look at, with the reason.
struct PayloadMark
{
    std::int64_t first = 0; ///< bytes [first, last) of the payload as it was stored
    std::int64_t last = 0;
    QString message; ///< a plain sentence
    friend bool operator==(const PayloadMark&, const PayloadMark&) = default;
};

/// A payload made readable, for display only: the stored bytes stay what they are, and nothing is ever sent from here.
struct DecodedPayload
{
    enum class Format { Json, Avro, Protobuf, Other };
    Format format = Format::Other;
    /// JSON in UTF-8, made from Avro or Protobuf; nullopt where the payload itself is the text (Json) or nothing could
    /// be read (`note` says why and where).
    std::optional<QByteArray> text;
    qsizetype bodyAt = 0; ///< where the payload proper begins, behind a registry's prefix
    QString wire;         ///< the prefix or header in words, `Confluent schema id 42`; empty without one
    QString schema;       ///< by which schema `text` was made, relative to the schemas folder; empty: none was at hand
    QString note;         ///< for people: what could not be read, or that field names are missing; may be empty
    std::vector<PayloadMark> marks; ///< errors of `judgement` and of decoding, by place
    SchemaJudgement judgement;
    friend bool operator==(const DecodedPayload&, const DecodedPayload&) = default;
};

} // namespace spillway
