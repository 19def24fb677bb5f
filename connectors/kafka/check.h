// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace spillway {

namespace kafka {
class Site;
}

/// One thing that has to be right before a connection works.
struct KafkaCheckStep
{
    enum class Outcome {
        Ok,
        Failed,
        Skipped
    }; ///< Skipped: an earlier step failed, so that this one could not be tried

    QString name; ///< configuration, address, tls, login, topics, topic NAME, groups, sizes of logs, replay
    Outcome outcome = Outcome::Ok;
    QString text;                  ///< what was found, or what is wrong and what to do
    std::optional<ErrorCode> code; ///< of a failure
    QStringList
        grants; ///< `kafka-acls …` lines for the rights that are missing; of an Ok step those that would add to it
    friend bool operator==(const KafkaCheckStep&, const KafkaCheckStep&) = default;
};

struct KafkaCheckReport
{
    QString connection;
    QString clusterId; ///< empty when it could not be reached
    std::vector<KafkaCheckStep> steps;
    [[nodiscard]] bool isOk() const;
    [[nodiscard]] const KafkaCheckStep* step(QStringView name) const;
};

/// Tries a connection step by step, as its user: address, TLS, login, which topics are visible, whether dead-letter and
/// processing-log topics can be read, whether groups are visible, whether brokers tell how large logs are, and whether
/// a replay would be allowed. The last one opens a transaction, aborts it and deletes its group: no record and no
/// offset is left behind. Blocking, usually a second or two; any thread.
[[nodiscard]] KafkaCheckReport checkKafka(const std::shared_ptr<kafka::Site>& site, std::stop_token stop);

} // namespace spillway
