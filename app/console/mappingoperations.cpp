// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/mappingoperations.h"

#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/query.h"
#include "model/deadletter/queryrun.h"

#include <QFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lettersToShow = 20;
constexpr qint64 mostFileBytes = 16LL << 20;

} // namespace

Result<MappingSubject> mappingSubject(Database& reader, const Context& context, const QString& connection,
                                      const QString& channel, const QString& letter, std::stop_token stop)
{
    const auto workspace = freshWorkspace(context.workspace);
    if (!workspace)
        return tl::unexpected(workspace.error());
    const auto query =
        parseQuery(queryTermText(u"connection"_s, connection) + u' ' + queryTermText(u"channel"_s, channel));
    if (!query)
        return tl::unexpected(query.error());
    MappingSubject subject;
    if (!letter.isEmpty()) {
        if (const auto first = deadLetter(reader, letter);
            first && first->connection == connection && first->record.at.topic == channel)
            subject.letters.push_back(first->record);
    }
    const auto outcome = runQuery(
        reader, *query, {.now = SystemClock().now(), .limit = lettersToShow, .parts = LetterParts::Whole},
        [&subject, &letter](const DeadLetter& newest) {
            if (newest.id != letter && std::ssize(subject.letters) < lettersToShow)
                subject.letters.push_back(newest.record);
            return true;
        },
        stop);
    if (!outcome)
        return tl::unexpected(outcome.error());
    if (const ConnectionSettings* settings = workspace->connection(connection)) {
        if (const DeadLetterMapping* mapping = mappingOfChannel(settings->deadLetters, channel))
            subject.mapping = *mapping;
    }
    subject.candidates = mappingCandidates(subject.letters);
    subject.payloads = payloadCandidates(subject.letters);
    return subject;
}

Result<MappingEdit> mappingEditOf(const Context& context, const QString& connection, const QString& channel,
                                  const DeadLetterMapping& mapping)
{
    QFile file(context.workspace.file);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
    return editMapping(file.read(mostFileBytes), context.workspace.file, connection, channel, mapping);
}

Result<QString> connectionOfChannel(Database& reader, const QString& channel)
{
    const auto outlooks = keptOutlooks(reader);
    if (!outlooks)
        return tl::unexpected(outlooks.error());
    QStringList names;
    for (const ChannelOutlook& outlook : *outlooks) {
        if (outlook.channel == channel && outlook.channelRef != 0)
            names += outlook.connection;
    }
    if (names.isEmpty())
        return fail(
            ErrorCode::NotFound,
            u"no letter of channel %1 is stored; `spillwayctl dlq channels` lists those that are"_s.arg(channel));
    if (names.size() > 1)
        return fail(ErrorCode::InvalidConfig,
                    u"channel %1 is read by several connections (%2); name one with --connection"_s.arg(
                        channel, names.join(u", "_s)));
    return names.front();
}

Result<Workspace> freshWorkspace(const Workspace& workspace)
{
    if (workspace.file.isEmpty())
        return workspace;
    Checked<Workspace> read = loadWorkspace(workspace.file);
    if (!read.value)
        return fail(ErrorCode::InvalidConfig,
                    read.issues.empty() ? u"%1 does not read"_s.arg(workspace.file) : read.issues.front().toString());
    return std::move(*read.value);
}

} // namespace spillway
