// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/keychain/keychainsecretstore.h"

#include "model/base/text.h"

#include <QEventLoop>
#include <QTimer>

#include <qt6keychain/keychain.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr auto patience = std::chrono::seconds(10);
}

Result<Secret> KeychainSecretStore::resolve(const SecretReference& reference)
{
    const QString name = visibleText(reference.name);
    if (reference.kind != SecretReference::Kind::Keychain)
        return fail(ErrorCode::Unsupported, u"'%1' is no keychain entry"_s.arg(name));

    QKeychain::ReadPasswordJob job(u"spillway"_s);
    job.setAutoDelete(false);
    job.setInsecureFallback(false);
    job.setKey(reference.name);
    QEventLoop loop; // in the calling worker's thread; the library answers by signal only
    QTimer deadline;
    deadline.setSingleShot(true);
    bool answered = false;
    QObject::connect(&job, &QKeychain::Job::finished, &loop, [&] {
        answered = true;
        loop.quit();
    });
    QObject::connect(&deadline, &QTimer::timeout, &loop, &QEventLoop::quit);
    deadline.start(patience);
    job.start();
    if (!answered)
        loop.exec();
    if (!answered)
        return fail(ErrorCode::TimedOut,
                    u"the keychain did not answer for entry '%1'; unlock it and try again"_s.arg(name));

    switch (job.error()) {
    case QKeychain::NoError:
        return Secret(job.binaryData());
    case QKeychain::EntryNotFound:
        return fail(
            ErrorCode::NotFound,
            u"no keychain entry '%1'; make one with: secret-tool store --label=spillway service spillway user '%1'"_s
                .arg(name));
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return fail(ErrorCode::Unauthorised,
                    u"the keychain refused entry '%1'; unlock it and allow Spillway"_s.arg(name));
    case QKeychain::NoBackendAvailable:
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::NotImplemented:
    case QKeychain::OtherError:
        break;
    }
    return fail(
        ErrorCode::Unreachable,
        u"no keychain can be reached for entry '%1' (%2); name the secret as { env: NAME } or { file: PATH } instead"_s
            .arg(name, visibleText(job.errorString())));
}

} // namespace spillway
