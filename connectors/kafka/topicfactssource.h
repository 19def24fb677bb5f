// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/topicfacts.h"

#include <memory>

namespace spillway {

namespace kafka {
class Site;
class Client;
} // namespace kafka

/// Asks a Kafka cluster about topics: metadata, first and next offsets, and one DescribeConfigs request for all of
/// them. Sizes on disk come by a request of our own to each leader; where one does not answer it they stay unknown. One
/// client handle.
class KafkaTopicFactsSource final : public TopicFactsSource
{
public:
    explicit KafkaTopicFactsSource(std::shared_ptr<kafka::Site> site);
    ~KafkaTopicFactsSource() override;

    [[nodiscard]] Result<TopicFactsReport> describe(const std::vector<TopicSelector>& topics,
                                                    std::stop_token stop) override;

private:
    [[nodiscard]] Status open();

    std::shared_ptr<kafka::Site> m_site; // shared with the connection and its other sources
    std::unique_ptr<kafka::Client> m_client;
};

} // namespace spillway
