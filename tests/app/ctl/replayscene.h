// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/letters.h"
#include "tests/support/peers.h"

namespace spillway::test {

/// A topic, its dead letters as Spring wrote them, and a workspace that has collected them.
class ReplayScene
{
public:
    /// @param partitions  of the origin topic; letters come from them in turn.
    explicit ReplayScene(const Peer& peer, int partitions = 3,
                         const QString& environment = QStringLiteral("development"));

    [[nodiscard]] const Peer& kafka() const { return m_kafka; }
    [[nodiscard]] const QString& origin() const { return m_origin; }
    [[nodiscard]] const QString& letterTopic() const { return m_letterTopic; }
    [[nodiscard]] QString group() const { return m_origin + QStringLiteral("-readers"); }
    [[nodiscard]] const Scene& scene() const { return m_scene; }

    /// The letter number `index`, as Spring would have written it.
    [[nodiscard]] ForeignRecord letter(int index) const;
    /// What its consumer should find: the letter without what Spring appended.
    [[nodiscard]] std::vector<ForeignHeader> ownHeaders(int index) const;
    [[nodiscard]] int originPartition(int index) const { return index % m_partitions; }

    /// Writes letters 0 … count − 1 and collects them. Throws when one is missing.
    void fail(int count) const;
    void collect() const;

    /// `replay plan` of everything that is open; the file's name comes back.
    [[nodiscard]] QString plan(const QStringList& more = {}, const QString& name = QStringLiteral("all.plan")) const;
    [[nodiscard]] CtlOutput run(const QString& plan, const QStringList& more = {}) const;
    [[nodiscard]] QJsonObject status(const QString& job) const;
    [[nodiscard]] std::vector<QJsonObject> jobs() const;
    /// The state of each letter, by its key.
    [[nodiscard]] std::map<QString, QString> letterStates() const;
    [[nodiscard]] std::vector<ForeignRecord> landed() const { return readTopic(m_kafka.bootstrap(), m_origin); }

private:
    const Peer& m_kafka;
    int m_partitions;
    QString m_origin;
    QString m_letterTopic;
    Scene m_scene;
};

/// The value of the only header of that name; null when there is none or more than one.
[[nodiscard]] QByteArray onlyHeader(const ForeignRecord& record, const QByteArray& name);
/// All headers but those that a replay adds, in their order.
[[nodiscard]] std::vector<ForeignHeader> withoutReplayHeaders(const ForeignRecord& record);

} // namespace spillway::test
