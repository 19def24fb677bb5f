// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/faults.h"

#include "model/base/text.h"

#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

QString quoted(QString word)
{
    return u'\'' + word.replace(u"'"_s, u"'\\''"_s) + u'\'';
}

/// The library's reason without its bookkeeping: broker name in front, "(after 3ms in state CONNECT, 2 identical …)"
/// behind.
QString plainReason(const char* reason)
{
    static const QRegularExpression front(u"^\\S+://\\S+: |^[^\\s:]+:\\d+/\\S+: "_s);
    static const QRegularExpression behind(u" \\(after \\d+ms in state .*\\)$"_s);
    static const QRegularExpression doubledFront(u"^SASL authentication error: "_s);
    QString text = visibleBytes(QByteArrayView(reason ? reason : "")).left(400);
    text.remove(front).remove(behind).remove(doubledFront);
    return text.trimmed();
}

Error silence(const Site& site, const QString& what)
{
    return {ErrorCode::TimedOut,
            u"connection '%1': no answer in time for %2; the broker may be overloaded, try again"_s.arg(
                site.settings().name, what)};
}

} // namespace

QString aclResource(const QString& option, const QString& name, bool isPrefix)
{
    return option + u' ' + quoted(name) + (isPrefix ? u" --resource-pattern-type prefixed"_s : QString());
}

QString aclLine(const Site& site, const QStringList& operations, const QString& resource)
{
    QString line = u"kafka-acls --bootstrap-server %1 --add --allow-principal %2"_s.arg(
        site.settings().bootstrapServers.join(u','), quoted(site.principal()));
    for (const QString& operation : operations)
        line += u" --operation "_s + operation;
    return line + u' ' + resource;
}

bool isSilence(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__NODE_UPDATE:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
        return true;
    default: // the library's own list, open at the end: all else is an answer
        return false;
    }
}

void Faults::note(rd_kafka_resp_err_t code, const char* reason)
{
    const QString text = plainReason(reason);
    const std::scoped_lock lock(m_mutex);
    switch (code) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        m_refusedLogin = text;
        break;
    case RD_KAFKA_RESP_ERR__SSL:
        // A broker that goes down in the middle of a TLS connection is no matter of trust.
        if (text.contains(u"certificate"_s) || text.contains(u"handshake"_s, Qt::CaseInsensitive))
            m_distrust = text;
        else
            m_unreachable = text;
        break;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        m_allDown = true;
        break;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
        m_unreachable = text;
        return; // one broker of several; the others may answer
    default:    // the callback also carries what calls return anyway
        return;
    }
    if (!m_since)
        m_since = std::chrono::steady_clock::now();
}

void Faults::clear()
{
    const std::scoped_lock lock(m_mutex);
    m_refusedLogin.clear();
    m_distrust.clear();
    m_unreachable.clear();
    m_allDown = false;
    m_since.reset();
}

bool Faults::isStanding() const
{
    return hasStoodSince(std::chrono::steady_clock::time_point::min());
}

bool Faults::isHopeless(std::chrono::steady_clock::time_point start) const
{
    return hasStoodSince(start);
}

bool Faults::hasStoodSince(std::chrono::steady_clock::time_point start) const
{
    using namespace std::chrono_literals;
    const std::scoped_lock lock(m_mutex);
    if (!m_since)
        return false;
    const auto stood = std::chrono::steady_clock::now() - std::max(start, *m_since);
    const bool isRefused = !m_refusedLogin.isEmpty() || !m_distrust.isEmpty();
    return stood >= (isRefused ? 300ms : 1500ms);
}

Faults::Kind Faults::kind() const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_distrust.isEmpty())
        return Kind::Trust;
    if (!m_refusedLogin.isEmpty())
        return Kind::Login;
    return m_allDown ? Kind::Address : Kind::None;
}

Error Faults::explain(const Site& site, rd_kafka_resp_err_t code, const QString& what) const
{
    const ConnectionSettings& settings = site.settings();
    const std::scoped_lock lock(m_mutex);
    if (isSilence(code)) {
        if (!m_distrust.isEmpty())
            return {
                ErrorCode::Unauthorised,
                u"connection '%1': the TLS connection was not trusted (%2); let ca_file name the authority that signed "
                u"the broker's certificate, and use the host name the certificate was made for"_s.arg(settings.name,
                                                                                                      m_distrust)};
        if (!m_refusedLogin.isEmpty())
            return {ErrorCode::Unauthorised,
                    u"connection '%1': the broker refused the login of user '%2' with %3 (%4); check username, "
                    u"mechanism and "
                    u"the password that security.password refers to"_s.arg(
                        settings.name, settings.security.username, settings.security.mechanism, m_refusedLogin)};
        if (m_allDown || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__RESOLVE ||
            code == RD_KAFKA_RESP_ERR__TRANSPORT)
            return {ErrorCode::Unreachable,
                    u"connection '%1': no broker answers at %2%3; check that it runs, that bootstrap_servers and "
                    u"security.protocol are right and that nothing on the way blocks it"_s.arg(
                        settings.name, settings.bootstrapServers.join(u','),
                        m_unreachable.isEmpty() ? QString() : u" (%1)"_s.arg(m_unreachable))};
        return silence(site, what);
    }
    switch (code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        return {ErrorCode::NotFound,
                u"connection '%1': %2 does not exist on this cluster; check the name, or create it"_s.arg(settings.name,
                                                                                                          what)};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        return {ErrorCode::Unauthorised,
                u"connection '%1': %2 has no right to %3"_s.arg(settings.name, site.principal(), what)};
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
        return {ErrorCode::Unsupported, u"connection '%1': the broker cannot do this: %2"_s.arg(settings.name, what)};
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
        return {ErrorCode::Conflict,
                u"connection '%1': another process has taken over %2; let that one finish"_s.arg(settings.name, what)};
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
        return {ErrorCode::Corrupt, u"connection '%1': %2 holds a record that cannot be decoded (%3)"_s.arg(
                                        settings.name, what, QString::fromUtf8(rd_kafka_err2name(code)))};
    default: // the broker's error codes, open at the end; its own name says most
        return {ErrorCode::Unreachable,
                u"connection '%1': %2: %3 (%4)"_s.arg(settings.name, what, QString::fromUtf8(rd_kafka_err2str(code)),
                                                      QString::fromUtf8(rd_kafka_err2name(code)))};
    }
}

Connectivity Faults::connectivity(const Error& error) const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_refusedLogin.isEmpty() || !m_distrust.isEmpty())
        return Connectivity::Unauthorised;
    if (error.code == ErrorCode::Unreachable || error.code == ErrorCode::TimedOut)
        return Connectivity::Unreachable;
    return Connectivity::Degraded;
}

} // namespace spillway::kafka
