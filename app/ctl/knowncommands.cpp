// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/deadletter/knownfile.h"
#include "model/deadletter/viewmask.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqKnownExport& command)
{
    if (const auto format = knownFileFormatOf(command.out); !format)
        return refuse(format.error());
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto entries = reader->query<std::vector<KnownErrorEntry>>([](SQLite::Database& db) { return knownMarks(db); });
    if (!entries)
        return refuse(entries.error());
    maskKnown(*entries, session.context()->masker, MaskPurpose::Export);
    if (const Status written = writeKnownErrors(*entries, command.out); !written)
        return refuse(written.error());
    if (!session.options().json)
        return printText(u"%1 in %2"_s.arg(counted(std::ssize(*entries), u"known error"_s), command.out)) ? Done
                                                                                                          : OutOfReach;
    JsonWriter json;
    json.beginObject()
        .field(u"file", command.out)
        .field(u"knownErrors", static_cast<std::int64_t>(entries->size()))
        .endObject();
    return printLine(json.json()) ? Done : OutOfReach;
}

int run(Session& session, const DlqKnownImport& command)
{
    if (!session.context())
        return Usage;
    const Checked<std::vector<KnownErrorEntry>> entries = readKnownErrors(command.file);
    if (const int code = reportIssues(entries.issues); !entries.value)
        return code;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto import = planKnownImport(*reader, *entries.value, command.reason, command.replaces, SystemClock().now());
    if (!import)
        return refuse(import.error());
    if (!command.dryRun) {
        for (const KnownErrorAction& action : import->actions) {
            const int code = session.decide(u"spillwayctl dlq known import"_s, ActionDecision{action},
                                            [](const QByteArray&) { return true; });
            if (code != Done)
                return code; // importing again goes on here: what is known just so already stays
        }
    }
    return (session.options().json ? printLine(knownImportJson(*import))
                                   : print(knownImportText(*import, command.dryRun).toUtf8()))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
