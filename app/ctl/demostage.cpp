// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/demostage.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr std::uint64_t companySeed = 1; // everybody sees the same company
}

Result<std::unique_ptr<DemoStage>> DemoStage::set()
{
    std::unique_ptr<DemoStage> stage(new DemoStage);
    if (!stage->m_folder.isValid())
        return fail(ErrorCode::Unreachable,
                    u"no temporary folder can be made: %1"_s.arg(stage->m_folder.errorString()));
    auto broker = EmbeddedBroker::start(stage->m_folder.filePath(u"workspace"_s), companySeed);
    if (!broker)
        return tl::unexpected(broker.error());
    stage->m_broker = std::move(*broker);
    Checked<Context> context = openContext(stage->m_broker->workspaceFile(), stage->m_folder.filePath(u"state"_s));
    if (!context.value)
        return fail(ErrorCode::Internal, context.issues.empty() ? u"the demo's workspace does not open"_s
                                                                : context.issues.front().toString());
    stage->m_context = std::move(*context.value);
    return stage;
}

} // namespace spillway::ctl
