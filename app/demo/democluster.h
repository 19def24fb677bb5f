// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/companyhistory.h"
#include "model/base/result.h"

#include <memory>

namespace spillway::demo {

/// librdkafka's mock cluster, in this process, on a loopback port of its choice, and one client of it for the company.
/// It keeps 5 MiB per partition. It lists and describes no groups: describing one blocks its client for good.
/// One thread at a time.
class DemoCluster
{
public:
    [[nodiscard]] static Result<std::unique_ptr<DemoCluster>> start();
    ~DemoCluster();
    DemoCluster(const DemoCluster&) = delete;
    DemoCluster& operator=(const DemoCluster&) = delete;

    [[nodiscard]] QString bootstrap() const; ///< host:port
    [[nodiscard]] Status createTopic(const QString& topic, int partitions);
    /// To be called after the last topic: a producer that meets an unknown topic waits a second for it.
    [[nodiscard]] Status learnTopics();
    /// Sends in order and waits until all have arrived.
    [[nodiscard]] Status produce(const std::vector<RawRecord>& records);
    [[nodiscard]] Status commit(const std::vector<GroupCommit>& commits);

    /// Reads from these positions on.
    [[nodiscard]] Status follow(const std::vector<GroupCommit>& positions);
    /// What has arrived there within the time, in order per partition.
    [[nodiscard]] std::vector<RawRecord> poll(Millis within);

private:
    struct Impl;
    explicit DemoCluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway::demo
