// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QString>

#include <memory>

namespace spillway::demo {

/// What the demo company has on the web, on loopback ports of this process: a schema registry, a little behind and
/// beside its schemas folder, and the teams' inbox, which takes every message and forgets it. Any thread.
class DemoWeb
{
public:
    /// @param registryFolder  schemas as they are registered; read when the registry is first asked
    [[nodiscard]] static Result<std::unique_ptr<DemoWeb>> start(const QString& registryFolder);
    ~DemoWeb();
    DemoWeb(const DemoWeb&) = delete;
    DemoWeb& operator=(const DemoWeb&) = delete;

    [[nodiscard]] QString registryUrl() const;
    [[nodiscard]] QString inboxUrl() const;

private:
    struct Impl;
    explicit DemoWeb(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace spillway::demo
