// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/secret.h"
#include "model/workspace/workspace.h"

#include <optional>

namespace spillway {

/// HttpSecurity with its secrets at hand.
struct HttpCredentials
{
    QString username; ///< empty: no login
    Secret password;
    std::optional<Secret> token;
    QString caFile;
    QString certificateFile;
    QString keyFile;
    std::optional<Secret> keyPassword;
};

/// Looks the secrets up. An error names the reference and what to do. Blocking.
[[nodiscard]] Result<HttpCredentials> resolveCredentials(const HttpSecurity& security, SecretStore& secrets);

} // namespace spillway
