// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/currentuser.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/counted.h"
#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/care/statebackup.h"
#include "model/care/storecheck.h"
#include "model/care/storeprune.h"
#include "model/store/statedirectory.h"

#include <QDeadlineTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Says how far it is, every few seconds; a short job says nothing.
class ProgressTeller
{
public:
    explicit ProgressTeller(QString what)
        : m_what(std::move(what))
    {
    }
    void operator()(std::int64_t done, std::int64_t total)
    {
        if (!m_next.hasExpired())
            return;
        m_next.setRemainingTime(interval);
        if (total > 0)
            say(u"%1: %2 %, %3 of %4"_s.arg(m_what)
                    .arg(done * 100 / total)
                    .arg(formatSizeBytes(done), formatSizeBytes(total)));
    }

private:
    static constexpr qint64 interval = 3'000;
    QString m_what;
    QDeadlineTimer m_next{interval};
};

QString pruneText(const QJsonObject& told)
{
    const bool isDryRun = told[u"dryRun"].toBool();
    QString text = u"%1 %2 (%3 closed long enough, %4 because the store is too large; %5) and %6"_s.arg(
        isDryRun ? u"Would drop"_s : u"Dropped"_s, counted(told[u"letters"].toInteger(), u"letter"_s),
        formatCount(told[u"lettersByAge"].toInteger()), formatCount(told[u"lettersBySize"].toInteger()),
        formatSizeBytes(told[u"letterBytes"].toInteger()),
        counted(told[u"sampleRows"].toInteger(), u"row"_s) + u" of history"_s);
    text += u"\nThe store holds %1 in a file of %2; max_size is %3"_s.arg(
        formatSizeBytes(told[u"usedBytes"].toInteger()), formatSizeBytes(told[u"fileBytes"].toInteger()),
        formatSizeBytes(told[u"maxBytes"].toInteger()));
    if (told[u"samplesKeptMs"].isDouble())
        text += u"\nHistories were cut to %1 because the store is too large"_s.arg(
            formatDuration(Millis{told[u"samplesKeptMs"].toInteger()}));
    if (told[u"overSize"].toBool())
        text += isDryRun
                    ? u"\nIt holds more than max_size"_s
                    : u"\nIt still holds more than max_size: what is left is open letters, decisions and a week of "
                      "history; close letters that are done with, or raise max_size"_s;
    return text;
}

} // namespace

int run(Session& session, const StoreBackup& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    if (const Status readable = readableState(context->stateFolder); !readable)
        return refuse(readable.error());
    std::optional<int> notRecorded; // what was wrong has been said
    const auto record = [&](const BackupReport& report) -> Status {
        const int code = session.decide(
            u"spillwayctl store backup"_s,
            BackupDecision{
                .file = report.file, .bytes = report.bytes, .takenAt = report.takenAt, .entries = report.entries},
            [](const QByteArray&) { return true; });
        if (code == Done)
            return {};
        notRecorded = code;
        return fail(ErrorCode::Internal, u"not put on record"_s);
    };
    const BackupRequest request{.stateFolder = context->stateFolder,
                                .workspace = context->workspace.name,
                                .file = QFileInfo(command.file).absoluteFilePath(),
                                .replaces = command.replaces,
                                .now = SystemClock().now()};
    const auto report = backUpState(request, record, ProgressTeller(u"backing up"_s), session.stop());
    if (!report) {
        if (notRecorded)
            return *notRecorded;
        if (report.error().code == ErrorCode::Cancelled)
            return refuse({ErrorCode::Cancelled, u"cancelled; no backup was written"_s});
        return refuse(report.error());
    }
    const bool isItself = isStream(request.file); // the backup went to where this would go, perhaps
    const bool isPrinted =
        isItself ||
        (session.options().json
             ? printLine(backupReportJson(*report))
             : printText(u"%1: %2 of samples and %3 of ledger (%4) in %5"_s.arg(
                   report->file, formatSizeBytes(report->samplesBytes), formatSizeBytes(report->ledgerBytes),
                   counted(report->entries, u"entry"_s, u"entries"_s), formatSizeBytes(report->bytes))));
    if (!isPrinted)
        return OutOfReach;
    if (report->isIntact)
        return Done;
    say(u"spillwayctl: the ledger's chain breaks, in the backup as in the state; `spillwayctl audit verify` says where"_s);
    return Found;
}

int run(Session& session, const StoreRestore& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const SystemClock clock;
    const auto report = restoreState(QFileInfo(command.file).absoluteFilePath(), context->stateFolder, clock,
                                     currentUser(), ProgressTeller(u"restoring"_s), session.stop());
    if (!report)
        return refuse(report.error());
    return (session.options().json
                ? printLine(restoreReportJson(*report))
                : printText(u"%1 is as it was at %2"_s.arg(report->stateFolder, formatUtc(report->takenAt))))
               ? Done
               : OutOfReach;
}

int run(Session& session, const StoreCheck&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto tell = [&session](const QString& what) {
        if (session.options().verbose)
            say(what);
    };
    const auto check = checkStore(context->stateFolder, tell, session.stop());
    if (!check)
        return refuse(check.error());
    const bool isPrinted =
        session.options().json ? printLine(storeCheckJson(*check)) : print(storeCheckText(*check).toUtf8());
    return !isPrinted ? OutOfReach : check->isSound() ? Done : Found;
}

int run(Session& session, const StorePrune& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const auto show = [&session](const QByteArray& json) {
        return session.options().json ? printLine(json) : printText(pruneText(QJsonDocument::fromJson(json).object()));
    };
    if (!command.dryRun)
        return session.decide(u"spillwayctl store prune"_s, PruneDecision{.compacts = command.compacts}, show);
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto report = previewPrune(*reader, context->ledgerFile(),
                                     {.retention = context->workspace.retention,
                                      .now = SystemClock().now(),
                                      .actor = {},
                                      .compacts = command.compacts});
    if (!report)
        return refuse(report.error());
    return show(pruneReportJson(*report)) ? Done : OutOfReach;
}

int run(Session& session, const StorePurge& command)
{
    if (!session.context())
        return Usage;
    return session.decide(
        u"spillwayctl store purge"_s, PurgeDecision{command.id, command.reason}, [&](const QByteArray& json) {
            const QJsonObject told = QJsonDocument::fromJson(json).object();
            for (const QString& left : textsFrom(told[u"left"]))
                say(u"spillwayctl: the bytes may still be in "_s + left);
            if (session.options().json)
                return printLine(json);
            QString text = (told[u"isNew"].toBool() ? u"%1: erased payload, key, headers and message (%2)"_s
                                                    : u"%1: was erased before (%2)"_s)
                               .arg(told[u"id"].toString(), formatSizeBytes(told[u"bytes"].toInteger()));
            if (const QStringList same = textsFrom(told[u"sameElsewhere"]); !same.isEmpty())
                text += u"\nThe same payload stands in %1, which %2 not erased: %3"_s.arg(
                    counted(same.size(), u"other letter"_s), same.size() == 1 ? u"was"_s : u"were"_s,
                    same.join(u", "_s));
            text += u"\nNot reached: the broker's own copy, files that were exported, and backups made before"_s;
            return printText(text);
        });
}

} // namespace spillway::ctl
