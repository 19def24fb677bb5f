// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QCryptographicHash>

namespace spillway::kafka {

/// The client's side of SCRAM (RFC 5802, RFC 7677), without channel binding. Pure but for `scramNonce`.
class ScramLogin
{
public:
    /// @param nonce  printable, without commas, never used twice
    ScramLogin(QCryptographicHash::Algorithm hash, const QByteArray& user, const QByteArray& password,
               const QByteArray& nonce);

    [[nodiscard]] QByteArray first() const; ///< the client's first message
    /// The client's final message. Corrupt: no challenge for us, or one that asks for more than 100 000 rounds.
    [[nodiscard]] Result<QByteArray> answer(const QByteArray& challenge);
    /// Whether the server's last message proves that it knows the password too; only after `answer`.
    [[nodiscard]] bool isServerKnown(const QByteArray& verdict) const;

private:
    [[nodiscard]] QByteArray keyed(const QByteArray& message, const QByteArray& key) const;

    QCryptographicHash::Algorithm m_hash;
    QByteArray m_bare;
    QByteArray m_password;
    QByteArray m_nonce;
    QByteArray m_serverSignature;
};

/// 24 random bytes in Base64.
[[nodiscard]] QByteArray scramNonce();

} // namespace spillway::kafka
