// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/collector.h"
#include "app/console/context.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/kindrules.h"
#include "model/ledger/ledger.h"
#include "model/schema/payloadjudge.h"
#include "model/store/storewriter.h"
#include "model/workspace/secret.h"

#include <functional>
#include <memory>

namespace spillway {

class KafkaConnection;

/// A workspace's connections to brokers, by name. Those of a kind that has no connector are not in it;
/// reading the workspace warned of them.
using ConnectionMap = std::map<QString, std::shared_ptr<KafkaConnection>>; // shared: duties and replay jobs outlive
                                                                           // neither, but hold one each

/// What dead letters are read with: the bundled rules, and the dialects of the workspace's folder `dialects`, if it has
/// one.
struct LetterKnowledge
{
    DialectRegistry dialects;
    KindRules kinds;
    std::shared_ptr<const PayloadJudge> judge; // second owner: none; movable, which a judge with its lock is not
    std::unique_ptr<GroupingInUse> grouping;
    std::function<void(const KindRules&)> onKinds; ///< told of other rules while collecting goes on; may be empty
};
/// The bundled frames and the workspace's grouping.yaml, read now; InvalidConfig names its first fault.
[[nodiscard]] Result<GroupingKnowledge> loadGroupingKnowledge(const Workspace& workspace);
[[nodiscard]] Result<LetterKnowledge> loadLetterKnowledge(const Workspace& workspace);

[[nodiscard]] ConnectionMap makeConnections(const Workspace& workspace, SecretStore& secrets, const Clock& clock);

/// The duties of every connection: lag, dead letters (where topics are named), topics, processing logs.
/// All arguments outlive the crews.
[[nodiscard]] std::vector<Collector::Crew> makeCrews(const Context& context, const ConnectionMap& connections,
                                                     const LetterKnowledge& knowledge, Ledger& ledger,
                                                     StoreWriter& writer, const Clock& clock);

} // namespace spillway
