// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/readingoperations.h"

#include "app/console/mappingoperations.h"
#include "model/deadletter/groupdecisions.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<std::unique_ptr<ReadingOperations>> ReadingOperations::begin(World world, std::int64_t sortedAtOnce)
{
    if (const Status begun =
            regroupOldVersions(world.samples, world.knowledge.grouping().knowledge().rules.digest, world.actor);
        !begun)
        return tl::unexpected(begun.error());
    return std::unique_ptr<ReadingOperations>(new ReadingOperations(std::move(world), sortedAtOnce));
}

ReadingOperations::ReadingOperations(World world, std::int64_t sortedAtOnce)
    : m_world(std::move(world))
    , m_sorting(m_world.samples, m_world.knowledge.now()->kinds, sortedAtOnce)
{
    m_world.knowledge.onRecounted([this] { m_sorting.goOn(); });
    m_world.knowledge.onKinds([this](const KindRules& rules) { m_sorting.sortBy(rules); });
    m_catchingUp = std::jthread([this](const std::stop_token& stop) { catchUp(stop); });
}

ReadingOperations::~ReadingOperations() = default;

void ReadingOperations::stopFollowing()
{
    m_catchingUp = {};
}

void ReadingOperations::catchUp(const std::stop_token& stop)
{
    // A failure (a full disk) costs nothing: the rest is done at the next start.
    const std::lock_guard lock(m_regrouping);
    // First the groups, whose old ids then lead on; what is read anew stores by the same fingerprints.
    const auto done =
        regroupRest(m_world.ledger, m_world.samples, m_world.knowledge.grouping().knowledge(), m_world.actor, stop, {});
    const bool isReread = rereadOld(stop);
    if (isReread || !done || *done)
        m_sorting.goOn();
}

bool ReadingOperations::rereadOld(const std::stop_token& stop)
{
    auto database = reader();
    const auto old = database ? channelsReadByOlder(*database) : tl::unexpected<Error>(database.error());
    bool isChanged = false;
    for (const OldChannel& channel : old.value_or(std::vector<OldChannel>())) {
        if (stop.stop_requested())
            break;
        if (!m_world.context.workspace.connection(channel.connection))
            continue;
        const auto known = m_world.knowledge.now();
        LetterPreparer preparer(known->dialects, known->kinds, m_world.context.catalog,
                                known->deadLettersOf(channel.connection), known->judge.get(),
                                &m_world.knowledge.grouping());
        const auto report = rereadOldChannel(m_world.samples, preparer, channel, stop);
        isChanged = isChanged || (report && report->changed > 0);
    }
    return isChanged;
}

std::shared_ptr<const DialectRegistry> ReadingOperations::dialects() const
{
    const auto knowledge = m_world.knowledge.now();
    return {knowledge, &knowledge->dialects}; // owned together with the rest of it
}

Status ReadingOperations::saveMapping(const MappingEdit& edit, std::stop_token stop)
{
    if (const Status saved = saveMappingEdit(m_world.context.workspace.file, edit); !saved)
        return saved;
    const auto read = m_world.knowledge.reload(m_world.context.workspace);
    return read ? m_world.knowledge.waitForTurns(std::move(stop)) : tl::unexpected(read.error());
}

Result<RereadReport> ReadingOperations::reread(const QString& connection, const QString& channel,
                                               const std::function<void(const RereadReport&)>& tell,
                                               std::stop_token stop)
{
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    const auto name = connection.isEmpty() ? connectionOfChannel(*database, channel) : Result<QString>(connection);
    if (!name)
        return tl::unexpected(name.error());
    if (!m_world.context.workspace.connection(*name))
        return fail(ErrorCode::InvalidConfig, u"the workspace has no connection %1"_s.arg(*name));
    const auto read = m_world.knowledge.reload(m_world.context.workspace); // one rereads because files changed
    if (!read)
        return tl::unexpected(read.error());
    // A letter that is being read by the old files right now is stored before this looks which there are.
    if (const Status ended = m_world.knowledge.waitForTurns(stop); !ended)
        return tl::unexpected(ended.error());
    const LetterKnowledge& knowledge = **read;
    LetterPreparer preparer(knowledge.dialects, knowledge.kinds, m_world.context.catalog,
                            knowledge.deadLettersOf(*name), knowledge.judge.get(), &m_world.knowledge.grouping());
    auto report = rereadChannel(m_world.samples, preparer, *name, channel, stop, tell);
    m_sorting.goOn(); // other errors: what came back from replays may count otherwise
    return report;
}

Result<KindRulesFile> ReadingOperations::kindRulesFile() const
{
    return readKindRulesFile(kindsFileOf(m_world.context.workspace));
}

std::shared_ptr<const KindRules> ReadingOperations::kindRules() const
{
    const auto knowledge = m_world.knowledge.now();
    return {knowledge, &knowledge->kinds}; // owned together with the rest of it
}

Status ReadingOperations::saveKindRules(const KindRulesFile& before, const QByteArray& text, std::stop_token stop)
{
    if (before.file != kindsFileOf(m_world.context.workspace))
        return fail(ErrorCode::InvalidConfig, u"%1 is not the workspace's file of rules"_s.arg(before.file));
    if (const Status saved = saveKindRulesFile(before, text); !saved)
        return saved;
    const auto read = m_world.knowledge.reload(m_world.context.workspace);
    if (!read)
        return tl::unexpected(read.error());
    // Whoever reads letters says so too once he does by these; where nobody does, this is all.
    m_world.knowledge.tellKinds((*read)->kinds);
    return m_world.knowledge.waitForTurns(std::move(stop));
}

Status ReadingOperations::waitForKinds(const std::function<void(const KindSorting&)>& tell, std::stop_token stop)
{
    constexpr Millis toldEach{150};
    auto database = reader();
    if (!database)
        return tl::unexpected(database.error());
    for (bool isDone = false; !isDone;) {
        isDone = m_sorting.waitFor(toldEach, stop);
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"letters go on being sorted"_s);
        if (const auto sorting = kindSorting(*database); sorting && tell)
            tell(*sorting);
    }
    return {};
}

void ReadingOperations::settleKinds(const std::stop_token& stop)
{
    m_sorting.wait(stop);
}

Result<RegroupProgress> ReadingOperations::regroup(const QString& reason,
                                                   const std::function<void(const RegroupProgress&)>& tell,
                                                   std::stop_token stop)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"a decision needs its reason; write --reason TEXT, or --dry-run to look"_s);
    const auto knowledge = loadGroupingKnowledge(m_world.context.workspace);
    if (!knowledge)
        return tl::unexpected(knowledge.error());
    m_world.knowledge.grouping().exchange(*knowledge); // letters to come first: none may fall between
    const std::lock_guard lock(m_regrouping);
    if (const Status asked = decideGroups(m_world.ledger, m_world.samples,
                                          {regroupDraft(reason.trimmed(), knowledge->rules.digest, m_world.actor)});
        !asked)
        return tl::unexpected(asked.error());
    const auto done = regroupRest(m_world.ledger, m_world.samples, *knowledge, m_world.actor, stop, tell);
    m_sorting.goOn(); // also after a part of it
    if (!done)
        return tl::unexpected(done.error());
    return done->value_or(RegroupProgress{});
}

} // namespace spillway
