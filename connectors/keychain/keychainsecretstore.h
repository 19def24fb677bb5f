// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/secret.h"

namespace spillway {

/// The desktop's keychain (Secret Service, KWallet) through QtKeychain, under the service name `spillway`. Blocks up to
/// ten seconds (a locked keychain asks its owner); any thread but the UI's. Needs a QCoreApplication. Never falls back
/// to a plain file.
class KeychainSecretStore final : public SecretStore
{
public:
    /// NotFound: no such entry, with the line that makes one; Unauthorised: the owner refused; Unreachable: there is no
    /// keychain here, with what to write instead; Unsupported: a reference of another kind.
    [[nodiscard]] Result<Secret> resolve(const SecretReference& reference) override;
};

} // namespace spillway
