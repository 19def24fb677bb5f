// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/folderregistry.h"

#include <memory>

namespace spillway {

/// Answers HTTP on a loopback port from a FolderRegistry, over libmicrohttpd. Whoever listens on a machine must expect
/// any web page there to talk to it: requests that name another host than this machine are refused (403), and nothing
/// allows a page to read answers. Bodies are at most 2 MiB, connections 64 at a time, each dropped after 30 s of
/// silence.
class SchemaServer
{
public:
    using Registry = std::function<std::shared_ptr<const FolderRegistry>()>; ///< called for each request, in any thread

    /// @param port  0: one that is free. Conflict: it is taken.
    [[nodiscard]] static Result<std::unique_ptr<SchemaServer>> start(int port, Registry registry);
    ~SchemaServer(); ///< requests under way end first
    SchemaServer(const SchemaServer&) = delete;
    SchemaServer& operator=(const SchemaServer&) = delete;

    [[nodiscard]] int port() const;

private:
    struct Impl;
    explicit SchemaServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway
