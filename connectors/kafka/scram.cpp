// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/scram.h"

#include <QMap>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

constexpr int mostRounds = 100'000; ///< so that a strange server cannot keep us busy

QByteArray xored(QByteArray a, const QByteArray& b)
{
    for (qsizetype i = 0; i < a.size() && i < b.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

QMap<char, QByteArray> attributes(const QByteArray& message)
{
    QMap<char, QByteArray> found;
    for (const QByteArray& part : message.split(',')) {
        if (part.size() > 2 && part[1] == '=')
            found.insert(part[0], part.mid(2));
    }
    return found;
}

} // namespace

ScramLogin::ScramLogin(QCryptographicHash::Algorithm hash, const QByteArray& user, const QByteArray& password,
                       const QByteArray& nonce)
    : m_hash(hash)
    , m_password(password)
    , m_nonce(nonce)
{
    QByteArray name = user;
    name.replace('=', "=3D").replace(',', "=2C");
    m_bare.append("n=").append(name).append(",r=").append(nonce);
}

QByteArray ScramLogin::first() const
{
    return QByteArray("n,,").append(m_bare);
}

QByteArray ScramLogin::keyed(const QByteArray& message, const QByteArray& key) const
{
    return QMessageAuthenticationCode::hash(message, key, m_hash);
}

Result<QByteArray> ScramLogin::answer(const QByteArray& challenge)
{
    const QMap<char, QByteArray> told = attributes(challenge);
    const QByteArray nonce = told.value('r');
    const QByteArray salt = QByteArray::fromBase64(told.value('s'));
    const int rounds = told.value('i').toInt();
    if (!nonce.startsWith(m_nonce) || nonce == m_nonce || salt.isEmpty() || rounds < 1 || rounds > mostRounds)
        return fail(ErrorCode::Corrupt, u"the broker's challenge is none that can be answered"_s);
    QByteArray block = keyed(salt + QByteArray("\0\0\0\1", 4), m_password);
    QByteArray salted = block;
    for (int round = 1; round < rounds; ++round) {
        block = keyed(block, m_password);
        salted = xored(salted, block);
    }
    const QByteArray clientKey = keyed("Client Key", salted);
    QByteArray final = "c=biws,r=";
    final.append(nonce);
    QByteArray spoken = m_bare;
    spoken.append(',').append(challenge).append(',').append(final);
    const QByteArray signature = keyed(spoken, QCryptographicHash::hash(clientKey, m_hash));
    m_serverSignature = keyed(spoken, keyed("Server Key", salted));
    return final.append(",p=").append(xored(clientKey, signature).toBase64());
}

bool ScramLogin::isServerKnown(const QByteArray& verdict) const
{
    return !m_serverSignature.isEmpty() && QByteArray::fromBase64(attributes(verdict).value('v')) == m_serverSignature;
}

QByteArray scramNonce()
{
    std::array<quint32, 6> random{};
    QRandomGenerator::system()->fillRange(random.data(), static_cast<qsizetype>(random.size()));
    return QByteArray(reinterpret_cast<const char*>(random.data()), sizeof random).toBase64();
}

} // namespace spillway::kafka
