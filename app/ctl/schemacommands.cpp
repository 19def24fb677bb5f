// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/schemasamples.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "connectors/git/gitschemahistory.h"
#include "model/base/clock.h"
#include "model/base/jsonwriter.h"
#include "model/base/wholefile.h"
#include "model/catalog/catalogfiles.h"
#include "model/compatibility/basecheck.h"
#include "model/compatibility/compatibilityformats.h"
#include "model/compatibility/compatibilityoutput.h"
#include "model/compatibility/impact.h"
#include "model/compatibility/schemaacks.h"
#include "model/compatibility/schemanotices.h"
#include "model/notify/notifystore.h"

#include <QDateTime>
#include <QFile>

#include <variant>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostNotifications = 10'000;

/// Who reads the events of a folder that was named: by the workspace that was named too, else by the folder's own
/// ownership file. Its faults are `check`'s business; without it nobody is named.
Catalog consumersOf(Session& session, const QString& folder)
{
    if (!session.options().workspace.isEmpty() || session.options().demo) {
        const Context* context = session.context();
        return context ? context->catalog : Catalog();
    }
    const QString file = folder + u"/_meta/ownership.yaml"_s;
    return QFile::exists(file) ? Catalog(readOwnershipFile(file).events, {}, {}) : Catalog();
}

QByteArray rendered(const CompatibilityReport& report, const QString& format)
{
    if (format == u"json")
        return compatibilityAsJson(report) + '\n';
    if (format == u"sarif")
        return compatibilityAsSarif(report);
    if (format == u"junit")
        return compatibilityAsJUnit(report);
    if (format == u"github")
        return compatibilityAsAnnotations(report);
    const QString text = compatibilityAsText(report);
    return (text.endsWith(u'\n') ? text : text + u'\n').toUtf8();
}

} // namespace

namespace {

struct CheckedSchemas
{
    QString folder;
    Catalog catalog;
    CompatibilityReport report;
};

/// What both commands begin with; else the exit code, and why was said.
std::variant<CheckedSchemas, int> checked(Session& session, const SchemaCheckCommand& command)
{
    CheckedSchemas found{.folder = command.folder};
    if (found.folder.isEmpty()) {
        const Context* context = session.context();
        if (!context)
            return Usage;
        found.folder = context->workspace.schemasFolder;
        found.catalog = context->catalog;
        if (found.folder.isEmpty())
            return refuse(
                Error{ErrorCode::InvalidConfig,
                      u"the workspace names no schemas; write schemas: schemas/ in it, or name the folder"_s});
    } else {
        found.catalog = consumersOf(session, found.folder);
    }
    const CompatibilityOptions options{
        .policy = command.policy.isEmpty() ? std::nullopt : compatibilityPolicyFromWord(command.policy),
        .level = command.level.isEmpty() ? std::nullopt : compatibilityLevelFromWord(command.level),
        .catalog = &found.catalog,
        .today = QDateTime::currentDateTimeUtc().date()};
    if (command.base.isEmpty()) {
        found.report = checkCompatibilityOfFolder(found.folder, options);
        return found;
    }
    Result<CompatibilityReport> since =
        checkCompatibilitySince(GitSchemaHistory(), found.folder, command.base, options);
    if (!since)
        return refuse(since.error());
    found.report = std::move(*since);
    return found;
}

} // namespace

int run(Session& session, const SchemaCheckCommand& command)
{
    auto outcome = checked(session, command);
    if (const int* code = std::get_if<int>(&outcome))
        return *code;
    const CompatibilityReport& report = std::get<CheckedSchemas>(outcome).report;
    const QString format = !command.format.isEmpty() ? command.format : session.options().json ? u"json"_s : u"text"_s;
    const int issues = reportIssues(report.issues); // formats that machines show findings from have them too
    const QByteArray document = rendered(report, format);
    if (command.out.isEmpty()) {
        if (!print(document))
            return OutOfReach;
    } else if (const Status written = writeWhole(command.out, document); !written) {
        return refuse(written.error());
    }
    return issues == Usage ? Usage : report.compatible ? Done : Found;
}

int run(Session& session, const SchemaImpact& command)
{
    auto outcome = checked(session, command.check);
    if (const int* code = std::get_if<int>(&outcome))
        return *code;
    const CheckedSchemas& found = std::get<CheckedSchemas>(outcome);
    if (reportIssues(found.report.issues) == Usage)
        return Usage;
    const QDate today = QDateTime::currentDateTimeUtc().date();
    std::vector<EventImpact> impact = impactOf(found.report, found.catalog, today);
    ToldTimes told;
    // Real messages are at hand where a workspace is; a folder alone has none.
    if (command.check.folder.isEmpty() || !session.options().workspace.isEmpty()) {
        auto reader = session.reader();
        if (!reader)
            return refuse(reader.error());
        if (const Status played = playSamples(*reader, found.folder, SystemClock().now(), impact, session.stop());
            !played)
            return refuse(played.error());
        if (const Context* context = session.context()) {
            const auto acks = readSchemaAcks(context->ledgerFile());
            if (!acks)
                return refuse(acks.error());
            applySchemaAcks(*acks, impact);
        }
        const auto outbox = notifications(*reader, mostNotifications);
        if (!outbox)
            return refuse(outbox.error());
        told = toldTimesOf(*outbox);
    }
    if (!command.calendar.isEmpty()) {
        const QByteArray calendar = noticesAsCalendar(noticesOf(impact, told, today), today);
        if (const Status written = writeWhole(command.calendar, calendar); !written)
            return refuse(written.error());
    }
    return (session.options().json ? printLine(impactAsJson(impact, told, today)) : printText(impactAsText(impact)))
               ? Done
               : OutOfReach;
}

int run(Session& session, const SchemaAcknowledge& command)
{
    const SchemaAckDecision decision{
        .eventType = command.eventType, .version = command.version, .consumer = command.consumer, .note = command.note};
    const int code = session.decide(u"spillwayctl schema ack"_s, decision, [](const QByteArray&) { return true; });
    if (code != Done)
        return code;
    if (session.options().json) {
        JsonWriter json;
        json.beginObject()
            .field(u"event", command.eventType)
            .field(u"version", command.version)
            .field(u"consumer", command.consumer)
            .endObject();
        return printLine(json.json()) ? Done : OutOfReach;
    }
    return printText(u"%1 is ready for %2 v%3"_s.arg(command.consumer, command.eventType).arg(command.version))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
