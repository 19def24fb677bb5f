// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/decision.h"

#include "model/base/jsontexts.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void writePermission(JsonWriter& json, const WritePermission& permission)
{
    json.field(u"write", permission.write).field(u"confirm", permission.confirm).field(u"reason", permission.reason);
}

WritePermission readPermission(const QJsonObject& from)
{
    return {
        .write = from[u"write"].toBool(), .confirm = from[u"confirm"].toString(), .reason = from[u"reason"].toString()};
}

std::optional<QString> maybeText(const QJsonValue& from)
{
    return from.isString() ? std::optional(from.toString()) : std::nullopt;
}

struct Writer
{
    JsonWriter& json;

    QString operator()(const CollectOnceDecision&) const { return u"collect.once"_s; }
    QString operator()(const TriageDecision& d) const
    {
        json.key(u"ids").beginArray();
        for (const QString& id : d.ids)
            json.value(id);
        json.endArray()
            .field(u"query", d.query)
            .field(u"to", d.to)
            .field(u"reason", d.reason)
            .field(u"assignee", d.assignee);
        return u"deadletter.triage"_s;
    }
    QString operator()(const RescueDecision& d) const
    {
        json.key(u"ids").beginArray();
        for (const QString& id : d.ids)
            json.value(id);
        json.endArray().field(u"query", d.query);
        return u"deadletter.rescue"_s;
    }
    QString operator()(const RereadDecision& d) const
    {
        json.field(u"channel", d.channel).field(u"connection", d.connection);
        return u"deadletter.reread"_s;
    }
    QString operator()(const MergeGroupsDecision& d) const
    {
        writeTexts(json, u"groups", d.groups);
        json.field(u"into", d.into).field(u"reason", d.reason);
        return u"deadletter.merge"_s;
    }
    QString operator()(const SplitGroupDecision& d) const
    {
        writeTexts(json, u"ids", d.ids);
        json.field(u"query", d.query).field(u"title", d.title).field(u"reason", d.reason);
        return u"deadletter.split"_s;
    }
    QString operator()(const UnmergeGroupsDecision& d) const
    {
        writeTexts(json, u"groups", d.groups);
        json.field(u"reason", d.reason);
        return u"deadletter.unmerge"_s;
    }
    QString operator()(const RegroupDecision& d) const
    {
        json.field(u"reason", d.reason);
        return u"deadletter.regroup"_s;
    }
    QString operator()(const ActionDecision& d) const
    {
        json.key(u"action").raw(actionToJson(d.action));
        return u"deadletter.act"_s;
    }
    QString operator()(const PlanDecision& d) const
    {
        json.field(u"query", d.query).field(u"to", d.to).field(u"file", d.file);
        writeTexts(json, u"dropHeaders", d.headers.drop);
        writeTexts(json, u"keepHeaders", d.headers.keep);
        writeTexts(json, u"dropSets", d.headers.sets);
        json.field(u"allowsUnknownDialects", d.headers.allowsUnknownDialects);
        return u"replay.plan"_s;
    }
    QString operator()(const RunDecision& d) const
    {
        json.field(u"planFile", d.planFile)
            .field(u"rate", d.rate)
            .field(u"canary", d.canary)
            .field(u"stopIf", d.stopIf);
        json.field(u"settle", d.settle);
        writePermission(json, d.permission);
        return u"replay.run"_s;
    }
    QString operator()(const ResumeDecision& d) const
    {
        json.field(u"job", d.job);
        writePermission(json, d.permission);
        return u"replay.resume"_s;
    }
    QString operator()(const CancelDecision& d) const
    {
        json.field(u"job", d.job);
        return u"replay.cancel"_s;
    }
    QString operator()(const ReviewOpenDecision& d) const
    {
        json.key(u"participants").beginArray();
        for (const QString& name : d.participants)
            json.value(name);
        json.endArray();
        return u"review.open"_s;
    }
    QString operator()(const ReviewDecideDecision& d) const
    {
        json.field(u"group", d.group)
            .field(u"verdict", d.words.verdict)
            .field(u"note", d.words.note)
            .field(u"action", d.words.action)
            .field(u"who", d.words.who)
            .field(u"due", d.words.due)
            .field(u"seen", d.words.seen);
        return u"review.decide"_s;
    }
    QString operator()(const ReviewCloseDecision&) const { return u"review.close"_s; }
    QString operator()(const SchemaAckDecision& d) const
    {
        json.field(u"event", d.eventType)
            .field(u"version", d.version)
            .field(u"consumer", d.consumer)
            .field(u"note", d.note);
        return u"schema.acknowledge"_s;
    }
    QString operator()(const RevealDecision& d) const
    {
        json.field(u"letter", d.request.letterId).field(u"reason", d.request.reason);
        return u"deadletter.reveal"_s;
    }
    QString operator()(const ExportDecision& d) const
    {
        json.field(u"query", d.record.query)
            .field(u"file", d.record.file)
            .field(u"format", d.record.format)
            .field(u"letters", d.record.letters)
            .field(u"masked", d.record.masked)
            .field(u"isMasked", d.record.isMasked)
            .field(u"reason", d.record.reason);
        return u"deadletter.export"_s;
    }
    QString operator()(const InvoiceDecision& d) const
    {
        json.key(u"invoice").raw(invoiceBody(d.invoice));
        return u"cost.importInvoice"_s;
    }
    QString operator()(const InvoiceRemoveDecision& d) const
    {
        json.field(u"invoice", d.id).field(u"profile", d.profile).field(u"reason", d.reason);
        return u"cost.removeInvoice"_s;
    }
    QString operator()(const NotifyDecision& d) const
    {
        json.field(u"review", d.subject.kind == NotifySubject::Kind::Review)
            .field(u"name", d.subject.name)
            .field(u"version", d.subject.version)
            .field(u"digest", d.digest);
        return u"notify.send"_s;
    }
    QString operator()(const BackupDecision& d) const
    {
        json.field(u"file", d.file).field(u"bytes", d.bytes).field(u"takenAt", d.takenAt).field(u"entries", d.entries);
        return u"store.backup"_s;
    }
    QString operator()(const PurgeDecision& d) const
    {
        json.field(u"id", d.id).field(u"reason", d.reason);
        return u"store.purge"_s;
    }
    QString operator()(const PruneDecision& d) const
    {
        json.field(u"compacts", d.compacts);
        return u"store.prune"_s;
    }
    QString operator()(const AlertAckDecision& d) const
    {
        json.field(u"alert", d.ack.alert).field(u"until", d.ack.until).field(u"reason", d.ack.reason);
        return u"alert.acknowledge"_s;
    }
    QString operator()(const AlertSilenceDecision& d) const
    {
        json.field(u"alert", d.silence.alert)
            .field(u"rule", d.silence.rule)
            .field(u"team", d.silence.team)
            .field(u"connection", d.silence.connection)
            .field(u"until", d.silence.until)
            .field(u"reason", d.silence.reason);
        return u"alert.silence"_s;
    }
    QString operator()(const AlertUndoDecision& d) const
    {
        json.field(u"seq", d.seq).field(u"reason", d.reason);
        return u"alert.undo"_s;
    }
    QString operator()(const NotifyRetryDecision& d) const
    {
        json.field(u"id", d.id);
        return u"notify.retry"_s;
    }
};

} // namespace

