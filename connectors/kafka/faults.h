// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/site.h"
#include "model/base/result.h"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <mutex>
#include <optional>

namespace spillway::kafka {

/// A line that grants a right: `kafka-acls --bootstrap-server … --add --allow-principal … --operation …`.
/// @param operations as kafka-acls spells them: Read, Describe, Write, Delete, IdempotentWrite
/// @param resource   `--topic NAME`, `--group NAME`, `--transactional-id NAME`, or `--cluster`; see aclResource
[[nodiscard]] QString aclLine(const Site& site, const QStringList& operations, const QString& resource);
/// `--topic 'NAME'`, with `--resource-pattern-type prefixed` where the name is a prefix. Quoted for a shell.
[[nodiscard]] QString aclResource(const QString& option, const QString& name, bool isPrefix = false);

/// What the library told through its error callback and never tells again as the outcome of a call: why nobody answers.
/// Thread-safe; one per client.
class Faults
{
public:
    enum class Kind { None, Address, Trust, Login };

    /// From the error callback.
    void note(rd_kafka_resp_err_t code, const char* reason);
    /// Somebody answered: whatever was wrong is over.
    void clear();
    /// No broker can be reached, or one refused us, and that has stood long enough for a second attempt: a name may
    /// have two addresses, and a broker may just be restarting.
    [[nodiscard]] bool isStanding() const;
    /// isStanding, and a call that started at `start` has had the same time to find it otherwise.
    [[nodiscard]] bool isHopeless(std::chrono::steady_clock::time_point start) const;

    /// What keeps us out; what goes wrong later on the way in comes first.
    [[nodiscard]] Kind kind() const;

    /// The failure in our words: what the callback knows goes before what the call returned.
    /// @param what   what was being asked, for a code that has no sentence of its own: `topic 'orders'`
    [[nodiscard]] Error explain(const Site& site, rd_kafka_resp_err_t code, const QString& what) const;
    /// explain, and how the connection's dot should look.
    [[nodiscard]] Connectivity connectivity(const Error& error) const;

private:
    [[nodiscard]] bool hasStoodSince(std::chrono::steady_clock::time_point start) const;
    mutable std::mutex m_mutex; // guards: everything below
    QString m_refusedLogin;
    QString m_distrust;
    QString m_unreachable;
    bool m_allDown = false;
    std::optional<std::chrono::steady_clock::time_point> m_since;
};

/// True for a code that says nothing about whether the request was carried out, or that somebody answered at all.
[[nodiscard]] bool isSilence(rd_kafka_resp_err_t code);

} // namespace spillway::kafka
