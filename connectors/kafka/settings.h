// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/secret.h"
#include "model/workspace/workspace.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace spillway::kafka {

/// One line of a client's configuration, by librdkafka's name.
struct Property
{
    QByteArray name;
    Secret value; ///< all of them, so that none is printed by mistake
};

/// A connection as librdkafka's properties, in the order they are to be set: our defaults, the user's own, then what
/// `security` says. Resolves secrets (blocking). InvalidConfig names the property or key at fault; a missing secret is
/// the SecretStore's error. Properties that load code or run a command (`plugin.library.paths`, Kerberos' `kinit`
/// command, SSL engines) are refused.
[[nodiscard]] Result<std::vector<Property>> clientProperties(const ConnectionSettings& settings, SecretStore& secrets);

/// How many bytes one answer to a reader may bring, for `fetch.max.bytes`: 16 MiB, more where messages may be larger,
/// less where the user's `receive.message.max.bytes` would not let it in. nullopt: the user says it, and is heeded.
[[nodiscard]] std::optional<qint64> largestFetch(const ConnectionSettings& settings);

/// How large an answer or an unpacked batch of records may be, for `receive.message.max.bytes`: 1 GB instead of the
/// library's 100 MB, so that many large records in one small batch can be read. nullopt: the user says it.
[[nodiscard]] std::optional<qint64> largestUnpacked(const ConnectionSettings& settings);

/// A property of our own.
[[nodiscard]] Property property(const char* name, const QByteArray& value);

} // namespace spillway::kafka
