// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/secret.h"

#include "model/base/text.h"

#include <QFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 longestSecret = 64 << 10;

/// Written through a volatile pointer, so that the compiler cannot drop stores to memory about to be freed.
void wipe(QByteArray& bytes)
{
    if (!bytes.isDetached())
        return; // another Secret still needs them
    volatile char* at = bytes.data();
    for (qsizetype i = 0; i < bytes.size(); ++i)
        at[i] = 0;
}

Result<Secret> fromEnvironment(const QString& name)
{
    const QByteArray variable = name.toUtf8();
    QByteArray value = qgetenv(variable.constData());
    if (value.isEmpty())
        return fail(ErrorCode::NotFound,
                    u"the environment variable %1 is not set; set it to the secret before starting Spillway"_s.arg(
                        visibleText(name)));
    return Secret(std::move(value));
}

Result<Secret> fromFile(const QString& path)
{
    const QString shown = visibleText(path);
    QFile file(path);
    if (!file.exists())
        return fail(ErrorCode::NotFound, u"the secret file %1 does not exist; create it with mode 0600"_s.arg(shown));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return fail(ErrorCode::Unauthorised, u"the secret file %1 cannot be read (%2); allow yourself to read it"_s.arg(
                                                 shown, file.errorString()));
    constexpr auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ExeGroup |
                            QFileDevice::ReadOther | QFileDevice::WriteOther | QFileDevice::ExeOther;
    if ((file.permissions() & others) != 0)
        return fail(ErrorCode::Unauthorised, u"the secret file %1 is open to others; run chmod 600 on it"_s.arg(shown));
    QByteArray bytes(longestSecret + 1, '\0');
    const qint64 size = file.read(bytes.data(), bytes.size());
    Secret all(std::exchange(bytes, {})); // wipes what was read, whatever happens below
    if (size < 0)
        return fail(ErrorCode::Unreachable, u"the secret file %1 cannot be read (%2)"_s.arg(shown, file.errorString()));
    if (size > longestSecret)
        return fail(ErrorCode::InvalidConfig,
                    u"the secret file %1 is larger than 64 KiB; write only the secret into it"_s.arg(shown));
    QByteArrayView content = QByteArrayView(all.reveal()).first(size);
    if (content.endsWith('\n'))
        content.chop(1);
    if (content.endsWith('\r'))
        content.chop(1);
    if (content.isEmpty())
        return fail(ErrorCode::NotFound, u"the secret file %1 is empty; write the secret into it"_s.arg(shown));
    return Secret(content.toByteArray());
}

} // namespace

Secret::~Secret()
{
    wipe(m_bytes);
}

Result<Secret> LocalSecretStore::resolve(const SecretReference& reference)
{
    switch (reference.kind) {
    case SecretReference::Kind::Environment:
        return fromEnvironment(reference.name);
    case SecretReference::Kind::File:
        return fromFile(reference.name);
    case SecretReference::Kind::Keychain:
        if (m_keychain != nullptr)
            return m_keychain->resolve(reference);
        return fail(
            ErrorCode::Unsupported,
            u"the keychain entry %1 cannot be read here; name the secret with { env: NAME } or { file: PATH } instead"_s
                .arg(visibleText(reference.name)));
    }
    return fail(ErrorCode::Internal, u"unknown kind of secret reference"_s);
}

} // namespace spillway
