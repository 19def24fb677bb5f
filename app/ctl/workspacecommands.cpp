// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/workspace/template.h"

#include <QDir>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const Init& command)
{
    const QString folder = QDir(command.folder.isEmpty() ? QDir::currentPath() : command.folder).absolutePath();
    const auto written = writeTemplate(folder);
    if (!written)
        return refuse(written.error());
    if (session.options().json) {
        JsonWriter json;
        json.beginObject().field(u"folder", folder);
        json.key(u"files").beginArray();
        for (const QString& file : *written)
            json.value(file);
        json.endArray().endObject();
        printLine(json.json());
    } else {
        for (const QString& file : *written)
            printText(file);
    }
    say(u"Next: set bootstrap_servers in %1/spillway.yaml, then: spillwayctl check --workspace %1"_s.arg(folder));
    return Done;
}

} // namespace spillway::ctl
