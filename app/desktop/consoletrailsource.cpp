// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consoletrailsource.h"

#include "app/console/trails.h"

namespace spillway {

Result<Trail> ConsoleTrailSource::trail(const TrailRequest& request, TrailProgress* progress, std::stop_token stop)
{
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    return readTrail(m_holder.context(), *reader, request, m_holder.clock().now(), progress, std::move(stop));
}

} // namespace spillway
