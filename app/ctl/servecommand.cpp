// SPDX-License-Identifier: GPL-3.0-or-later
// `schema serve`
#include "app/console/schemaservice.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"

#include <condition_variable>
#include <mutex>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const SchemaServe& command)
{
    QString folder = command.folder;
    Catalog catalog;
    if (folder.isEmpty()) {
        const Context* context = session.context();
        if (!context)
            return Usage;
        folder = context->workspace.schemasFolder;
        catalog = context->catalog;
        if (folder.isEmpty())
            return refuse(
                {ErrorCode::InvalidConfig,
                 u"the workspace names no folder of schemas; add schemas: schemas/, or name a folder here"_s});
    }
    const auto service = SchemaService::start(folder, catalog, command.port);
    if (!service)
        return refuse(service.error());
    const auto registry = (*service)->registry();
    (void)reportIssues(registry->issues());
    const QString url = u"http://127.0.0.1:%1"_s.arg((*service)->port());
    const auto subjects = static_cast<std::int64_t>(registry->subjectCount());
    if (session.options().json) {
        JsonWriter json;
        json.beginObject()
            .field(u"url", url)
            .field(u"port", (*service)->port())
            .field(u"subjects", subjects)
            .endObject();
        printLine(json.json());
    } else {
        printText(u"%1 subjects at %2, read-only, until stopped"_s.arg(subjects).arg(url));
    }
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, session.stop(), [] { return false; });
    return Done;
}

} // namespace spillway::ctl
