// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <map>

/// Real servers for tests. Tests labelled `broker` get them from a ctest fixture that runs `packaging/peers up
/// <build>/peers` once per run; by hand, call that line before starting a test program. Whatever goes wrong here throws
/// std::runtime_error: the test fails.
namespace spillway::test {

struct ProcessOutput
{
    int exitCode = -1;
    QByteArray out;
    QByteArray err;
};

/// Runs a program to its end and captures what it says. Throws when it cannot be started or takes longer than
/// `timeoutMs`.
ProcessOutput runProcess(const QString& program, const QStringList& arguments, const QByteArray& input = {},
                         int timeoutMs = 60'000);

/// `prefix` followed by something that no other test, run or process uses.
QString uniqueName(const QString& prefix);

using TopicConfig = std::map<QString, QString>;

/// A running Kafka broker.
class Peer
{
public:
    explicit Peer(QString folder)
        : m_folder(std::move(folder))
    {
    }

    [[nodiscard]] const QString& folder() const { return m_folder; }
    [[nodiscard]] QString version() const;
    /// host:port of a listener: plain, sasl, tls or sasltls.
    [[nodiscard]] QString address(const QString& listener) const;
    /// The plain listener: everybody may do everything there.
    [[nodiscard]] QString bootstrap() const { return address(QStringLiteral("plain")); }
    /// The signing authority of the TLS listeners.
    [[nodiscard]] QString caFile() const { return m_folder + QStringLiteral("/tls/ca.pem"); }
    /// An authority that signed nothing here.
    [[nodiscard]] QString strangerCaFile() const { return m_folder + QStringLiteral("/tls/stranger.pem"); }

    /// Returns when the topic can be used.
    void createTopic(const QString& name, int partitions = 1, const TopicConfig& config = {}) const;
    /// createTopic with a name of its own.
    [[nodiscard]] QString newTopic(const QString& prefix, int partitions = 1, const TopicConfig& config = {}) const;
    /// Returns when the topic is gone.
    void deleteTopic(const QString& name) const;
    void addPartitions(const QString& name, int total) const;

    /// A console tool of the broker's own version, by class name (without --bootstrap-server, which is added).
    /// Throws when it fails. Output as it is.
    ProcessOutput tool(const QString& className, const QStringList& arguments, const QByteArray& input = {}) const;
    ProcessOutput consumerGroups(const QStringList& arguments) const;
    /// kafka-acls.
    ProcessOutput acls(const QStringList& arguments) const;
    /// On a broker with --sasl: a new SCRAM-SHA-256 user without rights. Its password is its name followed by
    /// "-secret".
    [[nodiscard]] QString newUser(const QString& prefix) const;
    /// Runs a `kafka-acls …` line as Spillway prints it, through a shell, but by way of the plain listener.
    void runAclLine(const QString& line) const;
    /// kcat against this broker. Throws when it fails.
    ProcessOutput kcat(const QStringList& arguments, const QByteArray& input = {}) const;

private:
    QString m_folder;
};

/// The servers of the fixture.
class Peers
{
public:
    [[nodiscard]] static const Peer& kafka391();
    [[nodiscard]] static const Peer& kafka411();
    /// 3.9.1 with SASL (PLAIN, SCRAM-SHA-256), TLS and ACLs; see packaging/peers for its users.
    [[nodiscard]] static const Peer& secured();
    /// By the name of a test's data row: "3.9.1" or "4.1.1".
    [[nodiscard]] static const Peer& byVersion(const QString& version);
    /// Adds the column `version` and a row for each unsecured broker.
    static void addVersionRows();
};

/// A broker of one test's own, to be killed and started again. Stopped and removed when it goes.
class OwnPeer
{
public:
    explicit OwnPeer(const QString& version, const QStringList& options = {});
    ~OwnPeer();
    OwnPeer(const OwnPeer&) = delete;
    OwnPeer& operator=(const OwnPeer&) = delete;

    [[nodiscard]] const Peer& peer() const { return m_peer; }
    void kill();  ///< SIGKILL: the plug is pulled
    void stop();  ///< SIGTERM
    void start(); ///< again, with its data, on its ports

private:
    QTemporaryDir m_dir;
    QStringList m_options;
    Peer m_peer;
};

} // namespace spillway::test
