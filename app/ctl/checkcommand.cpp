// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/connectioncheck.h"
#include "app/console/registries.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/catalog/contactlinks.h"
#include "model/deadletter/savedviews.h"
#include "model/schema/schemafolder.h"

#include <QDir>

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QString outcomeWord(KafkaCheckStep::Outcome outcome)
{
    switch (outcome) {
    case KafkaCheckStep::Outcome::Ok:
        return u"ok"_s;
    case KafkaCheckStep::Outcome::Failed:
        return u"failed"_s;
    case KafkaCheckStep::Outcome::Skipped:
        return u"skipped"_s;
    }
    return {};
}

QString registryText(const RegistryCheck& check)
{
    return check.fault ? check.fault->detail : counted(check.subjects.value_or(0), u"subject"_s);
}

QByteArray reportsJson(const std::vector<KafkaCheckReport>& reports, const std::vector<RegistryCheck>& registries)
{
    JsonWriter json;
    json.beginArray();
    for (const KafkaCheckReport& report : reports) {
        json.beginObject().field(u"connection", report.connection).field(u"ok", report.isOk());
        json.field(u"clusterId", report.clusterId.isEmpty() ? std::nullopt : std::optional(report.clusterId));
        json.key(u"steps").beginArray();
        for (const KafkaCheckStep& step : report.steps) {
            json.beginObject()
                .field(u"name", step.name)
                .field(u"outcome", outcomeWord(step.outcome))
                .field(u"text", step.text);
            json.key(u"grants").beginArray();
            for (const QString& grant : step.grants)
                json.value(grant);
            json.endArray().endObject();
        }
        json.endArray().endObject();
    }
    for (const RegistryCheck& check : registries) {
        json.beginObject()
            .nullField(u"connection")
            .field(u"registry", check.registry)
            .field(u"ok", !check.fault)
            .nullField(u"clusterId");
        json.key(u"steps").beginArray().beginObject();
        json.field(u"name", u"registry"_s)
            .field(u"outcome", outcomeWord(check.fault ? KafkaCheckStep::Outcome::Failed : KafkaCheckStep::Outcome::Ok))
            .field(u"text", registryText(check));
        json.key(u"grants").beginArray().endArray().endObject().endArray().endObject();
    }
    json.endArray();
    return json.json();
}

QString reportText(const KafkaCheckReport& report)
{
    qsizetype widest = 0;
    for (const KafkaCheckStep& step : report.steps)
        widest = std::max(widest, visibleText(step.name).size());
    QString text = report.connection + u'\n';
    for (const KafkaCheckStep& step : report.steps) {
        text += u"  %1  %2  %3\n"_s.arg(outcomeWord(step.outcome).leftJustified(7),
                                        visibleText(step.name).leftJustified(widest), visibleText(step.text));
        for (const QString& grant : step.grants)
            text += u"           %1\n"_s.arg(visibleText(grant));
    }
    return text;
}

/// 3 where a broker cannot be reached or lets nobody in; 1 where a right or a topic is missing; 2 for the settings.
int exitCodeOf(const std::vector<KafkaCheckReport>& reports)
{
    int worst = Done;
    for (const KafkaCheckReport& report : reports) {
        for (const KafkaCheckStep& step : report.steps) {
            if (step.outcome != KafkaCheckStep::Outcome::Failed)
                continue;
            const bool isWayIn = step.name == u"address" || step.name == u"tls" || step.name == u"login";
            const int code = isWayIn ? OutOfReach : step.name == u"configuration" ? Usage : Found;
            worst = std::max(worst, code);
        }
    }
    return worst;
}

} // namespace

int run(Session& session, const Check&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    session.sayIssues();
    (void)reportIssues(checkSchemaFolder(SchemaFolder(context->workspace.schemasFolder)));
    // A faulty view or contact stops nothing but itself: it is told here, and where it is asked for.
    const int fileFaults = std::max(reportIssues(readSavedViews(context->workspace.queriesFolder).issues),
                                    reportIssues(readContactLinks(context->workspace).issues));
    const std::vector<KafkaCheckReport> reports = checkConnections(*context, session.stop());
    const std::vector<RegistryCheck> registries = checkRegistries(context->workspace, session.stop());
    int exitCode = std::max(fileFaults, exitCodeOf(reports));
    for (const RegistryCheck& check : registries) {
        if (check.fault)
            exitCode = std::max(exitCode, exitCodeFor(check.fault->code));
    }
    if (session.options().json) {
        printLine(reportsJson(reports, registries));
        return exitCode;
    }
    if (fileFaults == Done)
        printText(u"files: in order (%1)"_s.arg(context->workspace.file));
    if (const QString& folder = context->workspace.dialectsFolder; !folder.isEmpty())
        printText(
            u"own dialects: %1 (%2)"_s.arg(QDir(folder).entryList({u"*.json"_s}, QDir::Files).size()).arg(folder));
    printText(u"masking: "_s + maskStateText(context->masker.rules(), context->workspace));
    for (const KafkaCheckReport& report : reports)
        print(reportText(report).toUtf8());
    for (const RegistryCheck& check : registries)
        printText(u"registry %1\n  %2  %3"_s.arg(visibleText(check.registry),
                                                 (check.fault ? u"failed"_s : u"ok"_s).leftJustified(7),
                                                 visibleText(registryText(check))));
    return exitCode;
}

} // namespace spillway::ctl
