// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QString>

#include <optional>

namespace spillway {

/// What a broker can do. Rules and screens ask these, never a broker's name.
struct Capabilities
{
    bool readsWithoutSideEffect = false; ///< looking at a message changes nothing for others
    bool listsGroups = false;            ///< consumer groups can be listed; else they come from ownership.yaml
    bool transactionalReplay = false;    ///< messages and progress commit together, and a zombie is fenced
    bool readsCommittedOnly = false;     ///< aborted records can be hidden
    bool findsByTime = false;            ///< offset of an instant can be asked
    bool readsAtPosition = false;        ///< one record can be read by its position (RecordLookup)
    bool describesTopics = false;        ///< tells how its topics are configured, retention above all
    friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

enum class Connectivity { Unknown, Connecting, Connected, Degraded, Unreachable, Unauthorised };

/// State of one connection, for its dot and the word beside it.
struct ConnectionHealth
{
    QString connection;
    Connectivity connectivity = Connectivity::Unknown;
    std::optional<Error> lastError; ///< what to do stands in its detail
    std::optional<UtcTime> lastContact;
    friend bool operator==(const ConnectionHealth&, const ConnectionHealth&) = default;
};

} // namespace spillway
