// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/livecontext.h"

#include "app/console/filestamps.h"
#include "model/catalog/catalogfiles.h"

namespace spillway {

namespace {

QByteArray stampOfCatalog(const Workspace& workspace)
{
    return stampOf({workspace.ownershipFile, workspace.catalogFile});
}

} // namespace

LiveContext::LiveContext(const Context& atStart)
    : m_last(std::make_shared<const Context>(atStart))
{
    // no stamp yet: what was written between reading and now is found by the first question
}

std::shared_ptr<const Context> LiveContext::now()
{
    const std::lock_guard lock(m_mutex);
    const QByteArray stamp = stampOfCatalog(m_last->workspace);
    if (stamp == m_stamp)
        return m_last;
    m_stamp = stamp;
    LoadedWorkspace loaded = loadWorkspaceAndCatalog(m_last->workspace.file);
    if (!loaded.catalog)
        return m_last; // told by whatever lints the files
    auto next = std::make_shared<Context>(*m_last);
    next->catalog = std::move(*loaded.catalog);
    m_last = std::move(next);
    return m_last;
}

} // namespace spillway
