// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/http/credentials.h"

namespace spillway {

Result<HttpCredentials> resolveCredentials(const HttpSecurity& security, SecretStore& secrets)
{
    HttpCredentials credentials{.username = security.username,
                                .password = {},
                                .token = {},
                                .caFile = security.caFile,
                                .certificateFile = security.certificateFile,
                                .keyFile = security.keyFile,
                                .keyPassword = {}};
    if (security.password) {
        auto password = secrets.resolve(*security.password);
        if (!password)
            return tl::unexpected(password.error());
        credentials.password = std::move(*password);
    }
    const auto take = [&](const std::optional<SecretReference>& reference, std::optional<Secret>& into) -> Status {
        if (!reference)
            return {};
        auto secret = secrets.resolve(*reference);
        if (!secret)
            return tl::unexpected(secret.error());
        into = std::move(*secret);
        return {};
    };
    if (const Status taken = take(security.token, credentials.token); !taken)
        return tl::unexpected(taken.error());
    if (const Status taken = take(security.keyPassword, credentials.keyPassword); !taken)
        return tl::unexpected(taken.error());
    return credentials;
}

} // namespace spillway
