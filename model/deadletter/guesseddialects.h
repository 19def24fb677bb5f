// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <optional>

/// Dead letters that no header announces by name. What is read here is read by shape, so the confidence is low and
/// nothing is told that could mean two things: how often a record was delivered, say. Pure; any thread.
namespace spillway {

inline constexpr QStringView genericDialect = u"generic";
inline constexpr QStringView uForwarderDialect = u"uforwarder";
inline constexpr QStringView uForwarderValueDialect = u"uforwarder-value";

/// uForwarder (Uber's consumer proxy) writes its DLQMetadata, a protobuf message, in the place of the record's key; the
/// key itself is inside. Other clients of it put it into a header, or into the place of the value, the value itself
/// inside: then the dialect is `uforwarder-value`. Its retry count is the least number of deliveries. nullopt for
/// anything else: unknown fields, a topic that can be none, bytes left over.
[[nodiscard]] std::optional<LetterFacts> readUForwarder(const RawRecord& record);

/// What the proxy put away in its metadata, as a view into it: empty where the record had none, or in a header.
/// nullopt: this is no metadata.
[[nodiscard]] std::optional<QByteArrayView> uForwarderData(QByteArrayView metadata);
/// The key that the proxy put away in the record's. nullopt: the record's key is no metadata.
[[nodiscard]] std::optional<QByteArray> uForwarderKey(const RawRecord& record);
/// The record's own key of a letter of this dialect: the proxy's wrapper taken off.
[[nodiscard]] std::optional<QByteArray> ownKey(const RawRecord& record, QStringView dialect);
/// How such a key stands in the metadata's bytes, length in front: for whoever looks for it with SQLite's means.
[[nodiscard]] QByteArray uForwarderKeyBytes(QByteArrayView key);

/// Whether this header holds the proxy's metadata.
[[nodiscard]] bool isUForwarderHeader(const Header& header);

/// Headers of home-made frameworks (`*original*topic*` with `*exception*` or `*error*`), and JSON envelopes
/// `{originalTopic, error, payload}`. nullopt unless an origin or an exception's class is told. Names that contradict
/// each other tell nothing.
[[nodiscard]] std::optional<LetterFacts> readGeneric(const RawRecord& record);

/// Whether the letter itself is such an envelope: its headers tell nothing, so `readGeneric` read the payload.
[[nodiscard]] bool isEnvelope(const RawRecord& record);

/// Whether `readGeneric` takes this header for one that tells of the failure or of where the record was.
[[nodiscard]] bool isGenericErrorHeader(const Header& header);

/// Whether headers of this dialect's letters are known by more than a list of names: `generic`, `uforwarder`.
[[nodiscard]] bool knowsHeadersByShape(QStringView dialect);
/// Whether a letter of this dialect tells of its failure in this header, as far as its shape says so; false for
/// dialects that list their names.
[[nodiscard]] bool isErrorHeaderByShape(QStringView dialect, const Header& header);

} // namespace spillway