QByteArray decisionToJson(const Decision& decision)
{
    JsonWriter json;
    json.beginObject().key(u"arguments").beginObject();
    const QString command = std::visit(Writer{json}, decision);
    json.endObject().field(u"command", command).endObject();
    return json.json();
}

Result<Decision> decisionFromJson(const QByteArray& json)
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    const QString command = object[u"command"].toString();
    const QJsonObject from = object[u"arguments"].toObject();
    if (command == u"collect.once")
        return CollectOnceDecision{};
    if (command == u"deadletter.triage") {
        TriageDecision decision{.to = from[u"to"].toString(),
                                .reason = from[u"reason"].toString(),
                                .assignee = from[u"assignee"].toString()};
        const QJsonArray ids = from[u"ids"].toArray();
        for (const QJsonValue& id : ids)
            decision.ids += id.toString();
        if (from[u"query"].isString())
            decision.query = from[u"query"].toString();
        return decision;
    }
    if (command == u"deadletter.rescue") {
        RescueDecision decision;
        const QJsonArray ids = from[u"ids"].toArray();
        for (const QJsonValue& id : ids)
            decision.ids += id.toString();
        if (from[u"query"].isString())
            decision.query = from[u"query"].toString();
        return decision;
    }
    if (command == u"deadletter.merge")
        return MergeGroupsDecision{.groups = textsFrom(from[u"groups"]),
                                   .into = from[u"into"].toString(),
                                   .reason = from[u"reason"].toString()};
    if (command == u"deadletter.split") {
        SplitGroupDecision decision{.ids = textsFrom(from[u"ids"]),
                                    .query = std::nullopt,
                                    .title = from[u"title"].toString(),
                                    .reason = from[u"reason"].toString()};
        if (from[u"query"].isString())
            decision.query = from[u"query"].toString();
        return decision;
    }
    if (command == u"deadletter.reread")
        return RereadDecision{.channel = from[u"channel"].toString(), .connection = from[u"connection"].toString()};
    if (command == u"deadletter.unmerge")
        return UnmergeGroupsDecision{.groups = textsFrom(from[u"groups"]), .reason = from[u"reason"].toString()};
    if (command == u"deadletter.regroup")
        return RegroupDecision{.reason = from[u"reason"].toString()};
    if (command == u"deadletter.act") {
        auto action = actionFromJson(QJsonDocument(from[u"action"].toObject()).toJson(QJsonDocument::Compact));
        if (!action)
            return tl::unexpected(action.error());
        return ActionDecision{std::move(*action)};
    }
    if (command == u"replay.plan")
        return PlanDecision{.query = from[u"query"].toString(),
                            .to = from[u"to"].toString(),
                            .file = from[u"file"].toString(),
                            .headers = {.drop = textsFrom(from[u"dropHeaders"]),
                                        .keep = textsFrom(from[u"keepHeaders"]),
                                        .sets = textsFrom(from[u"dropSets"]),
                                        .allowsUnknownDialects = from[u"allowsUnknownDialects"].toBool()}};
    if (command == u"replay.run") {
        return RunDecision{.planFile = from[u"planFile"].toString(),
                           .rate = from[u"rate"].toString(),
                           .canary = from[u"canary"].toString(),
                           .stopIf = from[u"stopIf"].toString(),
                           .settle = from[u"settle"].toString(),
                           .permission = readPermission(from)};
    }
    if (command == u"replay.resume")
        return ResumeDecision{.job = from[u"job"].toString(), .permission = readPermission(from)};
    if (command == u"replay.cancel")
        return CancelDecision{.job = from[u"job"].toString()};
    if (command == u"review.open") {
        ReviewOpenDecision decision;
        const QJsonArray names = from[u"participants"].toArray();
        for (const QJsonValue& name : names)
            decision.participants += name.toString();
        return decision;
    }
    if (command == u"review.decide")
        return ReviewDecideDecision{.group = from[u"group"].toString(),
                                    .words = {.verdict = from[u"verdict"].toString(),
                                              .note = from[u"note"].toString(),
                                              .action = from[u"action"].toString(),
                                              .who = from[u"who"].toString(),
                                              .due = from[u"due"].toString(),
                                              .seen = from[u"seen"].isDouble()
                                                          ? std::optional<std::int64_t>(from[u"seen"].toInteger())
                                                          : std::nullopt}};
    if (command == u"schema.acknowledge")
        return SchemaAckDecision{.eventType = from[u"event"].toString(),
                                 .version = from[u"version"].toInt(),
                                 .consumer = from[u"consumer"].toString(),
                                 .note = from[u"note"].toString()};
    if (command == u"review.close")
        return ReviewCloseDecision{};
    if (command == u"deadletter.reveal")
        return RevealDecision{{.letterId = from[u"letter"].toString(), .reason = from[u"reason"].toString()}};
    if (command == u"deadletter.export")
        return ExportDecision{{.query = from[u"query"].toString(),
                               .file = from[u"file"].toString(),
                               .format = from[u"format"].toString(),
                               .letters = from[u"letters"].toInteger(),
                               .masked = from[u"masked"].toInteger(),
                               .isMasked = from[u"isMasked"].toBool(),
                               .reason = from[u"reason"].toString()}};
    if (command == u"cost.importInvoice") {
        auto invoice = invoiceFromBody(QJsonDocument(from[u"invoice"].toObject()).toJson(QJsonDocument::Compact));
        if (!invoice)
            return fail(ErrorCode::InvalidConfig, invoice.error().detail);
        return InvoiceDecision{std::move(*invoice)};
    }
    if (command == u"cost.removeInvoice")
        return InvoiceRemoveDecision{.id = from[u"invoice"].toString(),
                                     .profile = from[u"profile"].toString(),
                                     .reason = from[u"reason"].toString()};
    if (command == u"notify.send")
        return NotifyDecision{
            .subject = {.kind = from[u"review"].toBool() ? NotifySubject::Kind::Review : NotifySubject::Kind::Schema,
                        .name = from[u"name"].toString(),
                        .version =
                            from[u"version"].isDouble() ? std::optional(from[u"version"].toInt()) : std::nullopt},
            .digest = from[u"digest"].toString()};
    if (command == u"store.backup")
        return BackupDecision{.file = from[u"file"].toString(),
                              .bytes = from[u"bytes"].toInteger(),
                              .takenAt = parseRfc3339(from[u"takenAt"].toString().toLatin1()).value_or(UtcTime{}),
                              .entries = from[u"entries"].toInteger()};
    if (command == u"store.purge")
        return PurgeDecision{.id = from[u"id"].toString(), .reason = from[u"reason"].toString()};
    if (command == u"store.prune")
        return PruneDecision{.compacts = from[u"compacts"].toBool()};
    if (command == u"alert.acknowledge")
        return AlertAckDecision{{.alert = from[u"alert"].toString(),
                                 .until = parseRfc3339(from[u"until"].toString().toLatin1()),
                                 .reason = from[u"reason"].toString()}};
    if (command == u"alert.silence")
        return AlertSilenceDecision{{.alert = maybeText(from[u"alert"]),
                                     .rule = maybeText(from[u"rule"]),
                                     .team = maybeText(from[u"team"]),
                                     .connection = maybeText(from[u"connection"]),
                                     .until = parseRfc3339(from[u"until"].toString().toLatin1()).value_or(UtcTime{}),
                                     .reason = from[u"reason"].toString()}};
    if (command == u"alert.undo")
        return AlertUndoDecision{.seq = from[u"seq"].toInteger(), .reason = from[u"reason"].toString()};
    if (command == u"notify.retry")
        return NotifyRetryDecision{from[u"id"].toString()};
    return fail(
        ErrorCode::InvalidConfig,
        error.error != QJsonParseError::NoError
            ? u"the request is no JSON: %1"_s.arg(error.errorString())
            : u"this version does not know the request '%1'; both programs must be of one version"_s.arg(command));
}

} // namespace spillway
