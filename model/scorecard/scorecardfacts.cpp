// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/scorecardfacts.h"

#include "model/compatibility/schemanotices.h"
#include "model/notify/notifystore.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Status readScorecardFacts(Database& reader, const Workspace& workspace, ScorecardFacts& facts)
{
    auto letters = openLetterCounts(reader);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    facts.openLetters = std::move(*letters);
    constexpr int mostAnnouncements = 10'000;
    const auto sent = notifications(reader, mostAnnouncements);
    if (!sent)
        return tl::unexpected<Error>(sent.error());
    for (const auto& [told, at] : toldTimesOf(*sent)) {
        const auto known = facts.announced.constFind(told.first);
        if (known == facts.announced.constEnd() || at < *known)
            facts.announced.insert(told.first, at);
    }
    auto days = scorecardDays(reader);
    if (!days)
        return tl::unexpected<Error>(days.error());
    facts.history = std::move(*days);
    for (const ConnectionSettings& connection : workspace.connections) {
        for (const DeadLetterTopic& channel : connection.deadLetters) {
            ++facts.deadLetterChannels;
            const QRegularExpression pattern(QRegularExpression::anchoredPattern(channel.selector.pattern));
            const bool isFound =
                std::any_of(facts.observed.topics.begin(), facts.observed.topics.end(), [&](const KnownTopic& topic) {
                    return topic.connection == connection.name && topic.facts.exists == true &&
                           (channel.selector.topic.isEmpty() ? pattern.match(topic.facts.topic).hasMatch()
                                                             : topic.facts.topic == channel.selector.topic);
                });
            facts.deadLetterChannelsRead += isFound ? 1 : 0;
        }
    }
    findPipelines(workspace.folder, facts);
    return {};
}

void findPipelines(const QString& folder, ScorecardFacts& facts)
{
    QDir root(folder);
    int climbed = 0;
    constexpr int highest = 40;
    while (!QFile::exists(root.filePath(u".git"_s)) && climbed++ < highest && root.cdUp()) {
    }
    facts.hasRepository = QFile::exists(root.filePath(u".git"_s));
    if (!facts.hasRepository)
        return;
    QStringList files{u".gitlab-ci.yml"_s, u"Jenkinsfile"_s, u"azure-pipelines.yml"_s, u"bitbucket-pipelines.yml"_s,
                      u".circleci/config.yml"_s};
    const QDir workflows(root.filePath(u".github/workflows"_s));
    for (const QString& name : workflows.entryList({u"*.yml"_s, u"*.yaml"_s}, QDir::Files, QDir::Name))
        files += u".github/workflows/"_s + name;
    constexpr qint64 mostBytes = 1 << 20;
    for (const QString& name : files) {
        QFile file(root.filePath(name));
        if (file.open(QIODevice::ReadOnly) && file.read(mostBytes).contains("spillwayctl"))
            facts.pipelines += name;
    }
}

} // namespace spillway
