// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>

#include <cstdint>
#include <memory>

namespace spillway {

/// The demo: a Kafka broker inside this process (librdkafka's mock cluster, on a loopback port) with a living little
/// company on it, and the workspace that describes them. Orders and payments flow, a group falls behind and recovers
/// within each minute, one has stalled, one never began; a renamed field fills the dead-letter topic, and letters of a
/// time-out succeed when they are replayed. Starts and ends on any thread; in between it lives by itself.
class EmbeddedBroker
{
public:
    /// Starts the broker, fills it with the company's past and writes the workspace. Takes about half a second.
    /// @param workspaceFolder  made if needed; files of an earlier demo are replaced
    /// @param seed             the same seed gives the same company, apart from the time of day
    [[nodiscard]] static Result<std::unique_ptr<EmbeddedBroker>> start(const QString& workspaceFolder,
                                                                       std::uint64_t seed);
    ~EmbeddedBroker();
    EmbeddedBroker(const EmbeddedBroker&) = delete;
    EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

    [[nodiscard]] const QString& bootstrap() const;     ///< host:port
    [[nodiscard]] const QString& workspaceFile() const; ///< absolute path of its spillway.yaml

private:
    struct Impl;
    explicit EmbeddedBroker(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway
