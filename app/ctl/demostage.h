// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/demo/embeddedbroker.h"

#include <QTemporaryDir>

#include <memory>

namespace spillway::ctl {

/// The demo company for the length of one command: broker, workspace and state in a temporary folder that goes with it.
class DemoStage
{
public:
    [[nodiscard]] static Result<std::unique_ptr<DemoStage>> set();
    [[nodiscard]] const Context& context() const { return m_context; }

private:
    DemoStage() = default;
    QTemporaryDir m_folder;
    std::unique_ptr<EmbeddedBroker> m_broker;
    Context m_context;
};

} // namespace spillway::ctl
