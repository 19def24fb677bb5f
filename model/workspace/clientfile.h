// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <vector>

namespace spillway {

/// What a Java or librdkafka client file says, in our terms. Only an allow-list of its keys goes on.
struct ClientFile
{
    QStringList bootstrapServers;
    std::optional<SecurityProtocol> protocol;
    QString mechanism;
    QString username;
    QString caFile; ///< absolute, like the next two
    QString certificateFile;
    QString keyFile;
    std::vector<ClientProperty> properties; ///< librdkafka's names, in the file's order

    /// Secrets the file holds in the open: where, and which setting of the workspace names them instead.
    struct OpenSecret
    {
        FilePlace place;
        QString key;     ///< as in the file
        QString setting; ///< `password` `key_password` or `key`
    };
    std::vector<OpenSecret> openSecrets;

    std::vector<FileIssue> issues; ///< unknown and unusable keys, each with its line
};

/// Reads and translates; a missing or empty file is an issue. Relative paths in it start at its own folder. Blocking;
/// any thread.
[[nodiscard]] ClientFile readClientFile(const QString& file);

} // namespace spillway
